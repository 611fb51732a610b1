/**
 * What is woken when the clock was set back: cases and feeds whose due time was written while it ran ahead.
 *
 * A pause before another try is cut short, for all that wait: which of them were written ahead cannot be told, and one
 * try too early harms nobody. An undo window keeps its length, measured from now.
 */
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

/** The longest undo window that a workflow may have (definition/document.ts). Milliseconds. */
const LONGEST_UNDO = 600_000;

/** Wakes them, in the caller's transaction; answers how many cases and feeds those were. */
export async function wakeAfterSetBack(
  tx: Queryable,
  now: number,
): Promise<{ cases: number; feeds: number }> {
  await tx.run(sql`
    update delivery d set next_at = ${time(now)} from case_ c
    where c.id = d.case_id and c.state = 'delivering' and c.next_at > ${time(now)} and c.worker is null and d.state = 'pending' and d.next_at > ${time(now)}`);
  // One statement for each index of due cases: a condition over both would look through every case ever stored.
  const trying =
    (await tx.run(sql`
      update case_ set next_at = ${time(now)}
      where next_at > ${time(now)} and worker is null and state in ('received', 'running')`)) +
    (await tx.run(sql`
      update case_ set next_at = ${time(now)}
      where next_at > ${time(now)} and worker is null and state = 'delivering'`));
  // Decided ahead of this clock: what is left of the window is its whole length, as long as it lies ahead, too.
  const undoable = await tx.run(sql`
    update case_ set next_at = ${time(now)}::timestamptz + least(next_at - decided_at, ${LONGEST_UNDO} * interval '1 millisecond')
    where next_at > ${time(now)} and worker is null and state = 'decided' and decided_at > ${time(now)} and next_at >= decided_at`);
  const late = await tx.run(sql`
    update case_ set next_at = ${time(now)}
    where next_at > ${time(now + LONGEST_UNDO)} and worker is null and state = 'decided'`);
  const feeds = await tx.run(
    sql`update feed set next_at = ${time(now)} where next_at > ${time(now)} and worker is null`,
  );
  return { cases: trying + undoable + late, feeds };
}
