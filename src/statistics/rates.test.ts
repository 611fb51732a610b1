/** Before and after, samples and quantiles: what must hold for any data, and what is missing stays missing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mulberry32 } from "./bootstrap.ts";
import { quantileInterval } from "./quantiles.ts";
import { rateRatio, ratioOfSums, returnOf, shownBy, standardise } from "./rates.ts";

const days = fc.array(
  fc.record({ cases: fc.integer({ min: 1, max: 90 }), effort: fc.integer({ min: 1, max: 9 }) }),
  { minLength: 2, maxLength: 12 },
);

describe("throughput", () => {
  test("after over before is the inverse of before over after, and one for the same days", () => {
    fc.assert(
      fc.property(days, days, (one, two) => {
        const [there, back] = [rateRatio(one, two)!, rateRatio(two, one)!];
        expect(there.ratio * back.ratio).toBeCloseTo(1, 9);
        expect(there.lower * back.upper).toBeCloseTo(1, 9);
        expect(there.exact.lower * back.exact.upper).toBeCloseTo(1, 6);
        expect(rateRatio(one, one)!.ratio).toBeCloseTo(1, 9);
        expect(there.lower).toBeLessThan(there.ratio);
      }),
    );
  });

  test("is undefined without work on both sides", () => {
    const some = [
      { cases: 5, effort: 1 },
      { cases: 6, effort: 1 },
    ];
    expect(rateRatio([], some)).toBeUndefined();
    expect(rateRatio(some, [{ cases: 0, effort: 3 }])).toBeUndefined();
    expect(rateRatio(some.slice(1), some.slice(1))).toBeUndefined();
    expect(rateRatio(some, [...some, { cases: 0, effort: 0 }])).toBeDefined();
  });
});

test("cost per case has an error like that of leaving out each day in turn, and needs two days", () => {
  const chance = mulberry32(9);
  const list = Array.from({ length: 25 }, () => {
    const denominator = 40 + Math.floor(chance() * 20);
    return { numerator: denominator * (6 + chance()), denominator };
  });
  const found = ratioOfSums(list)!;
  const without = list.map((_, i) => ratioOfSums(list.filter((__, j) => j !== i))!.ratio);
  const jackknife = Math.sqrt(
    without.reduce((sum, one) => sum + (one - found.ratio) ** 2, 0) * ((list.length - 1) / list.length),
  );
  expect(found.standardError / jackknife).toBeCloseTo(1, 1);
  expect(ratioOfSums(list.slice(1, 2))).toBeUndefined();
  expect(ratioOfSums(list.map((one) => ({ ...one, denominator: 0 })))).toBeUndefined();
});

describe("standardisation", () => {
  test("changes nothing when the mix is the same, and takes the rates of the classes as they are", () => {
    const after = { a: { n: 30, errors: 3 }, b: { n: 60, errors: 12 } };
    const same = standardise({ a: { n: 10, errors: 1 }, b: { n: 20, errors: 1 } }, after)!;
    expect(same.standardised).toBeCloseTo(same.crude, 12);
    const turned = standardise({ a: { n: 90, errors: 0 }, b: { n: 10, errors: 0 } }, after)!;
    expect(turned.standardised).toBeCloseTo(0.9 * 0.1 + 0.1 * 0.2, 12);
  });

  test("is undefined where a class has no later case", () => {
    const after = { a: { n: 30, errors: 3 } };
    expect(standardise({ a: { n: 1, errors: 0 }, b: { n: 1, errors: 0 } }, after)).toBeUndefined();
    expect(standardise({ a: { n: 1, errors: 0 }, b: { n: 0, errors: 0 } }, after)).toBeDefined();
    expect(standardise({}, after)).toBeUndefined();
  });
});

test("a change is shown by its interval alone", () => {
  expect(shownBy({ lower: 1.1, upper: 1.9 }, 1, "more")).toBe("improved");
  expect(shownBy({ lower: 0.9, upper: 3 }, 1, "more")).toBe("not shown");
  expect(shownBy({ lower: 1, upper: 3 }, 1, "more")).toBe("not shown");
  expect(shownBy({ lower: -0.2, upper: -0.1 }, 0, "more")).toBe("worse");
  expect(shownBy({ lower: -0.2, upper: -0.1 }, 0, "less")).toBe("improved");
  expect(shownBy({ lower: 0.1, upper: 0.2 }, 0, "less")).toBe("worse");
  expect(shownBy({ lower: Number.NaN, upper: Number.NaN }, 0, "less")).toBe("not shown");
});

test("an investment is never paid back by a month that saves no more than it costs", () => {
  const plan = {
    costBefore: 6,
    costAfter: 4,
    casesPerMonth: 1_000,
    investment: 20_000,
    runCostPerMonth: 2_000,
    months: 12,
  };
  expect(returnOf(plan)).toMatchObject({ grossSaving: 24_000, net: -20_000, paybackMonths: undefined });
  expect(returnOf({ ...plan, runCostPerMonth: 1_000 }).paybackMonths).toBe(20);
  expect(returnOf({ ...plan, investment: 0, runCostPerMonth: 0 }).roi).toBeUndefined();
});

test("a quantile lies in its interval as often as its coverage says", () => {
  const chance = mulberry32(4);
  let inside = 0;
  let coverage = 0;
  for (let run = 0; run < 400; run++) {
    const found = quantileInterval(Array.from({ length: 60 }, chance), 0.9)!;
    coverage = found.coverage;
    if (found.lower <= 0.9 && 0.9 <= found.upper) inside++;
  }
  expect(coverage).toBeGreaterThan(0.95);
  expect(inside / 400).toBeGreaterThan(coverage - 3 * Math.sqrt((coverage * (1 - coverage)) / 400));
  expect(quantileInterval([], 0.5)).toBeUndefined();
  expect(quantileInterval([7], 0.5)).toMatchObject({ lower: 7, upper: 7, estimate: 7 });
});
