/** Rows by COPY: what was handed over is what is stored, all or nothing, and the connection is good for more afterwards. */
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { binaryRows, textRows } from "./copy.ts";
import { sql } from "./sql.ts";

const { database } = await openFreshDatabase();
await database.run(
  sql`create table parcel (no int primary key, label text, sure boolean, share numeric, facets jsonb, at timestamptz)`,
);
await database.run(sql`create table content (id text primary key, sealed bytea not null)`);
beforeEach(async () => {
  await database.run(sql`delete from parcel`);
  await database.run(sql`delete from content`);
});

const PARCEL = ["no", "label", "sure", "share", "facets", "at"];
const parcel = (no: number) => [no, `parcel ${no}`, true, 0.5, {}, null];
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
            share: fc.double({ min: 0, max: 1, noNaN: true }),
            facets: fc.record({ field: fc.oneof(nasty, text, fc.integer()) }),
            sealed: fc.uint8Array({ maxLength: 300 }),
          }),
          { maxLength: 20 },
        ),
        async (list) => {
          await database.run(sql`delete from parcel`);
          await database.run(sql`delete from content`);
          const at = "2026-01-05T08:00:00.123Z";
          await database.transaction((tx) =>
            tx.copy([
              textRows(
                "parcel",
                PARCEL,
                list.map((one, i) => [i, one.label, one.sure, one.share, one.facets, at]),
              ),
              binaryRows(
                "content",
                ["id", "sealed"],
                list.map((one, i) => [`ü ${i} ${one.label}`, one.sealed]),
              ),
            ]),
          );
          expect(await database.all(sql`select * from parcel order by no`)).toEqual(
            list.map(({ label, sure, share, facets }, no) => ({
              no,
              label,
              sure,
              share: share === 0 ? 0 : share,
              facets,
              at: Date.parse(at),
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
    await database.transaction((tx) => tx.copy([textRows("parcel", PARCEL, [parcel(1)])]));
    const twice = database.transaction((tx) =>
      tx.copy([
        binaryRows("content", ["id", "sealed"], [["one", Buffer.of(1)]]),
        textRows("parcel", PARCEL, [parcel(2), parcel(1)]),
        binaryRows("content", ["id", "sealed"], [["two", Buffer.alloc(500_000)]]),
      ]),
    );
    await expect(twice).rejects.toMatchObject({ code: "23505" });
    expect(await count()).toBe(1);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        database.transaction((tx) => tx.copy([textRows("parcel", PARCEL, [parcel(10 + i)])])),
      ),
    );
    expect(await count()).toBe(21);
  });

  test("that a hook refuses before the commit are gone with everything else", async () => {
    const refused = database.transaction(async (tx) => {
      await tx.copy([textRows("parcel", PARCEL, [parcel(3)])]);
      tx.beforeCommit(() => Promise.reject(new Error("not this time")));
    });
    await expect(refused).rejects.toThrowError("not this time");
    expect(await count()).toBe(0);
  });

  test("may be megabytes at once", async () => {
    const rows = Array.from({ length: 400 }, (_, i): [string, Uint8Array] => [
      `${i}`,
      Buffer.alloc(20_000, i),
    ]);
    await database.transaction((tx) => tx.copy([binaryRows("content", ["id", "sealed"], rows)]));
    expect(await database.one(sql`select count(*) as n, sum(length(sealed)) as bytes from content`)).toEqual({
      n: 400,
      bytes: 8_000_000,
    });
  });
});
