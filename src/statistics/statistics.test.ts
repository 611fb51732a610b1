/** Bounds of a share and certificates: what must hold for any counts. Named values of the reference are in test/statistics.test.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mulberry32 } from "./bootstrap.ts";
import {
  certify,
  certifyTally,
  GRID,
  startOf,
  tally,
  type CertificationPlan,
  type ScoredLabel,
} from "./certification.ts";
import { safeEvidence } from "./evidence.ts";
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

describe("a certificate that may be asked for after every label", () => {
  const plan: CertificationPlan = { target: 0.1, delta: 0.05, grid: GRID, look: "anytime" };

  /** How often something is certified in the end, when the true error is just the target and one looks every twenty labels. */
  function everCertified(look: "once" | "anytime", runs: number): number {
    const chance = mulberry32(31);
    let certified = 0;
    for (let run = 0; run < runs; run++) {
      const labels: ScoredLabel[] = [];
      let start: number | undefined;
      for (let n = 0; n < 600; n++) {
        labels.push({ score: 0.8 + 0.15 * chance(), wrong: chance() < 0.1 });
        if (n < 200 || n % 20 > 0) continue;
        const counts = tally(
          labels,
          labels.map(({ score }) => ({ score, cases: 1 })),
          GRID,
        );
        start ??= startOf(counts, plan) >= 0 ? startOf(counts, plan) : undefined;
        if (start === undefined) continue;
        if (certifyTally(counts, { ...plan, look, start }).kind !== "certified") continue;
        certified++;
        break;
      }
    }
    return certified / runs;
  }

  test("keeps its promise however often one asks, where the binomial tail would not", () => {
    expect(everCertified("anytime", 60)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 60));
    expect(everCertified("once", 60)).toBeGreaterThan(0.12);
  });

  test("begins where its first look began, wherever the traffic has moved to", () => {
    const labels = Array.from({ length: 600 }, () => ({ score: 0.9, wrong: false }));
    const counts = tally(
      labels,
      labels.map(({ score }) => ({ score, cases: 1 })),
      GRID,
    );
    const usual = startOf(counts, plan);
    const later = certifyTally(counts, { ...plan, start: usual + 5 });
    expect(later.tests[0]!.threshold).toBe(GRID[usual + 5]);
    expect(certifyTally(counts, plan).tests[0]!.threshold).toBe(GRID[usual]);
  });

  test("needs more labels for it, promises a bound within the target, and says how many are missing", () => {
    const labels = (n: number, errors: number) =>
      Array.from({ length: n }, (_, i) => ({ score: 0.9, wrong: i < errors }));
    const certified = (n: number, errors: number, more = plan) => certify(labels(n, errors), more);
    expect(certified(120, 5, { ...plan, look: "once" }).kind).toBe("certified");
    const early = certified(120, 5);
    if (early.kind !== "none") throw new Error("It was certified at any time, too.");
    expect(early.moreLabels).toBeGreaterThan(0);
    const found = certified(400, 12);
    if (found.kind !== "certified") throw new Error("Nothing was certified.");
    expect(found.upperBound).toBeLessThanOrEqual(plan.target);
    expect(found.upperBound).toBeGreaterThan(upperBound(12, 400, 0.95));
    expect(safeEvidence(12, 400, found.upperBound)).toBeCloseTo(Math.log(20), 6);
  });
});
