/**
 * Brings a backup back into an empty database, in one transaction: it is all there or nothing is.
 *
 * Every file is checked before anything is written. The tables are made by the program's own migrations as far as the
 * backup had them, filled, and brought up to this program by the rest. An interrupted restore leaves the database empty.
 */
import { join, resolve } from "node:path";
import { from as copyFrom } from "pg-copy-streams";
import { PilotageError } from "../../contract/errors.ts";
import {
  MIGRATIONS_LOCK,
  MIGRATION_TABLE,
  monthBorders,
  readMigrations,
  statementsOf,
  type Migration,
} from "../migrations.ts";
import { KEY_COLUMN, partsOf, readTables, type Table } from "./catalogue.ts";
import { checkPair, readKeys, readRecords } from "./folder.ts";
import { dress, mergeKeys, strip } from "./load.ts";
import { unusable, type BackupFile, type KeysManifest, type RecordsManifest } from "./manifest.ts";
import { rowProgress, shownProgress } from "./progress.ts";
import { openSession, quoted, quotedList, type Session } from "./session.ts";
import { readTableFile } from "./table-file.ts";
import { examineFiles, type Watch } from "./verify.ts";

/** A backup that was checked and may be loaded. */
export interface Sound {
  folder: string;
  keysFolder: string | undefined;
  records: RecordsManifest;
  keys: KeysManifest | undefined;
}

export interface RestoreReport {
  id: string;
  madeAt: string;
  tables: number;
  rows: number;
  keys: boolean;
  /** Migrations that this program added to what the backup had. */
  migrations: number;
  /** Tables of the backup that no migration of Pilotage makes: they are somebody else's. */
  leftOut: string[];
}

/**
 * Reads a whole backup and says whether it can be restored here; writes nothing.
 *
 * Throws `backup_unusable` when it is unfinished, damaged, of a newer program, or the keys belong to another.
 */
export async function checkBackup(
  folder: string,
  keysFolder: string | undefined,
  watch: Watch,
): Promise<Sound> {
  const records = await readRecords(folder);
  migrationsFor(records);
  const keys = keysFolder === undefined ? undefined : await readKeys(keysFolder);
  if (keys) checkPair(records, keys, keysFolder!);
  const { problems } = await examineFiles(
    [
      ...records.files.map((file) => ({ folder, file })),
      ...(keys?.files ?? []).map((file) => ({ folder: keysFolder!, file })),
    ],
    watch,
  );
  const first = problems[0];
  if (first)
    throw unusable(
      `The backup is damaged: ${first.file}: ${first.problem}. Nothing was restored.`,
      "Take another copy of this backup, or an older backup. `pilotage backup verify` names every bad file.",
    );
  return { folder, keysFolder, records, keys };
}

/** The migrations of the backup, and those that this program has beyond it. */
function migrationsFor(records: RecordsManifest): { had: Migration[]; more: Migration[] } {
  const own = readMigrations();
  const wanted = new Map(records.migrations.map(({ file, digest }) => [file, digest]));
  for (const [file, digest] of wanted) {
    const known = own.find((one) => one.file === file);
    if (known?.digest === digest) continue;
    throw unusable(
      known === undefined
        ? `The backup was made by a newer Pilotage (${records.program}): this program does not know its ${file}. Nothing was restored.`
        : `The backup was made with another form of ${file}; this program does not fit it. Nothing was restored.`,
      `Restore it with Pilotage ${records.program} or a newer one.`,
    );
  }
  return {
    had: own.filter(({ file }) => wanted.has(file)),
    more: own.filter(({ file }) => !wanted.has(file)),
  };
}

/**
 * Loads a checked backup into an empty database.
 *
 * `finish` runs in the same transaction when all rows are there: what ends the old installation's processes and tells of the
 * restore. Throws `wrong_state` when the database is not empty.
 */
export async function restoreBackup(
  url: string,
  backup: Sound,
  watch: Watch,
  finish: (session: Session) => Promise<void>,
): Promise<RestoreReport> {
  const session = await openSession(url, "pilotage restore").catch((error: unknown) => {
    throw brokeOff(error);
  });
  const { client } = session;
  try {
    // A program that is started meanwhile waits for this at its own migrations.
    await client.query("select pg_advisory_lock(hashtext($1))", [MIGRATIONS_LOCK]);
    await checkEmpty(session);
    await client.query("begin; set local maintenance_work_mem = '256MB'; set local synchronous_commit = on");
    const { had, more } = migrationsFor(backup.records);
    await makeTables(session, had, backup.records.months);
    const { rows, leftOut } = await fill(session, backup, watch);
    for (const migration of more) await client.query(statementsOf(migration));
    await finish(session);
    await client.query("commit");
    const { id, madeAt, files } = backup.records;
    return {
      id,
      madeAt,
      tables: new Set([...files, ...(backup.keys?.files ?? [])].map(({ table }) => table)).size,
      rows,
      keys: backup.keys !== undefined,
      migrations: more.length,
      leftOut,
    };
  } catch (error) {
    throw brokeOff(error);
  } finally {
    session.cut();
  }
}

