/**
 * Two samples of numbers, compared by their order: where they lie, and how far apart.
 *
 * Pure. Sources: Kolmogorov and Smirnov (exact tail by counting paths, Hodges 1958; Kolmogorov's series for many values);
 * Mann and Whitney 1947, with corrections for ties and continuity; Hodges and Lehmann 1963; Wasserstein's distance in one
 * dimension, the area between the distribution functions.
 */
import { normalCumulative } from "./special.ts";

/** Up to so many pairs the tail of the Kolmogorov-Smirnov statistic is counted exactly. */
const EXACT_PAIRS = 10_000;

/** D = sup |F − G|, 0 to 1, and its two-sided p-value; with ties the exact one is an upper bound. */
export function kolmogorovSmirnov(
  first: readonly number[],
  second: readonly number[],
): { statistic: number; p: number } {
  const [n, m] = [first.length, second.length];
  mustHoldValues(n, m);
  const steps = distributionSteps(first, second);
  // |i·m − j·n| is whole, so that equal distances compare as equal.
  const distance = Math.max(...steps.map(({ i, j }) => Math.abs(i * m - j * n)));
  const statistic = distance / (n * m);
  const p = n * m <= EXACT_PAIRS ? exactTail(distance, n, m) : kolmogorovTail(statistic, n, m);
  return { statistic, p };
}

/** P(D ≥ d) for many values, Kolmogorov's series at √(nm/(n + m))·d: 2 Σ (−1)^(k−1) exp(−2k²λ²). */
export function kolmogorovTail(statistic: number, n: number, m: number): number {
  const lambda = Math.sqrt((n * m) / (n + m)) * statistic;
  if (lambda < 0.1) return 1;
  let sum = 0;
  for (let k = 1; k <= 200; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-18) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/**
 * P(D ≥ d) when every order of the n + m values is as likely: one minus the share of paths from (0, 0) to (n, m) that keep
 * |i·m − j·n| < d·n·m. Each cell holds the probability of its paths, so that nothing overflows.
 */
function exactTail(distance: number, n: number, m: number): number {
  let row: number[] = [];
  for (let i = 0; i <= n; i++) {
    const next: number[] = [];
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= distance && distance > 0) next.push(0);
      else if (i === 0 && j === 0) next.push(1);
      else
        // Backwards from (i, j), the last value came from the first sample in i of i + j orders.
        next.push((i > 0 ? (row[j]! * i) / (i + j) : 0) + (j > 0 ? (next[j - 1]! * j) / (i + j) : 0));
    }
    row = next;
  }
  return distance === 0 ? 1 : Math.min(1, Math.max(0, 1 - row[m]!));
}

/** ∫ |F − G|, in the unit of the values. */
export function wasserstein(first: readonly number[], second: readonly number[]): number {
  const [n, m] = [first.length, second.length];
  mustHoldValues(n, m);
  const steps = distributionSteps(first, second);
  return steps.reduce((area, { value, i, j }, k) => {
    const next = steps[k + 1];
    return next === undefined ? area : area + Math.abs(i / n - j / m) * (next.value - value);
  }, 0);
}

/** At each distinct value, in ascending order: how many values of each sample are not above it. */
function distributionSteps(
  first: readonly number[],
  second: readonly number[],
): { value: number; i: number; j: number }[] {
  const [a, b] = [ascending(first), ascending(second)];
  const steps: { value: number; i: number; j: number }[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (a[i] === value) i++;
    while (b[j] === value) j++;
    steps.push({ value, i, j });
  }
  return steps;
}

/**
 * Mann-Whitney: U of the first sample (pairs in which it is larger, equal ones by half) and the two-sided p-value, normal
 * with corrections for ties and continuity; p is 1 where all values are alike.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): { u: number; p: number } {
  const [n, m] = [first.length, second.length];
  mustHoldValues(n, m);
  let [rankSum, ties, iBefore, jBefore] = [0, 0, 0, 0];
  for (const { i, j } of distributionSteps(first, second)) {
    const alike = i + j - iBefore - jBefore;
    rankSum += (i - iBefore) * (iBefore + jBefore + (alike + 1) / 2);
    ties += alike ** 3 - alike;
    [iBefore, jBefore] = [i, j];
  }
  const u = rankSum - (n * (n + 1)) / 2;
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (!(variance > 0)) return { u, p: 1 };
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / Math.sqrt(variance);
  return { u, p: Math.min(1, 2 * normalCumulative(-z)) };
}

/** Hodges-Lehmann: by how much the second sample lies higher, the median of all differences. */
export function shift(first: readonly number[], second: readonly number[]): number {
  mustHoldValues(first.length, second.length);
  const [a, b] = [ascending(first), ascending(second)];
  const middle = (a.length * b.length - 1) / 2;
  const low = differenceAt(a, b, Math.floor(middle) + 1);
  return Number.isInteger(middle) ? low : (low + differenceAt(a, b, Math.ceil(middle) + 1)) / 2;
}

/** The k-th smallest of all differences: the least value that k of them do not exceed, without writing them all down. */
function differenceAt(a: readonly number[], b: readonly number[], k: number): number {
  const notAbove = (x: number) => {
    let [count, i] = [0, 0];
    // As b rises, the values of a from which the difference is small enough begin later.
    for (const value of b) {
      while (i < a.length && value - a[i]! > x) i++;
      count += a.length - i;
    }
    return count;
  };
  let [low, high] = [b[0]! - a.at(-1)!, b.at(-1)! - a[0]!];
  if (notAbove(low) >= k) return low;
  for (let step = 0; step < 200; step++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (notAbove(middle) >= k) high = middle;
    else low = middle;
  }
  return high;
}

function mustHoldValues(...sizes: number[]): void {
  if (sizes.includes(0)) throw new RangeError("A sample without values cannot be compared.");
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
