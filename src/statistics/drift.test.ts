/** Drift: what is the same never alerts, what has moved does, and chance alone hardly does. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quietWindows } from "../../test/support/simulated-labels.ts";
import { mulberry32 } from "./bootstrap.ts";
import {
  categoricalDrift,
  driftAlerts,
  mergeRare,
  numericDrift,
  testCategories,
  testNumbers,
  tooMany,
  type ColumnTest,
} from "./drift.ts";

const counts = fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 2, maxLength: 8 });

describe("categories", () => {
  test("that are the same have no distance, whatever it is called", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 5 }), (list, times) => {
        fc.pre(list.filter((count) => count > 0).length > 1);
        const found = categoricalDrift(
          list,
          list.map((count) => count * times),
        )!;
        expect(found.chiSquare.statistic).toBeCloseTo(0, 8);
        expect(found.g.statistic).toBeCloseTo(0, 8);
        expect(found.chiSquare.p).toBeCloseTo(1, 8);
        expect(found.jensenShannon).toBeCloseTo(0, 6);
        expect(found.totalVariation).toBeCloseTo(0, 8);
      }),
    );
  });

  test("with none in common are as far apart as can be", () => {
    const found = categoricalDrift([50, 0], [0, 50])!;
    expect(found.cramersV).toBeCloseTo(1, 12);
    expect(found.totalVariation).toBeCloseTo(1, 12);
    expect(found.hellinger).toBeCloseTo(1, 12);
    expect(found.jensenShannon).toBeCloseTo(Math.sqrt(Math.LN2), 12);
  });

  test("distances are the same both ways, and within their limits", () => {
    fc.assert(
      fc.property(counts, counts, (one, two) => {
        const [a, b] = [one.slice(0, 2).concat(1, 1), two.slice(0, 2).concat(1, 1)];
        const [there, back] = [categoricalDrift(a, b)!, categoricalDrift(b, a)!];
        expect(there.chiSquare.statistic).toBeCloseTo(back.chiSquare.statistic, 8);
        expect(there.jensenShannon).toBeCloseTo(back.jensenShannon, 8);
        for (const share of [there.cramersV, there.totalVariation, there.hellinger])
          expect(share).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  test("that are rare are merged until five of each are to be expected on both sides; no case is lost", () => {
    fc.assert(
      fc.property(counts, counts, (one, two) => {
        const reference = one.map((count) => count * 10);
        const current = one.map((_, i) => two[i] ?? 0);
        const merged = mergeRare(reference, current);
        const sum = (list: readonly number[]) => list.reduce((total, count) => total + count, 0);
        const [n, m] = [sum(reference), sum(current)];
        expect(sum(merged.reference)).toBe(n);
        expect(sum(merged.current)).toBe(m);
        if (merged.reference.length < 2) return;
        merged.reference.forEach((count, k) => {
          const both = count + merged.current[k]!;
          expect((both * Math.min(n, m)) / (n + m)).toBeGreaterThanOrEqual(5);
        });
      }),
    );
  });

  test("that are new count, although the reference does not know them", () => {
    expect(categoricalDrift([60, 40], [30, 20, 50])).toEqual(categoricalDrift([60, 40, 0], [30, 20, 50]));
    expect(testCategories("team", [600, 400], [60, 40, 100])).toMatchObject({ strong: true });
  });

  test("without cases, or with one category only, are not compared", () => {
    expect(categoricalDrift([0, 0], [3, 4])).toBeUndefined();
    expect(categoricalDrift([5, 0], [7, 0])).toBeUndefined();
    expect(testCategories("team", [900, 100], [90, 9])).toBeUndefined();
  });
});

describe("numbers", () => {
  test("that are the same have not moved, and a constant that moved counts as strong", () => {
    const list = Array.from({ length: 200 }, (_, i) => i % 17);
    expect(numericDrift(list, list)).toMatchObject({
      kolmogorovSmirnov: { statistic: 0, p: 1 },
      wasserstein: { distance: 0 },
      shift: 0,
      medianShift: 0,
    });
    const constant = Array.from({ length: 200 }, () => 5);
    const moved = constant.map(() => 6);
    expect(numericDrift(constant, moved)!.medianShift).toBeUndefined();
    expect(testNumbers("amount", constant, moved)).toMatchObject({ strong: true });
    expect(testNumbers("amount", constant, constant)).toMatchObject({ strong: false, p: 1 });
    expect(testNumbers("amount", list, list.slice(0, 99))).toBeUndefined();
    expect(numericDrift([], list)).toBeUndefined();
  });
});

describe("an alert", () => {
  const hit: ColumnTest = { column: "team", p: 1e-6, strong: true };
  const miss: ColumnTest = { column: "team", p: 0.4, strong: false };

  test("takes two of the last three windows", () => {
    expect(driftAlerts([[hit]])).toEqual([]);
    expect(driftAlerts([[hit], [miss], [hit]])).toEqual(["team"]);
    expect(driftAlerts([[hit], [hit], [miss], [miss]])).toEqual([]);
    expect(driftAlerts([])).toEqual([]);
  });

  test("takes significance after adjustment over the columns, and an effect", () => {
    const weak = { ...hit, strong: false };
    expect(driftAlerts([[weak], [weak], [weak]])).toEqual([]);
    const others = Array.from({ length: 19 }, (_, i) => ({ ...miss, column: `c${i}`, p: 0.9 }));
    const border = { ...hit, p: 0.04 };
    expect(driftAlerts([[border], [border]])).toEqual(["team"]);
    expect(
      driftAlerts([
        [border, ...others],
        [border, ...others],
      ]),
    ).toEqual([]);
  });

  test("does not come from windows without a change, and comes from a column that changed", () => {
    const quiet = quietWindows(mulberry32(5), { windows: 60, columns: 3, reference: 1_000, current: 200 });
    expect(quiet.alerts).toBe(0);
    expect(quiet.significant).toBeGreaterThan(0.005);
    expect(quiet.significant).toBeLessThan(0.1);
    const changed = testCategories("team", [600, 300, 100], [60, 30, 110])!;
    expect(driftAlerts([[changed], [changed]])).toEqual(["team"]);
  });
});

test("odd values are too many when chance explains them in fewer than one in a thousand windows", () => {
  expect(tooMany({ errors: 0, n: 100 }, 0)).toBe(false);
  expect(tooMany({ errors: 1, n: 100 }, 0)).toBe(true);
  expect(tooMany({ errors: 12, n: 200 }, 0.05)).toBe(false);
  expect(tooMany({ errors: 24, n: 200 }, 0.05)).toBe(true);
});
