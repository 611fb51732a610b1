/**
 * The canary: once a day each model in use gets a few fixed questions, so that another model behind the same name is noticed.
 *
 * Which answers count as a change is judged in models/canary.ts. The worker that takes a due model asks it under its
 * breaker, its places and the budget of its connection; nothing of a case is in the questions, and an own service is asked
 * about the examples of its release. A change suspends certificates, is recorded for each workflow, and the answers after
 * it become the known ones. A run that cannot be made says so, and is tried again in an hour.
 */
import type { Audit } from "../../audit/record.ts";
import type { ErrorCode } from "../../contract/errors.ts";
import type { BreakerKey } from "../../models/breaker-board.ts";
import { judge, differing, eachOnce, ROUNDS, settled, FEWEST_SETTLED } from "../../models/canary.ts";
import type { Answers, Change, Identity, Known } from "../../models/canary.ts";
import { classIn, modelFailure } from "../../models/error-class.ts";
import { askShutdownDate } from "../../models/retirement.ts";
import { sumOfCosts, type Cost } from "../../models/prices.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import { stopwatch } from "../../platform/clock.ts";
import type { Database, Tx } from "../../platform/database.ts";
import type { Log } from "../../platform/log.ts";
import { sql } from "../../platform/sql.ts";
import { lockInForce } from "../decision/recheck.ts";
import { suspendCertificates } from "../decision/certificate-store.ts";
import type { Registry } from "../workflow/registry.ts";
import { callModel, costOfCall, costOfFailedCall, failureOf, leaveToCall, type CallParts } from "./call.ts";
import { openSheet, type Question, type Sheet, type SheetParts } from "./canary-sheet.ts";
import {
  claimDue,
  giveBack,
  noteModels,
  noteShutdown,
  readRun,
  storeRun,
  type CanaryRun,
  type DueModel,
} from "./canary-store.ts";
import { certificatesAbout, recordChanges } from "./model-change.ts";
import type { Subject } from "./telling.ts";
import { modelsInUse, keyOfModel } from "./used.ts";

export interface CanaryParts
  extends SheetParts, Pick<CallParts, "prices" | "budgets" | "breakers" | "telling" | "stopped"> {
  database: Database;
  registry: Registry;
  newId: NewId;
  audit: Audit;
  log: Log;
  /** The name of this process in records. */
  worker: string;
  clock: Clock;
}

const HOUR = 3_600_000;
/** A model that came into use is asked first after this long: not in the middle of being set up. */
const FIRST_AFTER = HOUR;
const AGAIN_AFTER = 24 * HOUR;
const RETRY_AFTER = HOUR;
/** Longer than a run may take; then its process counts as gone. */
const CLAIM = HOUR / 2;
/** How often it is looked which models are in use, in real time. */
const LOOK_MS = 5_000;

/** The duty; looks which models are due and asks one after the other. */
export function canaryDuty(parts: CanaryParts): () => Promise<void> {
  const { database, registry, clock, worker, log, stopped } = parts;
  let sinceLook: (() => number) | undefined;
  return async () => {
    if (sinceLook === undefined || sinceLook() > LOOK_MS) {
      sinceLook = stopwatch();
      await noteModels(
        database,
        [...(await modelsInUse(database, registry)).values()].map(({ connection, model }) => ({
          connection,
          model,
        })),
        clock.now() + FIRST_AFTER,
      );
    }
    while (!stopped.aborted) {
      const now = clock.now();
      const due = await claimDue(database, worker, { now, until: now + CLAIM });
      if (!due) return;
      try {
        await askModel(parts, due);
      } catch (error) {
        log.warn(
          { err: error instanceof Error ? error.message : String(error), connection: due.connection },
          "a canary failed; it is tried again",
        );
        await giveBack(database, worker, due, clock.now() + RETRY_AFTER);
      }
    }
  };
}

