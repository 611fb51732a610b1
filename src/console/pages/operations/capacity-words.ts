/** Texts of the queue to expect. */
import { words } from "../../locales/words.ts";

export const CAPACITY = words({
  title: { de: "Zu erwartende Wartezeit", en: "The wait to expect" },
  empty: {
    de: "Noch nicht: Dafür braucht es {n, plural, one {einen weiteren Vorgang} other {# weitere Vorgänge}} in ganzen Wochen. Dann steht hier, wie lange Vorgänge auf einen Menschen warten, und was mehr oder weniger Prüfende daran ändern.",
    en: "Not yet: it takes {n, plural, one {one more case} other {# more cases}} in whole weeks. Then it stands here how long cases wait for a person, and what more or fewer reviewers change about it.",
  },
  steady: {
    de: "{people, plural, one {Eine Person ist} other {# Personen sind}} zu {load} ausgelastet; ein Vorgang wartet im Mittel {wait}.",
    en: "{people, plural, one {One person is} other {# people are}} at {load} load; a case waits {wait} on average.",
  },
  growing: {
    de: "{people, plural, =0 {Ohne Prüfende} one {Mit einer Person} other {Mit # Personen}} wächst die Warteschlange um {grows} Vorgänge je Stunde. {needed, plural, one {Eine Person reicht} other {# Personen reichen}}, damit sie nicht mehr wächst.",
    en: "{people, plural, =0 {Without reviewers} one {With one person} other {With # people}} the queue grows by {grows} cases an hour. {needed, plural, one {One person is} other {# people are}} enough for it to stop growing.",
  },
  lacking: {
    de: "Noch ist nicht alles gemessen, was es dafür braucht. Nehmen Sie unten etwas an, um trotzdem zu rechnen.",
    en: "Not everything that it takes is measured yet. Assume something below to reckon all the same.",
  },
  short: { de: "weniger als eine Minute", en: "less than a minute" },
  assumed: { de: "angenommen", en: "assumed" },
  arrivals: { de: "Vorgänge je offene Stunde", en: "Cases per opening hour" },
  reviewShare: { de: "Davon zu prüfen", en: "Of these reviewed" },
  minutes: { de: "Minuten je Vorgang", en: "Minutes per case" },
  "define.arrivals": {
    de: "Vorgänge der letzten vier ganzen Wochen, geteilt durch die Stunden, in denen laut Kalender gearbeitet wird. Bereich: 95 %, für gleichmäßig zufällige Ankünfte; eine volle Stunde bringt mehr.",
    en: "Cases of the last four whole weeks by the hours that the calendar opens. Range: 95%, for steady random arrivals; a busy hour brings more.",
  },
  "define.reviewShare": {
    de: "Anteil der entschiedenen Vorgänge dieser Wochen, die zu einem Menschen gingen. Bereich: 95 %.",
    en: "Share of the decided cases of these weeks that went to a person. Range: 95%.",
  },
  needsFive: {
    de: "Braucht fünf Personen, die geprüft haben: Von weniger wird keine Arbeitszeit gespeichert.",
    en: "Needs five people who reviewed: of fewer no time of work is stored.",
  },
  "define.minutes": {
    de: "Mittlere aktive Arbeitszeit je Vorgang, nur aus Wochen, in denen fünf oder mehr Personen geprüft haben. Bereich: die kürzeste und die längste dieser Wochen.",
    en: "Mean active work per case, only of weeks in which five or more people reviewed. Range: the shortest and the longest of these weeks.",
  },
  what: { de: "Was wäre, wenn …", en: "What if …" },
  people: { de: "Prüfende zugleich", en: "Reviewers at a time" },
  peopleNow: {
    de: "{n, plural, =0 {Zurzeit darf hier niemand prüfen} one {Zurzeit darf eine Person prüfen} other {Zurzeit dürfen # Personen prüfen}}",
    en: "{n, plural, =0 {Nobody may review now} one {One person may review now} other {# people may review now}}",
  },
  share: { de: "Zu prüfen, in %", en: "Reviewed, in %" },
  measured: { de: "Leer: wie gemessen", en: "Empty: as measured" },
  reset: { de: "Wie gemessen", en: "As measured" },
  badPeople: { de: "Eine ganze Zahl von 1 bis 500", en: "A whole number from 1 to 500" },
  badShare: { de: "Eine Zahl von 0 bis 100", en: "A number from 0 to 100" },
  badMinutes: { de: "Eine Zahl von 0,01 bis 1.000", en: "A number from 0.01 to 1,000" },
  picture: { de: "Wartezeit nach Zahl der Prüfenden", en: "Wait by number of reviewers" },
  load: { de: "Auslastung", en: "Load" },
  wait: { de: "Mittlere Wartezeit", en: "Mean wait" },
  grows: { de: "wächst ohne Ende", en: "grows without end" },
  here: { de: "(gerechnet)", en: "(reckoned)" },
  model: {
    de: "Gerechnet mit Erlang C: zufällige Ankünfte, niemand gibt auf. Wer nebenher anderes tut, zählt nur zum Teil.",
    en: "Reckoned by Erlang C: random arrivals, nobody gives up. Whoever does other work as well counts only in part.",
  },
});
