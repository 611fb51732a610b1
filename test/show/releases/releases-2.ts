/**
 * releases.2: rollouts played through in the real state machine and database. Innocent releases are seldom taken out, bad
 * ones soon; beside them what fixed limits do with the same labels (Argo Rollouts, Flagger).
 *
 * Labels come up to 100 cases late, one in five never; where no coin asked for one, people review nine in ten cases of the
 * candidate and two in ten of the stable release. In every eighth innocent run two people raise the share. Every move is
 * made again from its stored numbers.
 *
 * Options: `--runs <count>` of innocent releases, `--bad <count>` of each bad one, `--lanes <count>`, `--seed <number>`.
 */
import { mulberry32 } from "../../../src/statistics/bootstrap.ts";
import { untilMixed } from "../../../src/statistics/detection.ts";
import { countOutcomes, judgeGuard, type Outcome as Labelled } from "../../../src/statistics/guard.ts";
import { exportRollouts, recomputeRollout } from "../../support/exported-decisions.ts";
import {
  drawStream,
  firstTrip,
  labelsOf,
  openLane,
  openMonths,
  playStream,
  type Lane,
  type Played,
  type Stage,
  type Stream,
  type World,
} from "../../support/played-rollouts.ts";
import { openTheatre } from "../../support/played-stage.ts";
import { failedWindows } from "../../support/rivals.ts";
import { round } from "../case/banking-figures.ts";
import type { Context, Outcome } from "../point.ts";

export const title =
  "Rollouts in the real state machine and database: sound releases stay, bad ones go within the cases of the reference, beside Argo's and Flagger's rules";

const ALPHA = 0.05;
/** Of guards that only hold. */
const SIGNAL_ALPHA = 0.1;
const WITHIN = 0.25;
const RAISED_AT = 1_000;
/** Two people raise the share in every eighth of the sound runs: it takes a day, and waivers of the workflow end after 90. */
const RAISED_EVERY = 8;
const SOUND: World = {
  cases: 2_000,
  rates: { stable: 0.05, candidate: 0.05 },
  ceiling: 0.08,
  coin: 0.8,
  missing: 0.2,
  unasked: { candidate: 0.9, stable: 0.2, wrong: 0.3 },
  delay: 100,
};
const bad = (candidate: number): World => ({ ...SOUND, rates: { ...SOUND.rates, candidate } });

/** Rules with a limit of 10 % on windows of 20 labelled cases. */
const RIVALS = { "Argo, failureLimit 0": 1, "Argo, failureLimit 3": 4, "Flagger, threshold 5": 5 };

interface Run {
  world: World;
  stream: Stream;
  played: Played;
}

export async function run(context: Context): Promise<Outcome> {
  const option = (name: string, otherwise: number) => Number(context.options[name] ?? otherwise);
  const [runs, each, seed] = [option("runs", 400), option("bad", 400), option("seed", 20_261_129)];
  const theatre = await openTheatre(context);
  const stage = await theatre.open("web");
  await openMonths(stage, runs / RAISED_EVERY + (runs + 2 * each) / 1_000);
  const lanes: Lane[] = [];
  for (let i = 0; i < option("lanes", 4); i++) lanes.push(await openLane(stage, `played-${i + 1}`));

  const play = async (name: string, count: number, worldOf: (i: number) => World) => {
    const found: Run[] = [];
    let next = 0;
    const work = async (lane: Lane) => {
      while (next < count) {
        const i = next++;
        found.push(await playOne(stage, lane, worldOf(i), seed * 7 + i));
        if (found.length % 50 === 0) context.progress(`${name}: ${found.length} of ${count}`);
      }
    };
    await Promise.all(lanes.map(work));
    return found;
  };
  const sound = await play("sound", runs, (i) =>
    i % RAISED_EVERY === 0 ? { ...SOUND, raiseAt: RAISED_AT } : SOUND,
  );
  const fourfold = await play("5 to 20 %", each, () => bad(0.2));
  const collapse = await play("5 to 50 %", each, () => bad(0.5));

  const innocent = shownInnocent(sound);
  const found = [
    shownFound("5 to 20 %", fourfold, { candidate: 31, total: 155 }),
    shownFound("5 to 50 %", collapse, { candidate: 8, total: 40 }),
  ];
  const elsewhere = [...sound, ...fourfold, ...collapse].filter(foundElsewhere).length;
  const again = await recomputed(stage, lanes);
  context.progress(
    `sound: ${innocent.rolledBack} of the runs rolled back (at most ${innocent.most}); ${found
      .map((one) => `${one.what}: ${one.median.candidate} of ${one.reference.candidate}`)
      .join("; ")}; ${again.differences.length} of ${again.moves} moves differ`,
  );
  return {
    met:
      innocent.kept &&
      found.every((one) => one.kept) &&
      elsewhere === 0 &&
      again.differences.length === 0 &&
      again.rollouts === runs + 2 * each,
    figures: {
      runs,
      innocent,
      found,
      foundAtAnotherLabel: elsewhere,
      recomputed: { ...again, differences: again.differences.slice(0, 10) },
    },
  };
}

