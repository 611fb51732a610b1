/** The master key: made once, kept tight, proved against the database before anything is written. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { removeFolder, temporaryFolder } from "../../test/support/folders.ts";
import { openDatabase, type Database } from "./database.ts";
import { silentLog } from "./log.ts";
import { unlock } from "./master-key.ts";
import { sql } from "./sql.ts";

const open: { close(): Promise<void> }[] = [];
const folders: string[] = [];
let database: Database;
let dataHome: string;

beforeEach(async () => {
  database = openDatabase({ url: await freshDatabase(), log: silentLog });
  open.push(database);
  dataHome = temporaryFolder("master-key");
  folders.push(dataHome);
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
  folders.forEach(removeFolder);
});

const start = (fromSetting?: string) => unlock({ fromSetting, dataHome, database, log: silentLog });
const installations = () => database.all(sql`select key_check, salt from installation`);
const path = () => join(dataHome, "master.key");
const anotherKey = Buffer.alloc(32, 9).toString("base64");

describe("the first start", () => {
  test("makes a key that only this account may read", async () => {
    await start();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(path(), "utf8"), "base64")).toHaveLength(32);
    expect(readdirSync(dataHome)).toEqual(["master.key"]);
  });

  test("takes the key of the setting and writes none", async () => {
    const vault = await start(anotherKey);
    expect(existsSync(path())).toBe(false);
    expect((await start(anotherKey)).digest("x", "y")).toEqual(vault.digest("x", "y"));
  });

  test("eight first starts at once agree on one key", async () => {
    const vaults = await Promise.all(Array.from({ length: 8 }, () => start()));
    const digests = new Set(vaults.map((vault) => vault.digest("same", "value").toString("hex")));
    expect(digests.size).toBe(1);
    expect(await installations()).toHaveLength(1);
    expect(readdirSync(dataHome)).toEqual(["master.key"]);
  });

  test("two first starts with different keys: one wins, the other is refused", async () => {
    const results = await Promise.allSettled([
      start(anotherKey),
      start(Buffer.alloc(32, 8).toString("base64")),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((result) => result.status === "rejected")!.reason).toMatchObject({
      code: "master_key_wrong",
    });
  });
});

describe("a later start", () => {
  test("with another key is refused before anything is written", async () => {
    await start();
    const before = await installations();
    await expect(start(anotherKey)).rejects.toMatchObject({ code: "master_key_wrong", retryable: false });
    writeFileSync(path(), `${anotherKey}\n`);
    await expect(start()).rejects.toMatchObject({ code: "master_key_wrong" });
    expect(await installations()).toEqual(before);
    expect(readFileSync(path(), "utf8")).toBe(`${anotherKey}\n`);
  });

  test("without its key file is refused and makes no new one", async () => {
    await start(anotherKey);
    await expect(start()).rejects.toMatchObject({
      code: "master_key_wrong",
      hint: expect.stringContaining("master.key"),
    });
    expect(readdirSync(dataHome)).toEqual([]);
  });

  test.each([0o644, 0o660, 0o604, 0o640])(
    "with a key file of mode %o, which others may read, is refused",
    async (mode) => {
      await start();
      chmodSync(path(), mode);
      await expect(start()).rejects.toMatchObject({
        code: "master_key_wrong",
        message: expect.stringContaining(mode.toString(8)),
        hint: `Run: chmod 600 ${path()}`,
      });
    },
  );

  test.each(["", "too short", Buffer.alloc(31).toString("base64"), Buffer.alloc(33).toString("base64")])(
    "with a damaged key file (%j) is refused",
    async (content) => {
      await start();
      writeFileSync(path(), content);
      await expect(start()).rejects.toMatchObject({ code: "master_key_wrong" });
    },
  );
});
