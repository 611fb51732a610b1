/**
 * Makes a backup: one consistent look at every table, streamed to files while the program goes on working.
 *
 * Two connections share one snapshot. Records and wrapped keys go to two folders; the manifests are written last, that
 * of the records at the very end. Which tables there are is in catalogue.ts, how a backup comes back in restore.ts.
 */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { to as copyTo } from "pg-copy-streams";
import { PilotageError } from "../../contract/errors.ts";
import { BACKUP_LOCK, type MigrationName } from "../migrations.ts";
import { partsOf, readMonths, readSequences, readTables, type Part, type Table } from "./catalogue.ts";
import { abandonFolder, finishFolder, makeFolders, type Folders } from "./folder.ts";
import { FORMAT, MANIFEST, sealed, type BackupFile, type RecordsManifest } from "./manifest.ts";
import { rowProgress, type RowProgress, type Show } from "./progress.ts";
import { openSession, quoted, quotedList, type Session } from "./session.ts";
import { writeTableFile } from "./table-file.ts";

export interface BackupOptions {
  /** The database, straight and not through a pooler. */
  url: string;
  to: string;
  /** Default: beside `to`. */
  keysTo?: string | undefined;
  /** Version of the program. */
  program: string;
  id: string;
  /** The time that the backup bears, in ISO form. */
  at: string;
  /** Milliseconds since the command began. */
  elapsed: () => number;
  show: Show;
}

export interface BackupReport {
  id: string;
  folder: string;
  keys: string;
  madeAt: string;
  tables: number;
  rows: number;
  /** Of records and keys together. */
  bytes: number;
  keyBytes: number;
}

/** As many as share the work; more would take cores from the program. */
const CONNECTIONS = 2;
/** How long a running backup or a process that makes partitions is waited for, in looks of a tenth of a second. */
const LOOKS_FOR_LOCK = 50;

interface Work {
  folder: string;
  part: Part;
  bytes: number;
}

/** Makes a backup of a database. Throws `backup_failed`; then the folders are marked and hold nothing of use. */
export async function makeBackup(options: BackupOptions): Promise<BackupReport> {
  const leader = await openSession(options.url, "pilotage backup").catch((error: unknown) => {
    throw brokeOff(error, "Nothing was written.");
  });
  let folders: Folders | undefined;
  try {
    await lock(leader);
    const seen = await look(leader);
    folders = makeFolders(options.to, options.keysTo);
    return await write(leader, seen, folders, options);
  } catch (error) {
    const told = brokeOff(error, "The folder is marked as unfinished; nothing can be restored from it.");
    for (const folder of folders ? [folders.records, folders.keys] : []) mark(folder, told.message);
    throw told;
  } finally {
    leader.cut();
  }
}

interface Seen {
  snapshot: string;
  tables: Table[];
  sequences: RecordsManifest["sequences"];
  months: string[];
  migrations: MigrationName[];
  database: string;
  installation: { id: string; keyCheck: string };
  log: { origin: string | null; verifier: string | null };
  checkpoint: string | null;
}

/** Only one backup at a time; who makes partitions waits for it, see `ensureMonths`. */
async function lock({ client }: Session): Promise<void> {
  for (let look = 0; ; look++) {
    const { rows } = await client.query<{ got: boolean }>(
      "select pg_try_advisory_lock(hashtext($1)) as got",
      [BACKUP_LOCK],
    );
    if (rows[0]!.got) return;
    if (look === LOOKS_FOR_LOCK)
      throw new PilotageError(
        "backup_failed",
        "Another backup of this database is being made; nothing was written.",
        { hint: "Wait for its end, then try again." },
      );
    await client.query("select pg_sleep(0.1)");
  }
}

/** Takes the snapshot that all connections share, and looks at what there is. */
async function look({ client }: Session): Promise<Seen> {
  const { rows: known } = await client.query<{ known: boolean }>(
    "select to_regclass('schema_migration') is not null and to_regclass('installation') is not null as known",
  );
  await client.query("begin isolation level repeatable read read only");
  const installation = known[0]!.known
    ? (await client.query<{ key_check: Buffer; salt: string }>("select key_check, salt from installation"))
        .rows[0]
    : undefined;
  if (installation === undefined)
    throw new PilotageError(
      "backup_failed",
      "This database holds no installation of Pilotage; nothing was written.",
      { hint: "Check DATABASE_URL or PILOTAGE_DATA: they name what is to be backed up." },
    );
  const one = async <T extends object>(query: string) => (await client.query<T>(query)).rows[0];
  const snapshot = await one<{ id: string }>("select pg_export_snapshot() as id");
  const database = await one<{ version: string }>("select current_setting('server_version') as version");
  // A database that an older program made may have no log yet: a backup before an upgrade is a good habit.
  const kept = await one<{ kept: boolean }>("select to_regclass('audit_head') is not null as kept");
  const log = kept!.kept ? await one<Seen["log"]>("select origin, verifier from audit_head") : undefined;
  const signed = kept!.kept
    ? await one<{ note: string }>("select note from audit_checkpoint order by size desc limit 1")
    : undefined;
  return {
    snapshot: snapshot!.id,
    tables: await readTables(client),
    sequences: await readSequences(client),
    months: await readMonths(client),
    migrations: await readApplied({ client }),
    database: database!.version,
    installation: {
      id: createHash("sha256")
        .update(`pilotage installation ${installation.salt}`)
        .digest("hex")
        .slice(0, 16),
      keyCheck: installation.key_check.toString("base64"),
    },
    log: log ?? { origin: null, verifier: null },
    checkpoint: signed?.note ?? null,
  };
}

