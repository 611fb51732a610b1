/** Mail about the queue and about what was reported, through a real SMTP server: seldom, in the person's language, counts and links only. */
import { describe, expect, test } from "vitest";
import { replaceGrants, insertPerson, personByEmail } from "../src/access/people-store.ts";
import { openClient } from "../src/contract/client.ts";
import type { Role } from "../src/contract/access.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";
import { openMailbox, textOf, type Received } from "./support/mailbox.ts";
import { offering } from "./support/offered-model.ts";
import { signedIn } from "./support/people.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const workflow = "mailed";
const PUBLIC = "https://pilotage.example.com";
// Seven on a Monday morning in Berlin: the desk opens at eight.
const installation = await install({
  settings: { PILOTAGE_CLOCK: "2026-01-05T06:00:00Z", PILOTAGE_PUBLIC_URL: PUBLIC },
});
const { app, client } = installation;
const { database } = app;
const mailbox = await openMailbox();
await launch(installation, {
  workflow: { workflow, undo: 0, due: { workingHours: 3 }, people: { owner: "olga@example.com" } },
  release: { workflow },
});
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });

async function person(email: string, locale: string, role: Role): Promise<void> {
  await database.transaction(async (tx) => {
    const now = app.clock.now();
    await insertPerson(tx, {
      id: app.newId("person"),
      email,
      name: email.split("@")[0]!,
      locale,
      now,
      by: "test",
    });
    const { id } = (await personByEmail(tx, email))!;
    await replaceGrants(tx, id, "granted", [{ role, workflow }], "test", now);
  });
}
await person("rita@example.com", "de-DE", "reviewer");
await person("rob@example.com", "en-GB", "reviewer");
await person("vera@example.com", "de-DE", "viewer");
await person("away@example.com", "en-GB", "reviewer");
await (
  await signedIn(installation, "away@example.com", [{ role: "reviewer", workflow }])
).setAway({ body: { until: "2026-01-30T08:00:00.000Z" } });

let made = 0;
async function waiting(): Promise<string> {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId: `Secret-${made++}`, input: { text: "the bill is wrong" } },
  });
  await until(
    () => client.getCase({ params: { case: caseId } }),
    (found) => found.state === "in_review",
  );
  return caseId;
}
const to = (email: string) => mailbox.mails.filter((mail) => mail.to.includes(email));
const subjectOf = ({ raw }: Received) => /^Subject: ([^\r]*(?:\r\n [^\r]*)*)/m.exec(raw)![1]!;
const arrived = (email: string, n: number) =>
  until(
    async () => to(email),
    (mails) => mails.length >= n,
  );
