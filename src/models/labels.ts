/**
 * The closed list of values that a schema allows for one field, and how far a piece of JSON text still fits one.
 *
 * Pure; serves confidence.ts. Text is compared as bytes, one letter each, because a token may end inside a character.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";

/** The values that the schema lists for a field; undefined when the list is open. */
export function labelsOf(schema: JsonObject, path: readonly string[]): JsonValue[] | undefined {
  const field = fieldSchema(schema, path, schema, 0);
  return field === undefined ? undefined : listed(field, schema, 0);
}

const DEEPEST = 32;

function fieldSchema(
  schema: JsonValue | undefined,
  path: readonly string[],
  root: JsonObject,
  depth: number,
): JsonObject | undefined {
  if (!isJsonObject(schema) || depth > DEEPEST) return undefined;
  const here = referred(schema, root);
  const [step, ...rest] = path;
  if (step === undefined) return here;
  const properties = here["properties"];
  const inside = isJsonObject(properties) && Object.hasOwn(properties, step) ? properties[step] : undefined;
  if (inside !== undefined) return fieldSchema(inside, rest, root, depth + 1);
  if (/^\d+$/.test(step) && isJsonObject(here["items"]))
    return fieldSchema(here["items"], rest, root, depth + 1);
  const parts = here["allOf"];
  if (!Array.isArray(parts)) return undefined;
  for (const part of parts) {
    const found = fieldSchema(part, path, root, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function listed(schema: JsonValue, root: JsonObject, depth: number): JsonValue[] | undefined {
  if (!isJsonObject(schema) || depth > DEEPEST) return undefined;
  const here = referred(schema, root);
  if (Array.isArray(here["enum"])) return here["enum"];
  if (here["const"] !== undefined) return [here["const"]];
  if (here["type"] === "boolean") return [true, false];
  if (here["type"] === "null") return [null];
  const choices = here["anyOf"] ?? here["oneOf"];
  if (!Array.isArray(choices)) return undefined;
  const lists = choices.map((choice) => listed(choice, root, depth + 1));
  return lists.some((list) => list === undefined)
    ? undefined
    : [...new Set(lists.flatMap((list) => list ?? []))];
}

/** Follows references inside the same document. */
function referred(schema: JsonObject, root: JsonObject): JsonObject {
  let here = schema;
  for (let hops = 0; typeof here["$ref"] === "string" && hops < DEEPEST; hops++) {
    let target: JsonValue | undefined = root;
    for (const step of here["$ref"].split("/").slice(1))
      target = isJsonObject(target) ? target[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
    if (!here["$ref"].startsWith("#") || !isJsonObject(target)) return here;
    here = target;
  }
  return here;
}

/** Whether a value can still come out when its JSON begins with these bytes, or with these and what ends it. */
export function fits(bytes: string, label: JsonValue): boolean {
  const seen = bytes.replace(/^[ \t\r\n]+/, "");
  if (seen === "") return true;
  if (seen.startsWith('"')) {
    if (typeof label !== "string") return false;
    const { text, closed } = readString(seen);
    const whole = Buffer.from(label, "utf8").toString("latin1");
    return closed ? whole === text : whole.startsWith(text);
  }
  if (typeof label === "string") return false;
  const whole = JSON.stringify(label);
  const ended = /^[^\s,}\]]*/.exec(seen)![0];
  return ended.length < seen.length ? whole === ended : whole.startsWith(ended);
}

const ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** The beginning of a JSON string, decoded to bytes; an escape that is not complete yet is left out. */
function readString(seen: string): { text: string; closed: boolean } {
  let text = "";
  for (let i = 1; i < seen.length; i++) {
    const letter = seen[i]!;
    if (letter === '"') return { text, closed: true };
    if (letter !== "\\") {
      text += letter;
      continue;
    }
    const next = seen[i + 1];
    if (next === undefined) break;
    if (next !== "u") {
      text += ESCAPES[next] ?? next;
      i += 1;
      continue;
    }
    // A character outside the basic plane is written as two escapes, of which both are needed.
    const escape = /^\\u(?:[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|[0-9a-fA-F]{4})/.exec(
      seen.slice(i, i + 12),
    );
    if (escape === null || (/^\\u[dD][89abAB]/.test(escape[0]) && escape[0].length < 12)) break;
    text += Buffer.from(JSON.parse(`"${escape[0]}"`) as string, "utf8").toString("latin1");
    i += escape[0].length - 1;
  }
  return { text, closed: false };
}
