/**
 * Certifies the loosest confidence threshold that keeps the error among automatic cases under a target.
 *
 * Fixed-sequence testing (Angelopoulos et al., Learn then Test): thresholds from tight to loose, each tested with the exact
 * binomial tail at the same δ, until the first one fails. The promise holds for the last one that passed, with
 * confidence 1 − δ, whatever the score is worth; a poor score only costs coverage. Pure, so that a certificate can be
 * recomputed from its labels.
 */
import { binomialTail, upperBound } from "./proportion.ts";

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
}

export interface Tested {
  threshold: number;
  /** Labelled cases at or above the threshold, and the wrong ones among them. */
  n: number;
  errors: number;
  /** P(Bin(n, target) ≤ errors). */
  p: number;
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
export function acceptanceNumber(n: number, target: number, delta: number): number {
  let k = -1;
  while (k + 1 < n && binomialTail(k + 1, n, target) <= delta) k++;
  return k;
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
  const { target, delta, grid } = plan;
  const enough = 3 * zeroErrorMinimum(target, delta);
  const scale = traffic.length === 0 ? 0 : labels.length / traffic.length;
  const expected = (threshold: number) => traffic.filter((score) => score >= threshold).length * scale;
  const start = grid.findIndex((threshold) => expected(threshold) >= enough);
  const tests: Tested[] = [];
  let passed: Tested | undefined;
  for (const threshold of start < 0 ? [] : grid.slice(start)) {
    const accepted = labels.filter((one) => one.score >= threshold);
    const errors = accepted.filter((one) => one.wrong).length;
    const test = { threshold, n: accepted.length, errors, p: binomialTail(errors, accepted.length, target) };
    tests.push(test);
    if (test.p > delta) break;
    passed = test;
  }
  if (!passed) return { kind: "none", tests, moreLabels: moreLabels(labels, tests[0], plan, expected) };
  return {
    kind: "certified",
    threshold: passed.threshold,
    coverage: labels.length === 0 ? 0 : passed.n / labels.length,
    upperBound: upperBound(passed.errors, passed.n, 1 - delta),
    tests,
  };
}

/**
 * About how many more labels the tightest threshold needs, when its error share stays as it is; undefined when that share
 * is over the target, so that no number would help.
 */
function moreLabels(
  labels: readonly ScoredLabel[],
  first: Tested | undefined,
  plan: CertificationPlan,
  expected: (threshold: number) => number,
): number | undefined {
  const { target, delta, grid } = plan;
  if (!first) {
    const best = Math.max(...grid.map(expected), 0);
    const share = labels.length === 0 ? 0 : best / labels.length;
    const needed = 3 * zeroErrorMinimum(target, delta);
    return share === 0 ? needed : Math.max(0, Math.ceil(needed / share) - labels.length);
  }
  // One more error than seen: a share of zero would promise too much.
  const share = (first.errors + 1) / (first.n + 1);
  if (share >= target) return undefined;
  let n = first.n;
  while (n < 1_000_000 && binomialTail(Math.ceil(n * share), n, target) > delta) n = Math.ceil(n * 1.05) + 1;
  const accepted = first.n / Math.max(1, labels.length);
  return Math.ceil((n - first.n) / Math.max(accepted, 1e-6));
}
