/**
 * Watches a stream of right and wrong for a change to the worse, case by case in the order in which labels arrive.
 *
 * e-CUSUM: for each alternative rate p_k = p₀·m_k, S_k ← max(0, S_k) + ln(p_k/p₀) after a wrong case, + ln((1 − p_k)/(1 − p₀))
 * after a right one; the level is D = mean of exp(S_k), and an alarm goes off at D ≥ A. While the rate stays at most p₀,
 * false alarms are A cases apart or more on average, for any dependence between cases. With one alternative this is the
 * Bernoulli CUSUM.
 *
 * The state is whole numbers: S_k follows from the cases and errors since S_k was last 0, so that a stored alarm can be
 * recomputed. Pure. Sources: Page 1954; Shin, Ramdas and Rinaldo 2022.
 */
import { alternativesAbove } from "./evidence.ts";
import { upperBound, type Counted } from "./proportion.ts";
import { logMeanExp } from "./special.ts";

export interface ChangePlan {
  /** p₀: a rate that holds while nothing has changed, best an upper bound (`referenceRate`). */
  rate: number;
  /** How many times as high the alternatives are. */
  multiples: readonly number[];
}

/** For each alternative: the cases since its sum was last 0, and the errors among them. */
export type ChangeState = readonly Counted[];

export const MULTIPLES: readonly number[] = [1.5, 2, 3, 5];

/** The mean number of cases between false alarms: a warning, and a limit at which the program acts. */
export const WARN_AT = 2_000;
export const ACT_AT = 10_000;

/** p₀ from a reference: its one-sided 80 % upper bound, so that the error of the estimate does not eat the guarantee. */
export function referenceRate({ errors, n }: Counted): number {
  return upperBound(errors, n, 0.8);
}

/** The state before the first case, and again once an alarm has been acknowledged. */
export function unwatched(plan: ChangePlan): ChangeState {
  return alternativesOf(plan).map(() => ({ errors: 0, n: 0 }));
}

/** The state after one more case. */
export function watch(state: ChangeState, wrong: boolean, plan: ChangePlan): ChangeState {
  return alternativesOf(plan).map((alternative, k) => {
    const before = state[k]!;
    // A sum at 0 or below starts again: what came before speaks for no change.
    const kept = sumOf(before, alternative, plan.rate) > 0 ? before : { errors: 0, n: 0 };
    return { errors: kept.errors + (wrong ? 1 : 0), n: kept.n + 1 };
  });
}

/** ln D; an alarm goes off when it reaches ln A. */
export function changeLevel(state: ChangeState, plan: ChangePlan): number {
  return logMeanExp(alternativesOf(plan).map((alternative, k) => sumOf(state[k]!, alternative, plan.rate)));
}

/**
 * False alarms to be expected in a month: Σ cases/A over the streams, and a level's share of every column and window tested.
 */
export function falseAlarms(
  streams: readonly { casesPerMonth: number; limit: number }[],
  tests: { columns: number; windowsPerMonth: number; level: number },
): number {
  const ofStreams = streams.reduce((sum, { casesPerMonth, limit }) => sum + casesPerMonth / limit, 0);
  return ofStreams + tests.columns * tests.windowsPerMonth * tests.level;
}

function alternativesOf({ rate, multiples }: ChangePlan): number[] {
  if (!(rate > 0 && rate < 0.9))
    throw new RangeError(`A rate to watch lies between 0 and 0.9, not at ${rate}.`);
  return alternativesAbove(rate, multiples);
}

function sumOf({ errors, n }: Counted, alternative: number, rate: number): number {
  return (
    errors * Math.log(alternative / rate) + (n - errors) * (Math.log1p(-alternative) - Math.log1p(-rate))
  );
}
