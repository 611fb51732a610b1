/**
 * The known answers of a data file: JSON Lines or CSV, looked up by external id or by a text of the case.
 *
 * The sample clerk takes its truth from here and from nowhere else.
 */
import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { isJsonObject, type JsonObject, type JsonValue } from "../src/contract/json.ts";
import { valueAt } from "../src/definition/path.ts";
import type { Truth } from "./clerk-verdict.ts";

export interface AnswerFile {
  path: string;
  /** The column that tells the records apart: the case number, or the text itself. */
  keyColumn: string;
  answerColumns: readonly string[];
  /** How a case finds its record: by its external id, or by the value of one of its input fields. */
  by: { kind: "externalId" } | { kind: "text"; field: string };
  /** Case numbers that lie this far apart stand for the same record; a trickle that begins anew counts on like this. */
  repeatsAfter?: number | undefined;
}

export interface KnownAnswers {
  readonly size: number;
  /** Every right answer for the case; none when the file does not know it. */
  find(review: { externalId: string; input: JsonObject }): readonly Truth[];
}

/** Reads the file. Throws an `Error` with the place when a record has no key or an answer is missing. */
export async function readAnswers(file: AnswerFile): Promise<KnownAnswers> {
  const text = await readFile(file.path, "utf8");
  const records = file.path.endsWith(".csv") ? csvRecords(text) : jsonRecords(text, file.path);
  return answersFrom(records, file);
}

/** The same for records that are at hand. */
export function answersFrom(records: readonly JsonObject[], file: AnswerFile): KnownAnswers {
  const known = new Map<string, Truth[]>();
  for (const [at, record] of records.entries()) {
    const value = record[file.keyColumn];
    if (typeof value !== "string" && typeof value !== "number")
      throw new Error(
        `${file.path}: record ${at + 1} has no "${file.keyColumn}" by which a case could be found.`,
      );
    const key = keyOf(String(value), file);
    const truth = new Map(
      file.answerColumns.map((column): [string, JsonValue] => [column, answerIn(record, column, file, at)]),
    );
    const others = known.get(key);
    if (others === undefined) known.set(key, [truth]);
    else others.push(truth);
  }
  return {
    size: records.length,
    find(review) {
      const value = file.by.kind === "externalId" ? review.externalId : valueAt(review.input, file.by.field);
      return typeof value === "string" ? (known.get(keyOf(value, file)) ?? []) : [];
    },
  };
}

function answerIn(record: JsonObject, column: string, file: AnswerFile, at: number): JsonValue {
  const value = record[column];
  if (value === undefined) throw new Error(`${file.path}: record ${at + 1} has no answer "${column}".`);
  return value;
}

/** Texts are compared without the white space around them; numbers by what is left of them after `repeatsAfter`. */
function keyOf(value: string, { by, repeatsAfter }: AnswerFile): string {
  const number =
    by.kind === "externalId" && repeatsAfter !== undefined ? /^(.*?)(\d{1,15})$/.exec(value) : null;
  return number === null ? value.trim() : `${number[1]}#${Number(number[2]) % repeatsAfter!}`;
}

function csvRecords(text: string): JsonObject[] {
  return parse(text, { columns: true, bom: true, skip_empty_lines: true });
}

function jsonRecords(text: string, path: string): JsonObject[] {
  return text.split("\n").flatMap((line, at): JsonObject[] => {
    if (line.trim() === "") return [];
    let record: unknown;
    try {
      record = JSON.parse(line);
    } catch (cause) {
      throw new Error(`${path}: line ${at + 1} is not valid JSON.`, { cause });
    }
    if (!isJsonObject(record)) throw new Error(`${path}: line ${at + 1} is not an object.`);
    return [record];
  });
}
