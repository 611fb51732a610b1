/**
 * Whether a workflow's rollout stands still and somebody should know: held, or rolled back lately.
 *
 * What overview, operations, `pilotage status` and `/metrics` say of it is read here, so that they never disagree.
 */
import type { Alarm } from "../contract/rollout.ts";
import type { Queryable } from "../platform/database.ts";
import { isoTime } from "../platform/clock.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { recallCounts } from "../reviews/recall.ts";
import { readDelivered } from "./rollout-delivered.ts";
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

/** What a rolled-back release delivered alone and nobody has looked at since, put before people or not. */
export async function unseenSince(database: Queryable, id: string): Promise<number> {
  const rollout = await readRollout(database, id);
  if (rollout?.state !== "rolled_back") return 0;
  const page = { before: undefined, limit: 1, recall: undefined };
  const [{ unseen }, { open }] = await Promise.all([
    readDelivered(database, rollout, page),
    recallCounts(database, rollout.id),
  ]);
  return unseen + open;
}
