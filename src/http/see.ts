/** Whether a caller may see a case: a key that is bound to one workflow learns nothing about others. */
import { demand, type Caller } from "../access/keys.ts";
import { workflowOf } from "../cases/view.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Queryable } from "../platform/database.ts";

/** The case's workflow; throws `not_found` alike for a missing case and for one of another workflow. */
export async function seeCase(database: Queryable, caller: Caller, caseId: string): Promise<string> {
  const workflow = await workflowOf(database, caseId);
  const bound = caller.key.workflow;
  if (workflow === undefined || (bound !== null && bound !== workflow))
    throw new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)}.`, {
      hint: "`pilotage case list <workflow>` lists them.",
    });
  return workflow;
}

/** The same for anything that belongs to a workflow. */
export function seeWorkflow(caller: Caller, workflow: string): void {
  demand(caller, caller.key.scopes[0]!, workflow);
}
