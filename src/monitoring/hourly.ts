/**
 * Counts of cases by the hour in which they came, kept for a month.
 *
 * A worker counts each hour once it is over and again while its cases may still change: every ten minutes in the first two
 * days, twice a day in the month after. Who asks reads these rows, and counts live only what no row covers: the hours of
 * this moment, and those that were never counted.
 */
import { idBorder } from "../contract/ids.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

export interface Hour {
  /** The beginning of the hour. */
  at: number;
  received: number;
  automatic: number;
  reviewed: number;
  delivered: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const KEPT = 31 * DAY;
/** In one pass, so that the duty never holds a connection for long. */
const IN_ONE_PASS = 24;

export function startOfHour(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

/** How old the count of an hour may be that ended so long ago; milliseconds. */
export function mayBeOld(ended: number): number {
  return ended < 2 * DAY ? 10 * 60_000 : DAY / 2;
}

/** What else is counted of an hour, in the transaction that counts its cases. */
export type AlsoCount = (tx: Tx, at: number, now: number) => Promise<void>;

/** The duty: counts the hours that are due, the newest first. Answers how many that were. */
export async function countHours(database: Database, clock: Clock, also?: AlsoCount): Promise<number> {
  const now = clock.now();
  const current = startOfHour(now);
  const known = await countedAt(database, current - KEPT);
  const due: number[] = [];
  for (let at = current - HOUR; at >= current - KEPT && due.length < IN_ONE_PASS; at -= HOUR) {
    const counted = known.get(at);
    if (counted === undefined || now - counted > mayBeOld(now - at - HOUR)) due.push(at);
  }
  for (const at of due) await countHour(database, at, now, also);
  return due.length;
}

async function countHour(
  database: Database,
  at: number,
  now: number,
  also: AlsoCount | undefined,
): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.run(sql`
      insert into case_hour (workflow, hour, received, automatic, reviewed, delivered)
      select workflow, ${time(at)}::timestamptz, ${COUNTS} from case_
      where id >= ${idBorder("case", at)} and id < ${idBorder("case", at + HOUR)} and not drill group by workflow
      on conflict (workflow, hour) do update set received = excluded.received, automatic = excluded.automatic,
        reviewed = excluded.reviewed, delivered = excluded.delivered`);
    await also?.(tx, at, now);
    await tx.run(sql`
      insert into case_hour_counted (hour, counted_at) values (${time(at)}, ${time(now)})
      on conflict (hour) do update set counted_at = excluded.counted_at`);
  });
}

const COUNTS = sql`count(*)::int, (count(*) filter (where verdict = 'auto'))::int,
  (count(*) filter (where verdict in ('approve', 'edit', 'reject')))::int, (count(*) filter (where delivered_at is not null))::int`;

async function countedAt(database: Queryable, from: number): Promise<Map<number, number>> {
  const rows = await database.all<{ hour: number; counted_at: number }>(
    sql`select hour, counted_at from case_hour_counted where hour >= ${time(from)}`,
  );
  return new Map(rows.map((row) => [row.hour, row.counted_at]));
}

/** The last hours of a workflow, oldest first, the one of this moment among them. */
export async function lastHours(
  database: Queryable,
  workflow: string,
  hours: number,
  now: number,
): Promise<Hour[]> {
  const current = startOfHour(now);
  const from = current - (hours - 1) * HOUR;
  const known = await countedAt(database, from);
  const stored = await database.all<Omit<Hour, "at"> & { hour: number }>(
    sql`select hour, received, automatic, reviewed, delivered from case_hour where workflow = ${workflow} and hour >= ${time(from)}`,
  );
  const found = new Map<number, Omit<Hour, "at">>();
  for (const { hour, ...counts } of stored) if (known.has(hour)) found.set(hour, counts);
  for (const [begin, end] of missing(from, current, known))
    for (const { hour, ...counts } of await countLive(database, workflow, begin, end))
      found.set(hour, counts);
  return Array.from({ length: hours }, (_, i) => {
    const at = from + i * HOUR;
    return { at, ...(found.get(at) ?? NONE) };
  });
}

const NONE = { received: 0, automatic: 0, reviewed: 0, delivered: 0 };

/** Stretches of hours that no row covers. */
export function missing(
  from: number,
  current: number,
  known: Pick<ReadonlySet<number>, "has">,
): [number, number][] {
  const stretches: [number, number][] = [];
  for (let at = from; at <= current; at += HOUR) {
    if (known.has(at)) continue;
    const last = stretches.at(-1);
    if (last && last[1] === at) last[1] = at + HOUR;
    else stretches.push([at, at + HOUR]);
  }
  return stretches;
}

async function countLive(
  database: Queryable,
  workflow: string,
  begin: number,
  end: number,
): Promise<(Omit<Hour, "at"> & { hour: number })[]> {
  return database.all(sql`
    select date_trunc('hour', received_at, 'UTC') as hour, count(*)::int as received, (count(*) filter (where verdict = 'auto'))::int as automatic,
      (count(*) filter (where verdict in ('approve', 'edit', 'reject')))::int as reviewed, (count(*) filter (where delivered_at is not null))::int as delivered
    from case_ where workflow = ${workflow} and id >= ${idBorder("case", begin)} and id < ${idBorder("case", end)} and not drill group by 1`);
}
