/** The sample of quality, many tests at once, two releases on the same cases, and means that may always be read. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grouped, mulberry32 } from "./bootstrap.ts";
import { alwaysValidMean } from "./bounded-mean.ts";
import { compareReleases, discordance, mcnemar, notWorse, type Paired } from "./comparison.ts";
import { benjaminiHochberg, eBenjaminiHochberg, holm } from "./multiple-testing.ts";
import { alwaysValidInterval, differenceInterval } from "./proportion.ts";
import {
  correctedRate,
  mostErrors,
  predictionPoweredRate,
  qualityCases,
  stratifiedRate,
} from "./sampling.ts";

describe("a sample without putting back", () => {
  test("bounds the errors of the whole as counting every draw does", () => {
    const [population, sampled, errors, alpha] = [12, 5, 1, 0.1];
    /** P(no more than `errors` marked) by looking at every draw. */
    const tail = (marked: number) => {
      let [few, all] = [0, 0];
      for (let drawn = 0; drawn < 2 ** population; drawn++) {
        const bits = Array.from({ length: population }, (_, i) => (drawn >> i) & 1);
        if (bits.reduce((sum, bit) => sum + bit, 0) !== sampled) continue;
        all++;
        if (bits.slice(0, marked).reduce((sum, bit) => sum + bit, 0) <= errors) few++;
      }
      return few / all;
    };
    let most = errors;
    while (most + 1 <= population - sampled + errors && tail(most + 1) > alpha) most++;
    expect(mostErrors({ population, sampled, errors }, alpha).errors).toBe(most);
  });

  test("of everything leaves no doubt, of nothing leaves all", () => {
    expect(mostErrors({ population: 40, sampled: 40, errors: 3 }, 0.05).errors).toBe(3);
    expect(mostErrors({ population: 40, sampled: 0, errors: 0 }, 0.05)).toEqual({ errors: 40, rate: 1 });
    expect(() => mostErrors({ population: 3, sampled: 4, errors: 0 }, 0.05)).toThrow(RangeError);
  });
});

describe("estimates", () => {
  test("over strata have no error where all was looked at, and are missing where one was not", () => {
    const whole = [
      { population: 10, sampled: 10, errors: 1 },
      { population: 30, sampled: 30, errors: 6 },
    ];
    expect(stratifiedRate(whole)).toMatchObject({ standardError: 0, totalErrors: 7 });
    expect(stratifiedRate(whole)!.estimate).toBeCloseTo(7 / 40, 12);
    expect(stratifiedRate([...whole, { population: 5, sampled: 1, errors: 0 }])).toBeUndefined();
    expect(stratifiedRate([])).toBeUndefined();
  });

  test("with predictions are never less certain than without, and are the plain mean when these say nothing", () => {
    const chance = mulberry32(2);
    const draw = () => {
      const p = chance() ** 2 * 0.6;
      return { wrong: chance() < p, predicted: p };
    };
    const labelled = Array.from({ length: 400 }, draw);
    const unlabelled = Array.from({ length: 2_000 }, () => draw().predicted);
    const [plain, powered] = [
      predictionPoweredRate(labelled, unlabelled, { lambda: 0 })!,
      predictionPoweredRate(labelled, unlabelled)!,
    ];
    expect(powered.standardError).toBeLessThan(plain.standardError);
    const same = labelled.map(({ wrong }) => ({ wrong, predicted: 0.3 }));
    const silent = predictionPoweredRate(
      same,
      unlabelled.map(() => 0.3),
    )!;
    expect(silent).toMatchObject({ lambda: 0, estimate: plain.estimate });
    expect(predictionPoweredRate(labelled.slice(0, 1), unlabelled)).toBeUndefined();
  });

  test("corrected for judges who err are the observed ones when they do not, and missing when they guess", () => {
    expect(correctedRate(0.07, { sensitivity: 1, specificity: 1 })).toBeCloseTo(0.07, 12);
    expect(correctedRate(0.07, { sensitivity: 0.5, specificity: 0.5 })).toBeUndefined();
  });

  test("cost between ten and forty cases a day, twice as many after a promotion, never more than there are", () => {
    expect([20, 100, 400, 5_000].map((n) => qualityCases(n))).toEqual([10, 10, 20, 40]);
    expect(qualityCases(400, {}, true)).toBe(40);
    expect(qualityCases(6)).toBe(6);
  });
});

