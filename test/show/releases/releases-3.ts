/**
 * releases.3: the answers and seconds of 14 language models to 600 complaints, played as 14 releases of one workflow.
 *
 * A set of the 600 and a run of each release: what the program measured equals what the data's own file expects. The gate
 * orders them. The worst is rolled out first, by people who know no better; the best beside it in shadow, then stage by
 * stage until it is promoted, under a ceiling that it must prove to meet. Then the worst once more: in shadow the paired
 * test holds it; two people overrule that, and live it is rolled back by the program. For the live stages the 600 are
 * drawn with replacement to 5,000, the same for the same seed. The twin: two releases whose answers are swapped must not
 * come out as expected.
 *
 * Options: `--seed <number>`; `--run-seconds <seconds>` that a run shall take (replayed-models.ts), 0: seconds are not played.
 */
import { recheckGate, judgeGate, type GateInput } from "../../../src/releases/gate.ts";
import type { Criterion } from "../../../src/releases/criterion.ts";
import type { Verdict } from "../../../src/contract/gate.ts";
import { readReplay } from "../../support/complaints.ts";
import {
  climb,
  differences,
  drawn,
  evaluate,
  figuresOf,
  forward,
  importComplaints,
  live,
  openStory,
  overrule,
  pass,
  shown,
  start,
  type Evaluated,
  type Story,
} from "../../support/complaints-story.ts";
import { openMonths } from "../../support/played-rollouts.ts";
import { openTheatre } from "../../support/played-stage.ts";
import { openReplayer } from "../../support/replayed-models.ts";
import { skipped, type Context, type Outcome } from "../point.ts";

export const title =
  "14 language models on 600 complaints as 14 releases: measured as expected, ordered by the gate, the worse held in shadow and rolled back live, the better promoted";

const DRAWN = 5_000;
/** Complaints at 20 % before two people take the worse release on to 50 %, where it is told from the better one sooner. */
const FIRST_LIVE = 300;
/** The better model errs in 22 % of the complaints: it can prove to stay under this, the worst one (31 %) cannot. */
const CEILING = 0.3;
const STAGES = ["shadow", 0.2, 0.5, 1];
const ACCURACY: Criterion = {
  name: "accuracy",
  group: "performance",
  must: true,
  kind: "share",
  levels: { minimum: 0.73, target: 0.75, stretch: 0.85 },
};
const ORDER: Verdict[] = ["no-go", "inconclusive", "conditional", "go"];

export async function run(context: Context): Promise<Outcome> {
  const replay = readReplay();
  if (!replay) return skipped("complaints-14-models does not lie beside the checkout");
  const seed = Number(context.options["seed"] ?? 20_261_129);
  const runSeconds = Number(context.options["run-seconds"] ?? 25);
  const replayer = await openReplayer(replay, { runSeconds, atOnce: 8 });
  context.after(() => replayer.stop());
  const theatre = await openTheatre(context);
  const { app } = await theatre.open("all");
  await openMonths({ app }, 120);
  const models = Object.keys(replay.answers);
  const story = await openStory(app, replay, replayer, { models, stages: STAGES });
  context.progress(`${models.length} releases are published`);

  const measured = await measuredAll(context, story, { seconds: runSeconds > 0 });
  const byRight = measured.evaluated.toSorted((a, b) => b.right - a.right);
  const [best, worst] = [byRight[0]!.model, byRight.at(-1)!.model];
  const gates = gatesOf(byRight);
  context.progress(`gate: ${gates.verdicts.map(({ model, verdict }) => `${model} ${verdict}`).join(", ")}`);
  const twin = await twinOf(context, story, [best, worst]);

  const first = await firstRelease(context, story, worst, seed);
  const better = await betterPromoted(context, story, best, seed);
  const held = await worseHeld(context, story, worst);
  const back = await worseRolledBack(context, story, held.rollout, seed + 1);
  const disagreeing = [];
  for (const { rollout } of [first, better, held]) {
    const { history } = await shown(story, rollout);
    disagreeing.push(...history.flatMap(({ no, differences: found }) => found.map((one) => `${no}: ${one}`)));
  }
  return {
    met:
      measured.different.length === 0 &&
      measured.figures.length === 14 &&
      gates.ordered &&
      twin.noticed &&
      better.state === "promoted" &&
      better.stages.length === 3 &&
      held.state === "held" &&
      held.pairs.p < 0.05 &&
      back.state === "rolled_back" &&
      disagreeing.length === 0,
    figures: {
      models: measured.figures,
      different: measured.different,
      gates: gates.verdicts,
      ordered: gates.ordered,
      twin,
      ceiling: CEILING,
      first: { ...first.climbed },
      better: better,
      held: held,
      back: back,
      disagreeing,
    },
  };
}

async function measuredAll(context: Context, story: Story, { seconds }: { seconds: boolean }) {
  await importComplaints(story);
  const models = [...story.releases.keys()];
  let done = 0;
  const evaluated = await evaluate(story, models, ({ model, right }) =>
    context.progress(`${++done} of ${models.length}: ${model}, ${right} right`),
  );
  const figures = evaluated.map((one) => ({ model: one.model, ...figuresOf(one, story.replay) }));
  const different = figures.flatMap((one) =>
    differences(one, story.replay.expected[one.model]!, { seconds }).map((what) => `${one.model}: ${what}`),
  );
  if (different.length > 0) context.progress(`otherwise than expected: ${different.join("; ")}`);
  return { evaluated, figures, different };
}

