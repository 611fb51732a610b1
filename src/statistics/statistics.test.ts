/** Bounds of a share and certificates: what must hold for any counts. Named values of the reference are in test/statistics.test.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { certify, GRID } from "./certification.ts";
import { alwaysValidInterval, binomialTail, exactInterval, upperBound } from "./proportion.ts";

describe("what must hold for any counts", () => {
  const counts = fc
    .integer({ min: 1, max: 400 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));

  test("the exact bound is where the tail is as small as promised", () => {
    fc.assert(
      fc.property(counts, ([errors, n]) => {
        const bound = upperBound(errors, n, 0.95);
        expect(bound === 1 ? 1 : binomialTail(errors, n, bound)).toBeCloseTo(bound === 1 ? 1 : 0.05, 8);
      }),
    );
  });

  test("the tail equals the sum of its terms", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, p) => {
          let term = (1 - p) ** n;
          let sum = 0;
          for (let k = 0; k < n; k++) {
            sum += term;
            expect(binomialTail(k, n, p)).toBeCloseTo(sum, 9);
            term *= ((n - k) / (k + 1)) * (p / (1 - p));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test("an interval that may always be read is wider than one that may be read once", () => {
    fc.assert(
      fc.property(counts, ([errors, n]) => {
        const once = exactInterval(errors, n, 0.95);
        const always = alwaysValidInterval(errors, n, 0.05);
        expect(always.upper).toBeGreaterThanOrEqual(once.upper - 1e-9);
        expect(always.lower).toBeLessThanOrEqual(once.lower + 1e-9);
      }),
    );
  });

  test("no threshold is certified from labels that are all wrong, or from none", () => {
    const plan = { target: 0.05, delta: 0.05, grid: GRID };
    expect(certify([], plan)).toMatchObject({ kind: "none", moreLabels: 177 });
    expect(
      certify(
        Array.from({ length: 500 }, () => ({ score: 0.999, wrong: true })),
        plan,
      ),
    ).toMatchObject({ kind: "none", moreLabels: undefined });
  });
});
