/**
 * Certifies the loosest confidence threshold that keeps the error among automatic cases under a target.
 *
 * Fixed-sequence testing (Angelopoulos et al., Learn then Test): thresholds from tight to loose, each tested with the exact
 * binomial tail at the same δ, until the first one fails. The promise holds for the last one that passed, with
 * confidence 1 − δ, whatever the score is worth; a poor score only costs coverage. Pure, so that a certificate can be
 * recomputed from its labels. A promise that may be asked for after every label uses E-SAFE instead of the tail.
 */
import { safeEvidence } from "./evidence.ts";
import { binomialTail, upperBound } from "./proportion.ts";
import { crossing } from "./special.ts";

export interface ScoredLabel {
  /** Calibrated confidence, 0 to 1. */
  score: number;
  wrong: boolean;
}

export interface CertificationPlan {
  /** The error rate that may go out unreviewed, e.g. 0.05. */
  target: number;
  /** 1 − confidence of the promise, e.g. 0.05. */
  delta: number;
  /** Thresholds from tight to loose, fixed before a label is looked at. */
  grid: readonly number[];
  /**
   * "once" (the default) spends δ on one look, so that the next look needs a part of the budget of its own; "anytime" may be
   * asked again after every label at the same δ, and needs more labels for that.
   */
  look?: "once" | "anytime";
  /** The place in the grid at which an earlier "anytime" look began: all looks of one promise must begin there. */
  start?: number;
}

export interface Tested {
  threshold: number;
  /** Labelled cases at or above the threshold, and the wrong ones among them. */
  n: number;
  errors: number;
  /** P(Bin(n, target) ≤ errors); at any time 1/E of E-SAFE, at most 1. */
  p: number;
}

/** What the sequence looks at, as whole numbers: enough to run it again. */
export interface Tally {
  /** Labelled cases, and cases of the traffic, whatever their score. */
  labels: number;
  traffic: number;
  /** For each value of the grid: the labelled cases at or above it, the wrong ones among them, and the traffic there. */
  at: readonly { n: number; errors: number; traffic: number }[];
}

export type Certification =
  | { kind: "certified"; threshold: number; coverage: number; upperBound: number; tests: Tested[] }
  | { kind: "none"; tests: Tested[]; moreLabels: number | undefined };

/** The usual grid: 0.99 down to 0.40 in steps of 0.01. */
export const GRID: readonly number[] = Array.from({ length: 60 }, (_, i) => (99 - i) / 100);

/** The smallest n with which zero errors prove the target: (1 − target)^n ≤ δ. */
export function zeroErrorMinimum(target: number, delta: number): number {
  let n = Math.max(1, Math.ceil(Math.log(delta) / Math.log1p(-target)) - 1);
  while ((1 - target) ** n > delta) n++;
  return n;
}

/** The most errors among n that still prove the target; −1 when not even zero do. */
export function acceptanceNumber(
  n: number,
  target: number,
  delta: number,
  look: CertificationPlan["look"] = "once",
): number {
  let k = -1;
  while (k + 1 < n && pValue(k + 1, n, { target, look }) <= delta) k++;
  return k;
}

/**
 * The fewest accepted labels with which the target is proved with this probability, when a share `errors` of them is wrong.
 *
 * P(Bin(n, errors) ≤ a(n)) ≥ `power`, with a(n) of `acceptanceNumber`; at least 3·n_min, for the sequence begins where so many
 * are expected. Reckoned, not played through; undefined where the share is not below the target.
 */
export function labelsToProve(
  errors: number,
  { target, delta, look }: Pick<CertificationPlan, "target" | "delta" | "look">,
  power: number,
): number | undefined {
  if (!(errors < target)) return undefined;
  let n = 3 * zeroErrorMinimum(target, delta);
  while (binomialTail(acceptanceNumber(n, target, delta, look), n, errors) < power) {
    if (n > 1_000_000) return undefined;
    n = Math.ceil(n * 1.03) + 1;
  }
  return n;
}

/** Counts labels and traffic at each value of the grid, which runs from tight to loose. */
export function tally(
  labels: readonly ScoredLabel[],
  traffic: readonly { score: number; cases: number }[],
  grid: readonly number[],
): Tally {
  const at = grid.map(() => ({ n: 0, errors: 0, traffic: 0 }));
  /** The tightest value that a score reaches; what is reached there counts at every looser one. */
  const reached = (score: number) => at[grid.findIndex((threshold) => score >= threshold)];
  for (const { score, wrong } of labels) {
    const counts = reached(score);
    if (!counts) continue;
    counts.n++;
    if (wrong) counts.errors++;
  }
  for (const { score, cases } of traffic) {
    const counts = reached(score);
    if (counts) counts.traffic += cases;
  }
  at.forEach((counts, i) => {
    const tighter = at[i - 1];
    if (!tighter) return;
    counts.n += tighter.n;
    counts.errors += tighter.errors;
    counts.traffic += tighter.traffic;
  });
  return { labels: labels.length, traffic: traffic.reduce((sum, one) => sum + one.cases, 0), at };
}

