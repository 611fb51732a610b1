/** Migrations: once, whoever starts first; an edited one is noticed; months have their partitions. */
import { describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { idSource } from "./chance.ts";
import { simulatedClock } from "./clock.ts";
import type { Database } from "./database.ts";
import { ensureMonths, migrate } from "./migrations.ts";
import { sql } from "./sql.ts";

async function emptyDatabase(): Promise<{ database: Database; url: string }> {
  const fresh = await openFreshDatabase();
  await fresh.database.run(sql`drop schema public cascade`);
  await fresh.database.run(sql`create schema public`);
  return fresh;
}

const partitions = async (database: Database, table: string) =>
  (
    await database.all<{ name: string }>(
      sql`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = ${table}::regclass order by 1`,
    )
  ).map((row) => row.name);

describe("migrations", () => {
  test("started by four processes at once are applied by one", async () => {
    const { database, url } = await emptyDatabase();
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url), migrate(url)]);
    const files = await database.all<{ file: string }>(sql`select file from schema_migration`);
    expect(applied.toSorted()).toEqual([0, 0, 0, files.length]);
    expect(files.length).toBeGreaterThan(0);
  });

  test("that were applied are not applied again", async () => {
    const { url } = await openFreshDatabase();
    expect(await migrate(url)).toBe(0);
  });

  test("edited after they were applied are noticed, and nothing is changed", async () => {
    const { database, url } = await openFreshDatabase();
    await database.run(sql`update schema_migration set digest = 'another' where file = '0001-core.sql'`);
    await expect(migrate(url)).rejects.toMatchObject({
      code: "data_home_unusable",
      message: expect.stringContaining("0001-core.sql"),
      hint: expect.stringContaining("PILOTAGE_DATA"),
      retryable: false,
    });
    expect(await database.all(sql`select digest from schema_migration where file = '0001-core.sql'`)).toEqual(
      [{ digest: "another" }],
    );
  });

  test("that fail in the middle leave nothing behind", async () => {
    const { database, url } = await emptyDatabase();
    await database.run(sql`create table quarantine (in_the_way text)`);
    await expect(migrate(url)).rejects.toThrowError(/already exists/);
    expect(await database.all(sql`select file from schema_migration`)).toEqual([]);
    expect(await database.one(sql`select to_regclass('workflow') is null as gone`)).toEqual({ gone: true });
    await database.run(sql`drop table quarantine`);
    expect(await migrate(url)).toBeGreaterThan(0);
  });
});

describe("month partitions", () => {
  test("are there from last month to two months ahead, over the turn of a year", async () => {
    const { database } = await openFreshDatabase();
    const clock = simulatedClock("2026-12-15T00:00:00Z");
    await ensureMonths(database, clock);
    await ensureMonths(database, clock);
    const months = ["2026_11", "2026_12", "2027_01", "2027_02"];
    for (const table of ["case_", "case_content", "attempt", "label", "audit_event"])
      expect(await partitions(database, table)).toEqual([
        ...months.map((month) => `${table}_${month}`),
        `${table}_other`,
      ]);
  });

  test("take the rows of their month, by the id alone", async () => {
    const { database } = await openFreshDatabase();
    const clock = simulatedClock("2026-01-31T23:59:59.999Z");
    await ensureMonths(database, clock);
    const newId = idSource(clock);
    const put = () =>
      database.one<{ place: string }>(
        sql`insert into case_content (case_id, kind, sealed) values (${newId("case")}, 'input', '\\x00') returning tableoid::regclass::text as place`,
      );
    expect(await put()).toEqual({ place: "case_content_2026_01" });
    clock.advance(1);
    expect(await put()).toEqual({ place: "case_content_2026_02" });
    clock.advance(400 * 86_400_000);
    expect(await put()).toEqual({ place: "case_content_other" });
  });

  test("are not made for a month whose rows already lie in the default, and nothing fails", async () => {
    const { database } = await openFreshDatabase();
    const clock = simulatedClock("2026-03-10T00:00:00Z");
    await database.run(
      sql`insert into case_content (case_id, kind, sealed) values (${idSource(clock)("case")}, 'input', '\\x00')`,
    );
    await ensureMonths(database, clock);
    expect(await partitions(database, "case_content")).toEqual([
      "case_content_2026_02",
      "case_content_2026_04",
      "case_content_2026_05",
      "case_content_other",
    ]);
    expect(await partitions(database, "case_")).toContain("case__2026_03");
  });

  test("may be made by several processes at once", async () => {
    const { database } = await openFreshDatabase();
    const clock = simulatedClock("2026-06-01T00:00:00Z");
    await Promise.all([1, 2, 3].map(() => ensureMonths(database, clock)));
    expect(await partitions(database, "audit_event")).toHaveLength(5);
  });
});
