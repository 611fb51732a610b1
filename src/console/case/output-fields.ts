/**
 * The form of an output, derived from its schema: which fields, how each is entered, and what the entries make together.
 *
 * Entries are texts, as the person sees them; a field that was not touched keeps its value exactly. Lists and open
 * objects are entered as JSON. Whether the whole fits the schema is judged by the program. Pure.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../../contract/json.ts";
import { fieldsOf, type Field } from "../../definition/fields.ts";
import { readNumber } from "./number-text.ts";

export type Entry = "choice" | "yes_no" | "number" | "date" | "line" | "text" | "json";

export interface OutputField {
  path: string;
  label: string;
  entry: Entry;
  /** `text` stands for the value among the entries. */
  options: readonly { value: JsonValue; text: string; label: string }[];
  required: boolean;
  whole: boolean;
}

/** Entries by path. */
export type Entries = Readonly<Record<string, string>>;

export interface Composed {
  output: JsonObject;
  /** By path: a code of what is wrong with an entry. */
  problems: Readonly<Record<string, "not_a_number" | "ambiguous" | "not_whole" | "not_json" | "missing">>;
}

/**
 * The fields of a form. What is required comes first, in the order in which the schema demands it; long texts come last.
 *
 * The order of a schema's properties does not survive its way through a database, that of its list of demands does.
 */
export function outputFields(schema: JsonObject, suggestions: readonly string[] = []): OutputField[] {
  const all = fieldsOf(schema);
  const isInside = (path: string, root: Field) => path.startsWith(`${root.path}.`);
  // What has parts without names: a list, or an object of which the schema says nothing.
  const lists = all.filter(
    (field) =>
      field.types.includes("array") ||
      (field.types.includes("object") && !all.some((other) => isInside(other.path, field))),
  );
  return all
    .filter((field) => !lists.some((list) => isInside(field.path, list)))
    .filter((field) => lists.includes(field) || !all.some((other) => isInside(other.path, field)))
    .map((field) => ({
      path: field.path,
      label: labelOf(field.path, field.schema["title"]),
      entry: lists.includes(field) ? "json" : entryOf(field, suggestions.includes(field.path)),
      options: (field.enum ?? [])
        .filter((value) => value !== null)
        .map((value) => ({ value, text: plainText(value), label: labelOf(plainText(value)) })),
      required: field.required,
      whole: field.types.includes("integer"),
    }))
    .sort((a, b) => place(schema, a) - place(schema, b));
}

function place(schema: JsonObject, field: OutputField): number {
  const late = field.entry === "text" || field.entry === "json" ? 1_000 : 0;
  return late + demandedAt(schema, field.path);
}

/** Where a field, or what it is part of, stands in the schema's list of demands; what is not demanded comes after. */
export function demandedAt(schema: JsonObject | undefined, path: string): number {
  const demanded = schema?.["required"];
  const at = Array.isArray(demanded) ? demanded.indexOf(path.split(".")[0]!) : -1;
  return at === -1 ? 500 : at;
}

function entryOf(field: Field, isDraft: boolean): Entry {
  const types = field.types.filter((type) => type !== "null");
  if (field.enum !== undefined) return "choice";
  if (types.length === 1 && types[0] === "boolean") return "yes_no";
  if (types.length > 0 && types.every((type) => type === "number" || type === "integer")) return "number";
  if (types.length === 0 || types.includes("object")) return "json";
  if (field.format === "date") return "date";
  const most = field.schema["maxLength"];
  return isDraft ||
    (field.format === undefined && (typeof most !== "number" || most > 200) && !shortByName(field.path))
    ? "text"
    : "line";
}

/** A text without a limit may be a name or a page; what such fields are usually called decides how large they begin. */
const shortByName = (path: string) =>
  /(?:id|no|nr|number|name|code|key|date|iban|email|phone|currency|reference)$/i.test(path);

/** `invoice_question` as "Invoice question", `contact.email` as "Contact · email". */
export function labelOf(name: string, title?: JsonValue): string {
  if (typeof title === "string" && title !== "") return title;
  const words = name
    .split(".")
    .map((part) =>
      part
        .replaceAll(/[_-]+/g, " ")
        .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`),
    )
    .join(" · ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const plainText = (value: JsonValue): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

export function valueAt(output: unknown, path: string): JsonValue | undefined {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (isJsonObject(value) ? value[name] : undefined), output) as
    JsonValue | undefined;
}

/** What stands in a field before anybody touches it. */
export function entryText(field: OutputField, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  if (field.entry === "json") return JSON.stringify(value, undefined, 2);
  return plainText(value);
}

export function entriesOf(fields: readonly OutputField[], output: JsonObject | null): Record<string, string> {
  return Object.fromEntries(
    fields.map((field) => [field.path, entryText(field, valueAt(output, field.path))]),
  );
}

/** The output that the entries make, on top of the one that was suggested. */
export function compose(
  fields: readonly OutputField[],
  suggested: JsonObject | null,
  entries: Entries,
): Composed {
  const output = structuredClone(suggested ?? {});
  const problems: Record<string, Composed["problems"][string]> = {};
  for (const field of fields) {
    const typed = entries[field.path] ?? "";
    if (typed === entryText(field, valueAt(suggested, field.path))) {
      if (suggested === null && field.required && typed === "" && field.entry !== "text")
        problems[field.path] = "missing";
      continue;
    }
    const read = readEntry(field, typed);
    if (typeof read === "string") problems[field.path] = read;
    else put(output, field.path, read.value);
  }
  return { output, problems };
}

/** A value, none at all, or a code of what is wrong. */
function readEntry(
  field: OutputField,
  typed: string,
): { value: JsonValue | undefined } | Composed["problems"][string] {
  if (typed.trim() === "")
    return field.required && field.entry !== "text" && field.entry !== "line"
      ? "missing"
      : { value: field.required ? "" : undefined };
  switch (field.entry) {
    case "number": {
      const read = readNumber(typed);
      if (read.kind !== "number") return read.kind === "ambiguous" ? "ambiguous" : "not_a_number";
      return field.whole && !Number.isInteger(read.value) ? "not_whole" : { value: read.value };
    }
    case "yes_no":
      return { value: typed === "true" };
    case "choice":
      return { value: field.options.find(({ text }) => text === typed)?.value ?? typed };
    case "json":
      try {
        return { value: JSON.parse(typed) as JsonValue };
      } catch {
        return "not_json";
      }
    case "date":
    case "line":
    case "text":
      return { value: typed };
  }
}

function put(output: JsonObject, path: string, value: JsonValue | undefined): void {
  const names = path.split(".");
  const last = names.pop()!;
  let here = output;
  for (const name of names) {
    const next = here[name];
    here = isJsonObject(next) ? next : (here[name] = {});
  }
  if (value === undefined) delete here[last];
  else here[last] = value;
}

/** Paths in which two outputs differ, as the form shows them. */
export function differing(
  fields: readonly OutputField[],
  one: JsonObject | null,
  other: JsonObject | null,
): string[] {
  return fields
    .filter(
      (field) => JSON.stringify(valueAt(one, field.path)) !== JSON.stringify(valueAt(other, field.path)),
    )
    .map((field) => field.path);
}
