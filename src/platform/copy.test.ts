/** Rows by COPY: what was handed over is what is stored, all or nothing, and the connection is good for more afterwards. */
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { binaryRows, textRows, type Form } from "./copy.ts";
import { openDatabase } from "./database.ts";
import { silentLog } from "./log.ts";
import { sql } from "./sql.ts";

const { database, url } = await openFreshDatabase();
await database.run(
  sql`create table parcel (no int primary key, label text, sure boolean, share numeric, coin double precision, big bigint, facets jsonb, at timestamptz, names text[])`,
);
await database.run(sql`create table content (id text primary key, sealed bytea not null)`);
beforeEach(async () => {
  await database.run(sql`delete from parcel`);
  await database.run(sql`delete from content`);
});

const PARCEL: Record<string, Form> = {
  no: "int4",
  label: "text",
  sure: "boolean",
  share: "numeric",
  coin: "float8",
  big: "int8",
  facets: "jsonb",
  at: "time",
  names: "text[]",
};
const CONTENT = { id: "text", sealed: "bytea" } as const;
const parcel = (no: number) => [no, `parcel ${no}`, true, 0.5, 0.25, 7, {}, null, null];
const count = async () =>
  (
    await database.one<{ n: number }>(
      sql`select (select count(*) from parcel) + (select count(*) from content) as n`,
    )
  ).n;

/** Any text that PostgreSQL can hold: whole characters, no NUL. */
const text = fc
  .string({ unit: "binary", maxLength: 40 })
  .map((one) => one.toWellFormed().replaceAll("\0", ""));
const number = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1, 0.05, 0.0001, 0.00001, 1e-7, 1e-8, 12_345.6789, 10_000, 1e21, -0.5),
);
const nasty = fc.constantFrom(
  "",
  "\\N",
  "\\.",
  "a\tb",
  "a\nb\r",
  "\\",
  "\\\\t",
  "NULL",
  "\\x00",
  "{}",
  '"',
  "\u2028",
);

