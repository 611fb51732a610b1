/** Backup and restore of a whole installation: what comes back, what is refused, and what a fault leaves behind. */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backup, restore, verifyBackupHere } from "../src/backup.ts";
import { MANIFEST, UNFINISHED, readRecordsManifest, sealed } from "../src/platform/backup/manifest.ts";
import { MIGRATION_TABLE, readMigrations, statementsOf } from "../src/platform/migrations.ts";
import { blankDatabase } from "./support/database.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install, launch, until, type Installation } from "./support/installation.ts";
import { differingTables, tableDigests } from "./support/table-digests.ts";

const quiet = () => {};
const folders: string[] = [];
afterAll(() => folders.forEach(removeFolder));

function folder(name: string): string {
  const made = temporaryFolder(name);
  folders.push(made);
  return made;
}

const settingsFor = (url: string, dataHome: string) => ({ DATABASE_URL: url, PILOTAGE_DATA: dataHome });
const submit = ({ client }: Pick<Installation, "client">, externalId: string) =>
  client.submitCase({
    params: { workflow: "tickets" },
    body: { externalId, input: { text: "the bill is wrong" } },
  });

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const tablesIn = (url: string) =>
  query(
    url,
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
  );

/** A data home with copies of the keys of another one. */
function homeWithKeys(of: string): string {
  const home = folder("restored");
  for (const key of ["master.key", "audit.key"])
    if (existsSync(join(of, key))) copyFileSync(join(of, key), join(home, key));
  return home;
}

