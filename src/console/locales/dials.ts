/** What the dials of a workflow are called, in a sentence each, and how their values are written. */
import { useCallback } from "react";
import { useFormats, type Formats } from "./formats.ts";
import { useSay, words, type Text, type Values } from "./words.ts";

export const DIAL_WORDS = words({
  share: { de: "Anteil der Vorgänge für das Release", en: "Share of cases for the release" },
  autonomy: { de: "Autonomie", en: "Autonomy" },
  people: { de: "Menschen des Workflows", en: "People of the workflow" },
  "automation.maxErrorRate": { de: "Erlaubte Fehlerquote ohne Prüfung", en: "Error rate allowed unreviewed" },
  "automation.confidence": { de: "Sicherheit des Zertifikats", en: "Confidence of the certificate" },
  "automation.per": { de: "Zertifiziert wird über", en: "Certified over" },
  "cold.share": { de: "Kalte Vorgänge", en: "Cold cases" },
  "qa.share": { de: "Regelmäßige Prüfung", en: "Routine checks" },
  "qa.atLeastPerDay": { de: "Mindestens geprüft je Tag", en: "Checked at least per day" },
  "planted.share": { de: "Untergeschobene Vorgänge", en: "Planted cases" },
  secondLook: { de: "Blinder zweiter Blick", en: "Blind second look" },
  rollout: { de: "Stufen des Rollouts", en: "Stages of the rollout" },
  undo: { de: "Rückgängig machen", en: "Undo window" },
  fourEyes: { de: "Vier Augen", en: "Four eyes" },
  budget: { de: "Budget", en: "Budget" },
  due: { de: "Fälligkeit", en: "Due time" },
  retention: { de: "Aufbewahrung", en: "Retention" },
  support: { de: "Wen man fragt", en: "Whom to ask" },
  blockFields: { de: "Felder, die nie zum Modell gehen", en: "Fields that never go to the model" },
  "waiver.go": { de: "Verzicht auf das Go", en: "Waiver of the go" },
  "works_council.individuals": { de: "Zahlen einzelner Personen", en: "Figures of single persons" },
});

export const DIAL_SENTENCES: Readonly<Record<string, Text>> = {
  "automation.maxErrorRate": {
    de: "So viele von hundert Vorgängen dürfen falsch sein, die niemand geprüft hat.",
    en: "So many of a hundred cases that nobody reviewed may be wrong.",
  },
  "automation.confidence": {
    de: "So sicher muss ein Zertifikat sein, bevor etwas allein hinausgeht.",
    en: "So sure must a certificate be before anything goes out alone.",
  },
  "automation.per": {
    de: "Ob eine Schwelle für alle Vorgänge gilt oder jede Kategorie ihre eigene braucht.",
    en: "Whether one threshold holds for all cases or each category needs its own.",
  },
  "cold.share": {
    de: "Hier sehen Prüfende den Vorschlag erst nach ihrem Urteil. Das hält den Vergleich ehrlich.",
    en: "Here reviewers see the suggestion only after their verdict. That keeps the comparison honest.",
  },
  "qa.share": {
    de: "Dieser Anteil wird immer geprüft, auch wenn er allein hinausgehen könnte.",
    en: "This share is always reviewed, even if it could go out alone.",
  },
  "qa.atLeastPerDay": {
    de: "Auch an ruhigen Tagen werden mindestens so viele geprüft.",
    en: "On quiet days, too, at least so many are checked.",
  },
  "planted.share": {
    de: "Bekannt falsche Vorschläge, die zeigen, ob Prüfende sie bemerken. Sie werden nie zugestellt.",
    en: "Known-wrong suggestions that show whether reviewers notice. They are never delivered.",
  },
  secondLook: {
    de: "Nach der Zustellung urteilt eine zweite Person, ohne das erste Urteil zu kennen.",
    en: "After delivery a second person judges without knowing the first verdict.",
  },
  rollout: {
    de: "In diesen Schritten bekommt ein neues Release mehr Vorgänge.",
    en: "In these steps a new release gets more cases.",
  },
  undo: {
    de: "So lange lässt sich ein Urteil zurücknehmen, bevor etwas hinausgeht.",
    en: "For so long a verdict can be taken back before anything goes out.",
  },
  fourEyes: {
    de: "Bei diesen Vorgängen muss eine zweite Person zustimmen, bevor etwas hinausgeht.",
    en: "For these cases a second person has to agree before anything goes out.",
  },
  budget: {
    de: "So viel dürfen die Modellaufrufe kosten. Ist es verbraucht, arbeiten Menschen weiter.",
    en: "So much the model calls may cost. Once it is spent, people do the work.",
  },
  due: { de: "So bald ist ein Vorgang nach dem Eingang fällig.", en: "So soon after arrival a case is due." },
  retention: {
    de: "Danach werden Inhalte und Entscheidungen gelöscht.",
    en: "After that, content and decisions are erased.",
  },
  blockFields: {
    de: "Diese Felder bekommt kein Modell, was auch immer das Release sagt.",
    en: "No model gets these fields, whatever the release says.",
  },
};

