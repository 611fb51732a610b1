/**
 * Dotted field paths such as `contact.email`, and reading a value by one.
 *
 * Only own properties count, so `constructor` or `__proto__` never reach into JavaScript. A path never points into a
 * list: it names the list itself.
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";

/** The value at a dotted path; `undefined` when it is missing or lies inside a list. */
export function valueAt(object: JsonValue | undefined, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const key of path.split(".")) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Whether `path` is `parent` or lies below it. */
export function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`);
}

/** Deep equality of JSON values; the order of keys does not matter. */
export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

/** Takes away what stands at a dotted path; nothing happens when nothing does. */
export function removeAt(object: JsonObject, path: string): void {
  const keys = path.split(".");
  const parent = keys.length === 1 ? object : valueAt(object, keys.slice(0, -1).join("."));
  if (isJsonObject(parent)) delete parent[keys.at(-1)!];
}

/** Sets a value at a dotted path, making the objects on the way. Every name becomes a field of its own, `__proto__` too. */
export function setAt(object: JsonObject, path: string, value: JsonValue): void {
  const keys = path.split(".");
  let place = object;
  for (const key of keys.slice(0, -1)) {
    const next = Object.hasOwn(place, key) ? place[key] : undefined;
    if (isJsonObject(next)) place = next;
    else place = ownField(place, key, {});
  }
  ownField(place, keys.at(-1)!, value);
}

function ownField<Value extends JsonValue>(object: JsonObject, name: string, value: Value): Value {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  return value;
}
