/** Transactions with hooks, and what becomes of them when something fails or the connection is lost. */
import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { freshDatabase, openFreshDatabase } from "../../test/support/database.ts";
import { freePort } from "../../test/support/ports.ts";
import { openDatabase } from "./database.ts";
import { silentLog } from "./log.ts";
import { sql } from "./sql.ts";

const { database, url } = await openFreshDatabase();
await database.run(sql`create table note (text text primary key)`);
beforeEach(() => database.run(sql`delete from note`));

const notes = async () =>
  (await database.all<{ text: string }>(sql`select text from note order by text`)).map((row) => row.text);
const closing: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

describe("questions", () => {
  test("answer all rows, the only row, or perhaps a row", async () => {
    await database.run(sql`insert into note values ('a'), ('b')`);
    expect(await notes()).toEqual(["a", "b"]);
    expect(await database.one(sql`select text from note where text = 'a'`)).toEqual({ text: "a" });
    expect(await database.maybe(sql`select text from note where text = 'c'`)).toBeUndefined();
    await expect(database.one(sql`select text from note`)).rejects.toThrowError("expected one row, got 2");
    await expect(database.one(sql`select text from note where false`)).rejects.toThrowError(
      "expected one row, got 0",
    );
  });

  test("bring times as milliseconds and counts as numbers", async () => {
    expect(
      await database.one(
        sql`select ${"2026-01-05T08:00:00.123Z"}::timestamptz as at, count(*) as n, 0.25::numeric as share, null::timestamptz as never from (values (1), (2)) as t`,
      ),
    ).toEqual({ at: Date.parse("2026-01-05T08:00:00.123Z"), n: 2, share: 0.25, never: null });
  });

  test.each(["UTC", "Asia/Kolkata", "America/New_York", "Europe/Berlin"])(
    "bring the same times in a session of %s",
    async (zone) => {
      const { at } = await database.transaction(async (tx) => {
        await tx.all(sql`select set_config('timezone', ${zone}, true)`);
        return tx.one<{ at: number }>(sql`select ${"2026-01-05T08:00:00.123Z"}::timestamptz as at`);
      });
      expect(at).toBe(Date.parse("2026-01-05T08:00:00.123Z"));
    },
  );

  test("a value can never be SQL", async () => {
    const nasty = "x'); drop table note; --";
    await database.run(sql`insert into note values (${nasty})`);
    expect(await notes()).toEqual([nasty]);
  });
});

describe("statements of a transaction that are asked at once", () => {
  const add = (text: string) => sql`insert into note values (${text})`;

  test("run in the order of asking, each seeing those before it", async () => {
    const seen = await database.transaction((tx) =>
      Promise.all([
        tx.run(add("a")),
        tx.all(sql`select text from note`),
        tx.run(add("b")),
        tx.all(sql`select text from note order by text`),
      ]),
    );
    expect(seen).toEqual([1, [{ text: "a" }], 1, [{ text: "a" }, { text: "b" }]]);
  });

  test("come too late when one of them ended the transaction: what is asked then is not stored alone", async () => {
    const late = Promise.withResolvers<unknown>();
    const work = database.transaction((tx) =>
      Promise.all([
        tx.run(add("a")).then(async () => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          await tx.run(add("late")).then(late.resolve, late.resolve);
        }),
        tx.run(add("b")).then(() => Promise.reject(new Error("not this time"))),
      ]),
    );
    await expect(work).rejects.toThrowError("not this time");
    expect(await late.promise).toMatchObject({ code: "internal" });
    expect(await notes()).toEqual([]);
  });

  test("fail together, and what failed first is told", async () => {
    const work = database.transaction((tx) =>
      Promise.all([tx.run(add("a")), tx.run(add("a")), tx.run(add("b"))]),
    );
    await expect(work).rejects.toMatchObject({ code: "23505" });
    expect(await notes()).toEqual([]);
  });
});

