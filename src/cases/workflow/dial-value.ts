/** A new value for one dial, checked as the workflow's document would be with it. Pure. */
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject, JsonValue } from "../../contract/json.ts";
import { checkDocuments } from "../../definition/check.ts";
import type { WorkflowDocument } from "../../definition/document.ts";
import { removeAt, setAt, valueAt } from "../../definition/path.ts";
import { DIALS } from "./dials.ts";

/**
 * The value as it is kept; undefined where null takes an optional dial away. `document` holds the dials in force.
 *
 * Throws `bad_request` for a dial that is none, and for a value that no document could have.
 */
export function dialValue(
  document: WorkflowDocument,
  setting: string,
  value: JsonValue,
): JsonValue | undefined {
  const dial = Object.hasOwn(DIALS, setting) ? DIALS[setting] : undefined;
  if (!dial)
    throw new PilotageError(
      "bad_request",
      `There is no dial "${setting.slice(0, 60)}". Nothing was changed.`,
      {
        hint: `The dials are ${Object.keys(DIALS).join(", ")}; share, autonomy and the ladder have endpoints of their own.`,
      },
    );
  if (value === null && !dial.optional)
    throw new PilotageError("bad_request", `${setting} always has a value. Nothing was changed.`);
  const wanted = structuredClone(document) as unknown as JsonObject;
  if (value === null) removeAt(wanted, setting);
  else setAt(wanted, setting, value);
  const { problems, workflow } = checkDocuments({ workflow: wanted });
  if (workflow === undefined)
    throw new PilotageError(
      "bad_request",
      `${setting} cannot be ${JSON.stringify(value).slice(0, 200)}: ${problems
        .map((one) => one.message)
        .join("; ")
        .slice(0, 1_000)}. Nothing was changed.`,
      { details: problems },
    );
  return valueAt(workflow, setting);
}
