import { assert, double, nat, property } from "fast-check";
import { expect, test } from "vitest";
import { mulberry32 } from "../../statistics/bootstrap.ts";
import { calibrationError } from "../../statistics/calibration.ts";
import { calibrate, fitCalibration, type Outcome } from "./calibration.ts";
import { confidenceOf, fitConfidence } from "./confidence.ts";

/** Outcomes of a model that says `raw` and is right with the probability that `truth` gives for it. */
function outcomes(count: number, truth: (raw: number) => number, seed = 1): Outcome[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => {
    const raw = random();
    return { raw, right: random() < truth(raw) };
  });
}

function errorAfter(fitted: Outcome[], fresh: Outcome[]): number {
  const curve = fitCalibration(fitted);
  return calibrationError(fresh.map(({ raw, right }) => ({ confidence: calibrate(raw, curve), right })))!;
}

test("a model that says too much is brought to the truth on fresh cases", () => {
  const boastful = (raw: number): number => 1 / (1 + Math.exp(0.7 - 0.4 * Math.log(raw / (1 - raw))));
  const fresh = outcomes(20_000, boastful, 2);
  const before = calibrationError(fresh.map(({ raw, right }) => ({ confidence: raw, right })))!;
  expect(before).toBeGreaterThan(0.15);
  expect(errorAfter(outcomes(5_000, boastful), fresh)).toBeLessThan(0.02);
});

test("floors and ceilings that wrong labels put into the truth are followed", () => {
  const steps = (raw: number): number => (raw < 0.4 ? 0.3 : 0.85);
  const fitted = outcomes(4_000, steps);
  const fresh = outcomes(20_000, steps, 2);
  expect(errorAfter(fitted, fresh)).toBeLessThan(0.03);
  // The logistic curve alone cannot: this is what the points are for.
  const smooth = { ...fitCalibration(fitted), points: [] };
  expect(
    calibrationError(fresh.map(({ raw, right }) => ({ confidence: calibrate(raw, smooth), right }))),
  ).toBeGreaterThan(0.05);
});

test("confidence never falls as the raw probability rises, and stays between 0 and 1", () => {
  assert(
    property(nat(), nat(1_500), double({ min: 0, max: 1, noNaN: true }), (seed, count, share) => {
      const curve = fitCalibration(
        outcomes(count, (raw) => (raw < share ? raw * share : 1 - share * raw), seed),
      );
      const answers = Array.from({ length: 101 }, (_, i) => calibrate(i / 100, curve));
      for (const [i, answer] of answers.entries()) {
        expect(answer).toBeGreaterThanOrEqual(Math.max(0, answers[i - 1] ?? 0));
        expect(answer).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 60 },
  );
});

test("equal raw probabilities share one point", () => {
  const same = Array.from({ length: 600 }, (_, i) => ({ raw: 1, right: i % 4 > 0 }));
  const curve = fitCalibration(same);
  expect(curve.points).toHaveLength(1);
  expect(calibrate(1, curve)).toBeCloseTo(0.75, 2);
});

test("a model that is already right about itself stays so", () => {
  expect(
    errorAfter(
      outcomes(5_000, (raw) => raw),
      outcomes(20_000, (raw) => raw, 2),
    ),
  ).toBeLessThan(0.02);
});

test("a raw probability that says nothing, or the contrary, gives everyone the share of right cases", () => {
  const curve = fitCalibration(outcomes(2_000, (raw) => 0.9 - 0.6 * raw));
  expect(calibrate(0.1, curve)).toBe(calibrate(0.99, curve));
  expect(calibrate(0.5, curve)).toBeCloseTo(0.6, 1);
});

test("few cases, all right, never give certainty; more of them give more", () => {
  const allRight = (count: number): number =>
    calibrate(1, fitCalibration(Array.from({ length: count }, () => ({ raw: 1, right: true }))));
  expect(allRight(5)).toBeCloseTo(6 / 7, 2);
  expect(allRight(200)).toBeCloseTo(201 / 202, 3);
  expect(allRight(200)).toBeGreaterThan(allRight(5));
});

test("without any case nothing is known", () => {
  expect(calibrate(0.99, fitCalibration([]))).toBe(0.5);
});

test("heads that are wrong together make the whole answer surer than their product", () => {
  const random = mulberry32(3);
  const cases = Array.from({ length: 4_000 }, () => {
    const raw = 0.5 + random() / 2;
    const right = random() < raw;
    return [
      { raw, right },
      { raw, right },
    ];
  });
  const { all, heads } = confidenceOf([0.8, 0.8], fitConfidence(2, cases));
  expect(heads[0]).toBeCloseTo(0.8, 1);
  expect(all).toBeCloseTo(0.8, 1);
  expect(all).toBeGreaterThan(heads[0]! * heads[1]! + 0.08);
});

test("heads that are wrong on their own make the whole answer as sure as their product", () => {
  const random = mulberry32(4);
  const outcome = (): Outcome => {
    const raw = 0.5 + random() / 2;
    return { raw, right: random() < raw };
  };
  const { all } = confidenceOf(
    [0.8, 0.7],
    fitConfidence(
      2,
      Array.from({ length: 4_000 }, () => [outcome(), outcome()]),
    ),
  );
  expect(all).toBeCloseTo(0.56, 1);
});

test("a case whose second head is unknown still counts for the first", () => {
  const known = { raw: 0.9, right: true };
  const curves = fitConfidence(
    2,
    Array.from({ length: 50 }, () => [known, undefined]),
  );
  const { all, heads } = confidenceOf([0.9, 0.9], curves);
  expect(heads[0]).toBeGreaterThan(0.95);
  expect(heads[1]).toBe(0.5);
  expect(all).toBe(0.5);
});
