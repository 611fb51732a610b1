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
  const estimate = figureOf(filled, figure);
  if (estimate === undefined) return undefined;
  const interval = bootstrapInterval(filled, (sample) => figureOf(sample, figure), plan);
  const n = filled.flat().reduce((sum, [, count]) => sum + count, 0);
  return interval && { estimate, n, ...interval };
}

function figureOf(groups: GroupedAmounts, figure: AmountFigure): number | undefined {
  if (figure === "mean") {
    let [sum, n] = [0, 0];
    for (const group of groups)
      for (const [amount, count] of group) {
        sum += amount * count;
        n += count;
      }
    return n === 0 ? undefined : sum / n;
  }
  const counts = new Map<number, number>();
  let n = 0;
  for (const group of groups)
    for (const [amount, count] of group) {
      counts.set(amount, (counts.get(amount) ?? 0) + count);
      n += count;
    }
  if (n === 0) return undefined;
  const ascending = [...counts].sort(([a], [b]) => a - b);
  const place = (n - 1) * figure.quantile;
  const at = (rank: number) => {
    let passed = 0;
    return ascending.find(([, count]) => (passed += count) > rank)![0];
  };
  const low = at(Math.floor(place));
  return low + (at(Math.ceil(place)) - low) * (place - Math.floor(place));
}
