/** Applying and publishing, shares, waivers, dials and their second person. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Client } from "../src/contract/client.ts";
import { openClient } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { raw, sql } from "../src/platform/sql.ts";
import { openReleases } from "../src/releases/publish.ts";
import { install, launch, releaseDocument, until, workflowDocument } from "./support/installation.ts";
import { signedIn } from "./support/people.ts";

const DAY = 86_400_000;
const SUPPORT_MIGRATION = new URL("../src/platform/migrations/0018-support-dial.sql", import.meta.url);

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client: brandt, app, url, key } = installation;
const keller = openClient({ url, key, as: "M. Keller" });
await brandt.saveConnection({
  params: { name: "script" },
  body: {
    settings: { kind: "scripted", script: { rules: [], otherwise: { answer: { category: "billing" } } } },
  },
});

const documentOf = (workflow: string, more: JsonObject = {}) => workflowDocument({ workflow, ...more });
const apply = (
  workflow: string,
  more: JsonObject = {},
  options: { takeFile?: boolean; dryRun?: boolean } = {},
  by: Client = brandt,
) =>
  by.applyWorkflow({
    params: { workflow },
    body: { document: documentOf(workflow, more), takeFile: false, dryRun: false, ...options },
  });
const publish = (workflow: string, more: JsonObject = {}, examples?: string) =>
  brandt.publishRelease({
    params: { workflow },
    body: {
      document: releaseDocument({ workflow, ...more }),
      ...(examples === undefined ? {} : { examples }),
    },
  });
const waive = (workflow: string, item: "baseline" | "works_council" | "go", days = 90) =>
  brandt.waive({ params: { workflow }, body: { item, reason: "a test", days } });
/** The go takes two: one asks, another approves. */
const waiveGo = async (workflow: string, days?: number) => {
  await waive(workflow, "go", days);
  const { changes } = await brandt.listChanges({ params: { workflow } });
  const { id } = changes.find((one) => one.setting === "waiver.go" && one.state === "pending")!;
  await keller.approveChange({ params: { change: id } });
};
const share = (workflow: string, release: string, part: number) =>
  brandt.setShare({ params: { workflow }, body: { release, share: part } });
const workflowOf = (workflow: string) => brandt.getWorkflow({ params: { workflow } });

