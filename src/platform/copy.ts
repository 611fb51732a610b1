/**
 * Many rows into several tables in one round trip, by COPY: a third of the work that the same rows make as one statement each.
 *
 * Two forms. `binaryRows` gives each value as its column's type stores it, so that the server reads nothing letter by
 * letter: for what every case brings. `textRows` gives each as a text, for columns of any type. Rows, their order and their refusal are those of an insert; conflicts are not left out. Used through `Tx.copy` and
 * `Tx.copyNew` (database.ts), so that nothing is stored outside a transaction.
 */
import pg, { type ClientBase, type Connection } from "pg";
import { isTaken } from "./database-failure.ts";
import { answered, ask, type Answer } from "./statement.ts";

/** One COPY: where to, and the rows as the server reads them. */
export interface Copy {
  text: string;
  data: Buffer;
}

/**
 * How the values of a column are given and stored; every one may be null.
 *
 * `time` is a timestamptz given in milliseconds, `jsonb` anything that JSON writes.
 */
export type Form =
  "text" | "text[]" | "bytea" | "boolean" | "int4" | "int8" | "float8" | "numeric" | "time" | "jsonb";

type Value = string | number | boolean | object | null;

/** `columns` names the columns in the order of a row's values, each with its form. */
export function binaryRows(
  table: string,
  columns: Record<string, Form>,
  list: readonly (readonly Value[])[],
): Copy {
  const forms = Object.values(columns);
  /** Of the values that go as JSON, in their order. */
  const jsonTexts: string[] = [];
  let most = HEADER.length + 2;
  for (const row of list) {
    most += 2;
    for (let c = 0; c < forms.length; c++) most += 4 + mostBytes(forms[c]!, row[c]!, jsonTexts);
  }
  let json = 0;
  const data = Buffer.allocUnsafe(most);
  let at = HEADER.copy(data);
  for (const row of list) {
    at = data.writeInt16BE(forms.length, at);
    for (let c = 0; c < forms.length; c++) {
      let value = row[c]!;
      if (value !== null && forms[c] === "jsonb") value = jsonTexts[json++]!;
      const size = value === null ? -1 : write(data, at + 4, forms[c]!, value);
      data.writeInt32BE(size, at);
      at += 4 + Math.max(size, 0);
    }
  }
  at = data.writeInt16BE(-1, at);
  return {
    text: `copy ${table} (${Object.keys(columns).join(", ")}) from stdin (format binary)`,
    data: data.subarray(0, at),
  };
}

/** Signature, no flags, no extension. */
const HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
/** A letter in UTF-8, at most, for each unit of a string. */
const LETTER = 3;
/** Letters. */
const SHORT = 40;
const YEAR_2000 = 946_684_800_000;

/** Room that is enough; what stays unused is never touched. Keeps the text of what goes as JSON. */
function mostBytes(form: Form, value: Value, jsonTexts: string[]): number {
  if (value === null) return 0;
  if (form === "bytea") return (value as Uint8Array).length;
  if (form === "jsonb") return 1 + LETTER * jsonTexts[jsonTexts.push(JSON.stringify(value)) - 1]!.length;
  if (form === "numeric") return numericBytes(value as number).length;
  if (form === "text[]")
    return (value as string[]).reduce((sum, one) => sum + 4 + LETTER * one.length, ARRAY_HEAD);
  return typeof value === "string" ? LETTER * value.length : 8;
}

/** Answers how many bytes it wrote. */
function write(data: Buffer, at: number, form: Form, value: NonNullable<Value>): number {
  switch (form) {
    case "text":
      return writeText(data, at, value as string);
    case "text[]":
      return writeTexts(data, at, value as string[]);
    case "bytea":
      data.set(value as Uint8Array, at);
      return (value as Uint8Array).length;
    case "boolean":
      return data.writeUInt8(value === true ? 1 : 0, at) - at;
    case "int4":
      return data.writeInt32BE(value as number, at) - at;
    case "int8":
      return writeWhole(data, at, value as number);
    case "time":
      return writeTime(data, at, value as number);
    case "float8":
      return data.writeDoubleBE(value as number, at) - at;
    case "numeric":
      return numericBytes(value as number).copy(data, at);
    case "jsonb":
      // The version of the form, then the text.
      return data.write(value as string, data.writeUInt8(1, at)) + 1;
  }
}

/** A short text of plain letters goes in letter by letter, which is less than the way to what writes every text. */
function writeText(data: Buffer, at: number, text: string): number {
  if (text.length > SHORT) return data.write(text, at);
  for (let i = 0; i < text.length; i++) {
    const letter = text.charCodeAt(i);
    if (letter > 0x7f) return data.write(text, at);
    data[at + i] = letter;
  }
  return text.length;
}

const ARRAY_HEAD = 20;
const TEXT = 25;

