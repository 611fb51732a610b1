/**
 * What a running program leaves in its data home for this machine's command line: where it listens, and the local
 * operator's key. Both files may be read by this account only.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export function writeWhereabouts(dataHome: string, whereabouts: { url: string; pid: number }): void {
  writePrivate(join(dataHome, "server.json"), JSON.stringify(whereabouts));
}

/** Removes the note unless another process wrote its own meanwhile. */
export function removeWhereabouts(dataHome: string, pid: number): void {
  if (readWhereabouts(dataHome)?.pid === pid) rmSync(join(dataHome, "server.json"), { force: true });
}

export function readWhereabouts(dataHome: string): { url: string; pid: number } | undefined {
  const path = join(dataHome, "server.json");
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as { url: string; pid: number };
  } catch {
    return undefined;
  }
}

export function readOperatorKey(dataHome: string): string | undefined {
  const path = join(dataHome, "operator.key");
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

export function writeOperatorKey(dataHome: string, key: string): void {
  writePrivate(join(dataHome, "operator.key"), `${key}\n`);
}

function writePrivate(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
