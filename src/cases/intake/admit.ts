/**
 * Admission: an arrival becomes a case, or is known already, or contradicts what is known.
 *
 * Works on many arrivals in one transaction (see platform/group-commit.ts). Draws arm and coins under a lock of the
 * workflow's row, so that a share that changes is obeyed by the very next case. Guarantees: an external id is admitted
 * once; the same content again is a duplicate; other content is a conflict that overwrites nothing.
 */
import { idBorder, type CaseId } from "../../contract/ids.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Tx } from "../../platform/database.ts";
import type { Operation } from "../../platform/group-commit.ts";
import { binaryRows, type Form } from "../../platform/copy.ts";
import { hex, rows, sql } from "../../platform/sql.ts";
import type { Audit } from "../../audit/record.ts";
import type { Actor } from "../../contract/scopes.ts";
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { ContentKey } from "../../platform/secrets.ts";
import type { Loaded } from "../pipeline.ts";
import { keepTraces } from "../trace.ts";
import type { Registry, WorkflowView } from "../workflow/registry.ts";
import { assign, drawCoins, qaProbability, type Assignment, type Dials } from "./coins.ts";
import { keyText, knownKeys, openClaims } from "./external-ids.ts";
import { admitToShadow } from "./shadow.ts";

export type Door = "http" | "batch" | "feed" | "replay";

/** An arrival whose input is checked and sealed; everything that needs no database is done. */
export interface Arrival {
  id: CaseId;
  workflow: string;
  door: Door;
  source: string;
  externalId: string;
  /** Keyed digest of the canonical input and attachments: tells a duplicate from a conflict. */
  digest: Buffer;
  receivedAt: number;
  dueAt: number | undefined;
  thread: string | undefined;
  team: string | undefined;
  facets: Record<string, string | number | boolean>;
  subjects: Buffer[];
  wrappedKey: Uint8Array;
  sealedInput: Uint8Array;
  /** What is sealed, for a process that goes on with the case at once. */
  opened: { key: ContentKey; input: JsonObject };
  attachments: { mediaType: string; size: number; sealedName: Uint8Array; sealed: Uint8Array }[];
  drill: boolean;
  actor: Actor;
  /** The trace that it belongs to. */
  traceparent?: string | undefined;
}

export type Admission =
  | { kind: "admitted"; caseId: CaseId }
  | { kind: "duplicate"; caseId: CaseId }
  | { kind: "conflict"; caseId: CaseId };

/** Rungs of the safe-stop ladder. */
const MODEL_OFF = 2;
const INTAKE_ONLY = 3;
const STOPPED = 4;

/** The worker in this process: it goes on with new cases as far as it has places, and nobody needs to claim them. */
export interface Adoption {
  worker: string;
  places(workflow: string, wanted: number): number;
  adopt(view: WorkflowView, cases: Loaded[]): void;
  leavePlaces(workflow: string, places: number): void;
}

export function admission(parts: {
  audit: Audit;
  registry: Registry;
  wake: (tx: Tx, workflow: string) => Promise<void>;
  /** Undefined in a process without a worker. */
  adoption: () => Adoption | undefined;
}): Operation<Arrival, Admission> {
  const whole: Parts = { ...parts, today: openDays(), claim: openClaims() };
  return { name: "admit", run: (tx, arrivals) => admitAll(tx, arrivals, whole) };
}

type Parts = Parameters<typeof admission>[0] & {
  today: ReturnType<typeof openDays>;
  claim: ReturnType<typeof openClaims>;
};

async function admitAll(tx: Tx, arrivals: Arrival[], parts: Parts): Promise<Admission[]> {
  const views = await lockWorkflows(tx, arrivals, parts.registry);
  const known = (await parts.claim(tx, arrivals)) ? undefined : await knownKeys(tx, arrivals);
  const first = (arrival: Arrival) =>
    known ? known.get(keyText(arrival))! : { caseId: arrival.id, digest: arrival.digest };
  const admitted = known ? arrivals.filter((arrival) => first(arrival).caseId === arrival.id) : arrivals;
  if (admitted.length > 0) await insertCases(tx, admitted, views, parts);
  return arrivals.map((arrival) => {
    const { caseId, digest } = first(arrival);
    if (caseId === arrival.id) return { kind: "admitted", caseId };
    return { kind: digest.equals(arrival.digest) ? "duplicate" : "conflict", caseId };
  });
}

