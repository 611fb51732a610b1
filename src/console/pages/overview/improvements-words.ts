/** Texts of the list of improvements. */
import type { ImprovementState } from "../../../contract/feedback-endpoints.ts";
import { words, type Text } from "../../locales/words.ts";

export const IMPROVEMENTS = words({
  title: { de: "Was gemeldet wurde", en: "What was reported" },
  empty: {
    de: "Noch nichts. Meldungen der Prüfenden und Rückmeldungen der Empfänger sammeln sich hier, nach Dringlichkeit, mit Zuständigkeit, der Lösung und der Antwort an alle, die gemeldet haben.",
    en: "Nothing yet. Reports of reviewers and feedback of receivers gather here, by urgency, with owner, solution, and the answer to everybody who reported.",
  },
  rank: { de: "Rang", en: "Rank" },
  what: { de: "Was", en: "What" },
  reports: { de: "Meldungen", en: "Reports" },
  state: { de: "Stand", en: "State" },
  owner: { de: "Zuständig", en: "Owner" },
  fixedBy: { de: "Behoben durch", en: "Fixed by" },
  last: { de: "Zuletzt", en: "Last" },
  by: {
    de: "{reports, number} von {reporters, plural, one {einer Person} other {# Personen}}",
    en: "{reports, number} by {reporters, plural, one {one person} other {# people}}",
  },
  nobody: { de: "niemand", en: "nobody" },
  open: { de: "Ansehen", en: "Look" },
  openOf: { de: "„{title}“ ansehen", en: "Look at “{title}”" },
  answered: { de: "Antwort: {answer}", en: "Answer: {answer}" },
  said: { de: "Was gesagt wurde", en: "What was said" },
  saidBy: {
    de: "{reports, plural, one {Eine Meldung} other {# Meldungen}} von {reporters, plural, one {einer Person} other {# Personen}}, die neueste zuerst.",
    en: "{reports, plural, one {One report} other {# reports}} by {reporters, plural, one {one person} other {# people}}, the newest first.",
  },
  withheld: {
    de: "Die Worte sieht, wer Vorgänge lesen darf.",
    en: "The words are for those who may read cases.",
  },
  allSaid: { de: "Alle {n, number} zeigen", en: "Show all {n, number}" },
  you: { de: "Sie", en: "You" },
  "door.page": { de: "Von außen, über die Rückmeldeseite", en: "From outside, on the feedback page" },
  "door.key": { de: "Von außen, über die Schnittstelle", en: "From outside, over the API" },
  "door.inbox": { de: "Jemand aus dem Team", en: "Somebody of the team" },
  "door.second_look": { de: "Zweiter Blick", en: "Second look" },
  noWords: { de: "Ohne Worte, oder ihr Inhalt ist gelöscht.", en: "No words, or they were erased." },
  ofSource: { de: "Eingang", en: "source" },
  becomes: { de: "Was daraus wird", en: "What becomes of it" },
  urgency: { de: "Dringlichkeit", en: "Urgency" },
  "urgency.keep": { de: "unverändert", en: "unchanged" },
  "urgency.first": { de: "zuerst", en: "first" },
  "urgency.usual": { de: "wie üblich", en: "as usual" },
  "urgency.last": { de: "zuletzt", en: "last" },
  answer: { de: "Antwort an alle, die gemeldet haben", en: "Answer to everybody who reported" },
  noRelease: { de: "kein Release", en: "no release" },
  noAnswer: { de: "noch keine", en: "none yet" },
  answerWhat: {
    de: "Geht per Mail an alle mit Adresse, jede Fassung einmal; auf der Rückmeldeseite steht sie auch.",
    en: "Goes by mail to everybody with an address, each wording once; it stands on the feedback page, too.",
  },
  cases: {
    de: "{n, plural, one {Vorgang} other {Vorgänge}} dahinter:",
    en: "{n, plural, one {Case} other {Cases}} behind it:",
  },
  saved: { de: "Gespeichert.", en: "Saved." },
  savedTold: {
    de: "Gespeichert. Die Antwort ging per Mail an {told, plural, one {eine Adresse} other {# Adressen}}.",
    en: "Saved. The answer went by mail to {told, plural, one {one address} other {# addresses}}.",
  },
  save: { de: "Speichern", en: "Save" },
  wantsNewReason: {
    de: "Mehr als jede zehnte Änderung nennt „Anderes“ als Grund: Es fehlt wohl ein Grund in der Liste.",
    en: "More than a tenth of the edits give “Other” as reason: one seems to be missing from the list.",
  },
  topReasons: { de: "Häufigste Gründe: {reasons}", en: "Most frequent reasons: {reasons}" },
});

export const IMPROVEMENT_WORDS: Readonly<Record<ImprovementState, Text>> = {
  open: { de: "Offen", en: "Open" },
  planned: { de: "Geplant", en: "Planned" },
  fixed: { de: "Behoben", en: "Fixed" },
  declined: { de: "Bleibt so", en: "Declined" },
};
