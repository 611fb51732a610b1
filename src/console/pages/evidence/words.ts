/** Texts of the evidence page: the audit log, who may do what, certificates, what reviewing measures. */
import { words } from "../../locales/words.ts";

export const EVIDENCE = words({
  title: { de: "Nachweise", en: "Evidence" },
  sentence: {
    de: "Was geschehen ist, wer was darf, und worauf sich die Automatik stützt.",
    en: "What happened, who may do what, and what the automation rests on.",
  },
  "tab.log": { de: "Protokoll", en: "Audit log" },
  "tab.rules": { de: "Wer darf was", en: "Who may do what" },
  "tab.certificates": { de: "Zertifikate", en: "Certificates" },
  "tab.reviews": { de: "Prüfung in Zahlen", en: "Review in figures" },
  "tab.council": { de: "Betriebsrat", en: "Works council" },

  state: { de: "Stand des Protokolls", en: "State of the log" },
  size: { de: "Ereignisse", en: "Events" },
  checkpoint: { de: "Unterschrieben", en: "Signed" },
  checkpointIs: { de: "bis Ereignis {size, number}, {at}", en: "up to event {size, number}, {at}" },
  noCheckpoint: {
    de: "noch nicht; die erste Unterschrift folgt von selbst",
    en: "not yet; the first signature follows by itself",
  },
  pending: { de: "Warten auf Aufnahme", en: "Wait to be taken in" },
  key: { de: "Schlüssel", en: "Key" },
  keyWhat: {
    de: "Damit prüft eine Revisorin das Protokoll ohne Pilotage. Bewahren Sie ihn getrennt auf und jeden Tag den Ausdruck von „pilotage audit checkpoint“ dort, wo ihn niemand von hier aus ändern kann: Wer die Maschine verwaltet, könnte sonst das ganze Protokoll neu schreiben.",
    en: "With it an auditor verifies the log without Pilotage. Keep it apart, and each day what “pilotage audit checkpoint” prints where nobody can change it from here: whoever runs the machine could otherwise write the whole log anew.",
  },
  protection: { de: "Schutz in der Datenbank", en: "Protection in the database" },
  protected: {
    de: "Das Programm darf Ereignisse weder ändern noch löschen",
    en: "The program can neither change nor delete events",
  },
  unprotected: { de: "nicht durchgesetzt: {missing}", en: "not enforced: {missing}" },
  gaps: {
    de: "{n, plural, one {Einmal fehlten} other {# Mal fehlten}} Ereignisse, bevor sie aufgenommen waren",
    en: "Events were missing before they were taken in: {n, plural, one {once} other {# times}}",
  },
  putAside: {
    de: "{n, number} Zeilen passen an keine Stelle des Protokolls",
    en: "{n, number} rows fit nowhere in the log",
  },
  verify: { de: "Jetzt prüfen", en: "Verify now" },
  verifying: { de: "Jedes Ereignis wird nachgerechnet …", en: "Every event is recomputed …" },
  verified: {
    de: "Unversehrt: {events, number} Ereignisse nachgerechnet, unterschrieben bis {checkpoint, number} von {key}, in {seconds} s.",
    en: "Intact: {events, number} events recomputed, signed up to {checkpoint, number} by {key}, in {seconds} s.",
  },
  broken: { de: "Nicht unversehrt: {problem}", en: "Not intact: {problem}" },
  onlyOwn: {
    de: "Sie sehen die Ereignisse dieses Workflows. Das ganze Protokoll prüft, wer dafür für die Installation zuständig ist (Revision, Compliance).",
    en: "You see the events of this workflow. The log as a whole is verified by whoever answers for it in the installation (auditor, compliance).",
  },
  export: { de: "Für die Revision ausleiten", en: "Export for an auditor" },

  events: { de: "Ereignisse", en: "Events" },
  day: { de: "Tag", en: "Day" },
  kind: { de: "Art", en: "Kind" },
  person: { de: "Wer", en: "Who" },
  caseId: { de: "Vorgang (Kennung)", en: "Case (id)" },
  any: { de: "alle", en: "any" },
  show: { de: "Zeigen", en: "Show" },
  no: { de: "Nr.", en: "No." },
  at: { de: "Wann", en: "When" },
  about: { de: "Worum es geht", en: "What about" },
  eventsNone: {
    de: "Dazu steht nichts im unterschriebenen Teil des Protokolls.",
    en: "Nothing of that stands in the signed part of the log.",
  },
  eventsShown: { de: "{n, number} von {all, number} Ereignissen", en: "{n, number} of {all, number} events" },
  eventsMost: {
    de: "Gezeigt sind die letzten {n, number} Ereignisse des Tages; alles steht in der Ausleitung.",
    en: "Shown are the last {n, number} events of the day; all of it stands in the export.",
  },
  eventText: { de: "Der genaue Text, der unterschrieben ist", en: "The exact text that is signed" },
  program: { de: "das Programm", en: "the program" },

  rulesWhat: {
    de: "Diese Tabelle befolgt das Programm selbst. „Zu zweit“ heißt: zwei verschiedene Personen, eine aus jeder Gruppe.",
    en: "The program itself obeys this table. “Together” means two different persons, one of each group.",
  },
  action: { de: "Was", en: "What" },
  alone: { de: "Allein", en: "Alone" },
  pair: { de: "Zu zweit", en: "Together" },
  holders: { de: "Wer das hier ist", en: "Who that is here" },
  and: { de: "{left} und {right}", en: "{left} and {right}" },
  or: { de: " oder ", en: " or " },
  nobody: { de: "niemand", en: "nobody" },
  whole: { de: "für die ganze Installation", en: "for the whole installation" },
  lacks: { de: "Was einer einzelnen Person fehlt", en: "What a single person lacks" },
  lacksNone: {
    de: "Nichts: Für alles, was zwei Personen braucht, gibt es hier zwei.",
    en: "Nothing: for everything that takes two persons there are two here.",
  },

  certificatesWhat: {
    de: "Ein Zertifikat belegt, dass eine Schwelle die Fehlerquote einhält. Ohne eines in Kraft wird jeder Vorgang geprüft.",
    en: "A certificate proves that a threshold keeps the error rate. Without one in force every case is reviewed.",
  },
  certificatesNone: {
    de: "Noch keines: jeder Vorgang wird geprüft. Beantragt wird eines, sobald genug per Los geprüfte Vorgänge da sind: pilotage certify",
    en: "None yet: every case is reviewed. One is asked for once enough cases were checked by lot: pilotage certify",
  },
  release: { de: "Release", en: "Release" },
  standing: { de: "Stand", en: "Standing" },
  inForce: { de: "in Kraft", en: "in force" },
  notInForce: { de: "nicht in Kraft", en: "not in force" },
  suspended: { de: "ausgesetzt: {because}", en: "suspended: {because}" },
  superseded: { de: "abgelöst", en: "superseded" },
  threshold: { de: "Schwelle", en: "Threshold" },
  perCategory: { de: "je Kategorie", en: "per category" },
  restsOn: { de: "Worauf es ruht", en: "What it rests on" },
  bound: { de: "Fehler höchstens", en: "Errors at most" },
  until: { de: "Gilt bis", en: "Valid until" },
  "basis.labels": {
    de: "{errors} falsche von {accepted} unter {labels} per Los geprüften",
    en: "{errors} wrong of {accepted} among {labels} checked by lot",
  },
  "basis.shadow": {
    de: "{errors} falsche von {accepted} unter {labels} im Schatten",
    en: "{errors} wrong of {accepted} among {labels} in shadow",
  },
  "basis.set": {
    de: "{errors} falsche von {accepted} unter {labels} einer versiegelten Sammlung",
    en: "{errors} wrong of {accepted} among {labels} of a sealed set",
  },

  team: { de: "Das Team, {from} bis {to}", en: "The team, {from} to {to}" },
  teamWithheld: {
    de: "Zahlen des Teams gibt es erst, wenn in einer ganzen Woche fünf oder mehr Personen geprüft haben. Bei weniger ließe sich auf Einzelne schließen; darum rechnet das Programm sie gar nicht erst aus.",
    en: "Figures of the team exist only once five or more people reviewed in a whole week. With fewer one could tell single persons; so the program does not work them out at all.",
  },
  own: { de: "Ihre eigenen Zahlen", en: "Your own figures" },
  ownNone: { de: "Sie haben in dieser Zeit nichts entschieden.", en: "You decided nothing in this time." },
  seenBy: { de: "Angesehen von: {people}", en: "Looked at by: {people}" },
  seenByOne: {
    de: "{person} ({n, plural, one {einmal} other {# Mal}}, zuletzt {at})",
    en: "{person} ({n, plural, one {once} other {# times}}, last {at})",
  },
  seenByNobody: {
    de: "Niemand sonst hat sie in den letzten neunzig Tagen angesehen.",
    en: "Nobody else looked at them in the last ninety days.",
  },
  individuals: { de: "Zahlen einzelner Personen", en: "Figures of single persons" },
  individualsWhat: {
    de: "Erlaubt durch „{reference}“. Ihr Blick wird mit Namen festgehalten, und wer gezeigt wird, sieht, dass Sie geschaut haben. Nach Namen geordnet, kein Vergleich: Wer die schwierigen Vorgänge nimmt, hat andere Zahlen.",
    en: "Allowed by “{reference}”. Your look is recorded by name, and those shown see that you looked. In the order of names, and no comparison: whoever takes the hard cases has other figures.",
  },
  individualsShow: { de: "Zahlen einzelner Personen zeigen", en: "Show single persons' figures" },
  individualsAgain: { de: "Noch einmal ansehen (wird festgehalten)", en: "Look again (is recorded)" },
  individualsOff: {
    de: "Aus. Sie gibt es nur unter einer Vereinbarung mit dem Betriebsrat, die zwei Personen freigegeben haben (Reiter „Betriebsrat“).",
    en: "Off. They exist only under an agreement with the works council that two people allowed (tab “Works council”).",
  },
  individualsNone: {
    de: "In dieser Zeit hat niemand etwas entschieden.",
    en: "Nobody decided anything in this time.",
  },
  decided: { de: "Entschieden", en: "Decided" },
  unchanged: { de: "Unverändert", en: "Unchanged" },
  edited: { de: "Geändert", en: "Edited" },
  rejected: { de: "Zurückgewiesen", en: "Rejected" },
  seconds: { de: "Arbeitszeit je Vorgang", en: "Work per case" },
  planted: { de: "Untergeschobene bemerkt", en: "Planted noticed" },
  "define.unchanged": {
    de: "Anteil der Urteile, die den Vorschlag unverändert freigaben; in Klammern der 95-%-Bereich.",
    en: "Share of verdicts that approved the suggestion unchanged; in brackets the 95% range.",
  },
  "define.edited": {
    de: "Anteil der Urteile, die mindestens ein Feld änderten; in Klammern der 95-%-Bereich.",
    en: "Share of verdicts that changed at least one field; in brackets the 95% range.",
  },
  "define.rejected": {
    de: "Anteil der Urteile, die nichts hinausgehen ließen; in Klammern der 95-%-Bereich.",
    en: "Share of verdicts that let nothing out; in brackets the 95% range.",
  },
  "define.seconds": {
    de: "Mittlere aktive Arbeitszeit (Median) an einem Vorgang; Pausen über zwei Minuten zählen nicht.",
    en: "Median active work on a case; pauses beyond two minutes do not count.",
  },
  "define.planted": {
    de: "Anteil der bekannt falschen Vorschläge, die bemerkt wurden.",
    en: "Share of known-wrong suggestions that were noticed.",
  },
  agreement: { de: "Wie einig sich Menschen sind", en: "How far people agree" },
  agreementWhat: {
    de: "Von {pairs, number} Vorgängen, die zwei Personen blind beurteilt haben. Kappa und Alpha: 1 heißt völlig einig, 0 wie gewürfelt; in Klammern der 95-%-Bereich.",
    en: "Of {pairs, number} cases that two people judged blind. Kappa and alpha: 1 is full agreement, 0 is chance; in brackets the 95% range.",
  },
  agreementNone: {
    de: "Noch nicht: Es gibt keine blind doppelt beurteilten Vorgänge. Sie entstehen, sobald der Regler „Blinder zweiter Blick“ über 0 steht.",
    en: "Not yet: no case was judged blind by two. They come about once the dial “Blind second look” is above 0.",
  },
  field: { de: "Feld", en: "Field" },
  same: { de: "Gleich", en: "Same" },
  kappa: { de: "Kappa", en: "Kappa" },
  alpha: { de: "Alpha", en: "Alpha" },
  notYet: { de: "noch nicht: es fehlen {n, number}", en: "not yet: {n, number} more" },
  n: { de: "n", en: "n" },
});