async function askModel(parts: CanaryParts, due: DueModel): Promise<void> {
  const { database, registry, clock, worker, stopped, newId } = parts;
  const startedAt = clock.now();
  const used = (await modelsInUse(database, registry)).get(keyOfModel(due));
  const sheet = await openSheet(parts, due, used);
  if (sheet === undefined) return giveBack(database, worker, due, startedAt + AGAIN_AFTER);
  try {
    const { settings } = sheet;
    if (settings.kind === "openai") {
      const day = await askShutdownDate(settings, due.model, { egress: parts.egress, signal: stopped });
      await noteShutdown(database, due, day, clock.now());
    }
    const before = due.baseline === null ? undefined : await readRun(database, due.baseline);
    const tally = newTally();
    const found = await putQuestions(parts, sheet, before, tally);
    if (found === "stopped") return giveBack(database, worker, due, startedAt);
    await keep(parts, {
      id: newId("canaryRun"),
      connection: due.connection,
      model: due.model,
      baseline: before?.id ?? null,
      question_set: sheet.set,
      answered: eachOnce(tally.said),
      calls: tally.calls,
      input_tokens: tally.inputTokens,
      output_tokens: tally.outputTokens,
      cost: sumOfCosts(tally.costs),
      asked_by: due.asked_by,
      started_at: startedAt,
      finished_at: clock.now(),
      workflows: used?.workflows ?? [],
      ...found,
    });
  } finally {
    await sheet.close();
  }
}

interface Found {
  outcome: CanaryRun["outcome"];
  because: string | null;
  change: CanaryRun["change"];
  changed: Change | undefined;
  compared: number;
  differing: number;
  limit_at: number | null;
  answers: Answers;
}

const NOTHING = { change: null, changed: undefined, compared: 0, differing: 0, limit_at: null };

/** Asks what is needed to say whether this is still the model of `before`; to know it, where there is no such run. */
async function putQuestions(
  parts: CanaryParts,
  sheet: Sheet,
  before: CanaryRun | undefined,
  tally: Tally,
): Promise<Found | "stopped"> {
  const unasked = (because: string): Found => ({ ...NOTHING, outcome: "inconclusive", because, answers: {} });
  if (sheet.questions.length === 0) return unasked("no_questions");
  const comparable = before?.question_set === sheet.set ? before : undefined;
  const known: Known = {
    answered: before?.answered ?? [],
    answers: (comparable?.answers ?? {}) as Known["answers"],
  };
  const behaviour = Object.keys(known.answers).length >= FEWEST_SETTLED;
  // Where answers vary too much, only name and version are looked at: one question does.
  const wanted = comparable && !behaviour ? sheet.questions.slice(0, 1) : sheet.questions;
  const first = await round(parts, sheet, wanted, tally);
  if (first.kind !== "asked") return first.kind === "stopped" ? "stopped" : unasked(first.because);
  const others = differing(known.answers, first.answers);
  const judged = () => judge(known, { answered: eachOnce(tally.said), first: first.answers, confirmed });
  let confirmed = others;
  const limit = judged().limit;
  if (comparable === undefined || (limit !== undefined && others.length >= limit)) {
    const again = comparable ? sheet.questions.filter((one) => others.includes(one.id)) : sheet.questions;
    const rounds: Answers[] = [first.answers];
    while (rounds.length < ROUNDS) {
      const more = await round(parts, sheet, again, tally);
      if (more.kind !== "asked") return more.kind === "stopped" ? "stopped" : unasked(more.because);
      rounds.push(more.answers);
    }
    confirmed = others.filter((id) => rounds.every((one) => one[id] !== known.answers[id]));
    if (comparable === undefined && !judged().change) {
      const answers = settled(rounds);
      const few = Object.keys(answers).length < FEWEST_SETTLED;
      return { ...NOTHING, outcome: "baseline", because: few ? "answers_vary" : null, answers };
    }
  }
  const { change, ...figures } = judged();
  return {
    outcome: change ? "changed" : "same",
    because: behaviour || change ? null : "answers_vary",
    change: change?.kind ?? null,
    changed: change,
    compared: figures.compared,
    differing: figures.differing,
    limit_at: figures.limit ?? null,
    answers: first.answers,
  };
}

