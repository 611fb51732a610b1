/**
 * How the value of a dial is typed: by which form, what stands in it, and what is read from it. Pure.
 *
 * Values are stored as shares from 0 to 1 and milliseconds; people type per cent, seconds, days. A number may be written
 * with comma or point; what could mean two things (1.234) is asked about rather than guessed.
 */
import { readNumber as asTyped } from "../../case/number-text.ts";

export type DialForm =
  "percent" | "count" | "seconds" | "per" | "hours" | "retention" | "budget" | "lines" | "json";

const SECOND = 1_000;
const DAY = 86_400_000;

export function formOf(setting: string): DialForm {
  if (setting === "secondLook" || /\.share$|maxErrorRate$|confidence$/.test(setting)) return "percent";
  if (setting === "qa.atLeastPerDay") return "count";
  if (setting === "undo") return "seconds";
  if (setting === "automation.per") return "per";
  if (setting === "due") return "hours";
  if (setting === "retention") return "retention";
  if (setting === "budget") return "budget";
  return setting === "blockFields" ? "lines" : "json";
}

/** Undefined for what is no number, and for what could be two. */
export function readNumber(text: string): number | undefined {
  const read = asTyped(text);
  return read.kind === "number" ? read.value : undefined;
}

/** What stands in the fields before anything is typed. */
export function textsOf(setting: string, value: unknown, comma: boolean): string[] {
  const number = (of: unknown, by: number) =>
    typeof of === "number" ? String(Number((of * by).toFixed(8))).replace(".", comma ? "," : ".") : "";
  const part = (name: string) => (value as Record<string, unknown> | null | undefined)?.[name];
  switch (formOf(setting)) {
    case "percent":
      return [number(setting === "secondLook" ? part("share") : value, 100)];
    case "count":
      return [number(value, 1)];
    case "seconds":
      return [number(value, 1 / SECOND)];
    case "hours":
      return [number(part("workingHours"), 1)];
    case "retention":
      return [number(part("content"), 1 / DAY), number(part("decisions"), 1 / DAY)];
    case "budget":
      return [number(part("perMonth"), 1), number(part("perDay"), 1), number(part("warnAt") ?? 0.8, 100)];
    case "lines":
      return [Array.isArray(value) ? value.join("\n") : ""];
    case "per":
      return [typeof value === "string" ? value : "all"];
    case "json":
      return [JSON.stringify(value ?? null, null, 2)];
  }
}

/** The value that was typed; a problem when it cannot be read. */
export function valueOf(
  setting: string,
  [first = "", second = "", third = ""]: readonly string[],
): { value: unknown } | { problem: "notNumber" | "notJson" } {
  const form = formOf(setting);
  if (form === "per") return { value: first };
  if (form === "lines")
    return {
      value: first
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== ""),
    };
  if (form === "json")
    try {
      return { value: JSON.parse(first) as unknown };
    } catch {
      return { problem: "notJson" };
    }
  if (form === "budget") return budgetOf(first, second, third);
  const number = readNumber(first);
  if (number === undefined) return { problem: "notNumber" };
  // Ten decimals: 7 % must not become 0.07000000000000001.
  const share = Number((number / 100).toFixed(10));
  if (form === "percent") return { value: setting === "secondLook" ? { share } : share };
  if (form === "seconds") return { value: Math.round(number * SECOND) };
  if (form === "hours") return { value: { workingHours: number } };
  if (form === "count") return { value: number };
  const decisions = readNumber(second);
  if (decisions === undefined) return { problem: "notNumber" };
  return { value: { content: Math.round(number * DAY), decisions: Math.round(decisions * DAY) } };
}

/** A field that is left empty sets no limit; with both empty there is no budget. */
function budgetOf(month: string, day: string, warn: string): { value: unknown } | { problem: "notNumber" } {
  const given = { perMonth: month, perDay: day };
  const amounts: Record<string, number> = {};
  for (const [part, text] of Object.entries(given)) {
    if (text.trim() === "") continue;
    const amount = readNumber(text);
    if (amount === undefined) return { problem: "notNumber" };
    amounts[part] = amount;
  }
  if (Object.keys(amounts).length === 0) return { value: null };
  const share = readNumber(warn);
  if (share === undefined) return { problem: "notNumber" };
  return { value: { ...amounts, warnAt: Number((share / 100).toFixed(10)) } };
}
