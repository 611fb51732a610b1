/** Comparisons by order: against counting every pair, every point and every arrangement. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kolmogorovSmirnov, kolmogorovTail, mannWhitney, shift, wasserstein } from "./ranks.ts";

const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 });

const share = (list: readonly number[], x: number) => list.filter((value) => value <= x).length / list.length;

describe("two samples", () => {
  test("have the distance and the area that all points give", () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const points = [...new Set([...first, ...second])].sort((a, b) => a - b);
        const gaps = points.map((x) => Math.abs(share(first, x) - share(second, x)));
        expect(kolmogorovSmirnov(first, second).statistic).toBeCloseTo(Math.max(...gaps), 12);
        const area = points.slice(1).reduce((sum, x, i) => sum + gaps[i]! * (x - points[i]!), 0);
        expect(wasserstein(first, second)).toBeCloseTo(area, 9);
      }),
    );
  });

  test("have the U and the shift that all pairs give", () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const pairs = first.flatMap((a) => second.map((b) => b - a));
        const u = pairs.reduce((sum, d) => sum + (d < 0 ? 1 : d === 0 ? 0.5 : 0), 0);
        expect(mannWhitney(first, second).u).toBeCloseTo(u, 9);
        const sorted = pairs.sort((a, b) => a - b);
        const middle = (sorted.length - 1) / 2;
        const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
        expect(shift(first, second)).toBeCloseTo(median, 9);
      }),
    );
  });

  test("have the exact tail that all arrangements give", () => {
    const [first, second] = [
      [1, 2, 6, 7],
      [3, 4, 5, 8, 9],
    ];
    const all = [...first, ...second].sort((a, b) => a - b);
    const seen = kolmogorovSmirnov(first, second);
    let [asFar, count] = [0, 0];
    for (let chosen = 0; chosen < 2 ** all.length; chosen++) {
      const one = all.filter((_, i) => (chosen >> i) & 1);
      if (one.length !== first.length) continue;
      count++;
      const other = all.filter((_, i) => !((chosen >> i) & 1));
      if (kolmogorovSmirnov(one, other).statistic >= seen.statistic - 1e-12) asFar++;
    }
    expect(seen.p).toBeCloseTo(asFar / count, 12);
  });

  test("have the same exact and approximate tail where they are large, and p = 1 where they are the same", () => {
    const first = Array.from({ length: 99 }, (_, i) => i);
    const second = Array.from({ length: 100 }, (_, i) => i + 17.5);
    const { statistic, p } = kolmogorovSmirnov(first, second);
    expect(kolmogorovTail(statistic, 99, 100)).toBeCloseTo(p, 1);
    expect(kolmogorovSmirnov(first, first)).toEqual({ statistic: 0, p: 1 });
    expect(mannWhitney([3, 3], [3, 3, 3]).p).toBe(1);
    expect(kolmogorovTail(0, 1_000, 1_000)).toBe(1);
  });

  test("move by what is added to one of them, and cannot be compared when one is empty", () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: -50, max: 50 }), (first, second, by) => {
        const moved = second.map((value) => value + by);
        expect(shift(first, moved)).toBeCloseTo(shift(first, second) + by, 9);
      }),
    );
    for (const compare of [kolmogorovSmirnov, wasserstein, mannWhitney, shift])
      expect(() => compare([], [1])).toThrow(RangeError);
  });

  test("of ten thousand values are compared without writing down every pair", () => {
    const first = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_007);
    const second = first.map((value) => value + 3);
    expect(shift(first, second)).toBeCloseTo(3, 6);
    expect(kolmogorovSmirnov(first, second).p).toBeGreaterThan(0.9);
  });
});