type Round = { kind: "asked"; answers: Answers } | { kind: "missing"; because: string } | { kind: "stopped" };

/** Every question once; one that gets no answer at the second try ends the round, for a set with gaps says nothing. */
async function round(
  parts: CanaryParts,
  sheet: Sheet,
  questions: readonly Question[],
  tally: Tally,
): Promise<Round> {
  const answers: Record<string, string | null> = {};
  for (const question of questions) {
    let asked = await askOne(parts, sheet, question, tally);
    if (asked.kind === "missing" && asked.retryable) asked = await askOne(parts, sheet, question, tally);
    if (asked.kind !== "answered") return asked;
    answers[question.id] = asked.answer;
  }
  return { kind: "asked", answers };
}

type Asked =
  | { kind: "answered"; answer: string | null }
  | { kind: "missing"; because: string; retryable: boolean }
  | { kind: "stopped" };

async function askOne(
  parts: CanaryParts,
  { breaker, call }: Sheet,
  question: Question,
  tally: Tally,
): Promise<Asked> {
  const asked = { ...call, request: question.request };
  const leave = await leaveToCall(parts, CANARY, breaker, asked).catch((error: unknown) => error as Error);
  if (parts.stopped.aborted) return { kind: "stopped" };
  if (leave instanceof Error) throw leave;
  if (leave.kind === "shut") return { kind: "missing", because: "breaker_open", retryable: false };
  try {
    const room = await parts.budgets.take(asked, undefined);
    if (room.kind === "spent") return { kind: "missing", because: "budget_spent", retryable: false };
    tally.calls++;
    const telling = parts.telling.question(aboutQuestion(breaker, question));
    const told = telling.begin(asked, "answer");
    try {
      const answer = await callModel({ ...asked, request: told.request }, leave, parts.stopped);
      const read = question.read(answer);
      const cost = costOfCall(parts.prices, asked, answer.text, read);
      tally.costs.push(cost);
      tally.inputTokens += read.inputTokens ?? 0;
      tally.outputTokens += read.outputTokens ?? 0;
      tally.said.push({ model: read.model, version: read.version ?? null });
      told.ended({ answer, read, cost });
      await room.settle({ ...read, cost });
      return { kind: "answered", answer: read.output === undefined ? null : question.answerIn(read.output) };
    } catch (error) {
      const failure = failureOf(error);
      const cost = costOfFailedCall(parts.prices, asked, failure);
      if (parts.stopped.aborted) {
        told.ended({ failure: modelFailure("aborted", "The program stops."), cost });
        await room.settle("nothing");
        return { kind: "stopped" };
      }
      told.ended({ failure, cost });
      tally.costs.push(cost);
      await room.settle({ cost, inputTokens: 0, outputTokens: 0 });
      const because: string = classIn(failure) ?? (failure.code satisfies ErrorCode);
      return { kind: "missing", because, retryable: failure.retryable };
    } finally {
      telling.end();
    }
  } finally {
    await leave.end();
  }
}

/** Each question, and each second try of one, is a trace of its own: they have nothing to do with each other. */
function aboutQuestion({ connection, model }: BreakerKey, { id }: Question): Subject {
  return {
    path: "canary",
    key: `canary ${connection} ${model} ${id}`,
    standing: {},
    own: { "pilotage.canary.question": id },
  };
}

/** Who asks, where places of a connection are shared between workflows. */
const CANARY = "(canary)";

interface Tally {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  costs: (Cost | undefined)[];
  said: Identity[];
}

function newTally(): Tally {
  return { calls: 0, inputTokens: 0, outputTokens: 0, costs: [], said: [] };
}

