/**
 * The figures of a run, each with its n and its 95 % interval, from the whole numbers that were counted.
 *
 * Pure, with a seed of its own, so that the same counts give the same figures on every machine. Shares have exact intervals, and so
 * have quantiles where each item stands alone; else these, means and macro-F1 draw whole threads again. Counting is in run-counts.ts.
 */
import { cohenKappa } from "../statistics/agreement.ts";
import { amountInterval, type AmountFigure, type GroupedAmounts } from "../statistics/amounts.ts";
import { mulberry32, type BootstrapPlan } from "../statistics/bootstrap.ts";
import { classify, confusions, macroF1OfGroups, type Cell } from "../statistics/classification.ts";
import { exactInterval } from "../statistics/proportion.ts";
import { quantileInterval } from "../statistics/quantiles.ts";
import { amountOf } from "../models/money.ts";
import { agreementOf, type Pairs } from "./judgement-store.ts";
import { groupsOf, type Amounts, type ClassCounts, type RunCounts } from "./run-counts.ts";

export interface Figure {
  value: number;
  lower: number;
  upper: number;
}

export interface ShareFigure {
  right: number;
  n: number;
  unanswered: number;
  /** Null without items. */
  share: Figure | null;
}

export interface ClassTableFigures {
  field: string;
  n: number;
  accuracy: Figure | null;
  macroF1: Figure | null;
  classes: {
    name: string;
    truths: number;
    answers: number;
    hits: number;
    precision: Figure | null;
    recall: Figure | null;
    f1: number | null;
  }[];
  /** What was taken for what, most often first. */
  confusions: { truth: string; answer: string | null; n: number; items: number[] }[];
  unanswered: number;
  unknown: number;
}

export interface RunFigures {
  items: number;
  trained: number;
  destroyed: number;
  repeats: number;
  measures: (ShareFigure & { metric: string; slices: (ShareFigure & { facet: string; value: string })[] })[];
  classes: ClassTableFigures[];
  /** Items whose repeated answers differ; null for a run that asks once. */
  flips: { flipped: number; n: number; share: Figure | null } | null;
  /** How far each judge agrees with people; in a gate it counts from 100 cases and an alpha of 0.67 on. */
  judges: (Pairs & { judge: string; cases: number; alpha: number; kappa: Figure | null })[];
  /** Milliseconds of one answer. */
  latency: { n: number; mean: Figure | null; p50: Figure | null; p95: Figure | null; p99: Figure | null };
  /** Of one answer, as decimal text. */
  cost: {
    n: number;
    unknown: number;
    currency: string | null;
    mean: { value: string; lower: string; upper: string } | null;
  };
}

const CONFIDENCE = 0.95;
const SEED = 42;
/** Draws of one group altogether: sets of 20,000 threads and less are drawn 2,000 times, larger ones less often. */
const DRAWS = 40_000_000;

/** The plan of a bootstrap over so many groups: the same for everyone who looks at them. */
export function drawnFrom(groups: number): BootstrapPlan {
  const resamples = Math.min(2_000, Math.max(200, Math.floor(DRAWS / Math.max(1, groups))));
  return { chance: mulberry32(SEED), resamples, confidence: CONFIDENCE };
}

export function figuresOf(counts: RunCounts): RunFigures {
  const { items, trained, destroyed, repeats, measures, classes, flips, judges, milliseconds, cost } = counts;
  const [times, costs] = [groupsOf(milliseconds), groupsOf(cost.amounts)];
  const latency = (probability: number) => quantileFigure(milliseconds, times, probability);
  return {
    items,
    trained,
    destroyed,
    repeats,
    measures: measures.map(({ metric, slices, ...whole }) => ({
      metric,
      ...shareFigure(whole),
      slices: slices.map(({ facet, value, ...part }) => ({ facet, value, ...shareFigure(part) })),
    })),
    classes: classes.map(classFigures),
    flips: repeats > 1 ? { ...flips, share: shareOf(flips.flipped, flips.n) } : null,
    judges: judges.map(({ judge, ...pairs }) => ({
      judge,
      ...pairs,
      ...agreementOf(pairs),
      kappa: kappaFigure(pairs),
    })),
    latency: {
      n: counted(times),
      mean: amountFigure(times, "mean"),
      p50: latency(0.5),
      p95: latency(0.95),
      p99: latency(0.99),
    },
    cost: {
      n: counted(costs),
      unknown: cost.unknown,
      currency: cost.currency,
      mean: inMoney(amountFigure(costs, "mean")),
    },
  };
}

