/** Evaluation sets as they are kept: which there are, what a name means, and what may still be done with one. */
import { PilotageError } from "../contract/errors.ts";
import type { BentBy, SetKind, SetSource, SetState } from "../contract/evaluation-set-endpoints.ts";
import { MOST_LOOKS } from "../contract/gate.ts";
import type { Queryable } from "../platform/database.ts";
import { isoTime } from "../platform/clock.ts";
import { raw, sql } from "../platform/sql.ts";
import type { Classes } from "./taxonomy.ts";

export interface SetRow {
  id: string;
  workflow: string;
  name: string;
  version: number;
  kind: SetKind;
  state: SetState;
  digest: string;
  /** As it was made; `removed` of them are gone since. */
  items: number;
  removed: number;
  duplicates: number;
  refused: number;
  left_out: Record<string, number>;
  looks: number;
  source: SetSource;
  /** Whether its items stand for the cases of the workflow, and if not, by which codes. */
  representative: boolean;
  bent_by: BentBy[];
  /** The classes of its labels and the release that had them; null in sets of older programs. */
  taxonomy: Classes | null;
  release: string | null;
  made_from: string | null;
  opened_at: number | null;
  opened_by: string | null;
  opened_because: string | null;
  keep_until: number | null;
  removed_at: number | null;
  removed_by: string | null;
  removed_because: string | null;
  origin: string;
  imported_at: number;
  imported_by: string;
}

const COLUMNS = raw(
  `id, workflow, name, version, kind, state, digest, items, removed, duplicates, refused, left_out, looks, source, representative, bent_by, taxonomy,
   release, made_from, opened_at, opened_by, opened_because, keep_until, removed_at, removed_by, removed_because, origin, imported_at, imported_by`,
);

/** Newest first; one that is being made is not there yet, and one that was removed not any more. */
export function listSets(database: Queryable, workflow: string): Promise<SetRow[]> {
  return database.all<SetRow>(
    sql`select ${COLUMNS} from evaluation_set where workflow = ${workflow} and state = 'ready' order by id desc limit 200`,
  );
}

/** By id, by name (its newest version), or by `name@version`; throws `not_found`, also for one that was removed. */
export async function findSet(database: Queryable, workflow: string, wanted: string): Promise<SetRow> {
  const [, name = wanted, version] = /^(.*)@([1-9]\d{0,8})$/.exec(wanted) ?? [];
  const found = await database.maybe<SetRow>(sql`
    select ${COLUMNS} from evaluation_set
    where workflow = ${workflow} and state <> 'importing' and (id = ${wanted} or (name = ${name} and (${version ?? null}::int is null or version = ${version ?? null}::int)))
    order by state = 'ready' desc, version desc limit 1`);
  if (found?.state === "ready") return found;
  const hint = `\`pilotage evaluation list ${workflow}\` lists them.`;
  if (found)
    throw new PilotageError(
      "not_found",
      `The items of ${nameOf(found)} were removed on ${isoTime(found.removed_at!).slice(0, 10)} by ${found.removed_by}: ${found.removed_because}.`,
      { hint },
    );
  throw new PilotageError("not_found", `Workflow ${workflow} has no evaluation set ${wanted.slice(0, 80)}.`, {
    hint,
  });
}

export function nameOf({ name, version }: Pick<SetRow, "name" | "version">): string {
  return `${name}@${version}`;
}

/** After so many looks a sealed set has been tuned to, whoever looked: its figures prove nothing more. */
export function isWornOut({ kind, looks }: Pick<SetRow, "kind" | "looks">): boolean {
  return kind === "sealed" && looks > MOST_LOOKS;
}

/** Throws `wrong_state` for a set whose items all went with their cases. */
export function demandItems(set: SetRow): void {
  if (set.removed < set.items) return;
  throw new PilotageError(
    "wrong_state",
    `${nameOf(set)} is empty: all its ${set.items} items were removed with their cases. Nothing was evaluated.`,
    { hint: `\`pilotage evaluation collect ${set.workflow} --name ${set.name}\` makes its next version.` },
  );
}

/** The name under which an item's key is wrapped. */
export function itemOwner(set: string, no: number): string {
  return `${set}.${no}`;
}
