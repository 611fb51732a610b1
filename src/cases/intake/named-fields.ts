/**
 * The fields of a record that its schema names, at any depth. Pure.
 *
 * A policy rule covers all that lies below its path, so a new field below an allowed object would go to the model. An object
 * whose schema names no field at all, or that says `additionalProperties`, is open: its author chose to take what comes.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../../contract/json.ts";
import { resolveReference } from "../../definition/fields.ts";

/** What the schemas that speak of one place say about it. */
interface Shape {
  /** For each field that they name, the schemas that speak of its value. */
  fields: ReadonlyMap<string, JsonObject[]>;
  /** Those that speak of the values of all other fields; undefined where these are left out. */
  others: JsonObject[] | undefined;
  items: JsonObject[];
}

/** Read once for each place of a schema, and not for each case. */
const shapesOfRoot = new WeakMap<JsonObject, (schemas: JsonObject[]) => Shape>();

/** The value without what its schema does not name, and the paths of what was left out; itself where that is nothing. */
export function keepNamed(value: JsonObject, schema: JsonObject): { input: JsonObject; dropped: string[] } {
  let shapeOf = shapesOfRoot.get(schema);
  if (!shapeOf) shapesOfRoot.set(schema, (shapeOf = openShapes(schema)));
  const dropped = new Set<string>();
  const input = keep(value, [schema], "", { shapeOf, dropped });
  return { input: input as JsonObject, dropped: [...dropped] };
}

interface Keeping {
  shapeOf: (schemas: JsonObject[]) => Shape;
  dropped: Set<string>;
}

function keep(value: JsonValue, schemas: JsonObject[], path: string, keeping: Keeping): JsonValue {
  // Nothing lies below it, so nobody need know which schemas speak of it.
  if (typeof value !== "object" || value === null) return value;
  const shape = keeping.shapeOf(schemas);
  if (!Array.isArray(value)) return keepFields(value, shape, path, keeping);
  if (shape.items.length === 0) return value;
  const kept = value.map((item) => keep(item, shape.items, path, keeping));
  return kept.some((item, i) => item !== value[i]) ? kept : value;
}

function keepFields(value: JsonObject, shape: Shape, path: string, keeping: Keeping): JsonObject {
  const names = Object.keys(value);
  /** Made when the first field is another than it was. */
  let kept: [string, JsonValue][] | undefined;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const below = value[name]!;
    const schemas = shape.fields.get(name) ?? shape.others;
    const at = path === "" ? name : `${path}.${name}`;
    const its = schemas === undefined ? undefined : keep(below, schemas, at, keeping);
    if (schemas === undefined || its !== below) kept ??= names.slice(0, i).map((one) => [one, value[one]!]);
    if (schemas === undefined) keeping.dropped.add(at);
    else kept?.push([name, its!]);
  }
  return kept === undefined ? value : Object.fromEntries(kept);
}

const MOST_SHAPES = 1_000;

function openShapes(root: JsonObject): (schemas: JsonObject[]) => Shape {
  const numbers = new Map<JsonObject, number>();
  const shapes = new Map<string, Shape>();
  const numberOf = (schema: JsonObject) => {
    let number = numbers.get(schema);
    if (number === undefined) numbers.set(schema, (number = numbers.size));
    return number;
  };
  return (schemas) => {
    // By which schemas they are: one that refers to itself has finitely many places however deep a value is. Where it branches,
    // too, these may be very many, and whoever sends values chooses which of them come up.
    const which = schemas.map(numberOf).join();
    let shape = shapes.get(which);
    if (!shape) {
      if (shapes.size >= MOST_SHAPES) shapes.clear();
      shapes.set(which, (shape = shapeOf(root, schemas)));
    }
    return shape;
  };
}

function shapeOf(root: JsonObject, schemas: JsonObject[]): Shape {
  const branches = branchesOf(root, schemas);
  const named = branches.flatMap((branch) =>
    isJsonObject(branch["properties"]) ? [branch["properties"]] : [],
  );
  const others = branches.flatMap((branch) =>
    isJsonObject(branch["additionalProperties"]) ? [branch["additionalProperties"]] : [],
  );
  const open = named.length === 0 || branches.some((branch) => branch["additionalProperties"] === true);
  const fields = new Map<string, JsonObject[]>();
  for (const properties of named)
    for (const [name, schema] of Object.entries(properties)) {
      const its = fields.get(name) ?? [];
      fields.set(name, isJsonObject(schema) ? [...its, schema] : its);
    }
  return {
    fields,
    others: open || others.length > 0 ? others : undefined,
    items: branches.flatMap((branch) => (isJsonObject(branch["items"]) ? [branch["items"]] : [])),
  };
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
