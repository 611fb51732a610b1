/**
 * Short sessions of the supervisor on a server: whose is it, and is the program's database there.
 */
import { realpathSync } from "node:fs";
import { Client, DatabaseError } from "pg";
import { DATABASE, ROLE } from "./connection.ts";

export type Answer =
  /** It takes our password and works on our folder. */
  | "ours"
  /** It answers, but refuses the password or works on another folder. */
  | "refused"
  /** It answers that it is starting or stopping. */
  | "busy"
  /** Nothing answers. */
  | "silent";

/** Asks whoever listens on a loopback port whether it is the server of this database folder. */
export async function askServer(port: number, password: string, database: string): Promise<Answer> {
  try {
    return await withSession(port, password, "postgres", async (client) => {
      const { rows } = await client.query<{ folder: string }>(
        "select current_setting('data_directory') as folder",
      );
      return sameFolder(rows[0]?.folder, database) ? "ours" : "refused";
    });
  } catch (error) {
    if (!(error instanceof DatabaseError)) return "silent";
    if (error.code === "57P03" || error.code === "57P01") return "busy";
    // Full, but only after it took the password.
    if (error.code === "53300") return "ours";
    return "refused";
  }
}

/** Makes the program's database when it is not there: at the first start, or after one that was interrupted. */
export async function ensureDatabase(port: number, password: string): Promise<void> {
  await withSession(port, password, "postgres", async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
}

async function withSession<T>(
  port: number,
  password: string,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    host: "127.0.0.1",
    port,
    user: ROLE,
    password,
    database,
    ssl: false,
    connectionTimeoutMillis: 3_000,
    query_timeout: 30_000,
    application_name: "pilotage supervisor",
  });
  // A server that goes away during the session is told by the query that fails.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function sameFolder(said: string | undefined, database: string): boolean {
  if (said === undefined) return false;
  try {
    return realpathSync(said) === realpathSync(database);
  } catch {
    return false;
  }
}
