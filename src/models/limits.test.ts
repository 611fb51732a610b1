import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  amountsAsUsed,
  correction,
  limitsFrom,
  NOTHING,
  PERIODS,
  reaches,
  refusalOf,
  refusalText,
  together,
  windowEnd,
  windowStart,
  type Amounts,
  type Limited,
  type Used,
} from "./limits.ts";
import { unitsFrom } from "./money.ts";

const at = (text: string) => Date.parse(text);
const call = (more: Partial<Amounts> = {}): Amounts => ({
  requests: 1,
  tokens: 100,
  cost: unitsFrom("0.5"),
  ...more,
});
const key = (text: Parameters<typeof limitsFrom>[0], refuseUnknown = true): Limited => ({
  scope: "key:a",
  limits: limitsFrom(text),
  refuseUnknown,
});
const used = (more: Partial<Used>) => () => ({ ...NOTHING, ...more });

describe("windows", () => {
  test("begin and end with the minute, the day and the month in UTC", () => {
    const now = at("2026-02-28T23:59:30.500Z");
    expect(PERIODS.map((one) => new Date(windowStart(one, now)).toISOString())).toEqual([
      "2026-02-28T23:59:00.000Z",
      "2026-02-28T00:00:00.000Z",
      "2026-02-01T00:00:00.000Z",
    ]);
    expect(PERIODS.map((one) => windowEnd(one, now))).toEqual(Array(3).fill(at("2026-03-01T00:00:00Z")));
  });
});

describe("a call under limits", () => {
  const now = at("2026-02-03T04:05:06Z");

  test("fits as long as the limit is not passed, to the last unit", () => {
    const limited = key({ cost: { day: "2" } });
    expect(refusalOf(limited, call(), used({ cost: unitsFrom("1.5") }), now)).toBeUndefined();
    expect(refusalOf(limited, call(), used({ cost: unitsFrom("1.500000000001") }), now)).toMatchObject({
      limit: { measure: "cost", period: "day" },
      until: at("2026-02-04T00:00:00Z"),
    });
  });

  test("hears of the limit that lasts longest", () => {
    const limited = key({ requests: { minute: "1" }, tokens: { day: "50" } });
    expect(refusalOf(limited, call(), used({ requests: 1n }), now)!.limit.period).toBe("day");
  });

  test("of unknown cost is refused where a key's cost is limited", () => {
    const refusal = refusalOf(key({ cost: { day: "2" } }), call({ cost: undefined }), used({}), now)!;
    expect(refusalText(refusal, "EUR")).toBe(
      "the cost of this call is unknown, because no price list names its model, and the limit of 2 EUR a day counts costs",
    );
  });

  test("of unknown cost goes through under a budget, until the budget is spent by others", () => {
    const budget = key({ cost: { month: "2" } }, false);
    const unknown = call({ cost: undefined });
    expect(refusalOf(budget, unknown, used({ cost: unitsFrom("1.9") }), now)).toBeUndefined();
    expect(refusalOf(budget, unknown, used({ cost: unitsFrom("2") }), now)).toBeDefined();
  });

  test("of unknown cost does not mind where only requests are limited", () => {
    expect(
      refusalOf(key({ requests: { day: "1" } }), call({ cost: undefined }), used({}), now),
    ).toBeUndefined();
  });

  test("a refusal says which limit it was", () => {
    const refusal = refusalOf(key({ requests: { minute: "60" } }), call(), used({ requests: 60n }), now)!;
    expect(refusalText(refusal, "EUR")).toBe("the limit of 60 requests a minute is used up");
  });

  test("a refusal tells a limit that is used up from a call that is too large for what is left, or for all of it", () => {
    const limited = key({ cost: { day: "2" } });
    const text = (cost: string, before: string) =>
      refusalText(
        refusalOf(limited, call({ cost: unitsFrom(cost) }), used({ cost: unitsFrom(before) }), now)!,
        "EUR",
      );
    expect(text("1.5", "1")).toBe("this call may take more than is left of the limit of 2 EUR a day");
    expect(text("3", "0")).toBe("this call may take more than the limit of 2 EUR a day allows at all");
    expect(text("0.1", "2")).toBe("the limit of 2 EUR a day is used up");
  });
});

describe("settling", () => {
  const amounts = fc.record({
    requests: fc.constantFrom(0, 1),
    tokens: fc.nat(1_000_000),
    cost: fc.option(fc.bigInt({ min: 0n, max: 10n ** 18n }), { nil: undefined }),
  });

  test("leaves exactly what was taken, whatever was reserved and in whatever order calls end", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amounts, amounts), { maxLength: 30 }), fc.nat(), (calls, turn) => {
        const changes = [
          ...calls.map(([reserved]) => amountsAsUsed(reserved)),
          ...calls.map(([reserved, taken]) => correction(reserved, taken)),
        ];
        const cut = changes.length === 0 ? 0 : turn % changes.length;
        const mixed = [...changes.slice(cut), ...changes.slice(0, cut)];
        const sum = (list: Used[]) => list.reduce(together, NOTHING);
        expect(sum(mixed)).toEqual(sum(calls.map(([, taken]) => amountsAsUsed(taken))));
      }),
    );
  });

  test("calls that are let through one after the other never pass the limit by what they reserved", () => {
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 60 }), fc.bigInt(1n, 10n ** 19n), (calls, most) => {
        const limited: Limited = {
          scope: "s",
          limits: [{ period: "day", measure: "cost", most }],
          refuseUnknown: false,
        };
        let window = NOTHING;
        for (const one of calls)
          if (refusalOf(limited, one, () => window, 0) === undefined)
            window = together(window, amountsAsUsed(one));
        expect(window.cost <= most).toBe(true);
      }),
    );
  });
});

describe("a warning", () => {
  test("is due at its share, not before", () => {
    const most = unitsFrom("100");
    expect(reaches(unitsFrom("79.99"), most, 0.8)).toBe(false);
    expect(reaches(unitsFrom("80"), most, 0.8)).toBe(true);
  });
});
