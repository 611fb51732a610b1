import { describe, expect, test } from "vitest";
import { budgetLimits, budgetOver, spendsMore, standingsOf, unitsOfNumber } from "./budget.ts";
import { NOTHING, type Used } from "./limits.ts";
import { amountOf, unitsFrom } from "./money.ts";

const states = (used: Partial<Used>, budget = { perMonth: 100, warnAt: 0.8 }) =>
  standingsOf(budget, () => ({ ...NOTHING, ...used })).map((one) => one.state);

describe("a budget", () => {
  test("is a limit over cost for each amount that it names, and lets unknown costs through", () => {
    expect(budgetLimits({ perMonth: 200, perDay: 12.5, warnAt: 0.8 })).toEqual([
      { period: "month", measure: "cost", most: unitsFrom("200") },
      { period: "day", measure: "cost", most: unitsFrom("12.5") },
    ]);
    expect(budgetOver("workflow:a", undefined)).toEqual({
      scope: "workflow:a",
      limits: [],
      refuseUnknown: false,
    });
  });

  test.each([
    [0.1, "0.1"],
    [0.1 + 0.2, "0.3"],
    [1e9, "1000000000"],
  ])("amounts are what people wrote: %d", (number, text) => {
    expect(amountOf(unitsOfNumber(number))).toBe(text);
  });

  test("warns from its share on, and is spent when nothing is left", () => {
    expect(states({ cost: unitsFrom("79.99") })).toEqual(["good"]);
    expect(states({ cost: unitsFrom("80") })).toEqual(["warning"]);
    expect(states({ cost: unitsFrom("100") })).toEqual(["spent"]);
  });

  test("is spent when what is left was not enough for a call, until it is raised", () => {
    const used = { cost: unitsFrom("97"), refusedAt: unitsFrom("100") };
    expect(states(used)).toEqual(["spent"]);
    expect(states(used, { perMonth: 150, warnAt: 0.8 })).toEqual(["good"]);
    expect(states(used, { perMonth: 98, warnAt: 0.8 })).toEqual(["spent"]);
  });

  test("that a single call was too large for is a warning, and not spent: others still fit", () => {
    const used = { cost: unitsFrom("10"), refusedAt: unitsFrom("100") };
    expect(states(used)).toEqual(["warning"]);
    expect(standingsOf({ perMonth: 100, warnAt: 0.8 }, () => ({ ...NOTHING, ...used }))[0]).toMatchObject({
      refused: true,
      used: unitsFrom("10"),
    });
    expect(states(used, { perMonth: 150, warnAt: 0.8 })).toEqual(["good"]);
  });

  test("that nobody used yet is good", () => {
    const [standing] = standingsOf({ perDay: 5, warnAt: 0.8 }, () => undefined);
    expect(standing).toMatchObject({ period: "day", used: 0n, unknown: 0n, state: "good" });
  });
});

test("more may be spent where an amount grows or goes; the first budget, a smaller one and another warning are tightening", () => {
  const budget = { perMonth: 100, perDay: 10, warnAt: 0.8 };
  expect(spendsMore(undefined, budget)).toBe(false);
  expect(spendsMore(undefined, undefined)).toBe(false);
  expect(spendsMore(budget, { ...budget, perDay: 5, warnAt: 1 })).toBe(false);
  expect(spendsMore({ perMonth: 100, warnAt: 0.8 }, budget)).toBe(false);
  expect(spendsMore(budget, { ...budget, perMonth: 101 })).toBe(true);
  expect(spendsMore(budget, { perMonth: 100, warnAt: 0.8 })).toBe(true);
  expect(spendsMore(budget, undefined)).toBe(true);
});
