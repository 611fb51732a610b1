/** A database of its own for a test file, cloned from the run's template and dropped afterwards. */
import pg from "pg";
import { afterAll, inject } from "vitest";
import { openDatabase, type Database } from "../../src/platform/database.ts";
import { silentLog } from "../../src/platform/log.ts";
import { withDatabase } from "./global-setup.ts";

let made = 0;

/** Makes a database and answers its address; dropped when the file's tests are done. */
export async function freshDatabase(): Promise<string> {
  const server = inject("serverUrl");
  const name = `pilotage_test_${process.pid}_${made++}`;
  await query(server, `create database ${name} template ${inject("template")}`);
  afterAll(() => query(server, `drop database if exists ${name} with (force)`));
  return withDatabase(server, name);
}

/** Makes a database without any table; dropped like the others. */
export async function blankDatabase(): Promise<string> {
  const server = inject("serverUrl");
  const name = `pilotage_blank_${process.pid}_${made++}`;
  await query(server, `create database ${name} template template0`);
  afterAll(() => query(server, `drop database if exists ${name} with (force)`));
  return withDatabase(server, name);
}

/** A database from the template, opened. */
export async function openFreshDatabase(): Promise<{ database: Database; url: string }> {
  const url = await freshDatabase();
  const database = openDatabase({ url, log: silentLog });
  afterAll(() => database.close());
  return { database, url };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
