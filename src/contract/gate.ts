/** Words of criteria and gates that all parts share: groups, verdicts, why one came out so, and how a gate is signed. */

/** A word in both languages of the program. */
interface Words {
  en: string;
  de: string;
}

export const GROUPS = ["performance", "business", "acceptance", "readiness"] as const;
export type CriterionGroup = (typeof GROUPS)[number];

/** From the one that decides most to the one that decides least: what certainly fails fails, whatever else is missing. */
export const VERDICTS = {
  "no-go": { en: "a must is certainly missed", de: "ein Muss ist sicher verfehlt" },
  "could-not-run": {
    en: "a must could not be judged: evidence is missing, or came before what it is held against",
    de: "ein Muss ließ sich nicht beurteilen: ein Nachweis fehlt oder ist älter als das, woran er gemessen wird",
  },
  inconclusive: {
    en: "too little is known to say, which is not a pass",
    de: "für eine Aussage ist zu wenig bekannt; das gilt nicht als bestanden",
  },
  conditional: {
    en: "every minimum is proved, a target is not: rollout with autonomy 0",
    de: "jedes Minimum ist belegt, ein Ziel nicht: Einführung mit Autonomie 0",
  },
  go: { en: "every must has proved its target", de: "jedes Muss hat sein Ziel belegt" },
} as const satisfies Record<string, Words>;
export type Verdict = keyof typeof VERDICTS;

/** Why a criterion came out as it did; `about` is named behind it. */
export const CRITERION_REASONS = {
  "no-evidence": { en: "nothing was measured or attested", de: "nichts wurde gemessen oder bezeugt" },
  failed: { en: "measuring failed", de: "das Messen ist gescheitert" },
  "other-kind": { en: "the evidence is of another kind", de: "der Nachweis ist von anderer Art" },
  "bad-levels": {
    en: "minimum, target and stretch are in no order",
    de: "Minimum, Ziel und Bestwert stehen in keiner Ordnung",
  },
  "bad-counts": { en: "its counts contradict each other", de: "seine Zahlen widersprechen sich" },
  "no-cases": { en: "there was no case", de: "es gab keinen Vorgang" },
  "few-groups": { en: "too few days or groups of cases", de: "zu wenige Tage oder Gruppen von Vorgängen" },
  "few-answers": { en: "too few answers", de: "zu wenige Antworten" },
  unanswered: { en: "cases that no answer came back for", de: "Vorgänge, auf die keine Antwort kam" },
  "labels-open": {
    en: "drawn cases without a label, or whose label leaves it open",
    de: "ausgeloste Vorgänge ohne Urteil oder mit einem, das es offen lässt",
  },
  "labels-waiting": {
    en: "drawn cases that wait until those before them are judged",
    de: "ausgeloste Vorgänge, die warten, bis die vor ihnen beurteilt sind",
  },
  "labels-holding": {
    en: "cases without a label hold the end of the sample: settle those first, the oldest before the others",
    de: "Vorgänge ohne Urteil halten das Ende der Stichprobe auf: zuerst diese erledigen, die ältesten vor den anderen",
  },
  "other-model": {
    en: "answers of another model, left out",
    de: "Antworten eines anderen Modells, nicht mitgezählt",
  },
  "labels-uneven": {
    en: "drawn cases left out, so that all that count had the same chance",
    de: "ausgeloste Vorgänge, die nicht zählen, damit alle die gleiche Chance hatten",
  },
  "labels-played": {
    en: "cases that a program judged, or that came before one of those, left out",
    de: "Vorgänge, die ein Programm beurteilt hat oder die davor lagen, nicht mitgezählt",
  },
  "labels-early": {
    en: "labelled cases from before this criterion was frozen as it stands, left out",
    de: "beurteilte Vorgänge aus der Zeit, bevor dieses Kriterium so festgeschrieben wurde, nicht mitgezählt",
  },
  "judge-not-proved": {
    en: "the judging model has not agreed with people on enough cases",
    de: "das urteilende Modell stimmte mit Menschen noch nicht oft genug überein",
  },
  "slice-fails": {
    en: "a critical slice lies under the minimum",
    de: "ein kritischer Teil liegt unter dem Minimum",
  },
  "slice-without-cases": { en: "a critical slice has no case", de: "ein kritischer Teil hat keinen Vorgang" },
} as const satisfies Record<string, Words>;
export type CriterionReason = keyof typeof CRITERION_REASONS;