/** Empty means without a single table: what lies there might be somebody's. */
async function checkEmpty({ client }: Session): Promise<void> {
  const { rows } = await client.query<{ name: string; ours: boolean }>(`
    select c.relname::text as name, to_regclass('schema_migration') is not null as ours from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname collate "C"`);
  if (rows.length === 0) return;
  throw new PilotageError(
    "wrong_state",
    rows[0]!.ours
      ? "This database already holds an installation of Pilotage. Restore only goes into an empty one; nothing was changed."
      : `This database holds other tables (${rows[0]!.name}, ${rows.length} in all). Restore only goes into an empty one; nothing was changed.`,
    {
      hint: "Name an empty folder in PILOTAGE_DATA, or a new, empty database in DATABASE_URL, and restore there.",
    },
  );
}

async function makeTables({ client }: Session, had: Migration[], months: string[]): Promise<void> {
  await client.query(MIGRATION_TABLE);
  for (const migration of had) await client.query(statementsOf(migration));
  for (const month of months) {
    const [year, number] = month.split("_").map(Number);
    const { suffix, from, to } = monthBorders(year!, number! - 1);
    await client.query("select ensure_month($1, $2, $3)", [suffix, from, to]);
  }
}

async function fill(
  session: Session,
  backup: Sound,
  watch: Watch,
): Promise<{ rows: number; leftOut: string[] }> {
  const { client } = session;
  const { records, keys } = backup;
  const tables = await readTables(client);
  checkColumns(tables, [...records.files, ...(keys?.files ?? [])]);
  const known = (file: BackupFile) => tables.some(({ name }) => name === file.table);
  const stripped = await strip(client);
  // Migrations bring rows of their own; the backup has them, too.
  for (const { name } of tables) await client.query(`delete from ${quoted(name)}`);

  const expected = [...records.files, ...(keys?.files ?? [])].reduce((sum, file) => sum + file.rows, 0);
  const progress = rowProgress({ doing: "Restoring", expected, elapsed: watch.elapsed, show: watch.show });
  let rows = 0;
  const load = async (folder: string, file: BackupFile, into: string) => {
    progress.begin(file.table);
    const copied = client.query(copyFrom(`copy ${quoted(into)} (${quotedList(file.columns)}) from stdin`));
    await readTableFile(join(resolve(folder), file.file), copied, (more) => progress.add(more));
    if (copied.rowCount !== file.rows)
      throw new Error(`${file.table}: ${copied.rowCount} rows arrived, the backup has ${file.rows}`);
    rows += file.rows;
  };
  for (const file of records.files.filter(known)) await load(backup.folder, file, file.table);
  for (const file of (keys?.files ?? []).filter(known)) {
    const table = tables.find(({ name }) => name === file.table)!;
    const fillWith = (into: string) => load(backup.keysFolder!, file, into);
    if (partsOf(table).records === undefined) await fillWith(file.table);
    else await mergeKeys(client, file.table, { key: table.key, wrapped: KEY_COLUMN }, fillWith);
  }
  for (const { name, value } of records.sequences)
    if (value !== null)
      await client.query("select setval(to_regclass($1), $2::bigint)", [quoted(name), value]);
  const say = (what: string) =>
    watch.show(`Restoring: ${shownProgress(rows, 0, watch.elapsed())}; now ${what}`);
  // The planner needs to know the tables before references are checked over them.
  for (const { name } of tables) {
    say(`looking at ${name}`);
    await client.query(`analyze ${quoted(name)}`);
  }
  await dress(client, stripped, (name) => say(`checking ${name}`));
  return { rows, leftOut: records.files.filter((file) => !known(file)).map(({ table }) => table) };
}

/** The same migrations make the same columns, unless somebody changed the tables by hand. */
function checkColumns(tables: Table[], files: BackupFile[]): void {
  for (const { table, columns } of files) {
    const known = tables.find(({ name }) => name === table);
    const strange = known ? columns.filter((name) => !known.columns.includes(name)) : [];
    if (strange.length > 0)
      throw unusable(
        `The backup has columns of ${table} that no migration of Pilotage makes (${strange.join(", ")}). Nothing was restored.`,
        "Somebody added them by hand. Take them away where the backup was made, and make it again.",
      );
  }
}

function brokeOff(error: unknown): PilotageError {
  if (error instanceof PilotageError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown }).code;
  return new PilotageError(
    "restore_failed",
    `The restore broke off: ${said}. It was all or nothing, so the database is as empty as before.`,
    {
      hint:
        code === "53100"
          ? "Make room on the disk of the database, then restore again."
          : "Restore again; the backup itself is unharmed.",
      cause: error,
    },
  );
}
