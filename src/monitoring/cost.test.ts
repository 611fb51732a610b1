import { describe, expect, test } from "vitest";
import { unitsFrom } from "../models/money.ts";
import { costOf, SHOWN_DAYS } from "./cost.ts";
import type { Hour } from "./hourly.ts";
import type { Spending } from "./spend.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-03-20T10:30:00Z");
const TODAY = Date.parse("2026-03-20T00:00:00Z");

const spent = (at: number, cost: string, more: Partial<Spending> = {}): Spending => ({
  hour: at,
  model: "small",
  currency: "EUR",
  calls: 1,
  unknown: 0,
  abandoned: 0,
  estimated: 0,
  inputTokens: 100,
  outputTokens: 10,
  cost: unitsFrom(cost),
  ...more,
});
const came = (at: number, received: number): Hour => ({
  at,
  received,
  automatic: 0,
  reviewed: 0,
  delivered: 0,
});
const cost = (spending: Spending[], hours: Hour[] = []) => costOf(spending, hours, "EUR", NOW);

describe("the cost of a workflow", () => {
  test("without calls is nothing, today and this month, and no case has a cost", () => {
    const none = { amount: "0", calls: 0, unknown: 0, estimated: 0 };
    expect(cost([])).toMatchObject({ today: none, month: none, perCase: null, models: [], forecast: null });
  });

  test("is summed by today, this month and day, exactly", () => {
    const found = cost(
      [
        spent(TODAY, "0.1"),
        spent(TODAY + HOUR, "0.2"),
        spent(TODAY - DAY, "0.3"),
        spent(TODAY - 19 * DAY, "5"),
        spent(TODAY - 20 * DAY, "7"),
      ],
      [came(TODAY, 3), came(TODAY - DAY, 1)],
    );
    expect(found.today).toMatchObject({ amount: "0.3", calls: 2 });
    // The first of March counts, the last of February does not.
    expect(found.month).toMatchObject({ amount: "5.6", calls: 4 });
    expect(found.perCase).toEqual({ amount: "1.4", cases: 4 });
    expect(found.days).toHaveLength(SHOWN_DAYS);
    expect(found.days.slice(-2)).toMatchObject([
      { day: "2026-03-19", amount: "0.3", cases: 1 },
      { day: "2026-03-20", amount: "0.3", cases: 3 },
    ]);
  });

  test("that nobody knows is unknown, and a sum says how many calls it does not cover", () => {
    const unknown = { currency: "", calls: 2, unknown: 2 };
    const hours = [came(TODAY, 5)];
    expect(cost([spent(TODAY, "0", unknown)], hours)).toMatchObject({
      today: { amount: null, unknown: 2 },
      perCase: null,
    });
    expect(cost([spent(TODAY, "0", unknown), spent(TODAY, "1")], hours)).toMatchObject({
      today: { amount: "1", calls: 3, unknown: 2 },
      perCase: null,
    });
  });

  test("in another currency than the price list's is in no sum", () => {
    const { month } = cost([spent(TODAY, "1"), spent(TODAY, "9", { currency: "USD", calls: 3 })]);
    expect(month).toMatchObject({ amount: "1", calls: 4, unknown: 3 });
  });

  test("stands by model, the dearest first", () => {
    const { models } = cost([
      spent(TODAY, "1", { model: "small" }),
      spent(TODAY, "3", { model: "large" }),
      spent(TODAY - DAY, "1", { model: "small" }),
      spent(TODAY, "0", { model: "new", currency: "", unknown: 1 }),
    ]);
    expect(models).toMatchObject([
      { model: "large", amount: "3" },
      { model: "small", amount: "2", calls: 2 },
      { model: "new", amount: null },
    ]);
  });

  test("is foretold from complete days only", () => {
    const days = Array.from({ length: 14 }, (_, i) => TODAY - (i + 1) * DAY);
    const found = cost(
      [...days.map((at) => spent(at, "2", { calls: 20 })), spent(TODAY, "900", { calls: 20 })],
      [...days.map((at) => came(at, 20)), came(TODAY, 20)],
    );
    expect(found.forecast).toMatchObject({ amount: "730", days: 14, cases: 280, perCase: "0.1" });
  });
});
