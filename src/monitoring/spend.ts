/**
 * What the calls of models cost, by workflow, hour and model: counted with the cases of the same hour (hourly.ts).
 *
 * An attempt counts in the hour in which its case came, so that cost and cases of a time belong together; a call after
 * midnight for a case of the evening counts for the evening. Sums are exact. What no row covers yet is counted live.
 * Calls over the endpoint that were passed on, and the canary, have no case: they are in connection-spend.ts.
 */
import { idBorder } from "../contract/ids.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { unitsFrom, type Units } from "../models/money.ts";
import { countConnectionSpending, wholeFrom } from "./connection-spend.ts";
import { missing, startOfHour, type AlsoCount } from "./hourly.ts";

const HOUR = 3_600_000;

/** Calls of one model in one hour. */
export interface Spending {
  hour: number;
  model: string;
  /** Empty where no call of the row has a known cost. */
  currency: string;
  calls: number;
  unknown: number;
  /** Of the unknown ones, those that were broken off because the program ended. */
  abandoned: number;
  estimated: number;
  inputTokens: number;
  outputTokens: number;
  cost: Units;
}

/** Counts one hour anew, in the transaction that counts its cases. Records of calls without a case are kept for so many days. */
export const countSpending =
  (callsDays: number): AlsoCount =>
  async (tx, at, now) => {
    await countCases(tx, at);
    if (at >= wholeFrom(now, callsDays)) await countConnectionSpending(tx, at);
  };

async function countCases(tx: Tx, at: number): Promise<void> {
  await tx.run(
    sql`delete from spend_hour where workflow in (select name from workflow) and hour = ${time(at)}`,
  );
  await tx.run(sql`
    insert into spend_hour (workflow, hour, model, currency, calls, unknown, estimated, input_tokens, output_tokens, cost)
    select workflow, ${time(at)}::timestamptz, model, currency, calls, unknown, estimated, input_tokens, output_tokens, cost
    from (${counted(at, at + HOUR, undefined)}) as one
    on conflict (workflow, hour, model, currency) do update set calls = excluded.calls, unknown = excluded.unknown,
      estimated = excluded.estimated, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, cost = excluded.cost`);
}

/** The spending of a workflow from an hour on, this one included. */
export async function spendingSince(
  database: Queryable,
  workflow: string,
  from: number,
  now: number,
): Promise<Spending[]> {
  const first = startOfHour(from);
  const known = await database.all<{ hour: number }>(
    sql`select hour from case_hour_counted where hour >= ${time(first)}`,
  );
  const stored = await database.all<Row>(sql`
    select hour, model, currency, calls, unknown, estimated, input_tokens, output_tokens, cost::text as cost
    from spend_hour where workflow = ${workflow} and hour >= ${time(first)} order by hour, model`);
  const covered = new Set(known.map((row) => row.hour));
  const live: Row[] = [];
  for (const [begin, end] of missing(first, startOfHour(now), covered))
    live.push(
      ...(await database.all<Row>(
        sql`select hour, model, currency, calls, unknown, estimated, input_tokens, output_tokens, cost::text as cost
          from (${counted(begin, end, workflow)}) as one order by hour, model`,
      )),
    );
  // A row of an hour whose cases were never counted by this program is none.
  const rows = [...stored.filter((row) => covered.has(row.hour)), ...live];
  const abandoned = await abandonedIn(database, workflow, rows);
  return rows.map((row) => ({
    hour: row.hour,
    model: row.model,
    currency: row.currency,
    calls: row.calls,
    unknown: row.unknown,
    abandoned: row.currency === "" ? Math.min(row.unknown, abandoned.get(keyOf(row)) ?? 0) : 0,
    estimated: row.estimated,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cost: unitsFrom(row.cost),
  }));
}

const keyOf = ({ hour, model }: { hour: number; model: string }) => `${hour} ${model}`;

/**
 * Calls that were broken off because the program ended, by hour and model. Nearly always there is none, and nothing is asked;
 * where a price is missing for most calls the few among them say nothing, and are not looked for either.
 */
async function abandonedIn(
  database: Queryable,
  workflow: string,
  rows: readonly Row[],
): Promise<Map<string, number>> {
  const places = rows.filter((row) => row.unknown > 0);
  if (places.length === 0) return new Map();
  const hours = [...new Set(places.map((row) => row.hour))];
  const [from, to] = [Math.min(...hours), Math.max(...hours) + HOUR];
  const where = sql`
    from case_ c join attempt a on a.case_id = c.id
    where c.id >= ${idBorder("case", from)} and c.id < ${idBorder("case", to)}
      and a.case_id >= ${idBorder("case", from)} and a.case_id < ${idBorder("case", to)}
      and a.cost is null and c.workflow = ${workflow} and not c.drill`;
  const priceless = await database.maybe(
    sql`select 1 ${where} and a.state not in ('reserved', 'abandoned') limit 1`,
  );
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  const unknown = places.reduce((sum, row) => sum + row.unknown, 0);
  if (priceless && unknown * 20 > calls) return new Map();
  const found = await database.all<{ hour: number; model: string; calls: number }>(sql`
    select date_trunc('hour', c.received_at, 'UTC') as hour, coalesce(a.model_answered, a.model_asked) as model, count(*)::int as calls
    ${where} and a.state = 'abandoned' group by 1, 2`);
  return new Map(found.map((row) => [keyOf(row), row.calls]));
}

interface Row {
  hour: number;
  model: string;
  currency: string;
  calls: number;
  unknown: number;
  estimated: number;
  input_tokens: number;
  output_tokens: number;
  cost: string;
}

/** Attempts whose cases came in this stretch, but for kept answers, which ask nobody; those that are still on their way are counted when they ended. */
function counted(begin: number, end: number, workflow: string | undefined): Sql {
  const ofWorkflow = workflow === undefined ? sql`true` : sql`c.workflow = ${workflow}`;
  return sql`
    select c.workflow, date_trunc('hour', c.received_at, 'UTC') as hour, coalesce(a.model_answered, a.model_asked) as model,
      coalesce(a.currency, '') as currency, count(*)::int as calls, (count(*) filter (where a.cost is null))::int as unknown,
      (count(*) filter (where a.cost_estimated))::int as estimated, coalesce(sum(a.input_tokens), 0)::bigint as input_tokens,
      coalesce(sum(a.output_tokens), 0)::bigint as output_tokens, coalesce(sum(a.cost), 0) as cost
    from case_ c join attempt a on a.case_id = c.id
    where c.id >= ${idBorder("case", begin)} and c.id < ${idBorder("case", end)}
      and a.case_id >= ${idBorder("case", begin)} and a.case_id < ${idBorder("case", end)}
      and a.state <> 'reserved' and a.cached_from is null and not c.drill and ${ofWorkflow}
    group by 1, 2, 3, 4`;
}