async function lockWorkflows(
  tx: Tx,
  arrivals: Arrival[],
  registry: Registry,
): Promise<Map<string, WorkflowView>> {
  const views = new Map<string, WorkflowView>();
  for (const name of [...new Set(arrivals.map((arrival) => arrival.workflow))].sort()) {
    const view = await registry.workflow(tx, name, true);
    if (view.row.rung >= STOPPED)
      throw new PilotageError(
        "intake_stopped",
        `Workflow ${name} is stopped and takes no new cases; nothing was stored.`,
        { hint: "Send the case again when its owner has moved the ladder back." },
      );
    views.set(name, view);
  }
  return views;
}

const CASE_COLUMNS: Record<string, Form> = {
  id: "text",
  workflow: "text",
  state: "text",
  arm: "text",
  release: "text",
  share: "numeric",
  autonomy_coin: "float8",
  qa: "boolean",
  qa_probability: "numeric",
  cold: "boolean",
  cold_probability: "numeric",
  drill: "boolean",
  door: "text",
  source: "text",
  external_id: "text",
  thread: "text",
  team: "text",
  facets: "jsonb",
  received_at: "time",
  due_at: "time",
  next_at: "time",
  worker: "text",
  lease_no: "int4",
};

async function insertCases(
  tx: Tx,
  arrivals: Arrival[],
  views: Map<string, WorkflowView>,
  parts: Parts,
): Promise<void> {
  const dials = new Map<string, Dials>();
  for (const [name, view] of views) {
    const now = arrivals.find((a) => a.workflow === name)?.receivedAt ?? 0;
    dials.set(name, dialsOf(view, await parts.today(tx, view, now)));
  }
  const threads = await threadArms(tx, arrivals, dials);
  const drawn = arrivals.map((arrival) => {
    const its = dials.get(arrival.workflow)!;
    const assignment =
      arrival.thread === undefined
        ? assign(arrival.id, its, arrival.team)
        : threads.get(threadText(arrival.workflow, arrival.thread))!;
    return { arrival, assignment, coins: drawCoins(arrival.id, assignment, its) };
  });
  const adopted = adoptFirst(tx, drawn, views, parts.adoption());
  const stateOf = (id: CaseId) => adopted.get(id)?.case_.state ?? "received";
  await tx.copy([
    binaryRows(
      "case_",
      CASE_COLUMNS,
      drawn.map(({ arrival, assignment, coins }) => {
        const held = adopted.get(arrival.id);
        return [
          arrival.id,
          arrival.workflow,
          stateOf(arrival.id),
          assignment.arm,
          assignment.release,
          assignment.share,
          coins.autonomyCoin,
          coins.qa,
          coins.qaProbability,
          coins.cold,
          coins.coldProbability,
          arrival.drill,
          arrival.door,
          arrival.source,
          arrival.externalId,
          arrival.thread ?? null,
          arrival.team ?? null,
          arrival.facets,
          arrival.receivedAt,
          arrival.dueAt ?? null,
          arrival.receivedAt,
          held?.lease.worker ?? null,
          held?.lease.leaseNo ?? 0,
        ];
      }),
    ),
    binaryRows(
      "case_key",
      { owner: "text", wrapped: "bytea" },
      arrivals.map((one) => [one.id, one.wrappedKey]),
    ),
    binaryRows(
      "case_content",
      { case_id: "text", kind: "text", sealed: "bytea" },
      arrivals.map((one) => [one.id, "input", one.sealedInput]),
    ),
  ]);
  await insertExtras(tx, arrivals);
  await admitToShadow(
    tx,
    drawn.map(({ arrival: { id, workflow, drill, receivedAt }, assignment: { release } }) => ({
      id,
      workflow,
      release,
      drill,
      receivedAt,
    })),
    (workflow) => views.get(workflow)!.row.shadow_release,
  );
  parts.audit.record(
    tx,
    drawn.map(({ arrival, assignment, coins }) => ({
      kind: "case.admitted",
      actor: arrival.actor,
      workflow: arrival.workflow,
      caseId: arrival.id,
      // In their order, as the audit trail writes them.
      data: {
        arm: assignment.arm,
        cold: coins.cold,
        coldProbability: String(coins.coldProbability),
        content: arrival.digest.toString("hex"),
        door: arrival.door,
        qa: coins.qa,
        qaProbability: String(coins.qaProbability),
        release: assignment.release,
        share: String(assignment.share),
        source: arrival.source,
        state: stateOf(arrival.id),
      },
    })),
  );
  // Nobody is woken for cases that the ladder keeps: whoever moves it back has them found by the clock.
  // Sorted: waking writes a row of the workflow's, and two groups that write in another order wait for each other in a ring.
  const left = arrivals
    .filter((one) => !adopted.has(one.id) && views.get(one.workflow)!.row.rung < INTAKE_ONLY)
    .map((one) => one.workflow);
  for (const name of [...new Set(left)].sort()) await parts.wake(tx, name);
}

