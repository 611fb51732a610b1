/**
 * CSV text to records, in pieces, so that no row is lost and none swallows its neighbours.
 *
 * Reads what RFC 4180 allows (doubled quotes, line breaks and separators in quoted cells), and keeps quotes inside an
 * unquoted cell as text. The ranges of all records tile the text without a gap: that is how nothing goes uncounted.
 *
 * A quote that is not closed properly costs one record: reading resumes at the next line. Which lines belong to a
 * broken record cannot be known, so a following line up to the place where the fault showed must fit the header and
 * hold no odd quotes, or it counts as broken, too. How the file is read at all is in dialect.ts, bytes are in decode.ts.
 */
import { INPUT_LIMITS } from "../../contract/quarantine.ts";

export interface CsvRow {
  /** Absolute position of the first character, and of the first one after the line end. */
  start: number;
  end: number;
  /** First physical line, 1-based, and how many physical lines the record has. */
  line: number;
  lines: number;
  /** The text without its line end. */
  raw: string;
  cells: string[];
  fault?: "broken_quote" | "too_large";
  /** Stands right behind a record with a broken quote, in the part where it is unclear what belongs to what. */
  suspect?: true;
  /** A quote stands inside an unquoted cell. */
  oddQuote?: true;
}

export interface CsvDialect {
  /** One character, or empty for a file with a single column. */
  delimiter: string;
  lineEnd: "\n" | "\r";
}

/** Characters of one record at most; a larger one is given up, with what was read of it as its raw text. */
export const MAX_RECORD = INPUT_LIMITS.caseBytes + 1024 * 1024;

type Unread =
  | { kind: "more" }
  | {
      kind: "broken";
      /** Where the fault showed. */
      shown: number;
      /** End of the record, as far as it can be told. */
      stop?: number;
    };
type Scan = { kind: "row"; cells: string[]; stop: number; oddQuote: boolean } | Unread;

