/**
 * The time that reviewing takes: sums of a team, and a person's own only where the works council agreed to it.
 *
 * Idle time is left out by whoever measures. Sums name no person and no case; who worked on a day is a keyed digest that
 * serves the count of people alone. Rehearsals and programs that play a person are not measured.
 */
import type { StoredTurn } from "./store.ts";
import type { Tx } from "../platform/database.ts";
import { hex, rows, sql } from "../platform/sql.ts";
import type { Vault } from "../platform/secrets.ts";

/** Longer work on one task is a page left open. Milliseconds. */
export const LONGEST_TASK = 7_200_000;

export interface Worked {
  workflow: string;
  /** The day where the workflow is. */
  day: string;
  turn: StoredTurn;
  person: string;
  milliseconds: number;
}

/** What may be counted of a task; undefined where nothing was measured. */
export function countable(
  milliseconds: number,
  { drill, simulated }: { drill: boolean; simulated: boolean },
): number | undefined {
  if (drill || simulated || milliseconds <= 0) return undefined;
  return Math.min(Math.round(milliseconds), LONGEST_TASK);
}

/** Adds to the sums; always in the order of their keys, so that two who write never wait for each other in a circle. */
export async function addWorked(tx: Tx, vault: Vault, worked: readonly Worked[]): Promise<void> {
  if (worked.length === 0) return;
  // A blind second look is shown as a first turn, and counted as one.
  const of = ({ workflow, day, turn }: Worked) => [workflow, day, turn === "blind" ? "first" : turn] as const;
  const sums = [...Map.groupBy(worked, (one) => JSON.stringify(of(one)))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, list]) => {
      const [workflow, day, turn] = of(list[0]!);
      const milliseconds = list.reduce((sum, one) => sum + one.milliseconds, 0);
      return { workflow, day, turn, milliseconds, tasks: list.length };
    });
  const people = new Map(
    worked.map((one) => {
      const digest = hex(vault.digest("reviewer of a day", `${one.workflow} ${one.person.toLowerCase()}`));
      return [
        `${one.workflow} ${one.day} ${digest}`,
        { workflow: one.workflow, day: one.day, person: digest },
      ];
    }),
  );
  await tx.run(sql`
    insert into review_time_person (workflow, day, person)
    select workflow, day, person from json_populate_recordset(null::review_time_person, ${rows([...people].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row))}::json)
    on conflict do nothing`);
  await tx.run(sql`
    insert into review_time_day as t (workflow, day, turn, milliseconds, tasks)
    select workflow, day, turn, milliseconds, tasks from json_populate_recordset(null::review_time_day, ${rows(sums)}::json)
    on conflict (workflow, day, turn) do update set milliseconds = t.milliseconds + excluded.milliseconds, tasks = t.tasks + excluded.tasks`);
}