interface Drawn {
  arrival: Arrival;
  assignment: Assignment;
  coins: ReturnType<typeof drawCoins>;
}

/** Cases that this process holds from their first moment on, with its name; it goes on with them after the commit. */
function adoptFirst(
  tx: Tx,
  drawn: Drawn[],
  views: Map<string, WorkflowView>,
  adoption: Adoption | undefined,
): Map<CaseId, Loaded> {
  const adopted = new Map<CaseId, Loaded>();
  if (!adoption) return adopted;
  for (const [workflow, list] of Map.groupBy(drawn, (one) => one.arrival.workflow)) {
    const view = views.get(workflow)!;
    const places = view.row.rung >= INTAKE_ONLY ? 0 : adoption.places(workflow, list.length);
    if (places === 0) continue;
    const first = list.slice(0, places).map((one) => loaded(one, view.row.rung, adoption.worker));
    for (const one of first) adopted.set(one.case_.id, one);
    tx.afterCommit(() => adoption.adopt(view, first));
    tx.afterFailure(() => adoption.leavePlaces(workflow, places));
  }
  return adopted;
}

/** A model is asked at once where there is one to ask, so such a case begins as `running`. */
function loaded({ arrival, assignment, coins }: Drawn, rung: number, worker: string): Loaded {
  return {
    case_: {
      id: arrival.id,
      workflow: arrival.workflow,
      state: assignment.arm === "manual" || rung >= MODEL_OFF ? "received" : "running",
      arm: assignment.arm,
      release: assignment.release,
      qa: coins.qa,
      qa_probability: coins.qaProbability,
      cold: coins.cold,
      cold_probability: coins.coldProbability,
      autonomy_coin: coins.autonomyCoin,
      drill: arrival.drill,
      source: arrival.source,
      external_id: arrival.externalId,
      received_at: arrival.receivedAt,
      due_at: arrival.dueAt ?? null,
      decided_at: null,
      verdict: null,
      lease_no: 1,
      corrections: 0,
      faults: 0,
    },
    lease: { id: arrival.id, worker, leaseNo: 1 },
    key: arrival.opened.key,
    content: new Map([["input", arrival.opened.input]]),
  };
}

async function insertExtras(tx: Tx, arrivals: Arrival[]): Promise<void> {
  await keepTraces(
    tx,
    arrivals.flatMap(({ id, traceparent }) =>
      traceparent === undefined ? [] : [{ case_id: id, traceparent }],
    ),
  );
  const subjects = arrivals.flatMap((a) =>
    a.subjects.map((digest) => ({ digest: hex(digest), case_id: a.id })),
  );
  if (subjects.length > 0)
    await tx.run(sql`
      insert into case_subject (digest, case_id)
      select digest, case_id from json_populate_recordset(null::case_subject, ${rows(subjects)}::json) on conflict do nothing`);
  const attachments = arrivals.flatMap((a) =>
    a.attachments.map((one, i) => ({
      case_id: a.id,
      no: i + 1,
      media_type: one.mediaType,
      size: one.size,
      sealed_name: hex(one.sealedName),
      sealed: hex(one.sealed),
    })),
  );
  if (attachments.length > 0)
    await tx.run(sql`
      insert into attachment (case_id, no, media_type, size, sealed_name, sealed)
      select case_id, no, media_type, size, sealed_name, sealed from json_populate_recordset(null::attachment, ${rows(attachments)}::json)`);
}

/** Ids carry the time at which they were made: none of the last seven days is older, and older months are not looked at. */
const BEFORE_THE_WEEK = 8 * 86_400_000;

/**
 * The quality probability of a day, which the day's first case fixes; remembered as long as the dials are those that it was
 * read under, for a change of them makes the day's figure anew.
 */
