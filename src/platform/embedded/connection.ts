/**
 * The connection file: how the processes of one installation find their server.
 *
 * Readable by its owner alone, because it holds the password. Written whole and renamed, so a reader sees the old or the
 * new one. The password is made with the database and stays; port and pid change with every start.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { codeOf } from "./refusal.ts";

export const ROLE = "pilotage";
export const DATABASE = "pilotage";

const schema = z.object({
  url: z.url({ protocol: /^postgres$/ }),
  port: z.int().min(1).max(65535),
  /** Of the postmaster; 0 before its first start. */
  pid: z.int().min(0),
  /** Of the binaries that run. */
  version: z.string(),
});

export type Connection = z.infer<typeof schema>;

/** Reads the connection file; `undefined` when there is none or it cannot be understood. Throws when it may not be read. */
export function readConnection(path: string): Connection | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Replaces the connection file in one step, on disk before it returns. */
export function writeConnection(path: string, connection: Connection): void {
  const next = `${path}.new`;
  rmSync(next, { force: true });
  writeFileSync(next, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600, flag: "wx", flush: true });
  renameSync(next, path);
}

export function urlFor(port: number, password: string): string {
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

export function passwordOf(connection: Connection): string {
  return decodeURIComponent(new URL(connection.url).password);
}
