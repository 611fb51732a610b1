/**
 * What of a queue is open work at a moment, and how it is counted: the same in the inbox and in the mails.
 *
 * What was put off is not open until it wakes; it stands in a list of its own. Why a case waits is counted by what a
 * reviewer is shown of it, so that a coin's case and a blind second look count as any other.
 */
import { sql, time, type Sql } from "../platform/sql.ts";

const HOUR = 3_600_000;

/** Counts of open work by when it is due. */
export interface DueCounts {
  open: number;
  dueToday: number;
  overdue: number;
  /** Due within an hour. */
  atRisk: number;
}

/** Counts of open work by why it waits; they add up to `open`. */
export interface CauseCounts {
  risk: number;
  unsure: number;
  noSuggestion: number;
  escalated: number;
  second: number;
  returned: number;
  routine: number;
}

export function isOpenWork(now: number): Sql {
  return sql`state in ('waiting', 'claimed') and (snoozed_until is null or snoozed_until <= ${time(now)})`;
}

/** `night` is the end of the day where the workflow is. */
export function countsByDue(now: number, night: number): Sql {
  return sql`
    count(*)::int as open,
    (count(*) filter (where due_at > ${time(now)} and due_at < ${time(night)}))::int as "dueToday",
    (count(*) filter (where due_at <= ${time(now)}))::int as overdue,
    (count(*) filter (where due_at > ${time(now)} and due_at <= ${time(now + HOUR)}))::int as "atRisk"`;
}

/** A turn that people asked for says more than the reason of the first one; the last leg takes what is left, so that they add up. */
const CAUSE = sql`
  case when turn = 'escalated' then 'escalated' when turn = 'second' then 'second'
    when came_back in ('answer', 'no_answer') then 'returned' else coalesce(cause, 'routine') end`;

export function countsByCause(): Sql {
  const of = (cause: string) => sql`(count(*) filter (where ${CAUSE} = ${cause}))::int`;
  return sql`
    ${of("risk")} as risk, ${of("unsure")} as unsure, ${of("no_suggestion")} as "noSuggestion", ${of("escalated")} as escalated,
    ${of("second")} as second, ${of("returned")} as returned, ${of("routine")} as routine`;
}