export class CsvSplitter {
  readonly #dialect: CsvDialect;
  #text = "";
  #at = 0;
  /** Absolute position of `#text[0]`. */
  #base = 0;
  #line = 1;
  /** Absolute position up to which lines are suspect. */
  #suspectUntil = 0;
  #nextDelimiter = -1;
  #nextQuote = -1;
  /** The row that grew over the limit without any quote; its rest is dropped until the line ends. */
  #giant: CsvRow | undefined;

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  /** Takes more text and gives the records that are complete; `end` closes the last one. */
  push(text: string, end: boolean): CsvRow[] {
    const rest = this.#at === 0 ? this.#text : this.#text.slice(this.#at);
    this.#base += this.#at;
    this.#text = rest.length > 0 ? rest + text : text;
    this.#at = 0;
    this.#nextDelimiter = -1;
    this.#nextQuote = -1;
    const rows: CsvRow[] = [];
    // No record can end in this piece; looking at a long one again for each small piece would take squared time.
    if (!end && this.#text.length <= MAX_RECORD && !text.includes(this.#dialect.lineEnd)) return rows;
    for (let row = this.#take(end); row; row = this.#take(end)) rows.push(row);
    return rows;
  }

  #take(end: boolean): CsvRow | undefined {
    const text = this.#text;
    if (this.#giant) return this.#finishGiant(end);
    if (this.#at >= text.length) return undefined;
    let lineStop = text.indexOf(this.#dialect.lineEnd, this.#at);
    if (lineStop < 0 && !end) return text.length - this.#at > MAX_RECORD ? this.#startGiant() : undefined;
    if (lineStop < 0) lineStop = text.length;
    // Nearly all rows of nearly all files: no quote in the line.
    if (this.#nextQuote < this.#at) this.#nextQuote = position(text, '"', this.#at);
    if (this.#nextQuote >= lineStop)
      return this.#row(lineStop, this.#cut(text.slice(this.#at, this.#bare(lineStop))), 1, {});
    const scan = this.#scan(lineStop, end);
    if (scan.kind === "more") return undefined;
    if (scan.kind === "row") {
      const lines = scan.stop === lineStop ? 1 : this.#linesTo(scan.stop);
      return this.#row(scan.stop, scan.cells, lines, scan.oddQuote ? { oddQuote: true } : {});
    }
    // Where the record ends is known when its last quote closed well; otherwise only its first line is given up.
    if (scan.stop !== undefined)
      return this.#row(scan.stop, [], this.#linesTo(scan.stop), { fault: "broken_quote" });
    const row = this.#row(lineStop, [], 1, { fault: "broken_quote" });
    this.#suspectUntil = Math.max(this.#suspectUntil, this.#base + scan.shown);
    return row;
  }

  #row(stop: number, cells: string[], lines: number, more: Partial<CsvRow>): CsvRow {
    const raw = this.#text.slice(this.#at, this.#bare(stop));
    const next = Math.min(stop + 1, this.#text.length);
    const start = this.#base + this.#at;
    const row: CsvRow = { start, end: this.#base + next, line: this.#line, lines, raw, cells, ...more };
    // The same whether the line came in one piece or in many.
    if (raw.length > MAX_RECORD) Object.assign(row, { cells: [], fault: row.fault ?? "too_large" });
    if (start < this.#suspectUntil) row.suspect = true;
    this.#line += lines;
    this.#at = next;
    return row;
  }

  #linesTo(stop: number): number {
    let lines = 1;
    for (let at = this.#at; (at = this.#text.indexOf(this.#dialect.lineEnd, at)) >= 0 && at < stop; at++)
      lines++;
    return lines;
  }

  /** Position of the line end without the carriage return before it. */
  #bare(stop: number): number {
    return this.#dialect.lineEnd === "\n" && stop > this.#at && this.#text.charCodeAt(stop - 1) === 13
      ? stop - 1
      : stop;
  }

  #cut(line: string): string[] {
    return this.#dialect.delimiter === "" ? [line] : line.split(this.#dialect.delimiter);
  }

  /** Reads one record that holds quotes, cell by cell. */
  #scan(firstStop: number, end: boolean): Scan {
    const text = this.#text;
    const { lineEnd, delimiter } = this.#dialect;
    const cells: string[] = [];
    let oddQuote = false;
    let lineStop = firstStop;
    for (let at = this.#at; ;) {
      if (text[at] === '"') {
        const cell = this.#quoted(at, end);
        if (cell.kind !== "cell") return cell;
        cells.push(cell.value);
        at = cell.stop;
        if (at > lineStop) {
          const next = text.indexOf(lineEnd, at);
          if (next < 0 && !end) return this.#wait();
          lineStop = next < 0 ? text.length : next;
        }
      } else {
        const stop = Math.min(this.#delimiterFrom(at), this.#bare(lineStop));
        const value = text.slice(at, stop);
        if (value.includes('"')) oddQuote = true;
        cells.push(value);
        at = stop;
      }
      if (delimiter === "" || text[at] !== delimiter || at >= lineStop)
        return { kind: "row", cells, stop: lineStop, oddQuote };
      at++;
    }
  }

  #delimiterFrom(at: number): number {
    if (this.#nextDelimiter < at) this.#nextDelimiter = position(this.#text, this.#dialect.delimiter, at);
    return this.#nextDelimiter;
  }

  /** Reads a quoted cell from its opening quote; `stop` is right behind the closing one. */
  #quoted(open: number, end: boolean): { kind: "cell"; value: string; stop: number } | Unread {
    const text = this.#text;
    // In a suspect part a cell must close on its own line; so no part of a file is searched again and again.
    const oneLine = this.#base + open < this.#suspectUntil;
    let doubled = false;
    for (let from = open + 1; ;) {
      const quote = text.indexOf('"', from);
      if (oneLine && (quote < 0 || text.slice(open, quote).includes(this.#dialect.lineEnd)))
        return { kind: "broken", shown: quote < 0 ? text.length : quote };
      if (quote < 0) return end ? { kind: "broken", shown: text.length } : this.#wait();
      if (quote + 2 >= text.length && !end) return this.#wait();
      if (text[quote + 1] === '"') {
        doubled = true;
        from = quote + 2;
      } else if (this.#closes(quote)) {
        const value = text.slice(open + 1, quote);
        return { kind: "cell", value: doubled ? value.replaceAll('""', '"') : value, stop: quote + 1 };
      } else return oneLine ? { kind: "broken", shown: quote } : this.#stray(open, quote, end);
    }
  }

  /**
   * A quote that neither closes the cell nor is doubled. Behind a separator or line end it opens another cell, so the
   * first one was never closed; elsewhere somebody forgot to double it, and the cell may still close later.
   */
  #stray(open: number, first: number, end: boolean): Unread {
    const text = this.#text;
    for (let quote = first; ;) {
      const before = text[quote - 1]!;
      const opens =
        quote > open + 1 && (before === this.#dialect.delimiter || before === "\n" || before === "\r");
      if (opens && !this.#closes(quote)) return { kind: "broken", shown: quote };
      if (quote !== first && this.#closes(quote)) {
        const stop = text.indexOf(this.#dialect.lineEnd, quote);
        if (stop < 0 && !end) return this.#wait();
        return { kind: "broken", shown: quote, stop: stop < 0 ? text.length : stop };
      }
      const next = text.indexOf('"', quote + 1);
      if (next < 0) return end ? { kind: "broken", shown: text.length } : this.#wait();
      if (next + 2 >= text.length && !end) return this.#wait();
      quote = next;
    }
  }

  /** Whether the quote here is followed by what may follow a closed cell. */
  #closes(quote: number): boolean {
    const next = this.#text[quote + 1];
    if (next === undefined || next === this.#dialect.delimiter || next === this.#dialect.lineEnd) return true;
    return next === "\r" && (this.#text[quote + 2] === "\n" || quote + 2 >= this.#text.length);
  }

  /** More text may settle it, unless the record is over its limit already. */
  #wait(): Unread {
    const over = this.#text.length - this.#at > MAX_RECORD;
    return over ? { kind: "broken", shown: this.#text.length } : { kind: "more" };
  }

  #startGiant(): undefined {
    const start = this.#base + this.#at;
    const raw = this.#text.slice(this.#at);
    this.#giant = { start, end: start, line: this.#line, lines: 1, raw, cells: [], fault: "too_large" };
    this.#at = this.#text.length;
  }

  #finishGiant(end: boolean): CsvRow | undefined {
    const giant = this.#giant!;
    const stop = this.#text.indexOf(this.#dialect.lineEnd, this.#at);
    this.#at = stop < 0 ? this.#text.length : stop + 1;
    if (stop < 0 && !end) return undefined;
    this.#giant = undefined;
    this.#line++;
    giant.end = this.#base + this.#at;
    return giant;
  }
}

function position(text: string, mark: string, from: number): number {
  const found = mark === "" ? -1 : text.indexOf(mark, from);
  return found < 0 ? Number.MAX_SAFE_INTEGER : found;
}