async function playOne(stage: Stage, lane: Lane, world: World, seed: number): Promise<Run> {
  const chance = mulberry32(seed);
  const stream = drawStream(chance, world);
  return { world, stream, played: await playStream(stage, lane, world, stream, chance) };
}

/** Most of `runs` that chance may give at this probability: three standard errors above it. */
function most(probability: number, runs: number): number {
  return round(probability + 3 * Math.sqrt((probability * (1 - probability)) / runs), 4);
}

function shownInnocent(all: readonly Run[]) {
  const part = (of: (one: Run) => boolean) => all.filter(of).length / all.length;
  const held = (...names: string[]) => part(({ played }) => played.held.some((name) => names.includes(name)));
  const figures = {
    rolledBack: round(
      part(({ played }) => played.rolledBack),
      4,
    ),
    most: most(ALPHA, all.length),
    // These hold, and let two people go on.
    heldByOverrides: round(held("overridden"), 4),
    mostHeld: most(SIGNAL_ALPHA, all.length),
    heldByArms: round(held("sample_ratio", "label_gap"), 4),
    raised: part(({ played }) => played.raised),
    looks: all.reduce((sum, { played }) => sum + played.looks, 0),
    rivals: rivalsOf(all),
    // The same labels and the same test, with those that no coin asked for: why they do not count.
    whenEveryReviewCounts: round(part(everyReviewTrips), 4),
  };
  return {
    ...figures,
    kept:
      figures.rolledBack <= figures.most &&
      figures.heldByOverrides <= figures.mostHeld &&
      figures.heldByArms <= most(0.002, all.length) &&
      figures.raised > 0.1 &&
      figures.whenEveryReviewCounts > 6 * ALPHA,
  };
}

function shownFound(what: string, all: readonly Run[], reference: { candidate: number; total: number }) {
  const backs = all.map(({ played }) => played.back);
  const stops = all.map(({ played }) => played.stopped);
  const middle = {
    candidate: medianOf(backs.map((one) => one?.candidate ?? null)),
    total: medianOf(backs.map((one) => one?.total ?? null)),
  };
  const { world } = all[0]!;
  const near = (found: number | null, wanted: number) =>
    found !== null && Math.abs(found / wanted - 1) <= WITHIN;
  const reached = backs.filter((one) => one !== null).length / all.length;
  return {
    what,
    reached,
    median: middle,
    reference,
    // A look at the guard of overrides comes at half the evidence: most bad releases lose their cases before they are taken out.
    medianUntilStopped: medianOf(stops.map((one) => one?.candidate ?? null)),
    heldFirst: round(all.filter(({ played }) => played.held.length > 0).length / all.length, 4),
    forecast:
      untilMixed(
        { share: 0.2, stableRate: world.rates.stable, candidateRate: world.rates.candidate },
        { alpha: ALPHA, ceiling: world.ceiling },
        { chance: mulberry32(1), runs: 4_000 },
      ).median ?? null,
    rivals: rivalsOf(all),
    kept:
      reached >= 0.99 && near(middle.candidate, reference.candidate) && near(middle.total, reference.total),
  };
}

/** What fixed limits do with the labels of the candidate, those that a coin asked for, in the order in which they come. */
function rivalsOf(all: readonly Run[]) {
  const labels = all.map(({ stream, world }) =>
    labelsOf(stream, world).filter((one) => one.counts && one.arm === "candidate"),
  );
  return Object.fromEntries(
    Object.entries(RIVALS).map(([name, failures]) => {
      const ends = labels.map((list) =>
        failedWindows(
          list.map(({ wrong }) => wrong),
          { window: 20, limit: 0.1, failures },
        ),
      );
      return [
        name,
        { out: round(ends.filter((end) => end !== null).length / all.length, 4), median: medianOf(ends) },
      ];
    }),
  );
}

function everyReviewTrips({ stream, world }: Run): boolean {
  const labels: Labelled[] = labelsOf(stream, world).map(({ i, arm, share, wrong }, place) => ({
    label: `l${i}`,
    unit: `c${i}`,
    place,
    arm,
    share,
    wrong,
  }));
  const guard = { test: "mixed", alpha: ALPHA, ceiling: world.ceiling, tolerated: 1 } as const;
  return judgeGuard(guard, countOutcomes(labels)).kind === "tripped";
}

/** Whether the program took it out at another label than a look after every label would have, or did not. */
function foundElsewhere({ stream, world, played }: Run): boolean {
  const expected = firstTrip(stream, world);
  return expected?.candidate !== played.back?.candidate || expected?.total !== played.back?.total;
}

async function recomputed({ app }: Stage, lanes: readonly Lane[]) {
  const exported = [];
  for (const { workflow } of lanes) exported.push(...(await exportRollouts(app.database, workflow)));
  return {
    rollouts: exported.length,
    moves: exported.reduce((sum, { moves }) => sum + moves.length, 0),
    differences: exported.flatMap(recomputeRollout),
  };
}

/** Over all runs: null where half of them or more never came to it. */
function medianOf(values: readonly (number | null)[]): number | null {
  const sorted = values.map((one) => one ?? Infinity).sort((a, b) => a - b);
  const middle = sorted[Math.ceil(sorted.length / 2) - 1]!;
  return Number.isFinite(middle) ? middle : null;
}