/** Long enough for the duty to have looked again. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1_600));

test("without a mail server nobody is told, and nothing fails", async () => {
  await waiting();
  await pass(90 * MINUTE);
  await aWhile();
  expect(await database.all(sql`select 1 from audit_event where kind = 'notice.sent'`)).toEqual([]);
  await database.run(sql`delete from notice`);
  await client.saveConnection({
    params: { name: "mail" },
    body: {
      settings: {
        kind: "smtp",
        host: "127.0.0.1",
        port: mailbox.port,
        security: "none",
        from: "pilotage@example.com",
      },
    },
  });
});

describe("the digest", () => {
  test("comes in the morning, once, in each person's language, with counts and a link and nothing of a case", async () => {
    await waiting();
    // Put off until Wednesday: it is counted neither as open now nor as overdue tomorrow.
    const asleep = await waiting();
    const { lease } = await client.claimReview({ params: { case: asleep }, body: {} });
    await client.snoozeReview({
      params: { case: asleep },
      body: { lease, until: "2026-01-07T12:00:00.000Z" },
    });
    await pass(MINUTE);
    const [german] = await arrived("rita@example.com", 1);
    const [english] = await arrived("rob@example.com", 1);
    expect(textOf(german!)).toContain(`${workflow}: 2 Vorgänge offen, 2 heute fällig, 0 überfällig`);
    expect(textOf(english!)).toContain(`${workflow}: 2 cases open, 2 due today, 0 overdue`);
    for (const mail of [german!, english!]) {
      expect(textOf(mail)).toContain(PUBLIC);
      expect(textOf(mail)).not.toMatch(/Secret|bill|case_/);
    }
    await arrived("olga@example.com", 1);
    await pass(MINUTE);
    await waiting();
    await pass(10 * MINUTE);
    await aWhile();
    for (const email of ["rita@example.com", "rob@example.com", "olga@example.com"])
      expect(to(email), email).toHaveLength(1);
  });

  test("goes to nobody who is away, and to nobody without a part in the work", () => {
    expect(to("away@example.com")).toEqual([]);
    expect(to("vera@example.com")).toEqual([]);
  });
});

describe("the notice of what falls due", () => {
  test("comes when cases are due within the hour, and not again within the hour", async () => {
    // The first case is due three working hours after eight; it is shortly before a quarter to nine.
    await pass(85 * MINUTE);
    const mails = await arrived("rob@example.com", 2);
    expect(subjectOf(mails[1]!)).toMatch(/due within the hour/);
    expect(textOf(mails[1]!)).toMatch(/mailed: \d cases? due within the hour/);
    await pass(20 * MINUTE);
    await pass(20 * MINUTE);
    await aWhile();
    expect(to("rob@example.com")).toHaveLength(2);
    // The owner does not review.
    expect(to("olga@example.com")).toHaveLength(1);
  });

  test("does not come at night, and the next digest comes the next morning", async () => {
    await pass(9 * HOUR);
    await aWhile();
    const before = to("rita@example.com").length;
    await pass(4 * HOUR);
    await aWhile();
    expect(to("rita@example.com")).toHaveLength(before);
    // Tuesday, a few minutes past eight.
    await pass(Date.parse("2026-01-06T07:05:00Z") - app.clock.now());
    const mails = await arrived("rita@example.com", before + 1);
    expect(textOf(mails.at(-1)!)).toMatch(/3 Vorgänge offen, 0 heute fällig, 3 überfällig/);
  });

  test("tells the owner alone that the budget for calls of models is nearly spent", async () => {
    await client.setDial({ params: { workflow }, body: { setting: "budget", value: { perMonth: 10 } } });
    await database.run(
      sql`insert into spend_window (scope, period, starts, currency, cost) values (${`workflow:${workflow}`}, 'month', '2026-01-01T00:00:00Z', 'USD', 9)`,
    );
    await pass(Date.parse("2026-01-07T07:05:00Z") - app.clock.now());
    await until(
      async () => to("olga@example.com").map(textOf),
      (texts) => texts.some((text) => text.includes("das Budget für Modellaufrufe ist fast verbraucht")),
    );
    await aWhile();
    for (const mail of to("rita@example.com")) expect(textOf(mail)).not.toContain("Budget");
  });

  test("is on record with whom it went to, never with counts", async () => {
    const events = await database.all<{ body: string }>(
      sql`select body from audit_event where kind = 'notice.sent'`,
    );
    expect(events.length).toBeGreaterThan(4);
    for (const { body } of events)
      expect(Object.keys((JSON.parse(body) as { data: object }).data).toSorted()).toEqual([
        "notice",
        "person",
      ]);
  });
});

describe("a report", () => {
  const as = (name: string) => openClient({ url: installation.url, key: installation.key, as: name });

  test("is told to the owner, and the third of a day as an alert, without its words", async () => {
    await aWhile();
    const before = to("olga@example.com").length;
    for (const [i, name] of ["rita@example.com", "rob@example.com", "rita@example.com"].entries()) {
      const { told } = await as(name).report({
        params: { workflow },
        body: { kind: "invented", text: "Words of the report" },
      });
      expect(told).toEqual(["olga@example.com"]);
      await arrived("olga@example.com", before + i + 1);
    }
    const mails = to("olga@example.com").slice(before);
    expect(textOf(mails[2]!)).toMatch(/3/);
    expect(subjectOf(mails[2]!)).not.toBe(subjectOf(mails[0]!));
    for (const mail of mails) expect(textOf(mail)).not.toContain("Words of the report");
  });

  test("is answered to everybody who made it, each once, in their language", async () => {
    const [found] = (await client.listImprovements({ params: { workflow } })).improvements;
    const before = [to("rita@example.com").length, to("rob@example.com").length] as const;
    await client.settleImprovement({
      params: { improvement: found!.id },
      body: { state: "declined", answer: "That is how the catalogue names them." },
    });
    const german = (await arrived("rita@example.com", before[0] + 1)).at(-1)!;
    const english = (await arrived("rob@example.com", before[1] + 1)).at(-1)!;
    expect(textOf(german)).toMatch(/Antwort[^]*how the catalogue/);
    expect(textOf(english)).toMatch(/an answer[^]*how the catalogue/);
    await aWhile();
    expect(to("rita@example.com")).toHaveLength(before[0] + 1);
  });
});

describe("a looser data policy", () => {
  const whole = (name: string, role: Role, locale: "de-DE" | "en-GB", of: string | null = null) =>
    signedIn(installation, `${name}@example.com`, [{ role, workflow: of }]).then(async (theirs) => {
      await theirs.changeMe({ body: { locale } });
      return theirs;
    });

  test("is told to those who may confirm it, once, when it begins to wait", async () => {
    const admin = await whole("adam", "administrator", "en-GB");
    await whole("stella", "steward", "de-DE");
    await whole("carl", "compliance", "en-GB");
    // Neither makes the pair: an engineer does not answer for data, and this steward for one workflow alone.
    await whole("enno", "engineer", "de-DE");
    await whole("wanda", "steward", "de-DE", workflow);
    await admin.saveConnection(offering({}));
    await admin.saveConnection(offering({ scan: { email: "allow" } }));
    const [german] = await arrived("stella@example.com", 1);
    const [english] = await arrived("carl@example.com", 1);
    expect(textOf(german!)).toMatch(
      /adam@example.com hat lockerere Datenregeln für offered\/small beantragt/,
    );
    expect(textOf(english!)).toContain("adam@example.com asked for a looser data policy for offered/small");
    for (const mail of [german!, english!]) expect(textOf(mail)).toContain(`${PUBLIC}/settings#connections`);

    await admin.saveConnection(offering({ scan: { email: "allow" } }));
    await aWhile();
    expect(["stella", "carl"].map((name) => to(`${name}@example.com`).length)).toEqual([1, 1]);
    expect(["adam", "enno", "wanda"].flatMap((name) => to(`${name}@example.com`))).toEqual([]);
  });
});
