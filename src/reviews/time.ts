/**
 * The time that reviewing takes: sums of a team, and a person's own only where the works council agreed to it.
 *
 * Idle time is left out by whoever measures. What is stored covers five or more people each time that it grows: until so
 * many are among it, work is gathered in the memory of this process and nowhere else, and what has not come so far when
 * the week or the process ends is thrown away. A sum names no person, no case and no kind of turn. Rehearsals and programs
 * that play a person are not measured.
 */
import { DateTime } from "luxon";
import type { Database } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";

/** Of fewer people nothing is stored, and nothing said. */
export const LEAST_PEOPLE = 5;
/** Longer work on one task is a page left open. Milliseconds. */
export const LONGEST_TASK = 7_200_000;

export interface Worked {
  workflow: string;
  /** The day where the workflow is. */
  day: string;
  /** Who is behind it (see Reviewer.stands): two keys of one person are one person. */
  stands: string;
  milliseconds: number;
}

export interface WorkedTime {
  /** After what was worked on is stored. Never throws: a sum that cannot be written is lost, and nothing else. */
  add(worked: Worked): Promise<void>;
}

/** What is gathered of a workflow in a week, and not stored yet. */
interface Gathered {
  week: string;
  people: Set<string>;
  milliseconds: number;
  tasks: number;
}

/** What may be counted of a task; undefined where nothing was measured. */
export function countable(
  milliseconds: number,
  { drill, simulated }: { drill: boolean; simulated: boolean },
): number | undefined {
  if (drill || simulated || milliseconds <= 0) return undefined;
  return Math.min(Math.round(milliseconds), LONGEST_TASK);
}

export function openWorkedTime(database: Pick<Database, "run">): WorkedTime {
  const gathered = new Map<string, Gathered>();
  return {
    async add({ workflow, day, stands, milliseconds }) {
      const week = DateTime.fromISO(day, { zone: "utc" }).startOf("week").toISODate()!;
      const known = gathered.get(workflow);
      const sum =
        known?.week === week ? known : { week, people: new Set<string>(), milliseconds: 0, tasks: 0 };
      gathered.set(workflow, sum);
      sum.people.add(stands);
      sum.milliseconds += milliseconds;
      sum.tasks += 1;
      if (sum.people.size < LEAST_PEOPLE) return;
      gathered.delete(workflow);
      await database
        .run(
          sql`
          insert into review_time_day as t (workflow, day, turn, milliseconds, tasks)
          values (${workflow}, ${day}, 'all', ${sum.milliseconds}, ${sum.tasks})
          on conflict (workflow, day, turn) do update set milliseconds = t.milliseconds + excluded.milliseconds, tasks = t.tasks + excluded.tasks`,
        )
        .catch(() => undefined);
    },
  };
}
