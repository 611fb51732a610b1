/**
 * Answers the items of an evaluation run: a few at a time, each score stored before that lane takes the next item. An item may be
 * asked about several times.
 *
 * A run belongs to one live process, fenced by a counter. What a process that died had answered stands, and the next one
 * goes on with the rest; no item is in the record twice. Items that the release was trained with are left out: what a
 * model has learned by heart measures nothing.
 */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Audit } from "../audit/record.ts";
import { openJson, sealJson } from "../cases/content.ts";
import { scrubbing, type CallParts } from "../cases/model/call.ts";
import { confidenceOf, type Subject } from "../cases/model/telling.ts";
import type { Registry, ReleaseView, WorkflowView } from "../cases/workflow/registry.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { canonical } from "../definition/digest.ts";
import { isWrong } from "../definition/error-rule.ts";
import type { FrozenJudge } from "../definition/judge.ts";
import { applyPolicy } from "../definition/policy.ts";
import type { Clock } from "../platform/clock.ts";
import { coalesced } from "../platform/coalesce.ts";
import type { Database } from "../platform/database.ts";
import type { ContentKey } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";
import { askPatiently } from "./ask-patiently.ts";
import { countRun, finishRun } from "./evaluation-finish.ts";
import { judgeAnswers } from "./evaluation-judge.ts";
import { itemOwner } from "./evaluation-set.ts";
import { scoreWriter, type Score } from "./evaluation-score.ts";
import { outputKind } from "./run-items.ts";

export interface EvaluationParts extends CallParts {
  database: Database;
  registry: Registry;
  audit: Audit;
  clock: Clock;
  worker: string;
  /** Whether live cases leave room; asked before every group of items. */
  roomBeside(): boolean;
  /** What became of a run that failed for a reason of ours; it is taken up again. */
  failed(run: string, error: unknown): void;
}