describe("a backup of an installation", () => {
  let source: Installation;
  let home: string;
  let kept: string;

  beforeAll(async () => {
    home = folder("source");
    source = await install({ dataHome: home });
    await launch(source);
    for (let i = 1; i <= 30; i++) await submit(source, `T-${i}`);
    await until(
      () =>
        source.client.listCases({
          params: { workflow: "tickets" },
          query: { state: "in_review", limit: 50 },
        }),
      ({ cases }) => cases.length === 30,
    );
    const { reviews } = await source.client.claimReviews({
      params: { workflow: "tickets" },
      body: { count: 10 },
    });
    for (const { caseId, lease } of reviews)
      await source.client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
    await until(
      () =>
        source.client.listCases({
          params: { workflow: "tickets" },
          query: { state: "delivered", limit: 50 },
        }),
      ({ cases }) => cases.length === 10,
    );
    await source.stop();
    // Items of evaluation sets have their keys beside other columns.
    await query(
      source.databaseUrl,
      `insert into evaluation_set (id, workflow, name, version, kind, state, origin, imported_at, imported_by)
         values ('set_1', 'tickets', 'gold', 1, 'sealed', 'importing', 'a test', '2026-01-05T08:00:00Z', 'E. Brandt');
       insert into evaluation_item (set_id, no, wrapped, sealed, digest)
         select 'set_1', n, sha256(('key ' || n)::bytea), sha256(('item ' || n)::bytea), sha256(n::text::bytea) from generate_series(1, 5) n`,
    );
    kept = join(folder("kept"), "backup");
    await backup({ to: kept, person: "E. Brandt" }, quiet, settingsFor(source.databaseUrl, home));
  });

  async function restored(more: { withoutKeys?: boolean } = {}): Promise<{ url: string; dataHome: string }> {
    const url = await blankDatabase();
    const dataHome = homeWithKeys(home);
    await restore({ folder: kept, ...more }, quiet, settingsFor(url, dataHome));
    return { url, dataHome };
  }

  test("holds every table of the database, and the restored one has the same rows", async () => {
    const { url } = await restored();
    const [before, after] = [await tableDigests(source.databaseUrl), await tableDigests(url)];
    // Both wrote of it into the log: the one that it was backed up, the other that it was restored.
    expect(differingTables(before, after)).toEqual(["audit_event", "audit_pending_group"]);
    const manifest = readRecordsManifest(readFileSync(join(kept, MANIFEST), "utf8"), kept);
    const backedUp = new Set([...manifest.files.map(({ table }) => table), "case_key"]);
    expect([...backedUp].sort()).toEqual(Object.keys(before).sort());
    expect(before["case_"]!.rows).toBe(30);
  });

  test("a missing row would be noticed by the same comparison", async () => {
    const { url } = await restored();
    await query(
      url,
      "delete from delivery_attempt where case_id = (select min(case_id) from delivery_attempt)",
    );
    expect(differingTables(await tableDigests(source.databaseUrl), await tableDigests(url))).toContain(
      "delivery_attempt",
    );
  });

  test("constraints, indexes and triggers come back as they were", async () => {
    const { url } = await restored();
    const shape = `
      select c.relname::text || ' ' || pg_get_indexdef(i.indexrelid) as what from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace and not c.relispartition
      union all select conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and conparentid = 0 and contype <> 'n'
      union all select tgrelid::regclass::text || ' ' || tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal and tgrelid::regclass::text !~ '^graphile'
      order by 1`;
    const fixed = await query<{ what: string }>(source.databaseUrl, shape);
    expect(await query(url, shape)).toEqual(fixed);
    expect(fixed.length).toBeGreaterThan(100);
    await expect(query(url, "update audit_event set body = ''")).rejects.toThrow(/append-only/);
  });

  test("the restored installation reads its content and brings old and new cases to delivery", async () => {
    const { url, dataHome } = await restored();
    const next = await install({ databaseUrl: url, dataHome });
    const waiting = await next.client.listCases({
      params: { workflow: "tickets" },
      query: { state: "in_review", limit: 50 },
    });
    expect(waiting.cases).toHaveLength(20);
    const { caseId } = await submit(next, "T-31");
    await until(
      () => next.client.getCase({ params: { case: caseId } }),
      ({ state }) => state === "in_review",
    );
    expect(await submit(next, "T-1")).toMatchObject({ status: "duplicate" });
    const { reviews } = await next.client.claimReviews({
      params: { workflow: "tickets" },
      body: { count: 50 },
    });
    expect(reviews).toHaveLength(21);
    for (const { caseId: id, lease, input } of reviews) {
      expect(input).toEqual({ text: "the bill is wrong" });
      await next.client.giveVerdict({ params: { case: id }, body: { lease, verdict: "approve" } });
    }
    await until(
      () =>
        next.client.listCases({ params: { workflow: "tickets" }, query: { state: "delivered", limit: 50 } }),
      ({ cases }) => cases.length === 31,
    );
    await next.stop();
  });

  test("wrapped keys lie in the keys' folder and nowhere among the records", async () => {
    const keys = await query<{ wrapped: Buffer }>(
      source.databaseUrl,
      "select wrapped from case_key union all select wrapped from evaluation_item",
    );
    const among = (path: string) =>
      readdirSync(path)
        .filter((name) => name.endsWith(".zst"))
        .map((name) => zstdDecompressSync(readFileSync(join(path, name))).toString("latin1"))
        .join("");
    const [records, apart] = [among(kept), among(`${kept}-keys`)];
    expect(keys).toHaveLength(35);
    for (const { wrapped } of keys) {
      expect(records.includes(wrapped.toString("hex"))).toBe(false);
      expect(apart.includes(wrapped.toString("hex"))).toBe(true);
    }
    const master = Buffer.from(readFileSync(join(home, "master.key"), "utf8"), "base64").toString("hex");
    expect((records + apart).includes(master)).toBe(false);
    const columns = await query<{ name: string }>(
      source.databaseUrl,
      "select distinct c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid where a.attname ~ 'wrapped' and c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relkind in ('r', 'p') order by 1",
    );
    expect(columns.map(({ name }) => name)).toEqual(["case_key.wrapped", "evaluation_item.wrapped"]);
  });

  test("without the keys everything but content comes back, and the program runs", async () => {
    const { url, dataHome } = await restored({ withoutKeys: true });
    const next = await install({ databaseUrl: url, dataHome });
    const { cases } = await next.client.listCases({ params: { workflow: "tickets" }, query: { limit: 50 } });
    expect(cases).toHaveLength(30);
    expect(await query(url, "select no from evaluation_item where wrapped = ''")).toHaveLength(5);
    const { caseId } = await submit(next, "T-40");
    await until(
      () => next.client.getCase({ params: { case: caseId }, query: { content: "true" } }),
      ({ state }) => state === "in_review",
    );
    await next.stop();
  });

  test("keys that are missing are asked for, not left out in silence", async () => {
    const alone = join(folder("alone"), "backup");
    cpSync(kept, alone, { recursive: true });
    const url = await blankDatabase();
    await expect(
      restore({ folder: alone }, quiet, settingsFor(url, homeWithKeys(home))),
    ).rejects.toMatchObject({ code: "backup_unusable", hint: expect.stringContaining("--without-keys") });
    expect(await tablesIn(url)).toEqual([]);
  });

  test("a wrong master key, or none, is refused before anything is written", async () => {
    const url = await blankDatabase();
    const strange = folder("strange");
    writeFileSync(join(strange, "master.key"), `${Buffer.alloc(32, 7).toString("base64")}\n`, {
      mode: 0o600,
    });
    const empty = folder("empty");
    for (const dataHome of [strange, empty])
      await expect(restore({ folder: kept }, quiet, settingsFor(url, dataHome))).rejects.toMatchObject({
        code: "master_key_wrong",
      });
    await expect(
      restore({ folder: kept, masterKeyFile: join(strange, "master.key") }, quiet, settingsFor(url, empty)),
    ).rejects.toMatchObject({ code: "master_key_wrong" });
    expect(await tablesIn(url)).toEqual([]);
    expect(existsSync(join(empty, "master.key"))).toBe(false);
  });

  test("the installation's own keys come along only when asked for, in a file of their own", async () => {
    const to = join(folder("own-keys"), "backup");
    const file = join(folder("own-keys"), "installation.keys");
    await backup({ to, withMasterKey: file }, quiet, settingsFor(source.databaseUrl, home));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const url = await blankDatabase();
    const dataHome = folder("bare");
    await restore({ folder: to, masterKeyFile: file }, quiet, settingsFor(url, dataHome));
    expect(readFileSync(join(dataHome, "master.key"), "utf8")).toBe(
      readFileSync(join(home, "master.key"), "utf8"),
    );
    const next = await install({ databaseUrl: url, dataHome });
    await next.stop();
  });

  test("only an empty database is restored into", async () => {
    const before = await tableDigests(source.databaseUrl);
    await expect(
      restore({ folder: kept }, quiet, settingsFor(source.databaseUrl, homeWithKeys(home))),
    ).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("already holds an installation"),
    });
    expect(differingTables(before, await tableDigests(source.databaseUrl))).toEqual([]);
    const url = await blankDatabase();
    await query(url, "create table ledger (id int)");
    await expect(
      restore({ folder: kept }, quiet, settingsFor(url, homeWithKeys(home))),
    ).rejects.toMatchObject({ code: "wrong_state", message: expect.stringContaining("ledger") });
  });

  test("the folder of a backup must be new, and the keys' folder another one", async () => {
    const settings = settingsFor(source.databaseUrl, home);
    await expect(backup({ to: kept }, quiet, settings)).rejects.toMatchObject({ code: "backup_failed" });
    expect((await verifyBackupHere(kept, undefined, quiet)).ok).toBe(true);
    const to = join(folder("same"), "backup");
    await expect(backup({ to, keysTo: join(to, "keys") }, quiet, settings)).rejects.toThrow(/shorter life/);
  });

  describe("that was damaged", () => {
    function copied(): string {
      const to = join(folder("damaged"), "backup");
      cpSync(kept, to, { recursive: true });
      cpSync(`${kept}-keys`, `${to}-keys`, { recursive: true });
      return to;
    }

    function flip(path: string, at: number): void {
      const bytes = readFileSync(path);
      bytes[at]! ^= 1;
      writeFileSync(path, bytes);
    }

    test("in one bit of any file is named, and never restored", async () => {
      const url = await blankDatabase();
      const to = copied();
      const files = [to, `${to}-keys`].flatMap((at) => readdirSync(at).map((name) => join(at, name)));
      expect(files.length).toBeGreaterThan(30);
      for (const [i, path] of files.entries()) {
        const { size } = statSync(path);
        // The beginning, the middle, the end: each file in one of them.
        const at = [0, Math.floor(size / 2), size - 2][i % 3]!;
        flip(path, at);
        const { ok, problems } = await verifyBackupHere(to, undefined, quiet);
        expect([ok, problems[0]?.file], `${path} at ${at}`).toEqual([false, path]);
        if (i % 10 === 0)
          await expect(
            restore({ folder: to }, quiet, settingsFor(url, homeWithKeys(home))),
          ).rejects.toMatchObject({ code: "backup_unusable", message: expect.stringContaining(path) });
        flip(path, at);
      }
      expect((await verifyBackupHere(to, undefined, quiet)).ok).toBe(true);
      expect(await tablesIn(url)).toEqual([]);
    });

    test("by a file that is missing or cut short is named", async () => {
      const to = copied();
      const path = join(to, "case_content.copy.zst");
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(0, bytes.length - 20));
      expect((await verifyBackupHere(to, undefined, quiet)).problems).toMatchObject([{ file: path }]);
      removeFolder(path);
      expect((await verifyBackupHere(to, undefined, quiet)).problems).toEqual([
        { file: path, problem: "it is missing" },
      ]);
    });

    test("or has the keys of another backup is refused", async () => {
      const other = join(folder("other"), "backup");
      await backup({ to: other }, quiet, settingsFor(source.databaseUrl, home));
      const verified = await verifyBackupHere(kept, `${other}-keys`, quiet);
      expect(verified.problems[0]?.problem).toMatch(/belong to another backup/);
      const url = await blankDatabase();
      await expect(
        restore({ folder: kept, keys: `${other}-keys` }, quiet, settingsFor(url, homeWithKeys(home))),
      ).rejects.toMatchObject({ code: "backup_unusable" });
    });

    test("or has no manifest was never finished", async () => {
      const to = copied();
      removeFolder(join(to, MANIFEST));
      const url = await blankDatabase();
      await expect(
        restore({ folder: to }, quiet, settingsFor(url, homeWithKeys(home))),
      ).rejects.toMatchObject({ code: "backup_unusable", message: expect.stringContaining("interrupted") });
    });

    test("or comes from a newer program is refused with the version to use", async () => {
      const to = copied();
      const path = join(to, MANIFEST);
      const { digest: _, ...manifest } = readRecordsManifest(readFileSync(path, "utf8"), path);
      const migrations = [...manifest.migrations, { file: "9999-later.sql", digest: "0" }];
      writeFileSync(path, JSON.stringify(sealed({ ...manifest, program: "9.0.0", migrations })));
      const url = await blankDatabase();
      await expect(
        restore({ folder: to }, quiet, settingsFor(url, homeWithKeys(home))),
      ).rejects.toMatchObject({ hint: expect.stringContaining("9.0.0") });
    });
  });
});

