/** Reviews: who has a case and for how long, what may be seen before the verdict, the verdict, and taking it back. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keysOf, readContent } from "../src/cases/content.ts";
import { openClient, type Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { openLog } from "../src/platform/log.ts";
import { unlock } from "../src/platform/master-key.ts";
import { sql } from "../src/platform/sql.ts";
import { BILLING_SCRIPT, install, launch, until } from "./support/installation.ts";

const UNDO = 10_000;
const MINUTE = 60_000;

// Simulated time: leases and undo windows end when the test says so. Each part has a workflow of its own.
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client, app } = installation;
const vault = await unlock({
  fromSetting: undefined,
  dataHome: installation.dataHome,
  database: app.database,
  log: openLog("error"),
});
const anna = await installation.clientFor(["review"]);
const ben = await installation.clientFor(["review", "read"]);
const clerk = await installation.clientFor(["review"], { simulated: true });
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });

/** Launches a workflow and answers how to hand it a case that then waits for a person. */
async function desk(
  workflow: string,
  more: { workflow?: JsonObject; release?: JsonObject; script?: JsonObject; share?: number } = {},
): Promise<() => Promise<string>> {
  const connection = `script-${workflow}`;
  await client.saveConnection({
    params: { name: connection },
    body: { settings: { kind: "scripted", script: more.script ?? BILLING_SCRIPT } },
  });
  await launch(installation, {
    ...more,
    script: null,
    workflow: { undo: UNDO, ...more.workflow, workflow },
    release: { model: { connection, timeout: 5_000 }, ...more.release, workflow },
  });
  let made = 0;
  return async () => {
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: `${workflow}-${made++}`, input: { text: "the bill is wrong" } },
    });
    await reach(caseId, "in_review");
    return caseId;
  };
}

const look = (caseId: string) => client.getCase({ params: { case: caseId }, query: { content: "true" } });
const reach = (caseId: string, state: string) =>
  until(
    () => look(caseId),
    (found) => found.state === state,
  );
const claim = (who: Client, caseId: string, leaseSeconds = 600) =>
  who.claimReview({ params: { case: caseId }, body: { leaseSeconds } });
const decide = (
  who: Client,
  caseId: string,
  lease: string,
  verdict: "approve" | "edit" | "reject",
  more: { output?: JsonObject; reason?: "out_of_scope" | "wrong_class" } = {},
) => who.giveVerdict({ params: { case: caseId }, body: { lease, verdict, ...more } });
const undo = (who: Client, caseId: string) => who.undoVerdict({ params: { case: caseId } });

/** What the file target holds of a case. */
function delivered(workflow: string, caseId: string): JsonObject[] {
  const path = join(installation.dataHome, "files", workflow, "results.jsonl");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines
    .filter((line) => line.includes(caseId))
    .map((line) => (JSON.parse(line) as { body: JsonObject }).body);
}

