/**
 * The records of a CSV file: finds header and dialect, gives cells their names, and says what is wrong with a row.
 *
 * How text becomes rows is in csv.ts, how a file wants to be read in dialect.ts.
 */
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { INPUT_LIMITS } from "../../contract/quarantine.ts";
import type { RecordProblem } from "../../contract/quarantine.ts";
import { CsvSplitter } from "./csv.ts";
import type { CsvRow } from "./csv.ts";
import { findDialect, isBlank, nameColumns } from "./dialect.ts";
import type { Columns, FoundDialect } from "./dialect.ts";
import { checkValue } from "./json.ts";
import { badEncoding, capped, tooLarge } from "./record.ts";
import type { BadLines, FeedRecord } from "./record.ts";
import type { FeedFacts, ReadOptions } from "./records.ts";

const HEAD = 64 * 1024;
const MOST_HEAD = 1024 * 1024;

export class CsvReader {
  readonly #options: ReadOptions;
  readonly #facts: FeedFacts;
  #head = "";
  #rows: CsvSplitter | undefined;
  #dialect: FoundDialect | undefined;
  #columns: Columns | undefined;
  #seen = 0;
  #number = 0;

  constructor(options: ReadOptions, facts: FeedFacts) {
    if (options.delimiter !== undefined && !/^[^"\r\n]$/u.test(options.delimiter)) {
      const hint = 'Name one character, for example ";", or leave the setting out.';
      throw new PilotageError(
        "feed_unreadable",
        "The separator must be one character, not a quote or a line end.",
        { hint, retryable: false },
      );
    }
    this.#options = options;
    this.#facts = facts;
  }

  read(text: string, end: boolean, bad: BadLines): FeedRecord[] {
    if (this.#rows) return this.#records(this.#rows.push(text, end), bad);
    this.#head += text;
    const enough = this.#head.length >= MOST_HEAD || (this.#head.length >= HEAD && /[\r\n]/.test(this.#head));
    if (!enough && !end) return [];
    const headerRecord = this.#options.headerRecord ?? 1;
    this.#dialect = findDialect(this.#head, end, headerRecord, this.#options.delimiter);
    this.#facts.delimiter = this.#dialect.delimiter;
    this.#rows = new CsvSplitter(this.#dialect);
    const head = this.#head;
    this.#head = "";
    return this.#records(this.#rows.push(head, end), bad);
  }

  #records(rows: CsvRow[], bad: BadLines): FeedRecord[] {
    const records: FeedRecord[] = [];
    for (const row of rows) {
      if (row.start < this.#dialect!.preamble) continue;
      const broken = bad.touches(row.start, row.end);
      if (this.#columns) records.push(this.#record(row, this.#columns, broken));
      else if (++this.#seen >= (this.#options.headerRecord ?? 1)) this.#header(row, broken);
    }
    return records;
  }

  #header(row: CsvRow, broken: boolean): void {
    if (this.#options.headerRecord === undefined && !row.fault && isBlank(row.cells)) return;
    if (row.fault || broken) {
      const what = row.fault
        ? "a quotation mark that is not closed"
        : "bytes that are not valid in its encoding";
      throw new PilotageError(
        "feed_unreadable",
        `The header in line ${row.line} of the feed file has ${what}; no record was read.`,
        { hint: "Correct the header, or set the feed's encoding and header record.", retryable: false },
      );
    }
    this.#columns = nameColumns(row.cells);
    this.#facts.columns = this.#columns.names;
    this.#facts.notes.push(...this.#columns.notes);
  }

  #record(row: CsvRow, columns: Columns, broken: boolean): FeedRecord {
    const base = { number: ++this.#number, line: row.line, raw: capped(row.raw) };
    const problem = broken ? badEncoding(row) : this.#problem(row, columns);
    if (problem) return { ...base, value: undefined, problem };
    if (isBlank(row.cells)) return { ...base, value: undefined, blank: true };
    const value = toObject(columns, row.cells);
    const wrong = mayBreakLimits(row.raw, this.#facts.encoding) ? checkValue(value) : undefined;
    return wrong ? { ...base, value: undefined, problem: wrong } : { ...base, value };
  }

  #problem(row: CsvRow, { names, unnamedFrom }: Columns): RecordProblem | undefined {
    if (row.fault === "too_large") return tooLarge(row.line);
    if (row.fault) {
      const message = `A quotation mark in the record at line ${row.line} is not closed, or not doubled inside its cell.`;
      return { reason: "broken_quote", message };
    }
    const width = row.cells.length;
    const fits =
      width === names.length ||
      (width > names.length && isBlank(row.cells.slice(names.length))) ||
      (width < names.length && width >= unnamedFrom) ||
      isBlank(row.cells);
    if (row.suspect && (!fits || row.oddQuote)) {
      const message = `Line ${row.line} follows a record with a broken quotation mark and does not fit the header; it may belong to that record.`;
      return { reason: "broken_quote", message };
    }
    if (fits) return undefined;
    const message = `The header has ${names.length} ${names.length === 1 ? "column" : "columns"}, the record at line ${row.line} has ${width}.`;
    return { reason: "wrong_column_count", message };
  }
}

function toObject({ names, unnamedFrom }: Columns, cells: readonly string[]): JsonObject {
  const value: JsonObject = {};
  for (let i = 0; i < names.length; i++) {
    const cell = cells[i] ?? "";
    if (i >= unnamedFrom && cell === "") continue;
    const column = names[i]!;
    // Plain assignment would set the prototype and lose the cell.
    if (column === "__proto__")
      Object.defineProperty(value, column, {
        value: cell,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else value[column] = cell;
  }
  return value;
}

/** Only long records can break a size limit, and only UTF-16 files can hold half a character. */
function mayBreakLimits(raw: string, encoding: string): boolean {
  return raw.length * 3 > INPUT_LIMITS.fieldBytes || (/^(utf-?16|ucs)/.test(encoding) && !raw.isWellFormed());
}
