/** Levels and sample sizes: exact bounds decide, and the missing n is enough. Functions that probabilities are made of. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { casesMissing, casesToDecide, judgeShare, sampleSize } from "./levels.ts";
import { binomialMass, binomialTail, lowerBound, upperBound } from "./proportion.ts";
import {
  chiSquareQuantile,
  chiSquareTail,
  incompleteGamma,
  logMeanExp,
  logSumExp,
  normalCumulative,
  studentQuantile,
} from "./special.ts";

const LEVELS = { minimum: 0.85, target: 0.92, stretch: 0.96 };
const counts = fc.integer({ min: 0, max: 600 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));

describe("a share against its levels", () => {
  test("is judged by its bounds alone, and by no case is inconclusive", () => {
    fc.assert(
      fc.property(counts, ([right, n]) => {
        const { lower, upper, verdict } = judgeShare(right, n, LEVELS);
        expect(lower).toBe(lowerBound(right, n, 0.95));
        expect(upper).toBe(upperBound(right, n, 0.95));
        expect(verdict === "go").toBe(lower >= LEVELS.target);
        expect(verdict === "no-go").toBe(upper < LEVELS.minimum);
        expect(verdict === "inconclusive").toBe(lower < LEVELS.minimum && upper >= LEVELS.minimum);
      }),
    );
    expect(judgeShare(0, 0, LEVELS)).toMatchObject({ verdict: "inconclusive", lower: 0, upper: 1 });
  });

  test("is never worse for one more right answer", () => {
    const order = ["no-go", "inconclusive", "conditional", "go"];
    fc.assert(
      fc.property(counts, ([right, n]) => {
        fc.pre(right < n);
        const [now, better] = [judgeShare(right, n, LEVELS), judgeShare(right + 1, n, LEVELS)];
        expect(order.indexOf(better.verdict)).toBeGreaterThanOrEqual(order.indexOf(now.verdict));
      }),
    );
  });
});

describe("the n that is missing", () => {
  test("proves the level with its power, and one case fewer does not", () => {
    for (const [level, rate] of [
      [0.85, 0.92],
      [0.7, 0.9],
      [0.5, 0.8],
    ] as const) {
      const { n, right } = sampleSize(level, rate)!;
      expect(lowerBound(right, n, 0.95)).toBeGreaterThanOrEqual(level);
      expect(lowerBound(right - 1, n, 0.95)).toBeLessThan(level);
      const power = (all: number, needed: number) => 1 - binomialTail(needed - 1, all, rate);
      expect(power(n, right)).toBeGreaterThanOrEqual(0.8);
      let fewer = right;
      while (fewer > 0 && lowerBound(fewer - 1, n - 1, 0.95) >= level) fewer--;
      while (lowerBound(fewer, n - 1, 0.95) < level) fewer++;
      expect(power(n - 1, fewer)).toBeLessThan(0.8);
    }
  });

  test("is found near a level, too, without trying every number", () => {
    const { n, right } = sampleSize(0.9, 0.905)!;
    expect(n).toBeGreaterThan(20_000);
    expect(lowerBound(right, n, 0.95)).toBeGreaterThanOrEqual(0.9);
    expect(1 - binomialTail(right - 1, n, 0.905)).toBeGreaterThanOrEqual(0.8);
    // What the normal approximation says, within a fiftieth.
    const normal = ((1.6449 * Math.sqrt(0.09) + 0.8416 * Math.sqrt(0.905 * 0.095)) / 0.005) ** 2;
    expect(Math.abs(n / normal - 1)).toBeLessThan(0.02);
    expect(sampleSize(0.9, 0.9001)).toBeUndefined();
  });

  test("is missing itself where no number of cases helps", () => {
    expect(sampleSize(0.9, 0.9)).toBeUndefined();
    expect(casesMissing(85, 100, 0.9)).toBeUndefined();
    expect(casesMissing(0, 0, 0.95)).toBe(59);
  });

  test("moves the verdict on: towards the target, the minimum, or that it is missed", () => {
    expect(casesToDecide(485, 500, LEVELS)).toBeUndefined();
    expect(casesToDecide(150, 200, LEVELS)).toBeUndefined();
    const decided = (right: number, n: number) => {
      const more = casesToDecide(right, n, LEVELS)!;
      expect(more).toBeGreaterThan(0);
      return judgeShare(Math.round((right / n) * (n + more)), n + more, LEVELS).verdict;
    };
    expect(judgeShare(190, 200, LEVELS).verdict).toBe("conditional");
    expect(decided(190, 200)).toBe("go");
    expect(judgeShare(176, 200, LEVELS).verdict).toBe("inconclusive");
    expect(decided(176, 200)).toBe("conditional");
    expect(judgeShare(160, 198, LEVELS).verdict).toBe("inconclusive");
    expect(decided(160, 198)).toBe("no-go");
  });
});

describe("functions of probability", () => {
  test("agree with each other and with printed tables", () => {
    expect(chiSquareTail(3.2 ** 2, 1)).toBeCloseTo(2 * normalCumulative(-3.2), 12);
    expect(chiSquareTail(10, 2)).toBeCloseTo(Math.exp(-5), 12);
    expect(chiSquareQuantile(9, 0.05)).toBeCloseTo(16.9189776, 6);
    expect(studentQuantile(0.975, 4)).toBeCloseTo(2.7764451, 6);
    expect(studentQuantile(0.975, 1e7)).toBeCloseTo(1.959964, 5);
    expect(incompleteGamma(5, 0)).toBe(1);
    expect(incompleteGamma(50_000, 50_000)).toBeCloseTo(0.5, 2);
  });

  test("of a binomial add up to one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
        let sum = 0;
        for (let k = -1; k <= n + 1; k++) sum += binomialMass(k, n, p);
        expect(sum).toBeCloseTo(1, 10);
      }),
    );
  });

  test("add up logarithms of any size", () => {
    expect(logSumExp([1_000, 1_000])).toBeCloseTo(1_000 + Math.LN2, 9);
    expect(logSumExp([-Infinity, 3])).toBeCloseTo(3, 12);
    expect(logSumExp([])).toBe(-Infinity);
    expect(logMeanExp([-2_000, -2_000])).toBeCloseTo(-2_000, 9);
  });
});
