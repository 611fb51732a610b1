/** What of signing in is over goes some time later: until then, whoever asks what happened still finds it. */
import type { Database } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

const HOUR = 3_600_000;
const KEPT_AFTER = 30 * 24 * HOUR;

/** Forgets sessions and one-time links that ended, were used or ran out long ago. That they were there stays in the audit log. */
export async function forgetEnded(database: Database, now: number, idleHours: number): Promise<void> {
  const before = now - KEPT_AFTER;
  await database.run(sql`
    delete from session where ended_at < ${time(before)} or ends_at < ${time(before)} or seen_at < ${time(before - idleHours * HOUR)}`);
  await database.run(
    sql`delete from one_time_link where used_at < ${time(before)} or expires_at < ${time(before)}`,
  );
}