/**
 * Runs the sequence. `traffic` are scores of unlabelled cases: they place the start, so that it does not depend on labels;
 * without them the labelled scores serve, whose labels are not looked at for this.
 */
export function certify(
  labels: readonly ScoredLabel[],
  plan: CertificationPlan,
  traffic: readonly number[] = labels.map((one) => one.score),
): Certification {
  const cases = traffic.map((score) => ({ score, cases: 1 }));
  return certifyTally(tally(labels, cases, plan.grid), plan);
}

/** Where the sequence starts: the first value of the grid with so many labelled cases to be expected; -1 for none. */
export function startOf(
  counts: Tally,
  { target, delta }: Pick<CertificationPlan, "target" | "delta">,
): number {
  const enough = 3 * zeroErrorMinimum(target, delta);
  return counts.at.findIndex((_, i) => expected(counts, i) >= enough);
}

/** Runs the sequence on counts, as `certify` does on scores. */
export function certifyTally(counts: Tally, plan: CertificationPlan): Certification {
  const { delta, grid } = plan;
  const start = plan.start ?? startOf(counts, plan);
  const tests: Tested[] = [];
  let passed: Tested | undefined;
  for (let i = start; i >= 0 && i < grid.length; i++) {
    const { n, errors } = counts.at[i]!;
    const test = { threshold: grid[i]!, n, errors, p: pValue(errors, n, plan) };
    tests.push(test);
    if (test.p > delta) break;
    passed = test;
  }
  if (!passed) return { kind: "none", tests, moreLabels: moreLabels(counts, tests[0], plan) };
  return {
    kind: "certified",
    threshold: passed.threshold,
    coverage: counts.labels === 0 ? 0 : passed.n / counts.labels,
    upperBound:
      plan.look === "anytime"
        ? safeBound(passed.errors, passed.n, delta)
        : upperBound(passed.errors, passed.n, 1 - delta),
    tests,
  };
}

function pValue(
  errors: number,
  n: number,
  { target, look }: Pick<CertificationPlan, "target" | "look">,
): number {
  return look === "anytime"
    ? Math.min(1, Math.exp(-safeEvidence(errors, n, target)))
    : binomialTail(errors, n, target);
}

/** The lowest rate that E-SAFE rejects at δ: with 1 − δ the true rate lies under it at every look. */
function safeBound(errors: number, n: number, delta: number): number {
  return crossing(1e-9, 0.9, (rate) => safeEvidence(errors, n, rate) + Math.log(delta));
}

/** Labelled cases to be expected at or above a value of the grid, judged by the traffic alone. */
function expected(counts: Tally, i: number): number {
  return counts.traffic === 0 ? 0 : (counts.at[i]!.traffic * counts.labels) / counts.traffic;
}

/**
 * About how many more labels it takes when the error shares stay as they are; undefined when they are over the target
 * also among the surest cases, so that no number would help.
 */
function moreLabels(counts: Tally, first: Tested | undefined, plan: CertificationPlan): number | undefined {
  const { target, delta, grid } = plan;
  if (!first) {
    const best = Math.max(...counts.at.map((_, i) => expected(counts, i)), 0);
    const share = counts.labels === 0 ? 0 : best / counts.labels;
    const needed = 3 * zeroErrorMinimum(target, delta);
    return share === 0 ? needed : Math.max(0, Math.ceil(needed / share) - counts.labels);
  }
  // With more labels the sequence starts tighter: the value that needs the fewest decides.
  const needed = counts.at
    .filter(({ n }, i) => n > 0 && grid[i]! >= first.threshold)
    .flatMap(({ n, errors }) => {
      const enough = labelsNeeded((errors + 1) / (n + 1), plan);
      return enough === undefined ? [] : [Math.ceil((enough * counts.labels) / n) - counts.labels];
    });
  return needed.length === 0 ? undefined : Math.max(1, Math.min(...needed));
}

/** So many accepted labels prove the target at this share of errors; one more than seen, for zero would promise too much. */
function labelsNeeded(share: number, plan: CertificationPlan): number | undefined {
  const { target, delta } = plan;
  if (share >= target) return undefined;
  let n = 3 * zeroErrorMinimum(target, delta);
  while (n < 1_000_000 && pValue(Math.ceil(n * share), n, plan) > delta) n = Math.ceil(n * 1.05) + 1;
  return n;
}
