/** What kinds of reports there are, in words. */
import type { ReportKind } from "../../contract/feedback-endpoints.ts";
import type { Text } from "./words.ts";

export const REPORT_WORDS: Readonly<Record<ReportKind, Text>> = {
  wrong_result: { de: "Ergebnis falsch", en: "Wrong result" },
  same_mistake: { de: "Immer derselbe Fehler", en: "Same mistake again" },
  invented: { de: "Text erfindet etwas", en: "Text invents facts" },
  personal_data: { de: "Personenbezogenes sichtbar", en: "Personal data visible" },
  wrong_customer: { de: "Falscher Kunde", en: "Wrong customer" },
  slow_or_strange: { de: "System langsam oder merkwürdig", en: "System slow or strange" },
  other: { de: "Anderes", en: "Something else" },
};