/** Why a gate as a whole could not be judged, or not be passed. */
export const GATE_REASONS = {
  "no-criteria": {
    en: "no criteria were agreed: write them as `criteria` of the workflow, and apply it",
    de: "es wurden keine Kriterien vereinbart: sie stehen als `criteria` beim Workflow und gelten, sobald er angewandt ist",
  },
  "same-name-twice": { en: "two criteria have one name", de: "zwei Kriterien tragen denselben Namen" },
  "group-without-must": { en: "a group has no must", de: "eine Gruppe hat kein Muss" },
  "not-frozen": { en: "the criteria are not frozen", de: "die Kriterien sind nicht festgeschrieben" },
  "frozen-too-late": {
    en: "the criteria were frozen after measuring began: evaluate again",
    de: "die Kriterien wurden erst nach Beginn der Messung festgeschrieben: erneut messen",
  },
  "evidence-without-criterion": {
    en: "something was measured that no criterion asks for",
    de: "etwas wurde gemessen, wonach kein Kriterium fragt",
  },
  "set-for-development": {
    en: "the evaluation set is for tuning, and proves nothing",
    de: "die Prüfsammlung dient dem Abstimmen und belegt nichts",
  },
  "set-worn-out": {
    en: "a fresh sealed set is needed, this one was looked at too often",
    de: "eine frische versiegelte Prüfsammlung ist nötig, diese wurde zu oft angesehen",
  },
  "set-not-drawn": {
    en: "the cases of the set were chosen, not drawn: it takes a set that was drawn for cases to go out alone",
    de: "die Vorgänge der Prüfsammlung wurden ausgewählt, nicht gezogen: damit welche allein hinausgehen, braucht es eine gezogene",
  },
  "set-unstated": {
    en: "nobody has stated how the cases of the set were drawn: where they were drawn by chance, import them again with --drawn chance and evaluate anew",
    de: "niemand hat angegeben, wie die Vorgänge der Prüfsammlung gezogen wurden: wurden sie ausgelost, mit --drawn chance erneut einlesen und neu messen",
  },
} as const satisfies Record<string, Words>;
export type GateReason = keyof typeof GATE_REASONS;

/** For whom a gate is signed: both are needed, and they are two persons. */
export const SIGNED_AS = ["owner", "sponsor"] as const;
export type SignedAs = (typeof SIGNED_AS)[number];

export const SIGNED = ["go", "no-go"] as const;
export type Signed = (typeof SIGNED)[number];

/** The figures of live cases that a criterion may name. */
export const LIVE_FIGURES = {
  automatic: { kind: "share", sentence: "the part of the release's cases that went out unreviewed" },
  right: {
    kind: "share",
    sentence: "the part of its own model's answers that were right, by labels that a coin asked for",
  },
  accepted: { kind: "share", sentence: "the part of its suggestions that people approved as they were" },
  "handling-time": {
    kind: "time",
    sentence:
      "active time of people for a task of the workflow, whatever release answered it, by day; as a mean",
  },
  "cost-per-case": { kind: "money", sentence: "what the model calls of a case cost, by day; as a mean" },
} as const satisfies Record<string, { kind: "share" | "time" | "money"; sentence: string }>;
export type LiveFigure = keyof typeof LIVE_FIGURES;

/**
 * Whether a criterion is measured by an evaluation run, as it is told by its `about` and unit. Others follow from live cases, the
 * pulse, a person's word.
 */
export function isMeasured({ about, unit }: { about: string; unit: string | null }): boolean {
  return unit !== null && !/^(?:live cases|the pulse): /.test(about);
}

export const SURVEYS = ["helps", "trust"] as const;

/** After so many looks a sealed set has been tuned to. */
export const MOST_LOOKS = 10;
