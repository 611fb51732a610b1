/** Every function against the named cases of the reference, where it lies beside the checkout, and against itself. */
import fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { acceptanceNumber, certify, GRID, zeroErrorMinimum } from "./certification.ts";
import {
  alwaysValidInterval,
  binomialTail,
  exactInterval,
  lowerBound,
  upperBound,
  wilsonInterval,
  type Interval,
} from "./proportion.ts";

interface Named {
  name: string;
  inputs: never;
  expected: never;
  tolerance: number;
}

const path = new URL("../../../shared/reference/statistics.json", import.meta.url);
const reference = existsSync(path)
  ? (JSON.parse(readFileSync(path, "utf8")) as { cases: Named[] }).cases
  : [];
const named = (name: string) =>
  reference.find((one) => one.name === name) ?? {
    name,
    inputs: [] as never,
    expected: [] as never,
    tolerance: 0,
  };

describe.skipIf(reference.length === 0)("the reference cases", () => {
  type Counted = { errors: number; n: number }[];

  test.each([
    ["clopper_pearson_two_sided_95", (errors: number, n: number) => exactInterval(errors, n, 0.95)],
    [
      "clopper_pearson_one_sided_95",
      (errors: number, n: number) => ({
        lower: lowerBound(errors, n, 0.95),
        upper: upperBound(errors, n, 0.95),
      }),
    ],
    ["wilson_two_sided_95", (errors: number, n: number) => wilsonInterval(errors, n, 0.95)],
    [
      "beta_mixture_confidence_sequence_95",
      (errors: number, n: number) => alwaysValidInterval(errors, n, 0.05),
    ],
  ])("%s", (name, interval) => {
    const { inputs, expected, tolerance } = named(name);
    (inputs as Counted).forEach(({ errors, n }, i) => {
      const wanted = (expected as Interval[])[i]!;
      const found = interval(errors, n);
      expect(Math.abs(found.lower - wanted.lower)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(found.upper - wanted.upper)).toBeLessThanOrEqual(tolerance);
    });
  });

  test("zero_error_minimum_n and acceptance_number", () => {
    const least = named("zero_error_minimum_n");
    expect(
      (least.inputs as { target: number; delta: number }[]).map(({ target, delta }) =>
        zeroErrorMinimum(target, delta),
      ),
    ).toEqual(least.expected);
    const accepted = named("acceptance_number");
    expect(
      (accepted.inputs as { n: number; target: number; delta: number }[]).map(({ n, target, delta }) =>
        acceptanceNumber(n, target, delta),
      ),
    ).toEqual(accepted.expected);
  });

  test("threshold_fixed_sequence", () => {
    const { inputs, expected, tolerance } = named("threshold_fixed_sequence") as unknown as {
      inputs: { scores: number[]; errors: number[] };
      expected: {
        chosen_threshold: number;
        coverage: number;
        upper_bound_95: number;
        trace: { threshold: number; n: number; errors: number; p_value: number }[];
      };
      tolerance: number;
    };
    const labels = inputs.scores.map((score, i) => ({ score, wrong: inputs.errors[i] === 1 }));
    const found = certify(labels, { target: 0.05, delta: 0.05, grid: GRID });
    if (found.kind !== "certified") throw new Error("nothing was certified");
    expect(found).toMatchObject({ threshold: expected.chosen_threshold, coverage: expected.coverage });
    expect(Math.abs(found.upperBound - expected.upper_bound_95)).toBeLessThanOrEqual(
      Math.max(tolerance, 1e-9),
    );
    expect(found.tests.map(({ threshold, n, errors }) => ({ threshold, n, errors }))).toEqual(
      expected.trace.map(({ p_value: _, ...step }) => step),
    );
    found.tests.forEach((step, i) => expect(step.p).toBeCloseTo(expected.trace[i]!.p_value, 9));
  });
});

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
