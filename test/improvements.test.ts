/** One improvement read whole, who hears of visible personal data, and the answer on its way back: once to everybody who said it. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { openClient, type Client } from "../src/contract/client.ts";
import { sql } from "../src/platform/sql.ts";
import { lastingly } from "./support/desk.ts";
import { install, launch, until } from "./support/installation.ts";
import { openMailbox, textOf, type Received } from "./support/mailbox.ts";
import { signedIn } from "./support/people.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const PUBLIC = "https://pilotage.example.com";
// Saturday: no digest and no notice of what falls due comes between.
const installation = await install({
  settings: { PILOTAGE_CLOCK: "2026-01-10T08:00:00Z", PILOTAGE_PUBLIC_URL: PUBLIC },
});
const { app, url } = installation;
const { database } = app;
const mailbox = await openMailbox();
const as = await lastingly(installation);
const client = as("olga@example.com");
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
const stranger = openClient({ url });
const crm = await installation.clientFor(["feedback"]);
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });
const desk = (workflow: string) =>
  launch(
    { client },
    { workflow: { workflow, undo: 0, people: { owner: "olga@example.com" } }, release: { workflow } },
  );
const person = (email: string, role: "reviewer" | "viewer" | "steward" | "compliance", workflow: string) =>
  signedIn(installation, email, [{ role, workflow }]);

let made = 0;
async function delivered(workflow: string): Promise<string> {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId: `T-${made++}`, input: { text: "the bill is wrong" } },
  });
  const reach = (state: string) =>
    until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === state,
    );
  await reach("in_review");
  const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
  await client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
  await reach("delivered");
  return caseId;
}
async function pageOf(caseId: string): Promise<string> {
  const { link } = await client.feedbackLink({ params: { case: caseId } });
  return link.split("#")[1]!;
}
const say = async (
  caseId: string,
  body: { reason: "tone" | "privacy" | "wrong_value"; text: string; email?: string },
) => stranger.sayWithToken({ body: { token: await pageOf(caseId), ...body } });
const listed = async (
  workflow: string,
  is: (one: { reason: string | null; kind: string; state: string }) => boolean,
) => (await client.listImprovements({ params: { workflow } })).improvements.find(is)!;
const read = (who: Client, improvement: string) => who.getImprovement({ params: { improvement } });
const settle = (improvement: string, body: JsonObject) =>
  client.settleImprovement({ params: { improvement }, body });
const to = (email: string) => mailbox.mails.filter((mail) => mail.to.includes(email));
const arrived = (email: string, n: number) =>
  until(
    async () => to(email),
    (mails) => mails.length >= n,
  );
const PRIVACY = /visible personal data|sichtbare personenbezogene Daten/;
const told = (email: string, workflow: string) =>
  to(email).filter((mail) => PRIVACY.test(subjectOf(mail)) && textOf(mail).includes(`workflow=${workflow}&`));
function subjectOf({ raw }: Received): string {
  const head = /^Subject: ([^\r]*(?:\r\n [^\r]*)*)/m.exec(raw)![1]!.replaceAll(/\r\n /g, " ");
  return head.replaceAll(/=\?UTF-8\?Q\?([^?]*)\?=/g, (_, text: string) => text.replaceAll("_", " "));
}

describe("one improvement", async () => {
  const workflow = "read-whole";
  await desk(workflow);
  const clerk = await person("rita@example.com", "reviewer", workflow);
  const colleague = await person("rob@example.com", "reviewer", workflow);
  const viewer = await person("vera@example.com", "viewer", workflow);
  const caseId = await delivered(workflow);
  await clerk.report({
    params: { workflow },
    body: {
      kind: "invented",
      caseId,
      reason: "not_supported",
      field: "category",
      text: "It invents a contract.",
    },
  });
  await pass(1_000);
  await clerk.report({
    params: { workflow },
    body: { kind: "invented", reason: "not_supported", field: "category" },
  });
  const { id } = await listed(workflow, (one) => one.kind === "invented");

  test("is read with every report: who, when, why, of which field and case, in their words", async () => {
    const found = await read(client, id);
    expect(found).toMatchObject({
      id,
      rank: 1,
      state: "open",
      owner: null,
      fixedBy: null,
      answer: null,
      reports: 2,
    });
    expect(found.said).toMatchObject([
      { door: "inbox", by: "rita@example.com", own: false, caseId: null, text: null, withheld: false },
      {
        by: "rita@example.com",
        at: new Date(app.clock.now() - 1_000).toISOString(),
        reason: "not_supported",
        field: "category",
        caseId,
        text: "It invents a contract.",
      },
    ]);
  });

  test("names no colleague to a colleague, but lets everybody know their own", async () => {
    expect((await read(clerk, id)).said.map(({ by, own }) => [by, own])).toEqual([
      ["rita@example.com", true],
      ["rita@example.com", true],
    ]);
    const seen = await read(colleague, id);
    expect(seen.said.map(({ by, own }) => [by, own])).toEqual([
      [null, false],
      [null, false],
    ]);
    expect(seen.said[1]!.text).toBe("It invents a contract.");
    const key = openClient({
      url,
      key: (
        await app.keys.make(
          {
            name: "rita@example.com",
            scopes: ["read", "content:read"],
            workflow,
            days: 30,
            simulated: false,
          },
          { kind: "system", name: "test" },
        )
      ).secret,
    });
    expect((await read(key, id)).said.some(({ own, by }) => own || by !== null)).toBe(false);
  });

  test("shows words only to who may read cases, and says that they are kept", async () => {
    const seen = await read(viewer, id);
    expect(seen.said.map(({ text, withheld }) => [text, withheld])).toEqual([
      [null, true],
      [null, true],
    ]);
    expect(JSON.stringify(seen)).not.toMatch(/contract|rita/);
  });

  test("does not exist for who does not see its workflow", async () => {
    const other = await person("nina@example.com", "viewer", "privacy");
    await expect(read(other, id)).rejects.toMatchObject({ code: "not_found" });
    const bound = await installation.clientFor(["read"], { workflow: "privacy" });
    await expect(read(bound, id)).rejects.toMatchObject({ code: "not_found" });
    await expect(read(client, "imp_none")).rejects.toMatchObject({ code: "not_found" });
  });

  test("loses the words with the content of their case, and nothing else", async () => {
    const gone = await delivered(workflow);
    await say(gone, { reason: "tone", text: "Too curt.", email: "kim@example.org" });
    const { id: tone } = await listed(workflow, (one) => one.reason === "tone");
    const before = (await read(client, tone)).said;
    expect(before).toMatchObject([{ door: "page", by: null, text: "Too curt.", caseId: gone }]);
    expect(JSON.stringify(before)).not.toContain("kim@example.org");
    await database.run(sql`delete from case_key where owner = ${gone}`);
    expect((await read(client, tone)).said).toMatchObject([{ text: null, withheld: false, caseId: gone }]);
  });

  test("keeps what others said of a case from whoever judges it blind", async () => {
    const taken = (
      await database.one<{ id: string }>(sql`select id from person where email = 'rob@example.com'`)
    ).id;
    await database.run(
      sql`insert into review (case_id, workflow, no, turn, state, person, holder, lease, lease_until, due_at, opened_at)
        select case_id, workflow, 9, 'blind', 'claimed', 'rob@example.com', ${`${taken} rob@example.com`}, 'lse_x', to_timestamp(4000000000), due_at, opened_at
        from review where case_id = ${caseId} and no = 1`,
    );
    const seen = (await read(colleague, id)).said[1]!;
    expect(seen).toMatchObject({ text: null, withheld: true });
    await database.run(sql`delete from review where case_id = ${caseId} and no = 9`);
    expect((await read(colleague, id)).said[1]).toMatchObject({ withheld: false });
  });
});

describe("visible personal data", async () => {
  const workflow = "privacy";
  await desk(workflow);
  const clerk = as("rita@example.com");
  await person("stella@example.com", "steward", workflow);
  await person("carla@example.com", "compliance", workflow);
  await person("victor@example.com", "viewer", workflow);
  const ALL = ["olga@example.com", "stella@example.com", "carla@example.com"];

  test("reported in the inbox is told to owner, data steward and compliance: a link, and nothing of the case", async () => {
    const caseId = await delivered(workflow);
    const sent = await clerk.report({
      params: { workflow },
      body: {
        kind: "personal_data",
        caseId,
        reason: "privacy",
        field: "category",
        text: "Frau Zweitwohnung-4711",
      },
    });
    expect(sent.told.toSorted()).toEqual(ALL.toSorted());
    for (const email of ALL) {
      const [mail, ...more] = told(email, workflow);
      expect(more).toEqual([]);
      expect(textOf(mail!)).toContain(
        `${PUBLIC}/overview?workflow=${workflow}&improvement=${sent.improvement}`,
      );
      expect(mail!.raw + textOf(mail!)).not.toMatch(/Zweitwohnung|case_|T-\d|category|rita/);
    }
    expect(to("victor@example.com")).toEqual([]);
    const events = await database.all<{ body: string }>(
      sql`select body from audit_event where kind = 'report.told'`,
    );
    expect(events.map(({ body }) => (JSON.parse(body) as { data: JsonObject }).data)).toMatchObject([
      { improvement: sent.improvement, told: expect.arrayContaining(ALL) as never },
    ]);
  });

  test("said on the signed page is told as well, once a day for one case however often it is said", async () => {
    const caseId = await delivered(workflow);
    const before = told("carla@example.com", workflow).length;
    await say(caseId, { reason: "privacy", text: "Here stands an IBAN.", email: "kim@example.org" });
    await arrived("carla@example.com", to("carla@example.com").length);
    const reach = (n: number) =>
      until(
        async () => ALL.map((email) => told(email, workflow).length),
        (counts) => counts.every((count) => count === n),
      );
    await reach(before + 1);
    await say(caseId, { reason: "privacy", text: "It still does." });
    // Another case is told of again; by then a mail of the second report would be there, too.
    await say(await delivered(workflow), { reason: "privacy", text: "And here." });
    await until(
      async () => told("carla@example.com", workflow).length,
      (count) => count >= before + 2,
    );
    expect(told("carla@example.com", workflow)).toHaveLength(before + 2);
    for (const mail of told("carla@example.com", workflow)) expect(textOf(mail)).not.toMatch(/IBAN|kim/);
    await pass(DAY);
    await say(caseId, { reason: "privacy", text: "And today." });
    await until(
      async () => told("carla@example.com", workflow).length,
      (count) => count === before + 3,
    );
  });

  test("said over the API is told as well", async () => {
    const caseId = await delivered(workflow);
    const before = told("carla@example.com", workflow).length;
    await crm.giveFeedback({ params: { case: caseId }, body: { reason: "privacy", text: "An IBAN." } });
    await until(
      async () => told("carla@example.com", workflow).length,
      (count) => count === before + 1,
    );
  });

  test("is told to nobody for another reason", async () => {
    const counts = () => ALL.map((email) => told(email, workflow).length);
    const before = counts();
    await say(await delivered(workflow), { reason: "tone", text: "Too curt." });
    await clerk.report({ params: { workflow }, body: { kind: "slow_or_strange" } });
    expect(counts()).toEqual(before);
    // Told so far: of the inbox, of two cases on the page, of one of them again the next day, over the API.
    expect(
      await database.all(
        sql`select 1 from audit_event where workflow = ${workflow} and kind = 'report.told'`,
      ),
    ).toHaveLength(5);
  });

  test("for the third time on a day alerts the owner, who gets no second mail for it", async () => {
    const again = "privacy-again";
    await desk(again);
    await person("carl@example.com", "compliance", again);
    const before = to("olga@example.com").length;
    for (let i = 0; i < 3; i++)
      await clerk.report({ params: { workflow: again }, body: { kind: "personal_data" } });
    const mails = to("olga@example.com").slice(before);
    expect(mails.map((mail) => PRIVACY.test(subjectOf(mail)))).toEqual([true, true, false]);
    expect(told("carl@example.com", again)).toHaveLength(3);
  });
});

describe("the answer", async () => {
  const workflow = "answered";
  await desk(workflow);
  const release = (await client.listReleases({ params: { workflow } })).releases[0]!.id;
  const clerk = as("rita@example.com");
  const answers = (email: string, words: string) => to(email).filter((mail) => textOf(mail).includes(words));

  test("goes with what is fixed to everybody who left an address, each once, and stands on the signed page", async () => {
    const [one, two, three] = [
      await delivered(workflow),
      await delivered(workflow),
      await delivered(workflow),
    ];
    await say(one, { reason: "tone", text: "Too curt.", email: "kim@example.org" });
    await say(two, { reason: "tone", text: "Still too curt.", email: "Kim@Example.org" });
    await say(three, { reason: "tone", text: "Curt." });
    await crm.giveFeedback({
      params: { case: one },
      body: { reason: "tone", text: "The customer complains.", reporter: "k.ludwig@example.net" },
    });
    await clerk.giveFeedback({ params: { case: two }, body: { reason: "tone", text: "Curt." } });
    const { id } = await listed(workflow, (found) => found.reason === "tone");
    await pass(MINUTE);
    const settled = await settle(id, {
      state: "fixed",
      fixedBy: release,
      answer: "Letters greet and thank now.",
    });
    expect(settled).toMatchObject({ state: "fixed", fixedBy: release, told: 3 });
    for (const email of ["kim@example.org", "k.ludwig@example.net", "rita@example.com"])
      expect(answers(email, "Letters greet"), email).toHaveLength(1);
    for (const caseId of [one, two, three]) {
      const page = await stranger.lookAtToken({ body: { token: await pageOf(caseId) } });
      expect(page.said).toMatchObject([
        { answer: "Letters greet and thank now.", answeredAt: settled.answeredAt },
      ]);
    }
    expect((await listed(workflow, (found) => found.reason === "tone")).answer).toBe(
      "Letters greet and thank now.",
    );
    expect(await settle(id, { answer: "Letters greet and thank now.", urgency: "last" })).toMatchObject({
      told: 0,
    });
    expect(await settle(id, { owner: "olga@example.com" })).toMatchObject({
      told: 0,
      answeredAt: settled.answeredAt,
    });
    expect(answers("kim@example.org", "Letters greet")).toHaveLength(1);
  });

  test("given while it is planned reaches with the fix only those who came since", async () => {
    const [early, late] = [await delivered(workflow), await delivered(workflow)];
    const both = { reason: "wrong_value" as const, text: "The sum is wrong." };
    await say(early, { ...both, email: "early@example.org" });
    await say(early, { ...both, email: "both@example.org" });
    const { id } = await listed(workflow, (found) => found.reason === "wrong_value");
    await pass(MINUTE);
    expect(await settle(id, { state: "planned", answer: "We mend the sums." })).toMatchObject({ told: 2 });
    await pass(MINUTE);
    await say(late, { ...both, email: "late@example.org" });
    await say(late, { ...both, email: "both@example.org" });
    const waits = await stranger.lookAtToken({ body: { token: await pageOf(late) } });
    expect(waits.said[0]!.answer).toBe(null);
    await pass(MINUTE);
    expect(await settle(id, { state: "fixed", fixedBy: release })).toMatchObject({ told: 1 });
    for (const email of ["early@example.org", "both@example.org", "late@example.org"])
      expect(answers(email, "We mend"), email).toHaveLength(1);
    for (const caseId of [early, late])
      expect((await stranger.lookAtToken({ body: { token: await pageOf(caseId) } })).said[0]!.answer).toBe(
        "We mend the sums.",
      );
  });

  test("in other words goes to everybody again; taken back, it stands nowhere", async () => {
    const { id } = await listed(workflow, (found) => found.reason === "wrong_value");
    await pass(MINUTE);
    expect(await settle(id, { answer: "The sums are right since Monday." })).toMatchObject({ told: 3 });
    expect(answers("early@example.org", "since Monday")).toHaveLength(1);
    expect(await settle(id, { answer: null })).toMatchObject({ told: 0, answer: null, answeredAt: null });
  });

  test("sent by two at once goes out once", async () => {
    const caseId = await delivered(workflow);
    await say(caseId, { reason: "tone", text: "Curt again.", email: "twice@example.org" });
    const { id } = await listed(workflow, (found) => found.reason === "tone" && found.state === "open");
    await pass(MINUTE);
    const both = await Promise.all(
      [1, 2].map(() => settle(id, { state: "declined", answer: "Short on purpose." })),
    );
    expect(both.reduce((sum, one) => sum + one.told, 0)).toBe(1);
    expect(answers("twice@example.org", "on purpose")).toHaveLength(1);
  });
});
