/**
 * Who signs the audit log: its origin and its key, fixed at the first start of a worker.
 *
 * The key comes from the setting PILOTAGE_AUDIT_KEY or the file `audit.key` in the data home (made at the first start,
 * mode 0600). The database holds only what checks a signature. A start with another key or origin is refused, because
 * its checkpoints would be those of another log. A process without a worker signs nothing and needs no key.
 */
import { randomBytes, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { PilotageError } from "../contract/errors.ts";
import type { Database } from "../platform/database.ts";
import { keyFileExists, makeKeyFile, readKeyFile } from "../platform/key-file.ts";
import type { Log } from "../platform/log.ts";
import { sql } from "../platform/sql.ts";
import { signingKey, verifierKey } from "./checkpoint.ts";

export interface Signer {
  origin: string;
  key: KeyObject;
  /** What auditors keep. */
  verifier: string;
}

interface Known {
  origin: string | null;
  verifier: string | null;
}

/** Reads or makes the key, and checks key and origin against the log that stands. Throws `audit_key_wrong`. */
export async function openSigner(options: {
  keyFromSetting: string | undefined;
  originFromSetting: string | undefined;
  dataHome: string;
  database: Database;
  log: Log;
}): Promise<Signer> {
  const { database, log } = options;
  const path = join(options.dataHome, "audit.key");
  const known = await read(database);
  if (!options.keyFromSetting && !keyFileExists(path)) {
    if (known.verifier !== null)
      throw new PilotageError(
        "audit_key_wrong",
        `The audit log is signed already, but its key is not at ${path} and not in PILOTAGE_AUDIT_KEY. With another key nobody could tell this log from a forged one; this worker did not start.`,
        {
          hint: "Put the copy of audit.key back. On a further machine, copy audit.key from the first one, or set PILOTAGE_AUDIT_KEY on all.",
        },
      );
    makeKeyFile(path);
    log.warn(
      { path },
      "A new key for signing the audit log was made. Copy this file to a safe place apart from the database; workers on other machines need the same one.",
    );
  }
  const key = signingKey(
    options.keyFromSetting
      ? Buffer.from(options.keyFromSetting, "base64")
      : readKeyFile(path, "audit key", "audit_key_wrong"),
  );
  const origin =
    options.originFromSetting ?? known.origin ?? `pilotage.local/${randomBytes(8).toString("hex")}`;
  return known.verifier === null ? keep(database, origin, key) : compare(known, origin, key);
}

function compare(known: Known, origin: string, key: KeyObject): Signer {
  if (known.origin !== origin)
    throw new PilotageError(
      "audit_key_wrong",
      `The audit log signs as ${known.origin}, and PILOTAGE_AUDIT_ORIGIN says ${origin}. Its name cannot change, because auditors know it by that; this worker did not start.`,
      { hint: "Take PILOTAGE_AUDIT_ORIGIN back, or leave it away." },
    );
  const verifier = verifierKey(origin, key);
  if (known.verifier !== verifier)
    throw new PilotageError(
      "audit_key_wrong",
      "The key for signing the audit log is not the one with which its checkpoints are signed; this worker did not start and changed nothing.",
      {
        hint: "Use the original key: the file audit.key in the data home or the setting PILOTAGE_AUDIT_KEY.",
      },
    );
  return { origin, key, verifier };
}

/** Of two first starts at once the later one compares with what the first kept. */
async function keep(database: Database, origin: string, key: KeyObject): Promise<Signer> {
  await database.run(
    sql`update audit_head set origin = ${origin}, verifier = ${verifierKey(origin, key)} where verifier is null`,
  );
  const known = await read(database);
  return compare(known, known.origin!, key);
}

function read(database: Database): Promise<Known> {
  return database.one<Known>(sql`select origin, verifier from audit_head`);
}
