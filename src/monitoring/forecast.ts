/**
 * What models will cost in twelve months if the measured days go on: cost of a day, times 365, with a range.
 *
 * Pure. The range says how far the mean moves when the measured days are drawn again (statistics/bootstrap.ts); growth, a
 * new release or other prices are in no range. Nothing is foretold from few days, or where calls have no known price. Calls
 * that were broken off with the program have a price, and an unknown cost: a few of them count like the mean of the others.
 */
import { asNumber, type Units } from "../models/money.ts";
import { bootstrapInterval, mulberry32 } from "../statistics/bootstrap.ts";

export interface Day {
  /** Its beginning, UTC. */
  at: number;
  cases: number;
  cost: Units;
  calls: number;
  /** Calls whose cost is unknown. */
  unknown: number;
  /** Of those, the ones that were broken off because the program ended. */
  abandoned: number;
}

export interface Forecast {
  /** In the currency of the price list, for 365 days. */
  amount: number;
  lower: number;
  upper: number;
  /** On how many complete days and cases it rests. */
  days: number;
  cases: number;
  perCase: number;
  casesPerDay: number;
}

export type ForecastLack = { code: "days" | "cases" | "prices" | "abandoned"; have: number; need: number };

const WEEK = 7;
export const FORECAST_DAYS = 4 * WEEK;
const LEAST_CASES = 50;
const YEAR = 365;
/** Of all calls; more of them may tip the mean. */
const MOST_ABANDONED = 0.05;

/** `days` are complete ones, oldest first; what came before the first case does not count. */
export function forecastOf(days: readonly Day[]): { forecast: Forecast } | { missing: ForecastLack[] } {
  const first = days.findIndex((one) => one.cases > 0);
  const since = first < 0 ? [] : days.slice(first).slice(-FORECAST_DAYS);
  // Whole weeks, so that a weekend more or less does not tip the mean.
  const measured = since.length < 2 * WEEK ? since : since.slice(-(since.length - (since.length % WEEK)));
  const cases = sum(measured.map((one) => one.cases));
  const unknown = sum(measured.map((one) => one.unknown));
  const missing: ForecastLack[] = [];
  if (measured.length < WEEK) missing.push({ code: "days", have: measured.length, need: WEEK });
  if (cases < LEAST_CASES) missing.push({ code: "cases", have: cases, need: LEAST_CASES });
  const abandoned = sum(measured.map((one) => one.abandoned));
  const calls = sum(measured.map((one) => one.calls));
  if (unknown > abandoned) missing.push({ code: "prices", have: unknown - abandoned, need: 0 });
  const bearable = Math.floor(calls * MOST_ABANDONED);
  if (abandoned > bearable) missing.push({ code: "abandoned", have: abandoned, need: bearable });
  if (missing.length > 0) return { missing };
  const known = sum(measured.map((one) => asNumber(one.cost)));
  const perCall = abandoned === 0 ? 0 : known / (calls - abandoned);
  const costs = measured.map((one) => asNumber(one.cost) + one.abandoned * perCall);
  const yearly = (sample: readonly number[]) => (sum(sample) / sample.length) * YEAR;
  // The same days give the same range on every machine.
  const range = bootstrapInterval(costs, yearly, { chance: mulberry32(1), confidence: 0.9 })!;
  return {
    forecast: {
      amount: yearly(costs),
      lower: range.lower,
      upper: range.upper,
      days: measured.length,
      cases,
      perCase: sum(costs) / cases,
      casesPerDay: cases / measured.length,
    },
  };
}

function sum(list: readonly number[]): number {
  return list.reduce((total, one) => total + one, 0);
}
