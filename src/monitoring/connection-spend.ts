/**
 * What a connection costs without a case: calls of programs that were passed on, and the canary, by hour and model.
 *
 * What its models cost for cases is with the workflow of each case (spend.ts), so that no call is in two sums. A leg that a
 * budget kept from being asked is no call. Sums are exact; an hour that no row covers is counted live. What was counted stays
 * when its records are removed (gateway/old-calls.ts).
 */
import { INTERRUPTED } from "../contract/gateway-endpoints.ts";
import { idBorder } from "../contract/ids.ts";
import type { Amounts } from "../models/limits.ts";
import { unitsFrom, type Units } from "../models/money.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { missing, startOfHour } from "./hourly.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type SpendPath = "gateway" | "canary";

export interface ConnectionSpending {
  connection: string;
  path: SpendPath;
  hour: number;
  model: string;
  currency: string;
  calls: number;
  unknown: number;
  estimated: number;
  cost: Units;
}

interface Row extends Omit<ConnectionSpending, "cost"> {
  cost: string;
}

/**
 * The first hour of which no record was removed. Before it what was counted is all that is left: to count again would lose it.
 * A try may begin in the hour after its call, and leaves with it.
 */
export function wholeFrom(now: number, callsDays: number): number {
  return startOfHour(now - callsDays * DAY) + 2 * HOUR;
}

/** Counts one hour anew, in the transaction that counts its cases. */
export async function countConnectionSpending(tx: Tx, at: number): Promise<void> {
  await tx.run(sql`delete from connection_hour where hour = ${time(at)}`);
  await tx.run(sql`
    insert into connection_hour (connection, path, hour, model, currency, calls, unknown, estimated, cost)
    select connection, path, hour, model, currency, calls, unknown, estimated, cost from (${counted(at, at + HOUR)}) as one
    on conflict (connection, hour, path, model, currency) do update set calls = excluded.calls, unknown = excluded.unknown,
      estimated = excluded.estimated, cost = excluded.cost`);
  await tx.run(sql`insert into connection_hour_counted (hour) values (${time(at)}) on conflict do nothing`);
}

/** The spending of all connections from an hour on, this one included. */
export async function connectionSpendingSince(
  database: Queryable,
  from: number,
  now: number,
): Promise<ConnectionSpending[]> {
  const first = startOfHour(from);
  const known = await database.all<{ hour: number }>(
    sql`select hour from connection_hour_counted where hour >= ${time(first)}`,
  );
  const covered = new Set(known.map((row) => row.hour));
  const rows = await database.all<Row>(sql`
    select connection, path, hour, model, currency, calls, unknown, estimated, cost::text as cost
    from connection_hour where hour >= ${time(first)} order by hour, connection, path, model`);
  for (const [begin, end] of missing(first, startOfHour(now), covered))
    rows.push(
      ...(await database.all<Row>(
        sql`select connection, path, hour, model, currency, calls, unknown, estimated, cost::text as cost
          from (${counted(begin, end)}) as one order by hour, connection, path, model`,
      )),
    );
  return rows.map((row) => ({ ...row, cost: unitsFrom(row.cost) }));
}

function counted(begin: number, end: number): Sql {
  return sql`
    select t.connection, 'gateway' as path, date_trunc('hour', t.started_at, 'UTC') as hour, coalesce(t.model_answered, t.model_asked) as model,
      coalesce(t.currency, '') as currency, count(*)::int as calls, (count(*) filter (where t.cost is null))::int as unknown,
      (count(*) filter (where t.tokens_estimated))::int as estimated, coalesce(sum(t.cost), 0) as cost
    from (${triesIn(begin, end)}) t
    group by 1, 2, 3, 4, 5
    union all
    select r.connection, 'canary', date_trunc('hour', r.started_at, 'UTC'), r.model, coalesce(r.currency, ''), sum(r.calls)::int,
      coalesce(sum(r.calls) filter (where r.cost is null), 0)::int, coalesce(sum(r.calls) filter (where r.cost_estimated), 0)::int,
      coalesce(sum(r.cost), 0)
    from canary_run r where r.started_at >= ${time(begin)} and r.started_at < ${time(end)} and r.calls > 0
    group by 1, 2, 3, 4, 5`;
}

/**
 * Tries that began in this stretch: with their call, or some minutes later. The only try of a call that went well stands in
 * the call's own row. A leg that its budget kept from being asked is none; a call that a killed process left without its tries
 * counts as one, of which nobody knows what it cost.
 */
