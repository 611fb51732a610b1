/** e-CUSUM: the sums by their definition, from whole numbers, and how often and how soon it calls. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { watchStream } from "../../test/support/simulated-labels.ts";
import { mulberry32 } from "./bootstrap.ts";
import {
  ACT_AT,
  changeLevel,
  falseAlarms,
  MULTIPLES,
  referenceRate,
  unwatched,
  WARN_AT,
  watch,
  type ChangePlan,
} from "./change.ts";

const PLAN: ChangePlan = { rate: 0.05, multiples: MULTIPLES };

describe("the level of a stream", () => {
  test("is the mean of the sums that their definition gives, step by step", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (stream) => {
        const sums = [0.075, 0.1, 0.15, 0.25].map((p) => ({ p, sum: 0 }));
        let state = unwatched(PLAN);
        for (const wrong of stream) {
          for (const one of sums)
            one.sum = Math.max(0, one.sum) + Math.log(wrong ? one.p / 0.05 : (1 - one.p) / 0.95);
          state = watch(state, wrong, PLAN);
          const mean = sums.reduce((total, { sum }) => total + Math.exp(sum), 0) / sums.length;
          expect(changeLevel(state, PLAN)).toBeCloseTo(Math.log(mean), 8);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("follows from the stored whole numbers alone", () => {
    let state = unwatched(PLAN);
    for (const wrong of [true, false, true, true, false]) state = watch(state, wrong, PLAN);
    for (const { errors, n } of state) expect([errors, n].every(Number.isSafeInteger)).toBe(true);
    const stored = JSON.parse(JSON.stringify(state)) as typeof state;
    expect(changeLevel(stored, PLAN)).toBe(changeLevel(state, PLAN));
    expect(changeLevel(unwatched(PLAN), PLAN)).toBe(0);
  });

  test("calls a collapse within a few dozen cases, and hardly ever without one", () => {
    const chance = mulberry32(11);
    const delays = Array.from({ length: 40 }, () =>
      watchStream(chance, PLAN, WARN_AT, { change: 0, after: 0.5, cases: 200 })!,
    ).sort((a, b) => a - b);
    expect(delays[20]).toBeGreaterThan(8);
    expect(delays[20]).toBeLessThan(17);
    const quiet = Array.from({ length: 60 }, () =>
      watchStream(chance, PLAN, ACT_AT, { change: 0, after: 0.05, cases: 1_000 }),
    );
    expect(quiet.filter((alarm) => alarm !== null).length).toBeLessThanOrEqual(4);
  });

  test("refuses a rate that no alternative lies above", () => {
    for (const rate of [0, 0.95, Number.NaN]) expect(() => unwatched({ ...PLAN, rate })).toThrow(RangeError);
  });
});

test("the reference rate lies above the share that was seen, the less the more cases there are", () => {
  expect(referenceRate({ errors: 5, n: 100 })).toBeGreaterThan(0.05);
  expect(referenceRate({ errors: 500, n: 10_000 })).toBeLessThan(referenceRate({ errors: 5, n: 100 }));
});

test("false alarms to be expected in a month add up over streams and tests", () => {
  const streams = [
    { casesPerMonth: 4_000, limit: WARN_AT },
    { casesPerMonth: 4_000, limit: ACT_AT },
  ];
  expect(falseAlarms(streams, { columns: 10, windowsPerMonth: 4, level: 0.05 })).toBeCloseTo(2 + 0.4 + 2, 12);
});
