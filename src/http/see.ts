/** Whether a caller may see a case, or anything else of a workflow, and do there what they came for. */
import { demandAction, sees, type Caller } from "../access/caller.ts";
import { workflowOf } from "../cases/view.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Queryable } from "../platform/database.ts";

/** The case's workflow; throws `not_found` alike for a missing case and for one of a workflow that the caller may not see. */
export async function seeCase(database: Queryable, caller: Caller, caseId: string): Promise<string> {
  const workflow = await workflowOf(database, caseId);
  seeThrough(caller, workflow, () => noCase(caseId));
  return workflow!;
}

export function noCase(caseId: string): PilotageError {
  return new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)}.`, {
    hint: "`pilotage case list <workflow>` lists them.",
  });
}

/** The same for anything else that belongs to a workflow; `missing` is what a stranger hears. */
export function seeThrough(caller: Caller, workflow: string | undefined, missing: () => PilotageError): void {
  if (workflow === undefined || !sees(caller, workflow)) throw missing();
  if (caller.purpose !== null) demandAction(caller, caller.purpose, workflow);
}

/** The same where the workflow's name was given. */
export function seeWorkflow(caller: Caller, workflow: string): void {
  seeThrough(
    caller,
    workflow,
    () => new PilotageError("not_found", `There is no workflow "${workflow.slice(0, 80)}".`),
  );
}