describe("a transaction", () => {
  test("keeps all or nothing", async () => {
    await database.transaction(async (tx) => {
      await tx.run(sql`insert into note values ('one')`);
      await tx.run(sql`insert into note values ('two')`);
    });
    const failed = database.transaction(async (tx) => {
      await tx.run(sql`insert into note values ('three')`);
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrowError("changed my mind");
    expect(await notes()).toEqual(["one", "two"]);
  });

  test("runs its hooks in order: before the commit inside it, after the commit when it is known", async () => {
    const seen: string[] = [];
    await database.transaction(async (tx) => {
      tx.afterCommit(() => seen.push("after"));
      tx.afterFailure(() => seen.push("failure"));
      tx.beforeCommit(async () => {
        await tx.run(sql`insert into note values ('from a hook')`);
        seen.push(`before, outside: ${(await notes()).length}`);
      });
      seen.push("work");
    });
    expect(seen).toEqual(["work", "before, outside: 0", "after"]);
    expect(await notes()).toEqual(["from a hook"]);
  });

  test("whose hook fails is rolled back whole", async () => {
    const seen: string[] = [];
    const failed = database.transaction(async (tx) => {
      await tx.run(sql`insert into note values ('lost')`);
      tx.beforeCommit(() => Promise.reject(new Error("the hook failed")));
      tx.afterCommit(() => seen.push("after"));
      tx.afterFailure(() => seen.push("failure"));
    });
    await expect(failed).rejects.toThrowError("the hook failed");
    expect([await notes(), seen]).toEqual([[], ["failure"]]);
  });

  test("a nested failure that is swallowed cannot be committed as if nothing had been", async () => {
    const seen: string[] = [];
    const half = database.transaction(async (tx) => {
      await tx.run(sql`insert into note values ('half')`);
      tx.afterCommit(() => seen.push("committed"));
      await tx.run(sql`insert into note values ('half')`).catch(() => undefined);
    });
    await expect(half).rejects.toThrowError();
    expect([await notes(), seen]).toEqual([[], []]);
  });

  test("that is committed stays a success when a hook fails that hears of it", async () => {
    const seen: string[] = [];
    const result = database.transaction(async (tx) => {
      await tx.run(sql`insert into note values ('kept')`);
      tx.afterCommit(() => {
        throw new Error("the listener failed");
      });
      tx.afterCommit(() => seen.push("the next one"));
      tx.afterFailure(() => seen.push("failure"));
      return "done";
    });
    expect(await result).toBe("done");
    expect([await notes(), seen]).toEqual([["kept"], ["the next one"]]);
  });

  test("tells those who watch what it writes, right before and right after the commit", async () => {
    const watched: string[] = [];
    const mine = openDatabase({
      url,
      log: silentLog,
      boundary: (moment, names) => void watched.push(`${moment} ${names.join("+")}`),
    });
    closing.push(() => mine.close());
    await mine.transaction(
      async (tx) => void (await tx.run(sql`insert into note values ('x')`)),
      ["admit", "verdict"],
    );
    await mine.transaction(() => Promise.reject(new Error("no"))).catch(() => undefined);
    expect(watched).toEqual(["before admit+verdict", "after admit+verdict"]);
  });
});

describe("a database that goes away", () => {
  test("ends a running transaction with database_unavailable, and the next one works", async () => {
    let failures = 0;
    const cut = database.transaction(async (tx) => {
      tx.afterFailure(() => failures++);
      const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await database.one(sql`select pg_terminate_backend(${pid}, 5000)`);
      await tx.run(sql`insert into note values ('never')`);
    });
    await expect(cut).rejects.toMatchObject({ code: "database_unavailable", retryable: true });
    expect(failures).toBe(1);
    expect(await notes()).toEqual([]);
  });

  test("is database_unavailable when nothing listens", async () => {
    const nowhere = openDatabase({ url: `postgres://x:y@127.0.0.1:${await freePort()}/z`, log: silentLog });
    closing.push(() => nowhere.close());
    await expect(nowhere.all(sql`select 1`)).rejects.toMatchObject({ code: "database_unavailable" });
    await expect(nowhere.transaction(async () => 1)).rejects.toMatchObject({ code: "database_unavailable" });
  });

  test("is lost in the very moment in which it was reached: the caller is told, and the process lives", async () => {
    // Ready and shut down in one breath, as a server does that stops while connections are made.
    const server = createServer((socket) => {
      socket.once("data", () => {
        const fields = Buffer.from(
          "SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0",
        );
        const length = Buffer.alloc(4);
        length.writeInt32BE(fields.length + 4);
        const ready = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
        socket.end(Buffer.concat([ready, Buffer.from("E"), length, fields]));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const dying = openDatabase({ url: `postgres://x:y@127.0.0.1:${port}/z`, log: silentLog });
    closing.push(
      () => dying.close(),
      async () => void server.close(),
    );
    await expect(dying.transaction(async () => 1)).rejects.toMatchObject({ code: "database_unavailable" });
  });

  test("a commit whose answer is lost is a failure of unknown outcome, never a success", async () => {
    const line = await cutLine(url);
    const far = openDatabase({
      url: line.url,
      log: silentLog,
      size: 1,
      boundary: (moment) => moment === "before" && line.cutAfterNextRequest(),
    });
    closing.push(() => far.close(), line.close);
    const seen: string[] = [];
    const unknown = far.transaction(async (tx) => {
      tx.afterCommit(() => seen.push("committed"));
      tx.afterFailure(() => seen.push("unknown"));
      await tx.run(sql`insert into note values ('perhaps')`);
    });
    await expect(unknown).rejects.toMatchObject({ code: "database_unavailable" });
    expect(seen).toEqual(["unknown"]);
  });

  test("an error of the statement itself stays what it is", async () => {
    await database.run(sql`insert into note values ('a')`);
    await expect(database.run(sql`insert into note values ('a')`)).rejects.toMatchObject({ code: "23505" });
  });

  test("moves: new connections go to the new place", async () => {
    const moving = openDatabase({ url, log: silentLog });
    closing.push(() => moving.close());
    moving.moveTo(await freshDatabase());
    await expect(moving.all(sql`select * from note`)).rejects.toMatchObject({ code: "42P01" });
  });
});

/** A line to the database that is cut once the next request has been passed on, before its answer comes back. */
async function cutLine(
  target: string,
): Promise<{ url: string; cutAfterNextRequest(): void; close(): Promise<void> }> {
  const to = new URL(target);
  const sockets = new Set<Socket>();
  let armed = false;
  const server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    near.on("data", (data) => {
      far.write(data);
      if (armed) near.destroy();
    });
    far.on("data", (data) => near.write(data));
    near.on("close", () => far.end());
    far.on("close", () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = new URL(target);
  address.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: address.href,
    cutAfterNextRequest: () => (armed = true),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
