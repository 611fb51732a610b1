/**
 * Writes the scores of one evaluation run. Lanes that answer at the same time share a statement; each of them goes on
 * only when its own score is stored.
 */
import type { Cost } from "../models/prices.ts";
import { coalesced } from "../platform/coalesce.ts";
import type { Database } from "../platform/database.ts";
import { hex, rows, sql } from "../platform/sql.ts";

export interface Score {
  no: number;
  /** 1 is the first answer. */
  repeat: number;
  state: "answered" | "failed" | "left_out";
  model?: string;
  version?: string | undefined;
  confidence?: number | undefined;
  byRule?: boolean;
  facets?: object;
  wrong?: boolean;
  fields?: string[];
  error?: string;
  milliseconds?: number;
  cost?: Cost | undefined;
  sealed?: Uint8Array;
}

/** The run and whoever has it: nothing is stored for it once another process does. */
export interface RunLease {
  id: string;
  worker: string;
  leaseNo: number;
}

/** Stores a score and answers whether the run is still this process's; an answer that is there already is kept. */
export function scoreWriter(database: Database, lease: RunLease): (score: Score) => Promise<boolean> {
  let waiting: Score[] = [];
  let ours = true;
  const flush = coalesced(async () => {
    const group = waiting;
    waiting = [];
    const [first, later] = [
      group.filter(({ repeat }) => repeat === 1),
      group.filter(({ repeat }) => repeat > 1),
    ];
    if (first.length > 0 && (await insertFirst(database, lease, first)) < first.length) ours = false;
    if (later.length > 0 && (await insertLater(database, lease, later)) < later.length) ours = false;
  });
  return async (score) => {
    waiting.push(score);
    await flush(lease.id);
    return ours;
  };
}

async function insertFirst(
  database: Database,
  { id, worker, leaseNo }: RunLease,
  group: Score[],
): Promise<number> {
  return database.run(sql`
    insert into evaluation_score (run_id, no, state, model, model_version, confidence, by_rule, facets, wrong, wrong_fields, error, milliseconds, sealed, cost, currency, cost_estimated)
    select r.id, s.no, s.state, s.model, s.model_version, s.confidence, s.by_rule, s.facets, s.wrong, s.wrong_fields, s.error, s.milliseconds, s.sealed, s.cost, s.currency, s.cost_estimated
    from evaluation_run r, json_populate_recordset(null::evaluation_score, ${rows(group.map(rowOf))}::json) s
    where r.id = ${id} and r.worker = ${worker} and r.lease_no = ${leaseNo}
    on conflict (run_id, no) do nothing`);
}

async function insertLater(
  database: Database,
  { id, worker, leaseNo }: RunLease,
  group: Score[],
): Promise<number> {
  return database.run(sql`
    insert into evaluation_repeat (run_id, no, repeat, state, model, model_version, confidence, wrong, error, milliseconds, sealed, cost, currency, cost_estimated)
    select r.id, s.no, s.repeat, s.state, s.model, s.model_version, s.confidence, s.wrong, s.error, s.milliseconds, s.sealed, s.cost, s.currency, s.cost_estimated
    from evaluation_run r, json_populate_recordset(null::evaluation_repeat, ${rows(group.map(rowOf))}::json) s
    where r.id = ${id} and r.worker = ${worker} and r.lease_no = ${leaseNo}
    on conflict (run_id, no, repeat) do nothing`);
}

function rowOf(score: Score) {
  return {
    no: score.no,
    repeat: score.repeat,
    state: score.state,
    model: score.model ?? null,
    model_version: score.version ?? null,
    confidence: score.confidence ?? null,
    by_rule: score.byRule ?? null,
    facets: score.facets ?? null,
    wrong: score.wrong ?? null,
    wrong_fields: score.fields ?? null,
    error: score.error ?? null,
    milliseconds: score.milliseconds ?? null,
    sealed: score.sealed === undefined ? null : hex(score.sealed),
    cost: score.cost?.amount ?? null,
    currency: score.cost?.currency ?? null,
    cost_estimated: score.cost?.estimated ?? null,
  };
}
