/** Texts of rollouts that several pages share: what an alarm is about, and that a rollout stands still. */
import type { Alarm, GuardName } from "../../contract/rollout.ts";
import { words, type Text } from "./words.ts";

export const GUARD_WORDS: Record<GuardName, Text> = {
  errors: { de: "Falsche Ausgaben", en: "Wrong outputs" },
  bad_answers: { de: "Antworten außerhalb des Schemas", en: "Answers that fit no schema" },
  no_answers: { de: "Ausbleibende Antworten", en: "Missing answers" },
  slow: { de: "Langsame Antworten", en: "Slow answers" },
  dear: { de: "Teure Vorgänge", en: "Dear cases" },
  overridden: { de: "Geänderte Vorschläge", en: "Changed suggestions" },
  paired: { de: "Im Schatten allein falsch", en: "Alone wrong in shadow" },
};

export const ALARM_WORDS: Record<Alarm, Text> = {
  ...GUARD_WORDS,
  sample_ratio: { de: "Aufteilung der Vorgänge stimmt nicht", en: "The arms are not what their shares say" },
  label_gap: {
    de: "Beide Seiten werden verschieden oft geprüft",
    en: "The arms are not checked equally often",
  },
};

export const STOPPED = words({
  held: { de: "Rollout angehalten", en: "Rollout held" },
  rolled_back: { de: "Release zurückgenommen", en: "Release rolled back" },
  byPerson: { de: "von einem Menschen", en: "by a person" },
  toRollout: { de: "Zum Rollout", en: "To the rollout" },
});
