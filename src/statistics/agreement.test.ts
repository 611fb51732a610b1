/** Agreement and bootstrap against published values and each other; named values of the reference are in test/statistics.test.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  alphaWithInterval,
  cohenKappa,
  kappaOfPairs,
  krippendorffAlpha,
  percentAgreement,
  type Metric,
} from "./agreement.ts";
import { mulberry32 } from "./bootstrap.ts";
import { exactInterval } from "./proportion.ts";

const transposed = <T>(rows: T[][]) => rows[0]!.map((_, i) => rows.map((row) => row[i]!));
const METRICS: Metric[] = ["nominal", "ordinal", "interval"];

describe("Cohen's kappa", () => {
  test("has the value and error of the textbook: seven pathologists, two of them (Agresti, Categorical Data Analysis)", () => {
    const found = cohenKappa([
      [22, 2, 2, 0],
      [5, 7, 14, 0],
      [0, 2, 36, 0],
      [0, 1, 17, 10],
    ])!;
    expect(found.kappa).toBeCloseTo(0.493, 3);
    expect(found.standardError).toBeCloseTo(0.057, 3);
    expect(found.interval.lower).toBeCloseTo(0.382, 2);
  });

  const tables = fc
    .integer({ min: 2, max: 4 })
    .chain((size) =>
      fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: size, maxLength: size }), {
        minLength: size,
        maxLength: size,
      }),
    );

  test("has the error that the delta method gives by differences, weighted or not", () => {
    fc.assert(
      fc.property(tables, fc.constantFrom("none" as const, "quadratic" as const), (table, weights) => {
        const found = cohenKappa(table, { weights })!;
        const step = 1e-5;
        // The gradient over the counts; kappa does not depend on their scale, so the multinomial variance is this sum.
        const variance = table.reduce(
          (sum, row, i) =>
            row.reduce((rest, count, j) => {
              const moved = (by: number) =>
                cohenKappa(
                  table.map((line, a) => line.map((one, b) => (a === i && b === j ? one + by : one))),
                  { weights },
                )!.kappa;
              const slope = (moved(step) - moved(-step)) / (2 * step);
              return rest + count * slope ** 2;
            }, sum),
          0,
        );
        expect(found.standardError).toBeCloseTo(Math.sqrt(variance), 5);
      }),
      { numRuns: 60 },
    );
  });

  test("is one for perfect agreement, whose interval still says how little few cases prove", () => {
    const few = cohenKappa([
      [10, 0],
      [0, 10],
    ])!;
    const many = cohenKappa([
      [500, 0],
      [0, 500],
    ])!;
    expect([few.kappa, many.kappa, few.standardError]).toEqual([1, 1, 0]);
    expect(few.interval.lower).toBeCloseTo(1 - 2 * (1 - 0.025 ** (1 / 20)), 9);
    expect(many.interval.lower).toBeGreaterThan(0.99);
    expect(few.interval.upper).toBe(1);
  });

  test("is zero where the judges decide by chance alone, and undefined where nobody ever chose anything else", () => {
    expect(
      cohenKappa([
        [25, 25],
        [25, 25],
      ])!.kappa,
    ).toBeCloseTo(0, 12);
    expect(cohenKappa([[30]])).toBeUndefined();
    expect(
      cohenKappa([
        [30, 0],
        [0, 0],
      ]),
    ).toBeUndefined();
    expect(cohenKappa([])).toBeUndefined();
  });

  test("does not depend on which judge comes first, nor on the order of the categories", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const found = cohenKappa(table)!;
        for (const other of [transposed(table), table.toReversed().map((row) => row.toReversed())]) {
          expect(cohenKappa(other)!.kappa).toBeCloseTo(found.kappa, 10);
          expect(cohenKappa(other)!.standardError).toBeCloseTo(found.standardError, 10);
        }
      }),
    );
  });

  test("of pairs is that of their table", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const pairs = table.flatMap((row, i) =>
          row.flatMap((count, j) =>
            Array.from({ length: count }, () => [`value ${i}`, `value ${j}`] as const),
          ),
        );
        const [found, wanted] = [kappaOfPairs(pairs)!, cohenKappa(table)!];
        expect(found.n).toBe(wanted.n);
        expect(found.kappa).toBeCloseTo(wanted.kappa, 10);
        expect(found.standardError).toBeCloseTo(wanted.standardError, 10);
      }),
    );
    expect(kappaOfPairs([])).toBeUndefined();
  });

  test("of thousands of different values takes no table", () => {
    const pairs = Array.from({ length: 5_000 }, (_, i) => [`${i}`, `${i % 10 === 0 ? i + 1 : i}`] as const);
    expect(kappaOfPairs(pairs)!.kappa).toBeCloseTo(0.9, 3);
  });
});

describe("percent agreement", () => {
  test("has the exact interval", () => {
    expect(percentAgreement(18, 20)).toEqual({ share: 0.9, interval: exactInterval(18, 20, 0.95) });
    expect(percentAgreement(18, 20)!.interval.lower).toBeCloseTo(0.683, 3);
    expect(percentAgreement(0, 0)).toBeUndefined();
  });
});

describe("Krippendorff's alpha", () => {
  const value = fc.integer({ min: 0, max: 4 });
  const sparse = fc.array(fc.array(fc.option(value, { freq: 4 }), { minLength: 2, maxLength: 4 }), {
    minLength: 2,
    maxLength: 30,
  });
  const pairs = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 60 });
  const metrics = fc.constantFrom(...METRICS);

  /** From the definition, by the coincidence matrix and a sum over every pair of values. */
  function byCoincidences(units: (number | null)[][], metric: Metric): number | undefined {
    const coincidences = new Map<string, number>();
    const totals = new Map<number, number>();
    for (const unit of units) {
      const values = unit.filter((one) => one !== null);
      values.forEach((a, i) =>
        values.forEach((b, j) => {
          if (i === j) return;
          const share = 1 / (values.length - 1);
          coincidences.set(`${a} ${b}`, (coincidences.get(`${a} ${b}`) ?? 0) + share);
          totals.set(a, (totals.get(a) ?? 0) + share);
        }),
      );
    }
    const known = [...totals.keys()].sort((a, b) => a - b);
    const distance = (a: number, b: number) => {
      if (metric === "nominal") return a === b ? 0 : 1;
      if (metric === "interval") return (a - b) ** 2;
      const between = known.filter((one) => one >= Math.min(a, b) && one <= Math.max(a, b));
      const sum = between.reduce((rest, one) => rest + totals.get(one)!, 0);
      return a === b ? 0 : (sum - (totals.get(a)! + totals.get(b)!) / 2) ** 2;
    };
    const n = [...totals.values()].reduce((sum, one) => sum + one, 0);
    let [observed, expected] = [0, 0];
    for (const a of known)
      for (const b of known) {
        observed += (coincidences.get(`${a} ${b}`) ?? 0) * distance(a, b);
        expected += (totals.get(a)! * totals.get(b)! * distance(a, b)) / (n - 1);
      }
    return expected === 0 ? undefined : 1 - observed / expected;
  }

  test("is what the coincidence matrix gives, with any judges missing", () => {
    fc.assert(
      fc.property(sparse, metrics, (units, metric) => {
        const found = krippendorffAlpha(units, metric);
        const wanted = byCoincidences(units, metric);
        if (wanted === undefined) expect(found).toBeUndefined();
        else expect(found).toBeCloseTo(wanted, 9);
      }),
      { numRuns: 300 },
    );
  });

  test("is one when all agree on more than one value", () => {
    fc.assert(
      fc.property(fc.uniqueArray(value, { minLength: 2 }), metrics, (values, metric) => {
        const units = values.map((one) => [one, one, null]);
        expect(krippendorffAlpha(units, metric)).toBe(1);
        const found = alphaWithInterval(units, metric, { chance: mulberry32(1) })!;
        expect(found.interval!.lower).toBeLessThan(1);
        expect(found.interval!.upper).toBe(1);
      }),
    );
  });

  test("of names does not depend on what they are, and of places not on how far they are apart", () => {
    const names = ["billing", "technical", "other", "spam", "none"];
    fc.assert(
      fc.property(sparse, (units) => {
        const renamed = units.map((unit) => unit.map((one) => (one === null ? null : names[one]!)));
        expect(krippendorffAlpha(renamed, "nominal")).toEqual(krippendorffAlpha(units, "nominal"));
        const stretched = units.map((unit) => unit.map((one) => (one === null ? null : 10 ** one)));
        expect(krippendorffAlpha(stretched, "ordinal")).toEqual(krippendorffAlpha(units, "ordinal"));
      }),
    );
  });

  test("of numbers does not depend on their unit", () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 0.1, max: 50, noNaN: true }), value, (units, scale, shift) => {
        const found = krippendorffAlpha(units, "interval");
        const other = krippendorffAlpha(
          units.map((unit) => unit.map((one) => one * scale + shift)),
          "interval",
        );
        if (found === undefined) expect(other).toBeUndefined();
        else expect(other).toBeCloseTo(found, 8);
      }),
    );
  });

  test("of two judges is Scott's pi plus a correction that goes with the number of cases", () => {
    fc.assert(
      fc.property(pairs, (units) => {
        const all = units.flat();
        const shares = [...new Set(all)].map(
          (one) => all.filter((other) => other === one).length / all.length,
        );
        const byChance = shares.reduce((sum, share) => sum + share ** 2, 0);
        fc.pre(byChance < 1);
        const agreed = units.filter(([a, b]) => a === b).length / units.length;
        const pi = (agreed - byChance) / (1 - byChance);
        expect(krippendorffAlpha(units, "nominal")).toBeCloseTo(pi + (1 - pi) / all.length, 9);
      }),
    );
  });

  test("leaves out cases that only one judged, and is undefined without disagreement to expect", () => {
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [2, 2],
          [3, null],
        ],
        "interval",
      ),
    ).toBe(1);
    expect(krippendorffAlpha([[1, 1], [1, 1], [2]], "nominal")).toBeUndefined();
    expect(krippendorffAlpha([[0.1, 0.1, 0.1]], "interval")).toBeUndefined();
    expect(krippendorffAlpha([], "nominal")).toBeUndefined();
  });

  test("has the same interval for the same seed, and the value inside", () => {
    const units = Array.from({ length: 60 }, (_, i) => [i % 3, i % 7 === 0 ? (i + 1) % 3 : i % 3]);
    const interval = (seed: number) =>
      alphaWithInterval(units, "nominal", { chance: mulberry32(seed), resamples: 500 })!;
    const found = interval(7);
    expect(interval(7)).toEqual(found);
    expect(interval(8)).not.toEqual(found);
    expect(found.interval!.lower).toBeLessThan(found.alpha);
    expect(found.interval!.upper).toBeGreaterThan(found.alpha);
  });

  test("lies in its interval about as often as promised", () => {
    // Judges who see the truth in eight of ten cases and draw one of four values otherwise.
    const chance = mulberry32(20_261_128);
    const draw = (n: number) => Math.floor(chance() * n);
    const judged = (truth: number) => (chance() < 0.8 ? truth : draw(4));
    const worlds = (cases: number) =>
      Array.from({ length: cases }, () => {
        const truth = draw(4);
        return [judged(truth), judged(truth)];
      });
    const truth = krippendorffAlpha(worlds(100_000), "nominal")!;
    expect(truth).toBeCloseTo(0.64, 2);
    const hits = Array.from({ length: 100 }, () => {
      const plan = { chance: mulberry32(draw(1_000_000)), resamples: 200 };
      const { interval } = alphaWithInterval(worlds(80), "nominal", plan)!;
      return interval!.lower <= truth && truth <= interval!.upper;
    }).filter(Boolean).length;
    expect(hits).toBeGreaterThan(88);
  });
});
