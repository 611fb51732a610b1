/**
 * Many rows into several tables in one round trip, by COPY: a third of the work that the same rows make as one statement each.
 *
 * Two forms. `binaryRows` for texts and bytes alone: nothing is read letter by letter. `textRows` for everything else,
 * read as the column's type reads a text. Rows, their order and their refusal are those of an insert; conflicts are not
 * left out. Used through `Tx.copy` (database.ts), so that nothing is stored outside a transaction.
 */
import type { ClientBase, Connection, Submittable } from "pg";

/** One COPY: where to, and the rows as the server reads them. */
export interface Copy {
  text: string;
  data: Buffer;
}

/** For columns of type `text` and `bytea`: a string is the one, bytes are the other. */
export function binaryRows(
  table: string,
  columns: readonly string[],
  list: readonly (string | Uint8Array)[][],
): Copy {
  const lengths = list.map((row) =>
    row.map((value) => (typeof value === "string" ? Buffer.byteLength(value) : value.length)),
  );
  let size = HEADER.length + 2;
  for (const row of lengths) for (const length of row) size += length + 4;
  const data = Buffer.allocUnsafe(size + 2 * list.length);
  let at = HEADER.copy(data);
  list.forEach((row, r) => {
    at = data.writeInt16BE(row.length, at);
    row.forEach((value, c) => {
      const length = lengths[r]![c]!;
      at = data.writeInt32BE(length, at);
      if (typeof value === "string") data.write(value, at);
      else data.set(value, at);
      at += length;
    });
  });
  data.writeInt16BE(-1, at);
  return { text: `copy ${table} (${columns.join(", ")}) from stdin (format binary)`, data };
}

/** Signature, no flags, no extension. */
const HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");

type Value = string | number | boolean | object | null;

/** For columns of any type: null, or the value's text; an object is JSON. */
export function textRows(table: string, columns: readonly string[], list: readonly Value[][]): Copy {
  let text = "";
  for (const row of list) {
    for (let i = 0; i < row.length; i++) text += (i === 0 ? "" : "\t") + written(row[i] as Value);
    text += "\n";
  }
  return { text: `copy ${table} (${columns.join(", ")}) from stdin`, data: Buffer.from(text, "utf8") };
}

const SPECIAL = /[\\\t\n\r]/;
const LETTERS: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function written(value: Value): string {
  if (value === null) return "\\N";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (letter) => LETTERS[letter]!) : text;
}

/** All copies as one query, on a connection in a transaction. */
export function sendCopies(client: ClientBase, copies: readonly Copy[]): Promise<void> {
  return new Promise((resolve, reject) =>
    client.query(copying(copies, (error) => (error ? reject(error) : resolve()))),
  );
}

/**
 * The rows are sent along at once: the server asks for each table's in turn, and passes over those that an error before them
 * has made pointless. `callback` is where the driver puts its own look at the time.
 */
function copying(copies: readonly Copy[], callback: (error?: Error) => void): Submittable {
  const query = {
    callback,
    submit(connection: Connection) {
      const { stream } = connection;
      stream.cork();
      connection.query(copies.map((one) => one.text).join("; "));
      for (const { data } of copies) {
        stream.write(beforeRows(data));
        stream.write(data);
        stream.write(ROWS_END);
      }
      stream.uncork();
    },
    handleCopyInResponse() {},
    handleCommandComplete() {},
    handleError: (error: Error) => query.callback(error),
    handleReadyForQuery: () => query.callback(),
  };
  return query;
}

/** Messages of the protocol: CopyData with its length, CopyDone. */
const ROWS_END = Buffer.from([0x63, 0, 0, 0, 4]);

function beforeRows(data: Buffer): Buffer {
  const head = Buffer.from([0x64, 0, 0, 0, 0]);
  head.writeUInt32BE(data.length + 4, 1);
  return head;
}
