/**
 * The fields that a JSON Schema declares, as a flat list of dotted paths.
 *
 * Follows local `$ref`, `allOf`, and the branches of `anyOf` and `oneOf` (their fields are optional). Fields of objects
 * inside a list carry the path of the list (`items.price`) and are marked, because no single value stands there.
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";

export interface Field {
  /** Dotted path, e.g. `contact.email`. */
  path: string;
  /** JSON types that the field may have; empty when the schema does not say. */
  types: string[];
  enum?: JsonValue[];
  format?: string;
  /** The field is there whenever its parent is. */
  required: boolean;
  /** The field lies inside a list: it has many values. */
  inList: boolean;
  /** For objects: fields that the schema does not name may stand here. */
  open: boolean;
  /** The schema of the field, references resolved. */
  schema: JsonObject;
}

// Recursive schemas are followed this far; deeper fields cannot be named.
const MAX_DEPTH = 12;

/** All fields below the root, parents before children, in the order in which the schema lists them. */
export function fieldsOf(schema: JsonObject): Field[] {
  const fields = new Map<string, Field>();
  collect(schema, schema, "", { inList: false, optional: false, depth: 0 }, fields);
  return [...fields.values()];
}

interface Walk {
  inList: boolean;
  optional: boolean;
  depth: number;
}

function collect(
  root: JsonObject,
  schema: JsonObject,
  prefix: string,
  walk: Walk,
  fields: Map<string, Field>,
): void {
  if (walk.depth > MAX_DEPTH) return;
  const here = resolveReference(root, schema);
  const required = Array.isArray(here["required"]) ? here["required"] : [];
  const properties = isJsonObject(here["properties"]) ? here["properties"] : {};
  for (const [name, property] of Object.entries(properties)) {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const resolved = isJsonObject(property) ? resolveReference(root, property) : {};
    if (!fields.has(path)) {
      fields.set(path, describe(resolved, path, required.includes(name) && !walk.optional, walk.inList));
    }
    collect(root, resolved, path, { ...walk, optional: false, depth: walk.depth + 1 }, fields);
  }
  if (isJsonObject(here["items"])) {
    collect(root, here["items"], prefix, { ...walk, inList: true, depth: walk.depth + 1 }, fields);
  }
  for (const [keyword, optional] of [
    ["allOf", false],
    ["anyOf", true],
    ["oneOf", true],
  ] as const) {
    const branches = here[keyword];
    if (!Array.isArray(branches)) continue;
    for (const branch of branches.filter(isJsonObject)) {
      collect(
        root,
        branch,
        prefix,
        { ...walk, optional: walk.optional || optional, depth: walk.depth + 1 },
        fields,
      );
    }
  }
}

function describe(schema: JsonObject, path: string, required: boolean, inList: boolean): Field {
  const type = schema["type"];
  const values = Array.isArray(schema["enum"])
    ? schema["enum"]
    : schema["const"] === undefined
      ? undefined
      : [schema["const"]];
  const types = Array.isArray(type)
    ? type.map(String)
    : typeof type === "string"
      ? [type]
      : (values ?? []).map(typeOf);
  return {
    path,
    types: [...new Set(types)],
    ...(values === undefined ? {} : { enum: values }),
    ...(typeof schema["format"] === "string" ? { format: schema["format"] } : {}),
    required,
    inList,
    open: schema["additionalProperties"] !== false && schema["unevaluatedProperties"] !== false,
    schema,
  };
}

function typeOf(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

/** JSON types of a field without null. */
export function typesOf(field: Field): string[] {
  return field.types.filter((type) => type !== "null");
}

export function isScalar(field: Field): boolean {
  const types = typesOf(field);
  return types.length > 0 && types.every((type) => type !== "object" && type !== "array");
}

/** Follows `#/...` references; keywords beside the reference win over those of its target. */
export function resolveReference(root: JsonObject, schema: JsonObject): JsonObject {
  let here = schema;
  for (let hops = 0; here["$ref"] !== undefined && hops < MAX_DEPTH; hops++) {
    const { $ref: reference, ...beside } = here;
    if (typeof reference !== "string") return beside;
    const target = pointer(root, reference);
    if (target === undefined) return beside;
    here = { ...target, ...beside };
  }
  return here;
}

function pointer(root: JsonObject, reference: string): JsonObject | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let value: JsonValue | undefined = root;
  for (const part of reference.slice(2).split("/")) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return isJsonObject(value) ? value : undefined;
}