/** One dimension without nulls: of which type, how many, counted from 1; then each with its size. */
function writeTexts(data: Buffer, start: number, texts: readonly string[]): number {
  let at = start;
  for (const part of [1, 0, TEXT, texts.length, 1]) at = data.writeInt32BE(part, at);
  for (const text of texts) {
    const size = writeText(data, at + 4, text);
    at = data.writeInt32BE(size, at) + size;
  }
  return at - start;
}

/** A whole number of 53 bits in eight bytes. */
function writeWhole(data: Buffer, at: number, value: number): number {
  const high = Math.floor(value / 2 ** 32);
  data.writeInt32BE(high, at);
  data.writeUInt32BE(value - high * 2 ** 32, at + 4);
  return 8;
}

/** Microseconds since 2000; those beyond the years that 53 bits reach take the longer way. */
function writeTime(data: Buffer, at: number, milliseconds: number): number {
  const since = (milliseconds - YEAR_2000) * 1_000;
  if (Number.isSafeInteger(since)) return writeWhole(data, at, since);
  return data.writeBigInt64BE(BigInt(milliseconds - YEAR_2000) * 1_000n, at) - at;
}

/** Shares and probabilities are the same from row to row. */
const numerics = new Map<number, Buffer>();
const MOST_NUMERICS = 1_000;

function numericBytes(value: number): Buffer {
  let bytes = numerics.get(value);
  if (bytes === undefined) {
    if (numerics.size >= MOST_NUMERICS) numerics.clear();
    numerics.set(value, (bytes = writtenNumeric(value)));
  }
  return bytes;
}

/** PostgreSQL keeps a numeric as digits to the base of 10,000, the point between two of them. */
function writtenNumeric(value: number): Buffer {
  const [, sign, first, more = "", power] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential())!;
  const beforePoint = Number(power) + 1;
  const weight = Math.ceil(beforePoint / 4);
  const lead = "0".repeat(weight * 4 - beforePoint) + first + more;
  const digits = value === 0 ? [] : lead.padEnd(Math.ceil(lead.length / 4) * 4, "0").match(/.{4}/g)!;
  const data = Buffer.alloc(8 + 2 * digits.length);
  data.writeInt16BE(digits.length, 0);
  data.writeInt16BE(value === 0 ? 0 : weight - 1, 2);
  data.writeUInt16BE(sign === "-" ? 0x4000 : 0, 4);
  data.writeInt16BE(Math.max(0, more.length - Number(power)), 6);
  digits.forEach((digit, i) => data.writeInt16BE(Number(digit), 8 + 2 * i));
  return data;
}

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

/** What stands before and behind the copies of a message, and how many milliseconds its answer may take. */
interface Around {
  first?: string;
  last?: string;
  within?: number | undefined;
}

/** All copies as one query, on a connection in a transaction; answers what its last statement did. */
export function sendCopies(
  client: ClientBase,
  copies: readonly Copy[],
  around: Around = {},
): Promise<string | undefined> {
  return answered<string | undefined>(
    around.within,
    (answer) => void client.query(copying(copies, around, answer)),
  );
}

/** The same, or none of the rows and false when one is there already, or two transactions wait for each other's. */
export async function sendNewCopies(
  client: ClientBase,
  copies: readonly Copy[],
  within?: number,
): Promise<boolean> {
  try {
    await sendCopies(client, copies, { first: "savepoint rows", last: "release savepoint rows", within });
    return true;
  } catch (error) {
    if (!isTaken(error)) throw error;
    await ask(client, "rollback to savepoint rows; release savepoint rows", within);
    return false;
  }
}

/**
 * The rows are sent along at once: the server asks for each table's in turn, and passes over those that an error before them
 * has made pointless. A query of the driver's own kind, because it takes no other on a connection that sends ahead.
 */
function copying(
  copies: readonly Copy[],
  { first, last }: Around,
  callback: Answer<string | undefined>,
): pg.Query {
  const statements = [first, ...copies.map((one) => one.text), last].filter((one) => one !== undefined);
  let command: string | undefined;
  return Object.assign(new pg.Query(""), {
    callback,
    submit(connection: Connection) {
      const { stream } = connection;
      stream.cork();
      connection.query(statements.join("; "));
      for (const { data } of copies) {
        stream.write(beforeRows(data));
        stream.write(data);
        stream.write(ROWS_END);
      }
      stream.uncork();
    },
    handleCopyInResponse() {},
    handleCommandComplete: (message: { text: string }) => void (command = message.text),
    handleError: (error: Error) => callback(error),
    handleReadyForQuery: () => callback(undefined, command),
  });
}

/** Messages of the protocol: CopyData with its length, CopyDone. */
const ROWS_END = Buffer.from([0x63, 0, 0, 0, 4]);

function beforeRows(data: Buffer): Buffer {
  const head = Buffer.from([0x64, 0, 0, 0, 0]);
  head.writeUInt32BE(data.length + 4, 1);
  return head;
}
