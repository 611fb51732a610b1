/**
 * Notices that the clock was set back.
 *
 * Wake-ups are rows with a due time; those written while the clock ran ahead would lie still for as long as it did. A
 * clock that was set forward needs nothing: what is due is then due a little early, once. Waking up is the caller's.
 */
import { idBorder } from "../contract/ids.ts";
import { stopwatch, type Clock } from "./clock.ts";
import type { Queryable } from "./database.ts";
import { sql } from "./sql.ts";

/** Less is what time services do all day; nothing waits noticeably longer for it. Milliseconds. */
const WORTH_MENTIONING = 2_000;
/** Two machines of one installation may differ by so much. Milliseconds. */
const CLOCKS_DIFFER = 60_000;

/** Answers, each time it is asked, by how many milliseconds the clock was set back since the last time; 0 when it was not. */
export function watchClock(clock: Clock, startWatch = stopwatch): () => number {
  let at = clock.now();
  let passed = startWatch();
  return () => {
    const now = clock.now();
    const fell = at + passed() - now;
    at = now;
    passed = startWatch();
    return fell > WORTH_MENTIONING ? Math.round(fell) : 0;
  };
}

/** By how many milliseconds this clock is behind the time at which something was stored before; 0 when it is not. */
export async function behindTheStore(database: Queryable, clock: Clock): Promise<number> {
  const now = clock.now();
  const { latest } = await database.one<{ latest: number | null }>(sql`
    select max(at) as latest from (select at from audit_event where id > ${idBorder("event", now + CLOCKS_DIFFER)} order by id desc limit 100) e`);
  return latest !== null && latest - now > CLOCKS_DIFFER ? latest - now : 0;
}
