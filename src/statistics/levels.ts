/**
 * A share of right answers against three levels, and how many cases it takes to prove one.
 *
 * Levels rise from minimum over target to stretch. L and U are the exact one-sided bounds at the stated confidence. Levels
 * are tested in a fixed order, so that none needs a correction. How many cases it takes is also told for bounds that may be read after
 * every case. Pure, from two integers. Source: Clopper and Pearson 1934.
 * How levels of several criteria become one verdict is in releases/gate.ts.
 */
import { zeroErrorMinimum } from "./certification.ts";
import { binomialTail, isAlwaysAbove, lowerBound, upperBound, type Interval } from "./proportion.ts";

export interface Levels {
  minimum: number;
  target: number;
  stretch: number;
}

export type Level = keyof Levels;

export type LevelVerdict = "go" | "conditional" | "no-go" | "inconclusive";

export interface LevelJudgement extends Interval {
  verdict: LevelVerdict;
  /** The highest level that the lower bound reaches. */
  proven: Level | undefined;
}

/** Go when L ≥ target; conditional when minimum ≤ L; no-go when U < minimum; else inconclusive. */
export function judgeBounds(bounds: Interval, levels: Levels): LevelJudgement {
  const proven = (["stretch", "target", "minimum"] as const).find((level) => bounds.lower >= levels[level]);
  const verdict =
    proven === undefined
      ? bounds.upper < levels.minimum
        ? "no-go"
        : "inconclusive"
      : proven === "minimum"
        ? "conditional"
        : "go";
  return { ...bounds, verdict, proven };
}

/** Judges `right` of `n`; without a case the bounds are 0 and 1, which is inconclusive. */
export function judgeShare(right: number, n: number, levels: Levels, confidence = 0.95): LevelJudgement {
  return judgeBounds(
    { lower: lowerBound(right, n, confidence), upper: upperBound(right, n, confidence) },
    levels,
  );
}

export interface Certainty {
  confidence?: number;
  /** The probability with which so many cases suffice. */
  power?: number;
  /** The bounds are those that may be read after every case. */
  anytime?: boolean;
}

/** No set has more cases than this. */
const LARGEST_SET = 1_000_000;
/** Up to here every number of cases is tried. */
const EACH_TRIED = 5_000;

/**
 * The first n with which the level is proved with this power when the true share is `rate`, and the right answers it takes.
 *
 * The power is saw-toothed in n: a few more cases can have a little less. Beyond 5,000 n is near enough, to a hundredth. Undefined where the rate is not above the level, or a million cases would not do.
 */
export function sampleSize(
  level: number,
  rate: number,
  certainty: Certainty = {},
): { n: number; right: number } | undefined {
  if (!(rate > level)) return undefined;
  const { power = 0.8 } = certainty;
  const proves = proofOf(level, certainty);
  const suffices = (right: number, n: number) => right <= n && binomialTail(n - right, n, 1 - rate) >= power;
  let right = 0;
  for (let n = 1; n <= EACH_TRIED; n++) {
    while (right <= n && !proves(right, n)) right++;
    if (suffices(right, n)) return { n, right };
  }
  // Beyond, the power hardly leaps any more: by halving, to a thousandth.
  const needed = (n: number) => smallest(Math.floor(n * level), n + 1, (some) => some > n || proves(some, n));
  const steps = Math.ceil(Math.log(LARGEST_SET / EACH_TRIED) / Math.log(1.001));
  const sizeAt = (step: number) => Math.ceil(EACH_TRIED * 1.001 ** step);
  const step = smallest(0, steps, (some) => suffices(needed(sizeAt(some)), sizeAt(some)));
  const n = sizeAt(step);
  return suffices(needed(n), n) ? { n, right: needed(n) } : undefined;
}

/** Whether so many right ones prove the level. */
function proofOf(
  level: number,
  { confidence = 0.95, anytime = false }: Certainty,
): (right: number, n: number) => boolean {
  const alpha = 1 - confidence;
  if (anytime) return (right, n) => isAlwaysAbove(right, n, level, alpha);
  // L(right, n) ≥ level just when so many right answers are this rare at the level: P(Bin(n, level) ≥ right) ≤ α.
  return (right, n) => binomialTail(n - right, n, 1 - level) <= alpha;
}

/** The smallest whole number from low to high that is so, when all larger ones are, too; high where none is. */
function smallest(low: number, high: number, isSo: (value: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (isSo(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * About how many more cases it takes to prove the level when the share stays as it was seen.
 *
 * Reckoned with one wrong answer more than was seen, for none would promise too much. Undefined where the share does not lie
 * above the level, so that no number would help; without a case, the number that suffices when all are right.
 */
export function casesMissing(
  right: number,
  n: number,
  level: number,
  certainty: Certainty = {},
): number | undefined {
  if (n === 0) {
    if (!certainty.anytime) return zeroErrorMinimum(1 - level, 1 - (certainty.confidence ?? 0.95));
    const proves = proofOf(level, certainty);
    return smallest(1, LARGEST_SET, (some) => proves(some, some));
  }
  const size = sampleSize(level, right / (n + 1), certainty);
  return size && Math.max(1, size.n - n);
}

/**
 * As casesMissing; where one wrong answer more would lie under the level, as with the first few cases, by the share as it was
 * seen.
 */
export function casesMissingOfFew(
  right: number,
  n: number,
  level: number,
  certainty: Certainty = {},
): number | undefined {
  const found = casesMissing(right, n, level, certainty);
  if (found !== undefined || n === 0) return found;
  const size = sampleSize(level, right / n, certainty);
  return size && Math.max(1, size.n - n);
}

/**
 * About how many more cases it takes until the verdict moves on: to proving the target where the minimum is proved, else to
 * proving the minimum or that it is missed, whichever side of it the share lies on. Undefined for a verdict that stands, and
 * where no number would help.
 */
export function casesToDecide(
  right: number,
  n: number,
  levels: Levels,
  certainty: Omit<Certainty, "anytime"> = {},
): number | undefined {
  const { verdict } = judgeShare(right, n, levels, certainty.confidence);
  if (verdict === "conditional") return casesMissing(right, n, levels.target, certainty);
  if (verdict !== "inconclusive") return undefined;
  return right >= n * levels.minimum
    ? casesMissing(right, n, levels.minimum, certainty)
    : casesMissing(n - right, n, 1 - levels.minimum, certainty);
}
