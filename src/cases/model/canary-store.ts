/** The canary in the database: which models are due, what their runs said, and what is known of each. */
import type { Answers, Change, Identity } from "../../models/canary.ts";
import type { BreakerKey } from "../../models/breaker-board.ts";
import type { ConnectionKind } from "../../models/connection.ts";
import type { Cost } from "../../models/prices.ts";
import type { Day } from "../../models/retirement.ts";
import type { Database, Queryable, Tx } from "../../platform/database.ts";
import { raw, rows, sql, time } from "../../platform/sql.ts";

export interface DueModel extends BreakerKey {
  asked_by: string | null;
  baseline: string | null;
}

export interface CanaryRow extends BreakerKey {
  next_at: number;
  baseline: string | null;
  shutdown_date: Day | null;
}

export interface CanaryRun {
  id: string;
  connection: string;
  model: string;
  outcome: "baseline" | "same" | "changed" | "inconclusive";
  because: string | null;
  change: Change["kind"] | null;
  baseline: string | null;
  question_set: string;
  compared: number;
  differing: number;
  limit_at: number | null;
  answered: Identity[];
  answers: Answers;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cost: string | null;
  currency: string | null;
  cost_estimated: boolean | null;
  asked_by: string | null;
  started_at: number;
  finished_at: number;
}

const SHOWN = raw(
  "id, connection, model, outcome, because, change, baseline, question_set, compared, differing, limit_at, answered, answers, calls, input_tokens, output_tokens, cost::text as cost, currency, cost_estimated, asked_by, started_at, finished_at",
);

/** Kinds of connections whose models are asked; nobody changes a script but whoever wrote it. */
export const ASKED: readonly ConnectionKind[] = ["openai", "anthropic", "bedrock", "google", "http"];

/** Notes which models are in use: new ones are asked an hour from now, those that are not any more are forgotten. */
export async function noteModels(
  database: Database,
  used: readonly BreakerKey[],
  firstAt: number,
): Promise<void> {
  const known = await database.all<BreakerKey>(sql`select connection, model from canary`);
  const same = (a: BreakerKey, b: BreakerKey) => a.connection === b.connection && a.model === b.model;
  const fresh = used.filter((one) => !known.some((old) => same(one, old)));
  const gone = known.filter((old) => !used.some((one) => same(one, old)));
  if (fresh.length > 0)
    await database.run(sql`
      insert into canary (connection, model, next_at)
      select r.connection, r.model, ${time(firstAt)} from json_to_recordset(${rows(fresh)}::json) as r (connection text, model text)
      join connection c on c.name = r.connection and c.kind = any(${ASKED})
      on conflict do nothing`);
  if (gone.length > 0)
    await database.run(sql`
      delete from canary c using json_to_recordset(${rows(gone)}::json) as r (connection text, model text)
      where c.connection = r.connection and c.model = r.model`);
}

/** Takes one due model for this worker; undefined when none is due, or others have them. */
export function claimDue(
  database: Queryable,
  worker: string,
  { now, until }: { now: number; until: number },
): Promise<DueModel | undefined> {
  return database.maybe<DueModel>(sql`
    update canary set worker = ${worker}, claimed_until = ${time(until)}
    where (connection, model) in (
      select connection, model from canary where next_at <= ${time(now)} and (claimed_until is null or claimed_until <= ${time(now)})
      order by next_at limit 1 for update skip locked)
    returning connection, model, asked_by, baseline`);
}

/** Gives a model back without a run: the process stops, or it failed over it. */
export async function giveBack(
  database: Queryable,
  worker: string,
  { connection, model }: BreakerKey,
  next: number,
): Promise<void> {
  await database.run(sql`
    update canary set worker = null, claimed_until = null, next_at = ${time(next)}
    where connection = ${connection} and model = ${model} and worker = ${worker}`);
}

