/** Feedback: what whoever receives a result says about it, what becomes of it, and the one list that it all ends on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openTokens } from "../src/access/tokens.ts";
import { keysOf, readContent } from "../src/cases/content.ts";
import type { Client } from "../src/contract/client.ts";
import { openClient } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { openLog } from "../src/platform/log.ts";
import { unlock } from "../src/platform/master-key.ts";
import { sql } from "../src/platform/sql.ts";
import { lastingly } from "./support/desk.ts";
import { install, launch, until } from "./support/installation.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PUBLIC = "https://pilotage.example.com";
const installation = await install({
  settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z", PILOTAGE_PUBLIC_URL: PUBLIC },
});
const { app, url } = installation;
const { database } = app;
const vault = await unlock({
  fromSetting: undefined,
  dataHome: installation.dataHome,
  database,
  log: openLog("error"),
});
const tokens = openTokens(vault);
const stranger = openClient({ url });
const target = await installation.clientFor(["feedback"]);
const as = await lastingly(installation);
const client = as("E. Brandt");
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });

let made = 0;
/** A case that a person approved and the target has. */
async function delivered(workflow: string, verdict: "approve" | "edit" = "approve"): Promise<string> {
  const caseId = await waiting(workflow);
  const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
  await client.giveVerdict({
    params: { case: caseId },
    body:
      verdict === "approve"
        ? { lease, verdict }
        : { lease, verdict, output: { category: "technical" }, reason: "wrong_class" },
  });
  await reach(caseId, "delivered");
  return caseId;
}

async function waiting(workflow: string): Promise<string> {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId: `T-${made++}`, input: { text: "the bill is wrong" } },
  });
  await reach(caseId, "in_review");
  return caseId;
}

const look = (caseId: string) => client.getCase({ params: { case: caseId }, query: { content: "true" } });
const reach = (caseId: string, state: string) =>
  until(
    () => look(caseId),
    (found) => found.state === state,
  );
async function pageOf(caseId: string): Promise<string> {
  const { link } = await client.feedbackLink({ params: { case: caseId } });
  expect(link.startsWith(`${PUBLIC}/say#`)).toBe(true);
  return link.slice(`${PUBLIC}/say#`.length);
}
async function desk(workflow: string, more: JsonObject = {}): Promise<void> {
  await launch({ client }, { workflow: { ...more, workflow }, release: { workflow } });
}
const list = (workflow: string) => client.listImprovements({ params: { workflow } });

