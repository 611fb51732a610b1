/** A case as the path works on it, and how a process takes one: claimed by a live process, fenced by a counter. */
import type { CaseId } from "../contract/ids.ts";
import type { Arm, CaseState } from "../contract/states.ts";
import type { Queryable } from "../platform/database.ts";
import { raw, rows, sql, time, type Sql } from "../platform/sql.ts";

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
  /** The number of its newest correction; 0 when it was never corrected. */
  corrections: number;
  /** Faults of ours since its last move (fault.ts). */
  faults: number;
}

/** Whoever holds a case: a result is taken only while both still match the row. */
export interface Lease {
  id: CaseId;
  worker: string;
  leaseNo: number;
}

/** Model work and delivery work are claimed apart: a hanging model or a backlog never keeps a verdict from going out. */
export const LANES = ["model", "delivery"] as const;
export type Lane = (typeof LANES)[number];

/** Which cases belong to a lane; written out, because each lane has a partial index with these words. */
const IN_LANE: Record<Lane, Sql> = {
  model: sql`state in ('received', 'running')`,
  delivery: sql`state in ('decided', 'delivering')`,
};

/** The rung of the safe-stop ladder from which on a lane stands still. */
const HALTED_AT: Record<Lane, number> = { model: 3, delivery: 4 };

/** Takes up to `most` due cases of a workflow's lane for this process, earliest first. */
export async function claimDue(
  database: Queryable,
  lane: Lane,
  workflow: string,
  worker: string,
  now: number,
  most: number,
): Promise<CaseRow[]> {
  return database.all<CaseRow>(sql`
    update case_ set worker = ${worker}, lease_no = lease_no + 1
    where id = any(array(
      select id from case_
      where workflow = ${workflow} and next_at is not null and worker is null and next_at <= ${time(now)} and ${IN_LANE[lane]}
        and (select rung from workflow where name = ${workflow}) < ${HALTED_AT[lane]}
      order by next_at limit ${most} for update skip locked))
    returning id, workflow, state, arm, release, qa, qa_probability, cold, cold_probability, autonomy_coin, drill, source, external_id,
      received_at, due_at, decided_at, verdict, corrections, lease_no, faults`);
}

/** Workflows with cases that are due, that nobody holds, and that the ladder lets go on. */
export async function dueWorkflows(database: Queryable, now: number): Promise<string[]> {
  const due = (lane: Lane) =>
    sql`w.rung < ${HALTED_AT[lane]} and exists (select from case_ c where c.workflow = w.name and c.next_at is not null and c.worker is null and c.next_at <= ${time(now)} and ${IN_LANE[lane]})`;
  const found = await database.all<{ name: string }>(sql`
    select name from workflow w where (${due("model")}) or (${due("delivery")})`);
  return found.map((row) => row.name);
}

/** Frees the cases that this process holds and does not know of; `known` has the lease of each case in its hands. */
export async function releaseUnknown(
  database: Queryable,
  worker: string,
  known: Map<string, number>,
): Promise<void> {
  const leases = [...known].map(([id, lease_no]) => ({ id, lease_no }));
  await database.run(sql`
    update case_ set worker = null
    where worker = ${worker}
      and not exists (select from json_to_recordset(${rows(leases)}::json) as k (id text, lease_no int) where k.id = case_.id and k.lease_no = case_.lease_no)`);
}

/** What a process holds, by table and key. */
const HELD_IN = [
  { table: raw("case_"), key: raw("id") },
  { table: raw("feed"), key: raw("workflow, name") },
  { table: raw("shadow_run"), key: raw("case_id, release") },
  { table: raw("evaluation_run"), key: raw("id") },
];

/**
 * Frees the cases, feeds, shadow runs and evaluations of a process that is gone.
 *
 * What it has locked in a transaction that is still open, because the process only stands still, is passed over: to wait
 * for it would keep everything else from being freed. `releaseStrays` comes back for it.
 */
export async function releaseWorker(tx: Queryable, worker: string): Promise<void> {
  await freeWhere(tx, sql`worker = ${worker}`);
}

/** Frees what is held in the name of workers that are not there any more: passed over before, or committed after they were buried. */
export async function releaseStrays(database: Queryable): Promise<void> {
  await freeWhere(
    database,
    sql`worker is not null and not exists (select from worker w where w.id = worker)`,
  );
}

async function freeWhere(database: Queryable, condition: Sql): Promise<void> {
  for (const { table, key } of HELD_IN)
    await database.run(
      sql`update ${table} set worker = null where (${key}) in (select ${key} from ${table} where ${condition} for update skip locked)`,
    );
}