/** The run, and what follows from it, in one transaction. */
async function keep(
  parts: CanaryParts,
  {
    changed,
    workflows,
    ...run
  }: Omit<CanaryRun, "cost" | "currency" | "cost_estimated"> & {
    cost: Cost | undefined;
    changed: Change | undefined;
    workflows: readonly string[];
  },
): Promise<void> {
  const { database, audit, worker } = parts;
  const now = run.finished_at;
  const by = { kind: "system", name: worker } as const;
  // After a change the model is asked at once for what it says now: its answers are the known ones from then on.
  const next = { baseline: AGAIN_AFTER, same: AGAIN_AFTER, changed: 0, inconclusive: RETRY_AFTER }[
    run.outcome
  ];
  const known = { baseline: run.id, same: run.baseline, changed: null, inconclusive: run.baseline }[
    run.outcome
  ];
  await database.transaction(async (tx) => {
    // In the order of everybody who changes them: workflows, then certificates, then the canary.
    if (changed) await lockInForce(tx, await workflowNames(tx), now);
    const about = changed ? await lockAbout(parts, tx, run, changed) : [];
    if (!(await storeRun(tx, worker, run, { next: now + next, known }))) return;
    const { connection, model, outcome, because, compared, differing: others, calls, cost } = run;
    audit.record(tx, [
      {
        kind: "canary.run",
        actor: by,
        data: {
          run: run.id,
          connection,
          model,
          outcome,
          compared,
          differing: others,
          calls,
          ...(because === null ? {} : { because }),
          ...(cost === undefined ? {} : { cost: cost.amount, currency: cost.currency }),
        },
      },
    ]);
    if (changed) await stepBack(parts, tx, { run, changed, about, workflows, by, now });
  });
}

async function workflowNames(tx: Tx): Promise<string[]> {
  return (await tx.all<{ name: string }>(sql`select name from workflow`)).map((one) => one.name);
}

/** The certificates that hold for what the model was. */
async function lockAbout(
  { registry }: CanaryParts,
  tx: Tx,
  run: Pick<CanaryRun, "connection" | "model" | "answered">,
  changed: Change,
): Promise<{ id: string; workflow: string }[]> {
  const earnedNow = changed.kind === "behaviour" ? [] : run.answered;
  const about = await certificatesAbout(tx, registry, run, earnedNow);
  const ids = about.map((one) => one.id);
  await tx.run(sql`select 1 from certificate where id = any(${ids}) order by id for no key update`);
  return about;
}

/** Suspends what was promised about the model as it was, and records the change for each workflow that it concerns. */
async function stepBack(
  { audit, newId }: CanaryParts,
  tx: Tx,
  given: {
    run: Pick<CanaryRun, "id" | "connection" | "model" | "compared" | "differing">;
    changed: Change;
    about: readonly { id: string; workflow: string }[];
    workflows: readonly string[];
    by: { kind: "system"; name: string };
    now: number;
  },
): Promise<void> {
  const { run, changed, about, workflows, by, now } = given;
  const suspended = await suspendCertificates(
    tx,
    audit,
    { ids: about.map((one) => one.id) },
    { because: BECAUSE[changed.kind], by, now },
  );
  const concerned = [...new Set([...workflows, ...about.map((one) => one.workflow)])].sort();
  await recordChanges(
    tx,
    audit,
    concerned.map((workflow) => ({
      id: newId("modelChange"),
      workflow,
      connection: run.connection,
      model: run.model,
      change: changed.kind,
      before: changed.kind === "behaviour" ? String(run.compared) : changed.before,
      after: changed.kind === "behaviour" ? String(run.differing) : changed.after,
      found: { by: "canary", run: run.id },
      // A live case may have been first.
      certificates: about
        .filter((one) => one.workflow === workflow && suspended.includes(one.id))
        .map((one) => one.id),
    })),
    { by, now },
  );
}

const BECAUSE: Record<Change["kind"], string> = {
  name: "the canary found another model behind the name",
  version: "the canary found another version of the model",
  behaviour: "the canary found that the model answers otherwise than it did",
};
