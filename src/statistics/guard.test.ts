/** Guards judge counts: late, repeated and corrected labels, empty arms, shares that rise, releases that change. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { playRollouts, type World } from "../../test/support/simulated-labels.ts";
import { mulberry32 } from "./bootstrap.ts";
import { countOutcomes, judgeGuard, type Guard, type Outcome, type StepCounts } from "./guard.ts";

const MIXED: Guard = { test: "mixed", alpha: 0.05, ceiling: 0.1, tolerated: 1 };
const RELATIVE: Guard = { test: "relative", alpha: 0.05, tolerated: 1 };
const CEILING: Guard = { test: "ceiling", alpha: 0.05, ceiling: 0.1 };

const label = (more: Partial<Outcome> & { label: string }): Outcome => ({
  unit: more.label,
  place: Number(more.label.slice(1)),
  arm: "candidate",
  share: 0.2,
  wrong: false,
  ...more,
});
const step = (share: number, candidate: [number, number], stable: [number, number]): StepCounts => ({
  share,
  candidate: { errors: candidate[0], n: candidate[1] },
  stable: { errors: stable[0], n: stable[1] },
});

/** Labels with corrections: every label is of its own unit; some are corrected, some of those again. */
const outcomes: fc.Arbitrary<Outcome[]> = fc
  .array(
    fc.record({
      arm: fc.constantFrom("candidate" as const, "stable" as const),
      share: fc.constantFrom(0.2, 0.5),
      wrong: fc.boolean(),
      corrections: fc.array(fc.boolean(), { maxLength: 2 }),
      unit: fc.nat(12),
    }),
    { maxLength: 25 },
  )
  .map((cases) => {
    let place = 0;
    return cases.flatMap(({ corrections, unit, ...first }) => {
      const chain = [first.wrong, ...corrections];
      return chain.map((wrong, i): Outcome => ({
        ...first,
        wrong,
        unit: `u${unit}`,
        label: `l${++place}`,
        place,
        ...(i > 0 && { supersedes: `l${place - 1}` }),
      }));
    });
  });

