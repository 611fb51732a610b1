/** The questions that the figures of reviewing ask the database: who did what in which week, and how long it took. */
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

/** What a person did that is counted. */
export type Deed =
  | "approve"
  | "edit"
  | "reject"
  | "undone"
  | "escalated"
  | "asked"
  | "corrected"
  | "planted_caught"
  | "planted_missed";

export interface DeedCount {
  person: string;
  /** Who is behind the name (see Reviewer.stands); null where that was not kept. */
  stands: string | null;
  simulated: boolean;
  /** The Monday on which the week began. */
  week: string;
  deed: Deed;
  times: number;
}

export interface Span {
  workflow: string;
  since: number;
  until: number;
  /** In which weeks begin on Monday. */
  zone: string;
}

export async function deedsOf(database: Queryable, span: Span): Promise<DeedCount[]> {
  const { workflow, zone } = span;
  const [since, until] = [time(span.since), time(span.until)];
  return database.all<DeedCount>(sql`
    select person, stands, simulated, date_trunc('week', timezone(${zone}, at))::date::text as week, deed, count(*)::int as times from (
      select person, stands, simulated, decided_at as at, case state when 'undone' then 'undone' else verdict end as deed from review
        where workflow = ${workflow} and decided_at >= ${since} and decided_at < ${until}
      union all
      select person, stands, simulated, ended_at, state from review
        where workflow = ${workflow} and state in ('escalated', 'asked') and ended_at >= ${since} and ended_at < ${until}
      union all
      select person, stands, simulated, made_at, 'corrected' from correction
        where workflow = ${workflow} and state = 'made' and made_at >= ${since} and made_at < ${until}
      union all
      select person, null, simulated, decided_at, case when caught then 'planted_caught' else 'planted_missed' end from planted
        where workflow = ${workflow} and decided_at >= ${since} and decided_at < ${until}) done
    where person is not null
    group by 1, 2, 3, 4, 5`);
}

/** The middle of the active seconds of verdicts and a range around it, of one person or of some weeks; undefined without any. */
export async function activeSeconds(
  database: Queryable,
  span: Span,
  of: { person: string } | { weeks: string[]; simulated: boolean },
  /** The shares of the values below the two ends of the range, by the number of values. */
  ends: (n: number) => [number, number],
): Promise<{ n: number; median: number; low: number; high: number } | undefined> {
  const [since, until] = [time(span.since), time(span.until)];
  const chosen =
    "person" in of
      ? sql`person = ${of.person}`
      : sql`simulated = ${of.simulated} and date_trunc('week', timezone(${span.zone}, decided_at))::date::text = any (${of.weeks})`;
  const values = sql`
    select active_ms from review where workflow = ${span.workflow} and state = 'decided' and active_ms > 0
      and decided_at >= ${since} and decided_at < ${until} and ${chosen}`;
  const { n } = await database.one<{ n: number }>(sql`select count(*)::int as n from (${values}) v`);
  if (n === 0) return undefined;
  const { parts } = await database.one<{ parts: number[] }>(sql`
    select percentile_cont(${[0.5, ...ends(n)]}::float8[]) within group (order by active_ms) as parts from (${values}) v`);
  const [median = 0, low = 0, high = 0] = parts.map((ms) => Math.round(ms / 100) / 10);
  return { n, median, low, high };
}

export async function keepLook(
  tx: Queryable,
  look: { workflow: string; person: string; shown: string[]; now: number },
): Promise<void> {
  await tx.run(sql`
    insert into figures_look (workflow, person, shown, at) values (${look.workflow}, ${look.person}, ${look.shown}, ${time(look.now)})
    on conflict do nothing`);
}

export async function looksAt(
  database: Queryable,
  workflow: string,
  person: string,
  since: number,
): Promise<{ person: string; at: number }[]> {
  return database.all(sql`
    select person, at from figures_look
    where workflow = ${workflow} and shown @> array[${person}]::text[] and at >= ${time(since)} order by at desc limit 200`);
}

/** How many cases came, and how many of those that were decided went to a person; rehearsals left out. */
export async function arrivals(
  database: Queryable,
  span: Omit<Span, "zone">,
): Promise<{ received: number; decided: number; reviewed: number }> {
  const [since, until] = [time(span.since), time(span.until)];
  return database.one(sql`
    select count(*)::int as received, count(d.case_id)::int as decided, count(*) filter (where d.outcome <> 'auto')::int as reviewed
    from case_ c left join decision d on d.case_id = c.id
    where c.workflow = ${span.workflow} and not c.drill and c.received_at >= ${since} and c.received_at < ${until}`);
}

/** Time of work by week, as sums; only of five or more people is anything stored (time.ts). */
export async function timeByWeek(
  database: Queryable,
  span: Span,
): Promise<{ week: string; milliseconds: number; tasks: number }[]> {
  const [since, until] = [time(span.since), time(span.until)];
  const day = (moment: string) => sql`timezone(${span.zone}, ${moment}::timestamptz)::date`;
  return database.all(sql`
    select date_trunc('week', day)::date::text as week, sum(milliseconds)::float8 as milliseconds, sum(tasks)::int as tasks
    from review_time_day where workflow = ${span.workflow} and day >= ${day(since)} and day < ${day(until)} group by 1 order by 1`);
}
