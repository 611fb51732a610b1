/**
 * The cost of a workflow as it is shown: today, this month, by case and by model, against the budget, and in twelve months.
 *
 * Pure, from hours of spending (spend.ts) and of cases (hourly.ts). Days and months begin in UTC, as budgets do. Amounts of
 * another currency than the price list's, from before it was changed, count as unknown.
 */
import { amountOf, unitsOf, type Units } from "../models/money.ts";
import { windowStart } from "../models/limits.ts";
import type { ConnectionSpending } from "./connection-spend.ts";
import type { Hour } from "./hourly.ts";
import { FORECAST_DAYS, forecastOf, type Day } from "./forecast.ts";
import type { Spending } from "./spend.ts";

const DAY = 86_400_000;
/** As far back as the days are shown: a month, and whole weeks for the forecast. */
export const SHOWN_DAYS = 31;

export interface Spent {
  amount: string | null;
  calls: number;
  unknown: number;
  estimated: number;
}

export function costOf(spending: readonly Spending[], hours: readonly Hour[], currency: string, now: number) {
  const today = windowStart("day", now);
  const month = windowStart("month", now);
  const ours = spending.map((one) => inCurrency(one, currency));
  const since = (from: number) => ours.filter((one) => one.hour >= from);
  const casesSince = (from: number, until = Infinity) =>
    hours.reduce((sum, one) => sum + (one.at >= from && one.at < until ? one.received : 0), 0);
  const days = Array.from({ length: SHOWN_DAYS }, (_, i) => {
    const at = today - (SHOWN_DAYS - 1 - i) * DAY;
    const calls = ours.filter((one) => one.hour >= at && one.hour < at + DAY);
    return { at, calls, cases: casesSince(at, at + DAY) };
  });
  const ofMonth = sumOf(since(month));
  const cases = casesSince(month);
  const told = forecastOf(
    days.slice(-FORECAST_DAYS - 1, -1).map(({ at, calls, cases }): Day => {
      const sum = sumOf(calls);
      const { units: cost, unknown } = sum;
      const abandoned = calls.reduce((all, one) => all + one.abandoned, 0);
      return { at, cases, cost, calls: sum.calls, unknown, abandoned };
    }),
  );
  return {
    today: shown(sumOf(since(today))),
    month: shown(ofMonth),
    perCase:
      cases > 0 && ofMonth.calls > 0 && ofMonth.unknown === 0
        ? { amount: amountOf(ofMonth.units / BigInt(cases)), cases }
        : null,
    days: days.map(({ at, calls, cases }) => ({
      day: new Date(at).toISOString().slice(0, 10),
      cases,
      ...shown(sumOf(calls)),
    })),
    models: [...Map.groupBy(since(month), (one) => one.model)]
      .map(([model, calls]) => ({ model, sum: sumOf(calls) }))
      .toSorted((a, b) => Number(b.sum.units - a.sum.units) || b.sum.calls - a.sum.calls)
      .map(({ model, sum }) => ({ model, ...shown(sum) })),
    forecast:
      "forecast" in told
        ? {
            amount: rounded(told.forecast.amount),
            lower: rounded(told.forecast.lower),
            upper: rounded(told.forecast.upper),
            days: told.forecast.days,
            cases: told.forecast.cases,
            perCase: rounded(told.forecast.perCase),
            casesPerDay: told.forecast.casesPerDay,
          }
        : null,
    forecastMissing: "missing" in told ? told.missing : [],
  };
}

/** What connections cost without a case, by path: today, this month, by day, and in twelve months. */
export function connectionCosts(
  spending: readonly ConnectionSpending[],
  names: readonly string[],
  currency: string,
  now: number,
) {
  const today = windowStart("day", now);
  const month = windowStart("month", now);
  const ofAll = Map.groupBy(spending, (one) => one.connection);
  return [...new Set([...names, ...ofAll.keys()])].toSorted().map((connection) => {
    const ours = (ofAll.get(connection) ?? []).map((one) => inCurrency(one, currency));
    const between = (from: number, until = Infinity) =>
      ours.filter((one) => one.hour >= from && one.hour < until);
    const byPath = (list: readonly ConnectionSpending[]) => ({
      gateway: shown(sumOf(list.filter((one) => one.path === "gateway"))),
      canary: shown(sumOf(list.filter((one) => one.path === "canary"))),
    });
    const days = Array.from({ length: SHOWN_DAYS }, (_, i) => {
      const at = today - (SHOWN_DAYS - 1 - i) * DAY;
      return { at, calls: between(at, at + DAY) };
    });
    const told = forecastOf(
      days.slice(-FORECAST_DAYS - 1, -1).map(({ at, calls }): Day => {
        const { units: cost, calls: n, unknown } = sumOf(calls);
        return { at, cases: n, cost, calls: n, unknown, abandoned: 0 };
      }),
    );
    return {
      connection,
      today: byPath(between(today)),
      month: byPath(between(month)),
      days: days.map(({ at, calls }) => ({ day: new Date(at).toISOString().slice(0, 10), ...byPath(calls) })),
      forecast:
        "forecast" in told
          ? {
              amount: rounded(told.forecast.amount),
              lower: rounded(told.forecast.lower),
              upper: rounded(told.forecast.upper),
              days: told.forecast.days,
            }
          : null,
    };
  });
}

interface Sum {
  units: Units;
  calls: number;
  unknown: number;
  estimated: number;
}

type Counted = Pick<Spending, "currency" | "calls" | "unknown" | "estimated" | "cost">;

function inCurrency<T extends Counted>(one: T, currency: string): T {
  return one.currency === currency ? one : { ...one, cost: 0n, unknown: one.calls, estimated: 0 };
}

function sumOf(list: readonly Counted[]): Sum {
  const none: Sum = { units: 0n, calls: 0, unknown: 0, estimated: 0 };
  return list.reduce(
    (sum, one) => ({
      units: sum.units + one.cost,
      calls: sum.calls + one.calls,
      unknown: sum.unknown + one.unknown,
      estimated: sum.estimated + one.estimated,
    }),
    none,
  );
}

/** No calls cost nothing; calls of which none has a known cost cost an unknown amount. */
function shown({ units, ...counts }: Sum): Spent {
  const known = counts.calls === 0 || counts.unknown < counts.calls;
  return { amount: known ? amountOf(units) : null, ...counts };
}

/** An estimate, to a millionth. */
function rounded(amount: number): string {
  return amountOf(unitsOf(amount.toFixed(6)) ?? 0n);
}