function triesIn(begin: number, end: number): Sql {
  const [first, last] = [idBorder("modelCall", begin - HOUR), idBorder("modelCall", end)];
  return sql`
    select connection, model_asked, model_answered, started_at, input_tokens, output_tokens, tokens_estimated, cost, currency
    from model_call_try
    where call_id >= ${first} and call_id < ${last} and started_at >= ${time(begin)} and started_at < ${time(end)}
      and error is distinct from 'over_budget'
    union all
    select * from (
      select connection, substr(model_asked, length(connection) + 2), model_answered,
        started_at + coalesce(try_after, 0) * interval '1 millisecond' as started_at, input_tokens, output_tokens, tokens_estimated, cost, currency
      from model_call
      where id >= ${first} and id < ${last} and connection is not null and (try_after is not null or error = ${INTERRUPTED})) lone
    where started_at >= ${time(begin)} and started_at < ${time(end)}`;
}

/**
 * What a connection took since the beginning of an hour, by the records: passed on calls, the canary, attempts of cases that
 * came since, and shadow runs. For a budget that is set later. Where records of calls were removed, what was counted of them by
 * the hour stands for them, without tokens. Evaluations keep no connection with what they cost, and are not in it.
 */
export async function takenSince(
  database: Queryable,
  connection: string,
  { from, now, currency, callsDays }: { from: number; now: number; currency: string; callsDays: number },
): Promise<Amounts & { unknown: number }> {
  const whole = Math.max(from, wholeFrom(now, callsDays));
  const found = await database.all<{ calls: number; tokens: string; cost: string; unknown: number }>(sql`
    select count(*)::int as calls, coalesce(sum(coalesce(t.input_tokens, 0) + coalesce(t.output_tokens, 0)), 0)::text as tokens,
      coalesce(sum(t.cost) filter (where t.currency = ${currency}), 0)::text as cost, (count(*) filter (where t.cost is null))::int as unknown
    from (${triesIn(whole, now + HOUR)}) t where t.connection = ${connection}
    union all
    select coalesce(sum(h.calls), 0)::int, '0', coalesce(sum(h.cost) filter (where h.currency = ${currency}), 0)::text, coalesce(sum(h.unknown), 0)::int
    from connection_hour h
    where h.connection = ${connection} and h.path = 'gateway' and h.hour >= ${time(from)} and h.hour < ${time(whole)}
    union all
    select coalesce(sum(r.calls), 0)::int, coalesce(sum(r.input_tokens + r.output_tokens), 0)::text,
      coalesce(sum(r.cost) filter (where r.currency = ${currency}), 0)::text, coalesce(sum(r.calls) filter (where r.cost is null), 0)::int
    from canary_run r where r.connection = ${connection} and r.started_at >= ${time(from)}
    union all
    select coalesce(sum(one.calls), 0)::int, coalesce(sum(one.tokens), 0)::text, coalesce(sum(one.cost), 0)::text, coalesce(sum(one.unknown), 0)::int
    from (
      select c.release, a.step, a.purpose = 'verify' as verifies, count(*) as calls,
        sum(coalesce(a.input_tokens, 0) + coalesce(a.output_tokens, 0)) as tokens,
        sum(a.cost) filter (where a.currency = ${currency}) as cost, count(*) filter (where a.cost is null) as unknown
      from case_ c join attempt a on a.case_id = c.id
      where c.id >= ${idBorder("case", from)} and a.case_id >= ${idBorder("case", from)} and a.state <> 'reserved' and a.cached_from is null
      group by 1, 2, 3
      union all
      select s.release, s.step, false, count(*), 0, sum(s.cost) filter (where s.currency = ${currency}), count(*) filter (where s.cost is null)
      from shadow_run s where s.case_id >= ${idBorder("case", from)} and s.ended_at is not null group by 1, 2, 3) one
    join release r on r.id = one.release
    where ${connection} = case
      when one.verifies and r.document::jsonb #>> '{confidence,model,connection}' is not null then r.document::jsonb #>> '{confidence,model,connection}'
      when one.step = 0 then r.document::jsonb #>> '{model,connection}'
      else r.document::jsonb -> 'fallback' -> (one.step - 1) ->> 'connection' end`);
  return found.reduce<Amounts & { unknown: number }>(
    (sum, row) => ({
      requests: sum.requests + row.calls,
      tokens: sum.tokens + Number(row.tokens),
      cost: (sum.cost ?? 0n) + unitsFrom(row.cost),
      unknown: sum.unknown + row.unknown,
    }),
    { requests: 0, tokens: 0, cost: 0n, unknown: 0 },
  );
}
