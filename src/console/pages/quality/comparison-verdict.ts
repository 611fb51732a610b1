/**
 * What a comparison of two runs says to whoever decides: better, not worse, worse, or not shown either way.
 *
 * Pure. Whether the new one is not worse is the program's own answer; this only tells apart what "no" can mean.
 */
import type { Reply } from "../../data/api.ts";

export type Compared = Reply<"compareEvaluations">;
export type Verdict = "better" | "notWorse" | "worse" | "open" | "unknown";

export function verdictOf({ difference, notWorse }: Pick<Compared, "difference" | "notWorse">): Verdict {
  if (difference === null || notWorse === null) return "unknown";
  if (notWorse) return difference.lower > 0 ? "better" : "notWorse";
  return difference.upper < 0 ? "worse" : "open";
}

/** Where the parts of the picture stand, from 0 at its left end to 1; zero and the margin are always on it. */
export function placesOf({ difference, margin }: Pick<Compared, "difference" | "margin">) {
  if (difference === null) return undefined;
  const ends = [difference.lower, difference.upper, -margin, 0];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = Math.max(0.01, (high - low) * 0.12);
  const place = (value: number) => (value - low + room) / (high - low + 2 * room);
  return {
    zero: place(0),
    limit: place(-margin),
    lower: place(difference.lower),
    upper: place(difference.upper),
    value: place(difference.value),
  };
}
