import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mulberry32 } from "../statistics/bootstrap.ts";
import type { Believed } from "../statistics/calibration.ts";
import { GRID } from "../statistics/certification.ts";
import {
  calibrated,
  fitCurve,
  gridOf,
  ISOTONIC_FROM,
  LEAST_LABELS,
  partOf,
  type Curve,
} from "./calibration.ts";

/** A model that is too sure of itself: of those said to be right at p, fewer are. */
function tooSure(n: number, seed = 1): Believed[] {
  const chance = mulberry32(seed);
  return Array.from({ length: n }, () => {
    const confidence = 0.5 + 0.499 * chance();
    return { confidence, right: chance() < 0.5 + (confidence - 0.5) * 0.6 };
  });
}

const curve: fc.Arbitrary<Curve> = fc.oneof(
  fc
    .double({ min: 0.05, max: 20, noNaN: true })
    .map((temperature): Curve => ({ method: "temperature", temperature })),
  fc
    .uniqueArray(
      fc.record({ from: fc.integer({ min: 0, max: 99 }), right: fc.integer({ min: 0, max: 40 }) }),
      { selector: ({ from }) => from, minLength: 1, maxLength: 12 },
    )
    .map((steps): Curve => {
      const rights = steps.map(({ right }) => right).sort((a, b) => a - b);
      const rising = steps.map(({ from }) => from / 100).sort((a, b) => a - b);
      return { method: "isotonic", steps: rising.map((from, i) => ({ from, right: rights[i]!, n: 40 })) };
    }),
);

describe("the part of a case", () => {
  test("is drawn by hash: about one in four calibrates, another quarter with another release, and always the same", () => {
    const units = Array.from({ length: 8_000 }, (_, i) => `case_${i}`);
    const fit = units.filter((unit) => partOf("rel_1", unit) === "fit");
    expect(fit.length / units.length).toBeCloseTo(0.25, 1);
    expect(units.filter((unit) => partOf("rel_1", unit) === "fit")).toEqual(fit);
    const both = fit.filter((unit) => partOf("rel_2", unit) === "fit");
    expect(both.length / fit.length).toBeCloseTo(0.25, 1);
  });
});

describe("a fit", () => {
  test("is refused with too few labels, or too few of one kind", () => {
    expect(fitCurve(tooSure(LEAST_LABELS - 1))).toBeUndefined();
    expect(fitCurve(tooSure(400).map((one) => ({ ...one, right: true })))).toBeUndefined();
    expect(fitCurve(tooSure(400).map((one) => ({ ...one, right: false })))).toBeUndefined();
  });

  test("is one number below a thousand labels, and rising steps of whole numbers from there on", () => {
    expect(fitCurve(tooSure(ISOTONIC_FROM - 1))!.curve.method).toBe("temperature");
    const { curve: steps } = fitCurve(tooSure(ISOTONIC_FROM))!;
    expect(steps.method).toBe("isotonic");
    if (steps.method !== "isotonic") return;
    expect(steps.steps.every(({ right, n }) => Number.isInteger(right) && right <= n)).toBe(true);
    expect(steps.steps.reduce((sum, { n }) => sum + n, 0)).toBe(ISOTONIC_FROM);
  });

  test.each([800, 3_000])(
    "makes a model that is too sure believable, on cases it was not fitted on (n = %i)",
    (n) => {
      const { before, after } = fitCurve(tooSure(n))!;
      expect(after.n).toBe(n);
      expect(after.equalMass.error).toBeLessThan(before.equalMass.error / 2);
      expect(after.brier).toBeLessThan(before.brier);
    },
  );
});

describe("a calibrated grid", () => {
  test("lets out just those whose calibrated confidence reaches its values", () => {
    fc.assert(
      fc.property(
        curve,
        fc.integer({ min: 0, max: 59 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, at, confidence) => {
          const worth = GRID[at]!;
          const [own] = gridOf(one, [worth]);
          const reaches = calibrated(one, confidence);
          // At the very border rounding decides; what is tested there is what is let out there, whatever it is worth.
          fc.pre(Math.abs(reaches - worth) > 1e-9);
          expect(own !== undefined && confidence >= own).toBe(reaches >= worth);
        },
      ),
    );
  });

  test("falls from tight to loose, each threshold once", () => {
    fc.assert(
      fc.property(curve, (one) => {
        const grid = gridOf(one, GRID);
        expect(grid.every((value, i) => i === 0 || value < grid[i - 1]!)).toBe(true);
        expect(grid.every((value) => value >= 0 && value <= 1)).toBe(true);
      }),
    );
  });

  test("changes no order: whatever the curve, a surer answer is never worth less", () => {
    fc.assert(
      fc.property(
        curve,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, a, b) => {
          expect(calibrated(one, Math.max(a, b))).toBeGreaterThanOrEqual(calibrated(one, Math.min(a, b)));
        },
      ),
    );
  });
});
