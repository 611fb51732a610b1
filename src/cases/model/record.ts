/**
 * The transactions around a model call: the attempt is reserved before it, its end is recorded after it.
 *
 * Each write is fenced by the lease, so that a process that stood still too long changes nothing. Nothing is called
 * from inside a transaction. The end that carries the decision is in decision/settle.ts.
 */
import { PilotageError } from "../../contract/errors.ts";
import type { Audit, AuditEvent } from "../../audit/record.ts";
import type { CaseId } from "../../contract/ids.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Operation } from "../../platform/group-commit.ts";
import type { Database, Queryable, Tx } from "../../platform/database.ts";
import { listed, packed, rows, sql, type Sql } from "../../platform/sql.ts";
import type { Cost } from "../../models/prices.ts";
import type { Lease } from "../case-row.ts";
import type { PastAttempt, Purpose } from "./next-call.ts";

export interface Reservation {
  lease: Lease;
  workflow: string;
  release: string;
  no: number;
  step: number;
  purpose: Purpose;
  modelAsked: string;
  /** The case whose answer is taken up again, where nobody is asked. */
  cachedFrom: string | undefined;
  /** The case was `running` already when this process got it. */
  running: boolean;
  startedAt: number;
  sealedRequest: Uint8Array;
  /** Models that came first and were not asked, because their breakers are open. */
  passedOver: string[];
  /** Models that came first and were not asked, because a budget is spent. */
  overBudget: string[];
}

/** How an attempt ended; content is sealed already. */
export interface AttemptEnd {
  no: number;
  state: "answered" | "failed";
  error: string | undefined;
  retryable: boolean | undefined;
  modelAnswered: string | undefined;
  modelVersion: string | undefined;
  confidence: number | undefined;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  cachedTokens: number | undefined;
  /** Undefined: unknown. */
  cost: Cost | undefined;
  finishedAt: number;
  milliseconds: number;
  sealedReply: Uint8Array | undefined;
}

export interface Failure {
  lease: Lease;
  workflow: string;
  end: AttemptEnd | undefined;
  /** When the case shall be taken up again; undefined when this process goes on with it at once. */
  again: number | undefined;
  /** The model whose open breaker the case waits for. */
  waitsFor?: string | undefined;
}

/** The cases among these that this process still holds, locked for the rest of the transaction. */
export async function held(tx: Queryable, leases: Lease[]): Promise<Set<CaseId>> {
  const found = await tx.all<{ id: CaseId }>(sql`
    select c.id from case_ c
    join json_to_recordset(${rows(leases.map((l) => ({ id: l.id, worker: l.worker, lease_no: l.leaseNo })))}::json) as l (id text, worker text, lease_no int)
      on l.id = c.id and (c.worker, c.lease_no) is not distinct from (l.worker, l.lease_no)
    for update of c`);
  return new Set(found.map((row) => row.id));
}

/**
 * The items whose case this process still holds. In a group all of them are taken to be held, which they nearly always are:
 * the update that moves their cases carries the fence, `allMoved` sees when one was lost, and then each item is tried alone.
 */
export async function fenced<Item extends { lease: Lease }>(tx: Queryable, items: Item[]): Promise<Item[]> {
  if (items.length > 1) return items;
  const ours = await held(
    tx,
    items.map((one) => one.lease),
  );
  return items.filter((one) => ours.has(one.lease.id));
}

/** Throws when a case of a group was lost: nothing of the group is stored then. */
export function allMoved(moved: number, items: { lease: Lease }[]): void {
  if (moved !== items.length)
    throw new PilotageError("internal", "A case of this group belongs to another process by now.", {
      retryable: true,
    });
}

/** The columns by which a case is fenced. */
export function fenceOf({ id, worker, leaseNo }: Lease): { id: string; held_by: string; lease_no: number } {
  return { id, held_by: worker, lease_no: leaseNo };
}

