/**
 * The facets of a case: the few fields that are stored in clear, for search, slices, drift and charts.
 *
 * A facet is an enum, a number, a boolean or a date; free text never becomes one. What is not of the declared kind is
 * left out rather than stored.
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import type { ReleaseDocument } from "./document.ts";
import type { Field } from "./fields.ts";
import { fieldsOf } from "./fields.ts";
import { valueAt } from "./path.ts";

export type FacetValue = string | number | boolean;
export type FacetKind = "enum" | "number" | "boolean" | "date";

const MAX_TEXT = 200;

/** The kind of facet that a field can be; `undefined` when it can be none. */
export function facetKind(field: Field): FacetKind | undefined {
  if (field.inList) return undefined;
  const types = field.types.filter((type) => type !== "null");
  if (field.enum !== undefined) {
    return field.enum.every((value) => typeof value !== "object" || value === null) ? "enum" : undefined;
  }
  if (types.length === 0) return undefined;
  if (types.every((type) => type === "number" || type === "integer")) return "number";
  if (types.every((type) => type === "boolean")) return "boolean";
  if (types.every((type) => type === "string") && (field.format === "date" || field.format === "date-time"))
    return "date";
  return undefined;
}

type Reader = { name: string; path: string; accepts: (value: JsonValue) => value is FacetValue };

const readers = new WeakMap<ReleaseDocument, { input: Reader[]; output: Reader[] }>();

/**
 * The facets of one case, keyed `input.<path>` and `output.<path>`.
 *
 * Missing values, null, and values that are not of the declared kind are left out.
 */
export function facetsOf(
  release: ReleaseDocument,
  input: JsonObject | undefined,
  output: JsonObject | undefined,
): Record<string, FacetValue> {
  let known = readers.get(release);
  if (known === undefined) {
    known = {
      input: readersOf("input", release.facets.input, release.input),
      output: readersOf("output", release.facets.output, release.output),
    };
    readers.set(release, known);
  }
  const facets: Record<string, FacetValue> = {};
  collect(known.input, input, facets);
  collect(known.output, output, facets);
  return facets;
}

function collect(readers: Reader[], value: JsonObject | undefined, facets: Record<string, FacetValue>): void {
  for (const { name, path, accepts } of readers) {
    const found = valueAt(value, path);
    if (found !== undefined && accepts(found)) facets[name] = found;
  }
}

function readersOf(side: "input" | "output", paths: string[], schema: JsonObject): Reader[] {
  const fields = new Map(fieldsOf(schema).map((field) => [field.path, field]));
  const list: Reader[] = [];
  for (const path of paths) {
    const field = fields.get(path);
    const kind = field === undefined ? undefined : facetKind(field);
    if (field !== undefined && kind !== undefined)
      list.push({ name: `${side}.${path}`, path, accepts: accepts(kind, field) });
  }
  return list;
}

function accepts(kind: FacetKind, field: Field): (value: JsonValue) => value is FacetValue {
  const ofKind: Record<FacetKind, (value: JsonValue) => boolean> = {
    enum: (value) => (field.enum ?? []).includes(value),
    number: (value) => typeof value === "number" && Number.isFinite(value),
    boolean: (value) => typeof value === "boolean",
    date: (value) => typeof value === "string" && isDate(value, field.format === "date-time"),
  };
  return (value): value is FacetValue => {
    if (typeof value === "object") return false;
    if (typeof value === "string" && (value.length > MAX_TEXT || value.includes("\0"))) return false;
    return ofKind[kind](value);
  };
}

function isDate(text: string, withTime: boolean): boolean {
  const shape = withTime
    ? /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?$/
    : /^\d{4}-\d\d-\d\d$/;
  return shape.test(text) && !Number.isNaN(Date.parse(text));
}
