/**
 * The program's log: one JSON line per event on standard error, secrets and content never in it.
 *
 * A log that cannot be written (a full disk, a reader that is gone) never stops the program: the lines are lost, and the
 * first one that can be written again says how many.
 */
import { fstatSync, writeSync } from "node:fs";
import { pino, type Logger } from "pino";
import { isoTime, systemClock } from "./clock.ts";

export type Log = Logger;

/** Field names that could carry secrets or content are cut wherever they appear, one level deep. */
const REDACTED = [
  "apiKey",
  "secret",
  "password",
  "authorization",
  "url",
  "databaseUrl",
  "input",
  "output",
  "body",
  "raw",
];

export interface LogTarget {
  write(line: string): void;
}

export function openLog(level: string, destination: LogTarget = standardError()): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      redact: { paths: REDACTED.flatMap((field) => [field, `*.${field}`]), censor: "[redacted]" },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
}

export const silentLog: Log = pino({ level: "silent" });

function standardError(): LogTarget {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  // Node's own stream for a file is of no use any more after its first error.
  return isFile(2) ? steadyFile((line) => writeSync(2, line)) : process.stderr;
}

/** Hands lines to `write`, drops those at which it throws, and says how many those were as soon as it works again. */
export function steadyFile(write: (line: string) => number): LogTarget {
  let lost = 0;
  /** The disk was full in the middle of a line. */
  let torn = false;
  return {
    write(line) {
      try {
        if (torn) write("\n");
        torn = false;
        if (lost > 0) writeWhole(apology(lost));
        lost = 0;
        writeWhole(line);
      } catch {
        lost++;
      }
    },
  };

  function writeWhole(line: string): void {
    if (write(line) === Buffer.byteLength(line)) return;
    torn = true;
    throw new Error("the disk took a part of the line");
  }
}

function apology(lost: number): string {
  const time = isoTime(systemClock.now());
  return `${JSON.stringify({ level: 40, time, pid: process.pid, lost, msg: `${lost} log lines could not be written` })}\n`;
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}