describe("applying a file", () => {
  test("the first time makes the workflow, on manual, with the file's dials", async () => {
    const applied = await apply("first", { qa: { share: 0.2 } });
    expect(applied).toMatchObject({ created: true, changed: true, differences: [], taken: [], pending: [] });
    expect(await workflowOf("first")).toMatchObject({
      stableRelease: "manual",
      candidateRelease: null,
      share: 0,
      autonomy: 0,
      rung: 0,
      dials: { "qa.share": 0.2 },
    });
  });

  test("again without a change does nothing", async () => {
    await apply("again");
    expect(await apply("again")).toMatchObject({ created: false, changed: false, differences: [] });
  });

  test("later takes the structure, keeps the dials in force, and shows where they differ", async () => {
    await apply("later", { qa: { share: 0.2 } });
    const applied = await apply("later", { qa: { share: 0.1 }, purpose: "Sort letters" });
    expect(applied).toMatchObject({
      changed: true,
      differences: [{ setting: "qa.share", before: 0.2, after: 0.1, needsSecond: true }],
      taken: [],
      pending: [],
    });
    expect(await workflowOf("later")).toMatchObject({
      purpose: "Sort letters",
      dials: { "qa.share": 0.2 },
      pendingChanges: 0,
    });
  });

  test("with take-file tightens at once, and leaves what loosens to a second person", async () => {
    await apply("taken", { qa: { share: 0.2 }, cold: { share: 0.1 } });
    const applied = await apply("taken", { qa: { share: 0.4 }, cold: { share: 0.01 } }, { takeFile: true });
    expect(applied.taken).toEqual(["qa.share"]);
    expect(applied.pending).toHaveLength(1);
    expect(await workflowOf("taken")).toMatchObject({
      dials: { "qa.share": 0.4, "cold.share": 0.1 },
      pendingChanges: 1,
    });

    const change = applied.pending[0]!;
    await expect(brandt.approveChange({ params: { change } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    const shouting = openClient({ url, key, as: " E. BRANDT " });
    await expect(shouting.approveChange({ params: { change } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    expect((await workflowOf("taken")).dials["cold.share"]).toBe(0.1);
    expect(await keller.approveChange({ params: { change } })).toMatchObject({
      state: "applied",
      decidedBy: "M. Keller",
      requestedBy: "E. Brandt",
    });
    expect(await workflowOf("taken")).toMatchObject({ dials: { "cold.share": 0.01 }, pendingChanges: 0 });
    await expect(keller.approveChange({ params: { change } })).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("twice asks for the same change once", async () => {
    await apply("asked", { qa: { share: 0.2 } });
    const once = await apply("asked", { qa: { share: 0.1 } }, { takeFile: true });
    const twice = await apply("asked", { qa: { share: 0.1 } }, { takeFile: true }, keller);
    expect(twice.pending).toEqual(once.pending);
    // Asking for it too is not an approval: it takes the one who did not ask first, on purpose.
    expect((await workflowOf("asked")).dials["qa.share"]).toBe(0.2);
  });

  test("a change that no longer starts from what is in force cannot be approved", async () => {
    await apply("stale", { qa: { share: 0.2 } });
    const { pending } = await apply("stale", { qa: { share: 0.1 } }, { takeFile: true });
    await apply("stale", { qa: { share: 0.5 } }, { takeFile: true });
    await expect(keller.approveChange({ params: { change: pending[0]! } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    expect((await workflowOf("stale")).dials["qa.share"]).toBe(0.5);
    expect(await keller.refuseChange({ params: { change: pending[0]! } })).toMatchObject({
      state: "refused",
    });
  });

  test("a dial that the file sets and the installation does not is only proposed", async () => {
    await apply("proposed");
    expect((await apply("proposed", { due: { workingHours: 4 } })).differences).toMatchObject([
      { setting: "due", before: null },
    ]);
    await publish("proposed");
    const submit = async (externalId: string) => {
      const { caseId } = await brandt.submitCase({
        params: { workflow: "proposed" },
        body: { externalId, input: { text: "x" } },
      });
      return (await brandt.getCase({ params: { case: caseId } })).dueAt;
    };
    expect(await submit("1")).toBeNull();
    await apply("proposed", { due: { workingHours: 4 } }, { takeFile: true });
    expect(await submit("2")).not.toBeNull();
    await apply("proposed", {}, { takeFile: true });
    expect(await submit("3")).toBeNull();
  });

  test("as a trial run changes nothing", async () => {
    expect(await apply("trial", {}, { dryRun: true })).toMatchObject({ created: true });
    await expect(workflowOf("trial")).rejects.toMatchObject({ code: "not_found" });
  });

  test("that is not valid names its problems and applies nothing", async () => {
    await expect(apply("invalid", { qa: { share: 7 }, unit: "" })).rejects.toMatchObject({
      code: "definition_invalid",
      details: expect.arrayContaining([
        expect.objectContaining({ path: "qa.share" }),
        expect.objectContaining({ path: "unit" }),
      ]),
    });
    await expect(
      brandt.applyWorkflow({ params: { workflow: "invalid" }, body: { document: documentOf("other") } }),
    ).rejects.toMatchObject({ code: "conflict" });
    await expect(workflowOf("invalid")).rejects.toMatchObject({ code: "not_found" });
  });

  test("a higher quality share counts from the next case on, not from the next day", async () => {
    await apply("quality", { qa: { share: 0 } });
    await publish("quality");
    const probability = async (externalId: string) => {
      const { caseId } = await brandt.submitCase({
        params: { workflow: "quality" },
        body: { externalId, input: { text: "x" } },
      });
      return (
        await app.database.one<{ qa_probability: number }>(
          sql`select qa_probability from case_ where id = ${caseId}`,
        )
      ).qa_probability;
    };
    expect(await probability("1")).toBe(0);
    await apply("quality", { qa: { share: 1 } }, { takeFile: true });
    expect(await probability("2")).toBe(1);
  });
});

describe("publishing", () => {
  test("the same document is the same release, however often and by how many at once", async () => {
    await apply("published");
    const first = await publish("published");
    expect(first).toMatchObject({ state: "ready", publishedBy: "E. Brandt" });
    const others = await Promise.all(
      Array.from({ length: 10 }, () =>
        publish("published", { decide: { review: ["output.category == 'other'"] } }),
      ),
    );
    expect(new Set(others.map((one) => one.id)).size).toBe(1);
    expect(await publish("published")).toEqual(first);
    const events = await app.database.all<{ kind: string }>(
      sql`select kind from audit_event where workflow = 'published' and kind = 'release.published'`,
    );
    expect(events).toHaveLength(2);
    expect((await brandt.listReleases({ params: { workflow: "published" } })).releases).toHaveLength(2);
  });

  test("a release cannot be changed or removed, not even in the database", async () => {
    await apply("immutable");
    const { id } = await publish("immutable");
    for (const change of [
      "document = '{}'",
      "digest = 'x'",
      "published_by = 'somebody'",
      "provenance = '{\"a\":1}'",
      "workflow = 'published'",
    ])
      await expect(app.database.run(sql`update release set ${raw(change)} where id = ${id}`)).rejects.toThrow(
        /immutable/,
      );
    await expect(app.database.run(sql`delete from release where id = ${id}`)).rejects.toThrow(/append-only/);
  });

  test("examples must be the ones that the document names", async () => {
    await apply("examples");
    const examples = `{"input":{"text":"bill"},"output":{"category":"billing"}}\n`;
    const digest = createHash("sha256").update(examples).digest("hex");
    const named = { examples: { digest, count: 1 } };
    await expect(publish("examples", named, `${examples} `)).rejects.toMatchObject({
      code: "definition_invalid",
      message: expect.stringContaining("not the ones"),
    });
    await expect(publish("examples", named)).rejects.toMatchObject({ code: "definition_invalid" });
    await expect(publish("examples", {}, examples)).rejects.toMatchObject({ code: "definition_invalid" });
    expect(await publish("examples", named, examples)).toMatchObject({ state: "ready" });
  });

  test("every problem that the check of a folder finds is found, all at once", async () => {
    await apply("checked");
    const examples = `{"input":{"text":"bill"},"output":{"category":"billing"}}\nno json\n{"input":{},"output":{}}\n`;
    const digest = createHash("sha256").update(examples).digest("hex");
    const refusal = await publish(
      "checked",
      {
        policy: { text: "allow", txet: "allow" },
        facets: { input: ["text"], output: ["category"] },
        error: { equal: ["categroy"] },
        prompt: "{{ input.text",
        examples: { digest, count: 3 },
      },
      examples,
    ).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "definition_invalid" });
    const problems = (refusal as { details: { file: string; path: string; line: number }[] }).details;
    expect(
      new Set(problems.map(({ file, path, line }) => `${file} ${path} ${line}`.replaceAll("  ", " "))),
    ).toEqual(
      new Set([
        "examples 2",
        "examples input.text 3",
        "examples output.category 3",
        "prompt 1",
        "release error 1",
        "release error.equal.0 1",
        "release facets.input.0 1",
        "release policy.txet 1",
      ]),
    );
    expect((await brandt.listReleases({ params: { workflow: "checked" } })).releases).toEqual([]);
    await expect(
      apply("checked-too", { deliveries: [{ name: "hook", kind: "webhook" }] }),
    ).rejects.toMatchObject({
      code: "definition_invalid",
      details: [expect.objectContaining({ path: "deliveries.0", message: "a webhook needs a connection" })],
    });
  });

  test("a release that cannot be prepared is failed after the third try, and says what to do", async () => {
    await apply("unprepared");
    const at = "2026-01-05T08:00:00Z";
    await app.database.run(sql`
      insert into release (id, workflow, digest, document, state, published_at, published_by) values ('rel_broken', 'unprepared', 'x', '{}', 'preparing', ${at}, 'test')`);
    const { database, registry, clock, newId, audit } = app;
    const releases = openReleases({ database, registry, clock, newId, audit });
    await expect(releases.prepare("rel_broken")).rejects.toThrow();
    await expect(releases.prepare("rel_broken")).rejects.toThrow();
    expect(await releases.get("rel_broken")).toMatchObject({ state: "preparing" });
    await releases.prepare("rel_broken");
    expect(await releases.get("rel_broken")).toMatchObject({
      state: "failed",
      problem: expect.stringMatching(/failed 3 times.*publish again/s),
    });
  });

  test("a document of another workflow, or one that cannot be compiled, is refused", async () => {
    await apply("refused");
    await expect(
      brandt.publishRelease({
        params: { workflow: "refused" },
        body: { document: releaseDocument({ workflow: "other" }) },
      }),
    ).rejects.toMatchObject({ code: "definition_invalid" });
    await expect(publish("refused", { decide: { review: ["output.nothing =="] } })).rejects.toMatchObject({
      code: "definition_invalid",
    });
    await expect(publish("refused", { prompt: "{% if %}" })).rejects.toMatchObject({
      code: "definition_invalid",
    });
    await expect(publish("nobody")).rejects.toMatchObject({ code: "not_found" });
    expect((await brandt.listReleases({ params: { workflow: "refused" } })).releases).toEqual([]);
  });
});

describe("what a new case is", () => {
  test("does not change by publishing, but with the release that gets a share", async () => {
    await apply("described");
    const input = (required: string[]) => ({ ...(releaseDocument()["input"] as JsonObject), required });
    await publish("described");
    const { id } = await publish("described", { input: input(["text", "customer"]) });
    const submit = (externalId: string) =>
      brandt.submitCase({ params: { workflow: "described" }, body: { externalId, input: { text: "x" } } });
    await expect(submit("1")).resolves.toMatchObject({ status: "admitted" });
    await waive("described", "baseline");
    await waive("described", "works_council");
    await share("described", id, 0);
    await expect(submit("2")).resolves.toMatchObject({ status: "admitted" });
    await share("described", id, 0.1);
    await expect(submit("3")).rejects.toMatchObject({ code: "bad_input" });
  });
});

describe("what takes two", () => {
  test("waiving the go is in force only when another person approves it", async () => {
    await apply("go");
    expect(await waive("go", "go")).toMatchObject({ waivers: [], pendingChanges: 1 });
    // Asked for again, it waits once.
    expect(await waive("go", "go")).toMatchObject({ pendingChanges: 1 });
    const { changes } = await brandt.listChanges({ params: { workflow: "go" } });
    const change = changes[0]!.id;
    await expect(brandt.approveChange({ params: { change } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    await keller.approveChange({ params: { change } });
    expect(await workflowOf("go")).toMatchObject({ waivers: [{ item: "go", person: "E. Brandt" }] });
  });

  test("a field is blocked by applying the file, and freed by a second person", async () => {
    await apply("blocking", { blockFields: ["secret"] });
    const applied = await apply("blocking", { blockFields: ["amount"] });
    expect(applied.taken).toEqual(["blockFields"]);
    expect((await workflowOf("blocking")).dials["blockFields"]).toEqual(["secret", "amount"]);
    const { pending } = await apply("blocking", { blockFields: ["amount"] }, { takeFile: true });
    expect((await workflowOf("blocking")).dials["blockFields"]).toEqual(["secret", "amount"]);
    await keller.approveChange({ params: { change: pending[0]! } });
    expect((await workflowOf("blocking")).dials["blockFields"]).toEqual(["amount"]);
  });

  test("over which cases the limit is certified", async () => {
    await apply("per");
    const automation = { maxErrorRate: 0.05, per: "category" };
    expect((await apply("per", { automation })).differences).toMatchObject([
      { setting: "automation.per", before: "all", after: "category", needsSecond: true },
    ]);
  });
});

describe("the share", () => {
  test("needs the baseline and the works council, recorded or waived by name", async () => {
    await apply("shared");
    const { id } = await publish("shared");
    await expect(share("shared", id, 0.2)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("baseline"),
    });
    await waive("shared", "baseline");
    await expect(share("shared", id, 0.2)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("works council"),
    });
    await waive("shared", "works_council");
    expect(await share("shared", id, 0.2)).toMatchObject({
      candidateRelease: id,
      share: 0.2,
      waivers: [{ item: "baseline", person: "E. Brandt", reason: "a test" }, { item: "works_council" }],
    });
  });

  test("can be lowered when a waiver is over, but not raised", async () => {
    await apply("expired");
    const { id } = await publish("expired");
    await waive("expired", "baseline", 1);
    await waive("expired", "works_council", 30);
    await share("expired", id, 0.5);
    await brandt.advanceClock({ body: { milliseconds: DAY } });
    await expect(share("expired", id, 0.6)).rejects.toMatchObject({ code: "wrong_state" });
    expect(await share("expired", id, 0.1)).toMatchObject({
      share: 0.1,
      waivers: [{ item: "works_council" }],
    });
  });

  test("is only for a release that is there and ready", async () => {
    await apply("ready");
    await waive("ready", "baseline");
    await waive("ready", "works_council");
    await expect(share("ready", "rel_none", 0.1)).rejects.toMatchObject({ code: "not_found" });
    const other = await launch(installation, {
      workflow: { workflow: "elsewhere" },
      release: { workflow: "elsewhere" },
      script: null,
    });
    await expect(share("ready", other, 0.1)).rejects.toMatchObject({ code: "not_found" });
    await app.database.run(sql`
      insert into release (id, workflow, digest, document, state, published_at, published_by) values ('rel_preparing', 'ready', 'x', '{}', 'preparing', ${"2026-01-05T08:00:00Z"}, 'test')`);
    await expect(share("ready", "rel_preparing", 0.1)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("preparing"),
    });
  });

  test("of another release being set to nothing takes nothing from the candidate", async () => {
    const candidate = await launch(installation, {
      workflow: { workflow: "two" },
      release: { workflow: "two" },
      script: null,
      share: 0.5,
    });
    const { id: other } = await publish("two", { facets: { input: [], output: ["category"] } });
    const { salt } = await app.database.one<{ salt: string }>(
      sql`select salt from workflow where name = 'two'`,
    );
    expect(await share("two", other, 0)).toMatchObject({ candidateRelease: candidate, share: 0.5 });
    expect(
      (await app.database.one<{ salt: string }>(sql`select salt from workflow where name = 'two'`)).salt,
    ).toBe(salt);
    expect(await share("two", candidate, 0.8)).toMatchObject({ share: 0.8 });
    expect(
      (await app.database.one<{ salt: string }>(sql`select salt from workflow where name = 'two'`)).salt,
    ).toBe(salt);
    expect(await share("two", other, 0.1)).toMatchObject({ candidateRelease: other, share: 0.1 });
    expect(
      (await app.database.one<{ salt: string }>(sql`select salt from workflow where name = 'two'`)).salt,
    ).not.toBe(salt);
  });

  test("that is raised keeps every case on the candidate that was there", async () => {
    const release = await launch(installation, {
      workflow: { workflow: "sticky" },
      release: { workflow: "sticky" },
      script: null,
      share: 0.3,
    });
    const receipts = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        brandt.submitCase({
          params: { workflow: "sticky" },
          body: { externalId: `s-${i}`, input: { text: "x" } },
        }),
      ),
    );
    const arms = () =>
      Promise.all(
        receipts.map(async ({ caseId }) => (await brandt.getCase({ params: { case: caseId } })).arm),
      );
    const before = await arms();
    expect(new Set(before)).toEqual(new Set(["manual", "candidate"]));
    await share("sticky", release, 0.9);
    expect(await arms()).toEqual(before);
  });

  test("takes a named person", async () => {
    const release = await launch(installation, {
      workflow: { workflow: "named" },
      release: { workflow: "named" },
      script: null,
      share: 0,
    });
    const nobody = await installation.clientFor(["operate", "read"]);
    await expect(
      nobody.setShare({ params: { workflow: "named" }, body: { release, share: 0.1 } }),
    ).rejects.toMatchObject({ code: "bad_request" });
  });
});

describe("autonomy", () => {
  const autonomy = (workflow: string, part: number, by: Client = brandt) =>
    by.setAutonomy({ params: { workflow }, body: { autonomy: part } });

  test("is locked until the workflow has its go, then takes a second person, and is lowered at once", async () => {
    await apply("autonomy");
    await expect(autonomy("autonomy", 0.5)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("go"),
    });
    await waiveGo("autonomy");
    const change = await autonomy("autonomy", 0.5);
    expect(change).toMatchObject({ state: "pending", needsSecond: true, before: 0, after: 0.5 });
    expect((await workflowOf("autonomy")).autonomy).toBe(0);
    await expect(brandt.approveChange({ params: { change: change.id } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    await keller.approveChange({ params: { change: change.id } });
    expect((await workflowOf("autonomy")).autonomy).toBe(0.5);
    expect(await autonomy("autonomy", 0.2)).toMatchObject({ state: "applied", needsSecond: false });
    expect((await workflowOf("autonomy")).autonomy).toBe(0.2);
  });

  test("is not raised by an approval that comes after the go is over, or after it was lowered", async () => {
    await apply("late-go");
    await waiveGo("late-go", 1);
    const raised = await autonomy("late-go", 0.5);
    await brandt.advanceClock({ body: { milliseconds: DAY } });
    await expect(keller.approveChange({ params: { change: raised.id } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    await waiveGo("late-go");
    await keller.approveChange({ params: { change: raised.id } });
    const more = await autonomy("late-go", 0.9);
    await autonomy("late-go", 0);
    await expect(keller.approveChange({ params: { change: more.id } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    expect((await workflowOf("late-go")).autonomy).toBe(0);
  });

  test("asked for by many at once is never raised by one person alone", async () => {
    await apply("hasty");
    await waiveGo("hasty");
    const { id } = await autonomy("hasty", 0.5);
    await keller.approveChange({ params: { change: id } });
    const changes = await Promise.all([0.1, 0.3, 0.05, 0.4, 0.2].map((part) => autonomy("hasty", part)));
    for (const change of changes)
      expect(change.state).toBe(change.after > change.before ? "pending" : "applied");
    const applied = changes
      .filter((change) => change.state === "applied")
      .map((change) => change.after as number);
    expect((await workflowOf("hasty")).autonomy).toBe(Math.min(...applied));
  });

  test("without a certificate lets nothing out: every case is reviewed", async () => {
    await launch(installation, {
      workflow: { workflow: "uncertified" },
      release: { workflow: "uncertified" },
      script: null,
    });
    await waiveGo("uncertified");
    const { id } = await autonomy("uncertified", 1);
    await keller.approveChange({ params: { change: id } });
    const { caseId } = await brandt.submitCase({
      params: { workflow: "uncertified" },
      body: { externalId: "1", input: { text: "x" } },
    });
    const found = await until(
      () => brandt.getCase({ params: { case: caseId } }),
      (one) => one.state === "in_review",
    );
    expect(found.decision).toMatchObject({ outcome: "review", reasons: [{ code: "no_certificate" }] });
    await expect(
      app.database.run(sql`update decision set outcome = 'auto' where case_id = ${caseId}`),
    ).rejects.toThrow(/check constraint/);
  });
});

test("asking for a look of a feed leaves its event", async () => {
  const feeds = [{ name: "inbox", kind: "folder", path: "in", format: "csv" }];
  await apply("fed", { feeds: feeds.map((one) => ({ ...one, encoding: "detect", schedule: 300_000 })) });
  await brandt.runFeed({ params: { workflow: "fed", feed: "inbox" } });
  const events = await app.database.all<{ kind: string }>(
    sql`select kind from audit_event where workflow = 'fed' and kind = 'feed.requested'`,
  );
  expect(events).toHaveLength(1);
});

describe("whom to ask", () => {
  const support = { contact: "desk@example.com", answerHours: 8 };
  const contactOf = async (workflow: string) =>
    (await brandt.getMe()).workflows.find((one) => one.name === workflow)?.support;
  const change = (workflow: string, value: JsonObject | null, by = brandt) =>
    by.setDial({ params: { workflow }, body: { setting: "support", value } });

  test("comes from the file the first time, and is the owner's to change alone from then on", async () => {
    await apply("asking", { support });
    expect(await contactOf("asking")).toEqual(support);
    const owner = await signedIn(installation, "own@example.com", [{ role: "owner", workflow: "asking" }]);
    expect(await change("asking", { contact: "#help" }, owner)).toMatchObject({ state: "applied" });
    expect(await contactOf("asking")).toEqual({ contact: "#help", answerHours: null });
    const later = await apply("asking", { support });
    expect(later.differences.map((one) => one.setting)).toEqual(["support"]);
    expect(await contactOf("asking")).toEqual({ contact: "#help", answerHours: null });
    await apply("asking", { support }, { takeFile: true });
    expect(await contactOf("asking")).toEqual(support);
    const { events } = await app.database.one<{ events: number }>(
      sql`select count(*)::int as events from audit_event where workflow = 'asking' and kind = 'setting.changed' and body like '%"support"%'`,
    );
    expect(events).toBe(2);
  });

  test("is nobody else's to change, and takes what a file could say", async () => {
    for (const role of ["engineer", "on_call", "approver", "compliance"] as const) {
      const who = await signedIn(installation, `${role}@example.com`, [{ role, workflow: "asking" }]);
      await expect(change("asking", { contact: "me" }, who), role).rejects.toMatchObject({
        code: "forbidden",
      });
    }
    for (const value of [{}, { contact: "" }, { contact: "x", answerHours: 0 }, { contact: "a\nb" }])
      await expect(change("asking", value), JSON.stringify(value)).rejects.toMatchObject({
        code: "bad_request",
      });
    expect(await contactOf("asking")).toEqual(support);
    await change("asking", null);
    expect(await contactOf("asking")).toBeNull();
  });

  test("is what the file said, where a workflow was applied before it was a dial", async () => {
    await apply("older", { support });
    await apply("silent");
    await app.database.run(sql`update workflow set dials = dials - 'support'::text`);
    await app.database.run(raw(readFileSync(SUPPORT_MIGRATION, "utf8")));
    expect(await contactOf("older")).toEqual(support);
    expect(await contactOf("silent")).toBeNull();
  });
});

test("every change is in the list, the waiting ones first, and in the audit trail", async () => {
  await apply("listed", { qa: { share: 0.2 } });
  await apply("listed", { qa: { share: 0.1 }, cold: { share: 0.2 } }, { takeFile: true });
  const { changes } = await brandt.listChanges({ params: { workflow: "listed" } });
  expect(changes.map((one) => [one.setting, one.state])).toEqual([
    ["qa.share", "pending"],
    ["cold.share", "applied"],
  ]);
  const events = await app.database.all<{ kind: string }>(
    sql`select kind from audit_event where workflow = 'listed' and kind like 'setting.%' order by id`,
  );
  expect(events.map((one) => one.kind).sort()).toEqual(["setting.changed", "setting.requested"]);
});
