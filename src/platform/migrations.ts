/**
 * Brings the database to the schema of this program: numbered SQL files, forward only.
 *
 * Two processes may start at once: one applies, the other waits and finds it done. A file that was applied before is
 * compared by its digest, so that an edited migration is noticed instead of silently missing.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { PilotageError } from "../contract/errors.ts";
import { idBorder } from "../contract/ids.ts";
import type { Clock } from "./clock.ts";
import type { Queryable } from "./database.ts";
import { sql } from "./sql.ts";

const FOLDER = fileURLToPath(new URL("migrations/", import.meta.url));
const OLDEST_SERVER = 150_000;
/** Held by whoever brings a database to a schema: a start, or a restore. */
export const MIGRATIONS_LOCK = "pilotage.migrations";
/** Held alone by a backup, and together by whoever makes partitions meanwhile. */
export const BACKUP_LOCK = "pilotage.backup";
export const MIGRATION_TABLE =
  "create table if not exists schema_migration (file text primary key, digest text not null)";

/** As `schema_migration` keeps it. */
export interface MigrationName {
  file: string;
  digest: string;
}

export interface Migration extends MigrationName {
  text: string;
}

/** The migrations that this program brings along, in their order. */
export function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((file) => {
      const text = readFileSync(`${FOLDER}${file}`, "utf8");
      return { file, text, digest: createHash("sha256").update(text).digest("hex") };
    });
}

/** What applies one migration and keeps its name; to be run in one transaction. */
export function statementsOf({ file, text, digest }: Migration): string {
  return `${text}; insert into schema_migration values ('${file}', '${digest}')`;
}

/** Applies what is missing and says how many files that were. */
export async function migrate(url: string): Promise<number> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "pilotage migrations",
    options: "-c client_min_messages=warning",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // A loss between two statements: the next one tells.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows: version } = await client.query<{ n: number }>(
      "select current_setting('server_version_num')::int as n",
    );
    if (version[0]!.n < OLDEST_SERVER)
      throw new PilotageError(
        "data_home_unusable",
        `The database is PostgreSQL ${Math.floor(version[0]!.n / 10_000)}; Pilotage needs 15 or newer.`,
        { hint: "Point DATABASE_URL at a newer server." },
      );
    await client.query("select pg_advisory_lock(hashtext($1))", [MIGRATIONS_LOCK]);
    await client.query(MIGRATION_TABLE);
    const { rows } = await client.query<MigrationName>("select file, digest from schema_migration");
    const done = new Map(rows.map((row) => [row.file, row.digest]));
    let applied = 0;
    for (const migration of readMigrations()) {
      const { file, digest } = migration;
      if (done.get(file) === digest) continue;
      if (done.has(file))
        throw new PilotageError(
          "data_home_unusable",
          `The database was made with another form of ${file}; this program does not fit it.`,
          {
            hint: "Run the version of Pilotage that made this database, or restore a backup of this version. Was it only a sample? Then start afresh with another, empty folder in PILOTAGE_DATA, or another database in DATABASE_URL.",
          },
        );
      await client.query(`begin; ${statementsOf(migration)}; commit`);
      applied++;
    }
    return applied;
  } finally {
    await client.end();
  }
}

/**
 * Makes the month partitions of last month to two months ahead, by the program's clock.
 *
 * Not while a backup reads: a new partition locks its table against the backup, and everybody else would wait behind it.
 * They are made months ahead, so that the next look is early enough.
 */
export async function ensureMonths(database: Queryable, clock: Clock): Promise<void> {
  const now = new Date(clock.now());
  for (let ahead = -1; ahead <= 2; ahead++) {
    const { suffix, from, to } = monthBorders(now.getUTCFullYear(), now.getUTCMonth() + ahead);
    await database.run(
      sql`select ensure_month(${suffix}, ${from}, ${to}) where pg_try_advisory_xact_lock_shared(hashtext(${BACKUP_LOCK}))`,
    );
  }
}

/** A month as `ensure_month` wants it; months count from 0 and may lie outside the year. */
export function monthBorders(year: number, month: number): { suffix: string; from: string; to: string } {
  const start = Date.UTC(year, month, 1);
  const border = (at: number) => idBorder("case", at).slice("case_".length);
  return {
    suffix: new Date(start).toISOString().slice(0, 7).replace("-", "_"),
    from: border(start),
    to: border(Date.UTC(year, month + 1, 1)),
  };
}
