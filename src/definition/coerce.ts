/**
 * Reading texts as what a schema wants, for doors that know only texts (CSV).
 *
 * Only the unmistakable is read: `12`, `-1.5`, `true`, `nein`; an empty text means "missing" wherever the schema would
 * refuse it and the field is optional. What cannot be read stays as it is, so that the schema names it. Decimal commas
 * and local dates belong to the feed that knows the country.
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import type { Field } from "./fields.ts";
import { fieldsOf } from "./fields.ts";

const WORDS: Record<string, boolean> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  ja: true,
  nein: false,
  wahr: true,
  falsch: false,
};

const known = new WeakMap<JsonObject, Map<string, Field>>();

/** A copy of the value in which texts have become what the schema wants; the value itself is left alone. */
export function coerceTexts(schema: JsonObject, value: JsonValue): JsonValue {
  let fields = known.get(schema);
  if (fields === undefined) {
    fields = new Map(fieldsOf(schema).map((field) => [field.path, field]));
    known.set(schema, fields);
  }
  return coerceObject(fields, value, "");
}

function coerceObject(fields: Map<string, Field>, value: JsonValue, prefix: string): JsonValue {
  if (!isJsonObject(value)) return value;
  const copy: [string, JsonValue][] = [];
  for (const [key, item] of Object.entries(value)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const field = key.includes(".") ? undefined : fields.get(path);
    if (typeof item === "string" && field !== undefined) {
      const read = coerceText(field, item);
      if (read !== undefined) copy.push([key, read]);
    } else {
      copy.push([key, coerceObject(fields, item, path)]);
    }
  }
  return Object.fromEntries(copy);
}

/** The value that a text stands for; `undefined` for an empty text that means "missing". */
function coerceText(field: Field, text: string): JsonValue | undefined {
  const { types } = field;
  if (text.trim() === "" && !takesEmptyText(field)) {
    if (types.includes("null")) return null;
    if (!field.required) return undefined;
  }
  if (types.length === 0 || types.includes("string")) return text;
  const trimmed = text.trim();
  if (types.includes("integer") && /^[+-]?\d{1,15}$/.test(trimmed)) return Number(trimmed);
  if (types.includes("number") && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(trimmed)) return Number(trimmed);
  if (types.includes("boolean") && Object.hasOwn(WORDS, trimmed.toLowerCase()))
    return WORDS[trimmed.toLowerCase()]!;
  if (
    (types.includes("array") && trimmed.startsWith("[")) ||
    (types.includes("object") && trimmed.startsWith("{"))
  ) {
    return parsed(trimmed) ?? text;
  }
  return text;
}

function takesEmptyText({ types, enum: values, format, schema }: Field): boolean {
  if (types.length > 0 && !types.includes("string")) return false;
  if (values !== undefined) return values.includes("");
  return format === undefined && schema["pattern"] === undefined && !(Number(schema["minLength"]) > 0);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