export interface EvaluationDuty {
  /** Takes up runs that wait, and goes on with them in the background. */
  look(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  ended(): Promise<void>;
}

interface Claimed {
  id: string;
  workflow: string;
  set_id: string;
  release: string;
  step: number;
  repeats: number;
  at_once: number;
  metrics: string[];
  judges: FrozenJudge[];
  lease_no: number;
}

interface Item {
  no: number;
  wrapped: Uint8Array;
  sealed: Uint8Array;
  /** The answers that it has: 1 is the first. */
  has: number[];
}

/** One question: an item, asked for the so-manieth time. */
interface Question {
  item: Item;
  repeat: number;
}

/** What the lanes of one run share. */
interface Work {
  run: Claimed;
  release: ReleaseView;
  /** What the release was trained with, as the model sees it. */
  learned: Set<string>;
  /** The workflow as it stands; lanes that ask at the same time share a read. */
  workflow(name: string): Promise<WorkflowView>;
  write(score: Score): Promise<boolean>;
  /** Questions in a row without an answer. */
  failures: number;
  lost: boolean;
}

const MOST_RUNS = 2;
const GROUP = 128;
/** So many questions in a row without an answer say something about the model, and nothing about the items. */
const MOST_FAILURES = 25;
const ROOM_PAUSE = 100;

export function answeringEvaluations(parts: EvaluationParts): EvaluationDuty {
  const busy = new Map<string, Promise<void>>();
  // One look at a time: between a claim and its mark here another one would free the run.
  const look = coalesced(async () => {
    // Nearly always there is nothing to do.
    const open = await parts.database.maybe(
      sql`select 1 from evaluation_run where state in ('waiting', 'running') limit 1`,
    );
    if (!open) return;
    // What this process holds by the database's account and does not work on: the answer to a claim was lost.
    await parts.database.run(
      sql`update evaluation_run set worker = null where worker = ${parts.worker} and id <> all(${[...busy.keys()]})`,
    );
    while (busy.size < MOST_RUNS && !parts.stopped.aborted) {
      const run = await claim(parts);
      if (!run) return;
      const work = answerRun(parts, run)
        .catch((error: unknown) => parts.failed(run.id, error))
        .finally(() => busy.delete(run.id));
      busy.set(run.id, work);
    }
  });
  return {
    look: () => look(""),
    async ended() {
      await Promise.all(busy.values());
    },
  };
}

async function claim({ database, worker, clock }: EvaluationParts): Promise<Claimed | undefined> {
  return database.maybe<Claimed>(sql`
    update evaluation_run r set state = 'running', worker = ${worker}, lease_no = lease_no + 1, taken_at = ${time(clock.now())},
      done_before = (select count(*) from evaluation_score where run_id = r.id) + (select count(*) from evaluation_repeat where run_id = r.id)
    where id = (select id from evaluation_run where state in ('waiting', 'running') and worker is null order by id limit 1 for update skip locked)
    returning id, workflow, set_id, release, step, repeats, at_once, metrics, judges, lease_no`);
}

async function answerRun(parts: EvaluationParts, run: Claimed): Promise<void> {
  const release = await parts.registry.release(parts.database, run.release);
  const learned = await learnedBy(parts.database, release);
  const { database, registry, worker } = parts;
  const work: Work = {
    run,
    release,
    learned,
    workflow: coalesced((name) => registry.workflow(database, name)),
    write: scoreWriter(database, { id: run.id, worker, leaseNo: run.lease_no }),
    failures: 0,
    lost: false,
  };
  for (let after = 0; ;) {
    while (!parts.roomBeside() && !parts.stopped.aborted) await pause(ROOM_PAUSE);
    if (parts.stopped.aborted || work.lost) return;
    if (work.failures >= MOST_FAILURES) return giveUp(parts, work);
    const items = await nextItems(parts.database, run, after);
    if (items.length === 0) return judgeAndFinish(parts, work);
    after = items.at(-1)!.no;
    await answerGroup(parts, work, items);
  }
}

/** Items that lack an answer, in their order. */
async function nextItems(database: Database, run: Claimed, after: number): Promise<Item[]> {
  return database.all<Item>(sql`
    select i.no, i.wrapped, i.sealed,
      case when s.no is null then '{}' else array[1] end || array(select p.repeat::int from evaluation_repeat p where p.run_id = ${run.id} and p.no = i.no) as has
    from evaluation_item i left join evaluation_score s on s.run_id = ${run.id} and s.no = i.no
    where i.set_id = ${run.set_id} and i.no > ${after} and (s.no is null or (${run.repeats}::int > 1 and s.state <> 'left_out'
      and (select count(*) from evaluation_repeat p where p.run_id = ${run.id} and p.no = i.no) < ${run.repeats}::int - 1))
    order by i.no limit ${GROUP}`);
}

function* questionsAbout(items: readonly Item[], repeats: number): Generator<Question> {
  for (const item of items)
    for (let repeat = 1; repeat <= repeats; repeat++) if (!item.has.includes(repeat)) yield { item, repeat };
}

async function answerGroup(parts: EvaluationParts, work: Work, items: Item[]): Promise<void> {
  const rest = questionsAbout(items, work.run.repeats);
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      if (parts.stopped.aborted || work.lost || work.failures >= MOST_FAILURES) return;
      await answer(parts, work, next.value);
    }
  };
  // Waits for all, also when one failed: this process gives the run up only when nothing of it is under way.
  const lanes = await Promise.allSettled(Array.from({ length: work.run.at_once }, lane));
  for (const one of lanes) if (one.status === "rejected") throw one.reason;
}

