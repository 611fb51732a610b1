/**
 * SQL as a value: text with numbered parameters. Values never become part of the text.
 *
 * `sql` is the only way in which this program writes SQL. Fragments nest; `time()` writes a moment of the one clock,
 * `rows()` hands many rows over as one parameter.
 */
import { isoTime } from "./clock.ts";

export class Sql {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
  /** Whether the statement is planned anew for its values, each time. */
  readonly anew: boolean;
  constructor(strings: readonly string[], values: readonly unknown[], anew = false) {
    this.strings = strings;
    this.values = values;
    this.anew = anew;
  }

  /** The text with $1, $2 ... and the parameters in that order. */
  compile(): { text: string; values: unknown[] } {
    const values: unknown[] = [];
    const write = (part: Sql): string =>
      part.strings.reduce((text, piece, i) => {
        const value = part.values[i - 1];
        return text + (value instanceof Sql ? write(value) : `$${values.push(value)}`) + piece;
      });
    const text = write(this);
    return { text, values };
  }
}

export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  return new Sql(strings, values);
}

/** The same question, for one whose best plan hangs on what it asks for: a rare state and a frequent one are read in other ways. */
export function plannedAnew(query: Sql): Sql {
  return new Sql(query.strings, query.values, true);
}

/** Fragments one after the other, with commas between them. */
export function listed(parts: readonly Sql[]): Sql {
  return new Sql(["", ...parts.slice(1).map(() => ", "), ""], parts);
}

/** A name or fragment that is written in this program, never one that came from outside. */
export function raw(text: string): Sql {
  return new Sql([text], []);
}

/** A moment in milliseconds as a `timestamptz` parameter. */
export function time(milliseconds: number): string {
  return isoTime(milliseconds);
}

/** Rows as one JSON parameter for `json_populate_recordset`. Bytes go through `hex`. */
export function rows(list: readonly object[]): string {
  return JSON.stringify(list);
}

/** Bytes in the text form that PostgreSQL reads as `bytea`, for use inside `rows`. */
export function hex(value: Uint8Array): string {
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`;
}

/**
 * Many byte strings as one binary parameter: a third of what they cost inside `rows`, where each byte is two letters twice read.
 *
 * `add` answers where the bytes will lie, for a row's columns; the statement takes them out with
 * `substring(<all> from r.start for r.length)`. Read `all` when everything is added.
 */
export function packed(): { add(bytes: Uint8Array): { start: number; length: number }; all(): Buffer } {
  const parts: Uint8Array[] = [];
  let size = 0;
  return {
    add(bytes) {
      // PostgreSQL counts from one.
      const place = { start: size + 1, length: bytes.length };
      parts.push(bytes);
      size += bytes.length;
      return place;
    },
    all: () => Buffer.concat(parts, size),
  };
}
