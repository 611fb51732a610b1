/** Texts of the list of improvements. */
import type { ImprovementState, ReportKind } from "../../../contract/feedback-endpoints.ts";
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
  edit: { de: "Bearbeiten", en: "Edit" },
  editOf: { de: "„{title}“ bearbeiten", en: "Edit “{title}”" },
  urgency: { de: "Dringlichkeit", en: "Urgency" },
  "urgency.keep": { de: "unverändert", en: "unchanged" },
  "urgency.first": { de: "zuerst", en: "first" },
  "urgency.usual": { de: "wie üblich", en: "as usual" },
  "urgency.last": { de: "zuletzt", en: "last" },
  answer: { de: "Antwort an alle, die gemeldet haben", en: "Answer to everybody who reported" },
  noRelease: { de: "kein Release", en: "no release" },
  cases: { de: "Vorgänge dahinter", en: "Cases behind it" },
  saved: {
    de: "Gespeichert. Eine Antwort erreicht alle, die es gemeldet haben.",
    en: "Saved. An answer reaches everybody who reported it.",
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

export const REPORT_WORDS: Readonly<Record<ReportKind, Text>> = {
  wrong_result: { de: "Ergebnis falsch", en: "Wrong result" },
  same_mistake: { de: "Immer derselbe Fehler", en: "Same mistake again" },
  invented: { de: "Text erfindet etwas", en: "Text invents facts" },
  personal_data: { de: "Personenbezogenes sichtbar", en: "Personal data visible" },
  wrong_customer: { de: "Falscher Kunde", en: "Wrong customer" },
  slow_or_strange: { de: "System langsam oder merkwürdig", en: "System slow or strange" },
  other: { de: "Anderes", en: "Something else" },
};
