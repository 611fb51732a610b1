/** The program's log: one JSON line per event on standard error, secrets and content never in it. */
import { pino, type Logger } from "pino";

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

export function openLog(level: string, destination: NodeJS.WritableStream = process.stderr): Log {
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
