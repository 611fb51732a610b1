/**
 * Looks at the data home for decide.ts: the folder, its version and owner, and the server that may run on it.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stopwatch } from "../clock.ts";
import { passwordOf, type Connection } from "./connection.ts";
import type { DataHome } from "./data-home.ts";
import type { Found, Postmaster } from "./decide.ts";
import { lookAt, readPidFile } from "./postmaster.ts";
import { codeOf } from "./refusal.ts";
import { askServer } from "./session.ts";

/** Looks at the data home. Waits while a server is starting or stopping, and `silentMs` for one that says nothing. */
export async function inspect(
  home: DataHome,
  connection: Connection | undefined,
  silentMs = 10_000,
): Promise<Found> {
  const names = listFolder(home.database);
  const isDatabase = names?.includes("PG_VERSION") === true;
  return {
    folder:
      names === undefined ? "missing" : names.length === 0 ? "empty" : isDatabase ? "database" : "other",
    major: isDatabase ? readFileSync(join(home.database, "PG_VERSION"), "utf8").trim() : undefined,
    owner: names === undefined ? undefined : statSync(home.database).uid,
    postmaster: isDatabase ? await findPostmaster(home, connection, silentMs) : { state: "none" },
    connection,
  };
}

async function findPostmaster(
  home: DataHome,
  connection: Connection | undefined,
  silentMs: number,
): Promise<Postmaster> {
  const elapsed = stopwatch();
  // Without the file any password will do: it tells a server that answers from one that hangs.
  const password = connection === undefined ? "unknown" : passwordOf(connection);
  for (;;) {
    const file = readPidFile(home.database);
    if (file === undefined) return { state: "none" };
    const process = lookAt(file.pid, home.database);
    if (process === "gone") return { state: "dead" };
    if (process === "other") return { state: "reused" };
    const answer = file.port === 0 ? "silent" : await askServer(file.port, password, home.database);
    const found = { state: "running", pid: file.pid, port: file.port } as const;
    if (answer === "ours" || answer === "refused") return { ...found, answer };
    if (answer === "silent" && elapsed() > silentMs) return { ...found, answer };
    await pause(20);
  }
}

function listFolder(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
