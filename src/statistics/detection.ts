/**
 * How long it takes to find out: labelled cases, and days at a workflow's own volume, until a guard trips or a candidate has
 * proved itself.
 *
 * Shown before a rollout starts: "at your volume a doubling is found in about N days". The tests that hang on one count
 * among n are reckoned exactly, by following every possible count up to the limit; the mixture, which hangs on three, is
 * played through with chance from outside. Pure. The tests themselves are in evidence.ts.
 */
import type { Chance } from "./bootstrap.ts";
import {
  ceilingEvidence,
  mixedEvidence,
  pairedEvidence,
  rejects,
  relativeEvidence,
  safeEvidence,
} from "./evidence.ts";
import { binomialTail } from "./proportion.ts";

/** Labelled cases until the limit is reached; undefined where fewer runs than that reach it within the horizon. */
export interface Waiting {
  median: number | undefined;
  p90: number | undefined;
  /** The share of runs that reach the limit within the horizon. */
  reached: number;
}

/** Cases that are followed at most. */
const HORIZON = 10_000;

/** Probabilities below this are not followed. */
const NEGLIGIBLE = 1e-9;

/** Labelled cases until E-SAFE proves a candidate with this error rate to lie under the ceiling. */
export function untilSafe(rate: number, ceiling: number, alpha: number, horizon = HORIZON): Waiting {
  return waiting(
    firstPassage(rate, horizon, "few", (errors, n) => rejects(safeEvidence(errors, n, ceiling), alpha)),
  );
}

/** Labelled cases of the candidate until E-CEIL finds an error rate above the ceiling. */
export function untilCeiling(rate: number, ceiling: number, alpha: number, horizon = HORIZON): Waiting {
  return waiting(
    firstPassage(rate, horizon, "many", (errors, n) => rejects(ceilingEvidence(errors, n, ceiling), alpha)),
  );
}

export interface Harm {
  share: number;
  stableRate: number;
  candidateRate: number;
}

/** Labelled cases of both arms until E-REL finds the harm. Only errors count, so that errors are followed, then cases. */
export function untilRelative(
  { share, stableRate, candidateRate }: Harm,
  alpha: number,
  tolerated = 1,
  horizon = HORIZON,
): Waiting {
  const errorRate = share * candidateRate + (1 - share) * stableRate;
  if (errorRate === 0) return { median: undefined, p90: undefined, reached: 0 };
  const events = firstPassage((share * candidateRate) / errorRate, horizon, "many", (candidateErrors, n) =>
    rejects(
      relativeEvidence([{ share, candidateErrors, stableErrors: n - candidateErrors }], tolerated),
      alpha,
    ),
  );
  return waitingForEvents(events, errorRate, horizon);
}

/** Cases in shadow, labelled for both releases, until the paired test finds the candidate worse. */
export function untilPaired(
  { onlyCandidateWrong, onlyStableWrong }: { onlyCandidateWrong: number; onlyStableWrong: number },
  alpha: number,
  horizon = HORIZON,
): Waiting {
  const discordant = onlyCandidateWrong + onlyStableWrong;
  if (discordant === 0) return { median: undefined, p90: undefined, reached: 0 };
  const events = firstPassage(onlyCandidateWrong / discordant, horizon, "many", (b, n) =>
    rejects(pairedEvidence(b, n - b), alpha),
  );
  return waitingForEvents(events, discordant, horizon);
}

/**
 * Labelled cases of the candidate until E-MIX finds the harm, the median and nine in ten of so many runs.
 *
 * A run goes from one error to the next, for between errors the evidence only falls. The same seed gives the same answer.
 */