const VALUES = words({
  none: { de: "nicht gesetzt", en: "not set" },
  all: { de: "alle Vorgänge zusammen", en: "all cases together" },
  category: { de: "jede Kategorie für sich", en: "each category by itself" },
  shadow: { de: "Schatten", en: "shadow" },
  workingHours: {
    de: "{n, plural, one {eine Arbeitsstunde} other {# Arbeitsstunden}}",
    en: "{n, plural, one {a working hour} other {# working hours}}",
  },
  retention: {
    de: "Inhalte {content, number} Tage, Entscheidungen {decisions, number} Tage",
    en: "content {content, number} days, decisions {decisions, number} days",
  },
  budgetMonth: { de: "{amount} im Monat", en: "{amount} a month" },
  budgetDay: { de: "{amount} am Tag", en: "{amount} a day" },
  budgetWarn: { de: "Warnung ab {share}", en: "warning from {share}" },
  waiver: { de: "{reason}, für {days} Tage", en: "{reason}, for {days} days" },
  answersIn: {
    de: "{contact}, Antwort in {n, plural, one {einer Arbeitsstunde} other {# Arbeitsstunden}}",
    en: "{contact}, answers within {n, plural, one {a working hour} other {# working hours}}",
  },
  byAgreement: { de: "ja, nach „{reference}“", en: "yes, by “{reference}”" },
  on: { de: "ja", en: "yes" },
  off: { de: "nein", en: "no" },
});

const SHARES = /^(share|autonomy|.*\.share|automation\.(maxErrorRate|confidence))$/;

/** Writes the value of a dial for people; what it does not know stands as it is stored. */
export function useDialValue(): (setting: string, value: unknown) => string {
  const formats = useFormats();
  const say = useSay();
  return useCallback((setting, value) => written(setting, value, formats, say), [formats, say]);
}

function written(
  setting: string,
  value: unknown,
  formats: Formats,
  say: (text: Text, values?: Values) => string,
): string {
  if (value === null || value === undefined) return say(VALUES.none);
  if (typeof value === "boolean") return say(value ? VALUES.on : VALUES.off);
  if (typeof value === "number") {
    if (SHARES.test(setting)) return formats.percent(value);
    return setting === "undo" ? formats.span(value) : formats.number(value);
  }
  if (typeof value === "string") {
    if (setting === "automation.per" && (value === "all" || value === "category")) return say(VALUES[value]);
    return value;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return say(VALUES.none);
    if (setting === "rollout")
      return value
        .map((stage: unknown) =>
          typeof stage === "number"
            ? formats.percent(stage)
            : stage === "shadow"
              ? say(VALUES.shadow)
              : inWords(stage),
        )
        .join(" → ");
    return formats.list(value.map(inWords));
  }
  const parts = value as Record<string, unknown>;
  if (setting === "secondLook" && typeof parts["share"] === "number") return formats.percent(parts["share"]);
  if (setting === "due" && typeof parts["workingHours"] === "number")
    return say(VALUES.workingHours, { n: parts["workingHours"] });
  if (setting === "budget") {
    const amount = (part: string, text: Text) =>
      typeof parts[part] === "number" ? [say(text, { amount: formats.number(parts[part], 2) })] : [];
    const warn =
      typeof parts["warnAt"] === "number"
        ? [say(VALUES.budgetWarn, { share: formats.percent(parts["warnAt"]) })]
        : [];
    return [...amount("perMonth", VALUES.budgetMonth), ...amount("perDay", VALUES.budgetDay), ...warn].join(
      ", ",
    );
  }
  if (setting === "retention")
    return say(VALUES.retention, { content: days(parts["content"]), decisions: days(parts["decisions"]) });
  if (setting === "waiver.go" && typeof parts["days"] === "number")
    return say(VALUES.waiver, { reason: inWords(parts["reason"]), days: parts["days"] });
  if (setting === "support" && typeof parts["contact"] === "string")
    return typeof parts["answerHours"] === "number"
      ? say(VALUES.answersIn, { contact: parts["contact"], n: parts["answerHours"] })
      : parts["contact"];
  if (setting === "works_council.individuals" && typeof parts["reference"] === "string")
    return say(VALUES.byAgreement, { reference: parts["reference"] });
  return inWords(value);
}

const days = (value: unknown) => (typeof value === "number" ? value / 86_400_000 : null);

function inWords(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
