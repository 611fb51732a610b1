/** How results read in a terminal: aligned columns, times, shares, and no control characters from anybody's content. */
import type { JsonValue } from "../contract/json.ts";

/**
 * Text that is safe to print: line breaks and tabs stay; control characters, which could move the cursor or recolour
 * the screen, and marks that turn the reading direction are shown as escapes.
 */
export function plain(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const SEGMENTER = new Intl.Segmenter();

export type Cell = string | number | boolean | null | undefined;

/** Rows under a header, columns as wide as their widest cell, the last one as long as it is; or a sentence when empty. */
export function table(header: string[], rows: Cell[][], empty: string): string {
  if (rows.length === 0) return empty;
  const cells = [header, ...rows.map((row) => row.map(shown))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ""))));
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell + " ".repeat(widths[column]! - widthOf(cell)))
      .join("  ")
      .trimEnd();
  return cells.map(line).join("\n");
}

/** Names and values below each other, indented; empty values are left out. */
export function facts(entries: [name: string, value: Cell][], indent = "  "): string {
  const filled = entries.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const width = Math.max(0, ...filled.map(([name]) => name.length));
  return filled
    .map(
      ([name, value]) =>
        `${indent}${name.padEnd(width)}  ${shown(value).replaceAll("\n", `\n${indent}${" ".repeat(width + 2)}`)}`,
    )
    .join("\n");
}

function shown(value: Cell): string {
  if (value === null || value === undefined || value === "") return "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

function widthOf(text: string): number {
  return Array.from(SEGMENTER.segment(text)).length;
}

/** "2026-01-05 08:00:00Z" of an ISO time. */
export function moment(time: string | null): string {
  return time === null ? "" : time.replace("T", " ").replace(/\.\d+Z$/, "Z");
}

/** "20 %" of 0.2. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(6))} %`;
}

/** A measured share for reading: two digits behind the point at most. */
export function measured(share: number): string {
  return percent(Number(share.toFixed(4)));
}

/** A measured number for reading: four digits behind the point at most. */
export function rounded(number: number | null | undefined): number | null {
  return number === null || number === undefined ? null : Number(number.toFixed(4));
}

/** "1 case", "3 cases"; thousands apart. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** JSON over several lines, indented under a heading. */
export function block(value: unknown, indent = "    "): string {
  return `${indent}${JSON.stringify(value, null, 2).replaceAll("\n", `\n${indent}`)}`;
}

/** A value of a dial or a field in one line. */
export function brief(value: JsonValue | undefined): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
