/**
 * The simulated time of an installation: one for all its processes, kept in the database, never going back.
 *
 * Each process has a clock of its own (clock.ts) and follows the stored time. Real time needs none of this.
 */
import type { SimulatedClock } from "./clock.ts";
import type { Queryable, Tx } from "./database.ts";
import { sql, time } from "./sql.ts";

/** At the start: the later one of the time that is stored and the one that this process was started with holds for both. */
export async function joinSimulatedTime(database: Queryable, clock: SimulatedClock): Promise<void> {
  const { at } = await database.one<{ at: number }>(sql`
    update installation set simulated_at = greatest(simulated_at, ${time(clock.now())}::timestamptz) returning simulated_at as at`);
  clock.reach(at);
}

/** Goes on to the stored time, when another process moved it. */
export async function followSimulatedTime(database: Queryable, clock: SimulatedClock): Promise<void> {
  const { at } = await database.one<{ at: number | null }>(sql`select simulated_at as at from installation`);
  if (at !== null) clock.reach(at);
}

/** Moves the stored time on; this process follows when that is committed. */
export async function advanceSimulatedTime(
  tx: Tx,
  clock: SimulatedClock,
  milliseconds: number,
): Promise<void> {
  const { at } = await tx.one<{ at: number }>(sql`
    update installation set simulated_at = greatest(simulated_at, ${time(clock.now())}::timestamptz) + ${milliseconds} * interval '1 millisecond'
    returning simulated_at as at`);
  tx.afterCommit(() => clock.reach(at));
}