describe("the signed page", async () => {
  const workflow = "pages";
  await desk(workflow, { support: { contact: "desk@example.com", answerHours: 8 } });

  test("shows what it is about and whom to ask, to anybody who has the link, and changes nothing", async () => {
    const caseId = await delivered(workflow);
    const token = await pageOf(caseId);
    const before = await look(caseId);
    const page = await stranger.lookAtToken({ body: { token } });
    expect(page).toMatchObject({
      kind: "feedback",
      unit: "ticket",
      externalId: before.externalId,
      deliveredAt: before.deliveredAt,
      question: null,
      said: [],
      open: true,
      support: { contact: "desk@example.com", answerHours: 8 },
    });
    expect(JSON.stringify(page)).not.toMatch(/billing|the bill is wrong|e\.brandt/i);
    expect(await look(caseId)).toEqual(before);
  });

  test("takes what is wrong: a label and a record, while the result stays what it was", async () => {
    const caseId = await delivered(workflow);
    const token = await pageOf(caseId);
    const before = await look(caseId);
    expect(
      await stranger.sayWithToken({
        body: { token, reason: "wrong_class", text: "This was about the router.", email: "kim@example.org" },
      }),
    ).toEqual({ taken: true, kind: "feedback" });
    const after = await look(caseId);
    expect(after).toMatchObject({
      state: "delivered",
      verdict: "approve",
      deliveries: before.deliveries,
      reviews: before.reviews,
    });
    expect(after.content).toEqual(before.content);
    expect(after.labels.filter((one) => one.source === "feedback")).toMatchObject([
      { askedFor: "feedback", probability: null, wrong: true, person: "signed page" },
    ]);
    expect(after.history.map((one) => one.kind)).toEqual(
      expect.arrayContaining(["feedback.given", "report.made"]),
    );
    expect((await stranger.lookAtToken({ body: { token } })).said).toMatchObject([
      { text: "This was about the router.", answer: null },
    ]);
  });

  test("keeps the words sealed: no table and no event holds them in clear", async () => {
    const caseId = await delivered(workflow);
    await stranger.sayWithToken({
      body: { token: await pageOf(caseId), text: "Zweitwohnung-4711", email: "secret.person@example.org" },
    });
    const tables = await database.all<{ name: string }>(
      sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
    );
    for (const { name } of tables) {
      const { rows } = await database.pool.query<{ row: string }>(`select t::text as row from "${name}" t`);
      for (const { row } of rows) expect(row, name).not.toMatch(/Zweitwohnung|secret\.person/);
    }
  });

  test("opens nothing once it is over, was changed, or comes from another installation, and tells none from another", async () => {
    const caseId = await delivered(workflow);
    const token = await pageOf(caseId);
    const changed = token.replace(/^f/, "a");
    const over = tokens.make({
      kind: "feedback",
      caseId: caseId as never,
      no: 0,
      expiresAt: app.clock.now() - 1,
    });
    const nobody = tokens.make({
      kind: "feedback",
      caseId: app.newId("case"),
      no: 0,
      expiresAt: app.clock.now() + DAY,
    });
    const messages = new Set<string>();
    for (const bad of [changed, over, nobody, "x".repeat(40), `${token}x`])
      for (const call of [
        stranger.lookAtToken({ body: { token: bad } }),
        stranger.sayWithToken({ body: { token: bad, text: "x" } }),
      ])
        messages.add(
          await call.then(
            () => "taken",
            (error: { code: string; message: string }) => `${error.code} ${error.message}`,
          ),
        );
    expect([...messages]).toHaveLength(1);
    expect([...messages][0]).toMatch(/^not_found/);
  });

  test("takes five things an hour, and says when more are welcome", async () => {
    const token = await pageOf(await delivered(workflow));
    const say = (text: string) =>
      stranger.sayWithToken({ body: { token, text } }).then(
        () => "taken",
        (error: { code: string }) => error.code,
      );
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => say(`again ${i}`)));
    expect(answers.toSorted()).toEqual(
      [
        ...Array.from({ length: 5 }, () => "taken"),
        ...Array.from({ length: 3 }, () => "too_many_requests"),
      ].toSorted(),
    );
    await pass(HOUR + 1);
    expect(await say("one more")).toBe("taken");
    expect((await stranger.lookAtToken({ body: { token } })).said).toHaveLength(6);
  });

  test("is asked often by one address only so far", async () => {
    const token = await pageOf(await delivered(workflow));
    await pass(2 * 60_000);
    const codes = new Set<string>();
    for (let i = 0; i < 130; i++)
      codes.add(
        await stranger.lookAtToken({ body: { token } }).then(
          () => "shown",
          (error: { code: string }) => error.code,
        ),
      );
    expect(codes).toEqual(new Set(["shown", "too_many_requests"]));
    await pass(2 * 60_000);
  });

  test("is not there by GET, so that no mail scanner says anything", async () => {
    const token = await pageOf(await delivered(workflow));
    for (const path of ["/api/v1/say", "/api/v1/say/look", `/api/v1/say?token=${token}&text=x`]) {
      const reply = await fetch(`${url}${path}`);
      expect(reply.status, path).toBe(404);
    }
  });

  test.each([
    ["no text", { text: "  " }, "bad_request"],
    ["text that cannot be stored", { text: "a\ud800b" }, "bad_request"],
    ["an address that is none", { text: "x", email: "not an address" }, "bad_request"],
    ["two addresses", { text: "x", email: "a@example.com, b@example.com" }, "bad_request"],
    ["a reason that does not exist", { text: "x", reason: "because" }, "bad_request"],
    ["a novel", { text: "x".repeat(4_001) }, "bad_request"],
  ])("refuses %s", async (_, body, code) => {
    const token = await pageOf(await delivered(workflow));
    await expect(stranger.sayWithToken({ body: { token, ...body } as never })).rejects.toMatchObject({
      code,
    });
    expect((await stranger.lookAtToken({ body: { token } })).said).toEqual([]);
  });

  test("holds a script as text, and nothing else", async () => {
    const token = await pageOf(await delivered(workflow));
    const text = '<script>alert(1)</script><img src=x onerror="x">';
    await stranger.sayWithToken({ body: { token, text } });
    expect((await stranger.lookAtToken({ body: { token } })).said[0]!.text).toBe(text);
  });

  test("of a case whose content is gone opens nothing more, and what was said is gone with it", async () => {
    const caseId = await delivered(workflow);
    const token = await pageOf(caseId);
    await stranger.sayWithToken({ body: { token, text: "still here" } });
    await database.run(sql`delete from case_key where owner = ${caseId}`);
    expect((await stranger.lookAtToken({ body: { token } })).said).toEqual([]);
    await expect(stranger.sayWithToken({ body: { token, text: "x" } })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });
});