async function answer(parts: EvaluationParts, work: Work, { item, repeat }: Question): Promise<void> {
  const { run, release } = work;
  const { no } = item;
  const id = itemOwner(run.set_id, no);
  const opened = openItem(parts, id, item);
  // Damaged, or its key destroyed while this run was under way: it has no answer, and the others go on.
  if (!opened) return store(work, { no, repeat, state: "failed", error: "internal", milliseconds: 0 });
  const { key, input, truth } = opened;
  if (work.learned.size > 0 && work.learned.has(asSeen(release, input))) {
    if (repeat === 1) await store(work, { no, repeat, state: "left_out" });
    return;
  }
  const subject = aboutItem(run, no, repeat);
  const telling = parts.telling.question(subject);
  const ended = await askPatiently(
    parts,
    { ...work, step: run.step, workflow: () => work.workflow(run.workflow) },
    { id, input },
    telling,
  );
  telling.end(confidenceOf(ended?.kind === "answered" ? ended.confidence : undefined));
  if (ended === undefined) return;
  const kind = outputKind(run.id, repeat);
  if (ended.kind === "failed") {
    // What nobody can use is an answer all the same, and counts as wrong: the model is there.
    work.failures = ended.code === "model_bad_answer" ? 0 : work.failures + 1;
    const sealed = sealJson(key, kind, { failure: ended.message });
    const { code: error, milliseconds, cost } = ended;
    return store(work, { no, repeat, state: "failed", error, milliseconds, cost, sealed });
  }
  work.failures = 0;
  const { wrong, fields } = isWrong(release.document.error, ended.output, truth);
  parts.telling.judged({ ...subject, judge: "evaluation", wrong });
  const sealed = sealJson(key, kind, { output: ended.output });
  await store(work, { no, repeat, state: "answered", ...ended, wrong, fields, sealed });
}

function openItem(
  { vault }: EvaluationParts,
  id: string,
  item: Item,
): { key: ContentKey; input: JsonObject; truth: JsonObject } | undefined {
  try {
    const key = vault.openKey(id, item.wrapped);
    const { input, output } = openJson(key, "item", item.sealed) as { input: JsonObject; output: JsonObject };
    return { key, input, truth: output };
  } catch {
    return undefined;
  }
}

/** A trace of its own for each question. */
function aboutItem({ id, workflow, release }: Claimed, no: number, repeat: number): Subject {
  const key = `evaluation ${id} ${no}${repeat === 1 ? "" : ` ${repeat}`}`;
  return {
    path: "evaluation",
    key,
    standing: { of: key },
    own: {
      "pilotage.evaluation.run": id,
      "pilotage.evaluation.item": no,
      "pilotage.workflow": workflow,
      "pilotage.release": release,
    },
  };
}

async function store(work: Work, score: Score): Promise<void> {
  if (!(await work.write(score))) work.lost = true;
}

async function giveUp(parts: EvaluationParts, { run }: Work): Promise<void> {
  const last = await parts.database.maybe<{ error: string }>(
    sql`select error from (select no, error from evaluation_score where run_id = ${run.id} and state = 'failed'
      union all select no, error from evaluation_repeat where run_id = ${run.id} and state = 'failed') failed
      where error <> 'model_bad_answer' order by no desc limit 1`,
  );
  const problem = `${MOST_FAILURES} answers in a row failed (${last?.error ?? "unknown"}), so the run was given up. Look at the connection and the model of the release, then evaluate again.`;
  await finishRun(parts, run, { state: "failed", problem });
}

/** Lets its judges look, counts what was answered, and keeps the counts with the run. */
async function judgeAndFinish(parts: EvaluationParts, { run, release, workflow }: Work): Promise<void> {
  const judged = await judgeAnswers(parts, run, release, () => workflow(run.workflow));
  if (judged === "left") return;
  if (judged !== "done") return finishRun(parts, run, { state: "failed", ...judged });
  await finishRun(parts, run, { state: "done", counts: await countRun(parts, run, release) });
}

/** The inputs that the release's local models learned from, as a model sees them. */
async function learnedBy(database: Database, release: ReleaseView): Promise<Set<string>> {
  const { examples } = release.document;
  if (examples === undefined) return new Set();
  const stored = await database.maybe<{ bytes: Uint8Array }>(
    sql`select bytes from artifact where digest = ${examples.digest}`,
  );
  const learned = new Set<string>();
  for (const line of Buffer.from(stored?.bytes ?? [])
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .split("\n")) {
    if (line.trim() === "") continue;
    const { input } = JSON.parse(line) as { input: unknown };
    if (isJsonObject(input)) learned.add(asSeen(release, input));
  }
  return learned;
}

/** A digest of what the data policy lets a model see of an input: what is equal there is the same example. */
function asSeen(release: ReleaseView, input: JsonObject): string {
  const { allowed } = applyPolicy(release.document.policy, [], input, {
    pseudonym: () => "pseudonym",
    scrub: scrubbing(release).scrub,
  });
  return createHash("sha256").update(canonical(allowed)).digest("base64");
}
