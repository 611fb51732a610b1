/**
 * Answers the cases that wait for a release in shadow: a few at a time, and only while live cases leave room.
 *
 * A run is claimed by a live process and fenced by a counter, like a case; a process that dies between the call and the
 * record has its run taken up by another, and the call is made again. Nothing is asked from rung 2 of the safe-stop
 * ladder on, or when the release was taken out of shadow.
 */
import type { Audit } from "../audit/record.ts";
import { openEach, readAttachments, sealJson, type Opened } from "../cases/content.ts";
import type { CallParts } from "../cases/model/call.ts";
import { pauseAfter } from "../cases/model/next-call.ts";
import { answerOnce, type Once } from "../cases/model/once.ts";
import { insertContent } from "../cases/model/record.ts";
import { confidenceOf, type Subject } from "../cases/model/telling.ts";
import { tracesOf } from "../cases/trace.ts";
import type { Registry, WorkflowView } from "../cases/workflow/registry.ts";
import type { JsonObject } from "../contract/json.ts";
import { ATTACHMENTS } from "../definition/policy.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import type { ContentKey } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";

export interface ShadowParts extends CallParts {
  database: Database;
  registry: Registry;
  audit: Audit;
  clock: Clock;
  worker: string;
  /** Whether live cases leave room; asked before every call. */
  roomBeside(): boolean;
}

interface Run {
  case_id: string;
  release: string;
  workflow: string;
  step: number;
  lease_no: number;
  /** With the one that was just begun. */
  tries: number;
}

type Ended = Extract<Once, { kind: "answered" | "failed" }>;

const IN_FLIGHT = 4;
const CLAIM = 16;
const MOST_TRIES = 4;
const LONGEST_PAUSE = 10 * 60_000;
/** How soon a run looks again while another call finds out whether its model is back. */
const LOOK = 1_000;
/** A budget may be raised before it begins anew. */
const BUDGET_LOOK = 10 * 60_000;
/** From this rung on no model is asked. */
const MODEL_OFF = 2;

/** The duty: answers what is due, until nothing is or live cases need the room. */
export function answeringShadows(parts: ShadowParts): () => Promise<void> {
  /** An answer of the database was lost: runs may be held here without anybody working on them. */
  let unsure = false;
  return async () => {
    if (unsure)
      await parts.database.run(sql`update shadow_run set worker = null where worker = ${parts.worker}`);
    unsure = true;
    for (let busy = true; busy;) {
      busy = false;
      for (const workflow of await shadowed(parts.database))
        if (await answerSome(parts, workflow)) busy = true;
    }
    unsure = false;
  };
}

async function shadowed(database: Database): Promise<string[]> {
  const found = await database.all<{ name: string }>(
    sql`select name from workflow where shadow_release is not null and rung < ${MODEL_OFF}`,
  );
  return found.map((row) => row.name);
}

/** Answers some cases of one workflow; false when none was due. */
async function answerSome(parts: ShadowParts, workflow: string): Promise<boolean> {
  if (parts.stopped.aborted || !parts.roomBeside()) return false;
  const claimed = await claim(parts, workflow);
  const opened = await openEach(
    parts.database,
    parts.vault,
    claimed.map((one) => one.case_id),
    ["input"],
  );
  const rest = claimed.values();
  const lane = async () => {
    for (const run of rest) await answerRun(parts, run, opened.get(run.case_id)!);
  };
  // Waits for all, also when one failed: what is still on its way is not to be freed.
  const lanes = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, lane));
  for (const one of lanes) if (one.status === "rejected") throw one.reason;
  return claimed.length > 0;
}

async function claim({ database, worker, clock }: ShadowParts, workflow: string): Promise<Run[]> {
  return database.all<Run>(sql`
    update shadow_run s set worker = ${worker}, lease_no = lease_no + 1, tries = tries + 1
    from (select r.case_id, r.release from shadow_run r join workflow w on w.name = r.workflow and w.shadow_release = r.release and w.rung < ${MODEL_OFF}
      where r.workflow = ${workflow} and r.state = 'waiting' and r.worker is null and r.next_at <= ${time(clock.now())}
      order by r.next_at limit ${CLAIM} for update of r skip locked) due
    where s.case_id = due.case_id and s.release = due.release
    returning s.case_id, s.release, s.workflow, s.step, s.lease_no, s.tries`);
}

async function answerRun(parts: ShadowParts, run: Run, opened: Opened): Promise<void> {
  // Read for each call: a rung, a stop or a blocked field counts at once.
  const workflow = await parts.registry.workflow(parts.database, run.workflow);
  const { rung, shadow_release } = workflow.row;
  if (rung >= MODEL_OFF || shadow_release !== run.release || parts.stopped.aborted || !parts.roomBeside())
    return giveBack(parts, run);
  const ended = await askFor(parts, run, opened, workflow);
  if (ended === undefined) return giveBack(parts, run);
  if (ended.kind === "shut")
    return giveBack(parts, run, ended.trying ? parts.clock.now() + LOOK : ended.until);
  if (ended.kind === "over_budget")
    return giveBack(parts, run, Math.min(ended.until, parts.clock.now() + BUDGET_LOOK));
  if (ended.kind === "failed" && ended.retryable && run.tries < MOST_TRIES)
    return tryAgain(parts, run, ended);
  await record(parts, run, ended, opened.ok ? opened.key : undefined);
}

