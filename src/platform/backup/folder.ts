/**
 * The folders of a backup: made empty, marked until they are finished, told apart from others.
 *
 * Records and keys lie in two folders, so that the keys can be given a shorter life: without them nobody reads content.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { PilotageError } from "../../contract/errors.ts";
import {
  MANIFEST,
  UNFINISHED,
  readKeysManifest,
  readRecordsManifest,
  unusable,
  type KeysManifest,
  type RecordsManifest,
} from "./manifest.ts";

export interface Folders {
  records: string;
  keys: string;
}

const MARK = `This backup was not finished, and nothing can be restored from it. Pilotage takes this file away when the
manifest is written. Remove the folder and make the backup again.
`;

/** Where keys lie when nobody says otherwise: beside the records. */
export function keysBeside(records: string): string {
  return `${resolve(records)}-keys`;
}

/** Makes both folders, empty and marked as unfinished. Throws `backup_failed` when they cannot be had. */
export function makeFolders(to: string, keysTo: string | undefined): Folders {
  const folders = { records: resolve(to), keys: resolve(keysTo ?? keysBeside(to)) };
  const within = (inner: string, outer: string) => {
    const path = relative(outer, inner);
    return path === "" || !path.startsWith("..");
  };
  if (within(folders.keys, folders.records) || within(folders.records, folders.keys))
    throw new PilotageError(
      "backup_failed",
      `The keys would lie in the same folder as the records (${folders.keys}); nothing was written. Apart from them the keys can be given a shorter life.`,
      { hint: "Name another folder with --keys-to." },
    );
  for (const folder of [folders.records, folders.keys]) makeEmpty(folder);
  for (const folder of [folders.records, folders.keys])
    writeFileSync(join(folder, UNFINISHED), MARK, { mode: 0o600, flush: true });
  return folders;
}

function makeEmpty(folder: string): void {
  let found: string[];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    found = readdirSync(folder);
  } catch (error) {
    throw new PilotageError(
      "backup_failed",
      `The folder ${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}. No backup was made.`,
      { hint: "Choose a folder that this account may write.", cause: error },
    );
  }
  if (found.length > 0)
    throw new PilotageError(
      "backup_failed",
      `The folder ${folder} is not empty${found.includes(UNFINISHED) ? " (an unfinished backup lies there)" : ""}; nothing was written.`,
      { hint: "Every backup gets a folder of its own. Name a new one, or remove this one." },
    );
}

/** Writes the manifest, then takes the mark away; on disk when it answers. */
export function finishFolder(folder: string, manifest: object): void {
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: 0o600,
    flag: "wx",
    flush: true,
  });
  syncFolder(folder);
  rmSync(join(folder, UNFINISHED), { force: true });
  syncFolder(folder);
}

/** After a failure: gives the space back and leaves the mark, with the reason. */
export function abandonFolder(folder: string, reason: string): void {
  for (const name of readdirSync(folder))
    if (name !== UNFINISHED) rmSync(join(folder, name), { force: true });
  writeFileSync(join(folder, UNFINISHED), `${MARK}\nWhat happened: ${reason}\n`);
}

export async function readRecords(folder: string): Promise<RecordsManifest> {
  const path = join(resolve(folder), MANIFEST);
  return readRecordsManifest(await readManifest(path, folder), path);
}

export async function readKeys(folder: string): Promise<KeysManifest> {
  const path = join(resolve(folder), MANIFEST);
  return readKeysManifest(await readManifest(path, folder), path);
}

/** Throws `backup_unusable` when these are not the keys of these records. */
export function checkPair(records: RecordsManifest, keys: KeysManifest, keysFolder: string): void {
  if (keys.id === records.id && keys.digest === records.keys) return;
  throw unusable(
    `The keys in ${resolve(keysFolder)} belong to another backup (${keys.madeAt}) than these records (${records.madeAt}). Nothing was done.`,
    "Name the folder of its own keys with --keys.",
  );
}

async function readManifest(path: string, folder: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      throw unusable(
        `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
        "Check the folder and its permissions.",
        { cause: error },
      );
  }
  throw unusable(
    `${resolve(folder)} has no ${MANIFEST}: it is no backup, or one that was interrupted before its end. Nothing was done.`,
    "Take a finished backup. An interrupted one is worth nothing and may be removed.",
  );
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
