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

/** Applies what is missing and says how many files that were. */
export async function migrate(url: string): Promise<number> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "pilotage migrations",
    options: "-c client_min_messages=warning",
  });
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
    await client.query("select pg_advisory_lock(hashtext('pilotage.migrations'))");
    await client.query(
      "create table if not exists schema_migration (file text primary key, digest text not null)",
    );
    const { rows } = await client.query<{ file: string; digest: string }>(
      "select file, digest from schema_migration",
    );
    const done = new Map(rows.map((row) => [row.file, row.digest]));
    let applied = 0;
    for (const file of readdirSync(FOLDER)
      .filter((name) => name.endsWith(".sql"))
      .sort()) {
      const text = readFileSync(`${FOLDER}${file}`, "utf8");
      const digest = createHash("sha256").update(text).digest("hex");
      if (done.get(file) === digest) continue;
      if (done.has(file))
        throw new PilotageError(
          "data_home_unusable",
          `The database was made with another form of ${file}; this program does not fit it.`,
          {
            hint: "Run the version of Pilotage that made this database, or restore a backup of this version. Was it only a sample? Then start afresh with another, empty folder in PILOTAGE_DATA, or another database in DATABASE_URL.",
          },
        );
      await client.query(
        `begin; ${text}; insert into schema_migration values ('${file}', '${digest}'); commit`,
      );
      applied++;
    }
    return applied;
  } finally {
    await client.end();
  }
}

/** Makes the month partitions of last month to two months ahead, by the program's clock. */
export async function ensureMonths(database: Queryable, clock: Clock): Promise<void> {
  const now = new Date(clock.now());
  for (let ahead = -1; ahead <= 2; ahead++) {
    const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1);
    const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1, 1);
    const suffix = new Date(start).toISOString().slice(0, 7).replace("-", "_");
    const border = (at: number) => idBorder("case", at).slice("case_".length);
    await database.run(sql`select ensure_month(${suffix}, ${border(start)}, ${border(end)})`);
  }
}
