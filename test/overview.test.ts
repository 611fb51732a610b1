/** The pages Overview and Operations, dials, news and the verification of the log, as their endpoints answer. */
import pg from "pg";
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import { countHours, lastHours } from "../src/monitoring/hourly.ts";
import { openNewsroom, topicsOf } from "../src/monitoring/news.ts";
import { EVENTS } from "../src/contract/events.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";
import { offering } from "./support/offered-model.ts";
import { sessionCookie, signedIn } from "./support/people.ts";

const HOUR = 3_600_000;
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client: brandt, app, url, key } = installation;
const keller = openClient({ url, key, as: "M. Keller" });
const release = await launch(installation, { workflow: { due: { workingHours: 2 } } });
await launch(installation, {
  workflow: { workflow: "letters" },
  release: { workflow: "letters" },
  script: null,
});
const params = { workflow: "tickets" };
const submit = (externalId: string, input: object = { text: "x" }) =>
  brandt.submitCase({ params, body: { externalId, input } });
/** Figures may be two seconds old. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 2_100));

async function asOwner(...statements: string[]): Promise<void> {
  const owner = new pg.Client({ connectionString: installation.databaseUrl });
  await owner.connect();
  for (const statement of statements) await owner.query(statement);
  await owner.end();
}

describe("the overview", () => {
  test("of a workflow without cases knows nothing, and says so", async () => {
    const overview = await brandt.getOverview({ params });
    expect(overview.sentences.map((one) => [one.question, one.state, one.code])).toEqual([
      ["runs", "unknown", "runs_nothing_yet"],
      ["good", "unknown", "good_too_few"],
      ["used", "unknown", "used_nothing_yet"],
      ["worth", "unknown", "worth_no_baseline"],
    ]);
    expect(overview.hours).toHaveLength(24);
    expect(overview.people).toEqual({
      owner: "e.brandt@example.com",
      deputy: null,
      sponsor: "m.keller@example.com",
      orphaned: false,
    });
  });

  test("counts today's cases where they went, and what came in wrong", async () => {
    for (let i = 0; i < 4; i++) await submit(`t-${i}`);
    await expect(submit("bad", { nothing: 1 })).rejects.toMatchObject({ code: "bad_input" });
    await until(
      () => brandt.listCases({ params, query: { state: "in_review" } }),
      ({ cases }) => cases.length === 4,
    );
    const { reviews } = await brandt.claimReviews({ params, body: { count: 1 } });
    await brandt.giveVerdict({
      params: { case: reviews[0]!.caseId },
      body: { lease: reviews[0]!.lease, verdict: "approve" },
    });
    await until(
      () => brandt.listCases({ params, query: { state: "delivered" } }),
      ({ cases }) => cases.length === 1,
    );
    await settled();
    const { stations, branches, today, sentences, hours, needs } = await brandt.getOverview({ params });
    const station = (id: string) => stations.find((one) => one.id === id)!;
    const branch = (from: string, to: string) =>
      branches.find((one) => one.from === from && one.to === to)!.count;
    expect(today).toMatchObject({ received: 4, delivered: 1, automatic: 0, open: 3, overdue: 0 });
    expect(station("checks")).toMatchObject({ today: 5, waiting: 1, sick: "quarantine" });
    expect(station("review")).toMatchObject({ today: 1, waiting: 3, sick: null });
    expect(branch("feed", "checks")).toBe(5);
    expect(branch("checks", "quarantine")).toBe(1);
    expect(branch("decision", "review")).toBe(4);
    expect(branch("review", "delivery")).toBe(1);
    expect(sentences[0]).toMatchObject({ state: "good", code: "runs_well", n: 4 });
    expect(hours.at(-1)).toMatchObject({ received: 4, reviewed: 1, delivered: 1, automatic: 0 });
    expect(needs.map((one) => one.code)).toEqual(
      ["quarantine_open", "waiver_ends", "waiver_ends"].slice(0, 1),
    );
  });

  test("says what is wrong before what is well: late, stopped", async () => {
    await brandt.advanceClock({ body: { milliseconds: 5 * HOUR } });
    await settled();
    const late = await brandt.getOverview({ params });
    expect(late.sentences[0]).toMatchObject({
      state: "attention",
      code: "runs_overdue",
      values: { cases: 3 },
    });
    await brandt.moveLadder({ params, body: { rung: 4 } });
    await settled();
    const stopped = await brandt.getOverview({ params });
    expect(stopped.sentences[0]).toMatchObject({ state: "bad", code: "runs_stopped", values: { rung: 4 } });
    expect(stopped.stations[0]!.sick).toBe("stopped");
    await brandt.moveLadder({ params, body: { rung: 0, reason: "A test ends" } });
  });

  test("lists what its reader can settle, and nothing that they cannot", async () => {
    await brandt.setDial({ params, body: { setting: "undo", value: 5_000 } });
    const { id } = await brandt.setDial({ params, body: { setting: "undo", value: 0 } });
    const needsOf = async (email: string, role: "approver" | "auditor" | "owner") => {
      const client = await signedIn(installation, email, [{ role, workflow: "tickets" }]);
      return (await client.getOverview({ params })).needs.filter((one) => one.kind === "change");
    };
    expect(await needsOf("a.approver@example.com", "approver")).toMatchObject([
      { id, code: "change_waits", values: { setting: "undo", before: "5000", after: "0", by: "E. Brandt" } },
    ]);
    expect(await needsOf("a.auditor@example.com", "auditor")).toEqual([]);
    // Who asked does not approve, and so is not asked to.
    expect((await brandt.getOverview({ params })).needs.map((one) => one.id)).not.toContain(id);
    await brandt.refuseChange({ params: { change: id } });
  });

  test("lists a looser data policy of an offered model for those who may confirm it, whatever the workflow", async () => {
    const as = (role: "administrator" | "engineer" | "steward" | "compliance", workflow: string | null) =>
      signedIn(installation, `${role}.of.${workflow ?? "all"}@example.com`, [{ role, workflow }]);
    const admin = await as("administrator", null);
    await admin.saveConnection(offering({}));
    const { waiting } = await admin.saveConnection(offering({ scan: { email: "allow" } }));
    const needsOf = async (client: typeof admin, workflow = "tickets") =>
      (await client.getOverview({ params: { workflow } })).needs.filter(({ kind }) => kind === "policy");
    const steward = await as("steward", null);
    const [need] = await needsOf(steward);
    expect(need).toMatchObject({
      id: waiting[0]!.id,
      code: "policy_waits",
      values: { model: "offered/small", by: "administrator.of.all@example.com" },
      link: "/settings?workflow=tickets#connections",
    });
    expect(JSON.parse(String(need!.values["why"]))).toEqual([{ what: "kind", name: "email", to: "allow" }]);
    expect(await needsOf(await as("compliance", null), "letters")).toHaveLength(1);
    // A pair takes somebody who answers for data, and for the whole installation.
    expect(await needsOf(await as("engineer", null))).toEqual([]);
    expect(await needsOf(await as("steward", "tickets"))).toEqual([]);
    await steward.approvePolicyChange({ params: { change: need!.id } });
    expect(await needsOf(steward)).toEqual([]);
  });

  test("tells whoever asked that nobody could be the second person", async () => {
    const owner = await signedIn(installation, "lonely@example.com", [
      { role: "owner", workflow: "letters" },
    ]);
    const asked = await owner.setDial({
      params: { workflow: "letters" },
      body: { setting: "automation.maxErrorRate", value: 0.2 },
    });
    expect(asked.state).toBe("pending");
    const needs = async () => (await owner.getOverview({ params: { workflow: "letters" } })).needs;
    expect(await needs()).toContainEqual(
      expect.objectContaining({ code: "second_person_missing", values: { action: "dial.loosen" } }),
    );
    await signedIn(installation, "second@example.com", [{ role: "approver", workflow: "letters" }]);
    expect((await needs()).map((one) => one.code)).not.toContain("second_person_missing");
    await expect(owner.approveChange({ params: { change: asked.id } })).rejects.toMatchObject({
      code: "second_person_needed",
      message: expect.stringContaining("owner together with approver"),
    });
  });

  test("counts hours once they are over, and the hour of this moment as it stands", async () => {
    const now = app.clock.now();
    const live = await lastHours(app.database, "tickets", 48, now);
    while ((await countHours(app.database, app.clock)) > 0);
    expect(await lastHours(app.database, "tickets", 48, now)).toEqual(live);
    expect(live.reduce((total, one) => total + one.received, 0)).toBe(4);
    // What was counted is read, not counted anew.
    await app.database.run(sql`update case_hour set received = 77 where workflow = 'tickets'`);
    expect((await lastHours(app.database, "tickets", 48, now)).some((one) => one.received === 77)).toBe(true);
  });
});

describe("operations", () => {
  test("shows queues, states, and how many cases each rung would concern", async () => {
    const operations = await brandt.getOperations({ params });
    expect(operations.queues.find((one) => one.name === "review")).toMatchObject({ waiting: 3, overdue: 3 });
    expect(operations.states).toMatchObject({ in_review: 3, delivered: 1 });
    expect(operations.quarantine).toMatchObject([{ reason: "schema_mismatch", count: 1 }]);
    expect(operations.ladder).toMatchObject({ rung: 0, by: "E. Brandt", reason: "A test ends" });
    expect(operations.ladder.effects.map((one) => one.rung)).toEqual([0, 1, 2, 3, 4]);
    expect(operations.lastChange).toMatchObject({ by: expect.any(String) });
  });

  test("sends all dead letters of one target again, and none of another", async () => {
    const { cases } = await brandt.listCases({ params, query: { state: "delivered" } });
    const id = cases[0]!.id;
    await asOwner(
      "alter table case_ disable trigger user",
      `update delivery set state = 'dead', sent_at = null, error = 'refused' where case_id = '${id}'`,
      `update case_ set state = 'failed_delivery', delivered_at = null where id = '${id}'`,
      "alter table case_ enable trigger user",
    );
    await settled();
    expect((await brandt.getOperations({ params })).deadLetters).toMatchObject([
      { target: "results", count: 1 },
    ]);
    expect(await brandt.replayTarget({ params, body: { target: "nowhere" } })).toEqual({ cases: 0 });
    expect(await brandt.replayTarget({ params, body: { target: "results" } })).toEqual({ cases: 1 });
    await until(
      () => brandt.getCase({ params: { case: id } }),
      (one) => one.state === "delivered",
    );
  });
});

describe("a dial", () => {
  const dial = (setting: string, value: unknown) => brandt.setDial({ params, body: { setting, value } });

  test("that tightens is in force at once; one that loosens waits, once however often it is asked for", async () => {
    expect(await dial("qa.share", 0.3)).toMatchObject({ state: "applied", before: 0, after: 0.3 });
    const once = await dial("qa.share", 0.1);
    expect(once).toMatchObject({ state: "pending", needsSecond: true });
    expect((await dial("qa.share", 0.1)).id).toBe(once.id);
    expect((await brandt.getWorkflow({ params })).dials["qa.share"]).toBe(0.3);
    await keller.approveChange({ params: { change: once.id } });
    expect((await brandt.getWorkflow({ params })).dials["qa.share"]).toBe(0.1);
  });

  test.each([
    ["a name that is no dial", "rung", 1],
    ["a name of every object", "constructor", 1],
    ["a share above its limit", "cold.share", 0.9],
    ["a text for a number", "qa.share", "much"],
    ["no value where there must be one", "retention", null],
    ["an owner who is no address", "people", { owner: "somebody" }],
    ["another section", "automation", { maxErrorRate: 0.5 }],
  ])("is refused: %s", async (_, setting, value) => {
    await expect(dial(setting, value)).rejects.toMatchObject({
      code: "bad_request",
      message: expect.stringContaining("Nothing was changed"),
    });
  });

  test("that stands there already is no change", async () => {
    await expect(dial("qa.share", 0.1)).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("that may be missing is taken away with null", async () => {
    expect(await dial("due", null)).toMatchObject({ state: "applied", after: null });
    expect((await brandt.getWorkflow({ params })).dials).not.toHaveProperty("due");
  });
});

describe("a share", () => {
  test("that grows while cases may go out alone waits for two, and goes down at once", async () => {
    await app.database.run(
      sql`update workflow set autonomy = 0.5, candidate_share = 0.2 where name = 'tickets'`,
    );
    const { pending, share } = await brandt.setShare({ params, body: { release, share: 0.6 } });
    expect(share).toBe(0.2);
    expect(pending).toMatchObject({ setting: "share", state: "pending", after: { release, share: 0.6 } });
    await expect(brandt.approveChange({ params: { change: pending!.id } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    await keller.approveChange({ params: { change: pending!.id } });
    expect((await brandt.getWorkflow({ params })).share).toBe(0.6);
    const again = (await brandt.setShare({ params, body: { release, share: 0.9 } })).pending!;
    expect(await brandt.setShare({ params, body: { release, share: 0.1 } })).toMatchObject({
      share: 0.1,
      pending: null,
    });
    // The step that was asked for began from another share.
    await expect(keller.approveChange({ params: { change: again.id } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    await app.database.run(sql`update workflow set autonomy = 0 where name = 'tickets'`);
    expect(await brandt.setShare({ params, body: { release, share: 1 } })).toMatchObject({
      share: 1,
      pending: null,
    });
  });
});

describe("news", () => {
  interface Said {
    topics: string[];
    workflow: string | null;
  }
  async function listen(cookie: string, query = "") {
    const ended = new AbortController();
    const response = await fetch(`${url}/api/v1/live${query}`, { headers: { cookie }, signal: ended.signal });
    const said: Said[] = [];
    let over = false;
    void (async () => {
      let rest = "";
      for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) if (line.startsWith("data: ")) said.push(JSON.parse(line.slice(6)) as Said);
      }
      over = true;
    })().catch(() => (over = true));
    return { response, said, ended, isOver: () => over };
  }

  test("say what kind of thing changed, in the workflows that the reader sees and in no other, and never what", async () => {
    const viewer = await sessionCookie(installation, "viewer@example.com", [
      { role: "viewer", workflow: "letters" },
    ]);
    const owner = await sessionCookie(installation, "all@example.com", [{ role: "owner", workflow: null }]);
    const [one, all] = [await listen(viewer), await listen(owner)];
    expect(one.response.headers.get("content-type")).toContain("text/event-stream");
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await submit("news-tickets");
    await brandt.submitCase({
      params: { workflow: "letters" },
      body: { externalId: "n", input: { text: "x" } },
    });
    await until(
      async () => all.said,
      (said) => said.some((a) => a.workflow === "letters") && said.some((a) => a.workflow === "tickets"),
      15_000,
    );
    await until(
      async () => one.said,
      (said) => said.some((a) => a.workflow === "letters" && a.topics.includes("cases")),
      15_000,
    );
    expect(one.said.map((a) => a.workflow)).not.toContain("tickets");
    for (const a of all.said) expect(Object.keys(a).sort()).toEqual(["at", "topics", "workflow"]);
    one.ended.abort();
    all.ended.abort();
  });

  test("of a workflow that the reader does not see do not exist", async () => {
    const viewer = await sessionCookie(installation, "viewer@example.com", [
      { role: "viewer", workflow: "letters" },
    ]);
    const { response } = await listen(viewer, "?workflow=tickets");
    expect(response.status).toBe(404);
  });

  test("end with the session of their reader", async () => {
    const cookie = await sessionCookie(installation, "leaver@example.com", [
      { role: "viewer", workflow: null },
    ]);
    const { isOver } = await listen(cookie);
    await app.database.run(sql`
      update session set ended_at = started_at, why_ended = 'a test' from person p where p.id = session.person and p.email = 'leaver@example.com'`);
    await until(async () => isOver(), Boolean, 20_000);
  });

  test("know a topic for every kind of event, and nobody looks while nobody listens", async () => {
    for (const kind of Object.keys(EVENTS)) expect(topicsOf(kind).length, kind).toBeGreaterThan(0);
    const asked: string[] = [];
    const newsroom = openNewsroom({
      one: async (query: { compile(): { text: string } }) => (asked.push(query.compile().text), { size: 0 }),
    } as never);
    await newsroom.look();
    expect(asked).toEqual([]);
    const leave = newsroom.listen(() => undefined);
    await newsroom.look();
    expect(asked).toHaveLength(1);
    leave();
    await newsroom.look();
    expect(asked).toHaveLength(1);
  });
});

describe("verifying the log", () => {
  test("answers how many events stand as they were signed", async () => {
    const verified = await until(
      () => brandt.verifyAudit({ body: {} }),
      (one) => one.events > 20,
    );
    expect(verified).toMatchObject({ ok: true, problem: null });
    expect(verified.checkpoint).toBeGreaterThan(0);
    expect(verified.signedBy).toContain("+");
  });

  test("goes on one at a time", async () => {
    const both = await Promise.allSettled([
      brandt.verifyAudit({ body: {} }),
      brandt.verifyAudit({ body: {} }),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((one) => one.status === "rejected")).toMatchObject({ reason: { code: "wrong_state" } });
  });

  test("names the first event that was changed", async () => {
    // The owner of the tables, not the program: only they can take the guard away.
    await asOwner(
      `do $$ declare name text; begin
        for name in select inhrelid::regclass::text from pg_inherits where inhparent = 'audit_event'::regclass loop
          execute format('alter table %s disable trigger user', name);
        end loop;
      end $$`,
      "update audit_event set body = replace(body, 'E. Brandt', 'E. Brandl') where kind = 'ladder.moved'",
    );
    const verified = await brandt.verifyAudit({ body: {} });
    expect(verified.ok).toBe(false);
    expect(verified.problem).toContain("its text is not the one whose hash stands beside it");
  });
});
