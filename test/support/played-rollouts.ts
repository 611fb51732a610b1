/**
 * Rollouts played through in the real program: cases and labels are rows in its tables, people move the rollout through the
 * API, and each look is the watch's own (`lookAt`). Nothing here judges.
 *
 * Labels come late, some never; where no coin asked for one, reviews are neither alike in both arms nor fair, and must not
 * count. A look follows each label of a wrong case of the candidate that a coin asked for: no other one can raise the
 * evidence of `errors` or `overridden` (a wrong case of the stable release and a right one of the candidate lower it), so
 * that what a look after every label would find is found at the same label; `firstTrip` reckons which one that is. Every
 * 200 cases there is a look besides, for the alarms about the arms' sizes and for what should not have been counted.
 */
import type { App } from "../../src/app.ts";
import type { Client } from "../../src/contract/client.ts";
import { makeId } from "../../src/contract/ids.ts";
import type { Alarm } from "../../src/contract/rollout.ts";
import { simulatedClock } from "../../src/platform/clock.ts";
import { ensureMonths } from "../../src/platform/migrations.ts";
import { raw, rows, sql } from "../../src/platform/sql.ts";
import { lookAt } from "../../src/releases/rollout-watch.ts";
import { movesOf, readRollout, type MoveRow } from "../../src/releases/rollout-store.ts";
import { evidenceOf } from "../../src/releases/rollout-counts.ts";
import type { Evidence } from "../../src/releases/rollout-judge.ts";
import type { Chance } from "../../src/statistics/bootstrap.ts";
import { mixedEvidence, rejects } from "../../src/statistics/evidence.ts";
import { launch, releaseDocument } from "./installation.ts";

export interface Stage {
  app: App;
  /** Two people who may move a rollout together. */
  owner: Client;
  second: Client;
}

export interface World {
  cases: number;
  /** Error rates of the arms. */
  rates: { stable: number; candidate: number };
  ceiling: number;
  /** The part of the cases that a coin has reviewed, and the part of these whose label never comes. */
  coin: number;
  missing: number;
  /** Where no coin fell: the part that people review all the same, by arm, and how often they call it wrong. */
  unasked: { candidate: number; stable: number; wrong: number };
  /** Cases that come before a label does, at most. */
  delay: number;
  /** The case at which two people raise the share, where they do. */
  raiseAt?: number;
}

interface DrawnCase {
  /** Below the share: the candidate's. */
  arm: number;
  error: number;
  coin: boolean;
  review: number;
  /** The case after which its label comes. */
  due: number;
}

export type Stream = readonly DrawnCase[];

export interface Played {
  rollout: string;
  workflow: string;
  rolledBack: boolean;
  /** Labelled cases of the candidate, and of both arms, when the program took it out, and when anything first stopped it. */
  back: Labelled | null;
  stopped: Labelled | null;
  held: Alarm[];
  raised: boolean;
  looks: number;
  /** The labels that counted at the end of a run in which nothing took the candidate out. */
  counted: Evidence["labelled"];
}

interface Labelled {
  candidate: number;
  total: number;
}

/** Of the plan, as it is unless told. */
const ALPHA = 0.05;
const SHARES = [0.2, 0.5, 1];
const DAY = 86_400_000;
/** Milliseconds between two cases. */
const APART = 5;
const LOOK_EVERY = 200;
/** Cases of a run with the attempt of a model on record: enough for the guards of answers to have data. */
const WITH_ATTEMPTS = 100;

export interface Lane {
  workflow: string;
  stable: string;
  candidate: string;
}

/** Makes the months of so many days ahead, before anybody writes: a new month locks the tables that the rows go to. */
export async function openMonths({ app }: Pick<Stage, "app">, days: number): Promise<void> {
  for (let day = 0; day <= days + 30; day += 28)
    await ensureMonths(app.database, simulatedClock(app.clock.now() + day * DAY));
}

/** A workflow whose stable release is an AI release and whose cases may go out alone, with a candidate beside it. */
export async function openLane({ app, owner }: Stage, workflow: string): Promise<Lane> {
  const stable = await launch(
    { client: owner },
    { workflow: { workflow, rollout: SHARES, qa: { share: 0.1 } }, release: { workflow }, share: 0 },
  );
  const published = await owner.publishRelease({
    params: { workflow },
    body: { document: releaseDocument({ workflow, model: { connection: "script", timeout: 5_001 } }) },
  });
  await app.database.run(
    sql`update workflow set stable_release = ${stable}, reference_release = ${stable}, autonomy = 0.9 where name = ${workflow}`,
  );
  return { workflow, stable, candidate: published.id };
}

