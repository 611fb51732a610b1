/** What has to be known about a set before its figures are believed: for the set itself, and for each run over it. */
import type { Registry } from "../cases/workflow/registry.ts";
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { isWornOut, nameOf, type SetRow } from "./evaluation-set.ts";
import { classesOf, differenceOf, differenceTold, type Classes } from "./taxonomy.ts";

/** Of runs, by their id; a run that nothing has to be said about has none. */
export async function notesOnRuns(
  { database, registry }: { database: Queryable; registry: Registry },
  runs: readonly { id: string; set_id: string; release: string }[],
): Promise<Map<string, string[]>> {
  const ids = [...new Set(runs.map((run) => run.set_id))];
  const sets = await database.all<Judged & { id: string }>(sql`
    select id, name, version, kind, looks, items, removed, bent_by, taxonomy from evaluation_set where id = any(${ids})`);
  const byId = new Map(sets.map((set) => [set.id, set]));
  const notes = new Map<string, string[]>();
  for (const run of runs) {
    const set = byId.get(run.set_id);
    if (!set) continue;
    const { document } = await registry.release(database, run.release);
    notes.set(run.id, notesOn(set, classesOf(document)));
  }
  return notes;
}

type Judged = Pick<
  SetRow,
  "name" | "version" | "kind" | "looks" | "items" | "removed" | "bent_by" | "taxonomy"
>;

/** Pure: sentences about a set that a release with these classes was measured with. */
export function notesOn(set: Judged, classes: Classes): string[] {
  const notes: string[] = [];
  if (isWornOut(set))
    notes.push(
      `${nameOf(set)} is worn out: ${set.looks} runs looked at it, so its figures prove nothing more. Take a fresh set.`,
    );
  const differ = set.taxonomy === null ? undefined : differenceOf(set.taxonomy, classes);
  if (differ)
    notes.push(
      `The release has other classes than the labels of ${nameOf(set)} (${differenceTold(differ)}), so answers in them count as wrong. \`pilotage evaluation remap\` makes the set's next version.`,
    );
  if (set.removed > 0)
    notes.push(`${set.removed} of the ${set.items} items of ${nameOf(set)} were removed with their cases.`);
  if (set.bent_by.some((code) => code !== "unstated"))
    notes.push(`${nameOf(set)} does not stand for the cases of the workflow, so it certifies nothing.`);
  if (set.bent_by.includes("unstated"))
    notes.push(
      `Nobody has stated how the cases of ${nameOf(set)} were drawn, so it certifies nothing, and a gate over it goes no further than conditional. Where they were drawn by chance, import them again with --drawn chance.`,
    );
  return notes;
}
