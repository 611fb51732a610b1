/**
 * One JSON text to one record, refusing what would be changed in silence or could not be stored.
 *
 * Pure; the same check serves files and NDJSON bodies. Messages name places and sizes, never content.
 */
import { INPUT_LIMITS } from "../../contract/quarantine.ts";
import type { QuarantineReason, RecordProblem } from "../../contract/quarantine.ts";
import { isJsonObject } from "../../contract/json.ts";
import type { JsonObject, JsonValue } from "../../contract/json.ts";

export type ParsedRecord = { value: JsonObject; problem?: never } | { problem: RecordProblem; value?: never };

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Parses one object and checks size, depth, numbers and characters. */
export function parseRecord(text: string): ParsedRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // V8 quotes the text in its message; only the position may leave.
    const place = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    return refuse(
      "not_json",
      `The text is not valid JSON${place ? ` near character ${Number(place) + 1}` : ""}.`,
    );
  }
  if (!isJsonObject(value)) {
    const found = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
    return refuse("not_an_object", `One object with named fields is needed, this is ${found}.`);
  }
  // Nesting first: the look for unsafe numbers goes down by recursion.
  const problem = checkValue(value) ?? unsafeNumber(text);
  return problem ? { problem } : { value };
}

function refuse(reason: QuarantineReason, message: string): { problem: RecordProblem } {
  return { problem: { reason, message } };
}

/**
 * Looks for numbers whose digits JavaScript cannot keep; only where the text can hold one at all.
 *
 * Goes down by recursion: `checkValue` must have found the nesting bounded.
 */
export function unsafeNumber(text: string): RecordProblem | undefined {
  if (!/\d{16}|[eE]\+?\d{2}/.test(text)) return undefined;
  let field: string | undefined;
  parseWithSource(text, (key, value, { source }) => {
    if (typeof value === "number" && source !== undefined) {
      const whole = /^-?\d+$/.test(source);
      if ((whole && !Number.isSafeInteger(value)) || !Number.isFinite(value)) field ??= key;
    }
    return value;
  });
  if (field === undefined) return undefined;
  return {
    reason: "unsafe_number",
    message: `The number in ${name(field)} has more digits than can be kept.`,
  };
}

/** Checks a parsed value against the limits that every door shares; undefined when all is well. */
export function checkValue(value: JsonValue): RecordProblem | undefined {
  const open: { value: JsonValue; depth: number; field: string }[] = [{ value, depth: 1, field: "" }];
  let bytes = 0;
  for (let item = open.pop(); item; item = open.pop()) {
    if (typeof item.value === "string") {
      const size = Buffer.byteLength(item.value);
      bytes += size + 3;
      if (size > INPUT_LIMITS.fieldBytes)
        return { reason: "value_too_large", message: `${name(item.field)} is over 1 MB (${size} bytes).` };
      if (!item.value.isWellFormed())
        return { reason: "lone_surrogate", message: `${name(item.field)} holds half of a surrogate pair.` };
    } else if (typeof item.value !== "object" || item.value === null) {
      bytes += String(item.value).length + 1;
    } else {
      bytes += 2;
      if (item.depth > INPUT_LIMITS.depth)
        return {
          reason: "too_deep",
          message: `More than ${INPUT_LIMITS.depth} levels stand inside each other.`,
        };
      const depth = item.depth + 1;
      if (Array.isArray(item.value))
        for (const one of item.value) open.push({ value: one, depth, field: item.field });
      else
        for (const [key, one] of Object.entries(item.value)) {
          if (!key.isWellFormed())
            return { reason: "lone_surrogate", message: "A field name holds half of a surrogate pair." };
          if (key.includes("\0"))
            return { reason: "nul_in_key", message: "A field name holds a NUL character." };
          bytes += Buffer.byteLength(key) + 4;
          open.push({ value: one, depth, field: item.field === "" ? key : `${item.field}.${key}` });
        }
    }
    if (bytes > INPUT_LIMITS.caseBytes)
      return { reason: "case_too_large", message: "The record is over 10 MB." };
  }
  return undefined;
}

function name(field: string): string {
  if (field === "") return "A value";
  return `"${field.length > 100 ? `${field.slice(0, 100)}...` : field}"`;
}