export function drawStream(chance: Chance, world: World): Stream {
  return Array.from({ length: world.cases }, (_, i) => ({
    arm: chance(),
    error: chance(),
    coin: chance() < world.coin,
    review: chance(),
    due: i + Math.floor(chance() * (world.delay + 1)),
  }));
}

/** The share that the plan gives to the candidate at a case. */
function plannedShare({ raiseAt }: World, i: number): number {
  return raiseAt !== undefined && i >= raiseAt ? SHARES[1]! : SHARES[0]!;
}

/** A label as it comes, if it does. */
function labelOf(one: DrawnCase, world: World, share: number) {
  const arm = one.arm < share ? ("candidate" as const) : ("stable" as const);
  const came = one.review < (one.coin ? 1 - world.missing : world.unasked[arm]);
  const wrong = one.error < (one.coin ? world.rates[arm] : world.unasked.wrong);
  return { arm, came, wrong, counts: one.coin };
}

/** The labels of a stream as another program would see them when no one took the candidate out, in the order in which they come. */
export function labelsOf(stream: Stream, world: World) {
  return stream
    .map((one, i) => ({
      ...labelOf(one, world, plannedShare(world, i)),
      due: one.due,
      share: plannedShare(world, i),
      i,
    }))
    .filter(({ came }) => came)
    .toSorted((a, b) => a.due - b.due || a.i - b.i);
}

/**
 * Where a look after every label would take the candidate out, reckoned from the stream and not from the database: what the
 * program finds must be found at the same label, though it looks less often. Null where nothing is found.
 */
export function firstTrip(stream: Stream, world: World): Labelled | null {
  const errors = new Map<number, { share: number; candidateErrors: number; stableErrors: number }>();
  const seen = { candidate: 0, total: 0 };
  for (const { arm, share, wrong, counts } of labelsOf(stream, world)) {
    if (!counts) continue;
    seen.total++;
    if (arm === "candidate") seen.candidate++;
    const step = errors.get(share) ?? { share, candidateErrors: 0, stableErrors: 0 };
    errors.set(share, step);
    if (wrong) step[arm === "candidate" ? "candidateErrors" : "stableErrors"]++;
    if (
      seen.candidate > 0 &&
      rejects(mixedEvidence([...errors.values()], seen.candidate, world.ceiling), ALPHA)
    )
      return seen;
  }
  return null;
}

/** Plays a stream to its end, or until the program takes the candidate out. */
export async function playStream(
  stage: Stage,
  lane: Lane,
  world: World,
  stream: Stream,
  chance: Chance,
): Promise<Played> {
  const { app, owner, second } = stage;
  const { database, clock } = app;
  const { workflow } = lane;
  const params = { workflow };
  const parts = { ...app, worker: "proof", tell: () => undefined };
  await owner.advanceClock({ body: { milliseconds: 60_000 } });
  const { id } = await owner.startRollout({
    params,
    body: { release: lane.candidate, ceiling: world.ceiling },
  });
  await forward({});
  const began = clock.now() + 1;
  const played: Played = {
    rollout: id,
    workflow,
    rolledBack: false,
    back: null,
    stopped: null,
    held: [],
    raised: false,
    looks: 0,
    counted: [],
  };
  const writer = openWriter(stage, lane, world, began, chance);
  const waiting = new Map<number, number[]>();
  let share = SHARES[0]!;
  for (let now = 0; now < stream.length + world.delay && !played.rolledBack; now++) {
    const one = stream[now];
    if (one) {
      if (now === world.raiseAt) {
        await raise();
        share = SHARES[1]!;
      }
      writer.takeIn(one, now, share);
      waiting.set(one.due, [...(waiting.get(one.due) ?? []), now]);
    }
    for (const i of waiting.get(now) ?? []) if (writer.label(i, stream[i]!) && !(await look())) break;
    if (now % LOOK_EVERY === LOOK_EVERY - 1 && !played.rolledBack) await look();
  }
  if (!played.rolledBack) await look();
  if (played.rolledBack) return played;
  played.counted = (await evidenceOf(database, (await readRollout(database, id))!, clock.now())).labelled;
  await owner.rollBack({ params, body: { reason: "The run has ended" } });
  return played;

  /** One look of the program; false when it took the candidate out. People let go on what was held. */
  async function look(): Promise<boolean> {
    await writer.flush();
    played.looks++;
    const step = await lookAt(parts, id);
    if (!step) return true;
    const last = (await movesOf(database, id)).at(-1)!;
    const labelled = labelledAt(last);
    played.stopped ??= labelled;
    if (last.move === "roll_back") {
      played.rolledBack = true;
      played.back = labelled;
      return false;
    }
    played.held.push(step.alarm);
    const { pending } = await owner.resumeRollout({ params, body: { reason: "We think that it is chance" } });
    await second.approveChange({ params: { change: pending!.id } });
    // What was held may have hidden another alarm.
    return look();
  }

  async function raise(): Promise<void> {
    await owner.advanceClock({ body: { milliseconds: DAY } });
    if (!(await look())) return;
    await forward({ undecided: true, reason: "A run" });
    played.raised = true;
  }

  async function forward(body: { undecided?: boolean; reason?: string }): Promise<void> {
    const { pending } = await owner.advanceRollout({ params, body });
    await second.approveChange({ params: { change: pending!.id } });
  }
}

