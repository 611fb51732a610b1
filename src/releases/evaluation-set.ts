/** Evaluation sets as they are kept: which there are, and what a name means. Importing one is in evaluation-import.ts. */
import { PilotageError } from "../contract/errors.ts";
import type { SetKind } from "../contract/evaluation-endpoints.ts";
import type { Queryable } from "../platform/database.ts";
import { raw, sql } from "../platform/sql.ts";

export interface SetRow {
  id: string;
  workflow: string;
  name: string;
  version: number;
  kind: SetKind;
  digest: string;
  items: number;
  duplicates: number;
  refused: number;
  looks: number;
  origin: string;
  imported_at: number;
  imported_by: string;
}

const COLUMNS = raw(
  "id, workflow, name, version, kind, digest, items, duplicates, refused, looks, origin, imported_at, imported_by",
);

/** Newest first; one that is being imported is not there yet. */
export function listSets(database: Queryable, workflow: string): Promise<SetRow[]> {
  return database.all<SetRow>(
    sql`select ${COLUMNS} from evaluation_set where workflow = ${workflow} and state = 'ready' order by id desc limit 200`,
  );
}

/** By id, by name (its newest version), or by `name@version`; throws `not_found`. */
export async function findSet(database: Queryable, workflow: string, wanted: string): Promise<SetRow> {
  const [, name = wanted, version] = /^(.*)@([1-9]\d{0,8})$/.exec(wanted) ?? [];
  const found = await database.maybe<SetRow>(sql`
    select ${COLUMNS} from evaluation_set
    where workflow = ${workflow} and state = 'ready' and (id = ${wanted} or (name = ${name} and (${version ?? null}::int is null or version = ${version ?? null}::int)))
    order by version desc limit 1`);
  if (!found)
    throw new PilotageError(
      "not_found",
      `Workflow ${workflow} has no evaluation set ${wanted.slice(0, 80)}.`,
      { hint: `\`pilotage evaluation list ${workflow}\` lists them.` },
    );
  return found;
}