function openDays() {
  const known = new Map<string, { under: string; probability: number }>();
  return async (tx: Tx, { row, document }: WorkflowView, now: number): Promise<number> => {
    const at = isoTime(now);
    const day = at.slice(0, 10);
    const under = JSON.stringify([day, document.qa]);
    const remembered = known.get(row.name);
    if (remembered?.under === under) return remembered.probability;
    const stored = async () =>
      tx.maybe<{ qa_probability: number }>(
        sql`select qa_probability from workflow_day where workflow = ${row.name} and day = ${day}`,
      );
    const today = await stored();
    // Remembered from the next time on: this one may have been stored by a transaction that fails yet.
    if (today) {
      known.set(row.name, { under, probability: today.qa_probability });
      return today.qa_probability;
    }
    const week = await tx.one<{ cases: number; days: number }>(sql`
      select count(*)::int as cases, count(distinct received_at::date)::int as days from case_
      where id >= ${idBorder("case", now - BEFORE_THE_WEEK)} and workflow = ${row.name} and not drill and received_at >= ${at}::timestamptz - interval '7 days' and received_at < ${day}::date`);
    const probability = qaProbability(
      document.qa.share,
      document.qa.atLeastPerDay,
      week.days === 0 ? undefined : week.cases / week.days,
    );
    await tx.run(
      sql`insert into workflow_day (workflow, day, qa_probability) values (${row.name}, ${day}, ${probability}) on conflict do nothing`,
    );
    return (await stored())!.qa_probability;
  };
}

function dialsOf({ row, document }: WorkflowView, probability: number): Dials {
  return {
    stableRelease: row.stable_release,
    candidateRelease: row.candidate_release,
    candidateShare: row.candidate_share,
    candidateTeam: row.candidate_team,
    salt: row.salt,
    coldShare: document.cold.share,
    qaProbability: probability,
  };
}

interface ThreadArm extends Assignment {
  workflow: string;
  thread: string;
  /** Of the draw that settled it; null where nobody knows it any more. */
  salt: string | null;
}

/**
 * A thread keeps the arm of its first case for ever. A rehearsal gets its thread's arm, and settles it for nobody. The share
 * under which it was drawn holds while that draw lasts: in a later rollout its cases are of no share, and nobody's evidence.
 * Where its release was taken out it goes where that led (releases/thread-ways.ts).
 */
async function threadArms(
  tx: Tx,
  arrivals: Arrival[],
  dials: Map<string, Dials>,
): Promise<Map<string, Assignment>> {
  const threads = new Map<string, ThreadArm>();
  for (const { workflow, thread, team } of arrivals)
    // The first case of a thread draws for all of it.
    if (thread !== undefined && !threads.has(threadText(workflow, thread)))
      threads.set(threadText(workflow, thread), {
        workflow,
        thread,
        ...assign(`thread:${thread}`, dials.get(workflow)!, team),
        salt: dials.get(workflow)!.salt,
      });
  if (threads.size === 0) return new Map();
  const wanted = [...threads.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const real = new Set(
    arrivals.flatMap((a) => (a.thread === undefined || a.drill ? [] : [threadText(a.workflow, a.thread)])),
  );
  const settled = wanted.filter((one) => real.has(threadText(one.workflow, one.thread)));
  if (settled.length > 0)
    await tx.run(sql`
      insert into thread_arm (workflow, thread, arm, release, share, salt)
      select workflow, thread, arm, release, share, salt from json_populate_recordset(null::thread_arm, ${rows(settled)}::json) on conflict do nothing`);
  const found = await tx.all<ThreadArm>(sql`
    select t.workflow, t.thread, case when w.leads_to is null then t.arm when w.leads_to = 'manual' then 'manual' else 'stable' end as arm,
      coalesce(w.leads_to, t.release) as release, t.share, t.salt
    from thread_arm t left join thread_way w on w.workflow = t.workflow and w.release = t.release
    where (t.workflow, t.thread) in (select workflow, thread from json_populate_recordset(null::thread_arm, ${rows(wanted)}::json))`);
  return new Map(
    [...wanted, ...found].map(({ workflow, thread, arm, release, share, salt }) => [
      threadText(workflow, thread),
      { arm, release, share: salt === dials.get(workflow)!.salt ? share : 0 },
    ]),
  );
}

const threadText = (workflow: string, thread: string) => `${workflow}:${thread}`;
