/**
 * How many workers an installation has at the moment, seen by whoever only looks: a web process, for its readiness page.
 *
 * A worker shows that it lives by raising a count (jobs.ts); one whose count stands still for some looks is not counted.
 * Nothing is freed here: that is for the other workers.
 */
import type { Queryable } from "./database.ts";
import { sql } from "./sql.ts";

export interface Workers {
  /** Looks again; about once a second, as often as they beat. */
  look(): Promise<void>;
  /** Undefined until two looks could be compared. */
  readonly atWork: number | undefined;
}

const STILL_LOOKS_UNTIL_GONE = 6;

export function watchWorkers(database: Queryable): Workers {
  let seen = new Map<string, { beat: number; still: number }>();
  let looks = 0;
  return {
    async look() {
      const found = await database.all<{ id: string; beat: number }>(sql`select id, beat from worker`);
      seen = new Map(
        found.map(({ id, beat }) => {
          const last = seen.get(id);
          // One that nobody saw before counts from its first beat on: it may be the row of a dead one.
          const still = last === undefined ? STILL_LOOKS_UNTIL_GONE : last.beat === beat ? last.still + 1 : 0;
          return [id, { beat, still }];
        }),
      );
      looks++;
    },
    get atWork() {
      if (looks < 3) return undefined;
      return [...seen.values()].filter(({ still }) => still < STILL_LOOKS_UNTIL_GONE).length;
    },
  };
}