describe("a backup made while cases are in hand", () => {
  test("comes back without the processes that held them, and they go on", async () => {
    const home = folder("web");
    const source = await install({ dataHome: home, role: "web" });
    await launch(source);
    const { caseId } = await submit(source, "T-1");
    await source.stop();
    await query(
      source.databaseUrl,
      `insert into worker (id, started_at) values ('wrk_gone', '2026-01-05T08:00:00Z'); update case_ set worker = 'wrk_gone', state = 'running' where id = '${caseId}'`,
    );
    const to = join(folder("in-hand"), "backup");
    await backup({ to }, quiet, settingsFor(source.databaseUrl, home));
    const url = await blankDatabase();
    const dataHome = homeWithKeys(home);
    await restore({ folder: to }, quiet, settingsFor(url, dataHome));
    expect(await query(url, "select id from worker")).toEqual([]);
    expect(await query(url, "select id from case_ where worker is not null")).toEqual([]);
    const next = await install({ databaseUrl: url, dataHome });
    await until(
      () => next.client.getCase({ params: { case: caseId } }),
      ({ state }) => state === "in_review",
    );
    await next.stop();
  });

  test("a release that was being prepared gets ready, although its job is not in the backup", async () => {
    const home = folder("preparing");
    const source = await install({ dataHome: home, role: "web" });
    const examples = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify(
        i % 2 === 0
          ? { input: { text: `the bill of month ${i} is wrong` }, output: { category: "billing" } }
          : { input: { text: `the machine ${i} does not start` }, output: { category: "technical" } },
      ),
    ).join("\n");
    const release = await launch(source, {
      release: {
        fallback: [{ local: "classifier", timeout: 5_000 }, "manual"],
        local: { classifier: { seed: 7 } },
        examples: { digest: createHash("sha256").update(examples).digest("hex"), count: 60 },
      },
      examples,
      share: 0,
    });
    await source.stop();
    const to = join(folder("preparing"), "backup");
    await backup({ to }, quiet, settingsFor(source.databaseUrl, home));
    const url = await blankDatabase();
    const dataHome = homeWithKeys(home);
    await restore({ folder: to }, quiet, settingsFor(url, dataHome));
    expect(await query(url, "select state from release")).toEqual([{ state: "preparing" }]);
    const next = await install({ databaseUrl: url, dataHome });
    await until(
      () => next.client.getRelease({ params: { release } }),
      ({ state }) => state === "ready",
    );
    await next.stop();
  });
});

