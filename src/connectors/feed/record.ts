/** One record of a feed, and what both formats need to make one: cut texts, the shared problems, lines with broken bytes. */
import type { JsonObject } from "../../contract/json.ts";
import type { RecordProblem } from "../../contract/quarantine.ts";
import type { DecodedChunk } from "./decode.ts";

export interface FeedRecord {
  /** 1-based in the file; header and what stands above it are not counted, blank records are. */
  number: number;
  /** First physical line, 1-based. */
  line: number;
  /** The text as decoded, without its line end; cut with a mark behind 1 MB. */
  raw: string;
  /** All values of a CSV are strings. */
  value: JsonObject | undefined;
  problem?: RecordProblem;
  blank?: true;
}

export function tooLarge(line: number): RecordProblem {
  return {
    reason: "case_too_large",
    message: `The record at line ${line} is over 10 MB; only its start was kept.`,
  };
}

export function badEncoding(at: { line: number }): RecordProblem {
  const message = `The record at line ${at.line} has bytes that are not valid in the encoding of the file; they are shown as �.`;
  return { reason: "bad_encoding", message };
}

export function capped(raw: string): string {
  const limit = 1024 * 1024;
  if (raw.length <= limit) return raw;
  return `${raw.slice(0, limit)}\n[... cut here: ${raw.length - limit} more characters]`;
}

/** Lines with broken bytes, by absolute position, waiting for the record that they stand in. */
export class BadLines {
  #waiting: { start: number; end: number }[] = [];
  #length = 0;

  add(chunk: DecodedChunk): string {
    for (const { start, end } of chunk.bad)
      this.#waiting.push({ start: start + this.#length, end: end + this.#length });
    this.#length += chunk.text.length;
    return chunk.text;
  }

  /** Whether the record at this place has broken bytes. Records must be asked for in order. */
  touches(start: number, end: number): boolean {
    while (this.#waiting.length > 0 && this.#waiting[0]!.end <= start) this.#waiting.shift();
    return this.#waiting.length > 0 && this.#waiting[0]!.start < end;
  }
}
