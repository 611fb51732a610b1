/** The newest release of a workflow that is ready: whose classes and schemas the work of today is judged by. */
import type { Registry, ReleaseView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";

/** Throws `wrong_state` without one. */
export async function newestRelease(
  parts: { database: Queryable; registry: Registry },
  workflow: string,
): Promise<ReleaseView> {
  const found = await newestIfAny(parts, workflow);
  if (found) return found;
  throw new PilotageError("wrong_state", `Workflow ${workflow} has no release yet. Nothing was done.`, {
    hint: "`pilotage publish <folder>` publishes one.",
  });
}

export async function newestIfAny(
  { database, registry }: { database: Queryable; registry: Registry },
  workflow: string,
): Promise<ReleaseView | undefined> {
  const found = await database.maybe<{ id: string }>(
    sql`select id from release where workflow = ${workflow} and state = 'ready' order by id desc limit 1`,
  );
  return found && registry.release(database, found.id);
}
