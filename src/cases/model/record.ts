/**
 * The transactions around a model call: the attempt is reserved before it, its end is recorded after it.
 *
 * Each write is fenced by the lease, so that a process that stood still too long changes nothing. Nothing is called
 * from inside a transaction. The end that carries the decision is in decision/settle.ts.
 */
import type { Audit } from "../../audit/record.ts";
import type { CaseId } from "../../contract/ids.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Operation } from "../../platform/group-commit.ts";
import type { Database, Queryable, Tx } from "../../platform/database.ts";
import { hex, rows, sql } from "../../platform/sql.ts";
import type { Lease } from "../case-row.ts";
import type { PastAttempt } from "./next-call.ts";

export interface Reservation {
  lease: Lease;
  workflow: string;
  release: string;
  no: number;
  step: number;
  purpose: "answer" | "repair";
  modelAsked: string;
  startedAt: number;
  sealedRequest: Uint8Array;
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
}

/** The cases among these that this process still holds, locked for the rest of the transaction. */
export async function held(tx: Queryable, leases: Lease[]): Promise<Set<CaseId>> {
  const found = await tx.all<{ id: CaseId }>(sql`
    select c.id from case_ c
    join json_to_recordset(${rows(leases.map((l) => ({ id: l.id, worker: l.worker, lease_no: l.leaseNo })))}::json) as l (id text, worker text, lease_no int)
      on l.id = c.id and l.worker = c.worker and l.lease_no = c.lease_no
    for update of c`);
  return new Set(found.map((row) => row.id));
}

/** Reserves attempts; false for a case that another process holds by now. */
export function reserving(audit: Audit, worker: string): Operation<Reservation, boolean> {
  return {
    name: "reserve",
    async run(tx, items) {
      const ours = await held(
        tx,
        items.map((one) => one.lease),
      );
      const mine = items.filter((one) => ours.has(one.lease.id));
      if (mine.length > 0) {
        const ids = mine.map((one) => one.lease.id);
        await tx.run(sql`update case_ set state = 'running' where id = any(${ids}) and state = 'received'`);
        await tx.run(sql`
          insert into attempt (case_id, no, step, purpose, state, model_asked, started_at)
          select case_id, no, step, purpose, state, model_asked, started_at from json_populate_recordset(null::attempt, ${rows(
            mine.map((one) => ({
              case_id: one.lease.id,
              no: one.no,
              step: one.step,
              purpose: one.purpose,
              state: "reserved",
              model_asked: one.modelAsked,
              started_at: isoTime(one.startedAt),
            })),
          )}::json)`);
        await insertContent(
          tx,
          mine.map((one) => ({
            case_id: one.lease.id,
            kind: `request.${one.no}`,
            sealed: one.sealedRequest,
          })),
        );
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
            },
          })),
        );
      }
      return items.map((one) => ours.has(one.lease.id));
    },
  };
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
      return items.map((one) => ours.has(one.lease.id));
    },
  };
}

export async function endAttempts(tx: Tx, ends: { caseId: CaseId; end: AttemptEnd }[]): Promise<void> {
  if (ends.length === 0) return;
  await tx.run(sql`
    update attempt a set state = r.state, error = r.error, retryable = r.retryable, model_answered = r.model_answered, model_version = r.model_version,
      confidence = r.confidence, input_tokens = r.input_tokens, output_tokens = r.output_tokens, finished_at = r.finished_at, milliseconds = r.milliseconds
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
        finished_at: isoTime(end.finishedAt),
        milliseconds: end.milliseconds,
      })),
    )}::json) r
    where a.case_id = r.case_id and a.no = r.no and a.state = 'reserved'`);
  const replies = ends.flatMap(({ caseId, end }) =>
    end.sealedReply ? [{ case_id: caseId, kind: `reply.${end.no}`, sealed: end.sealedReply }] : [],
  );
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
  };
}

export async function insertContent(
  tx: Queryable,
  list: { case_id: string; kind: string; sealed: Uint8Array }[],
): Promise<void> {
  if (list.length === 0) return;
  await tx.run(sql`
    insert into case_content (case_id, kind, sealed)
    select case_id, kind, sealed from json_populate_recordset(null::case_content, ${rows(list.map((one) => ({ ...one, sealed: hex(one.sealed) })))}::json)
    on conflict (case_id, kind) do update set sealed = excluded.sealed`);
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
    purpose: "answer" | "repair";
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
