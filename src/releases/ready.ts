/** Whether a release may be put to work at all: it is one of the workflow's, and prepared. */
import { PilotageError } from "../contract/errors.ts";
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";

/** Throws `not_found` or `wrong_state`; `unchanged` ends the message, e.g. "The share was not changed." */
export async function demandReady(
  tx: Queryable,
  workflow: string,
  release: string,
  unchanged: string,
): Promise<void> {
  const found = await tx.maybe<{ state: string; problem: string | null }>(
    sql`select state, problem from release where id = ${release} and workflow = ${workflow}`,
  );
  if (!found)
    throw new PilotageError("not_found", `Workflow ${workflow} has no release ${release.slice(0, 60)}.`, {
      hint: `\`pilotage releases ${workflow}\` lists them.`,
    });
  if (found.state !== "ready")
    throw new PilotageError(
      "wrong_state",
      `The release ${release} is ${found.state}${found.problem ? `: ${found.problem}` : ", its local model is still being trained"}. ${unchanged}`,
      { hint: `Wait until \`pilotage releases ${workflow}\` shows it as ready.` },
    );
}