async function readApplied({ client }: Pick<Session, "client">): Promise<MigrationName[]> {
  return (
    await client.query<MigrationName>('select file, digest from schema_migration order by file collate "C"')
  ).rows;
}

async function write(
  leader: Session,
  seen: Seen,
  folders: Folders,
  options: BackupOptions,
): Promise<BackupReport> {
  const work = seen.tables.flatMap((table): Work[] => {
    const { records, keys } = partsOf(table);
    const { bytes } = table;
    return [
      ...(records ? [{ folder: folders.records, part: records, bytes }] : []),
      ...(keys ? [{ folder: folders.keys, part: keys, bytes }] : []),
    ];
  });
  const progress = rowProgress({
    doing: "Backing up",
    expected: seen.tables.reduce((sum, table) => sum + table.rowsExpected, 0),
    elapsed: options.elapsed,
    show: options.show,
  });
  const files = await copyAll(options.url, seen.snapshot, work, progress);
  await checkUnchanged(leader, seen);

  const { id, at: madeAt, program } = options;
  const of = (folder: string) =>
    files
      .filter((one) => one.folder === folder)
      .map(({ file }) => file)
      .sort((a, b) => (a.table < b.table ? -1 : 1));
  const keys = sealed({ kind: "keys", format: FORMAT, id, madeAt, files: of(folders.keys) });
  const records = sealed({
    kind: "records",
    format: FORMAT,
    id,
    program,
    madeAt,
    database: seen.database,
    installation: seen.installation,
    migrations: seen.migrations,
    months: seen.months,
    sequences: seen.sequences,
    audit: {
      events: files.find(({ file }) => file.table === "audit_event")?.file.rows ?? 0,
      ...seen.log,
      checkpoint: seen.checkpoint,
    },
    files: of(folders.records),
    keys: keys.digest,
  });
  finishFolder(folders.keys, keys);
  finishFolder(folders.records, records);
  const bytesOf = (folder: string, list: { bytes: number }[]) =>
    list.reduce((sum, file) => sum + file.bytes, statSync(join(folder, MANIFEST)).size);
  const keyBytes = bytesOf(folders.keys, keys.files);
  return {
    id,
    folder: folders.records,
    keys: folders.keys,
    madeAt,
    tables: seen.tables.length,
    rows: files.reduce((sum, { file }) => sum + file.rows, 0),
    bytes: bytesOf(folders.records, records.files) + keyBytes,
    keyBytes,
  };
}

/** The largest first, so that the connections end at about the same time. The first fault ends them all. */
async function copyAll(
  url: string,
  snapshot: string,
  work: Work[],
  progress: RowProgress,
): Promise<{ folder: string; file: BackupFile }[]> {
  const left = work.toSorted((a, b) => b.bytes - a.bytes);
  const done: { folder: string; file: BackupFile }[] = [];
  const sessions = await openAll(url);
  const runs = sessions.map(async (session) => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      progress.begin(next.part.table);
      done.push({ folder: next.folder, file: await copyOne(session, snapshot, next, progress) });
    }
  });
  try {
    await Promise.all(runs);
    return done;
  } finally {
    for (const session of sessions) session.cut();
    await Promise.allSettled(runs);
  }
}

async function openAll(url: string): Promise<Session[]> {
  const sessions: Session[] = [];
  try {
    while (sessions.length < CONNECTIONS) sessions.push(await openSession(url, "pilotage backup"));
    return sessions;
  } catch (error) {
    for (const session of sessions) session.cut();
    throw error;
  }
}

/** A transaction for each table: its lock is held no longer than its rows are read. */
async function copyOne(
  { client }: Session,
  snapshot: string,
  { folder, part }: Work,
  progress: RowProgress,
): Promise<BackupFile> {
  const file = `${part.table}.copy.zst`;
  await client.query(
    `begin isolation level repeatable read read only; set transaction snapshot '${snapshot}'`,
  );
  const columns = part.columns.map((column) =>
    part.emptied.includes(column) ? "''::bytea" : quoted(column),
  );
  const rows = client.query(
    copyTo(`copy (select ${columns.join(", ")} from ${quotedList([part.table])}) to stdout`),
  );
  const written = await writeTableFile(rows, join(folder, file), (more) => progress.add(more));
  await client.query("commit");
  // Known only now: the server counts for itself, and both must agree.
  if (rows.rowCount !== written.rows)
    throw new Error(`${part.table}: the database sent ${rows.rowCount} rows, ${written.rows} were written`);
  return { ...part, file, ...written };
}

/** A newer program may have been started meanwhile: its migrations would make the files a mixture. */
async function checkUnchanged({ client }: Session, seen: Seen): Promise<void> {
  await client.query("commit");
  const now = await readApplied({ client });
  if (JSON.stringify(now) !== JSON.stringify(seen.migrations))
    throw new PilotageError(
      "backup_failed",
      "A newer version of Pilotage changed the tables while the backup was being made; the backup is of no use.",
      { hint: "Make it again." },
    );
}

function mark(folder: string, reason: string): void {
  try {
    abandonFolder(folder, reason);
  } catch {
    // The mark has been there since the beginning; only the reason is missing from it.
  }
}

function brokeOff(error: unknown, after: string): PilotageError {
  if (error instanceof PilotageError) return error;
  const code = (error as { code?: unknown }).code;
  const said = error instanceof Error ? error.message : String(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new PilotageError(
      "backup_failed",
      `The disk is full, so the backup was not made (${said}). ${after}`,
      { hint: "Make room, or name a folder on another disk, and make the backup again.", cause: error },
    );
  return new PilotageError("backup_failed", `The backup broke off: ${said}. ${after}`, {
    hint: "Remove the folder, if there is one, and make the backup again.",
    cause: error,
  });
}
