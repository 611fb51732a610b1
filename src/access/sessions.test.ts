/** Sessions on a real database: they end after idle hours, after days in any case, at a copy's use, and when told to. */
import { beforeEach, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { openAudit } from "../audit/record.ts";
import { idSource } from "../platform/chance.ts";
import { simulatedClock } from "../platform/clock.ts";
import { sql } from "../platform/sql.ts";
import { insertPerson, personByEmail, replaceGrants, type PersonRow } from "./people-store.ts";
import { openSessions } from "./sessions.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const { database } = await openFreshDatabase();
const clock = simulatedClock("2026-01-05T08:00:00.000Z");
const newId = idSource(clock);
const audit = openAudit({ clock, newId });
/** As another process would have it: nothing is believed from before. */
const fresh = () => openSessions({ database, clock, newId, audit, idleHours: 12, longestHours: 168 });
const by = { kind: "system", name: "test" } as const;

let kim: PersonRow;
let count = 0;
beforeEach(async () => {
  const email = `kim${count++}@example.com`;
  const id = newId("person");
  await insertPerson(database, { id, email, name: "Kim", locale: "de-DE", now: clock.now(), by: "test" });
  kim = (await personByEmail(database, email))!;
});

const start = async (device?: string) =>
  (await database.transaction((tx) => fresh().start(tx, kim, device, "test"))).token;
const opens = async (token: string) => (await fresh().find(token)) !== undefined;

test("a session is its person, with the roles of this moment", async () => {
  const token = await start();
  expect((await fresh().find(token))!.signedIn).toMatchObject({
    person: kim.id,
    email: kim.email,
    grants: [],
  });
  const owner = [{ role: "viewer", workflow: null }] as const;
  await replaceGrants(database, kim.id, "granted", owner, "test", clock.now());
  expect((await fresh().find(token))!.signedIn.grants).toEqual(owner);
});

test("no token lies in the database", async () => {
  const token = await start();
  const [row] = await database.all<{ all: string }>(
    sql`select string_agg(s::text, ' ') as all from session s where person = ${kim.id}`,
  );
  expect(row!.all).not.toContain(token);
  expect(row!.all).not.toContain(Buffer.from(token).toString("hex"));
});

test.each(["", "pis_", "x", `pis_${"a".repeat(43)}`, `pis_${"a".repeat(42)}'`, "pis_%00"])(
  "a made-up token opens nothing: %j",
  async (token) => {
    await start();
    expect(await opens(token)).toBe(false);
  },
);

describe("a session ends", () => {
  test("after twelve hours without use, and use puts that off", async () => {
    let token = await start();
    for (let round = 0; round < 3; round++) {
      clock.advance(12 * HOUR - MINUTE);
      const found = await fresh().find(token);
      expect(found).toBeDefined();
      token = found!.renewed ?? token;
    }
    clock.advance(12 * HOUR);
    expect(await opens(token)).toBe(false);
  });

  test("after seven days in any case", async () => {
    let token = await start();
    for (let hours = 0; hours < 168 - 6; hours += 6) {
      clock.advance(6 * HOUR);
      token = (await fresh().find(token))!.renewed ?? token;
    }
    clock.advance(6 * HOUR);
    expect(await opens(token)).toBe(false);
  });

  test("when its person is disabled", async () => {
    const token = await start();
    await database.run(sql`update person set disabled_at = made_at where id = ${kim.id}`);
    expect(await opens(token)).toBe(false);
  });

  test("for all others but one, and in the record", async () => {
    const [mine, phone, other] = [await start(), await start(), await start()];
    const { session } = (await fresh().find(mine))!.signedIn;
    await database.transaction((tx) =>
      fresh().endOthers(tx, kim.id, session, "the password was changed", by),
    );
    expect([await opens(mine), await opens(phone), await opens(other)]).toEqual([true, false, false]);
    const { ended } = await database.one<{ ended: number }>(
      sql`select count(*)::int as ended from audit_event where kind = 'session.ended' and body like '%password was changed%'`,
    );
    expect(ended).toBe(2);
  });

  test("only at its own person's word", async () => {
    const token = await start();
    const { session } = (await fresh().find(token))!.signedIn;
    expect(await fresh().end(session, newId("person"), "somebody else", by)).toBe(false);
    expect(await opens(token)).toBe(true);
    expect(await fresh().end(session, kim.id, "signed out", by)).toBe(true);
    expect(await fresh().end(session, kim.id, "signed out", by)).toBe(false);
    expect(await opens(token)).toBe(false);
  });
});

describe("a token changes every hour of use", () => {
  test("and the old one holds a minute longer, for what was on its way", async () => {
    const old = await start();
    clock.advance(HOUR);
    const { renewed } = (await fresh().find(old))!;
    expect(renewed).toMatch(/^pis_/);
    expect(renewed).not.toBe(old);
    clock.advance(MINUTE);
    expect((await fresh().find(old))?.renewed).toBeUndefined();
    expect([await opens(old), await opens(renewed!)]).toEqual([true, true]);
  });

  test("but not on the way to an answer that cannot carry the new one", async () => {
    const token = await start();
    clock.advance(HOUR);
    expect((await fresh().find(token, false))!.renewed).toBeUndefined();
    clock.advance(2 * MINUTE);
    expect(await opens(token)).toBe(true);
    expect((await fresh().find(token))!.signedIn.person).toBe(kim.id);
  });

  test("once, however many requests come at that moment", async () => {
    const old = await start();
    clock.advance(HOUR);
    const found = await Promise.all(Array.from({ length: 8 }, () => fresh().find(old)));
    expect(found.every((one) => one !== undefined)).toBe(true);
    const renewed = found.flatMap((one) => one!.renewed ?? []);
    expect(renewed).toHaveLength(1);
    expect(await opens(renewed[0]!)).toBe(true);
  });

  test("and whoever uses an old one later ends the session: there is a copy", async () => {
    const stolen = await start();
    clock.advance(HOUR);
    const renewed = (await fresh().find(stolen))!.renewed!;
    clock.advance(2 * MINUTE);
    expect(await opens(stolen)).toBe(false);
    expect(await opens(renewed)).toBe(false);
    const { why } = await database.one<{ why: string }>(
      sql`select why_ended as why from session where person = ${kim.id}`,
    );
    expect(why).toContain("copy");
  });
});

test("the list shows live ones only, by device, and tells nothing else of it", async () => {
  await start(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0",
  );
  clock.advance(MINUTE);
  await start("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 <script>");
  expect((await fresh().list(kim.id)).map((one) => one.device)).toEqual(["Firefox, Linux", "Edge, Windows"]);
  clock.advance(12 * HOUR);
  expect(await fresh().list(kim.id)).toEqual([]);
});
