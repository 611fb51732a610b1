/** What is over stays for thirty days, and what still holds stays as long as it holds. */
import { expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { openAudit } from "../audit/record.ts";
import { idSource } from "../platform/chance.ts";
import { simulatedClock } from "../platform/clock.ts";
import { sql } from "../platform/sql.ts";
import { forgetEnded } from "./forget.ts";
import { findLink, makeLink, useLink } from "./links.ts";
import { insertPerson, personByEmail } from "./people-store.ts";
import { openSessions } from "./sessions.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const { database } = await openFreshDatabase();
const clock = simulatedClock("2026-01-05T08:00:00.000Z");
const newId = idSource(clock);
const audit = openAudit({ clock, newId });
const idleHours = 12;
const sessions = openSessions({ database, clock, newId, audit, idleHours, longestHours: 720 });
const by = { kind: "system", name: "test" } as const;
await insertPerson(database, {
  id: newId("person"),
  email: "kim@example.com",
  name: "Kim",
  locale: "de-DE",
  now: clock.now(),
  by: "test",
});
const kim = (await personByEmail(database, "kim@example.com"))!;

const start = () => database.transaction((tx) => sessions.start(tx, kim, undefined, "test"));
const link = (kind: "invitation" | "sign_in") =>
  database.transaction((tx) => makeLink(tx, newId, { person: kim.id, kind, by: "test", now: clock.now() }));
const kept = async () => {
  const { n } = await database.one<{ n: number }>(
    sql`select (select count(*) from session)::int * 10 + (select count(*) from one_time_link)::int as n`,
  );
  return { sessions: Math.floor(n / 10), links: n % 10 };
};
const forget = () => forgetEnded(database, clock.now(), idleHours);

test("sessions and links go thirty days after they ended, were used or ran out, and not before", async () => {
  const ended = await start();
  const { signedIn } = (await sessions.find(ended.token))!;
  await sessions.end(signedIn.session, kim.id, "told to", by);
  await start();
  const used = await link("sign_in");
  await database.transaction(async (tx) =>
    useLink(tx, await findLink(tx, used.token, clock.now()), clock.now()),
  );
  await link("invitation");

  await forget();
  expect(await kept()).toEqual({ sessions: 2, links: 2 });
  clock.advance(30 * DAY - HOUR);
  await forget();
  expect(await kept()).toEqual({ sessions: 2, links: 2 });
  // The one that was told to end, and the link that was used.
  clock.advance(2 * HOUR);
  await forget();
  expect(await kept()).toEqual({ sessions: 1, links: 1 });
  // The one that nobody used any more.
  clock.advance(12 * HOUR);
  await forget();
  expect(await kept()).toEqual({ sessions: 0, links: 1 });
  // The invitation that ran out after a week.
  clock.advance(7 * DAY);
  await forget();
  expect(await kept()).toEqual({ sessions: 0, links: 0 });
});

test("what is in use stays, however long", async () => {
  const invitation = await link("invitation");
  let { token } = await start();
  for (let round = 0; round < 6; round++) {
    clock.advance(11 * HOUR);
    await forget();
    const found = await sessions.find(token);
    expect(found).toBeDefined();
    token = found!.renewed ?? token;
  }
  expect(await findLink(database, invitation.token, clock.now())).toMatchObject({ kind: "invitation" });
});
