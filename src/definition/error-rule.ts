/**
 * What counts as wrong, as the release states it.
 *
 * Compares an output with the truth: fields that must be equal, numbers within a tolerance, texts within a change
 * limit. Pure, so that every error figure can be recomputed.
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import type { ErrorRule } from "./document.ts";
import { editDistance } from "./edit-distance.ts";
import { sameJson, valueAt } from "./path.ts";

/** Whether the output is wrong against the truth, and in which fields. */
export function isWrong(
  error: ErrorRule,
  output: JsonObject,
  truth: JsonObject,
): { wrong: boolean; fields: string[] } {
  const fields: string[] = [];
  const compare = (path: string, near: (a: JsonValue, b: JsonValue) => boolean) => {
    const [a, b] = [valueAt(output, path), valueAt(truth, path)];
    if (sameJson(a, b)) return;
    if (a === undefined || b === undefined || !near(a, b)) fields.push(path);
  };
  for (const path of error.equal) compare(path, () => false);
  for (const [path, tolerance] of Object.entries(error.tolerance ?? {})) {
    compare(
      path,
      (a, b) => typeof a === "number" && typeof b === "number" && withinTolerance(a, b, tolerance),
    );
  }
  for (const [path, limit] of Object.entries(error.changed ?? {})) {
    compare(path, (a, b) => typeof a === "string" && typeof b === "string" && changedShare(a, b) <= limit);
  }
  return { wrong: fields.length > 0, fields };
}

/** Whether two numbers are no further apart than this. */
export function withinTolerance(a: number, b: number, tolerance: number): boolean {
  // 0.3 - 0.2 is a little less than 0.1 in binary and 0.1 + 0.2 a little more: the last digits do not decide.
  const slack = 4 * Number.EPSILON * Math.max(Math.abs(a), Math.abs(b));
  return Math.abs(a - b) <= tolerance + slack;
}

/**
 * How much of a text changed: edit distance over the length of the longer text, 0 to 1.
 *
 * Line ends and Unicode composition do not count. Where the parts that differ are longer than 20,000 characters, the
 * upper bound of the distance is used: such a text can only look more changed than it is.
 */
export function changedShare(before: string, after: string): number {
  const [a, b] = [plain(before), plain(after)];
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 0 : editDistance(a, b) / longest;
}

function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").normalize("NFC");
}

/** Dotted paths at which two values differ, down to the smallest differing field; lists count as one field. */
export function diffFields(a: JsonObject, b: JsonObject): string[] {
  const paths: string[] = [];
  const walk = (left: JsonValue | undefined, right: JsonValue | undefined, path: string) => {
    if (sameJson(left, right)) return;
    if (!isJsonObject(left) || !isJsonObject(right)) {
      paths.push(path);
      return;
    }
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      walk(own(left, key), own(right, key), path === "" ? key : `${path}.${key}`);
    }
  };
  walk(a, b, "");
  return paths.sort();
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
