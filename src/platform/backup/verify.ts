/**
 * Examines a backup where it lies: no database, no master key. Every file is there, has its digest and holds its rows.
 *
 * `restore` asks the same before it writes anything.
 */
import { join, resolve } from "node:path";
import { PilotageError } from "../../contract/errors.ts";
import { checkPair, readKeys, readRecords } from "./folder.ts";
import { MANIFEST, type BackupFile, type KeysManifest, type RecordsManifest } from "./manifest.ts";
import { rowProgress, type Show } from "./progress.ts";
import { examineTableFile } from "./table-file.ts";

/** What is wrong with one file. */
export interface Problem {
  file: string;
  problem: string;
}

export interface Verification {
  ok: boolean;
  id: string | null;
  madeAt: string | null;
  files: number;
  rows: number;
  /** `absent`: the keys' folder is not there, so nothing was looked at. */
  keys: "checked" | "absent";
  problems: Problem[];
}

export interface Watch {
  elapsed: () => number;
  show: Show;
}

/** Examines records, and keys when there are any in the folder named. Damage is an outcome, not an error. */
export async function verifyBackup(
  folder: string,
  keysFolder: string | undefined,
  watch: Watch,
): Promise<Verification> {
  const found: Verification = {
    ok: false,
    id: null,
    madeAt: null,
    files: 0,
    rows: 0,
    keys: keysFolder === undefined ? "absent" : "checked",
    problems: [],
  };
  const manifests = await readBoth(folder, keysFolder, found.problems);
  if (manifests === undefined) return found;
  const { records, keys } = manifests;
  const { problems, files, rows } = await examineFiles(
    [
      ...records.files.map((file) => ({ folder, file })),
      ...(keys?.files ?? []).map((file) => ({ folder: keysFolder!, file })),
    ],
    watch,
  );
  const { id, madeAt } = records;
  return { ...found, ok: problems.length === 0, id, madeAt, files, rows, problems };
}

async function readBoth(
  folder: string,
  keysFolder: string | undefined,
  problems: Problem[],
): Promise<{ records: RecordsManifest; keys: KeysManifest | undefined } | undefined> {
  let at = folder;
  try {
    const records = await readRecords(folder);
    at = keysFolder ?? folder;
    const keys = keysFolder === undefined ? undefined : await readKeys(keysFolder);
    if (keys) checkPair(records, keys, at);
    return { records, keys };
  } catch (error) {
    if (!(error instanceof PilotageError) || error.code !== "backup_unusable") throw error;
    problems.push({ file: join(resolve(at), MANIFEST), problem: error.message });
    return undefined;
  }
}

/** Reads every file to its end; keeps what is wrong in the order of the manifest. */
export async function examineFiles(
  list: { folder: string; file: BackupFile }[],
  { elapsed, show }: Watch,
): Promise<{ problems: Problem[]; files: number; rows: number }> {
  const expected = list.reduce((sum, { file }) => sum + file.rows, 0);
  const progress = rowProgress({ doing: "Checking", expected, elapsed, show });
  const problems: Problem[] = [];
  let rows = 0;
  for (const { folder, file } of list) {
    progress.begin(file.table);
    const path = join(resolve(folder), file.file);
    const problem = await examineOne(path, file, (more) => {
      rows += more;
      progress.add(more);
    });
    if (problem !== undefined) problems.push({ file: path, problem });
  }
  return { problems, files: list.length, rows };
}

async function examineOne(
  path: string,
  file: BackupFile,
  counted: (rows: number) => void,
): Promise<string | undefined> {
  try {
    const seen = await examineTableFile(path, counted);
    if (seen.bytes !== file.bytes) return `${seen.bytes} bytes are there, ${file.bytes} were written`;
    if (seen.sha256 !== file.sha256) return "its SHA-256 is not the one that was written";
    if (seen.rows !== file.rows) return `${seen.rows} rows are there, ${file.rows} were written`;
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "it is missing";
    return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
