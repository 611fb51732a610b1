/** What the calls of a case cost, as it is shown. Pure; the sums of many cases are in monitoring/spend.ts. */
import { amountOf, unitsFrom } from "../models/money.ts";

export interface CostRow {
  state: string;
  cost: string | null;
  currency: string | null;
  cost_estimated: boolean | null;
}

/** Null: unknown. */
export function shownCost({ cost, currency, cost_estimated }: CostRow) {
  return cost === null || currency === null
    ? null
    : { amount: amountOf(unitsFrom(cost)), currency, estimated: cost_estimated === true };
}

/** What the calls of a case cost together, and how many of them have no known cost; null when no model was asked. */
export function costOfCase(attempts: readonly CostRow[]) {
  const ended = attempts.filter((one) => one.state !== "reserved");
  if (ended.length === 0) return null;
  const known = ended.flatMap((one) => shownCost(one) ?? []);
  // The currency may have been changed between two calls: amounts of another one are in no sum.
  const currency = known.at(-1)?.currency ?? null;
  const summed = known.filter((one) => one.currency === currency);
  return {
    amount: currency === null ? null : amountOf(summed.reduce((sum, one) => sum + unitsFrom(one.amount), 0n)),
    currency,
    estimated: summed.some((one) => one.estimated),
    unknown: ended.length - summed.length,
  };
}