describe("rows by COPY", () => {
  test("come out as they went in, whatever their texts hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            label: fc.oneof(nasty, text, fc.constant(null)),
            sure: fc.boolean(),
            share: number,
            coin: number,
            big: fc.maxSafeInteger(),
            at: fc.oneof(
              fc.constant(null),
              fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
            ),
            names: fc.oneof(
              fc.constant(null),
              fc.array(fc.oneof(nasty, text), { minLength: 1, maxLength: 5 }),
            ),
            facets: fc.record({ field: fc.oneof(nasty, text, fc.integer()) }),
            sealed: fc.uint8Array({ maxLength: 300 }),
          }),
          { maxLength: 20 },
        ),
        async (list) => {
          await database.run(sql`delete from parcel`);
          await database.run(sql`delete from content`);
          await database.transaction((tx) =>
            tx.copy([
              binaryRows(
                "parcel",
                PARCEL,
                list.map((one, i) => [
                  i,
                  one.label,
                  one.sure,
                  one.share,
                  one.coin,
                  one.big,
                  one.facets,
                  one.at,
                  one.names,
                ]),
              ),
              binaryRows(
                "content",
                CONTENT,
                list.map((one, i) => [`ü ${i} ${one.label}`, one.sealed]),
              ),
            ]),
          );
          expect(await database.all(sql`select * from parcel order by no`)).toEqual(
            list.map(({ label, sure, share, coin, big, facets, at, names }, no) => ({
              no,
              label,
              sure,
              share: share === 0 ? 0 : share,
              coin,
              big,
              facets,
              at,
              names,
            })),
          );
          const stored = await database.all<{ id: string; sealed: Buffer }>(
            sql`select id, sealed from content`,
          );
          expect(new Map(stored.map((row) => [row.id, row.sealed.toString("hex")]))).toEqual(
            new Map(list.map((one, i) => [`ü ${i} ${one.label}`, Buffer.from(one.sealed).toString("hex")])),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test("of several tables are stored together or not at all, and the next transaction finds a good connection", async () => {
    await database.transaction((tx) => tx.copy([binaryRows("parcel", PARCEL, [parcel(1)])]));
    const twice = database.transaction((tx) =>
      tx.copy([
        binaryRows("content", CONTENT, [["one", Buffer.of(1)]]),
        binaryRows("parcel", PARCEL, [parcel(2), parcel(1)]),
        binaryRows("content", CONTENT, [["two", Buffer.alloc(500_000)]]),
      ]),
    );
    await expect(twice).rejects.toMatchObject({ code: "23505" });
    expect(await count()).toBe(1);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        database.transaction((tx) => tx.copy([binaryRows("parcel", PARCEL, [parcel(10 + i)])])),
      ),
    );
    expect(await count()).toBe(21);
  });

  test("that may be there already come in all together or not at all, and the transaction goes on", async () => {
    await database.transaction((tx) => tx.copy([binaryRows("parcel", PARCEL, [parcel(1)])]));
    const answers = await database.transaction(async (tx) => {
      const taken = await tx.copyNew([
        binaryRows("content", CONTENT, [["one", Buffer.of(1)]]),
        binaryRows("parcel", PARCEL, [parcel(2), parcel(1)]),
      ]);
      return [taken, await tx.copyNew([binaryRows("parcel", PARCEL, [parcel(2)])])];
    });
    expect(answers).toEqual([false, true]);
    expect(await count()).toBe(2);
  });

  test("that are hoped to be new are tried once more, without hope, when one of them is there already", async () => {
    await database.transaction((tx) => tx.copy([binaryRows("parcel", PARCEL, [parcel(1)])]));
    const answers: boolean[] = [];
    const failed: number[] = [];
    const store = (list: number[]) =>
      database.transaction(
        async (tx) => {
          tx.afterFailure(() => failed.push(list[0]!));
          answers.push(await tx.copyNew([binaryRows("parcel", PARCEL, list.map(parcel))]));
        },
        ["hope"],
        { inHope: true },
      );
    await store([2, 3]);
    expect([answers, failed]).toEqual([[true], []]);
    await store([4, 1]);
    expect([answers, failed]).toEqual([[true, true, false], [4]]);
    expect(await count()).toBe(3);
  });

  test("that fail are what is told, not that the statement behind them was passed over", async () => {
    await database.transaction((tx) => tx.copy([binaryRows("parcel", PARCEL, [parcel(1)])]));
    const runs: boolean[] = [];
    const counted = () =>
      database.transaction(
        async (tx) => {
          runs.push(await tx.copyNew([binaryRows("parcel", PARCEL, [parcel(1)])]));
          return tx.one<{ n: number }>(sql`select count(*)::int as n from parcel`);
        },
        ["hope"],
        { inHope: true },
      );
    expect(await counted()).toEqual({ n: 1 });
    expect(runs).toEqual([true, false]);
    const taken = database.transaction(async (tx) => {
      await tx.copy([binaryRows("parcel", PARCEL, [parcel(1)])]);
      await Promise.all([tx.one(sql`select 1`), tx.one(sql`select 2`)]);
    });
    await expect(taken).rejects.toMatchObject({ code: "23505" });
  });

  test("that are wrong are no rows that are there already", async () => {
    const wrong = database.transaction((tx) => tx.copyNew([binaryRows("content", CONTENT, [["one", null]])]));
    await expect(wrong).rejects.toMatchObject({ code: "23502" });
  });

  test("that a hook refuses before the commit are gone with everything else", async () => {
    const refused = database.transaction(async (tx) => {
      await tx.copy([binaryRows("parcel", PARCEL, [parcel(3)])]);
      tx.beforeCommit(() => Promise.reject(new Error("not this time")));
    });
    await expect(refused).rejects.toThrowError("not this time");
    expect(await count()).toBe(0);
  });

  test("as texts come out as they went in, too", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(nasty, text, fc.constant(null)), number), { maxLength: 20 }),
        async (list) => {
          await database.run(sql`delete from parcel`);
          const values = list.map(([label, share], no) => [no, label, share, { field: label }]);
          await database.transaction((tx) =>
            tx.copy([textRows("parcel", ["no", "label", "share", "facets"], values)]),
          );
          expect(await database.all(sql`select no, label, share, facets from parcel order by no`)).toEqual(
            list.map(([label, share], no) => ({
              no,
              label,
              share: share === 0 ? 0 : share,
              facets: { field: label },
            })),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  test("are there for the next statement of their transaction, and what is wrong with them is told by it or by the commit", async () => {
    await database.transaction(async (tx) => {
      await tx.copy([binaryRows("parcel", PARCEL, [parcel(1)])]);
      expect(await tx.one(sql`select count(*) as n from parcel`)).toEqual({ n: 1 });
      await tx.copy([binaryRows("parcel", PARCEL, [parcel(2)])]);
    });
    expect(await count()).toBe(2);
    const asks = database.transaction(async (tx) => {
      await tx.copy([binaryRows("parcel", PARCEL, [parcel(3), parcel(1)])]);
      await tx.run(sql`delete from content`);
    });
    const ends = database.transaction(async (tx) => {
      await tx.copy([binaryRows("parcel", PARCEL, [parcel(3), parcel(1)])]);
    });
    for (const one of await Promise.allSettled([asks, ends])) expect(one.status).toBe("rejected");
    expect(await count()).toBe(2);
  });

  test("may be megabytes at once", async () => {
    const rows = Array.from({ length: 400 }, (_, i): [string, Uint8Array] => [
      `${i}`,
      Buffer.alloc(20_000, i),
    ]);
    await database.transaction((tx) => tx.copy([binaryRows("content", CONTENT, rows)]));
    expect(await database.one(sql`select count(*) as n, sum(length(sealed)) as bytes from content`)).toEqual({
      n: 400,
      bytes: 8_000_000,
    });
  });
});

