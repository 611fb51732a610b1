/** Calibration: figures that are minimal where they should be, temperature and steps that cannot be bettered. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyIsotonic,
  applyTemperature,
  calibrationError,
  calibrationFigures,
  fitIsotonic,
  fitTemperature,
  logLoss,
  type Believed,
} from "./calibration.ts";

const believed: fc.Arbitrary<Believed[]> = fc.array(
  fc.record({ confidence: fc.integer({ min: 1, max: 99 }).map((p) => p / 100), right: fc.boolean() }),
  { minLength: 2, maxLength: 60 },
);

describe("figures of calibration", () => {
  test("are missing without cases, and perfect for certainty that is right", () => {
    expect(calibrationFigures([])).toBeUndefined();
    expect(calibrationError([])).toBeUndefined();
    expect(calibrationFigures([{ confidence: 1, right: true }])).toMatchObject({
      brier: 0,
      equalWidth: { error: 0, bins: [{ n: 1 }] },
      expected: 1,
    });
  });

  test("count every case in one bin, and no error is above the largest of a bin", () => {
    fc.assert(
      fc.property(believed, (cases) => {
        const { equalWidth, equalMass } = calibrationFigures(cases)!;
        for (const { bins, error, most } of [equalWidth, equalMass]) {
          expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(cases.length);
          expect(error).toBeLessThanOrEqual(most + 1e-12);
        }
      }),
    );
  });
});

test("calibration error is the gap per bin, weighed by cases", () => {
  const bin = (confidence: number, right: number, all: number): { confidence: number; right: boolean }[] =>
    Array.from({ length: all }, (_, i) => ({ confidence, right: i < right }));
  expect(calibrationError(bin(0.75, 75, 100))).toBeCloseTo(0);
  // 100 cases off by 0.15 and 300 off by 0.05; the two gaps have opposite signs and must not cancel.
  expect(calibrationError([...bin(0.65, 50, 100), ...bin(0.95, 300, 300)])).toBeCloseTo(
    (0.15 * 100 + 0.05 * 300) / 400,
  );
  expect(calibrationError(bin(1, 0, 10))).toBe(1);
});

describe("temperature", () => {
  test("cannot be bettered by another one", () => {
    fc.assert(
      fc.property(believed, fc.double({ min: 0.1, max: 10, noNaN: true }), (cases, other) => {
        const best = fitTemperature(cases);
        if (best === undefined) return;
        expect(logLoss(cases, best)).toBeLessThanOrEqual(logLoss(cases, other) + 1e-9);
      }),
    );
  });

  test("is undefined where all are right or all wrong, and keeps the order of confidences", () => {
    expect(fitTemperature([{ confidence: 0.9, right: true }])).toBeUndefined();
    expect(fitTemperature([{ confidence: 0.9, right: false }])).toBeUndefined();
    expect(applyTemperature(0.9, 2)).toBeGreaterThan(applyTemperature(0.8, 2));
    expect(applyTemperature(0.9, 2)).toBeLessThan(0.9);
    expect(applyTemperature(0.73, 1)).toBeCloseTo(0.73, 12);
  });

  test("of a confidence that says the opposite of the truth makes it say nothing", () => {
    const opposite = [
      { confidence: 0.9, right: false },
      { confidence: 0.9, right: false },
      { confidence: 0.1, right: true },
    ];
    expect(applyTemperature(0.9, fitTemperature(opposite)!)).toBeCloseTo(0.5, 2);
  });
});

describe("isotonic steps", () => {
  test("rise, keep the share of right answers, and fit no worse than one constant or two", () => {
    fc.assert(
      fc.property(believed, fc.integer({ min: 0, max: 100 }), (cases, cut) => {
        const steps = fitIsotonic(cases);
        steps.slice(1).forEach((step, i) => expect(step.right).toBeGreaterThan(steps[i]!.right));
        const right = cases.filter((one) => one.right).length;
        expect(steps.reduce((sum, step) => sum + step.n * step.right, 0)).toBeCloseTo(right, 9);
        const squares = (of: (one: Believed) => number) =>
          cases.reduce((sum, one) => sum + (of(one) - Number(one.right)) ** 2, 0);
        const share = (part: Believed[]) =>
          part.length === 0 ? 0 : part.filter((one) => one.right).length / part.length;
        const low = share(cases.filter(({ confidence }) => confidence < cut / 100));
        const high = share(cases.filter(({ confidence }) => confidence >= cut / 100));
        const fitted = squares(({ confidence }) => applyIsotonic(confidence, steps));
        expect(fitted).toBeLessThanOrEqual(squares(() => right / cases.length) + 1e-9);
        if (low <= high)
          expect(fitted).toBeLessThanOrEqual(
            squares(({ confidence }) => (confidence < cut / 100 ? low : high)) + 1e-9,
          );
      }),
    );
  });

  test("do not depend on the order of cases with the same confidence, and say nothing without a case", () => {
    const one = [
      { confidence: 0.5, right: true },
      { confidence: 0.5, right: false },
    ];
    expect(fitIsotonic(one)).toEqual([{ from: 0.5, right: 0.5, n: 2 }]);
    expect(fitIsotonic(one.toReversed())).toEqual(fitIsotonic(one));
    expect(() => applyIsotonic(0.5, [])).toThrow(RangeError);
  });
});
