/**
 * What input must be before it becomes a case. Pure; the table in docs/reference/bad-input.md says the same.
 *
 * Limits and the form of the text first (the same check as for files), then the release's input schema; all schema problems at once. Fields that
 * the schema does not name, at any depth, are dropped and named in the answer: a new field never reaches anything by itself.
 */
import { checkValue } from "../../connectors/feed/json.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../contract/json.ts";
import { INPUT_LIMITS, type QuarantineReason } from "../../contract/quarantine.ts";
import { keepNamed } from "./named-fields.ts";

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

function refuse(
  reason: QuarantineReason,
  message: string,
  details: { path: string; message: string }[] = [],
): Checked {
  return { ok: false, problem: { reason, message, details } };
}
