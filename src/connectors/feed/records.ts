/**
 * The records of one feed file, as a stream: each row or line with its number, its text, and a value or a problem.
 *
 * Memory stays flat whatever the size of the file. Nothing is dropped: a record is read, a problem, or blank, and their
 * number is what the file holds. Decoding is in decode.ts, the formats in table.ts and lines.ts, folders in folder.ts.
 */
import { createReadStream } from "node:fs";
import { PilotageError } from "../../contract/errors.ts";
import { Decoder } from "./decode.ts";
import type { DecodedChunk, DecodeOptions } from "./decode.ts";
import type { FeedNote } from "./dialect.ts";
import { LineReader } from "./lines.ts";
import { BadLines } from "./record.ts";
import type { FeedRecord } from "./record.ts";
import { CsvReader } from "./table.ts";

export interface ReadOptions extends DecodeOptions {
  format: "csv" | "jsonl";
  /** One character; found from the file when not given. CSV only. */
  delimiter?: string;
  /** The record that holds the column names, 1-based, when title rows stand above it. Default 1. CSV only. */
  headerRecord?: number;
}

/** What the file itself was found to be; complete when its records have been read. */
export interface FeedFacts {
  encoding: string;
  encodingGuessed: boolean;
  delimiter?: string;
  /** The column names under which cells are read. */
  columns?: string[];
  notes: FeedNote[];
}

export interface FeedReading extends AsyncIterable<FeedRecord> {
  readonly facts: FeedFacts;
  /** The same records in groups as they come, for bulk work. Either this or the iterator, once. */
  batches(): AsyncIterable<FeedRecord[]>;
}

/**
 * Reads a file or a stream of bytes. Throws `feed_unreadable` when it cannot be opened or read, or its header is broken.
 */
export function readRecords(source: string | AsyncIterable<Uint8Array>, options: ReadOptions): FeedReading {
  const decoder = new Decoder(options);
  const facts: FeedFacts = { encoding: decoder.encoding, encodingGuessed: true, notes: [] };
  const reader = options.format === "csv" ? new CsvReader(options, facts) : new LineReader();
  async function* batches(): AsyncGenerator<FeedRecord[]> {
    const bad = new BadLines();
    const take = (chunk: DecodedChunk, end: boolean) => {
      facts.encoding = decoder.encoding;
      facts.encodingGuessed = decoder.guessed;
      return reader.read(bad.add(chunk), end, bad);
    };
    for await (const bytes of typeof source === "string" ? open(source) : source) {
      const records = take(decoder.write(bytes), false);
      if (records.length > 0) yield records;
    }
    const records = take(decoder.end(), true);
    if (records.length > 0) yield records;
  }
  return {
    facts,
    batches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* batch;
    },
  };
}

async function* open(path: string): AsyncGenerator<Uint8Array> {
  try {
    // Larger pieces are no faster and hold half as much memory again.
    yield* createReadStream(path, { highWaterMark: 64 * 1024 }) as AsyncIterable<Buffer>;
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    const message = `The feed file cannot be read: ${String(cause.code)}.`;
    throw new PilotageError("feed_unreadable", message, {
      cause,
      hint: "Check that the file is there and may be read.",
    });
  }
}

export type { FeedNote, FeedRecord };