/** Reserves attempts; false for a case that another process holds by now. */
export function reserving(audit: Audit, worker: string): Operation<Reservation, boolean> {
  return {
    name: "reserve",
    async run(tx, items) {
      const mine = await fenced(tx, items);
      if (mine.length > 0) {
        const requests = packed();
        const attempts = mine.map((one) => ({
          case_id: one.lease.id,
          no: one.no,
          step: one.step,
          purpose: one.purpose,
          model_asked: one.modelAsked,
          cached_from: one.cachedFrom ?? null,
          started_at: isoTime(one.startedAt),
          ...requests.add(one.sealedRequest),
        }));
        await Promise.all([
          setRunning(tx, mine),
          tx.run(sql`
          with r as materialized (
            select * from json_to_recordset(${rows(attempts)}::json)
              as r (case_id text, no smallint, step smallint, purpose text, model_asked text, cached_from text, started_at timestamptz, start int, length int)),
          reserved as (
            insert into attempt (case_id, no, step, purpose, state, model_asked, cached_from, started_at)
            select case_id, no, step, purpose, 'reserved', model_asked, cached_from, started_at from r)
          insert into case_content (case_id, kind, sealed)
          select case_id, 'request.' || no, substring(${requests.all()}::bytea from start for length) from r`),
        ]);
        audit.record(
          tx,
          mine.map((one) => ({
            kind: "case.running",
            actor: { kind: "system", name: worker },
            workflow: one.workflow,
            caseId: one.lease.id,
            data: {
              attempt: one.no,
              step: one.step,
              purpose: one.purpose,
              release: one.release,
              model: one.modelAsked,
              ...(one.passedOver.length > 0 ? { passedOver: one.passedOver } : {}),
              ...(one.overBudget.length > 0 ? { overBudget: one.overBudget } : {}),
            },
          })),
        );
      }
      return items.map((one) => mine.includes(one));
    },
  };
}

/** Sees to it that the cases are `running` and ours; those that are running already are only looked at. */
async function setRunning(tx: Queryable, items: Reservation[]): Promise<void> {
  const [before, running] = [items.filter((one) => !one.running), items.filter((one) => one.running)];
  const leases = (list: Reservation[]) =>
    sql`json_to_recordset(${rows(list.map((one) => fenceOf(one.lease)))}::json) as r (id text, held_by text, lease_no int)`;
  const same = sql`c.id = r.id and (c.worker, c.lease_no) is not distinct from (r.held_by, r.lease_no)`;
  const writes: Promise<void>[] = [];
  if (before.length > 0)
    writes.push(
      tx
        .run(
          sql`update case_ c set state = 'running' from ${leases(before)} where ${same} and c.state in ('received', 'running')`,
        )
        .then((moved) => allMoved(moved, before)),
    );
  if (running.length > 0)
    writes.push(
      tx
        .run(
          sql`select 1 from ${leases(running)} join case_ c on ${same} where c.state = 'running' for no key update of c`,
        )
        .then((moved) => allMoved(moved, running)),
    );
  await Promise.all(writes);
}

/** Records failed attempts; the case stays with this process or waits for its next time. */
export function failing(audit: Audit, worker: string): Operation<Failure, boolean> {
  return {
    name: "fail",
    async run(tx, items) {
      const ours = await held(
        tx,
        items.map((one) => one.lease),
      );
      const mine = items.filter((one) => ours.has(one.lease.id));
      const ended = mine.filter((one) => one.end !== undefined);
      await endAttempts(
        tx,
        ended.map((one) => ({ caseId: one.lease.id, end: one.end! })),
      );
      const later = mine.filter((one) => one.again !== undefined);
      if (later.length > 0)
        await tx.run(sql`
          update case_ c set worker = null, next_at = r.next_at
          from json_to_recordset(${rows(later.map((one) => ({ id: one.lease.id, next_at: isoTime(one.again!) })))}::json) as r (id text, next_at timestamptz)
          where c.id = r.id`);
      audit.record(
        tx,
        ended.map((one) => ({
          kind: "case.answered",
          actor: { kind: "system", name: worker },
          workflow: one.workflow,
          caseId: one.lease.id,
          data: endData(one.end!),
        })),
      );
      audit.record(
        tx,
        later.flatMap(({ waitsFor, again, workflow, lease }): AuditEvent[] => {
          if (waitsFor === undefined) return [];
          const data = { because: "breaker_open", model: waitsFor, until: isoTime(again!) };
          const actor = { kind: "system", name: worker } as const;
          return [{ kind: "case.waits", actor, workflow, caseId: lease.id, data }];
        }),
      );
      return items.map((one) => ours.has(one.lease.id));
    },
  };
}

/** The end of attempts and their sealed replies, as parts of a statement; none when there is nothing to end. */
export function endParts(ends: { caseId: CaseId; end: AttemptEnd }[]): {
  attempts: Sql[];
  replies: Content[];
} {
  if (ends.length === 0) return { attempts: [], replies: [] };
  const replies = ends.flatMap(({ caseId, end }) =>
    end.sealedReply ? [{ case_id: caseId, kind: `reply.${end.no}`, sealed: end.sealedReply }] : [],
  );
  const attempts = sql`
    ended as (
      update attempt a set state = r.state, error = r.error, retryable = r.retryable, model_answered = r.model_answered, model_version = r.model_version,
        confidence = r.confidence, input_tokens = r.input_tokens, output_tokens = r.output_tokens, cached_tokens = r.cached_tokens,
        cost = r.cost, currency = r.currency, cost_estimated = r.cost_estimated, price_date = r.price_date, finished_at = r.finished_at, milliseconds = r.milliseconds
      from json_populate_recordset(null::attempt, ${rows(
        ends.map(({ caseId, end }) => ({
          case_id: caseId,
          no: end.no,
          state: end.state,
          error: end.error ?? null,
          retryable: end.retryable ?? null,
          model_answered: end.modelAnswered ?? null,
          model_version: end.modelVersion ?? null,
          confidence: end.confidence ?? null,
          input_tokens: end.inputTokens ?? null,
          output_tokens: end.outputTokens ?? null,
          cached_tokens: end.cachedTokens ?? null,
          cost: end.cost?.amount ?? null,
          currency: end.cost?.currency ?? null,
          cost_estimated: end.cost?.estimated ?? null,
          price_date: end.cost?.priceDate ?? null,
          finished_at: isoTime(end.finishedAt),
          milliseconds: end.milliseconds,
        })),
      )}::json) r
      where a.case_id = r.case_id and a.no = r.no)`;
  return { attempts: [attempts], replies };
}