/** Each run judged as the first look at the set, which it is for that release; the set itself counts all of them. */
function gatesOf(byRight: readonly Evaluated[]) {
  const verdicts = byRight.map(({ model, right, answers }) => {
    const unanswered = 0;
    const input: GateInput = {
      criteria: [ACCURACY],
      evidence: { accuracy: { kind: "share", n: answers.length, right, unanswered } },
      frozenAt: 1,
      startedAt: 2,
      groups: ["performance"],
      set: { sealed: true, looks: 1, representative: true },
      confidence: 0.95,
    };
    const found = judgeGate(input);
    return { model, right, verdict: found.verdict, again: recheckGate(input, found).length };
  });
  const places = verdicts.map(({ verdict }) => ORDER.indexOf(verdict));
  const ordered =
    places.every((place, i) => place >= 0 && (i === 0 || place <= places[i - 1]!)) &&
    new Set(places).size === ORDER.length &&
    verdicts.every(({ again }) => again === 0);
  return { ordered, verdicts: verdicts.map(({ again: _, ...one }) => one) };
}

/** The service confuses the best and the worst: their figures must not be those that are expected. */
async function twinOf(context: Context, story: Story, [best, worst]: readonly [string, string]) {
  story.replayer.swap(best, worst);
  story.replayer.swap(worst, best);
  const evaluated = await evaluate(story, [best, worst]);
  story.replayer.swap(best, best);
  story.replayer.swap(worst, worst);
  const found = evaluated.map((one) =>
    differences(figuresOf(one, story.replay), story.replay.expected[one.model]!, { seconds: false }),
  );
  const noticed = found.every((one) => one.includes("right") && one.includes("macroF1"));
  context.progress(`the twin with swapped answers is ${noticed ? "" : "NOT "}noticed`);
  return { noticed, found };
}

/** From people's hands: nobody has measured anything yet, and two people take each step on themselves. */
async function firstRelease(context: Context, story: Story, model: string, seed: number) {
  const rollout = await start(story, model, { ceiling: 0.45 });
  await forward(story);
  const complaints = drawn(story.replay, DRAWN, seed + 2);
  const climbed = await climb(story, rollout, complaints, { least: 50, atATime: 50, undecided: true });
  context.progress(`${model} came from people's hands to ${climbed.state} with ${climbed.used} complaints`);
  return { rollout, climbed };
}

async function betterPromoted(context: Context, story: Story, model: string, seed: number) {
  const rollout = await start(story, model, { ceiling: CEILING });
  const inShadow = await live(story, rollout, story.replay.complaints.slice(0, 200), {
    atATime: 50,
    enough: ({ state }) => state !== "shadow",
  });
  const { pairs, state } = await shown(story, rollout);
  context.progress(`${model} in shadow after ${inShadow}: ${state}, ${JSON.stringify(pairs)}`);
  if (state === "shadow") {
    // Beside a stable release it takes a day, and enough of the cases that both answered.
    await pass(story, 25);
    await forward(story);
  }
  const complaints = drawn(story.replay, DRAWN, seed);
  const climbed = await climb(story, rollout, complaints, { least: 200, atATime: 100, undecided: false });
  context.progress(`${model} is ${climbed.state} after ${climbed.used} complaints`);
  return { rollout, model, inShadow, pairs, ...climbed, looks: await looksOf(story, rollout) };
}

async function worseHeld(context: Context, story: Story, model: string) {
  const rollout = await start(story, model, { ceiling: CEILING });
  const cases = await live(story, rollout, story.replay.complaints, {
    atATime: 5,
    enough: ({ state }) => state !== "shadow",
  });
  const { state, pairs, tripped } = await shown(story, rollout);
  context.progress(`${model} in shadow is ${state} (${tripped}) after ${cases}: ${JSON.stringify(pairs)}`);
  return { rollout, model, cases, state, pairs: pairs ?? { n: 0, onlyCandidate: 0, onlyStable: 0, p: 1 } };
}

async function worseRolledBack(context: Context, story: Story, rollout: string, seed: number) {
  await overrule(story, "It costs a tenth, and we want to see it live");
  await forward(story, { undecided: true, reason: "Little was compared, and people look at every case" });
  const complaints = drawn(story.replay, DRAWN, seed);
  const until = { atATime: 100, enough: ({ state }: { state: string }) => state !== "running" };
  let cases = await live(story, rollout, complaints.slice(0, FIRST_LIVE), until);
  if ((await shown(story, rollout)).state === "running") {
    // Nothing is settled after so few, and they go on all the same.
    await pass(story, 25);
    await forward(story, { undecided: true, reason: "We want to know, and people look at every case" });
    cases += await live(story, rollout, complaints.slice(cases), until);
  }
  const { state, guards, history } = await shown(story, rollout);
  const last = history.at(-1)!;
  const errors = guards.find(({ name }) => name === "errors");
  context.progress(`live it is ${state} after ${cases}: ${last.move} for ${last.reason}`);
  return {
    cases,
    state,
    reason: last.reason,
    steps: errors?.steps ?? [],
    looks: await looksOf(story, rollout),
  };
}

async function looksOf({ owner }: Story, rollout: string) {
  const { looks } = await owner.rolloutLooks({ params: { rollout } });
  return looks.map(({ stageName, guard, candidate, evidence, limit }) => ({
    stageName,
    guard,
    ...candidate,
    evidence,
    limit,
  }));
}