/** Undefined when the process stops before there is an answer. */
async function askFor(
  parts: ShadowParts,
  run: Run,
  opened: Opened,
  workflow: WorkflowView,
): Promise<Exclude<Once, { kind: "stopped" }> | undefined> {
  if (!opened.ok) return gone(opened.error.message);
  // Each claim counts as a try: whatever brings a process down over this case does so a few times only.
  if (run.tries > MOST_TRIES) return gone("The program ended several times over this case.");
  const release = await parts.registry.release(parts.database, run.release);
  const attachments =
    release.document.policy[ATTACHMENTS] === "allow"
      ? await readAttachments(parts.database, run.case_id, opened.key)
      : [];
  const input = opened.content.get("input") as JsonObject;
  const traces = parts.telling.listens ? await tracesOf(parts.database, [run.case_id]) : undefined;
  const telling = parts.telling.question(aboutRun(run, traces?.get(run.case_id)));
  const matter = { id: run.case_id, input, attachments, release, workflow };
  const once = await answerOnce(parts, matter, run.step, telling).finally(() => telling.waits());
  const over =
    once.kind === "answered" || (once.kind === "failed" && (!once.retryable || run.tries >= MOST_TRIES));
  if (over) telling.end(confidenceOf(once.kind === "answered" ? once.confidence : undefined));
  return once.kind === "stopped" ? undefined : once;
}

/** Below the span of the case itself. */
function aboutRun({ case_id, release, workflow }: Run, traceparent: string | undefined): Subject {
  return {
    path: "shadow",
    key: `shadow ${case_id} ${release}`,
    standing: { traceparent, of: case_id, below: true },
    own: {
      "pilotage.case.id": case_id,
      "pilotage.workflow": workflow,
      "pilotage.release": release,
      "pilotage.arm": "shadow",
    },
  };
}

function gone(message: string): Ended {
  return {
    kind: "failed",
    code: "internal",
    message,
    retryable: false,
    retryAfterMs: undefined,
    milliseconds: 0,
    cost: undefined,
  };
}

/** The try does not count: no model was asked, or none had the time to answer. */
async function giveBack({ database, worker }: ShadowParts, run: Run, until?: number): Promise<void> {
  const next = until === undefined ? null : time(until);
  await database.run(sql`
    update shadow_run set worker = null, tries = tries - 1, next_at = coalesce(${next}::timestamptz, next_at)
    where case_id = ${run.case_id} and release = ${run.release} and worker = ${worker} and lease_no = ${run.lease_no}`);
}

async function tryAgain(
  { database, worker, clock }: ShadowParts,
  run: Run,
  ended: Extract<Ended, { kind: "failed" }>,
): Promise<void> {
  const pause = Math.max(pauseAfter(run.tries), Math.min(ended.retryAfterMs ?? 0, LONGEST_PAUSE));
  await database.run(sql`
    update shadow_run set worker = null, next_at = ${time(clock.now() + pause)}, error = ${ended.code}
    where case_id = ${run.case_id} and release = ${run.release} and worker = ${worker} and lease_no = ${run.lease_no}`);
}

/** Output, figures and audit event in one transaction; nothing when the run is another's by now, or was dropped. */
async function record(
  { database, audit, clock, worker }: ShadowParts,
  run: Run,
  ended: Ended,
  key: ContentKey | undefined,
): Promise<void> {
  const answer = ended.kind === "answered" ? ended : undefined;
  const error = ended.kind === "failed" ? ended.code : null;
  // One run a transaction: its row is the only one that this and a verdict's may both want.
  await database.transaction(async (tx) => {
    const ours = await tx.run(sql`
      update shadow_run set state = ${ended.kind}, next_at = null, worker = null, ended_at = ${time(clock.now())}, error = ${error},
        model = ${answer?.model ?? null}, model_version = ${answer?.version ?? null}, confidence = ${answer?.confidence ?? null},
        by_rule = ${answer?.byRule ?? null},
        facets = ${answer ? JSON.stringify(answer.facets) : null}::jsonb, milliseconds = ${ended.milliseconds}, to_score = true,
        cost = ${ended.cost?.amount ?? null}, currency = ${ended.cost?.currency ?? null}, cost_estimated = ${ended.cost?.estimated ?? null}
      where case_id = ${run.case_id} and release = ${run.release} and worker = ${worker} and lease_no = ${run.lease_no}`);
    if (ours === 0) return;
    const kind = `shadow.${run.release}`;
    const content: JsonObject =
      ended.kind === "answered" ? { output: ended.output } : { failure: ended.message };
    if (key) await insertContent(tx, [{ case_id: run.case_id, kind, sealed: sealJson(key, kind, content) }]);
    audit.record(tx, [
      {
        kind: "shadow.answered",
        actor: { kind: "system", name: worker },
        workflow: run.workflow,
        caseId: run.case_id,
        data: { release: run.release, step: run.step, state: ended.kind, tries: run.tries, error },
      },
    ]);
  });
}

/** Shadow runs that would wait only because the clock was set back are made now. */
export async function wakeShadows(tx: Queryable, now: number): Promise<void> {
  await tx.run(
    sql`update shadow_run set next_at = ${time(now)} where state = 'waiting' and next_at > ${time(now)} and worker is null`,
  );
}
