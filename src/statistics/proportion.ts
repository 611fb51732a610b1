/**
 * Exact bounds for a share of errors among n independent cases.
 *
 * Pure, no dependencies. Gates and certificates use the exact binomial bounds; the beta mixture may be read after every
 * case. Sources: Clopper and Pearson 1934; Robbins 1970 and Howard et al. 2021 (beta mixture); Wilson 1927 (display only);
 * Newcombe 1998 (difference).
 */
import { crossing, incompleteBeta, logBeta, logChoose, normalQuantile } from "./special.ts";

export interface Interval {
  lower: number;
  upper: number;
}

/** P(Bin(n, p) ≤ k), exact to rounding. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return 1 - incompleteBeta(p, k + 1, n - k);
}

/** P(Bin(n, p) = k). */
export function binomialMass(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0 || p >= 1) return k === (p <= 0 ? 0 : n) ? 1 : 0;
  return Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** One-sided exact upper bound (Clopper-Pearson): with `confidence` the true share is not above it. */
export function upperBound(errors: number, n: number, confidence: number): number {
  if (errors >= n) return 1;
  return crossing(errors / n, 1, (p) => 1 - confidence - binomialTail(errors, n, p));
}

/** One-sided exact lower bound (Clopper-Pearson). */
export function lowerBound(errors: number, n: number, confidence: number): number {
  if (errors <= 0) return 0;
  return crossing(0, errors / n, (p) => incompleteBeta(p, errors, n - errors + 1) - (1 - confidence));
}

/** Two-sided exact interval (Clopper-Pearson). */
export function exactInterval(errors: number, n: number, confidence: number): Interval {
  const each = 1 - (1 - confidence) / 2;
  return { lower: lowerBound(errors, n, each), upper: upperBound(errors, n, each) };
}

/** Wilson's score interval: for display, never for a decision. */
export function wilsonInterval(errors: number, n: number, confidence: number): Interval {
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = errors / n;
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { lower: Math.max(0, (centre - spread) / scale), upper: Math.min(1, (centre + spread) / scale) };
}

/** A share as it is counted. */
export interface Counted {
  errors: number;
  n: number;
}

/**
 * The difference of two independent shares, first minus second, with Newcombe's hybrid score interval (method 10).
 *
 * lower = d − √((p₁ − l₁)² + (u₂ − p₂)²), upper = d + √((u₁ − p₁)² + (p₂ − l₂)²) from the Wilson intervals; undefined where
 * one of them has no cases.
 */
export function differenceInterval(
  first: Counted,
  second: Counted,
  confidence = 0.95,
): ({ difference: number } & Interval) | undefined {
  if (first.n === 0 || second.n === 0) return undefined;
  const [p, q] = [first.errors / first.n, second.errors / second.n];
  const one = wilsonInterval(first.errors, first.n, confidence);
  const two = wilsonInterval(second.errors, second.n, confidence);
  return {
    difference: p - q,
    lower: p - q - Math.hypot(p - one.lower, two.upper - q),
    upper: p - q + Math.hypot(one.upper - p, q - two.lower),
  };
}

/**
 * An interval that may be read after every case: with 1 − α it holds at all times at once.
 *
 * {p : ln B(a+x, b+n−x) − ln B(a, b) − x ln p − (n−x) ln(1−p) < ln(1/α)} with a = b = ½.
 */
export function alwaysValidInterval(errors: number, n: number, alpha: number, a = 0.5, b = 0.5): Interval {
  const against = beyondLimit(errors, n, alpha, a, b);
  const share = errors / n;
  return {
    lower: errors === 0 ? 0 : crossing(0, share, (p) => -against(p)),
    upper: errors === n ? 1 : crossing(share, 1, against),
  };
}

/** Whether the lower end of that interval lies at the level or above; `level` lies between 0 and 1. */
export function isAlwaysAbove(right: number, n: number, level: number, alpha: number): boolean {
  return right > n * level && beyondLimit(right, n, alpha, 0.5, 0.5)(level) >= 0;
}

/** By how much ln of the beta mixture's evidence against p lies over ln(1/α). */
function beyondLimit(errors: number, n: number, alpha: number, a: number, b: number): (p: number) => number {
  const evidence = logBeta(a + errors, b + n - errors) - logBeta(a, b) - Math.log(1 / alpha);
  return (p) => evidence - errors * Math.log(p) - (n - errors) * Math.log1p(-p);
}
