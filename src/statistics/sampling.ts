/**
 * The error rate of automatic cases, estimated from the sample that the quality coin drew.
 *
 * Rates are shares from 0 to 1. These estimates are reported; what may go out alone is decided by exact bounds on one
 * stratum (proportion.ts), because the normal intervals here are too narrow with few errors. Pure.
 *
 * Sources: Cochran 1977, chapters 3 and 5 (finite populations, strata); Horvitz and Thompson 1952; Angelopoulos, Duchi and
 * Zrnic 2023 (prediction-powered); Rogan and Gladen 1978 (judges who err).
 */
import type { Interval } from "./proportion.ts";
import { logChoose, normalQuantile } from "./special.ts";

/**
 * The most errors that a closed set of cases can hold, judged by a sample drawn from it without putting back.
 *
 * The largest M with P(Hyp(N, M, n) ≤ k) > α: with 1 − α there are no more.
 */
export function mostErrors(
  { population, sampled, errors }: { population: number; sampled: number; errors: number },
  alpha: number,
): { errors: number; rate: number } {
  if (sampled > population)
    throw new RangeError(`A sample of ${sampled} cannot come from ${population} cases.`);
  const possible = (all: number) => hypergeometricTail(errors, population, all, sampled) > alpha;
  // The tail falls as M grows, so the last possible M is found by halving.
  let [low, high] = [errors, population - sampled + errors];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (possible(middle)) low = middle;
    else high = middle - 1;
  }
  return { errors: low, rate: population === 0 ? 0 : low / population };
}

/** P(Hyp(N, M, n) ≤ k): k or fewer of the M marked among n drawn from N. */
function hypergeometricTail(k: number, population: number, marked: number, drawn: number): number {
  let sum = 0;
  for (let i = Math.max(0, drawn - (population - marked)); i <= k; i++)
    sum += Math.exp(
      logChoose(marked, i) + logChoose(population - marked, drawn - i) - logChoose(population, drawn),
    );
  return sum;
}

export interface Stratum {
  population: number;
  sampled: number;
  errors: number;
}

export interface Estimate extends Interval {
  estimate: number;
  standardError: number;
}

/**
 * The error rate over strata that were sampled at different rates: Σ W_h k_h/n_h, W_h = N_h/N.
 *
 * Variance Σ W_h²(1 − n_h/N_h) p_h(1 − p_h)/(n_h − 1); the total of errors is Σ k_h/π_h with π_h = n_h/N_h. Undefined while
 * a stratum with cases has fewer than two in the sample: nothing is known of it.
 */
export function stratifiedRate(
  strata: readonly Stratum[],
  confidence = 0.95,
): (Estimate & { totalErrors: number }) | undefined {
  const some = strata.filter(({ population }) => population > 0);
  if (some.length === 0 || some.some(({ sampled }) => sampled < 2)) return undefined;
  const all = some.reduce((sum, { population }) => sum + population, 0);
  let [estimate, variance, totalErrors] = [0, 0, 0];
  for (const { population, sampled, errors } of some) {
    const [weight, rate] = [population / all, errors / sampled];
    estimate += weight * rate;
    variance += (weight ** 2 * (1 - sampled / population) * rate * (1 - rate)) / (sampled - 1);
    totalErrors += errors / (sampled / population);
  }
  return { ...normal(estimate, Math.sqrt(variance), confidence), totalErrors };
}

/** A labelled case with its predicted probability of error, 1 − calibrated confidence. */
export interface Predicted {
  wrong: boolean;
  predicted: number;
}

/**
 * The error rate from labels and predictions (PPI++): ȳ + λ(mean f of the unlabelled − mean f of the labelled).
 *
 * λ = cov(y, f)/((1 + n/N) var f), kept in [0, 1]; variance var(y − λf)/n + λ² var(f of the unlabelled)/N. λ = 0 is the
 * plain mean, λ = 1 takes the predictions at their word. Valid for many errors only (20 or more), never for a guarantee;
 * undefined with fewer than two labelled or unlabelled cases.
 */
export function predictionPoweredRate(
  labelled: readonly Predicted[],
  unlabelled: readonly number[],
  { lambda, confidence = 0.95 }: { lambda?: number; confidence?: number } = {},
): (Estimate & { lambda: number }) | undefined {
  const [n, all] = [labelled.length, unlabelled.length];
  if (n < 2 || all < 2) return undefined;
  const y = labelled.map(({ wrong }) => Number(wrong));
  const f = labelled.map(({ predicted }) => predicted);
  const weight = lambda ?? bestWeight(y, f, unlabelled);
  const left = y.map((one, i) => one - weight * f[i]!);
  const variance = sampleVariance(left) / n + (weight ** 2 * sampleVariance(unlabelled)) / all;
  const estimate = mean(y) + weight * (mean(unlabelled) - mean(f));
  return { ...normal(estimate, Math.sqrt(variance), confidence), lambda: weight };
}

function bestWeight(y: readonly number[], f: readonly number[], unlabelled: readonly number[]): number {
  const spread = sampleVariance([...f, ...unlabelled]);
  if (spread === 0) return 0;
  const [meanY, meanF] = [mean(y), mean(f)];
  const covariance = y.reduce((sum, one, i) => sum + (one - meanY) * (f[i]! - meanF), 0) / (y.length - 1);
  return Math.min(1, Math.max(0, covariance / ((1 + y.length / unlabelled.length) * spread)));
}

/**
 * The true rate behind judges who err (Rogan-Gladen): (observed + specificity − 1)/(sensitivity + specificity − 1).
 *
 * Kept in [0, 1]; undefined for judges no better than a coin. A line beside the figure, never the figure.
 */
export function correctedRate(
  observed: number,
  { sensitivity, specificity }: { sensitivity: number; specificity: number },
): number | undefined {
  const informed = sensitivity + specificity - 1;
  if (informed <= 0) return undefined;
  return Math.min(1, Math.max(0, (observed + specificity - 1) / informed));
}

/**
 * Quality cases to ask for in a day: `share` of the automatic ones or `least`, whichever is more, at most `most`; twice as
 * many in the first two weeks after a promotion.
 */
export function qualityCases(
  automatic: number,
  { share = 0.05, least = 10, most = 40 }: { share?: number; least?: number; most?: number } = {},
  justPromoted = false,
): number {
  const usual = Math.min(most, Math.max(least, Math.ceil(share * automatic)));
  return Math.min(automatic, justPromoted ? 2 * usual : usual);
}

function normal(estimate: number, standardError: number, confidence: number): Estimate {
  const spread = normalQuantile(1 - (1 - confidence) / 2) * standardError;
  return { estimate, standardError, lower: estimate - spread, upper: estimate + spread };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** With n − 1. */
function sampleVariance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
