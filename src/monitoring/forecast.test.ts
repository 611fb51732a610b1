import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unitsFrom } from "../models/money.ts";
import { forecastOf, type Day } from "./forecast.ts";

const DAY = 86_400_000;
type Given = [cases: number, cost: string, unknown?: number, abandoned?: number];
const days = (list: Given[]): Day[] =>
  list.map(([cases, cost, unknown = 0, abandoned = 0], i) => ({
    at: i * DAY,
    cases,
    cost: unitsFrom(cost),
    calls: cases,
    unknown,
    abandoned,
  }));
const alike = (n: number, cases = 20, cost = "2") => days(Array.from({ length: n }, () => [cases, cost]));
const found = (list: Day[]) => {
  const answer = forecastOf(list);
  if (!("forecast" in answer)) throw new Error(JSON.stringify(answer.missing));
  return answer.forecast;
};

describe("the cost of twelve months", () => {
  test("is that of a measured day, 365 times, with the days and cases on which it rests", () => {
    expect(found(alike(14))).toEqual({
      amount: 730,
      lower: 730,
      upper: 730,
      days: 14,
      cases: 280,
      perCase: 0.1,
      casesPerDay: 20,
    });
  });

  test("has a range that is the wider the more the days differ, and the same each time", () => {
    const wild = days(Array.from({ length: 14 }, (_, i) => [20, i % 2 === 0 ? "0" : "4"]));
    const range = found(wild);
    expect(range.amount).toBeCloseTo(730);
    expect(range.lower).toBeLessThan(600);
    expect(range.upper).toBeGreaterThan(860);
    expect(found(wild)).toEqual(range);
  });

  test("counts whole weeks once there are two, and no day before the first case", () => {
    expect(found([...days([[0, "0"]]), ...alike(13)]).days).toBe(13);
    expect(found([...alike(3, 500, "900"), ...alike(14)])).toMatchObject({ days: 14, amount: 730 });
    expect(found(alike(60)).days).toBe(28);
  });

  test("is not told from few days, few cases, or calls without a price: it says what is missing", () => {
    expect(forecastOf([])).toEqual({
      missing: [
        { code: "days", have: 0, need: 7 },
        { code: "cases", have: 0, need: 50 },
      ],
    });
    expect(forecastOf(alike(6))).toEqual({ missing: [{ code: "days", have: 6, need: 7 }] });
    expect(forecastOf([...alike(7), ...days([[20, "2", 3]])])).toEqual({
      missing: [{ code: "prices", have: 3, need: 0 }],
    });
  });

  test("takes a few calls that broke off with the program like the mean of the others, and waits where they are many", () => {
    const few = Array.from({ length: 14 }, (_, i): Given => (i === 3 ? [20, "1.9", 1, 1] : [20, "2"]));
    expect(found(days(few)).amount).toBeCloseTo(730, 6);
    const many = Array.from({ length: 14 }, (): Given => [20, "1.6", 4, 4]);
    expect(forecastOf(days(many))).toEqual({ missing: [{ code: "abandoned", have: 56, need: 14 }] });
  });

  test("lacks a price only for calls that have none, whatever else broke off", () => {
    const both = [...alike(13), ...days([[20, "1.7", 3, 1]])];
    expect(forecastOf(both)).toEqual({ missing: [{ code: "prices", have: 2, need: 0 }] });
  });

  test("lies within its range, for any days", () => {
    const day = fc.tuple(fc.integer({ min: 8, max: 500 }), fc.nat(100_000));
    fc.assert(
      fc.property(fc.array(day, { minLength: 7, maxLength: 28 }), (list) => {
        const { amount, lower, upper } = found(
          days(list.map(([cases, cents]) => [cases, (cents / 100).toFixed(2)])),
        );
        expect(lower).toBeLessThanOrEqual(amount + 1e-6);
        expect(upper).toBeGreaterThanOrEqual(amount - 1e-6);
      }),
      { numRuns: 30 },
    );
  });
});