/** What the record of a move says of the labels that it was judged by. */
function labelledAt({ evidence }: MoveRow): Labelled {
  const steps = evidence.evidence?.guards.errors ?? [];
  const candidate = steps.reduce((sum, step) => sum + step.candidate.n, 0);
  return { candidate, total: steps.reduce((sum, step) => sum + step.stable.n, candidate) };
}

const CASE = raw(
  "id, workflow, state, arm, release, share, autonomy_coin, qa, qa_probability, cold, cold_probability, drill, door, source, external_id, facets, received_at, decided_at, delivered_at, verdict, lease_no, faults, corrections",
);
const LABEL = raw(
  "id, case_id, workflow, release, arm, step, source, asked_for, probability, qa, qa_probability, cold, cold_probability, seen, confidence, wrong, person, simulated, labelled_at, drill",
);
const ATTEMPT = raw(
  "case_id, no, step, purpose, state, model_asked, model_answered, confidence, started_at, finished_at, milliseconds",
);

/** Collects rows, and writes them set by set. */
function openWriter({ app }: Stage, lane: Lane, world: World, began: number, chance: Chance) {
  const bytes = () => Uint8Array.from({ length: 10 }, () => Math.floor(chance() * 256));
  const at = (i: number) => new Date(began + i * APART).toISOString();
  const known = new Map<number, { id: string; share: number }>();
  let cases: object[] = [];
  let labels: object[] = [];
  let attempts: object[] = [];
  let told = 0;
  return {
    takeIn(one: DrawnCase, i: number, share: number): void {
      const { arm, wrong } = labelOf(one, world, share);
      const id = makeId("case", began + i * APART, bytes());
      known.set(i, { id, share });
      cases.push({
        id,
        workflow: lane.workflow,
        state: "delivered",
        arm,
        release: lane[arm],
        share,
        autonomy_coin: one.review,
        qa: one.coin,
        qa_probability: world.coin,
        cold: false,
        cold_probability: 0,
        drill: false,
        door: "http",
        source: "played",
        external_id: id,
        facets: {},
        received_at: at(i),
        decided_at: at(i),
        delivered_at: at(i),
        verdict: wrong ? "edit" : "approve",
        lease_no: 0,
        faults: 0,
        corrections: 0,
      });
      if (i < WITH_ATTEMPTS)
        attempts.push({
          case_id: id,
          no: 1,
          step: 0,
          purpose: "answer",
          state: "answered",
          model_asked: "script",
          model_answered: "script",
          confidence: 0.9,
          started_at: at(i),
          finished_at: at(i),
          milliseconds: 1,
        });
    },
    /** Writes down a label, if it comes; answers whether the evidence may have risen with it. */
    label(i: number, one: DrawnCase): boolean {
      const { id, share } = known.get(i)!;
      const { arm, came, wrong, counts } = labelOf(one, world, share);
      if (!came) return false;
      labels.push({
        id: makeId("label", began + (told += 1), bytes()),
        case_id: id,
        workflow: lane.workflow,
        release: lane[arm],
        arm,
        step: 0,
        source: counts ? "qa" : "review",
        asked_for: counts ? "qa" : "low_confidence",
        probability: counts ? world.coin : null,
        qa: counts,
        qa_probability: world.coin,
        cold: false,
        cold_probability: 0,
        seen: true,
        confidence: 0.9,
        wrong,
        person: "reviewer@example.com",
        simulated: false,
        labelled_at: at(one.due),
        drill: false,
      });
      return counts && arm === "candidate" && wrong;
    },
    async flush(): Promise<void> {
      const { database } = app;
      if (cases.length > 0)
        await database.run(
          sql`insert into case_ (${CASE}) select ${CASE} from json_populate_recordset(null::case_, ${rows(cases)}::json)`,
        );
      if (attempts.length > 0)
        await database.run(
          sql`insert into attempt (${ATTEMPT}) select ${ATTEMPT} from json_populate_recordset(null::attempt, ${rows(attempts)}::json)`,
        );
      if (labels.length > 0)
        await database.run(
          sql`insert into label (${LABEL}) select ${LABEL} from json_populate_recordset(null::label, ${rows(labels)}::json)`,
        );
      [cases, labels, attempts] = [[], [], []];
    },
  };
}
