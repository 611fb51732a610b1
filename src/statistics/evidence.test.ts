/** e-values: their means added up over everything that can happen, and what must hold for any counts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { broken, falseReaches, nullMeans, nullMeansOfSteps } from "../../test/support/null-properties.ts";
import {
  averagedEvidence,
  ceilingEvidence,
  mixedEvidence,
  pairedEvidence,
  rejects,
  relativeEvidence,
  safeEvidence,
  type ErrorsByArm,
} from "./evidence.ts";
import { ratioEvidence } from "./sample-ratio.ts";

const step = fc.record({
  share: fc.constantFrom(0.05, 0.1, 0.2, 0.5),
  candidateErrors: fc.nat(30),
  stableErrors: fc.nat(30),
});

describe("while the null hypothesis holds", () => {
  test("the mean of every e-value is 1 on its border and at most 1 within, added up over all outcomes", () => {
    const means = [...nullMeans([1, 2, 7, 25]), ...nullMeansOfSteps(4)];
    expect(broken(means)).toEqual([]);
    expect(means.filter(({ onBorder }) => onBorder).length).toBeGreaterThan(100);
  });

  test("an alarm ever goes off no more often than α, whoever looks after every case", () => {
    const reaches = falseReaches([0.05], 1_000);
    expect(broken([], reaches)).toEqual([]);
    // Not by being blind: some of the allowed error is used.
    for (const { what, reached } of reaches) expect(reached, what).toBeGreaterThan(0.02);
  });

  test("a mean beside 1, and an alarm too often, are noticed", () => {
    const [mean, reach] = [nullMeans([5])[0]!, falseReaches([0.05], 200)[0]!];
    expect(broken([{ ...mean, mean: mean.mean + 1e-6 }])).toHaveLength(1);
    expect(broken([{ ...mean, onBorder: false, mean: 1.001 }])).toHaveLength(1);
    expect(broken([{ ...mean, mean: Number.NaN }])).toHaveLength(1);
    expect(broken([], [{ ...reach, alpha: reach.reached / 2 }])).toHaveLength(1);
  });
});

describe("evidence", () => {
  test("is the product of what each label adds, in any order", () => {
    const arms = fc.array(fc.boolean(), { maxLength: 40 });
    fc.assert(
      fc.property(arms, fc.constantFrom(0.1, 0.2, 0.5), (candidate, share) => {
        const oneByOne = candidate.map((is) => ({
          share,
          candidateErrors: is ? 1 : 0,
          stableErrors: is ? 0 : 1,
        }));
        const candidateErrors = candidate.filter(Boolean).length;
        const counted = [{ share, candidateErrors, stableErrors: candidate.length - candidateErrors }];
        expect(relativeEvidence(oneByOne)).toBeCloseTo(relativeEvidence(counted), 9);
        expect(relativeEvidence(oneByOne.toReversed())).toBeCloseTo(relativeEvidence(counted), 9);
      }),
    );
  });

  test("against a candidate rises with its errors and falls with those of the stable release", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), fc.nat(3), (steps, place) => {
        const at = place % steps.length;
        const more = (key: "candidateErrors" | "stableErrors") =>
          steps.map((one, i) => (i === at ? { ...one, [key]: one[key] + 1 } : one));
        const now = relativeEvidence(steps);
        expect(relativeEvidence(more("candidateErrors"))).toBeGreaterThan(now);
        expect(relativeEvidence(more("stableErrors"))).toBeLessThan(now);
      }),
    );
  });

  test("is another one with the arms swapped, unless both err alike at one half", () => {
    const swap = (steps: ErrorsByArm[]) =>
      steps.map(({ share, candidateErrors, stableErrors }) => ({
        share: 1 - share,
        candidateErrors: stableErrors,
        stableErrors: candidateErrors,
      }));
    fc.assert(
      fc.property(step, (one) => {
        fc.pre(one.candidateErrors / one.share !== one.stableErrors / (1 - one.share));
        expect(relativeEvidence(swap([one]))).not.toBeCloseTo(relativeEvidence([one]), 6);
      }),
    );
  });

  test("against a higher ceiling is less, and that a candidate is safe is more", () => {
    const counts = fc.integer({ min: 1, max: 300 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([errors, n]) => {
        expect(safeEvidence(errors, n, 0.1)).toBeGreaterThanOrEqual(safeEvidence(errors, n, 0.05));
        // More errors speak for an error rate above the ceiling, and against being safe.
        if (errors === n) return;
        expect(ceilingEvidence(errors + 1, n, 0.1)).toBeGreaterThan(ceilingEvidence(errors, n, 0.1));
        expect(safeEvidence(errors + 1, n, 0.1)).toBeLessThan(safeEvidence(errors, n, 0.1));
      }),
    );
  });

  test("of no labels at all is none", () => {
    expect(relativeEvidence([])).toBeCloseTo(0, 12);
    expect(ceilingEvidence(0, 0, 0.1)).toBeCloseTo(0, 12);
    expect(safeEvidence(0, 0, 0.1)).toBeCloseTo(0, 12);
    expect(pairedEvidence(0, 0)).toBeCloseTo(0, 12);
    expect(mixedEvidence([], 0, 0.1)).toBeCloseTo(0, 12);
    expect(ratioEvidence([])).toBe(0);
  });

  test("of a step with one arm only adds nothing to the comparison, and still counts for the ceiling", () => {
    const both = { share: 0.5, candidateErrors: 4, stableErrors: 2 };
    const alone = { share: 1, candidateErrors: 6, stableErrors: 0 };
    expect(relativeEvidence([both, alone])).toBeCloseTo(relativeEvidence([both]), 12);
    expect(mixedEvidence([both, alone], 40, 0.1)).toBeCloseTo(
      averagedEvidence([
        { logEvidence: relativeEvidence([both]), weight: 1 },
        { logEvidence: ceilingEvidence(10, 40, 0.1), weight: 1 },
      ]),
      12,
    );
  });

  test("is never made of counts that failed, nor of errors in an arm without cases", () => {
    const one = { share: 0.2, candidateErrors: 1, stableErrors: 1 };
    for (const wrong of [Number.NaN, -1, 0.5, Infinity]) {
      expect(() => relativeEvidence([{ ...one, candidateErrors: wrong }])).toThrow(RangeError);
      expect(() => ceilingEvidence(wrong, 10, 0.1)).toThrow(RangeError);
      expect(() => pairedEvidence(1, wrong)).toThrow(RangeError);
    }
    expect(() => ceilingEvidence(11, 10, 0.1)).toThrow(RangeError);
    expect(() => ceilingEvidence(1, 10, 0)).toThrow(RangeError);
    expect(() => relativeEvidence([{ ...one, share: 1 }])).toThrow(RangeError);
    expect(() => relativeEvidence([one], 0)).toThrow(RangeError);
    expect(() => averagedEvidence([])).toThrow(RangeError);
  });

  test("suffices from 1/α on", () => {
    expect(rejects(Math.log(20), 0.05)).toBe(true);
    expect(rejects(Math.log(19.99), 0.05)).toBe(false);
    expect(rejects(Number.NaN, 0.05)).toBe(false);
  });

  test("of thousands of labels stays a number", () => {
    const many = relativeEvidence([{ share: 0.2, candidateErrors: 100_000, stableErrors: 10_000 }]);
    expect(many).toBeGreaterThan(10_000);
    expect(Number.isFinite(many)).toBe(true);
  });
});

describe("sample ratio", () => {
  test("a case in an arm that gets none is a contradiction, no case is none", () => {
    expect(ratioEvidence([{ share: 0, candidate: 1, stable: 50 }])).toBe(Infinity);
    expect(ratioEvidence([{ share: 1, candidate: 50, stable: 1 }])).toBe(Infinity);
    expect(ratioEvidence([{ share: 1, candidate: 50, stable: 0 }])).toBe(0);
  });

  test("evidence of several shares adds up", () => {
    const [one, two] = [
      { share: 0.2, candidate: 30, stable: 70 },
      { share: 0.5, candidate: 60, stable: 40 },
    ];
    expect(ratioEvidence([one, two])).toBeCloseTo(ratioEvidence([one]) + ratioEvidence([two]), 12);
  });
});