describe("a verdict", async () => {
  const workflow = "verdicts";
  const waiting = await desk(workflow);

  test("approves, and the case waits out its undo window before anything leaves", async () => {
    const caseId = await waiting();
    const task = await claim(anna, caseId);
    expect(task).toMatchObject({
      output: { category: "billing" },
      withheld: null,
      input: { text: "the bill is wrong" },
    });
    const verdict = await decide(anna, caseId, task.lease, "approve");
    expect(Date.parse(verdict.undoUntil!) - app.clock.now()).toBe(UNDO);
    expect((await look(caseId)).deliveries).toEqual([]);
    await pass(UNDO);
    await reach(caseId, "delivered");
    expect(delivered(workflow, caseId)).toMatchObject([
      { output: { category: "billing" }, decidedBy: "person" },
    ]);
  });

  test("edits: the person's answer goes out, and the label says where the model was wrong", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    const verdict = await decide(anna, caseId, lease, "edit", {
      output: { category: "technical", note: "call back" },
    });
    expect(verdict).toMatchObject({
      verdict: "edit",
      modelOutput: { category: "billing" },
      differs: ["category", "note"],
    });
    await pass(UNDO);
    const done = await reach(caseId, "delivered");
    expect(done).toMatchObject({
      verdict: "edit",
      labels: [
        {
          source: "review",
          askedFor: "no_certificate",
          probability: null,
          wrong: true,
          wrongFields: ["category"],
          seen: true,
        },
      ],
    });
    expect(delivered(workflow, caseId)).toMatchObject([
      { output: { category: "technical", note: "call back" }, suggestions: ["note"] },
    ]);
  });

  test("that edits only a suggestion is an edit, and the output was right", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    await decide(anna, caseId, lease, "edit", { output: { category: "billing", note: "x" } });
    await pass(UNDO);
    expect(await reach(caseId, "delivered")).toMatchObject({
      verdict: "edit",
      labels: [{ wrong: false, wrongFields: [] }],
    });
  });

  test("is named for what it does, whatever the sender calls it", async () => {
    const unchanged = await waiting();
    expect(
      await decide(anna, unchanged, (await claim(anna, unchanged)).lease, "edit", {
        output: { category: "billing" },
      }),
    ).toMatchObject({ verdict: "approve", differs: [] });
    const changed = await waiting();
    expect(
      await decide(anna, changed, (await claim(anna, changed)).lease, "approve", {
        output: { category: "other" },
      }),
    ).toMatchObject({ verdict: "edit", differs: ["category"] });
  });

  test("that breaks the output schema is refused with the fields, and the lease still holds", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    const broken = decide(anna, caseId, lease, "edit", { output: { category: "nonsense" } });
    await expect(broken).rejects.toMatchObject({ code: "bad_output", details: [{ path: "category" }] });
    await expect(
      decide(anna, caseId, lease, "edit", { output: { category: "other", note: "\ud800" } }),
    ).rejects.toMatchObject({ code: "bad_output" });
    await expect(decide(anna, caseId, lease, "edit")).rejects.toMatchObject({ code: "bad_output" });
    expect(await decide(anna, caseId, lease, "edit", { output: { category: "other" } })).toMatchObject({
      verdict: "edit",
    });
  });

  test("to reject needs a reason, and then nothing is delivered", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    await expect(decide(anna, caseId, lease, "reject")).rejects.toMatchObject({ code: "bad_request" });
    await decide(anna, caseId, lease, "reject", { reason: "out_of_scope" });
    await pass(UNDO);
    const done = await reach(caseId, "closed");
    expect(done).toMatchObject({
      verdict: "reject",
      deliveries: [],
      reviews: [{ verdict: "reject", reason: "out_of_scope" }],
      labels: [{ wrong: null, wrongFields: null }],
    });
    expect(delivered(workflow, caseId)).toEqual([]);
  });

  test("to reject counts as an error of the model only for a reason that says so", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "reject", { reason: "wrong_class" });
    await pass(UNDO);
    expect((await reach(caseId, "closed")).labels).toMatchObject([{ wrong: true, wrongFields: [] }]);
  });

  test("sent twice has one effect and the same answer", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    const both = await Promise.all([
      decide(anna, caseId, lease, "approve"),
      decide(anna, caseId, lease, "approve"),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect(await decide(anna, caseId, lease, "approve")).toEqual(both[0]);
    // Another word under the same lease is no repetition.
    await expect(decide(anna, caseId, lease, "reject", { reason: "out_of_scope" })).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("is decided by now"),
    });
    await expect(decide(ben, caseId, lease, "approve")).rejects.toMatchObject({ code: "wrong_state" });
    await pass(UNDO);
    const done = await reach(caseId, "delivered");
    expect(done.labels).toHaveLength(1);
    expect(done.reviews).toHaveLength(1);
    expect(delivered(workflow, caseId)).toHaveLength(1);
  });

  test("that comes after the lease is refused politely, and its text is kept", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId, 60);
    await pass(MINUTE);
    const late = decide(anna, caseId, lease, "edit", { output: { category: "technical" } });
    await expect(late).rejects.toMatchObject({
      code: "lease_lost",
      message: expect.stringContaining("kept with the case"),
    });
    const found = await look(caseId);
    expect(found).toMatchObject({ state: "in_review", labels: [] });
    expect(found.history.at(-1)).toMatchObject({ kind: "review.late", data: { review: 1, kept: true } });
    expect(found.content?.late).toEqual([{ lease, answer: { category: "technical" } }]);
  });

  test("that comes too late is kept five times at most, and never written over", async () => {
    const caseId = await waiting();
    const leases = Array.from({ length: 7 }, () => app.newId("lease"));
    const send = (lease: string, category: string) =>
      decide(anna, caseId, lease, "edit", { output: { category } }).then(
        () => "taken",
        (error: Error) => error.message,
      );
    const answers = await Promise.all(leases.map((lease) => send(lease, "technical")));
    expect(answers.filter((one) => one.includes("is kept with the case"))).toHaveLength(5);
    for (const lease of leases) expect(await send(lease, "other")).not.toContain("is kept with the case");
    const { content } = await look(caseId);
    expect(content?.late.map((one) => one.answer as JsonObject)).toEqual(
      Array.from({ length: 5 }, () => ({ category: "technical" })),
    );
  });

  test("that comes when somebody else has decided is refused, and its text is kept all the same", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId, 60);
    await pass(MINUTE);
    const other = await claim(ben, caseId);
    await decide(ben, caseId, other.lease, "approve");
    await expect(
      decide(anna, caseId, lease, "edit", { output: { category: "technical" } }),
    ).rejects.toMatchObject({ code: "wrong_state", message: expect.stringContaining("kept with the case") });
    const found = await look(caseId);
    expect(found).toMatchObject({
      state: "decided",
      verdict: "approve",
      reviews: [{ person: "review+read" }],
    });
    expect(found.history.at(-1)).toMatchObject({ kind: "review.late", data: { kept: true } });
  });

  test("with a lease that nobody ever had stores nothing", async () => {
    const caseId = await waiting();
    for (const lease of ["", "x\0y", "lse_guess", "'; drop table case_; --"])
      await expect(
        decide(anna, caseId, lease, "edit", { output: { category: "technical" } }),
      ).rejects.toMatchObject({ code: "lease_lost" });
    const kept = await app.database.all(
      sql`select 1 from case_content where case_id = ${caseId} and kind like 'late.%'`,
    );
    expect(kept).toEqual([]);
    expect((await look(caseId)).state).toBe("in_review");
  });

  test("on a case that is not there, or of another workflow, is not found", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    const stranger = await installation.clientFor(["review"], { workflow: "invoices" });
    await expect(decide(stranger, caseId, lease, "approve")).rejects.toMatchObject({ code: "not_found" });
    await expect(claim(stranger, caseId)).rejects.toMatchObject({ code: "not_found" });
    await expect(stranger.undoVerdict({ params: { case: caseId } })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(stranger.releaseReview({ params: { case: caseId }, body: { lease } })).rejects.toMatchObject(
      { code: "not_found" },
    );
    await expect(decide(anna, "case_none", lease, "approve")).rejects.toMatchObject({ code: "not_found" });
    expect(await decide(anna, caseId, lease, "approve")).toMatchObject({ state: "decided" });
  });

  test("of a simulated reviewer says so wherever it appears", async () => {
    const caseId = await waiting();
    await decide(clerk, caseId, (await claim(clerk, caseId)).lease, "approve");
    const found = await look(caseId);
    expect(found).toMatchObject({ reviews: [{ simulated: true }] });
    expect(found.history.at(-1)).toMatchObject({ kind: "review.decided", data: { simulated: true } });
    await pass(UNDO);
    expect((await reach(caseId, "delivered")).labels).toMatchObject([{ simulated: true }]);
  });
});

