/**
 * Where a bare text belongs that a file gives as a question, and where a bare answer: for formats that know no fields. Pure.
 *
 * Named by whoever imports, else what the workflow says (`endpoint.text`), else the only field that can hold it.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { PilotageError } from "../contract/errors.ts";
import { coerceTexts } from "../definition/coerce.ts";
import type { ReleaseDocument, WorkflowDocument } from "../definition/document.ts";
import { fieldsOf, type Field } from "../definition/fields.ts";
import { setAt } from "../definition/path.ts";
import { fieldsCompared } from "./evaluation-item.ts";

export interface BareFields {
  /** The input field of a bare text; undefined where none can be told. */
  input: string | undefined;
  /** The output field of a bare answer. */
  output: string | undefined;
}

/** Throws `bad_request` for a field that is not there. */
export function bareFields(
  { release, workflow }: { release: { document: ReleaseDocument }; workflow: WorkflowDocument },
  asked: { inputField?: string | undefined; outputField?: string | undefined },
): BareFields {
  const { input, output, error } = release.document;
  const inputs = fieldsOf(input).filter(plain);
  const outputs = fieldsOf(output).filter(plain);
  const texts = inputs.filter(({ types, enum: values }) => types.includes("string") && values === undefined);
  const required = texts.filter((field) => field.required);
  const compared = fieldsCompared(error);
  return {
    input:
      named(inputs, asked.inputField, "input") ?? workflow.endpoint?.text ?? only(texts) ?? only(required),
    output: named(outputs, asked.outputField, "output") ?? (compared.length === 1 ? compared[0] : undefined),
  };
}

/** A text as an input: an object where it is one and names a field of the schema, else in the field for bare texts. */
export function inputOf(
  { input: schema }: Pick<ReleaseDocument, "input">,
  fields: BareFields,
  text: string,
): { ok: true; input: JsonObject } | { ok: false; message: string } {
  const object = objectIn(text, schema);
  if (object !== undefined) return { ok: true, input: object };
  if (fields.input === undefined)
    return {
      ok: false,
      message: "input: it cannot be told which field the text belongs to; name it with --input-field",
    };
  return { ok: true, input: coerced(schema, fields.input, text) };
}

/** An answer as an output: an object, a text that holds one, or the value of the field for bare answers. */
export function outputOf(
  { output: schema }: Pick<ReleaseDocument, "output">,
  fields: BareFields,
  answer: JsonValue,
): { ok: true; output: JsonObject } | { ok: false; message: string } {
  if (isJsonObject(answer)) return { ok: true, output: answer };
  const object = typeof answer === "string" ? objectIn(answer, schema) : undefined;
  if (object !== undefined) return { ok: true, output: object };
  if (answer === null || Array.isArray(answer))
    return { ok: false, message: "output: the answer is neither an object nor a text" };
  if (fields.output === undefined)
    return {
      ok: false,
      message: "output: it cannot be told which field the answer belongs to; name it with --output-field",
    };
  return { ok: true, output: coerced(schema, fields.output, String(answer)) };
}

function coerced(schema: JsonObject, path: string, text: string): JsonObject {
  const object: JsonObject = {};
  setAt(object, path, text);
  return coerceTexts(schema, object) as JsonObject;
}

/** The object that a text is, where it names at least one field of the schema. */
function objectIn(text: string, schema: JsonObject): JsonObject | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value = JSON.parse(text) as JsonValue;
    if (!isJsonObject(value)) return undefined;
    const known = new Set(fieldsOf(schema).map(({ path }) => path));
    return Object.keys(value).some((key) => known.has(key)) ? value : undefined;
  } catch {
    return undefined;
  }
}

function named(fields: Field[], path: string | undefined, side: "input" | "output"): string | undefined {
  if (path === undefined || fields.some((field) => field.path === path)) return path;
  throw new PilotageError(
    "bad_request",
    `The ${side} schema has no field ${path} with one value; nothing was imported.`,
    { hint: `It has ${fields.map((field) => field.path).join(", ") || "none"}.` },
  );
}

function only(fields: Field[]): string | undefined {
  return fields.length === 1 ? fields[0]!.path : undefined;
}

/** Outside of lists, and no object or list itself. */
function plain({ inList, types }: Field): boolean {
  return !inList && !types.includes("object") && !types.includes("array");
}
