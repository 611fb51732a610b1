/** A file that holds one key of 32 bytes as base64, mode 0600: the master key, and the key that signs the audit log. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { PilotageError, type ErrorCode } from "../contract/errors.ts";

/** Written beside and linked into place: two first starts at once agree on one key. */
export function makeKeyFile(path: string): void {
  const draft = `${path}.${process.pid}.new`;
  const file = openSync(draft, "wx", 0o600);
  writeSync(file, randomBytes(32).toString("base64") + "\n");
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(draft);
  }
}

export const keyFileExists = (path: string): boolean => existsSync(path);

/** The key; throws when others may read the file, or when it holds something else. `name` is e.g. "master key". */
export function readKeyFile(path: string, name: string, code: ErrorCode): Uint8Array {
  const mode = statSync(path).mode & 0o777;
  if (mode & 0o077)
    throw new PilotageError(
      code,
      `Others may read the ${name} ${path} (mode ${mode.toString(8)}); Pilotage did not start.`,
      { hint: `Run: chmod 600 ${path}` },
    );
  const key = Buffer.from(readFileSync(path, "utf8").trim(), "base64");
  if (key.length !== 32)
    throw new PilotageError(
      code,
      `${path} does not hold a ${name} (32 bytes in base64); Pilotage did not start.`,
      { hint: "Put the copy of the file back." },
    );
  return key;
}
