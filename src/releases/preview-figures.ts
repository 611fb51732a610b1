/** What previews and forecasts are reckoned with, as measured in the last two weeks: cases, labels, cost of calls. */
import { idBorder } from "../contract/ids.ts";
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";

const DAYS = 14;
const DAY = 86_400_000;

export interface MeasuredDays {
  /** Cases that arrive in a day. */
  cases: number;
  /** Coin labels of an output that people give in a day. */
  labels: number;
}

/** Rehearsals are left out; days before the workflow's first case are no days. */
export async function measuredDays(
  database: Queryable,
  workflow: string,
  { now, simulated }: { now: number; simulated: boolean },
): Promise<MeasuredDays> {
  const since = Math.max(0, now - DAYS * DAY);
  const found = await database.one<{ cases: number; labels: number; first: number | null }>(sql`
    select count(*)::int as cases, min(c.received_at) as first,
      count(*) filter (where (c.qa or c.cold or d.reasons @? '$[*] ? (@.code == "autonomy" && !exists(@.detail))') and exists (
        select from label l where l.case_id = c.id and l.source in ('cold', 'qa', 'review') and l.wrong is not null
          and l.superseded_by is null and l.withdrawn_at is null and (${simulated}::boolean or not l.simulated)))::int as labels
    from case_ c left join decision d on d.case_id = c.id
    where c.workflow = ${workflow} and not c.drill and c.id >= ${idBorder("case", since)}`);
  const days = Math.max(1, Math.ceil((now - Math.max(since, found.first ?? now)) / DAY));
  return { cases: found.cases / days, labels: found.labels / days };
}

/** What the calls of a case of this release cost on average; null where nothing is known. */
export async function costOfCases(
  database: Queryable,
  { workflow, release }: { workflow: string; release: string },
  now: number,
): Promise<{ amount: number; currency: string } | null> {
  const found = await database.maybe<{ amount: number; currency: string }>(sql`
    select (sum(a.cost) / count(distinct c.id))::float8 as amount, a.currency
    from case_ c join attempt a on a.case_id = c.id
    where c.workflow = ${workflow} and c.release = ${release} and not c.drill and c.id >= ${idBorder("case", Math.max(0, now - DAYS * DAY))}
      and a.state <> 'reserved' and a.cost is not null
    group by a.currency order by count(*) desc limit 1`);
  return found ?? null;
}
