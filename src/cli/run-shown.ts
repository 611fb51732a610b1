/** Evaluation runs as they read in a terminal: how far, the figures with their n and range, what was taken for what. */
import type { Client } from "../contract/client.ts";
import { count, facts, measured, moment, percent, rounded, table } from "./text.ts";

export type Run = Awaited<ReturnType<Client["startEvaluation"]>>;
/** With its figures, null until it is done. */
export type MeasuredRun = Awaited<ReturnType<Client["getEvaluation"]>>;
type Figures = NonNullable<MeasuredRun["figures"]>;
type Figure = Run["accuracy"];

/** Confusions and slices that are shown; --json has all. */
const MOST_SHOWN = 20;

/** A run with its figures, over several lines. */
export function shownRun(run: Run | MeasuredRun): string {
  const told = facts([
    ["set", `${run.setName}@${run.setVersion}, ${run.kind}`],
    ["release", `${run.release}, step ${run.step}`],
    ["state", run.state],
    ["problem", run.problem],
    [
      "accuracy",
      run.accuracy === null
        ? "no answers yet"
        : `${measured(run.accuracy.value)} of ${run.right + run.wrong} right, 95 % range ${rangeOf(run.accuracy)}`,
    ],
    ["asked", run.repeats === 1 ? "" : `${run.repeats} times each; the majority counts`],
    ["no answer", run.failed === run.unusable ? "" : count(run.failed - run.unusable, "item")],
    [
      "not usable",
      run.unusable === 0 ? "" : `${count(run.unusable, "answer")} that the output schema does not allow`,
    ],
    ["left out", run.leftOut === 0 ? "" : `${count(run.leftOut, "item")} that the release was trained with`],
    ["cost", costLine(run.cost)],
    ["time", run.meanMilliseconds === null ? "" : `${Number(run.meanMilliseconds.toFixed(1))} ms on average`],
    ["started", `${moment(run.startedAt)} by ${run.startedBy}`],
    ["finished", moment(run.finishedAt)],
    ["note", run.notes.join("\n")],
  ]);
  const figures = "figures" in run ? run.figures : null;
  return [`${run.id}\n${told}`, ...(figures ? shownFigures(figures) : [])].join("\n\n");
}

/** "85.1 % to 87.3 %"; empty without answers. */
export function rangeOf(figure: Figure): string {
  if (figure === null) return "";
  return `${measured(figure.lower)} to ${measured(figure.upper)}`;
}

function shownFigures(figures: Figures): string[] {
  const { measures, flips, latency, cost, destroyed } = figures;
  const rows = measures.map(({ metric, right, n, unanswered, share }) => [
    metric,
    shareText(share),
    rangeOf(share),
    `${right} of ${n}`,
    unanswered,
  ]);
  if (flips)
    rows.push(["flips", shareText(flips.share), rangeOf(flips.share), `${flips.flipped} of ${flips.n}`, 0]);
  const amounts = [
    ["latency mean", latency.mean],
    ["latency p50", latency.p50],
    ["latency p95", latency.p95],
    ["latency p99", latency.p99],
  ] as const;
  const told = table(["metric", "value", "95 % range", "n", "no answer"], rows, "Nothing was measured.");
  const inTime = amounts.map(([name, figure]) => [
    name,
    figure && `${rounded(figure.value)} ms`,
    figure && `${rounded(figure.lower)} to ${rounded(figure.upper)} ms`,
    latency.n,
  ]);
  const money = cost.mean && [
    "cost mean",
    `${cost.mean.value} ${cost.currency}`,
    `${cost.mean.lower} to ${cost.mean.upper} ${cost.currency}`,
    cost.n,
  ];
  return [
    told,
    table(["of an answer", "value", "95 % range", "n"], money ? [...inTime, money] : inTime, ""),
    ...(figures.judges.length === 0 ? [] : [shownJudges(figures.judges)]),
    ...figures.classes.flatMap(shownClasses),
    ...shownSlices(measures),
    ...(destroyed === 0
      ? []
      : [`${count(destroyed, "item")} could not be read any more and are in no figure.`]),
  ];
}

function shownJudges(judges: Figures["judges"]): string {
  return table(
    ["judge", "cases with people", "alpha", "kappa", "agreed", "only person yes", "only judge yes"],
    judges.map(({ judge, cases, alpha, kappa, bothYes, bothNo, onlyPerson, onlyJudge }) => [
      judge,
      cases,
      rounded(alpha),
      rounded(kappa?.value),
      bothYes + bothNo,
      onlyPerson,
      onlyJudge,
    ]),
    "",
  );
}

function shownClasses(of: Figures["classes"][number]): string[] {
  const macro = of.macroF1 === null ? "" : `, macro-F1 ${rounded(of.macroF1.value)} (${numbers(of.macroF1)})`;
  const unknown = of.unknown === 0 ? "" : `, ${count(of.unknown, "item")} of no class of this release`;
  const classes = table(
    ["class", "items", "called so", "recall", "95 % range", "precision", "95 % range", "F1"],
    of.classes.map(({ name, truths, answers, recall, precision, f1 }) => [
      name,
      truths,
      answers,
      shareText(recall),
      rangeOf(recall),
      shareText(precision),
      rangeOf(precision),
      rounded(f1),
    ]),
    "",
  );
  const confusions = table(
    ["is", "was called", "n", "items"],
    of.confusions
      .slice(0, MOST_SHOWN)
      .map(({ truth, answer, n, items }) => [
        truth,
        answer ?? "(nothing that can be used)",
        n,
        itemsOf(items, n),
      ]),
    `Nothing was taken for something else in ${of.field}.`,
  );
  return [`${of.field}: ${count(of.n, "item")}${macro}${unknown}\n${classes}`, confusions];
}

/** The first few, by the case that an item was made of where there is one. */
function itemsOf(items: readonly { no: number; case: string | null }[], n: number): string {
  const some = items.slice(0, 5).map((item) => item.case ?? String(item.no));
  return some.join(", ") + (n > some.length ? ` and ${n - some.length} more` : "");
}

function shownSlices(measures: Figures["measures"]): string[] {
  const slices = measures.flatMap(({ metric, slices: parts }) => parts.map((part) => ({ metric, ...part })));
  if (slices.length === 0) return [];
  const shown = slices
    .slice(0, MOST_SHOWN)
    .map(({ metric, facet, value, right, n, share }) => [
      metric,
      `${facet} = ${value}`,
      shareText(share),
      rangeOf(share),
      `${right} of ${n}`,
    ]);
  return [table(["metric", "part", "value", "95 % range", "n"], shown, "")];
}

function shareText(figure: Figure): string {
  return figure === null ? "" : percent(Number(figure.value.toFixed(4)));
}

function numbers({ lower, upper }: NonNullable<Figure>): string {
  return `${rounded(lower)} to ${rounded(upper)}`;
}

function costLine({ amount, currency, unknown }: Run["cost"]): string {
  const known = amount === null ? "" : `${amount} ${currency}`;
  if (unknown === 0) return known;
  return `${known === "" ? "unknown" : known}, ${unknown} answers without a known price`;
}
