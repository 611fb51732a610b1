/**
 * One file of a backup: rows in PostgreSQL's text form, one a line, compressed with Zstandard.
 *
 * The text form is the same from PostgreSQL 15 on. Level 1 is faster than gzip and smaller, measured on sealed content
 * as on plain rows. Streams throughout: memory does not grow with the table.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Transform, Writable, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";

export interface Written {
  rows: number;
  bytes: number;
  sha256: string;
}

const CHUNK = 256 * 1024;
const LINE_FEED = 10;

/** Writes rows to a new file, on disk when it answers; `counted` hears of rows as they pass. */
export async function writeTableFile(
  source: Readable,
  path: string,
  counted: (rows: number) => void,
): Promise<Written> {
  const rows = lineCounter(counted);
  const seen = digester();
  await pipeline(
    source,
    rows.stream,
    createZstdCompress({ chunkSize: CHUNK, params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
    seen.stream,
    createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }),
  );
  return { rows: rows.count(), bytes: seen.bytes(), sha256: seen.hash.digest("hex") };
}

/** Reads a file to its end; what it holds is looked at and thrown away. */
export async function examineTableFile(path: string, counted: (rows: number) => void): Promise<Written> {
  const rows = lineCounter(counted);
  const seen = digester();
  await pipeline(
    createReadStream(path, { highWaterMark: CHUNK }),
    seen.stream,
    createZstdDecompress({ chunkSize: CHUNK }),
    rows.stream,
    new Writable({ write: (_chunk, _encoding, done) => done() }),
  );
  return { rows: rows.count(), bytes: seen.bytes(), sha256: seen.hash.digest("hex") };
}

/** Hands the rows of a file to a writer, such as COPY. */
export async function readTableFile(
  path: string,
  target: Writable,
  counted: (rows: number) => void,
): Promise<void> {
  await pipeline(
    createReadStream(path, { highWaterMark: CHUNK }),
    createZstdDecompress({ chunkSize: CHUNK }),
    lineCounter(counted).stream,
    target,
  );
}

/** In the text form of COPY a line feed ends a row and stands nowhere else. */
function lineCounter(counted: (rows: number) => void): { stream: Transform; count(): number } {
  let rows = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let found = 0;
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) found++;
      rows += found;
      counted(found);
      done(null, chunk);
    },
  });
  return { stream, count: () => rows };
}

function digester(): { stream: Transform; hash: Hash; bytes(): number } {
  const hash = createHash("sha256");
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, hash, bytes: () => bytes };
}
