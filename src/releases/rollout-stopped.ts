/**
 * Whether a workflow's rollout stands still and somebody should know: held, or rolled back lately.
 *
 * What overview, operations, `pilotage status` and `/metrics` say of it is read here, so that they never disagree.
 */
import type { Alarm } from "../contract/rollout.ts";
import type { Queryable } from "../platform/database.ts";
import { isoTime } from "../platform/clock.ts";
import { recent } from "../platform/recent.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { countUnseen } from "./rollout-delivered.ts";
import { readRollout } from "./rollout-store.ts";

/** For so long a rollback is news. */
export const ROLLBACK_NEWS = 7 * 86_400_000;

export interface StoppedRollout {
  id: string;
  release: string;
  state: "held" | "rolled_back";
  /** Null: a person did it. */
  alarm: Alarm | null;
  at: number;
}

export async function stoppedRollout(
  database: Queryable,
  workflow: string,
  now: number,
): Promise<StoppedRollout | undefined> {
  return database.maybe<StoppedRollout>(sql`
    select r.id, r.release, r.state, m.at, case when m.actor ->> 'kind' = 'system' then m.reason end as alarm
    from (${stopped(now)}) r join lateral (select * from rollout_move where rollout = r.id order by no desc limit 1) m on true
    where r.workflow = ${workflow}`);
}

/**
 * Of each workflow the one that is told, held before rolled back: a rollback is news until another rollout begins that is not
 * aborted. The one that was taken out may be older than others that were tried and ended before.
 */
function stopped(now: number): Sql {
  return sql`
    select distinct on (r.workflow) r.id, r.workflow, r.release, r.state from rollout r
    where r.state = 'held' or (r.state = 'rolled_back' and r.ended_at > ${time(now - ROLLBACK_NEWS)} and not exists (
      select from rollout n where n.workflow = r.workflow and n.id <> r.id and n.state <> 'aborted' and n.started_at >= r.ended_at))
    order by r.workflow, r.state = 'held' desc, r.ended_at desc, r.id desc`;
}

export function showStopped(found: StoppedRollout | undefined) {
  return found ? { ...found, at: isoTime(found.at) } : null;
}

/** Of all workflows, for programs that watch. */
export async function stoppedRollouts(
  database: Queryable,
  now: number,
): Promise<{ workflow: string; state: StoppedRollout["state"] }[]> {
  return database.all(sql`select workflow, state from (${stopped(now)}) r`);
}

const UNSEEN_AGE = 60_000;
const MOST_KNOWN = 1_000;

/** Of a rolled-back rollout (countUnseen), up to a minute old: it goes through all that the release delivered. */
export function openUnseen(database: Queryable): (id: string) => Promise<number> {
  const known = new Map<string, () => Promise<number>>();
  return (id) => {
    let read = known.get(id);
    if (!read) {
      if (known.size >= MOST_KNOWN) known.clear();
      read = recent(UNSEEN_AGE, async () => countUnseen(database, (await readRollout(database, id))!));
      known.set(id, read);
    }
    return read();
  };
}