describe("a lease", async () => {
  const workflow = "leases";
  const waiting = await desk(workflow);

  test("keeps a case from everybody else until it ends, then gives it to the next", async () => {
    const caseId = await waiting();
    const first = await claim(anna, caseId, 60);
    await expect(claim(ben, caseId)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("leased already"),
    });
    expect((await ben.claimReviews({ params: { workflow }, body: { count: 10 } })).reviews).toEqual([]);
    await pass(MINUTE);
    const { reviews } = await ben.claimReviews({ params: { workflow }, body: { count: 10 } });
    expect(reviews.map((one) => one.caseId)).toEqual([caseId]);
    await expect(decide(anna, caseId, first.lease, "approve")).rejects.toMatchObject({ code: "lease_lost" });
    expect(await decide(ben, caseId, reviews[0]!.lease, "approve")).toMatchObject({ state: "decided" });
  });

  test("asked for again by the person who has it is a new one, and the old one is void", async () => {
    const caseId = await waiting();
    const first = await claim(client, caseId);
    const second = await claim(client, caseId);
    expect(second.lease).not.toBe(first.lease);
    await expect(decide(client, caseId, first.lease, "approve")).rejects.toMatchObject({
      code: "lease_lost",
    });
    expect(await decide(client, caseId, second.lease, "approve")).toMatchObject({ state: "decided" });
  });

  test("of a key that people share is not taken over by the next who asks with it, nor by a namesake with another", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    const namesake = await installation.clientFor(["review"]);
    for (const colleague of [
      anna,
      namesake,
      openClient({ url: installation.url, key: installation.key, as: "review" }),
    ])
      await expect(claim(colleague, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    expect(await decide(anna, caseId, lease, "approve")).toMatchObject({ state: "decided" });
    await expect(undo(namesake, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await expect(undo(anna, caseId)).resolves.toEqual({ state: "in_review" });
    await claim(anna, caseId);
  });

  test("that is given back frees the case at once, and only for its holder", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    await expect(
      ben.releaseReview({ params: { case: caseId }, body: { lease: "lse_other" } }),
    ).rejects.toMatchObject({ code: "lease_lost" });
    await anna.releaseReview({ params: { case: caseId }, body: { lease } });
    expect((await look(caseId)).reviews).toMatchObject([{ state: "waiting", person: null }]);
    expect((await claim(ben, caseId)).lease).not.toBe(lease);
  });

  test("is of one person alone, however many ask at the same moment", async () => {
    await Promise.all(Array.from({ length: 30 }, () => waiting()));
    const claims = await Promise.all(
      Array.from({ length: 12 }, () => anna.claimReviews({ params: { workflow }, body: { count: 4 } })),
    );
    const ids = claims.flatMap((one) => one.reviews.map((review) => review.caseId));
    const leases = claims.flatMap((one) => one.reviews.map((review) => review.lease));
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
    expect(new Set(leases).size).toBe(30);
  });
});

test("the earliest due comes first", async () => {
  const workflow = "dues";
  const waiting = await desk(workflow, { workflow: { due: { workingHours: 1 } } });
  const first = await waiting();
  await pass(MINUTE);
  const second = await waiting();
  const { reviews } = await client.claimReviews({ params: { workflow }, body: { count: 5 } });
  expect(reviews.map((one) => one.caseId)).toEqual([first, second]);
  for (const { dueAt, receivedAt } of reviews)
    expect(Date.parse(dueAt!) - Date.parse(receivedAt)).toBe(60 * MINUTE);
});

describe("taking a verdict back", async () => {
  const workflow = "undone";
  const waiting = await desk(workflow);

  test("in the window makes the case wait again; the next verdict is the one that counts, and goes out once", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "edit", {
      output: { category: "technical" },
    });
    await undo(anna, caseId);
    const again = await look(caseId);
    expect(again).toMatchObject({
      state: "in_review",
      verdict: null,
      decidedAt: null,
      content: { final: null },
    });
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await pass(UNDO);
    const done = await reach(caseId, "delivered");
    expect(done.labels).toMatchObject([
      { wrong: true, superseded: true, withdrawnAt: expect.any(String) },
      { wrong: false, superseded: false, withdrawnAt: null },
    ]);
    const keys = await keysOf(app.database, vault, [caseId]);
    const kinds = done.labels.map((label) => `label.${label.id}`);
    const written = (await readContent(app.database, keys, kinds)).get(caseId)!;
    expect(kinds.map((kind) => written.get(kind))).toEqual([
      { category: "technical" },
      { category: "billing" },
    ]);
    expect(done.reviews).toMatchObject([
      { no: 1, state: "undone", verdict: "edit" },
      { no: 2, state: "decided", verdict: "approve" },
    ]);
    expect(delivered(workflow, caseId)).toMatchObject([{ output: { category: "billing" } }]);
  });

  test("leaves a label that the database refuses to change, to revive, or to lose", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await undo(anna, caseId);
    for (const statement of [
      sql`update label set wrong = true where case_id = ${caseId}`,
      sql`update label set withdrawn_at = null where case_id = ${caseId}`,
      sql`delete from label where case_id = ${caseId}`,
      sql`truncate label cascade`,
      sql`truncate label_other cascade`,
    ])
      await expect(app.database.run(statement)).rejects.toThrow(/append-only|permission denied/);
    await expect(
      app.database.run(sql`update label set superseded_by = 'undone' where case_id = ${caseId}`),
    ).rejects.toThrow(/constraint/);
  });

  test("of a rejection brings the case back", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "reject", { reason: "out_of_scope" });
    await undo(anna, caseId);
    expect((await look(caseId)).state).toBe("in_review");
  });

  test("is for the person who gave it, and nobody else", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await expect(undo(ben, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    expect((await look(caseId)).state).toBe("decided");
    await expect(undo(anna, caseId)).resolves.toEqual({ state: "in_review" });
    await expect(undo(anna, caseId)).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("after the window is refused", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await pass(UNDO);
    await expect(undo(anna, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await reach(caseId, "delivered");
    await expect(undo(anna, caseId)).rejects.toMatchObject({ code: "wrong_state" });
  });
});

/** Everything that the program shows about a case before its verdict, as one text. */
async function everything(workflow: string, caseId: string): Promise<string> {
  const found = await look(caseId);
  const { cases } = await client.listCases({
    params: { workflow },
    query: { state: "in_review", limit: 500 },
  });
  const byKey = await client.listCases({
    params: { workflow },
    query: { externalId: found.externalId, limit: 5 },
  });
  const page = await (await fetch(installation.url)).text();
  return JSON.stringify([found, cases.filter((one) => one.id === caseId), byKey, page]);
}

describe("a cold case", async () => {
  const rule = "output.category == 'technical'";
  const workflow = "cold";
  const waiting = await desk(workflow, {
    workflow: { cold: { share: 0.5 }, qa: { share: 1 } },
    script: {
      rules: [],
      otherwise: { answer: { category: "technical", note: "SECRETNOTE" }, confidence: 0.815 },
    },
    release: { decide: { review: [rule] }, confidence: { from: "model" } },
  });

  async function cold(): Promise<string> {
    for (;;) {
      const caseId = await waiting();
      if ((await look(caseId)).cold) return caseId;
    }
  }
  const TELLING = [
    "technical'",
    '"technical"',
    "SECRETNOTE",
    "0.815",
    "output.category",
    '"qa":true',
    "qaProbability",
    "wrongFields",
  ];

  test("shows nothing of its output before the verdict, in no answer, and all of it after", async () => {
    const caseId = await cold();
    const task = await claim(client, caseId);
    expect(task).toMatchObject({ output: null, withheld: "cold" });
    const { outputSchema: _, ...shown } = task;
    const told = JSON.stringify(shown) + (await everything(workflow, caseId));
    expect(TELLING.filter((one) => told.includes(one))).toEqual([]);
    await expect(decide(client, caseId, task.lease, "approve")).rejects.toMatchObject({ code: "bad_output" });

    const verdict = await decide(client, caseId, task.lease, "approve", { output: { category: "billing" } });
    expect(verdict).toMatchObject({
      verdict: "edit",
      modelOutput: { category: "technical", note: "SECRETNOTE" },
      differs: ["category", "note"],
    });
    expect(await look(caseId)).toMatchObject({
      qa: null,
      labels: [],
      facets: { "output.category": "technical" },
      content: { output: { note: "SECRETNOTE" }, final: { category: "billing" }, withheld: false },
      decision: { confidence: 0.815 },
    });
    await pass(UNDO);
    const after = await reach(caseId, "delivered");
    expect(after).toMatchObject({
      qa: true,
      labels: [{ source: "cold", askedFor: "cold", probability: 0.5, seen: false, wrong: true }],
    });
    expect(after.decision?.reasons.map((one) => one.code)).toEqual([
      "rule",
      "cold",
      "qa",
      "no_certificate",
      "autonomy",
    ]);
  });

  test("whose answer agrees is an approval", async () => {
    const caseId = await cold();
    const { lease } = await claim(client, caseId);
    const verdict = await decide(client, caseId, lease, "edit", {
      output: { category: "technical", note: "SECRETNOTE" },
    });
    expect(verdict).toMatchObject({ verdict: "approve", differs: [] });
  });

  test("is withheld again after an undo; its first label stays the unswayed one, and the new one is no cold one", async () => {
    const caseId = await cold();
    await decide(client, caseId, (await claim(client, caseId)).lease, "edit", {
      output: { category: "billing" },
    });
    await undo(client, caseId);
    const task = await claim(client, caseId);
    expect(task).toMatchObject({ output: null, withheld: "cold" });
    const told = await everything(workflow, caseId);
    expect(TELLING.filter((one) => told.includes(one))).toEqual([]);
    await decide(client, caseId, task.lease, "edit", { output: { category: "other" } });
    await pass(UNDO);
    const { labels } = await reach(caseId, "delivered");
    expect(labels).toMatchObject([
      { source: "cold", seen: false, probability: 0.5, superseded: false, withdrawnAt: null },
      { source: "review", seen: true, probability: null, superseded: false, withdrawnAt: null },
    ]);
    const coins = await app.database.all(
      sql`select qa, qa_probability::float as qa_probability, cold, cold_probability::float as cold_probability from label where case_id = ${caseId}`,
    );
    expect(coins).toEqual(
      [1, 2].map(() => ({ qa: true, qa_probability: 1, cold: true, cold_probability: 0.5 })),
    );
  });
});

describe("a case that the quality coin chose", async () => {
  const workflow = "quality";
  const waiting = await desk(workflow, { workflow: { qa: { share: 1 } } });

  test("cannot be told from another before its verdict, nor while the verdict can be taken back", async () => {
    const caseId = await waiting();
    const task = await claim(client, caseId);
    expect(task.reasons.map((one) => one.code)).toEqual(["no_certificate", "autonomy"]);
    const hidden = async () => {
      const found = await look(caseId);
      expect(found).toMatchObject({ qa: null, autonomyCoin: null, labels: [] });
      expect(found.decision).toMatchObject({ threshold: null, certificate: null });
      expect(JSON.stringify(found)).not.toMatch(/"qa":true|qaProbability|"qa"[,\]}]/);
    };
    await hidden();
    await decide(client, caseId, task.lease, "approve");
    await hidden();
    await pass(UNDO);
    const after = await reach(caseId, "delivered");
    expect(after.autonomyCoin).toEqual(expect.any(Number));
    expect(after).toMatchObject({
      qa: true,
      labels: [{ source: "qa", askedFor: "qa", probability: 1, seen: true, wrong: false }],
    });
  });
});

