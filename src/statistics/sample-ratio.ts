/**
 * Whether the arms got the cases that their shares say, and whether their labels are asked for at the same rate.
 *
 * Sample ratio mismatch: with an assignment by hash, the candidate's part of the cases differs from the share by chance
 * alone. Evidence against that means that cases go missing in one arm, and every comparison of the arms is off. The same
 * test on the labelled cases finds a label gap. Pure; ln E may be looked at after every case (see evidence.ts).
 * Source: Lindon and Malek 2022.
 */
import { chiSquareTail, logBeta } from "./special.ts";

/** Cases assigned, or labelled, while one share was in force; whole numbers. */
export interface CasesByArm {
  share: number;
  candidate: number;
  stable: number;
}

/** The alternatives are spread around the share as if this many cases had been seen. */
const CONCENTRATION = 100;

/** 1/α at which the ratio counts as broken. */
export const RATIO_LIMIT = 1_000;

/**
 * ln E against "each case went to the candidate with the probability of its share".
 *
 * For one share w: B(100w + x, 100(1 − w) + y) / (B(100w, 100(1 − w)) w^x (1 − w)^y). Steps hold different cases in order
 * of time, so their logarithms add up. At share 0 or 1 nothing is drawn; a case in the empty arm is then a contradiction.
 */
export function ratioEvidence(steps: readonly CasesByArm[]): number {
  return steps.reduce((sum, { share, candidate, stable }) => {
    const [a, b] = [CONCENTRATION * share, CONCENTRATION * (1 - share)];
    if (a === 0 || b === 0) return (a === 0 ? candidate : stable) > 0 ? Infinity : sum;
    const against = candidate * Math.log(share) + stable * Math.log1p(-share);
    return sum + logBeta(a + candidate, b + stable) - logBeta(a, b) - against;
  }, 0);
}

/** The chi-square p-value for one look, for display; undefined where the share draws nothing or no case is there. */
export function ratioP({ share, candidate, stable }: CasesByArm): number | undefined {
  const n = candidate + stable;
  if (n === 0 || share <= 0 || share >= 1) return undefined;
  return chiSquareTail((candidate - n * share) ** 2 / (n * share * (1 - share)), 1);
}
