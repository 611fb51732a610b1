/**
 * A mean or a quantile of amounts (times, costs) with an interval, from counts of whole numbers by group.
 *
 * What is drawn again are whole groups (a day, a thread, a customer), since amounts of one group are not independent. The
 * chance is passed in, so that the same seed gives the same interval again. Pure. Source: Efron and Tibshirani 1993.
 */
import { bootstrapInterval, type BootstrapPlan } from "./bootstrap.ts";
import type { Interval } from "./proportion.ts";

/** How often each amount was seen in one group: pairs of amount and count. */
export type GroupedAmounts = readonly (readonly (readonly [amount: number, count: number])[])[];

/** The mean, or the quantile at this probability (by linear interpolation, type 7). */
export type AmountFigure = "mean" | { quantile: number };

export interface AmountInterval extends Interval {
  estimate: number;
  n: number;
}

/** The figure over all groups with its percentile interval; undefined without amounts. */
export function amountInterval(
  groups: GroupedAmounts,
  figure: AmountFigure,
  plan: BootstrapPlan,
): AmountInterval | undefined {
  const filled = groups.filter((group) => group.some(([, count]) => count > 0));
  const figureOf = figure === "mean" ? meanOf : quantileOf(filled, figure.quantile);
  const estimate = figureOf(filled);
  if (estimate === undefined) return undefined;
  const interval = bootstrapInterval(filled, figureOf, plan);
  const n = filled.flat().reduce((sum, [, count]) => sum + count, 0);
  return interval && { estimate, n, ...interval };
}

function meanOf(groups: GroupedAmounts): number | undefined {
  let [sum, n] = [0, 0];
  for (const group of groups)
    for (const [amount, count] of group) {
      sum += amount * count;
      n += count;
    }
  return n === 0 ? undefined : sum / n;
}

/** The quantile of any of these groups together. The amounts are put in order once, not at each of thousands of draws. */
function quantileOf(
  all: GroupedAmounts,
  probability: number,
): (groups: GroupedAmounts) => number | undefined {
  const ascending = [...new Set(all.flat().map(([amount]) => amount))].sort((a, b) => a - b);
  const rank = new Map(ascending.map((amount, i) => [amount, i]));
  const ranked = new Map(
    all.map((group) => [group, group.map(([amount, count]) => [rank.get(amount)!, count] as const)]),
  );
  const counts = new Float64Array(ascending.length);
  return (groups) => {
    counts.fill(0);
    let n = 0;
    for (const group of groups)
      for (const [place, count] of ranked.get(group)!) {
        counts[place]! += count;
        n += count;
      }
    if (n === 0) return undefined;
    const place = (n - 1) * probability;
    const low = at(ascending, counts, Math.floor(place));
    return low + (at(ascending, counts, Math.ceil(place)) - low) * (place - Math.floor(place));
  };
}

/** The amount that stands at this place, from 0, when all are put in order. */
function at(ascending: readonly number[], counts: Float64Array, place: number): number {
  let passed = 0;
  for (let i = 0; i < counts.length; i++) {
    passed += counts[i]!;
    if (passed > place) return ascending[i]!;
  }
  return ascending.at(-1)!;
}
