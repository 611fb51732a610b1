/** What a fault in the middle of a backup or a restore leaves behind: kill -9, a full disk, load that goes on. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backup, restore, verifyBackupHere } from "../../src/backup.ts";
import { MANIFEST, UNFINISHED } from "../../src/platform/backup/manifest.ts";
import { BACKUP_LOCK } from "../../src/platform/migrations.ts";
import { blankDatabase } from "../support/database.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { install, launch, until, type Installation } from "../support/installation.ts";
import { environmentFor } from "../support/processes.ts";
import { mountSmallDisk } from "../support/small-disk.ts";
import { tableDigests } from "../support/table-digests.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const quiet = () => {};
const folders: string[] = [];
afterAll(() => folders.forEach(removeFolder));

function folder(name: string): string {
  const made = temporaryFolder(name);
  folders.push(made);
  return made;
}

const settingsFor = (url: string, dataHome: string) => ({ DATABASE_URL: url, PILOTAGE_DATA: dataHome });

/** The command line in a process of its own, to be killed. */
function command(words: string[], settings: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [MAIN, ...words], {
    env: environmentFor(settings),
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** How many sessions of a name there are; asked on a connection of its own, because an open transaction sees none come. */
async function sessions(url: string, name: string, more = ""): Promise<number> {
  const client = await connect(url);
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where application_name = $1 and datname = current_database() ${more}`,
    [name],
  );
  await client.end();
  return rows[0]!.n;
}

/** Waits until a session of the command waits for a lock that the test holds. */
const waits = (url: string, name: string) =>
  until(
    () => sessions(url, name, "and wait_event_type = 'Lock'"),
    (n) => n > 0,
  );

const gone = (url: string, name: string) =>
  until(
    () => sessions(url, name),
    (n) => n === 0,
  );

describe("with an installation that holds cases", () => {
  let source: Installation;
  let home: string;
  let settings: ReturnType<typeof settingsFor>;

  beforeAll(async () => {
    home = folder("source");
    source = await install({ dataHome: home });
    await launch(source);
    for (let i = 1; i <= 5; i++) await submit(`T-${i}`);
    settings = settingsFor(source.databaseUrl, home);
  });

  const submit = (externalId: string) =>
    source.client.submitCase({
      params: { workflow: "tickets" },
      body: { externalId, input: { text: "the bill is wrong" } },
    });

  /** Copies of the keys in a data home of its own. */
  function emptyHome(): string {
    const dataHome = folder("restored");
    for (const key of ["master.key", "audit.key"])
      if (existsSync(join(home, key))) cpSync(join(home, key), join(dataHome, key));
    return dataHome;
  }

  test("a backup that is killed says of itself that it is unfinished, and nothing can be restored from it", async () => {
    const to = join(folder("killed"), "backup");
    const client = await connect(source.databaseUrl);
    for (let i = 0; i < 40; i++)
      await client.query("insert into artifact values ($1, 'ballast', $2)", [
        `ballast ${i}`,
        randomBytes(1024 ** 2),
      ]);
    const killed = command(["backup", "--to", to], settings);
    // The largest table comes first, so that all the others are still to do when its file is there.
    await until(
      async () => existsSync(join(to, "artifact.copy.zst")),
      (there) => there,
    );
    killed.kill("SIGKILL");
    await once(killed, "exit");
    await gone(source.databaseUrl, "pilotage backup");
    await client.query("delete from artifact where kind = 'ballast'");
    await client.end();
    expect(existsSync(join(to, MANIFEST))).toBe(false);
    expect(readFileSync(join(to, UNFINISHED), "utf8")).toMatch(/not finished/);
    expect((await verifyBackupHere(to, undefined, quiet)).problems[0]?.problem).toMatch(/interrupted/);
    const url = await blankDatabase();
    await expect(restore({ folder: to }, quiet, settingsFor(url, emptyHome()))).rejects.toMatchObject({
      code: "backup_unusable",
    });
    await expect(backup({ to }, quiet, settings)).rejects.toThrow(/unfinished backup lies there/);
    // What it held went with it: the next one is not refused.
    await backup({ to: join(folder("next"), "backup") }, quiet, settings);
  });

  test("a restore that is killed leaves an empty database, into which the next one goes", async () => {
    const to = join(folder("whole"), "backup");
    await backup({ to }, quiet, settings);
    const url = await blankDatabase();
    const dataHome = emptyHome();
    const holder = await connect(url);
    // In the midst of it, behind the migrations and before the rows, months are made under this lock.
    await holder.query("select pg_advisory_lock(hashtext('pilotage.ensure_month'))");
    const killed = command(["restore", to], settingsFor(url, dataHome));
    await waits(url, "pilotage restore");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    await holder.query("select pg_advisory_unlock_all()");
    await gone(url, "pilotage restore");
    const { rows } = await holder.query(
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    );
    expect(rows).toEqual([]);
    await holder.end();
    const before = await tableDigests(source.databaseUrl);
    await restore({ folder: to }, quiet, settingsFor(url, dataHome));
    const after = await tableDigests(url);
    expect(after["case_content"]).toEqual(before["case_content"]);
    expect(after["case_"]!.rows).toBe(before["case_"]!.rows);
  });

  test("a program that is started during a restore waits for its end and serves what came back", async () => {
    const to = join(folder("waiting"), "backup");
    await backup({ to }, quiet, settings);
    const url = await blankDatabase();
    const dataHome = emptyHome();
    const holder = await connect(url);
    await holder.query("select pg_advisory_lock(hashtext('pilotage.ensure_month'))");
    const restoring = restore({ folder: to }, quiet, settingsFor(url, dataHome));
    await waits(url, "pilotage restore");
    const starting = install({ databaseUrl: url, dataHome });
    await waits(url, "pilotage migrations");
    await holder.end();
    await restoring;
    const next = await starting;
    const { cases } = await next.client.listCases({
      params: { workflow: "tickets" },
      query: { externalId: "T-1" },
    });
    expect(cases).toHaveLength(1);
    await next.stop();
  });

  test("a full disk is told as such; the space is given back and the folder marked", async (context) => {
    const at = folder("full");
    const disk = mountSmallDisk(at, 2);
    if (disk === undefined) return context.skip("this account may not mount a small disk");
    try {
      disk.fill(48 * 1024);
      const to = join(at, "backup");
      await expect(backup({ to }, quiet, settings)).rejects.toMatchObject({
        code: "backup_failed",
        message: expect.stringContaining("disk is full"),
      });
      expect(readdirSync(to)).toEqual([UNFINISHED]);
      expect(readdirSync(`${to}-keys`)).toEqual([UNFINISHED]);
    } finally {
      disk.unmount();
    }
  });

  test("two backups at once: the second says that the first is at work", async () => {
    const holder = await connect(source.databaseUrl);
    await holder.query("select pg_advisory_lock(hashtext($1))", [BACKUP_LOCK]);
    await expect(backup({ to: join(folder("second"), "backup") }, quiet, settings)).rejects.toMatchObject({
      message: expect.stringContaining("Another backup"),
    });
    await holder.end();
  });

  test("a backup under load is of one moment, and the load goes on", async () => {
    let more = true;
    let admitted = 0;
    const load = Promise.all(
      Array.from({ length: 4 }, async (_, lane) => {
        for (let i = 0; more; i++) {
          await submit(`L-${lane}-${i}`);
          admitted++;
        }
      }),
    );
    await until(
      async () => admitted,
      (n) => n > 50,
    );
    const to = join(folder("load"), "backup");
    const before = admitted;
    await backup({ to }, quiet, settings);
    const during = admitted - before;
    more = false;
    await load;
    expect(during).toBeGreaterThan(0);
    const url = await blankDatabase();
    await restore({ folder: to }, quiet, settingsFor(url, emptyHome()));
    const reader = await connect(url);
    const { rows } = await reader.query<Record<string, number>>(`
      select (select count(*) from case_)::int as cases, (select count(*) from intake_key)::int as external,
        (select count(*) from case_key)::int as keys, (select count(*) from case_content where kind = 'input')::int as inputs,
        (select count(*) from audit_event where kind = 'case.admitted')::int as events`);
    await reader.end();
    const { cases, ...others } = rows[0]!;
    expect(cases).toBeGreaterThanOrEqual(before);
    expect(Object.values(others)).toEqual([cases, cases, cases, cases]);
  });

  test("an event of the log says who made a backup, and one where it came back", async () => {
    const to = join(folder("told"), "backup");
    const made = await backup({ to, person: "E. Brandt" }, quiet, settings);
    const url = await blankDatabase();
    await restore({ folder: to, person: "J. Okafor" }, quiet, settingsFor(url, emptyHome()));
    const told = async (at: string, kind: string) => {
      const client = await connect(at);
      const { rows } = await client.query<{ body: string }>(
        "select body from audit_event where kind = $1 order by id desc limit 1",
        [kind],
      );
      await client.end();
      return JSON.parse(rows[0]!.body) as unknown;
    };
    expect(await told(source.databaseUrl, "backup.made")).toMatchObject({
      actor: { kind: "person", name: "E. Brandt" },
      data: { id: made.id },
    });
    expect(await told(url, "installation.restored")).toMatchObject({
      actor: { name: "J. Okafor" },
      data: { backup: made.id, keys: true },
    });
  });
});
