/**
 * A range for the mean of scores between 0 and 1 that may be read after every score.
 *
 * For each value m a gambler bets against "the mean is m": capital K(m) = Π (1 + λ_t (x_t − m)), half of it betting that the mean
 * is higher, half that it is lower. Values against which the capital never reached 1/α stay in the range; with 1 − α it holds
 * the mean at all times at once. Stakes λ_t hang on earlier scores only. For right and wrong the closed form of
 * proportion.ts does the same. Pure. Source: Waudby-Smith and Ramdas 2024, section 4 (hedged capital).
 */
import type { Interval } from "./proportion.ts";

/** Values of the mean that are tried, evenly from 0 to 1; the ends are rounded outwards by one step. */
const STEPS = 1_000;

/** A bet never risks more than this part of the capital. */
const BOLDEST = 0.5;

/** The range after these scores, in the order in which they came; from 0 to 1 without any. */
export function alwaysValidMean(scores: readonly number[], alpha: number): Interval {
  const stakes = stakesFor(scores, alpha);
  const stands = (m: number) => {
    let [up, down] = [Math.log(0.5), Math.log(0.5)];
    for (const [t, score] of scores.entries()) {
      const stake = stakes[t]!;
      up += Math.log1p(Math.min(stake, m > 0 ? BOLDEST / m : Infinity) * (score - m));
      down += Math.log1p(-Math.min(stake, m < 1 ? BOLDEST / (1 - m) : Infinity) * (score - m));
      // The larger half alone: the capital is at least that.
      if (Math.max(up, down) >= -Math.log(alpha)) return false;
    }
    return true;
  };
  const values = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
  const first = values.findIndex(stands);
  const last = values.findLastIndex(stands);
  // No value stands only where a range as narrow as a step lies between two of them, or the promise was broken.
  if (first < 0) return around(scores);
  return { lower: Math.max(0, (first - 1) / STEPS), upper: Math.min(1, (last + 1) / STEPS) };
}

function around(scores: readonly number[]): Interval {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { lower: Math.max(0, mean - 1 / STEPS), upper: Math.min(1, mean + 1 / STEPS) };
}

/** λ_t = √(2 ln(2/α)/(σ²_{t−1} t ln(t + 1))), with the variance of the scores before, started at ¼. */
function stakesFor(scores: readonly number[], alpha: number): number[] {
  let [sum, squares] = [0.5, 0.25];
  return scores.map((score, i) => {
    const t = i + 1;
    if (!(score >= 0 && score <= 1))
      throw new RangeError(`A bounded score lies between 0 and 1, not at ${score}.`);
    const stake = Math.sqrt((2 * Math.log(2 / alpha)) / ((squares / t) * t * Math.log(t + 1)));
    sum += score;
    squares += (score - sum / (t + 1)) ** 2;
    return stake;
  });
}
