/**
 * Whether a workflow's rollout stands still and somebody should know: held, or rolled back lately.
 *
 * What overview, operations, `pilotage status` and `/metrics` say of it is read here, so that they never disagree.
 */
import type { Alarm } from "../contract/rollout.ts";
import type { Queryable } from "../platform/database.ts";
import { isoTime } from "../platform/clock.ts";
import { sql, time } from "../platform/sql.ts";
import { recallCounts } from "../reviews/recall.ts";
import { readDelivered } from "./rollout-delivered.ts";
import { lastRollout } from "./rollout-store.ts";

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
    from rollout r join rollout_move m on m.rollout = r.id
    where r.id = (select id from rollout where workflow = ${workflow} order by id desc limit 1)
      and (r.state = 'held' or (r.state = 'rolled_back' and r.ended_at > ${time(now - ROLLBACK_NEWS)}))
    order by m.no desc limit 1`);
}

export function showStopped(found: StoppedRollout | undefined) {
  return found ? { ...found, at: isoTime(found.at) } : null;
}

/** Of all workflows, for programs that watch. */
export async function stoppedRollouts(
  database: Queryable,
  now: number,
): Promise<{ workflow: string; state: StoppedRollout["state"] }[]> {
  return database.all(sql`
    select r.workflow, r.state from rollout r
    where r.id = (select max(id) from rollout n where n.workflow = r.workflow)
      and (r.state = 'held' or (r.state = 'rolled_back' and r.ended_at > ${time(now - ROLLBACK_NEWS)}))`);
}

/** What a rolled-back release delivered alone and nobody has looked at since, put before people or not. */
export async function unseenSince(database: Queryable, workflow: string): Promise<number> {
  const rollout = await lastRollout(database, workflow);
  if (rollout?.state !== "rolled_back") return 0;
  const page = { before: undefined, limit: 1, recall: undefined };
  const [{ unseen }, { open }] = await Promise.all([
    readDelivered(database, rollout, page),
    recallCounts(database, rollout.id),
  ]);
  return unseen + open;
}