/** Makes models of a connection due at once, as somebody asked; all of them without a name. Answers which. */
export function makeDue(
  tx: Queryable,
  { connection, model }: { connection: string; model: string | undefined },
  now: number,
  by: string | null,
): Promise<BreakerKey[]> {
  return tx.all<BreakerKey>(sql`
    update canary set next_at = least(next_at, ${time(now)}), asked_by = ${by}
    where connection = ${connection} and (${model ?? null}::text is null or model = ${model ?? null})
    returning connection, model`);
}

/**
 * Stores a run; the model is asked again at `next`. False when another worker took the model over meanwhile: then nothing is
 * stored.
 */
export async function storeRun(
  tx: Tx,
  worker: string,
  run: Omit<CanaryRun, "cost" | "currency" | "cost_estimated"> & { cost: Cost | undefined },
  { next, known }: { next: number; known: string | null },
): Promise<boolean> {
  const { connection, model } = run;
  const ours = await tx.run(sql`
    update canary set worker = null, claimed_until = null, asked_by = null, next_at = ${time(next)}, baseline = ${known}
    where connection = ${connection} and model = ${model} and worker = ${worker}`);
  if (ours === 0) return false;
  const { cost, ...others } = run;
  await tx.run(sql`
    insert into canary_run select * from json_populate_record(null::canary_run, ${JSON.stringify({
      ...others,
      cost: cost?.amount ?? null,
      currency: cost?.currency ?? null,
      cost_estimated: cost?.estimated ?? null,
      started_at: time(run.started_at),
      finished_at: time(run.finished_at),
    })}::json)`);
  return true;
}

export async function noteShutdown(
  database: Queryable,
  { connection, model }: BreakerKey,
  day: Day | undefined,
  now: number,
): Promise<void> {
  await database.run(sql`
    update canary set shutdown_date = ${day ?? null}, shutdown_seen_at = ${time(now)} where connection = ${connection} and model = ${model}`);
}

export function readRun(database: Queryable, id: string): Promise<CanaryRun | undefined> {
  return database.maybe<CanaryRun>(sql`select ${SHOWN} from canary_run where id = ${id}`);
}

/** Newest first. */
export function listRuns(
  database: Queryable,
  page: {
    connection: string | undefined;
    model: string | undefined;
    before: string | undefined;
    limit: number;
  },
): Promise<CanaryRun[]> {
  const { connection = null, model = null, before = null } = page;
  return database.all<CanaryRun>(sql`
    select ${SHOWN} from canary_run
    where (${connection}::text is null or connection = ${connection}) and (${model}::text is null or model = ${model})
      and (${before}::text is null or id < ${before})
    order by id desc limit ${page.limit}`);
}

export interface Watched extends CanaryRow {
  last: CanaryRun | undefined;
  /** The newest run that found another model. */
  change: CanaryRun | undefined;
}

/** All models with the canary, the last run of each, and the last one that found a change. */
export async function readCanaries(database: Queryable): Promise<Watched[]> {
  const found = await database.all<CanaryRow>(
    sql`select connection, model, next_at, baseline, shutdown_date::text as shutdown_date from canary order by connection, model`,
  );
  const last = await database.all<CanaryRun>(sql`
    select ${SHOWN} from canary_run where id in (
      select (select max(r.id) from canary_run r where r.connection = c.connection and r.model = c.model) from canary c
      union all
      select (select max(r.id) from canary_run r where r.connection = c.connection and r.model = c.model and r.outcome = 'changed') from canary c)
    order by id desc`);
  return found.map((row) => {
    const its = last.filter((one) => one.connection === row.connection && one.model === row.model);
    return { ...row, last: its[0], change: its.find((one) => one.outcome === "changed") };
  });
}

/** Under which names and versions the models are known, by the run that is their baseline. */
export function knownIdentities(database: Queryable): Promise<(BreakerKey & { answered: Identity[] })[]> {
  return database.all(sql`
    select c.connection, c.model, r.answered from canary c join canary_run r on r.id = c.baseline`);
}
