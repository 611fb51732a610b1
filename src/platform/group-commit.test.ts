/** Group commit: many writes, few transactions; each caller is answered for itself, after the commit. */
import { beforeEach, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { openDatabase, type Tx } from "./database.ts";
import { openGroupCommit, type Operation } from "./group-commit.ts";
import { silentLog } from "./log.ts";
import { rows, sql } from "./sql.ts";

const { database, url } = await openFreshDatabase();
await database.run(sql`create table note (text text primary key, tx text not null)`);
beforeEach(() => database.run(sql`delete from note`));

/** Writes all items with one statement; answers each in its place. */
const write: Operation<string, string> = {
  name: "write",
  async run(tx, items) {
    await tx.run(
      sql`insert into note select text, txid_current()::text from json_to_recordset(${rows(items.map((text) => ({ text })))}::json) as r (text text)`,
    );
    return items.map((item) => `wrote ${item}`);
  },
};
const stored = async () =>
  (await database.all<{ text: string }>(sql`select text from note order by text`)).map((row) => row.text);
const transactions = async () =>
  (await database.one<{ n: number }>(sql`select count(distinct tx) as n from note`)).n;

describe("a group", () => {
  test("a thousand writes at once are all stored, answered in place, in few transactions", async () => {
    const group = openGroupCommit(database);
    const items = Array.from({ length: 1_000 }, (_, i) => `item ${i}`);
    expect(await Promise.all(items.map((item) => group.do(write, item)))).toEqual(
      items.map((item) => `wrote ${item}`),
    );
    expect(await stored()).toEqual(items.toSorted());
    expect(await transactions()).toBeLessThan(20);
  });

  test("is answered after its commit: what was answered is there for everybody", async () => {
    const group = openGroupCommit(database);
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        await group.do(write, `item ${i}`);
        expect(await stored()).toContain(`item ${i}`);
      }),
    );
  });

  test("of different operations runs each once, in one transaction", async () => {
    const calls: string[] = [];
    const counting = (name: string): Operation<string, string> => ({
      name,
      run: (tx, items) => {
        calls.push(`${name} ${items.length}`);
        return write.run(tx, items);
      },
    });
    const [admit, verdict] = [counting("admit"), counting("verdict")];
    const group = openGroupCommit(database);
    await Promise.all([group.do(admit, "a"), group.do(verdict, "b"), group.do(admit, "c")]);
    expect(calls).toEqual(["admit 2", "verdict 1"]);
    expect(await transactions()).toBe(1);
  });
});

describe("a bad neighbour", () => {
  test("fails alone; everybody else is stored once", async () => {
    await database.run(sql`insert into note values ('taken', 'before')`);
    const group = openGroupCommit(database);
    const results = await Promise.allSettled(["a", "b", "taken", "c"].map((item) => group.do(write, item)));
    expect(results.map((result) => result.status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(results[2]).toMatchObject({ reason: { code: "23505" } });
    expect(await stored()).toEqual(["a", "b", "c", "taken"]);
  });

  test("whose work throws by itself fails alone as well", async () => {
    const picky: Operation<string, string> = {
      name: "picky",
      async run(tx, items) {
        if (items.includes("bad")) throw new Error("not that one");
        return write.run(tx, items);
      },
    };
    const group = openGroupCommit(database);
    const results = await Promise.allSettled(["a", "bad", "b"].map((item) => group.do(picky, item)));
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await stored()).toEqual(["a", "b"]);
  });

  test("does not stop the groups after it", async () => {
    const group = openGroupCommit(database);
    await group.do(write, "same");
    await expect(group.do(write, "same")).rejects.toMatchObject({ code: "23505" });
    expect(await group.do(write, "next")).toBe("wrote next");
  });
});

describe("a lost connection", () => {
  test("rejects the whole group with database_unavailable, without trying each alone", async () => {
    let calls = 0;
    const cut: Operation<string, string> = {
      name: "cut",
      async run(tx: Tx, items) {
        calls++;
        const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
        await database.one(sql`select pg_terminate_backend(${pid}, 5000)`);
        return write.run(tx, items);
      },
    };
    const mine = openDatabase({ url, log: silentLog });
    const group = openGroupCommit(mine);
    const results = await Promise.allSettled(["a", "b", "c"].map((item) => group.do(cut, item)));
    expect(
      results.map((result) => result.status === "rejected" && (result.reason as { code: string }).code),
    ).toEqual(Array(3).fill("database_unavailable"));
    expect(calls).toBe(1);
    expect(await stored()).toEqual([]);
    expect(await group.do(write, "after")).toBe("wrote after");
    await mine.close();
  });
});

describe("load and drain", () => {
  test("count what waits and is in flight, and end when all is answered, failures too", async () => {
    const group = openGroupCommit(database);
    expect(group.load).toBe(0);
    await group.drain();
    const answers = ["a", "a", "b"].map((item) => group.do(write, item).catch(() => "refused"));
    expect(group.load).toBe(3);
    await group.drain();
    expect(group.load).toBe(0);
    expect((await Promise.all(answers)).filter((answer) => answer === "refused")).toHaveLength(1);
    expect(await stored()).toEqual(["a", "b"]);
  });
});