describe("between versions of the program", () => {
  test("a backup of the first program is restored and brought up to this one", async () => {
    const [old, url] = [await blankDatabase(), await blankDatabase()];
    const dataHome = folder("first");
    writeFileSync(join(dataHome, "master.key"), `${Buffer.alloc(32, 3).toString("base64")}\n`, {
      mode: 0o600,
    });
    const { openVault } = await import("../src/platform/secrets.ts");
    const check = openVault(Buffer.alloc(32, 3)).digest("key-check", "pilotage").toString("hex");
    await query(old, `${MIGRATION_TABLE}; ${statementsOf(readMigrations()[0]!)}`);
    await query(old, `insert into installation values (true, '\\x${check}', 'salt')`);
    const to = join(folder("first"), "backup");
    await backup({ to }, quiet, settingsFor(old, dataHome));
    const report = await restore({ folder: to }, quiet, settingsFor(url, dataHome));
    expect(report.migrations).toBe(readMigrations().length - 1);
    const next = await install({ databaseUrl: url, dataHome });
    await launch(next);
    const { caseId } = await submit(next, "T-1");
    await until(
      () => next.client.getCase({ params: { case: caseId } }),
      ({ state }) => state === "in_review",
    );
    await next.stop();
  });
});

describe("a backup of nothing", () => {
  test("says that there is no installation", async () => {
    const url = await blankDatabase();
    const to = join(folder("nothing"), "backup");
    await expect(backup({ to }, quiet, settingsFor(url, folder("nothing")))).rejects.toMatchObject({
      code: "backup_failed",
      message: expect.stringContaining("no installation"),
    });
    expect(existsSync(join(to, UNFINISHED))).toBe(false);
  });
});
