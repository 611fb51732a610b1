/** A statement's answer, its silence, and what stays of it in memory. */
import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
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

  test("that a database stops giving in the middle is told as an absence, and the next one comes over a new line", async () => {
    const line = await deafLine(url);
    const far = openDatabase({ url: line.url, log: silentLog, size: 2, patience: 0.1 });
    closing.push(() => far.close(), line.close);
    // Both connections are there before.
    await Promise.all([far.run(sql`select pg_sleep(0.05)`), far.run(sql`select pg_sleep(0.05)`)]);
    let alone: Promise<unknown> | undefined;
    const together = far.transaction(async (tx) => {
      line.deaf = true;
      alone = far.run(sql`select 1`).catch((error: unknown) => error);
      await tx.copy([binaryRows("kept", { body: "bytea" }, [[Buffer.of(1)]])]);
    });
    await expect(together).rejects.toMatchObject({ code: "database_unavailable" });
    await expect(alone).resolves.toMatchObject({ code: "database_unavailable" });
    line.deaf = false;
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

/** A line to the server that says nothing more, and is not cut, while it is deaf. */
async function deafLine(target: string) {
  const to = new URL(target);
  const sockets = new Set<Socket>();
  const line = { deaf: false };
  const server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    near.on("data", (data) => far.write(data));
    far.on("data", (data) => line.deaf || near.write(data));
    near.on("close", () => far.end());
    far.on("close", () => near.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = new URL(target);
  address.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(line, {
    url: address.href,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
}
