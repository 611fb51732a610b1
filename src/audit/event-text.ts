/**
 * Reads the text of an event and says whether it is canonical: one text for one event, so that its hash means one thing.
 *
 * RFC 8785 narrowed: only strings, booleans, null and whole numbers below 2^53. Pure.
 */
import canonicalize from "canonicalize";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";

export interface EventHead {
  id: string;
  at: number;
  writer: string;
  wseq: number;
}

/** The head of an event, or what is wrong with its text. */
export function readEvent(body: string): EventHead | { wrong: string } {
  let value: JsonValue;
  try {
    value = JSON.parse(body) as JsonValue;
  } catch {
    return { wrong: "its text is not JSON" };
  }
  if (!isJsonObject(value)) return { wrong: "its text is not a JSON object" };
  if (!isCanonical(body, value)) return { wrong: "its text is not in canonical form" };
  const { id, at, writer, wseq, kind } = value;
  if (typeof id !== "string" || typeof writer !== "string" || typeof kind !== "string")
    return { wrong: "its text is not that of an event: id, writer or kind is missing" };
  if (typeof wseq !== "number" || wseq < 1)
    return { wrong: "its text is not that of an event: its writer's number is missing" };
  const time = typeof at === "string" ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString() !== at)
    return { wrong: "its time is not UTC with three decimals" };
  return { id, at: time, writer, wseq };
}

function isCanonical(body: string, value: JsonObject): boolean {
  if (!holdsOnlyWholeNumbers(value)) return false;
  // Sorting every member again costs most of a verification: what is sorted as it stands needs only to be written again.
  if (isSorted(value) && !body.includes("\\ud") && JSON.stringify(value) === body) return true;
  try {
    return canonicalize(value) === body;
  } catch {
    return false;
  }
}

function holdsOnlyWholeNumbers(value: JsonValue): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(holdsOnlyWholeNumbers);
  for (const name in value) if (!holdsOnlyWholeNumbers(value[name]!)) return false;
  return true;
}

function isSorted(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isSorted);
  let before: string | undefined;
  for (const name in value) {
    if ((before !== undefined && name <= before) || !isSorted(value[name]!)) return false;
    before = name;
  }
  return true;
}
