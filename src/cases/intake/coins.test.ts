import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assign, bucket, drawCoins, qaProbability, type Dials } from "./coins.ts";

const dials = (more: Partial<Dials> = {}): Dials => ({
  stableRelease: "manual",
  candidateRelease: "rel_a",
  candidateShare: 0.2,
  salt: "rollout-7f3a",
  coldShare: 0.05,
  qaProbability: 0.1,
  ...more,
});
const unit = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("the bucket", () => {
  // The reference vector `assignment_bucket`.
  const units = ["case-1", "case-2", "case-3", "ticket/42", "é-utf8"];
  const expected = [0.347668883873, 0.635964349502, 0.810138072265, 0.473328430564, 0.235376113864];

  test("is the one of the reference", () => {
    for (const [i, one] of units.entries()) expect(bucket("rollout-7f3a", one)).toBeCloseTo(expected[i]!, 11);
  });

  test("gives the reference's candidates at 20 and at 50 percent", () => {
    const candidates = (candidateShare: number) =>
      units.map((one) => assign(one, dials({ candidateShare })).arm === "candidate");
    expect(candidates(0.2)).toEqual([false, false, false, false, false]);
    expect(candidates(0.5)).toEqual([true, false, false, true, true]);
  });

  test("lies from 0 up to, not including, 1, and is spread evenly", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 20_000; i++) tenths[Math.floor(bucket("s", `case-${i}`) * 10)]!++;
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});

describe("the arm", () => {
  test("raising the share keeps every unit that already had the candidate", () => {
    fc.assert(
      fc.property(unit, fc.string(), share, share, (one, salt, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const before = assign(one, dials({ salt, candidateShare: low }));
        const after = assign(one, dials({ salt, candidateShare: high }));
        return before.arm !== "candidate" || after.arm === "candidate";
      }),
    );
  });

  test("a share of 0 gives no case to the candidate, a share of 1 every one", () => {
    fc.assert(
      fc.property(unit, (one) => {
        expect(assign(one, dials({ candidateShare: 0 }))).toMatchObject({ arm: "manual", release: "manual" });
        expect(assign(one, dials({ candidateShare: 1 }))).toMatchObject({
          arm: "candidate",
          release: "rel_a",
        });
      }),
    );
  });

  test("is manual exactly when the release is, whatever release is stable", () => {
    fc.assert(
      fc.property(
        unit,
        share,
        fc.constantFrom("manual", "rel_s"),
        fc.constantFrom(null, "rel_a"),
        (one, candidateShare, stableRelease, candidateRelease) => {
          const { arm, release } = assign(one, dials({ stableRelease, candidateRelease, candidateShare }));
          expect(arm === "manual").toBe(release === "manual");
          expect(arm === "candidate").toBe(release === "rel_a");
        },
      ),
    );
  });
});

describe("the coins", () => {
  test("are stored with the probability with which they were drawn, and fall about as often", () => {
    const its = dials({ candidateShare: 1, coldShare: 0.3, qaProbability: 0.1 });
    const drawn = Array.from({ length: 10_000 }, (_, i) => {
      const id = `case_${i}`;
      return drawCoins(id, assign(id, its), its);
    });
    expect(new Set(drawn.map((one) => `${one.qaProbability} ${one.coldProbability}`))).toEqual(
      new Set(["0.1 0.3"]),
    );
    const part = (which: "qa" | "cold") => drawn.filter((one) => one[which]).length / drawn.length;
    expect(part("qa")).toBeCloseTo(0.1, 1);
    expect(part("cold")).toBeCloseTo(0.3, 1);
    // Each by its own hash: that a case is cold says nothing about the quality coin.
    const both = drawn.filter((one) => one.qa && one.cold).length / drawn.length;
    expect(Math.abs(both - 0.03)).toBeLessThan(0.01);
  });

  test("a manual case is never cold: there is no output that could be held back", () => {
    const its = dials({ candidateShare: 0, coldShare: 0.5 });
    fc.assert(
      fc.property(unit, (id) => {
        expect(drawCoins(id, assign(id, its), its)).toMatchObject({ cold: false, coldProbability: 0 });
      }),
    );
  });

  test("the same case draws the same coins again", () => {
    const its = dials();
    expect(drawCoins("case_1", assign("case_1", its), its)).toEqual(
      drawCoins("case_1", assign("case_1", its), its),
    );
  });
});

describe("the quality coin's probability of a day", () => {
  test.each([
    ["no history: the share alone counts", 0.05, 10, undefined, 0.05],
    ["days without cases tell nothing", 0.05, 10, 0, 0.05],
    ["enough cases for the minimum: the share", 0.05, 10, 1_000, 0.05],
    ["too few cases: as much as the minimum needs", 0.05, 10, 40, 0.25],
    ["fewer cases than the minimum: every case", 0.05, 10, 4, 1],
    ["no minimum: the share", 0.05, 0, 3, 0.05],
  ])("%s", (_, given, atLeast, expected, probability) => {
    expect(qaProbability(given, atLeast, expected)).toBe(probability);
  });

  test("is a probability, never below the share, and meets the minimum in the mean where it can", () => {
    fc.assert(
      fc.property(
        share,
        fc.nat(500),
        fc.double({ min: 0.1, max: 10_000, noNaN: true }),
        (given, atLeast, n) => {
          const probability = qaProbability(given, atLeast, n);
          expect(probability).toBeGreaterThanOrEqual(given);
          expect(probability).toBeLessThanOrEqual(1);
          expect(probability * n).toBeGreaterThanOrEqual(Math.min(atLeast, n) - 1e-9);
        },
      ),
    );
  });
});
