/**
 * A record as a list of fields that people can edit, and back. Pure.
 *
 * Objects are walked, so a field has a dotted path; a list stands as JSON. What was typed becomes the type that the value
 * had; a field that is new is text, or what its JSON says when it is a number or yes and no.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../../../contract/json.ts";
import { setAt } from "../../../definition/path.ts";

export interface EditedField {
  path: string;
  text: string;
  /** As it came; undefined for a field that is missing. */
  was: JsonValue | undefined;
}

/** The record's fields in their order, then those that the checks miss. */
export function fieldsOf(record: JsonObject, problems: readonly { path: string }[]): EditedField[] {
  const fields: EditedField[] = [];
  function walk(value: JsonValue, path: string): void {
    if (isJsonObject(value) && Object.keys(value).length > 0)
      for (const [key, inner] of Object.entries(value)) walk(inner, path === "" ? key : `${path}.${key}`);
    else if (path !== "") fields.push({ path, text: textOf(value), was: value });
  }
  walk(record, "");
  for (const { path } of problems)
    if (
      path !== "" &&
      !/[[\]/]|\.\d+(\.|$)/.test(path) &&
      !fields.some((one) => one.path === path || one.path.startsWith(`${path}.`))
    )
      fields.push({ path, text: "", was: undefined });
  return fields;
}

/** The record with what was typed. An empty field that was missing stays missing. */
export function recordOf(fields: readonly EditedField[]): JsonObject {
  const record: JsonObject = {};
  for (const field of fields) {
    if (field.was === undefined && field.text === "") continue;
    setAt(record, field.path, valueOf(field));
  }
  return record;
}

export const isList = (field: EditedField) => Array.isArray(field.was) || isJsonObject(field.was);

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}

function valueOf({ text, was }: EditedField): JsonValue {
  if (was !== undefined && text === textOf(was)) return was;
  if (typeof was === "string") return text;
  if (isJsonObject(was) || Array.isArray(was)) return JSON.parse(text) as JsonValue;
  if (text === "true" || text === "false") return text === "true";
  // Leading zeros and the like are text: they would not come back as they were typed.
  if (text !== "" && String(Number(text)) === text && Number.isFinite(Number(text))) return Number(text);
  return text;
}
