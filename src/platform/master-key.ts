/**
 * Where the master key lies, and the proof that it is the right one.
 *
 * From the setting PILOTAGE_MASTER_KEY or the file `master.key` in the data home (made at the first start, mode 0600).
 * The database holds a keyed check value; a start with another key is refused before anything is written.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { PilotageError } from "../contract/errors.ts";
import type { Database } from "./database.ts";
import { keyFileExists, makeKeyFile, readKeyFile } from "./key-file.ts";
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
  if (!options.fromSetting && !keyFileExists(path)) {
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
    options.fromSetting
      ? Buffer.from(options.fromSetting, "base64")
      : readKeyFile(path, "master key", "master_key_wrong"),
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