describe("rows stored in one message", () => {
  test("are committed when it is answered, in several tables, and the boundary of the commit is told", async () => {
    const told: string[] = [];
    const mine = openDatabase({
      url,
      log: silentLog,
      boundary: (moment, names) => void told.push(`${moment} ${names.join(" ")}`),
    });
    await mine.store(
      [
        binaryRows("parcel", PARCEL, [parcel(1), parcel(2)]),
        binaryRows("content", CONTENT, [["one", Buffer.alloc(500_000)]]),
      ],
      ["parcels"],
    );
    expect(await count()).toBe(3);
    expect(told).toEqual(["before parcels", "after parcels"]);
    await mine.close();
  });

  test("are stored all or none, and the connection is good for the next", async () => {
    await database.store([binaryRows("parcel", PARCEL, [parcel(1)])]);
    const twice = database.store([
      binaryRows("content", CONTENT, [["one", Buffer.of(1)]]),
      binaryRows("parcel", PARCEL, [parcel(2), parcel(1)]),
    ]);
    await expect(twice).rejects.toMatchObject({ code: "23505" });
    expect(await count()).toBe(1);
    await Promise.all([3, 4, 5].map((no) => database.store([binaryRows("parcel", PARCEL, [parcel(no)])])));
    expect(await count()).toBe(4);
  });

  test("that a lost connection leaves open are told as such", async () => {
    const mine = openDatabase({ url, log: silentLog });
    await database.run(
      sql`create or replace function fall() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1); return new; end $$`,
    );
    await database.run(
      sql`create trigger falls before insert on content for each row execute function fall()`,
    );
    await expect(mine.store([binaryRows("content", CONTENT, [["one", Buffer.of(1)]])])).rejects.toMatchObject(
      { code: "database_unavailable", message: expect.stringContaining("may be stored or not") },
    );
    await database.run(sql`drop trigger falls on content`);
    await mine.store([binaryRows("parcel", PARCEL, [parcel(1)])]);
    expect(await count()).toBe(1);
    await mine.close();
  });
});