export function shareOf(right: number, n: number): Figure | null {
  return n === 0 ? null : { value: right / n, ...exactInterval(right, n, CONFIDENCE) };
}

function shareFigure({ right, n, unanswered }: Omit<ShareFigure, "share">): ShareFigure {
  return { right, n, unanswered, share: shareOf(right, n) };
}

function classFigures({
  field,
  classes,
  cells,
  together,
  unanswered,
  unknown,
}: ClassCounts): ClassTableFigures {
  const table = classify(cells, classes);
  const groups = cellGroups(cells, together);
  const named = new Map(cells.map((cell) => [JSON.stringify([cell.truth, cell.answer]), cell.items]));
  const macroF1 = macroF1OfGroups(groups, classes, drawnFrom(groups.length));
  return {
    field,
    n: table.n,
    accuracy: shareOf(table.right, table.n),
    macroF1: macroF1 ? { value: macroF1.estimate, lower: macroF1.lower, upper: macroF1.upper } : null,
    classes: table.classes.map(({ name, truths, answers, hits, f1 }) => ({
      name,
      truths,
      answers,
      hits,
      precision: shareOf(hits, answers),
      recall: shareOf(hits, truths),
      f1: f1 ?? null,
    })),
    confusions: confusions(cells).map(({ truth, answer, n }) => ({
      truth,
      answer,
      n,
      items: named.get(JSON.stringify([truth, answer])) ?? [],
    })),
    unanswered,
    unknown,
  };
}

/** Cells as they are drawn again: those of a thread together. */
function cellGroups(cells: readonly Cell[], together: ClassCounts["together"]): Cell[][] {
  if (together.length > 0) return together.map((group) => group.map(([at, n]) => ({ ...cells[at]!, n })));
  return cells.flatMap(({ truth, answer, n }) => Array.from({ length: n }, () => [{ truth, answer, n: 1 }]));
}

function amountFigure(groups: GroupedAmounts, figure: AmountFigure): Figure | null {
  const found = amountInterval(groups, figure, drawnFrom(groups.length));
  return found ? { value: found.estimate, lower: found.lower, upper: found.upper } : null;
}

function kappaFigure({ bothYes, onlyPerson, onlyJudge, bothNo }: Pairs): Figure | null {
  const table = [
    [bothYes, onlyPerson],
    [onlyJudge, bothNo],
  ];
  const found = cohenKappa(table, { confidence: CONFIDENCE });
  return found ? { value: found.kappa, ...found.interval } : null;
}

/** Drawing again a quantile of single values takes long and says the same as the order of the values does. */
function quantileFigure(
  { alone, together }: Amounts,
  groups: GroupedAmounts,
  probability: number,
): Figure | null {
  if (together.length > 0) return amountFigure(groups, { quantile: probability });
  const values = alone.flatMap(([amount, n]) => Array.from({ length: n }, () => amount));
  const found = quantileInterval(values, probability, CONFIDENCE);
  return found ? { value: found.estimate, lower: found.lower, upper: found.upper } : null;
}

function counted(groups: GroupedAmounts): number {
  return groups.reduce((sum, group) => sum + group.reduce((all, [, n]) => all + n, 0), 0);
}

/** Billionths as decimal text; part of a billionth is left away. */
function inMoney(figure: Figure | null): RunFigures["cost"]["mean"] {
  if (!figure) return null;
  const text = (amount: number) => amountOf(BigInt(Math.round(amount)) * 1_000n);
  return { value: text(figure.value), lower: text(figure.lower), upper: text(figure.upper) };
}
