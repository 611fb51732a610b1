/**
 * A process that uses the embedded server, for tests that need several, or that kill one.
 *
 * `node member.fixture.ts <data home>` writes one JSON line per event (ready, changed, log, stopped, failed) and stops
 * when its input says so or ends with "stop".
 */
import { createInterface } from "node:readline";
import { PilotageError } from "../../contract/errors.ts";
import { startEmbedded, type Log } from "./embedded.ts";

const say = (event: object): boolean => process.stdout.write(`${JSON.stringify(event)}\n`);
const log: Log = {
  info: (fields, message) => say({ event: "log", level: "info", message, fields }),
  warn: (fields, message) => say({ event: "log", level: "warn", message, fields }),
  error: (fields, message) => say({ event: "log", level: "error", message, fields }),
};
// Ctrl-C reaches a whole process group; a program that stops gracefully lives on for a while.
process.on("SIGINT", () => say({ event: "interrupted" }));

try {
  const server = await startEmbedded({ dataHome: process.argv[2] ?? "", log });
  server.onChange((url) => say({ event: "changed", url }));
  say({ event: "ready", url: server.url, role: server.role });
  for await (const line of createInterface(process.stdin)) {
    if (line === "role") say({ event: "role", role: server.role });
    if (line === "stop") break;
  }
  await server.stop();
  say({ event: "stopped" });
} catch (error) {
  const known = error instanceof PilotageError ? { code: error.code, details: error.details } : {};
  say({ event: "failed", message: error instanceof Error ? error.message : String(error), ...known });
  process.exitCode = 1;
}
