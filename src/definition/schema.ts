/**
 * JSON Schemas written by users: compiling, checking values, reading texts as numbers.
 *
 * Draft 2020-12, strict, every problem at once. Nothing in a user's schema can hang the program: `pattern` runs in
 * linear time (regex.ts), formats look only at short texts, `uniqueItems` counts instead of comparing each with each.
 * Messages name fields and rules, never values: they may be stored in clear. The fields of a schema are in fields.ts.
 */
import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import { coerceTexts } from "./coerce.ts";
import { canonical, digestOf } from "./digest.ts";
import { compilePattern } from "./regex.ts";

export { fieldsOf } from "./fields.ts";
export type { Field } from "./fields.ts";
export { valueAt } from "./path.ts";

export interface SchemaProblem {
  /** Dotted path with list positions, e.g. `items.2.price`; empty for the whole value. */
  path: string;
  message: string;
}

export type Validate = (value: JsonValue) => SchemaProblem[];
export type CoercingValidate = (value: JsonValue) => { value: JsonValue; problems: SchemaProblem[] };

// `regex` would run a user's text as a JavaScript pattern; the rest has no use in cases.
export const FORMATS = [
  "date",
  "time",
  "date-time",
  "duration",
  "uri",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uuid",
] as const;
const MAX_FORMAT_TEXT = 2048;
const MAX_PROBLEMS = 100;
const MAX_KEPT = 500;

const kept = new Map<string, ValidateFunction>();

/** Compiles a schema once; the result checks values. Throws `definition_invalid` when the schema is none. */
export function compileSchema(schema: JsonObject): Validate {
  const validate = validatorOf(schema);
  return (value) => problemsOf(validate, value);
}

/**
 * Compiles a schema for doors that know only texts, such as CSV.
 *
 * The texts of a copy become numbers, booleans or null where the schema wants these; the copy comes back with the
 * problems, the value itself is left alone.
 */
export function compileCoercingSchema(schema: JsonObject): CoercingValidate {
  const validate = validatorOf(schema);
  return (value) => {
    const copy = coerceTexts(schema, value);
    return { value: copy, problems: problemsOf(validate, copy) };
  };
}

function validatorOf(schema: JsonObject): ValidateFunction {
  const digest = digestOf(schema);
  let validate = kept.get(digest);
  if (validate === undefined) {
    validate = build(schema);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(digest, validate);
  }
  return validate;
}

function build(schema: JsonObject): ValidateFunction {
  // An instance of its own: `$id` and `$anchor` of two schemas never meet.
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictTuples: false,
    allowUnionTypes: true,
    logger: false,
    ownProperties: true,
    code: { regExp: linearRegExp },
  });
  for (const name of FORMATS) ajv.addFormat(name, shortTextFormat(name));
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (wanted: boolean, items: JsonValue[]) =>
      !wanted || new Set(items.map(canonical)).size === items.length,
  });
  try {
    return ajv.compile(schema);
  } catch (error) {
    if (error instanceof PilotageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PilotageError(
      "definition_invalid",
      `This is not a JSON Schema (draft 2020-12) that Pilotage can use: ${reason}.`,
      { cause: error },
    );
  }
}

// The library tells patterns apart by their text form.
const linearRegExp = Object.assign(
  (pattern: string) => ({ ...compilePattern(pattern), toString: () => JSON.stringify(pattern) }),
  { code: "compilePattern" },
);

type TextFormat = RegExp | ((text: string) => boolean);

function shortTextFormat(name: (typeof FORMATS)[number]): (text: string) => boolean {
  const format = fullFormats[name];
  const found = typeof format === "object" && "validate" in format ? format.validate : format;
  const check = found as TextFormat;
  return (text) =>
    text.length <= MAX_FORMAT_TEXT && (check instanceof RegExp ? check.test(text) : check(text));
}

function problemsOf(validate: ValidateFunction, value: JsonValue): SchemaProblem[] {
  try {
    if (validate(value)) return [];
  } catch (error) {
    if (error instanceof PilotageError) return [{ path: "", message: error.message }];
    if (error instanceof RangeError) return [{ path: "", message: "is nested too deeply" }];
    throw error;
  }
  const problems = new Map<string, SchemaProblem>();
  for (const error of validate.errors ?? []) {
    const problem = readable(error);
    problems.set(`${problem.path} ${problem.message}`, problem);
    if (problems.size >= MAX_PROBLEMS) break;
  }
  return [...problems.values()];
}

function readable(error: ErrorObject): SchemaProblem {
  const path = error.instancePath.slice(1).split("/").map(unescape).join(".");
  const params = error.params as Record<string, unknown>;
  const at = (name: unknown) => (path === "" ? short(String(name)) : `${path}.${short(String(name))}`);
  switch (error.keyword) {
    case "required":
      return { path: at(params["missingProperty"]), message: "is missing" };
    case "dependentRequired":
      return {
        path: at(params["missingProperty"]),
        message: `is missing beside ${short(String(params["property"]))}`,
      };
    case "additionalProperties":
      return { path: at(params["additionalProperty"]), message: "is not a field of the schema" };
    case "unevaluatedProperties":
      return { path: at(params["unevaluatedProperty"]), message: "is not a field of the schema" };
    case "enum":
      return { path, message: `must be one of ${list(params["allowedValues"])}` };
    case "const":
      return { path, message: `must be ${show(params["allowedValue"])}` };
    case "type":
      return {
        path,
        message: `must be ${[params["type"]].flat().map(String).map(withArticle).join(" or ")}`,
      };
    case "format":
      return { path, message: `must be ${withArticle(String(params["format"]))}` };
    case "pattern":
      return { path, message: `must match the pattern ${String(params["pattern"])}` };
    case "minLength":
      return {
        path,
        message:
          params["limit"] === 1
            ? "must not be empty"
            : `must have at least ${String(params["limit"])} characters`,
      };
    case "maxLength":
      return { path, message: `must have at most ${String(params["limit"])} characters` };
    case "minItems":
      return { path, message: `must have at least ${String(params["limit"])} items` };
    case "maxItems":
      return { path, message: `must have at most ${String(params["limit"])} items` };
    case "uniqueItems":
      return { path, message: "must not name anything twice" };
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return { path, message: `must be ${String(params["comparison"])} ${String(params["limit"])}` };
    default:
      return { path, message: error.message ?? `breaks the rule ${error.keyword}` };
  }
}

function list(values: unknown): string {
  const all = Array.isArray(values) ? values : [values];
  const rest = all.length - 20;
  return all.slice(0, 20).map(show).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function show(value: unknown): string {
  return typeof value === "string" && /^[\w .-]+$/.test(value) ? value : JSON.stringify(value);
}

function withArticle(type: string): string {
  if (type === "null") return "null";
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** Names of unknown fields come from outside: printable and short. */
function short(name: string): string {
  const clean = name.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "?");
  return clean.length > 80 ? `${clean.slice(0, 80)}...` : clean;
}

function unescape(part: string): string {
  return short(part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Whether a value is an object that a schema of type object can describe: what inputs and outputs must be. */
export function isObjectSchema(schema: JsonObject): boolean {
  return (
    schema["type"] === "object" && (schema["properties"] === undefined || isJsonObject(schema["properties"]))
  );
}
