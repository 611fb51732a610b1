/**
 * Quantiles of times and amounts with intervals that assume no shape of the distribution.
 *
 * Pure. The interval lies between two of the values in ascending order; how often it holds the true quantile follows from
 * the binomial distribution alone. Source: David and Nagaraja 2003, section 7.1.
 */
import { quantile } from "./bootstrap.ts";
import { binomialTail, type Interval } from "./proportion.ts";

export interface QuantileInterval extends Interval {
  /** By linear interpolation (type 7). */
  estimate: number;
  /** The true coverage of the interval, at least the confidence where the sample is large enough for it. */
  coverage: number;
}

/**
 * The q-quantile: ranks l = BinInv(α/2; n, q) and u = BinInv(1 − α/2; n, q) + 1, kept in 1..n; coverage P(l ≤ Bin ≤ u − 1).
 *
 * Undefined without values.
 */
export function quantileInterval(
  values: readonly number[],
  q: number,
  confidence = 0.95,
): QuantileInterval | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const ascending = [...values].sort((a, b) => a - b);
  const beyond = (1 - confidence) / 2;
  const low = Math.max(1, binomialQuantile(beyond, n, q));
  const high = Math.min(n, binomialQuantile(1 - beyond, n, q) + 1);
  return {
    estimate: quantile(ascending, q),
    lower: ascending[low - 1]!,
    upper: ascending[high - 1]!,
    coverage: binomialTail(high - 1, n, q) - binomialTail(low - 1, n, q),
  };
}

/** The smallest k with P(Bin(n, p) ≤ k) ≥ probability. */
function binomialQuantile(probability: number, n: number, p: number): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialTail(middle, n, p) >= probability) high = middle;
    else low = middle + 1;
  }
  return low;
}