async function endAttempts(tx: Tx, ends: { caseId: CaseId; end: AttemptEnd }[]): Promise<void> {
  const { attempts, replies } = endParts(ends);
  if (attempts.length > 0) await tx.run(sql`with ${listed(attempts)} select 1`);
  await insertContent(tx, replies);
}

/** What the audit trail says about the end of an attempt. */
export function endData(end: AttemptEnd) {
  return {
    attempt: end.no,
    state: end.state,
    ...(end.error === undefined ? {} : { error: end.error }),
    ...(end.modelAnswered === undefined ? {} : { model: end.modelAnswered }),
    ...(end.modelVersion === undefined ? {} : { version: end.modelVersion }),
    ...(end.confidence === undefined ? {} : { confidence: end.confidence.toFixed(6) }),
    ...(end.cost === undefined ? {} : { cost: end.cost.amount, currency: end.cost.currency }),
  };
}

export interface Content {
  case_id: string;
  kind: string;
  sealed: Uint8Array;
}

export async function insertContent(tx: Queryable, list: Content[]): Promise<void> {
  if (list.length > 0) await tx.run(contentInsert(list));
}

/** Stores content; what is there of the same kind is replaced. Not for an empty list. */
export function contentInsert(list: Content[]): Sql {
  const contents = packed();
  const places = list.map(({ case_id, kind, sealed }) => ({ case_id, kind, ...contents.add(sealed) }));
  return sql`
    insert into case_content (case_id, kind, sealed)
    select case_id, kind, substring(${contents.all()}::bytea from start for length)
    from json_to_recordset(${rows(places)}::json) as r (case_id text, kind text, start int, length int)
    on conflict (case_id, kind) do update set sealed = excluded.sealed`;
}

/** Attempts of these cases in order; those of a process that is gone are marked as abandoned first, by whoever holds the case. */
export async function pastAttempts(
  database: Database,
  audit: Audit,
  leases: Lease[],
  now: number,
): Promise<Map<string, PastAttempt[]>> {
  const ids = leases.map((lease) => lease.id);
  await database.transaction(async (tx) => {
    const abandoned = await tx.all<{ case_id: CaseId; no: number; workflow: string; worker: string }>(sql`
      update attempt a set state = 'abandoned', finished_at = greatest(a.started_at, ${isoTime(now)})
      from json_to_recordset(${rows(leases.map((l) => ({ id: l.id, worker: l.worker, lease_no: l.leaseNo })))}::json) as l (id text, worker text, lease_no int)
      join case_ c on c.id = l.id and c.worker = l.worker and c.lease_no = l.lease_no
      where a.case_id = any(${ids}) and a.state = 'reserved' and a.case_id = l.id
      returning a.case_id, a.no, c.workflow, l.worker`);
    audit.record(
      tx,
      abandoned.map((one) => ({
        kind: "case.answered",
        actor: { kind: "system", name: one.worker },
        workflow: one.workflow,
        caseId: one.case_id,
        data: { attempt: one.no, state: "abandoned" },
      })),
    );
  });
  const found = await database.all<{
    case_id: string;
    no: number;
    step: number;
    purpose: Purpose;
    state: PastAttempt["state"];
    error: string | null;
    retryable: boolean | null;
    finished_at: number | null;
  }>(sql`
    select case_id, no, step, purpose, state, error, retryable, finished_at from attempt where case_id = any(${ids}) order by case_id, no`);
  const past = new Map<string, PastAttempt[]>();
  for (const row of found) {
    const list = past.get(row.case_id) ?? [];
    past.set(row.case_id, list);
    list.push({
      no: row.no,
      step: row.step,
      purpose: row.purpose,
      state: row.state,
      error: row.error,
      retryable: row.retryable,
      finishedAt: row.finished_at,
    });
  }
  return past;
}
