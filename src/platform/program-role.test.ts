/** The program's role on the real database: what it may do with recorded rows, and what happens where it cannot be had. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { freshDatabase, openFreshDatabase } from "../../test/support/database.ts";
import { openAudit } from "../audit/record.ts";
import { idSource } from "./chance.ts";
import { simulatedClock } from "./clock.ts";
import { openDatabase, type Database } from "./database.ts";
import { silentLog } from "./log.ts";
import { ensureMonths, migrate } from "./migrations.ts";
import { PROGRAM_ROLE, prepareProgramRole } from "./program-role.ts";
import { raw, sql } from "./sql.ts";

const { database: owner, url } = await openFreshDatabase();
const clock = simulatedClock("2026-11-20T09:00:00.000Z");
const { role } = await prepareProgramRole(url);

function asProgram(address: string): Database {
  const database = openDatabase({ url: address, log: silentLog, role: PROGRAM_ROLE, size: 3 });
  afterAll(() => database.close());
  return database;
}

const program = asProgram(url);
// A month that nobody has thought of when the rights were granted.
clock.advance(400 * 86_400_000);
await ensureMonths(program, clock);
const audit = openAudit({ clock, newId: idSource(clock) });
await program.transaction(async (tx) =>
  audit.record(tx, [{ kind: "case.moved", actor: { kind: "system", name: "a test" } }]),
);
const { partition } = await owner.one<{ partition: string }>(
  sql`select tableoid::regclass::text as partition from audit_event`,
);

test("the role is made, and the program's connections work as it", async () => {
  expect(role).toBe(PROGRAM_ROLE);
  expect(await program.one(sql`select current_user as name`)).toEqual({ name: PROGRAM_ROLE });
  expect(partition).toBe("audit_event_2027_12");
});

describe.each([
  ["audit_event", "body = '{}'"],
  ["audit_log", "leaf = '\\x00'"],
  ["audit_checkpoint", "note = 'forged'"],
  ["the partition made later", "body = '{}'"],
])("of %s", (name, change) => {
  const table = name.startsWith("audit") ? name : partition;
  test.each([
    ["a change", `update ${table} set ${change}`],
    ["a removal", `delete from ${table}`],
    ["emptying it", `truncate ${table}`],
    ["switching its triggers off", `alter table ${table} disable trigger all`],
    [
      "a trigger of its own",
      `create trigger mine before insert on ${table} execute function refuse_change()`,
    ],
    ["taking it away", `drop table ${table}`],
    [
      "taking its triggers away",
      `drop trigger ${name.startsWith("audit") ? table : "audit_event"}_kept on ${table}`,
    ],
  ])("%s is refused", async (_, statement) => {
    await expect(program.run(sql`${raw(statement)}`)).rejects.toThrowError(/permission denied|must be owner/);
  });

  test("the right cannot be given to oneself", async () => {
    // Refused, or a warning and no right.
    await program.run(sql`${raw(`grant update on ${table} to ${PROGRAM_ROLE}`)}`).catch(() => undefined);
    await expect(program.run(sql`${raw(`update ${table} set ${change}`)}`)).rejects.toThrowError(
      /permission denied/,
    );
  });
});

test("the triggers of the tables cannot be passed by playing a replica", async () => {
  await expect(program.run(sql`set session_replication_role = replica`)).rejects.toThrowError(
    /permission denied/,
  );
});

test("everything else works as the program needs it", async () => {
  await program.run(sql`insert into worker (id, started_at) values ('wrk_1', '2026-01-01')`);
  await program.run(sql`update worker set beat = 1`);
  expect(await program.run(sql`delete from worker`)).toBe(1);
  expect(await program.run(sql`delete from audit_pending_group`)).toBe(1);
  expect(await program.all(sql`select * from queue_strangers()`)).toEqual([]);
});

test("a table of a later migration gets its rights at the next start", async () => {
  await owner.run(sql`create table later (n int)`);
  await expect(program.all(sql`select * from later`)).rejects.toThrowError(/permission denied/);
  await prepareProgramRole(url);
  expect(await program.all(sql`select * from later`)).toEqual([]);
  await owner.run(sql`drop table later`);
});

test("a right too many is taken back at the next start", async () => {
  await owner.run(sql`grant update on audit_log to ${raw(PROGRAM_ROLE)}`);
  await prepareProgramRole(url);
  await expect(program.run(sql`update audit_log set seq = 1`)).rejects.toThrowError(/permission denied/);
});

test("eight starts at once agree", async () => {
  const found = await Promise.all(Array.from({ length: 8 }, () => prepareProgramRole(url)));
  expect(new Set(found.map((one) => one.role))).toEqual(new Set([PROGRAM_ROLE]));
});

test("options that stand in the address are kept beside the program's own", async () => {
  const address = new URL(url);
  address.searchParams.set("options", "-c work_mem=7MB");
  const database = asProgram(address.href);
  expect(
    await database.one(
      sql`select current_user as name, current_setting('work_mem') as memory, current_setting('timezone') as zone`,
    ),
  ).toEqual({ name: PROGRAM_ROLE, memory: "7MB", zone: "UTC" });
});

describe("a connection whose role may not act as the program's", () => {
  /** A database that belongs to a role without any rights beyond it. */
  async function modest(): Promise<{ url: string; admin: pg.Client; name: string }> {
    const name = `modest_${randomBytes(4).toString("hex")}`;
    const address = new URL(await freshDatabase());
    const admin = new pg.Client({ connectionString: address.href });
    await admin.connect();
    await admin.query(`create role ${name} login password 'secret' nosuperuser nocreaterole`);
    await admin.query(`create schema if not exists unused authorization ${name}`);
    await admin.query(`drop schema public cascade; create schema public authorization ${name}`);
    await admin.query(`grant create on database ${address.pathname.slice(1)} to ${name}`);
    afterAll(async () => {
      await admin.query(`drop owned by ${name} cascade`);
      await admin.query(`drop role ${name}`);
      await admin.end();
    });
    address.username = name;
    address.password = "secret";
    await migrate(address.href);
    return { url: address.href, admin, name };
  }

  test("works as the owner, is told what is missing, and triggers protect", async () => {
    const { url: address } = await modest();
    const found = await prepareProgramRole(address);
    expect(found.role).toBeUndefined();
    expect(found.missing).toMatch(/An administrator can: grant pilotage_program to/);
    const database = openDatabase({ url: address, log: silentLog, role: found.role, size: 2 });
    afterAll(() => database.close());
    await ensureMonths(database, clock);
    await database.transaction(async (tx) =>
      openAudit({ clock, newId: idSource(clock) }).record(tx, [
        { kind: "case.moved", actor: { kind: "system", name: "a test" } },
      ]),
    );
    await expect(database.run(sql`delete from audit_event`)).rejects.toThrowError(/append-only/);
  });

  test("works under the program's role as soon as an administrator lets it", async () => {
    const { url: address, admin, name } = await modest();
    await admin.query(`grant ${PROGRAM_ROLE} to ${name}`);
    expect(await prepareProgramRole(address)).toEqual({ role: PROGRAM_ROLE });
    const database = asProgram(address);
    await ensureMonths(database, clock);
    await expect(database.run(sql`delete from audit_event`)).rejects.toThrowError(/permission denied/);
  });
});
