/**
 * Where the master key lies, and the proof that it is the right one.
 *
 * From the setting PILOTAGE_MASTER_KEY or the file `master.key` in the data home (made at the first start, mode 0600).
 * The database holds a keyed check value; a start with another key is refused before anything is written.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
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
import { join } from "node:path";
import { PilotageError } from "../contract/errors.ts";
import type { Database } from "./database.ts";
import type { Log } from "./log.ts";
import { openVault, type Vault } from "./secrets.ts";
import { sql } from "./sql.ts";

/** Reads or makes the master key and checks it against the database. */
export async function unlock(options: {
  fromSetting: string | undefined;
  dataHome: string;
  database: Database;
  log: Log;
}): Promise<Vault> {
  const { database, log } = options;
  const path = join(options.dataHome, "master.key");
  const known = await database.maybe<{ key_check: Uint8Array }>(sql`select key_check from installation`);
  if (!options.fromSetting && !existsSync(path)) {
    if (known)
      throw new PilotageError(
        "master_key_wrong",
        `This database belongs to an installation, but its master key is not at ${path} and not in PILOTAGE_MASTER_KEY. Without it nothing can be read; Pilotage did not start.`,
        { hint: "Put the copy of master.key back, or set PILOTAGE_MASTER_KEY." },
      );
    makeKeyFile(path);
    log.warn(
      { path },
      "A new master key was made. Copy this file to a safe place apart from the database: without it no content can be read.",
    );
  }
  const vault = openVault(
    options.fromSetting ? Buffer.from(options.fromSetting, "base64") : readKeyFile(path),
  );
  const check = vault.digest("key-check", "pilotage");
  const stored = known?.key_check ?? (await keep(database, check));
  if (!timingSafeEqual(stored, check))
    throw new PilotageError(
      "master_key_wrong",
      `The master key is not the one with which this installation was made. Stored content could not be read; Pilotage did not start and changed nothing.`,
      { hint: `Use the original key: the file ${path} or the setting PILOTAGE_MASTER_KEY.` },
    );
  return vault;
}

async function keep(database: Database, check: Uint8Array): Promise<Uint8Array> {
  await database.run(
    sql`insert into installation (only_row, key_check, salt) values (true, ${check}, ${randomBytes(16).toString("hex")}) on conflict do nothing`,
  );
  return (await database.one<{ key_check: Uint8Array }>(sql`select key_check from installation`)).key_check;
}

/** Written beside and linked into place: two first starts at once agree on one key. */
function makeKeyFile(path: string): void {
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

function readKeyFile(path: string): Uint8Array {
  const mode = statSync(path).mode & 0o777;
  if (mode & 0o077)
    throw new PilotageError(
      "master_key_wrong",
      `Others may read the master key ${path} (mode ${mode.toString(8)}); Pilotage did not start.`,
      { hint: `Run: chmod 600 ${path}` },
    );
  const key = Buffer.from(readFileSync(path, "utf8").trim(), "base64");
  if (key.length !== 32)
    throw new PilotageError(
      "master_key_wrong",
      `${path} does not hold a master key (32 bytes in base64); Pilotage did not start.`,
      { hint: "Put the copy of master.key back." },
    );
  return key;
}
