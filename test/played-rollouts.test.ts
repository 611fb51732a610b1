/**
 * Rollouts played through in the real program, with cases and labels as rows: the small form of `releases.2` and
 * `releases.7`, which play hundreds.
 */
import { describe, expect, test } from "vitest";
import { mulberry32 } from "../src/statistics/bootstrap.ts";
import { changeByOne, exportRollouts, recomputeAll, type Exported } from "./support/exported-decisions.ts";
import { install } from "./support/installation.ts";
import {
  drawStream,
  firstTrip,
  labelsOf,
  openLane,
  openMonths,
  playStream,
  type World,
} from "./support/played-rollouts.ts";
import { peopleOf } from "./support/played-stage.ts";
import { failedWindows } from "./support/rivals.ts";

const { app } = await install({ role: "web", settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const stage = await peopleOf(app);
await openMonths(stage, 10);

/** One label in five never comes; where no coin fell, far more cases of the candidate are reviewed. */
const WORLD: World = {
  cases: 600,
  rates: { stable: 0.05, candidate: 0.05 },
  ceiling: 0.08,
  coin: 0.8,
  missing: 0.2,
  unasked: { candidate: 0.9, stable: 0.2, wrong: 0.3 },
  delay: 100,
};

/** Plays it; answers what happened, and what a look after every label would have found. */
async function play(workflow: string, seed: number, more: Partial<World> = {}) {
  const world = { ...WORLD, ...more };
  const chance = mulberry32(seed);
  const stream = drawStream(chance, world);
  const lane = await openLane(stage, workflow);
  return {
    played: await playStream(stage, lane, world, stream, chance),
    expected: firstTrip(stream, world),
    labels: labelsOf(stream, world),
  };
}

async function exported(workflow: string): Promise<Exported> {
  const rollouts = await exportRollouts(app.database, workflow);
  return JSON.parse(JSON.stringify({ rollouts, looks: [], gates: [] })) as Exported;
}

describe("a rollout over drawn labels", () => {
  test("of a sound release goes on when two people raise its share, and counts the labels that a coin asked for alone", async () => {
    const { played, expected, labels } = await play("sound", 1, { raiseAt: 400 });
    expect(expected).toBeNull();
    expect(played).toMatchObject({ rolledBack: false, raised: true, held: [] });
    const { counted } = played;
    expect(counted.map(({ share }) => share)).toEqual([0.2, 0.5]);
    for (const { share, candidate, stable } of counted) {
      const asked = labels.filter((one) => one.share === share && one.counts);
      expect(candidate).toBe(asked.filter(({ arm }) => arm === "candidate").length);
      expect(stable).toBe(asked.filter(({ arm }) => arm === "stable").length);
    }
    expect(labels.some((one) => !one.counts)).toBe(true);
  });

  test.each([4, 5])(
    "of a release that errs four times as often ends at the very label that proves it (%i)",
    async (seed) => {
      const { played, expected } = await play(`bad-${seed}`, seed, {
        rates: { stable: 0.05, candidate: 0.2 },
      });
      expect(expected).not.toBeNull();
      expect(played).toMatchObject({ rolledBack: true, back: expected });
    },
  );

  test("is judged the same from its exported numbers, and otherwise when one of them is changed", async () => {
    const { played } = await play("recomputed", 5, { rates: { stable: 0.05, candidate: 0.5 } });
    expect(played.rolledBack).toBe(true);
    const found = await exported("recomputed");
    expect(recomputeAll(found)).toEqual([]);
    const { made, unnoticed } = changeByOne(found);
    expect(made).toBeGreaterThan(0);
    expect(unnoticed).toEqual([]);
  });
});

describe("a limit on windows of labelled cases", () => {
  const wrong = (...errors: number[]) => errors.flatMap((n) => Array.from({ length: 20 }, (_, i) => i < n));
  const rule = (failures: number) => ({ window: 20, limit: 0.1, failures });

  test("fails above its limit, not at it, and ends at the window that fails once too often", () => {
    expect(failedWindows(wrong(2, 2, 2), rule(1))).toBeNull();
    expect(failedWindows(wrong(2, 3, 0), rule(1))).toBe(40);
    expect(failedWindows(wrong(3, 0, 3, 3, 3), rule(4))).toBe(100);
    expect(failedWindows(wrong(3, 3, 3), rule(4))).toBeNull();
    expect(failedWindows(wrong(3).slice(0, 19), rule(1))).toBeNull();
  });
});