describe("counting labels", () => {
  test("late, repeated and reordered labels give the same counts", () => {
    fc.assert(
      fc.property(outcomes, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (list, draws) => {
        const twice = [...list, ...list.filter((_, i) => i % 3 === 0)];
        const shuffled = twice
          .map((one) => ({ one, at: draws.next().value! }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(countOutcomes(shuffled)).toEqual(countOutcomes(list));
      }),
    );
  });

  test("every unit counts once, with the arm and the share of its first label", () => {
    fc.assert(
      fc.property(outcomes, (list) => {
        const units = new Set(list.map(({ unit }) => unit));
        const counted = countOutcomes(list).reduce(
          (sum, { candidate, stable }) => sum + candidate.n + stable.n,
          0,
        );
        expect(counted).toBe(units.size);
      }),
    );
  });

  test("a correction takes the place of what it corrects, also when it comes first", () => {
    const first = label({ label: "l1", wrong: true });
    const corrected = label({ label: "l2", unit: "l1", supersedes: "l1" });
    const again = label({ label: "l3", unit: "l1", supersedes: "l2", wrong: true });
    expect(countOutcomes([first])).toEqual([step(0.2, [1, 1], [0, 0])]);
    expect(countOutcomes([corrected, first])).toEqual([step(0.2, [0, 1], [0, 0])]);
    expect(countOutcomes([again, corrected, first])).toEqual([step(0.2, [1, 1], [0, 0])]);
  });

  test("the first label of a unit counts, not the last", () => {
    const [first, second] = [
      label({ label: "l1", unit: "thread" }),
      label({ label: "l2", unit: "thread", wrong: true }),
    ];
    expect(countOutcomes([second, first])).toEqual([step(0.2, [0, 1], [0, 0])]);
  });
});

describe("a guard", () => {
  test("has no data without labels, and says which arm is empty; it is never quiet about nothing", () => {
    expect(judgeGuard(RELATIVE, [])).toEqual({ kind: "no-data", missing: ["candidate", "stable"] });
    expect(judgeGuard(RELATIVE, [step(0.2, [3, 20], [0, 0])])).toEqual({
      kind: "no-data",
      missing: ["stable"],
    });
    expect(judgeGuard(CEILING, [step(0.2, [0, 0], [2, 90])])).toEqual({
      kind: "no-data",
      missing: ["candidate"],
    });
    expect(judgeGuard(MIXED, [step(0.2, [0, 0], [2, 90])])).toEqual({
      kind: "no-data",
      missing: ["candidate"],
    });
    // At 100 % there is no second arm to compare with.
    expect(judgeGuard(RELATIVE, [step(1, [3, 20], [0, 0])])).toMatchObject({ kind: "no-data" });
    expect(judgeGuard(MIXED, [step(1, [3, 20], [0, 0])])).toMatchObject({ kind: "quiet" });
  });

  test("fails over counts that contradict each other, and is not quiet about them", () => {
    for (const steps of [
      [step(1, [1, 9], [1, 3])],
      [step(0.2, [9, 3], [0, 5])],
      [step(0.2, [Number.NaN, 3], [0, 5])],
    ])
      expect(judgeGuard(MIXED, steps)).toMatchObject({ kind: "failed", problem: expect.any(String) });
  });

  test("without any error is quiet", () => {
    expect(judgeGuard(RELATIVE, [step(0.2, [0, 20], [0, 80])])).toMatchObject({
      kind: "quiet",
      logEvidence: 0,
    });
  });

  test("trips on a collapse of the candidate, and not on one of the stable release", () => {
    const collapse = [step(0.2, [8, 10], [2, 40])];
    expect(judgeGuard(MIXED, collapse)).toMatchObject({ kind: "tripped" });
    expect(judgeGuard(RELATIVE, collapse)).toMatchObject({ kind: "tripped" });
    const swapped = [step(0.2, [2, 40], [8, 10])];
    expect(judgeGuard(MIXED, swapped)).toMatchObject({ kind: "quiet" });
    expect(judgeGuard(RELATIVE, swapped)).toMatchObject({ kind: "quiet" });
  });

  test("does not trip when both arms err more, as in a hard season", () => {
    expect(judgeGuard(RELATIVE, [step(0.2, [40, 100], [160, 400])])).toMatchObject({ kind: "quiet" });
  });

  test("keeps its evidence when the share rises, and starts anew with another candidate", () => {
    const early = step(0.2, [6, 30], [6, 120]);
    const later = step(0.5, [1, 10], [1, 10]);
    const evidence = (steps: StepCounts[]) => {
      const verdict = judgeGuard(RELATIVE, steps);
      return "logEvidence" in verdict ? verdict.logEvidence : Number.NaN;
    };
    expect(evidence([early, later])).toBeGreaterThan(evidence([later]) + 1);
    // Counting the early errors as if the later share had been in force would be another number.
    const wrongShare = [step(0.5, [7, 40], [7, 130])];
    expect(evidence([early, later])).not.toBeCloseTo(evidence(wrongShare), 1);
    expect(judgeGuard(RELATIVE, [])).toMatchObject({ kind: "no-data" });
  });

  test("gives the verdict again from what is stored as JSON", () => {
    const counts = fc.integer({ min: 0, max: 40 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
    fc.assert(
      fc.property(counts, counts, counts, counts, (a, b, c, d) => {
        const steps = [step(0.2, a, b), step(0.5, c, d)];
        for (const guard of [MIXED, RELATIVE, CEILING]) {
          const stored = JSON.parse(JSON.stringify(steps)) as StepCounts[];
          expect(judgeGuard(guard, stored)).toEqual(judgeGuard(guard, steps));
        }
      }),
    );
  });
});

describe("rollouts played through with late, repeated and missing labels", () => {
  const world = (more: Partial<World>): World => ({
    chance: mulberry32(20_251_120),
    cases: 800,
    shares: [0.2, 0.5],
    rates: [0.05, 0.05],
    harm: 1,
    labelled: { candidate: 0.8, stable: 0.8 },
    delay: 60,
    guard: MIXED,
    ...more,
  });

  test("an innocent release is seldom rolled back, also when the season turns; a bad one is found soon", () => {
    const most = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / 60);
    expect(playRollouts(world({}), 60).tripped).toBeLessThanOrEqual(most);
    expect(playRollouts(world({ rates: [0.05, 0.12] }), 60).tripped).toBeLessThanOrEqual(most);
    const bad = playRollouts(world({ harm: 8 }), 20);
    expect(bad.tripped).toBe(1);
    expect(bad.median).toBeLessThan(40);
  });

  test("unequal labelling of the arms makes innocent releases fall, and mostly the label gap tells before", () => {
    const unequal = playRollouts(
      world({ guard: RELATIVE, shares: [0.2, 0.2], labelled: { candidate: 1, stable: 0.1 } }),
      40,
    );
    expect(unequal.tripped).toBeGreaterThan(0.5);
    expect(unequal.gapFound).toBeGreaterThan(0.7);
  });
});