describe("many tests at once", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

  test("keep the order of the tests, raise no p-value above 1 and lower none, Holm never below Benjamini-Hochberg", () => {
    fc.assert(
      fc.property(pValues, (list) => {
        const [loose, strict] = [benjaminiHochberg(list), holm(list)];
        list.forEach((p, i) => {
          expect(loose[i]).toBeGreaterThanOrEqual(p - 1e-15);
          expect(strict[i]).toBeGreaterThanOrEqual(loose[i]! - 1e-12);
          expect(strict[i]).toBeLessThanOrEqual(1);
          list.forEach((other, j) => {
            if (p < other) expect(loose[i]).toBeLessThanOrEqual(loose[j]!);
          });
        });
      }),
    );
  });

  test("for e-values reject those that Benjamini-Hochberg rejects for their inverses", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.5, max: 200, noNaN: true }), { maxLength: 15 }), (list) => {
        const adjusted = benjaminiHochberg(list.map((e) => Math.min(1, 1 / e)));
        const expected = adjusted.flatMap((p, i) => (p <= 0.1 ? [i] : []));
        fc.pre(adjusted.every((p) => Math.abs(p - 0.1) > 1e-9));
        expect(eBenjaminiHochberg(list, 0.1)).toEqual(expected);
      }),
    );
  });
});

describe("two releases on the same cases", () => {
  const pairs = (onlyOldWrong: number, onlyNewWrong: number, both: number): Paired[] => [
    ...Array.from({ length: onlyOldWrong }, () => ({ newRight: true, oldRight: false })),
    ...Array.from({ length: onlyNewWrong }, () => ({ newRight: false, oldRight: true })),
    ...Array.from({ length: both }, () => ({ newRight: true, oldRight: true })),
  ];
  const plan = () => ({ chance: mulberry32(42), resamples: 500 });

  test("differ as their discordant cases say, with the same interval for the same seed", () => {
    const found = compareReleases(pairs(30, 12, 158), plan())!;
    expect(found).toMatchObject({ n: 200, both: 158, neither: 0, onlyNewWrong: 12, onlyOldWrong: 30 });
    expect(found.difference).toBeCloseTo(0.09, 12);
    expect(found.p).toBe(mcnemar(12, 30));
    expect(found.interval!.lower).toBeGreaterThan(0.01);
    expect(compareReleases(pairs(30, 12, 158), plan())).toEqual(found);
    expect(notWorse(found)).toBe(true);
    expect(notWorse(compareReleases(pairs(2, 30, 168), plan())!)).toBe(false);
    expect(notWorse({ interval: undefined })).toBeUndefined();
    expect(compareReleases([], plan())).toBeUndefined();
  });

  test("differ by less certain an amount when cases come in groups", () => {
    const single = pairs(20, 10, 70);
    const together = single.map((pair, i) => ({ ...pair, group: `customer ${Math.floor(i / 10)}` }));
    const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower;
    const [one, ten] = [compareReleases(single, plan())!, compareReleases(together, plan())!];
    expect(ten.difference).toBe(one.difference);
    expect(width(ten.interval!)).toBeGreaterThan(1.5 * width(one.interval!));
    expect(grouped([1, 2, 3, 4], (n) => n % 2)).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  test("that never differ are not told apart", () => {
    expect(compareReleases(pairs(0, 0, 50), plan())).toMatchObject({ p: 1, difference: 0 });
    expect(discordance([])).toEqual({ both: 0, neither: 0, onlyNewWrong: 0, onlyOldWrong: 0 });
  });
});

describe("ranges", () => {
  test("of a difference turn around with its sides, and are missing without cases", () => {
    const [one, two] = [
      { errors: 3, n: 40 },
      { errors: 9, n: 50 },
    ];
    const [there, back] = [differenceInterval(one, two)!, differenceInterval(two, one)!];
    expect(there.lower).toBeCloseTo(-back.upper, 12);
    expect(differenceInterval(one, { errors: 0, n: 0 })).toBeUndefined();
  });

  test("of a mean that may always be read hold it at every look, are near those of a share, and narrow", () => {
    const chance = mulberry32(12);
    let missed = 0;
    for (let run = 0; run < 60; run++) {
      const scores = Array.from({ length: 120 }, () => (chance() + chance()) / 2);
      const looks = [10, 30, 60, 120].map((n) => alwaysValidMean(scores.slice(0, n), 0.05));
      if (looks.some(({ lower, upper }) => lower > 0.5 || upper < 0.5)) missed++;
      expect(looks[3]!.upper - looks[3]!.lower).toBeLessThan(looks[0]!.upper - looks[0]!.lower);
    }
    expect(missed / 60).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 60));
    const bits = Array.from({ length: 400 }, () => (chance() < 0.3 ? 1 : 0));
    const share = bits.reduce<number>((sum, bit) => sum + bit, 0);
    const [mean, closed] = [alwaysValidMean(bits, 0.05), alwaysValidInterval(share, 400, 0.05)];
    expect(Math.abs(mean.lower - closed.lower)).toBeLessThan(0.05);
    expect(Math.abs(mean.upper - closed.upper)).toBeLessThan(0.05);
    expect(alwaysValidMean([], 0.05)).toEqual({ lower: 0, upper: 1 });
    expect(() => alwaysValidMean([1.2], 0.05)).toThrow(RangeError);
  });
});
