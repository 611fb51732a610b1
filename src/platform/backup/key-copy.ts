/**
 * A copy of the installation's own keys in one file: the master key, and the key that signs the audit log.
 *
 * Never part of a backup: written only when asked for, to a file of its own that nobody else may read. A copy of
 * `master.key` itself is read, too.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { PilotageError } from "../../contract/errors.ts";

export interface KeyCopy {
  master: Uint8Array;
  audit: Uint8Array | undefined;
}

const HEAD = `# Keys of an installation of Pilotage. With them and a backup everything can be read: keep this file apart from backups.
`;
const LINE = /^(master|audit)\.key ([A-Za-z0-9+/=]+)$/;

/** Writes a new file, mode 0600. Throws `backup_failed` when there is one already. */
export function writeKeyCopy(path: string, { master, audit }: KeyCopy): void {
  const line = (name: string, key: Uint8Array) => `${name}.key ${Buffer.from(key).toString("base64")}\n`;
  try {
    writeFileSync(path, HEAD + line("master", master) + (audit ? line("audit", audit) : ""), {
      mode: 0o600,
      flag: "wx",
      flush: true,
    });
  } catch (error) {
    throw new PilotageError(
      "backup_failed",
      `The keys cannot be written to ${path}: ${error instanceof Error ? error.message : String(error)}. No backup was made.`,
      { hint: "Name a file that does not exist yet, in a folder that this account may write.", cause: error },
    );
  }
}

/** Reads what `writeKeyCopy` wrote, or a copy of `master.key`. Throws `master_key_wrong`. */
export function readKeyCopy(path: string): KeyCopy {
  const text = readText(path);
  const found = new Map<string, Uint8Array>();
  for (const line of text.split("\n")) {
    const [, name, key] = LINE.exec(line.trim()) ?? [];
    if (name !== undefined) found.set(name, bytesOf(key!));
  }
  const master = found.get("master") ?? bytesOf(text.trim());
  const audit = found.get("audit");
  if (master.length !== 32 || (audit !== undefined && audit.length !== 32))
    throw unreadable(path, "it holds no key of 32 bytes in base64");
  return { master, audit };
}

/** Reads a copy of `audit.key`. Throws `master_key_wrong`. */
export function readAuditKeyCopy(path: string): Uint8Array {
  const key = bytesOf(readText(path).trim());
  if (key.length !== 32) throw unreadable(path, "it holds no key of 32 bytes in base64");
  return key;
}

const bytesOf = (text: string) => Buffer.from(text, "base64");

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(path: string, reason: string): PilotageError {
  return new PilotageError(
    "master_key_wrong",
    `The key in ${path} cannot be used: ${reason}. Nothing was done.`,
    {
      hint: "Name the copy of the key that was made when the installation began, or with `pilotage backup --with-master-key`.",
    },
  );
}
