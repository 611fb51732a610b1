/** The check of the input and the output schema of a release. */
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import { fieldsOf } from "./fields.ts";
import { valueAt } from "./path.ts";
import { compilePattern } from "./regex.ts";
import { FORMATS, compileSchema, isObjectSchema } from "./schema.ts";
import type { FieldMap, Scope, Side } from "./scope.ts";
import { suggesting } from "./scope.ts";
import type { PathPart, Source } from "./source.ts";
import { closest } from "./suggest.ts";

const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];
const KEYWORDS =
  "type enum const properties required additionalProperties items format pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems minProperties maxProperties description title default".split(
    " ",
  );

/** Checks one schema; its fields when it can be used. */
export function checkSchema(scope: Scope, source: Source, side: Side, schema: JsonObject): FieldMap {
  const tell = (path: PathPart[], message: string, expected: string, key?: "key") =>
    scope.inFile(source.file, source.placeOf(path, key), path.join("."), message, { expected });
  try {
    compileSchema(schema);
  } catch (error) {
    if (!(error instanceof PilotageError)) throw error;
    const { path, reason, suggestion } = schemaFault(error, schema);
    const hint = suggesting("a JSON Schema, draft 2020-12", suggestion);
    scope.inFile(source.file, source.placeOf(path), path.join("."), reason, hint);
    return undefined;
  }
  if (!isObjectSchema(schema)) {
    tell(["type"], `the ${side} of a case is always an object`, '"type": "object" with "properties"');
    return undefined;
  }
  for (const { path, node } of objectsIn(schema, [])) {
    const properties = isJsonObject(node["properties"]) ? node["properties"] : {};
    for (const name of Object.keys(properties)) {
      if (!/[.\\]/.test(name) && name !== "__proto__" && name !== "") continue;
      const expected = "a name without dot and backslash, so that paths can name it";
      tell(
        [...path, "properties", name],
        `the field name ${JSON.stringify(name)} cannot be named in a path`,
        expected,
        "key",
      );
    }
    const open = node["additionalProperties"] !== false && node["unevaluatedProperties"] !== false;
    if (side === "output" && open && node["properties"] !== undefined) {
      const message = "the model could answer with fields that nobody declared, and they would be delivered";
      tell(path, message, '"additionalProperties": false');
    }
  }
  return new Map(fieldsOf(schema).map((field) => [field.path, field]));
}

/** Every sub-schema that describes an object, with its place. */
function objectsIn(node: JsonValue | undefined, path: PathPart[]): { path: PathPart[]; node: JsonObject }[] {
  if (!isJsonObject(node)) return [];
  const found = isJsonObject(node["properties"]) ? [{ path, node }] : [];
  for (const keyword of ["properties", "$defs"]) {
    const named = node[keyword];
    if (!isJsonObject(named)) continue;
    for (const [name, below] of Object.entries(named))
      found.push(...objectsIn(below, [...path, keyword, name]));
  }
  found.push(...objectsIn(node["items"], [...path, "items"]));
  return found;
}

/** Where a schema is broken, as far as the library tells, and what may have been meant. */
function schemaFault(
  error: PilotageError,
  schema: JsonObject,
): { path: PathPart[]; reason: string; suggestion?: string } {
  const pattern = find(
    schema,
    [],
    (key, value) => key === "pattern" && typeof value === "string" && !isPattern(value),
  );
  const full = error.message
    .replace(/^This is not a JSON Schema .*? can use: (strict mode: )?/, "")
    .replace(/\.$/, "");
  if (pattern !== undefined) return { path: pattern, reason: full };
  const pointer = /\bdata((?:\/[^\s,/]+)+) ([^,]*)/.exec(full);
  if (pointer !== null) {
    const path = pointer[1]!.slice(1).split("/");
    const value = valueAt(schema, path.join("."));
    return {
      path,
      reason: `${path.at(-1)} ${pointer[2]}`,
      ...suggested(path.at(-1) === "type" ? value : undefined, TYPES),
    };
  }
  const word = /(?:keyword: |unknown format )"([^"]+)"/.exec(full)?.[1] ?? /reference (\S+)/.exec(full)?.[1];
  const path = find(schema, [], (key, value) => key === word || value === word) ?? [];
  const known = path.at(-1) === "format" ? FORMATS : path.at(-1) === word ? KEYWORDS : [];
  return { path, reason: full.replace(/ ignored in schema at path.*$/, ""), ...suggested(word, known) };
}

function suggested(word: unknown, known: readonly string[]): { suggestion?: string } {
  const suggestion = typeof word === "string" ? closest(word, known) : undefined;
  return suggestion === undefined ? {} : { suggestion };
}

function isPattern(text: string): boolean {
  try {
    compilePattern(text);
    return true;
  } catch {
    return false;
  }
}

type Wanted = (key: string, value: JsonValue) => boolean;

function find(node: JsonValue, path: PathPart[], wanted: Wanted): PathPart[] | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  for (const [key, below] of Object.entries(node)) {
    if (wanted(key, below)) return [...path, key];
    const found = find(below, [...path, key], wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
