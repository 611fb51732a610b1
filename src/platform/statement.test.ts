/** A statement's answer, its silence, and what stays of it in memory. */
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { openLossyLink } from "../../test/support/lossy-link.ts";
import { binaryRows } from "./copy.ts";
import { isLost } from "./database-failure.ts";
import { openDatabase } from "./database.ts";
import { silentLog } from "./log.ts";
import { sql } from "./sql.ts";
import { answered } from "./statement.ts";

const { database, url } = await openFreshDatabase();
await database.run(sql`create table kept (body bytea)`);
const closing: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

describe("an answer", () => {
  test("that does not come in time is a lost connection, and what comes later is nobody's", async () => {
    let late = (): void => undefined;
    const silence = answered<number>(20, (answer) => (late = () => answer(undefined, 1)));
    await expect(silence).rejects.toSatisfy(isLost);
    late();
    await expect(silence).rejects.toThrow("Query read timeout");
  });

  test("that comes in time stays, and an error is an error", async () => {
    await expect(answered<number>(20, (answer) => answer(null, 7))).resolves.toBe(7);
    await expect(answered(undefined, (answer) => answer(new Error("refused")))).rejects.toThrow("refused");
  });

  test("that a database stops giving in the middle is told as an absence, and the next one comes over a new connection", async () => {
    const link = await openLossyLink(url);
    const far = openDatabase({ url: link.url, log: silentLog, size: 2, patience: 0.1 });
    closing.push(() => far.close(), link.close);
    // Both connections are there before.
    await Promise.all([far.run(sql`select pg_sleep(0.05)`), far.run(sql`select pg_sleep(0.05)`)]);
    let alone: Promise<unknown> | undefined;
    const together = far.transaction(async (tx) => {
      link.silence();
      alone = far.run(sql`select 1`).catch((error: unknown) => error);
      await tx.copy([binaryRows("kept", { body: "bytea" }, [[Buffer.of(1)]])]);
    });
    await expect(together).rejects.toMatchObject({ code: "database_unavailable" });
    await expect(alone).resolves.toMatchObject({ code: "database_unavailable" });
    link.mend();
    await expect(far.one(sql`select 1 as one`)).resolves.toEqual({ one: 1 });
  });
});

describe("what a statement carried", () => {
  test.each([
    ["as a value", (body: Buffer) => database.run(sql`select length(${body}::bytea)`)],
    [
      "as copied rows",
      (body: Buffer) =>
        database.transaction((tx) => tx.copy([binaryRows("kept", { body: "bytea" }, [[body]])])),
    ],
  ])("%s goes with the next small collection, not with the next full one", async (_, carry) => {
    const collect = collector();
    // So few that no full collection begins by itself, which would keep what it meets on its way.
    const SIZE = 20_000;
    const COUNT = 200;
    await carry(Buffer.alloc(SIZE));
    collect({ type: "major" });
    await pause(50);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < COUNT; i++) await carry(Buffer.alloc(SIZE));
    const left = () => process.memoryUsage().arrayBuffers - before;
    // Freed beside the program's work, so not at once.
    for (let look = 0; look < 100 && left() > (SIZE * COUNT) / 4; look++) {
      collect({ type: "minor" });
      await pause(20);
    }
    expect(left()).toBeLessThan((SIZE * COUNT) / 4);
  });
});

function collector(): (options: { type: "minor" | "major" }) => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as ReturnType<typeof collector>;
}
