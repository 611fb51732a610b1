/** How long finding out takes: against the simulated medians of the reference, and against counting every path. */
import { describe, expect, test } from "vitest";
import { mulberry32 } from "./bootstrap.ts";
import {
  daysFor,
  untilCeiling,
  untilMixed,
  untilPaired,
  untilRelative,
  untilSafe,
  type Waiting,
} from "./detection.ts";
import { ceilingEvidence, rejects } from "./evidence.ts";

/** Within a quarter: the reference rests on a few hundred simulated runs. */
function near(found: number | undefined, reference: number): void {
  expect(found).toBeGreaterThanOrEqual(reference * 0.75);
  expect(found).toBeLessThanOrEqual(reference * 1.25);
}

describe("labelled cases until", () => {
  test.each([
    [0.02, 0.05, 241, 540],
    [0.05, 0.08, 421, 1064],
    [0.05, 0.1, 151, 427],
    [0.03, 0.05, 596, 1489],
    [0.01, 0.03, 286, 665],
  ])(
    "a candidate with %d errors has proved to lie under %d: median %d, nine in ten %d",
    (rate, ceiling, median, p90) => {
      const found = untilSafe(rate, ceiling, 0.05);
      near(found.median, median);
      near(found.p90, p90);
    },
  );

  test.each([
    [0.1, 0.1, 1960],
    [0.1, 0.2, 270],
    [0.1, 0.5, 70],
    [0.2, 0.1, 1050],
    [0.2, 0.2, 155],
    [0.2, 0.5, 40],
    [0.5, 0.1, 754],
    [0.5, 0.2, 120],
    [0.5, 0.5, 30],
  ])(
    "at share %d a rise from 5 to %d is found beside the stable release: %d",
    (share, candidateRate, median) => {
      near(untilRelative({ share, stableRate: 0.05, candidateRate }, 0.05).median, median);
    },
  );

  test("it is found in shadow", () => {
    const paired = (candidate: number) =>
      untilPaired({ onlyCandidateWrong: candidate * 0.95, onlyStableWrong: 0.05 * (1 - candidate) }, 0.05);
    expect(paired(0.1).median).toBeLessThan(380);
    near(paired(0.2).median, 55);
    near(paired(0.5).median, 15.5);
  });

  test.each([
    [0.1, 290],
    [0.2, 42],
    [0.5, 7],
  ])("the mixture finds %d at a share of 20 % and a ceiling of 10 %: %d", (candidateRate, median) => {
    const found = untilMixed(
      { share: 0.2, stableRate: 0.05, candidateRate },
      { alpha: 0.05, ceiling: 0.1 },
      { chance: mulberry32(7) },
    );
    near(found.median, median);
    expect(found.reached).toBeGreaterThan(0.95);
  });
});

describe("the reckoning", () => {
  test("of a first passage is what every path of a few cases adds up to", () => {
    const [rate, ceiling, alpha, n] = [0.4, 0.1, 0.05, 12];
    let reached = 0;
    for (let path = 0; path < 2 ** n; path++) {
      let [errors, when] = [0, 0];
      for (let i = 0; i < n && when === 0; i++) {
        errors += (path >> i) & 1;
        if (rejects(ceilingEvidence(errors, i + 1, ceiling), alpha)) when = i + 1;
      }
      const all = Array.from({ length: n }, (_, i) => (path >> i) & 1).reduce((sum, bit) => sum + bit, 0);
      if (when > 0) reached += rate ** all * (1 - rate) ** (n - all);
    }
    expect(untilCeiling(rate, ceiling, alpha, n).reached).toBeCloseTo(reached, 10);
  });

  test("finds more harm sooner, and no harm as seldom as promised", () => {
    const found = (candidateRate: number): Waiting =>
      untilRelative({ share: 0.2, stableRate: 0.05, candidateRate }, 0.05, 1, 3_000);
    expect(found(0.3).median).toBeLessThan(found(0.2).median!);
    expect(found(0.05)).toMatchObject({ median: undefined });
    expect(found(0.05).reached).toBeLessThan(0.05);
  });

  test("without any error waits for ever, and without labels no number of days does", () => {
    expect(untilRelative({ share: 0.2, stableRate: 0, candidateRate: 0 }, 0.05)).toMatchObject({
      reached: 0,
    });
    expect(untilPaired({ onlyCandidateWrong: 0, onlyStableWrong: 0 }, 0.05)).toMatchObject({ reached: 0 });
    const options = { alpha: 0.05, ceiling: 0.1 };
    const none = { share: 0.2, stableRate: 0, candidateRate: 0 };
    expect(untilMixed(none, options, { chance: mulberry32(1), runs: 3 })).toEqual({
      median: undefined,
      p90: undefined,
      reached: 0,
    });
    expect(daysFor(1050, 50)).toBe(21);
    expect(daysFor(1050, 0)).toBeUndefined();
    expect(daysFor(undefined, 50)).toBeUndefined();
  });

  test("with the same seed is the same", () => {
    const run = () =>
      untilMixed(
        { share: 0.2, stableRate: 0.05, candidateRate: 0.2 },
        { alpha: 0.05, ceiling: 0.1 },
        { chance: mulberry32(3), runs: 50 },
      );
    expect(run()).toEqual(run());
  });
});
