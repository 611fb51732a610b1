/**
 * Two releases judged on the same cases: is the new one better, and is it at least not worse?
 *
 * Only discordant cases tell them apart: b with only the new release wrong, c with only the old one wrong. Differences are
 * of the share of right answers, new minus old, from −1 to 1. Pure. Sources: McNemar 1947 (exact form); Efron and
 * Tibshirani 1993 (paired bootstrap, by whole groups of cases). In shadow, where one looks again and again, the paired
 * e-value of evidence.ts takes McNemar's place.
 */
import { bootstrapInterval, grouped, type BootstrapPlan } from "./bootstrap.ts";
import { binomialTail, type Interval } from "./proportion.ts";

export interface Paired {
  newRight: boolean;
  oldRight: boolean;
  /** Cases of one thread or customer are drawn together. */
  group?: string;
}

export interface Discordant {
  both: number;
  neither: number;
  onlyNewWrong: number;
  onlyOldWrong: number;
}

export interface Compared extends Discordant {
  n: number;
  /** New minus old. */
  difference: number;
  /** Undefined where the bootstrap gives none. */
  interval: Interval | undefined;
  /** McNemar's exact two-sided p. */
  p: number;
}

/** The exact two-sided p-value of McNemar's test: 2·P(Bin(b + c, ½) ≤ min(b, c)), at most 1; 1 without discordant cases. */
export function mcnemar(onlyNewWrong: number, onlyOldWrong: number): number {
  const n = onlyNewWrong + onlyOldWrong;
  return n === 0 ? 1 : Math.min(1, 2 * binomialTail(Math.min(onlyNewWrong, onlyOldWrong), n, 0.5));
}

export function discordance(pairs: readonly Paired[]): Discordant {
  const counts = { both: 0, neither: 0, onlyNewWrong: 0, onlyOldWrong: 0 };
  for (const { newRight, oldRight } of pairs) {
    if (newRight === oldRight) counts[newRight ? "both" : "neither"]++;
    else counts[newRight ? "onlyOldWrong" : "onlyNewWrong"]++;
  }
  return counts;
}

/** Compares two releases on the same cases; undefined without any. */
export function compareReleases(pairs: readonly Paired[], plan: BootstrapPlan): Compared | undefined {
  if (pairs.length === 0) return undefined;
  const counts = discordance(pairs);
  const groups = grouped(pairs, (pair, i) => pair.group ?? i).map((group) => ({
    n: group.length,
    gain: group.reduce((sum, { newRight, oldRight }) => sum + Number(newRight) - Number(oldRight), 0),
  }));
  return {
    ...counts,
    n: pairs.length,
    difference: (counts.onlyOldWrong - counts.onlyNewWrong) / pairs.length,
    interval: bootstrapInterval(groups, ratioOf, plan),
    p: mcnemar(counts.onlyNewWrong, counts.onlyOldWrong),
  };
}

function ratioOf(groups: readonly { n: number; gain: number }[]): number {
  let [gain, n] = [0, 0];
  for (const group of groups) {
    gain += group.gain;
    n += group.n;
  }
  return gain / n;
}

/**
 * Whether the new release is at least not worse by more than `margin`: the lower end of the interval lies above −margin.
 *
 * Undefined where there is no interval: that is not yes.
 */
export function notWorse({ interval }: Pick<Compared, "interval">, margin = 0.02): boolean | undefined {
  return interval === undefined ? undefined : interval.lower > -margin;
}