describe("a case of the manual arm", async () => {
  const workflow = "manual";
  const waiting = await desk(workflow, { share: 0 });

  test("is worked without a model: none is asked, and an answer is needed", async () => {
    const caseId = await waiting();
    const task = await claim(client, caseId);
    expect(task).toMatchObject({
      output: null,
      withheld: "none",
      reasons: [{ code: "manual_arm" }],
      outputSchema: { required: ["category"] },
    });
    await expect(decide(client, caseId, task.lease, "approve")).rejects.toMatchObject({ code: "bad_output" });
    expect(
      await decide(client, caseId, task.lease, "approve", { output: { category: "billing" } }),
    ).toMatchObject({ verdict: "edit", modelOutput: null, differs: [] });
    await pass(UNDO);
    const done = await reach(caseId, "delivered");
    expect(done).toMatchObject({
      arm: "manual",
      release: "manual",
      attempts: [],
      decision: { outcome: "manual" },
      labels: [{ wrong: null, seen: false }],
      content: { output: null },
    });
    expect(delivered(workflow, caseId)).toMatchObject([
      { release: "manual", output: { category: "billing" } },
    ]);
  });

  test("can be rejected with a reason", async () => {
    const caseId = await waiting();
    await decide(client, caseId, (await claim(client, caseId)).lease, "reject", { reason: "out_of_scope" });
    await pass(UNDO);
    expect(await reach(caseId, "closed")).toMatchObject({ labels: [], verdict: "reject" });
  });
});
