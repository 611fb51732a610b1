/**
 * Methods that other programs use and this one does not: they stand beside ours in tests and proofs, never in a decision.
 *
 * Why each is left out is in docs/decisions/0021-evidence.md. Sources: Geifman and El-Yaniv 2017 (SGR); Waudby-Smith et
 * al. 2021 (asymptotic confidence sequence, in GrowthBook's form); Johari et al. 2017 (mSPRT); Page 1954 (Page-Hinkley);
 * Bifet and Gavaldà 2007 (ADWIN, as River has it and as its authors wrote it).
 */
import { upperBound } from "../../src/statistics/proportion.ts";

export interface SgrStep {
  z: number;
  threshold: number;
  n: number;
  errors: number;
  bound: number;
}

/** Selection with guaranteed risk: a binary search over thresholds that splits δ over its looks. */
export function selectionWithGuaranteedRisk(
  labels: readonly { score: number; wrong: boolean }[],
  target: number,
  delta: number,
): { trace: SgrStep[]; last: SgrStep | undefined } {
  const sorted = [...labels].sort((a, b) => a.score - b.score);
  const looks = Math.ceil(Math.log2(sorted.length));
  const trace: SgrStep[] = [];
  let last: SgrStep | undefined;
  let [low, high] = [1, sorted.length];
  for (let look = 0; look < looks; look++) {
    const z = Math.ceil((low + high) / 2);
    const accepted = sorted.slice(z - 1);
    const errors = accepted.filter(({ wrong }) => wrong).length;
    const bound = upperBound(errors, accepted.length, 1 - delta / looks);
    const step = { z, threshold: sorted[z - 1]!.score, n: accepted.length, errors, bound };
    trace.push(step);
    if (bound < target) {
      last = step;
      high = z;
    } else low = z;
  }
  return { trace, last };
}

/** The lower end of the asymptotic confidence sequence of a difference of two shares, tuned to a sample of `tunedTo`. */
export function asymptoticLowerBound(
  candidate: { rate: number; n: number },
  stable: { rate: number; n: number },
  alpha: number,
  tunedTo: number,
): number {
  const variance = ({ rate, n }: { rate: number; n: number }) => (rate * (1 - rate)) / n;
  const n = candidate.n + stable.n;
  const spent = -2 * Math.log(2 * alpha);
  const rho = Math.sqrt((spent + Math.log(spent + 1)) / tunedTo);
  const grown = n * rho * rho + 1;
  const scale = Math.sqrt(((2 * grown) / (n * rho) ** 2) * Math.log(1 + Math.sqrt(grown) / (2 * alpha)));
  const error = Math.sqrt(variance(candidate) + variance(stable)) * Math.sqrt(n);
  return candidate.rate - stable.rate - error * scale;
}

/** The mixture sequential probability ratio of normal values with a known variance. */
export function msprt(n: number, meanDifference: number, variance: number, mixture: number): number {
  const spread = variance + n * mixture;
  return (
    Math.sqrt(variance / spread) * Math.exp((n * n * mixture * meanDifference ** 2) / (2 * variance * spread))
  );
}

/** The place of the first alarm of Page-Hinkley, from 0. */
export function pageHinkley(
  values: readonly number[],
  {
    delta,
    lambda,
    alpha = 0.9999,
    from = 30,
  }: { delta: number; lambda: number; alpha?: number; from?: number },
): number | null {
  let [mean, sum] = [0, 0];
  const place = values.findIndex((value, i) => {
    mean += (value - mean) / (i + 1);
    sum = Math.max(0, alpha * sum + value - mean - delta);
    return i + 1 >= from && sum > lambda;
  });
  return place < 0 ? null : place;
}

interface Bucket {
  n: number;
  total: number;
  /** Sum of squares around the bucket's mean. */
  spread: number;
}

/**
 * The place of the first change that ADWIN finds, from 0. `cuts` "all" looks at every border between buckets; "river"
 * leaves the newest bucket of every row out of the older window, as River does (its issue 1614).
 */
export function adwin(values: readonly number[], delta: number, cuts: "all" | "river"): number | null {
  const [every, perRow, least, widthFrom] = [32, 5, 5, 10];
  /** Row r holds buckets of 2^r values, the oldest first. */
  const rows: Bucket[][] = [[]];
  for (const [i, value] of values.entries()) {
    rows[0]!.push({ n: 1, total: value, spread: 0 });
    for (let r = 0; rows[r]!.length > perRow; r++) {
      const [one, two] = rows[r]!.splice(0, 2);
      rows[r + 1] ??= [];
      rows[r + 1]!.push(joined(one!, two!));
    }
    const width = i + 1;
    if (width % every !== 0 || width <= widthFrom) continue;
    const all = rows.flat().reduce(joined);
    let older: Bucket = { n: 0, total: 0, spread: 0 };
    for (const row of [...rows].reverse()) {
      for (const bucket of cuts === "all" ? row : row.slice(0, -1)) {
        older = joined(older, bucket);
        const newer = { n: all.n - older.n, total: all.total - older.total };
        if (older.n < least || newer.n < least) continue;
        const difference = Math.abs(older.total / older.n - newer.total / newer.n);
        const weight = 1 / (older.n - least + 1) + 1 / (newer.n - least + 1);
        const log = Math.log((2 * Math.log(all.n)) / delta);
        const limit = Math.sqrt((2 * weight * all.spread * log) / all.n) + (2 / 3) * log * weight;
        if (difference > limit) return i;
      }
    }
  }
  return null;
}

function joined(one: Bucket, two: Bucket): Bucket {
  const n = one.n + two.n;
  const apart = one.n === 0 || two.n === 0 ? 0 : one.total / one.n - two.total / two.n;
  return {
    n,
    total: one.total + two.total,
    spread: one.spread + two.spread + (n === 0 ? 0 : (one.n * two.n * apart ** 2) / n),
  };
}

/**
 * Where a canary analysis with a fixed limit takes the candidate out, in labelled cases of the candidate; null where it
 * does not. Each window of so many cases is one check, which fails with more errors than the limit; at so many failed
 * checks the candidate is taken out: at the first with Argo's default (failureLimit 0), at the fourth with the example of
 * its documentation (failureLimit 3), at the fifth with Flagger's usual threshold.
 */
export function failedWindows(
  wrong: readonly boolean[],
  { window, limit, failures }: { window: number; limit: number; failures: number },
): number | null {
  let failed = 0;
  for (let end = window; end <= wrong.length; end += window) {
    const errors = wrong.slice(end - window, end).filter(Boolean).length;
    if (errors / window > limit && ++failed === failures) return end;
  }
  return null;
}
