/**
 * What input must be before it becomes a case. Pure; the table in docs/reference/bad-input.md says the same.
 *
 * Limits and the form of the text first (the same check as for files), then the release's input schema; all schema problems at once. Fields that
 * the schema does not name, at any depth, are dropped and named in the answer: a new field never reaches anything by itself.
 */
import { checkValue } from "../../connectors/feed/json.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../contract/json.ts";
import { INPUT_LIMITS, type QuarantineReason } from "../../contract/quarantine.ts";
import { resolveReference } from "../../definition/fields.ts";

/** What intake takes beside the limits that every door shares. */
export const LIMITS = {
  ...INPUT_LIMITS,
  attachmentBytes: 10_485_760,
  attachments: 20,
  externalId: 200,
} as const;

export interface InputProblem {
  reason: QuarantineReason;
  message: string;
  details: { path: string; message: string }[];
}

export type Checked =
  { ok: true; input: JsonObject; dropped: string[] } | { ok: false; problem: InputProblem };

/** A schema's verdict over a value; from `definition/schema.ts`. */
export type Validate = (value: JsonValue) => {
  value: JsonValue;
  problems: { path: string; message: string }[];
};

export function checkInput(value: unknown, schema: JsonObject, validate: Validate): Checked {
  if (!isJsonObject(value)) return refuse("not_an_object", "The input is not an object with fields.");
  const form = checkValue(value);
  if (form) return refuse(form.reason, form.message);
  const { input, dropped } = keepNamed(value, schema);
  const { value: checked, problems } = validate(input);
  if (problems.length > 0)
    return refuse(
      "schema_mismatch",
      problems.map((one) => `${one.path || "input"}: ${one.message}`).join("; "),
      problems,
    );
  return { ok: true, input: checked as JsonObject, dropped };
}

/** Why an external id cannot be one, or undefined when it can. */
export function badExternalId(id: string): string | undefined {
  if (id.length === 0) return "it is empty";
  if (id.length > LIMITS.externalId) return `it is longer than ${LIMITS.externalId} characters`;
  if (!id.isWellFormed()) return "it holds half a character (a lone surrogate)";
  if (id.includes("\0")) return "it holds a NUL character";
  if (/\p{Cc}/u.test(id)) return "it holds a control character";
  return undefined;
}

/**
 * The value without the fields that its schema does not name, at any depth: a policy rule covers all that lies below its
 * path, so a new field below an allowed object would go to the model. An object whose schema names no field at all, or
 * that says `additionalProperties`, is open: its author chose to take what comes.
 */
function keepNamed(value: JsonObject, schema: JsonObject): { input: JsonObject; dropped: string[] } {
  const dropped = new Set<string>();

  function keep(here: JsonValue, schemas: JsonObject[], path: string): JsonValue {
    // Nothing lies below it, so nobody need know which schemas speak of it.
    if (typeof here !== "object" || here === null) return here;
    const branches = branchesOf(schema, schemas);
    if (Array.isArray(here)) {
      const items = branches.flatMap((branch) => (isJsonObject(branch["items"]) ? [branch["items"]] : []));
      return items.length === 0 ? here : here.map((item) => keep(item, items, path));
    }
    return keepIn(here, branches, path);
  }

  function keepIn(here: JsonObject, branches: JsonObject[], path: string): JsonObject {
    const named = branches.flatMap((branch) =>
      isJsonObject(branch["properties"]) ? [branch["properties"]] : [],
    );
    const open = named.length === 0 || branches.some((branch) => branch["additionalProperties"] === true);
    const others = branches.flatMap((branch) =>
      isJsonObject(branch["additionalProperties"]) ? [branch["additionalProperties"]] : [],
    );
    const kept: [string, JsonValue][] = [];
    for (const [key, below] of Object.entries(here)) {
      const its = named.filter((properties) => Object.hasOwn(properties, key));
      const at = path === "" ? key : `${path}.${key}`;
      if (its.length > 0)
        kept.push([key, keep(below, its.map((properties) => properties[key]).filter(isJsonObject), at)]);
      else if (open || others.length > 0) kept.push([key, keep(below, others, at)]);
      else dropped.add(at);
    }
    return Object.fromEntries(kept);
  }

  return { input: keep(value, [schema], "") as JsonObject, dropped: [...dropped] };
}

/** The schemas that speak of one value: references followed, and every branch, since which one holds is checked later. */
function branchesOf(root: JsonObject, schemas: JsonObject[]): JsonObject[] {
  const found = new Set<JsonObject>();
  const open = new Set<JsonObject>();
  const visit = (schema: JsonObject) => {
    // A reference to itself is followed once.
    if (open.has(schema)) return;
    open.add(schema);
    const here = resolveReference(root, schema);
    found.add(here);
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      const branches = here[keyword];
      if (Array.isArray(branches)) branches.filter(isJsonObject).forEach(visit);
    }
  };
  schemas.forEach(visit);
  return [...found];
}

function refuse(
  reason: QuarantineReason,
  message: string,
  details: { path: string; message: string }[] = [],
): Checked {
  return { ok: false, problem: { reason, message, details } };
}