describe("a link for feedback", async () => {
  test("stands in the delivery of a workflow that wants it, and works", async () => {
    const workflow = "linked";
    await desk(workflow, { feedback: { link: true } });
    const caseId = await delivered(workflow);
    const lines = readFileSync(join(installation.dataHome, "files", workflow, "results.jsonl"), "utf8").split(
      "\n",
    );
    const body = lines.filter(Boolean).map((line) => (JSON.parse(line) as { body: JsonObject }).body)[0]!;
    const feedbackUrl = body["feedbackUrl"] as string;
    expect(feedbackUrl.startsWith(`${PUBLIC}/say#`)).toBe(true);
    const token = feedbackUrl.split("#")[1]!;
    expect(await stranger.lookAtToken({ body: { token } })).toMatchObject({ open: true });
    expect(tokens.read(token, app.clock.now())!.caseId).toBe(caseId);
    expect(tokens.read(token, app.clock.now() + 91 * DAY)).toBeUndefined();
  });

  test("is left out where nobody asked for it", async () => {
    const workflow = "plain";
    await desk(workflow);
    await delivered(workflow);
    expect(
      readFileSync(join(installation.dataHome, "files", workflow, "results.jsonl"), "utf8"),
    ).not.toContain("feedbackUrl");
  });

  test("exists only for what was delivered, and only for whoever may see the case", async () => {
    const workflow = "unlinked";
    await desk(workflow);
    const caseId = await waiting(workflow);
    await expect(client.feedbackLink({ params: { case: caseId } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    const other = await installation.clientFor(["read", "feedback"], { workflow: "linked" });
    await expect(other.feedbackLink({ params: { case: caseId } })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("feedback over the API", async () => {
  const workflow = "told";
  await desk(workflow);
  const give = (who: Client, caseId: string, more: JsonObject = {}) =>
    who.giveFeedback({
      params: { case: caseId },
      body: { reason: "wrong_class", text: "It was about the router.", ...more } as never,
    });

  test("says what would have been right, sealed, and in which fields the result was wrong", async () => {
    const caseId = await delivered(workflow);
    const { label, improvement } = await give(target, caseId, {
      output: { category: "technical" },
      reporter: "CRM, K. Ludwig",
    });
    const found = await look(caseId);
    expect(found.labels.find((one) => one.id === label)).toMatchObject({
      source: "feedback",
      wrong: true,
      wrongFields: ["category"],
      person: "feedback",
    });
    const keys = await keysOf(database, vault, [caseId]);
    const kept = (await readContent(database, keys, [`label.${label}`])).get(caseId)!;
    expect(kept.get(`label.${label}`)).toEqual({ category: "technical" });
    expect((await list(workflow)).improvements.find((one) => one.id === improvement)).toMatchObject({
      kind: "wrong_result",
      reason: "wrong_class",
      field: "category",
      cases: [caseId],
    });
  });

  test("that comes again takes the place of the earlier label, and both records stay", async () => {
    const caseId = await delivered(workflow);
    const first = await give(target, caseId);
    const second = await give(target, caseId);
    expect((await look(caseId)).labels.filter((one) => one.source === "feedback")).toMatchObject([
      { id: first.label, superseded: true },
      { id: second.label, superseded: false },
    ]);
    expect(first.improvement).toBe(second.improvement);
  });

  test("is taken only about what was delivered, with an answer that the schema knows", async () => {
    const caseId = await waiting(workflow);
    await expect(give(target, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await expect(give(target, app.newId("case"))).rejects.toMatchObject({ code: "not_found" });
    const done = await delivered(workflow);
    await expect(give(target, done, { output: { category: "nonsense" } })).rejects.toMatchObject({
      code: "bad_output",
    });
    await expect(give(target, done, { output: { category: "other", note: "\ud800" } })).rejects.toMatchObject(
      { code: "bad_output" },
    );
    expect((await look(done)).labels.filter((one) => one.source === "feedback")).toEqual([]);
  });

  test("takes a key with that scope, of this workflow", async () => {
    const caseId = await delivered(workflow);
    await expect(give(await installation.clientFor(["read", "review"]), caseId)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(
      give(await installation.clientFor(["feedback"], { workflow: "pages" }), caseId),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  test("counts for no certificate: a label that no coin asked for has no probability", async () => {
    const found = await database.all<{ probability: number | null; qa: boolean }>(
      sql`select probability from label where workflow = ${workflow} and source = 'feedback'`,
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((one) => one.probability === null)).toBe(true);
  });
});

describe("a report", async () => {
  const workflow = "reported";
  await desk(workflow);
  const report = (who: Client, body: JsonObject) => who.report({ params: { workflow }, body: body as never });

  test("of the same mistake brings the last cases alike along", async () => {
    const alike = [await delivered(workflow, "edit"), await delivered(workflow, "edit")];
    const another = await delivered(workflow);
    const newest = await delivered(workflow, "edit");
    const made = await report(as("a.koch@example.com"), { kind: "same_mistake", caseId: newest });
    expect(made.alike.toSorted()).toEqual(alike.toSorted());
    expect(made.alike).not.toContain(another);
    const [listed] = (await list(workflow)).improvements;
    expect(listed).toMatchObject({
      id: made.improvement,
      kind: "same_mistake",
      reason: "wrong_class",
      field: "category",
      state: "open",
      rank: 1,
      reports: 1,
      reporters: 1,
    });
    expect(listed!.cases.toSorted()).toEqual([...alike, newest].toSorted());
    const ofSource = await report(as("a.koch@example.com"), {
      kind: "same_mistake",
      caseId: newest,
      field: "input.text",
    });
    expect(ofSource.alike.toSorted()).toEqual(alike.toSorted());
    expect(ofSource.improvement).not.toBe(made.improvement);
  });

  test("is counted by day, and the third raises an alert, once", async () => {
    const kind = "invented";
    const alerts = () =>
      database.all(sql`select 1 from audit_event where workflow = ${workflow} and kind = 'report.alerted'`);
    const today: number[] = [];
    for (const name of ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]) {
      today.push((await report(as(name), { kind, text: "It invents order numbers." })).today);
      expect(await alerts()).toHaveLength(today.length >= 3 ? 1 : 0);
    }
    expect(today).toEqual([1, 2, 3, 4]);
    await pass(DAY);
    expect((await report(as("a@example.com"), { kind })).today).toBe(1);
    expect((await list(workflow)).improvements.find((one) => one.kind === kind)).toMatchObject({
      reports: 5,
      reporters: 4,
    });
  });

  test("about a case of another workflow, or an invented one, is refused", async () => {
    const caseId = await waiting("told");
    for (const id of [caseId, app.newId("case"), "case_none"])
      await expect(report(client, { kind: "other", caseId: id })).rejects.toMatchObject({
        code: "not_found",
      });
  });
});

describe("the list of improvements", async () => {
  const workflow = "listed";
  await desk(workflow);
  const release = (await client.listReleases({ params: { workflow } })).releases[0]!.id;
  const { releases: others } = await client.listReleases({ params: { workflow: "told" } });
  const settle = (improvement: string, body: JsonObject) =>
    client.settleImprovement({ params: { improvement }, body });
  const report = (kind: string, name = "a@example.com") =>
    as(name).report({ params: { workflow }, body: { kind } as never });
  const kinds = async () => (await list(workflow)).improvements.map((one) => one.kind);

  test("has the most reported first, unless the owner says otherwise", async () => {
    await report("other");
    await report("slow_or_strange");
    await report("slow_or_strange", "b@example.com");
    expect(await kinds()).toEqual(["slow_or_strange", "other"]);
    const other = (await list(workflow)).improvements[1]!;
    expect(await settle(other.id, { urgency: "first" })).toMatchObject({ rank: 1 });
    expect(await kinds()).toEqual(["other", "slow_or_strange"]);
    await settle(other.id, { urgency: "last", state: "planned", owner: "e.brandt@example.com" });
    const improvements = (await list(workflow)).improvements;
    expect(improvements[1]).toMatchObject({
      kind: "other",
      rank: 2,
      state: "planned",
      owner: "e.brandt@example.com",
    });
  });

  test("lets what is old weigh less than what is new", async () => {
    await pass(60 * DAY);
    await report("wrong_customer");
    expect((await kinds())[0]).toBe("wrong_customer");
  });

  test("calls fixed only what a release of this workflow fixed", async () => {
    const [first] = (await list(workflow)).improvements;
    await expect(settle(first!.id, { state: "fixed" })).rejects.toMatchObject({ code: "bad_request" });
    for (const fixedBy of ["rel_none", others[0]!.id])
      await expect(settle(first!.id, { state: "fixed", fixedBy })).rejects.toMatchObject({
        code: "bad_request",
      });
    expect(await settle(first!.id, { state: "fixed", fixedBy: release })).toMatchObject({
      state: "fixed",
      fixedBy: release,
      settledAt: new Date(app.clock.now()).toISOString(),
    });
  });

  test("declines nothing without telling why, and the answer reaches whoever said it on the page", async () => {
    const caseId = await delivered(workflow);
    const token = await pageOf(caseId);
    await stranger.sayWithToken({ body: { token, reason: "tone", text: "Too curt." } });
    const said = (await list(workflow)).improvements.find((one) => one.reason === "tone")!;
    await expect(settle(said.id, { state: "declined" })).rejects.toMatchObject({ code: "bad_request" });
    await pass(1_000);
    await settle(said.id, { state: "declined", answer: "Our letters are short on purpose." });
    const page = await stranger.lookAtToken({ body: { token } });
    expect(page.said).toMatchObject([
      { text: "Too curt.", answer: "Our letters are short on purpose.", answeredAt: expect.any(String) },
    ]);
    const { rows } = await database.pool.query<{ row: string }>("select t::text as row from improvement t");
    expect(rows.some(({ row }) => row.includes("on purpose"))).toBe(false);
  });

  test("opens anew what comes again after it was settled, and keeps the settled one", async () => {
    await report("wrong_customer");
    const both = (await list(workflow)).improvements.filter((one) => one.kind === "wrong_customer");
    expect(both.map((one) => one.state)).toEqual(["open", "fixed"]);
    await expect(settle(both[1]!.id, { state: "open" })).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("counts the reasons, and asks for a new one when too many edits found none that fits", async () => {
    const edit = async (reason: "other" | "wrong_class") => {
      const caseId = await waiting(workflow);
      const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
      await client.giveVerdict({
        params: { case: caseId },
        body: { lease, verdict: "edit", output: { category: "other" }, reason, text: "x" },
      });
    };
    for (let i = 0; i < 9; i++) await edit("wrong_class");
    await edit("other");
    expect((await list(workflow)).wantsNewReason).toBe(false);
    await edit("other");
    const found = await list(workflow);
    expect(found.wantsNewReason).toBe(true);
    expect(found.reasons.slice(0, 2)).toEqual([
      { reason: "wrong_class", count: 9 },
      { reason: "other", count: 2 },
    ]);
    await pass(15 * DAY);
    expect((await list(workflow)).wantsNewReason).toBe(false);
  });

  test("is settled by whoever may manage it, not by a reviewer's key, and not from another workflow", async () => {
    const { id } = (await list(workflow)).improvements[0]!;
    const body = { urgency: "first" as const };
    for (const [scopes, more, code] of [
      [["read", "review"], {}, "forbidden"],
      [["operate"], { workflow: "told" }, "not_found"],
    ] as const) {
      const who = await installation.clientFor([...scopes], more);
      await expect(who.settleImprovement({ params: { improvement: id }, body })).rejects.toMatchObject({
        code,
      });
    }
    await expect(settle("imp_none", {})).rejects.toMatchObject({ code: "not_found" });
  });
});
