/** A case as the path works on it, and how a process takes one: claimed by a live process, fenced by a counter. */
import type { CaseId } from "../contract/ids.ts";
import type { Arm, CaseState } from "../contract/states.ts";
import type { Queryable } from "../platform/database.ts";
import { rows, sql, time } from "../platform/sql.ts";

export interface CaseRow {
  id: CaseId;
  workflow: string;
  state: CaseState;
  arm: Arm;
  release: string;
  qa: boolean;
  qa_probability: number;
  cold: boolean;
  cold_probability: number;
  autonomy_coin: number;
  drill: boolean;
  source: string;
  external_id: string;
  received_at: number;
  due_at: number | null;
  decided_at: number | null;
  verdict: "auto" | "approve" | "edit" | "reject" | null;
  lease_no: number;
}

/** Whoever holds a case: a result is taken only while both still match the row. */
export interface Lease {
  id: CaseId;
  worker: string;
  leaseNo: number;
}

const STAGED = ["received", "running", "decided", "delivering"];

/**
 * Takes up to `most` due cases of a workflow for this process, earliest first.
 *
 * From rung 3 on no case is worked on, at rung 4 nothing is delivered either.
 */
export async function claimDue(database: Queryable, workflow: string, worker: string, now: number, most: number): Promise<CaseRow[]> {
  const states = await database.maybe<{ rung: number }>(sql`select rung from workflow where name = ${workflow}`);
  const rung = states?.rung ?? 0;
  const open = STAGED.filter((state) => (state === "received" || state === "running" ? rung < 3 : rung < 4));
  if (open.length === 0) return [];
  return database.all<CaseRow>(sql`
    update case_ set worker = ${worker}, lease_no = lease_no + 1
    where id = any(array(
      select id from case_
      where workflow = ${workflow} and next_at is not null and worker is null and next_at <= ${time(now)} and state = any(${open})
      order by next_at limit ${most} for update skip locked))
    returning id, workflow, state, arm, release, qa, qa_probability, cold, cold_probability, autonomy_coin, drill, source, external_id,
      received_at, due_at, decided_at, verdict, lease_no`);
}

/** Workflows with cases that are due and that nobody holds. */
export async function dueWorkflows(database: Queryable, now: number): Promise<string[]> {
  const found = await database.all<{ name: string }>(sql`
    select name from workflow w
    where exists (select from case_ c where c.workflow = w.name and c.next_at is not null and c.worker is null and c.next_at <= ${time(now)})`);
  return found.map((row) => row.name);
}

/** Frees the cases that this process holds and does not know of; `known` has the lease of each case in its hands. */
export async function releaseUnknown(database: Queryable, worker: string, known: Map<string, number>): Promise<void> {
  const leases = [...known].map(([id, lease_no]) => ({ id, lease_no }));
  await database.run(sql`
    update case_ set worker = null
    where worker = ${worker}
      and not exists (select from json_to_recordset(${rows(leases)}::json) as k (id text, lease_no int) where k.id = case_.id and k.lease_no = case_.lease_no)`);
}

/** Frees the cases and feeds of a process that is gone. */
export async function releaseWorker(tx: Queryable, worker: string): Promise<void> {
  await tx.run(sql`update case_ set worker = null where worker = ${worker}`);
  await tx.run(sql`update feed set worker = null where worker = ${worker}`);
}
