/** The steps of a release that answer, by their numbers: 0 is its model, 1 its first fallback. A cache and a queue answer nothing. */
import type { JsonObject } from "../../../contract/json.ts";

export interface Step {
  no: number;
  name: string;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function stepsOf(document: unknown): Step[] {
  if (!isObject(document)) return [];
  const { model, fallback } = document;
  const all: unknown[] = [model, ...(Array.isArray(fallback) ? fallback : [])];
  return all.flatMap((step, no) => {
    if (!isObject(step)) return [];
    const { local, connection, name } = step;
    const parts = [local, connection, name].filter((part) => typeof part === "string");
    return parts.length === 0 ? [] : [{ no, name: parts.join(" ") }];
  });
}
