/**
 * Evidence that may be looked at after every label: e-values for the guards of a rollout and for its promotion.
 *
 * Each function turns a few counts into ln E. While its null hypothesis holds, E has a mean of at most 1 at every moment,
 * so E ≥ 1/α ever happens with probability α at most, however often one looks (Ville). Because only counts enter, the
 * order of labels, late labels and corrected ones do not matter: count again. Pure; a stored verdict is recomputed from
 * its stored integers. An average of e-values over the same cases is one again; a product is one only over different
 * cases in order of time.
 *
 * Sources: Robbins 1970; Lindon and Malek 2022 (errors by arm); Turner, Ly and Grünwald 2021 (two proportions). What
 * follows from the evidence is in guard.ts.
 */
import { logMeanExp, logSumExp } from "./special.ts";

/** How many times as many errors the alternatives assume, in the relative and the ceiling test. */
const MULTIPLES = [1.5, 2, 3, 5, 10, 20] as const;

/** The share of the ceiling that the alternatives of the safe test assume. */
const FRACTIONS = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85] as const;

/** P(only the candidate is wrong | just one of the two is) under the alternatives of the paired test. */
const PAIRED = [0.55, 0.6, 0.7, 0.8, 0.9, 0.97] as const;

/** An alternative above the ceiling goes no further than this. */
const MOST = 0.9;

/** Labelled errors of the cases assigned while one share was in force; whole numbers. */
export interface ErrorsByArm {
  /** The candidate's share when these cases were assigned, 0 to 1. */
  share: number;
  candidateErrors: number;
  stableErrors: number;
}

/** Whether so much evidence (ln E) suffices to reject at α: E ≥ 1/α. */
export function rejects(logEvidence: number, alpha: number): boolean {
  return logEvidence >= -Math.log(alpha);
}

/**
 * E-REL: ln E against "the candidate errs at most `tolerated` times as often as the stable release beside it".
 *
 * With w the share and ρ₀ = `tolerated`, an error belongs to the candidate with probability at most
 * θ₀ = wρ₀ / (wρ₀ + 1 − w), whatever the rate of errors is that day; θ_k is the same with ρ_kρ₀. Over the steps of a
 * rollout L_k = Σ x ln(θ_k/θ₀) + y ln((1 − θ_k)/(1 − θ₀)), with x errors of the candidate and y of the stable release;
 * E = mean of exp(L_k), taken after the sum. A step without two arms (share 0 or 1) has nothing to compare and adds none.
 */
export function relativeEvidence(steps: readonly ErrorsByArm[], tolerated = 1): number {
  if (!(tolerated > 0)) throw new RangeError(`A tolerated multiple of errors is above 0, not ${tolerated}.`);
  const sums = MULTIPLES.map(() => 0);
  for (const { share, candidateErrors, stableErrors } of steps) {
    mustBeShare(share);
    mustBeCounts(candidateErrors, stableErrors);
    if ((share === 0 && candidateErrors > 0) || (share === 1 && stableErrors > 0))
      throw new RangeError(`An arm has errors although no case was assigned to it (share ${share}).`);
    if (share === 0 || share === 1) continue;
    const ofCandidate = (multiple: number) =>
      (share * multiple * tolerated) / (share * multiple * tolerated + 1 - share);
    const atNull = ofCandidate(1);
    MULTIPLES.forEach((multiple, k) => {
      const theta = ofCandidate(multiple);
      sums[k]! +=
        candidateErrors * Math.log(theta / atNull) + stableErrors * Math.log((1 - theta) / (1 - atNull));
    });
  }
  return logMeanExp(sums);
}

/**
 * E-CEIL: ln E against "at most `ceiling` of the cases are wrong", from `errors` among `n` labelled cases.
 *
 * E = mean of (p_k/c)^x ((1 − p_k)/(1 − c))^(n − x) with p_k = min(c·m_k, 0.9), doubles dropped. Needs no second arm.
 */
export function ceilingEvidence(errors: number, n: number, ceiling: number): number {
  mustBeCeiling(ceiling);
  return oneSample(errors, n, ceiling, alternativesAbove(ceiling, MULTIPLES));
}

/**
 * E-MIX: ln E of (E-REL + E-CEIL)/2, against "not worse than the stable release, and under the ceiling".
 *
 * `n` are the candidate's labelled cases over all steps, its errors are those of the steps.
 */
export function mixedEvidence(
  steps: readonly ErrorsByArm[],
  n: number,
  ceiling: number,
  tolerated = 1,
): number {
  const errors = steps.reduce((sum, step) => sum + step.candidateErrors, 0);
  return logMeanExp([relativeEvidence(steps, tolerated), ceilingEvidence(errors, n, ceiling)]);
}

/**
 * ln E of the paired test in shadow, against "where just one of the two is wrong, it is the candidate in at most half".
 *
 * E = mean of (2q)^b (2(1 − q))^c, b cases with only the candidate wrong, c with only the stable release wrong.
 */
export function pairedEvidence(onlyCandidateWrong: number, onlyStableWrong: number): number {
  mustBeCounts(onlyCandidateWrong, onlyStableWrong);
  return logMeanExp(
    PAIRED.map((q) => onlyCandidateWrong * Math.log(2 * q) + onlyStableWrong * Math.log(2 * (1 - q))),
  );
}

/**
 * E-SAFE: ln E against "at least `ceiling` of the cases are wrong". Much of it proves that they are fewer.
 *
 * E = mean of (p_g/c)^x ((1 − p_g)/(1 − c))^(n − x) with p_g = g·c.
 */
export function safeEvidence(errors: number, n: number, ceiling: number): number {
  mustBeCeiling(ceiling);
  return oneSample(
    errors,
    n,
    ceiling,
    FRACTIONS.map((fraction) => fraction * ceiling),
  );
}

/** Several e-values over the same cases as one, each with its weight: ln Σ wE / Σ w. */
export function averagedEvidence(parts: readonly { logEvidence: number; weight: number }[]): number {
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  if (!(whole > 0)) throw new RangeError("The weights of evidence add up to nothing.");
  return logSumExp(parts.map(({ logEvidence, weight }) => logEvidence + Math.log(weight))) - Math.log(whole);
}

/** Error rates above a rate for the alternatives: its multiples, at most 0.9, each once. */
export function alternativesAbove(rate: number, multiples: readonly number[]): number[] {
  return [...new Set(multiples.map((multiple) => Math.min(rate * multiple, MOST)))];
}

function oneSample(errors: number, n: number, ceiling: number, alternatives: readonly number[]): number {
  mustBeCounts(errors, n - errors);
  return logMeanExp(
    alternatives.map(
      (p) => errors * Math.log(p / ceiling) + (n - errors) * (Math.log1p(-p) - Math.log1p(-ceiling)),
    ),
  );
}

// A failed count must not pass for "no errors": it is refused here rather than becoming NaN, which no limit exceeds.
function mustBeCounts(...counts: number[]): void {
  for (const count of counts)
    if (!Number.isSafeInteger(count) || count < 0)
      throw new RangeError(`Evidence is made of whole counts, not of ${count}.`);
}

function mustBeShare(share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`A share lies between 0 and 1, not at ${share}.`);
}

function mustBeCeiling(ceiling: number): void {
  if (!(ceiling > 0 && ceiling < MOST))
    throw new RangeError(`A ceiling lies between 0 and ${MOST}, not at ${ceiling}.`);
}