export function untilMixed(
  { share, stableRate, candidateRate }: Harm,
  { alpha, ceiling, tolerated = 1 }: { alpha: number; ceiling: number; tolerated?: number },
  { chance, runs = 400, horizon = 1_000 }: { chance: Chance; runs?: number; horizon?: number },
): Waiting {
  const errorRate = share * candidateRate + (1 - share) * stableRate;
  const ofCandidate = (share * candidateRate) / errorRate;
  const found: number[] = [];
  for (let run = 0; run < runs && errorRate > 0; run++) {
    let [n, candidateErrors, stableErrors] = [0, 0, 0];
    while (n < horizon) {
      n += rightBefore(chance, share * (1 - candidateRate), errorRate);
      if (chance() >= ofCandidate) {
        stableErrors++;
        continue;
      }
      n++;
      candidateErrors++;
      if (n > horizon) break;
      const logEvidence = mixedEvidence([{ share, candidateErrors, stableErrors }], n, ceiling, tolerated);
      if (!rejects(logEvidence, alpha)) continue;
      found.push(n);
      break;
    }
  }
  found.sort((a, b) => a - b);
  const place = (p: number) => found[Math.ceil(p * runs) - 1];
  return { median: place(0.5), p90: place(0.9), reached: found.length / runs };
}

/** The candidate's right cases before the next error of either arm: geometric, by inversion. */
function rightBefore(chance: Chance, right: number, error: number): number {
  return Math.floor(Math.log1p(-chance()) / Math.log(right / (right + error)));
}

/** Days until so many cases are labelled; undefined without labels, or where the number is. */
export function daysFor(labelled: number | undefined, labelsPerDay: number): number | undefined {
  return labelled === undefined || !(labelsPerDay > 0) ? undefined : labelled / labelsPerDay;
}

/**
 * The probability that a stream of independent cases first reaches the limit at n = 1, 2, ...
 *
 * `reached` says whether the limit is reached with so many marked cases among n: with that many or more ("many"), or with
 * that many or fewer ("few"). The border moves up as n grows, so that it is followed, not searched for.
 */
function firstPassage(
  rate: number,
  horizon: number,
  side: "many" | "few",
  reached: (marked: number, n: number) => boolean,
): number[] {
  /** The probability of so many marked cases, the limit not having been reached before. */
  const alive = new Float64Array(horizon + 2);
  alive[0] = 1;
  /** The most marked cases that are likely enough to be followed. */
  let most = 0;
  const passed: number[] = [];
  // "many": the fewest marked cases that reach the limit. "few": the most that do, -1 for none.
  let border = side === "many" ? 0 : -1;
  let left = 1;
  for (let n = 1; n <= horizon && left > NEGLIGIBLE; n++) {
    most++;
    for (let marked = most; marked > 0; marked--)
      alive[marked] = alive[marked]! * (1 - rate) + alive[marked - 1]! * rate;
    alive[0] *= 1 - rate;
    if (side === "many") while (border <= n && !reached(border, n)) border++;
    else while (border < n && reached(border + 1, n)) border++;
    const [from, to] = side === "many" ? [border, most] : [0, Math.min(border, most)];
    let now = 0;
    for (let marked = from; marked <= to; marked++) {
      now += alive[marked]!;
      alive[marked] = 0;
    }
    while (most > 0 && alive[most]! < NEGLIGIBLE / horizon) alive[most--] = 0;
    left -= now;
    passed.push(now);
  }
  return passed;
}

function waiting(passed: readonly number[]): Waiting {
  const at = (p: number) => {
    let sum = 0;
    const place = passed.findIndex((now) => (sum += now) >= p);
    return place < 0 ? undefined : place + 1;
  };
  return { median: at(0.5), p90: at(0.9), reached: passed.reduce((sum, now) => sum + now, 0) };
}

/** From events to cases, when each case is an event with this probability: P(N ≤ n) = Σ P(T = m)·P(Bin(n, rate) ≥ m). */
function waitingForEvents(passed: readonly number[], rate: number, horizon: number): Waiting {
  const within = (n: number) =>
    passed.reduce((sum, now, i) => (now < 1e-12 ? sum : sum + now * (1 - binomialTail(i, n, rate))), 0);
  const reached = within(horizon);
  const at = (p: number) => {
    if (reached < p) return undefined;
    let [low, high] = [1, horizon];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (within(middle) >= p) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return { median: at(0.5), p90: at(0.9), reached };
}
