/**
 * Rollouts that are played through with drawn cases and labels in the real program: the small form of `releases.2` and
 * `releases.7`.
 */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import { SCOPES, type Scope } from "../src/contract/scopes.ts";
import { mulberry32 } from "../src/statistics/bootstrap.ts";
import { install } from "./support/installation.ts";
import { drawStream, openLane, playStream, type World } from "./support/played-rollouts.ts";

const { app, url } = await install({ role: "web", settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { secret: key } = await app.keys.make(
  {
    name: "operator",
    scopes: Object.keys(SCOPES) as Scope[],
    workflow: undefined,
    days: 400,
    simulated: false,
  },
  { kind: "system", name: "test" },
);
const stage = {
  app,
  owner: openClient({ url: url!, key, as: "E. Brandt" }),
  second: openClient({ url: url!, key, as: "J. Okafor" }),
};
const WORLD: World = {
  cases: 1_200,
  rates: { stable: 0.05, candidate: 0.05 },
  ceiling: 0.08,
  coin: 0.8,
  missing: 0.2,
  unasked: { candidate: 0.9, stable: 0.2, wrong: 0.3 },
  delay: 100,
};

describe("a rollout over drawn cases", () => {
  test("a", async () => {
    const lane = await openLane(stage, "played");
    for (let i = 0; i < 3; i++) {
      const chance = mulberry32(i + 1);
      const start = performance.now();
      console.log(
        await playStream(stage, lane, { ...WORLD, raiseAt: 600 }, drawStream(chance, WORLD), chance),
        performance.now() - start,
      );
    }
    for (let i = 0; i < 3; i++) {
      const chance = mulberry32(i + 1);
      const start = performance.now();
      const world = { ...WORLD, rates: { stable: 0.05, candidate: 0.2 } };
      console.log(
        await playStream(stage, lane, world, drawStream(chance, world), chance),
        performance.now() - start,
      );
    }
    expect(1).toBe(1);
  });
});
