/**
 * The story of 14 models in small: three of them as releases of the real program, evaluated over the 600 complaints and judged, and the worst
 * held in shadow beside the best. In full by `npm run show -- releases.3`. Skipped where the data does not lie beside the checkout.
 */
import { afterAll, describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { readReplay } from "./support/complaints.ts";
import {
  agree,
  allOf,
  CRITERIA,
  differences,
  evaluate,
  figuresOf,
  importPart,
  inOrder,
  judgeRuns,
  wearCounted,
  type Judged,
} from "./support/complaints-judged.ts";
import { live, openStory, pass, shown, start, WORKFLOW } from "./support/complaints-story.ts";
import { install } from "./support/installation.ts";
import { openReplayer } from "./support/replayed-models.ts";

const replay = readReplay();
const [BEST, WORST, OUTSIDE] = ["gpt-o1", "gpt_4o_mini", "gpt_4o"] as const;
const MODELS = [BEST, WORST, OUTSIDE];

describe.skipIf(!replay)("models as releases (skipped without the data beside the checkout)", async () => {
  if (!replay) return;
  const { app } = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
  const replayer = await openReplayer(replay, { runSeconds: 0 });
  afterAll(() => replayer.stop());
  const story = await openStory(app, replay, replayer, { models: MODELS, stages: ["shadow", 0.2, 0.5, 1] });
  const all = allOf(replay);
  const measured = async (models: readonly string[]) =>
    (await evaluate(story, all, models)).map((one) => ({
      ...one,
      different: differences(figuresOf(one, story), replay.expected[one.model]!),
    }));

  const judged: Judged[] = [];

  test("are measured as the data's own file expects, a label outside of the classes as a failure of the model", async () => {
    await importPart(story, all);
    await agree(story, CRITERIA);
    await pass(story, 1 / 60);
    const evaluated = await measured(MODELS);
    expect(evaluated.map(({ different }) => different)).toEqual([[], [], []]);
    const outside = evaluated.find(({ model }) => model === OUTSIDE)!;
    expect(outside.answers.filter((answer) => answer === null)).toHaveLength(1);
    judged.push(...(await judgeRuns(story, evaluated)));
  });

  test("are judged in the order of their right answers, by gates that come out the same", () => {
    expect(judged.map(({ model, verdict }) => [model, verdict])).toEqual([
      [BEST, "go"],
      [WORST, "no-go"],
      [OUTSIDE, "inconclusive"],
    ]);
    expect(judged.flatMap(({ doubts }) => doubts)).toEqual([]);
    expect(inOrder(judged)).toBe(true);
    expect(wearCounted(judged, [])).toBe(true);
    expect(wearCounted([], judged)).toBe(false);
  });

  test("that the service confuses come out neither as expected nor in order", async () => {
    replayer.swap(BEST, WORST);
    const [found] = await measured([BEST]);
    replayer.swap(BEST, BEST);
    expect(found!.different).toEqual(expect.arrayContaining(["right", "accuracy", "macroF1"]));
    const [gate] = await judgeRuns(story, [found!]);
    expect(gate!.doubts).toEqual([expect.stringContaining("by the data")]);
    expect(inOrder([gate!, ...judged.slice(1)])).toBe(false);
  });

  test("are told apart in shadow: the worst is held beside the best, and the record comes out the same", async () => {
    const best = story.releases.get(BEST)!;
    await app.database.run(
      sql`update workflow set stable_release = ${best}, reference_release = ${best} where name = ${WORKFLOW}`,
    );
    const rollout = await start(story, WORST, { ceiling: 0.3 });
    const cases = await live(story, rollout, replay.complaints, {
      atATime: 25,
      enough: ({ state }) => state !== "shadow",
    });
    const found = await shown(story, rollout);
    expect(found).toMatchObject({ state: "held", tripped: "paired" });
    expect(cases).toBeLessThan(300);
    expect(found.pairs!.onlyCandidate).toBeGreaterThan(found.pairs!.onlyStable);
    expect(found.pairs!.p).toBeLessThan(0.05);
    expect(found.history.every(({ agrees }) => agrees)).toBe(true);
  });
});
