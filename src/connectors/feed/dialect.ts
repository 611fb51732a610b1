/**
 * How a CSV file wants to be read: its separator, its line ends, and the names of its columns.
 *
 * Found from the head of the file alone. Nothing is repaired in silence: what was made up (a name for an unnamed or
 * doubled column) is reported as a note.
 */
import { CsvSplitter } from "./csv.ts";
import type { CsvDialect } from "./csv.ts";

/** Something about the file as a whole that its owner should hear of. */
export interface FeedNote {
  kind: "unnamed_column" | "duplicate_column";
  /** 1-based. */
  column: number;
  /** The name under which its cells are read. */
  name: string;
}

/** Where several fit equally well, the earlier one: a comma is also a decimal sign. */
const DELIMITERS = ["\t", ";", "|", ","];

export interface FoundDialect extends CsvDialect {
  /** Characters at the start of the file that are no record: the line `sep=;`. */
  preamble: number;
}

/**
 * Finds the dialect. `complete` says that the head is the whole file; `headerRecord` is 1-based.
 *
 * A file whose header holds no separator has a single column.
 */
export function findDialect(
  head: string,
  complete: boolean,
  headerRecord: number,
  delimiter?: string,
): FoundDialect {
  const lineEnd = !head.includes("\n") && head.includes("\r") ? "\r" : "\n";
  const said = /^"?sep=([^\r\n"])"?(\r\n|\n|\r|$)/i.exec(head);
  const preamble = said ? said[0].length : 0;
  if (delimiter !== undefined) return { delimiter, lineEnd, preamble };
  if (said) return { delimiter: said[1]!, lineEnd, preamble };
  let best = { delimiter: "", score: 0 };
  for (const candidate of DELIMITERS) {
    const score = fit(head, complete, headerRecord, { delimiter: candidate, lineEnd });
    if (score > best.score) best = { delimiter: candidate, score };
  }
  return { delimiter: best.delimiter, lineEnd, preamble };
}

/** How well a separator explains the head, 0 to 1: the share of records with the usual number of cells. */
function fit(head: string, complete: boolean, headerRecord: number, dialect: CsvDialect): number {
  const rows = new CsvSplitter(dialect).push(head, complete).slice(headerRecord - 1);
  const widths = rows.filter((row) => !row.fault && !isBlank(row.cells)).map((row) => row.cells.length);
  const times = new Map<number, number>();
  for (const width of widths) if (width > 1) times.set(width, (times.get(width) ?? 0) + 1);
  const usual = [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0];
  if (!usual) return 0;
  const share = usual[1] / widths.length;
  if (widths[0] === usual[0]) return share;
  // The header does not fit: a title line stands above it, or a column has no name. Better found than read as one column.
  return widths[0]! > 1 || (share >= 0.8 && usual[0] >= 3) ? share / 2 : 0;
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === "");
}

export interface Columns {
  names: string[];
  /** Columns at the right end without a name: left out of a record where their cell is empty. */
  unnamedFrom: number;
  notes: FeedNote[];
}

/** Names the columns: trimmed, none empty, none twice. */
export function nameColumns(header: readonly string[]): Columns {
  const given = header.map((cell) => cell.trim());
  const taken = new Set(given);
  const used = new Set<string>();
  const notes: FeedNote[] = [];
  const names = given.map((name, i) => {
    if (name !== "" && !used.has(name)) return use(name);
    const stem = name === "" ? `column_${i + 1}` : name;
    let free = stem;
    for (let n = 2; (taken.has(free) && free !== name) || used.has(free); n++) free = `${stem}_${n}`;
    notes.push({ kind: name === "" ? "unnamed_column" : "duplicate_column", column: i + 1, name: free });
    return use(free);
  });
  const unnamedFrom = given.findLastIndex((name) => name !== "") + 1;
  return { names, unnamedFrom, notes };

  function use(name: string): string {
    used.add(name);
    return name;
  }
}
