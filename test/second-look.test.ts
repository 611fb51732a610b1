/** The blind second look: who gets it, what they see, and that its verdict measures and moves nothing. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bucket } from "../src/cases/intake/coins.ts";
import { openClient, type Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import type { Scope } from "../src/contract/scopes.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";

const UNDO = 10_000;
const DAY = 86_400_000;
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client, app, url } = installation;
const { database } = app;
/** A key that a person made, by their own name. */
async function ownKey(name: string): Promise<Client> {
  const scopes: Scope[] = ["read", "content:read", "review"];
  const { secret } = await app.keys.make(
    { name, scopes, workflow: undefined, days: 400, simulated: false },
    { kind: "person", name },
  );
  return openClient({ url, key: secret });
}
const anna = await ownKey("anna@example.com");
const ben = await ownKey("ben@example.com");
const cleo = await ownKey("cleo@example.com");
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });

let made = 0;
async function desk(workflow: string, more: JsonObject = {}, share = 1): Promise<void> {
  await launch(installation, {
    workflow: { secondLook: { share: 1 }, undo: UNDO, ...more, workflow },
    release: { workflow },
    share,
  });
}
async function waiting(workflow: string): Promise<string> {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId: `S-${made++}`, input: { text: "the bill is wrong" } },
  });
  await reach(caseId, "in_review");
  return caseId;
}
const look = (caseId: string, who: Client = client) =>
  who.getCase({ params: { case: caseId }, query: { content: "true" } });
const reach = (caseId: string, state: string) =>
  until(
    () => look(caseId),
    (found) => found.state === state,
  );
/** Decides the case with this answer, and lets it go out. */
async function deliver(who: Client, caseId: string, category = "billing"): Promise<void> {
  const { lease } = await who.claimReview({ params: { case: caseId }, body: {} });
  await who.giveVerdict({
    params: { case: caseId },
    body: { lease, verdict: "edit", output: { category }, reason: "wrong_class" },
  });
  await pass(UNDO);
  await reach(caseId, "delivered");
}
const lookOf = (caseId: string) =>
  database.maybe<{ state: string; probability: number }>(
    sql`select state, probability from second_look where case_id = ${caseId}`,
  );
const opened = (caseId: string) =>
  until(
    () => lookOf(caseId),
    (found) => found?.state === "opened",
  );
async function next(who: Client, workflow: string) {
  return (await who.claimReviews({ params: { workflow }, body: {} })).reviews[0];
}

describe("a blind second look", async () => {
  const workflow = "looked";
  await desk(workflow);

  test("is for another person, who sees what the first one saw and nothing of their answer", async () => {
    const caseId = await waiting(workflow);
    const first = await anna.claimReview({ params: { case: caseId }, body: {} });
    await anna.releaseReview({ params: { case: caseId }, body: { lease: first.lease } });
    await deliver(anna, caseId, "technical");
    await opened(caseId);
    expect(await next(anna, workflow)).toBeUndefined();
    const second = (await next(ben, workflow))!;
    const { lease: _, leaseUntil: __, dueAt: ___, ...shown } = second;
    const { lease: _1, leaseUntil: _2, dueAt: _3, ...before } = first;
    expect(shown).toEqual(before);
    // Also on its page it looks as if nobody had judged it, as long as it is in these hands.
    const page = await look(caseId, ben);
    expect(page).toMatchObject({
      state: "in_review",
      verdict: null,
      deliveredAt: null,
      reviews: [{ no: 1, state: "claimed", person: "ben@example.com", verdict: null }],
      labels: [],
      deliveries: [],
    });
    expect(page.content).toMatchObject({ output: { category: "billing" }, final: null });
    expect(JSON.stringify(page)).not.toMatch(/technical|anna/);
    expect(await look(caseId, anna)).toMatchObject({ state: "delivered", verdict: "edit" });
    await ben.releaseReview({ params: { case: caseId }, body: { lease: second.lease } });
  });

  test("leaves a label and moves nothing: not the case, not what was delivered", async () => {
    const caseId = await waiting(workflow);
    await deliver(anna, caseId, "technical");
    await opened(caseId);
    const before = await look(caseId);
    const task = (await cleo.claimReviews({ params: { workflow }, body: { count: 10 } })).reviews.find(
      (one) => one.caseId === caseId,
    )!;
    expect(
      await cleo.giveVerdict({
        params: { case: caseId },
        body: { lease: task.lease, verdict: "edit", output: { category: "other" }, reason: "wrong_class" },
      }),
    ).toMatchObject({ state: "decided", verdict: "edit", differs: ["category"], planted: null });
    const after = await look(caseId);
    expect(after).toMatchObject({
      state: "delivered",
      verdict: "edit",
      deliveries: before.deliveries,
      deliveredAt: before.deliveredAt,
    });
    expect(after.content?.final).toEqual({ category: "technical" });
    expect(after.labels.filter((one) => one.source === "second_review")).toMatchObject([
      {
        askedFor: "second_look",
        probability: 1,
        wrong: true,
        wrongFields: ["category"],
        person: "cleo@example.com",
      },
    ]);
    const lines = readFileSync(join(installation.dataHome, "files", workflow, "results.jsonl"), "utf8");
    expect(lines.split("\n").filter((line) => line.includes(caseId))).toHaveLength(1);
  });

  test("that differs comes onto the list once it can no longer be taken back, and names nobody", async () => {
    const listed = async () =>
      (await client.listImprovements({ params: { workflow } })).improvements.map((one) => one.kind);
    expect(await listed()).toEqual([]);
    await pass(UNDO);
    await until(listed, (kinds) => kinds.length === 1);
    const [found] = (await client.listImprovements({ params: { workflow } })).improvements;
    expect(found).toMatchObject({ kind: "wrong_result", field: "category", reports: 1 });
    expect(JSON.stringify(found)).not.toMatch(/anna|cleo/);
  });

  test("can be taken back as any verdict, and then says nothing", async () => {
    const caseId = await waiting(workflow);
    await deliver(anna, caseId);
    await opened(caseId);
    const task = (await cleo.claimReviews({ params: { workflow }, body: { count: 10 } })).reviews.find(
      (one) => one.caseId === caseId,
    )!;
    const verdict = { lease: task.lease, verdict: "edit" as const, output: { category: "other" } };
    await cleo.giveVerdict({ params: { case: caseId }, body: verdict });
    await expect(ben.undoVerdict({ params: { case: caseId } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    expect(await cleo.undoVerdict({ params: { case: caseId } })).toEqual({ state: "in_review" });
    const found = await look(caseId);
    expect(found.state).toBe("delivered");
    expect(found.labels.filter((one) => one.source === "second_review")).toMatchObject([
      { withdrawnAt: expect.any(String) },
    ]);
    const again = (await ben.claimReviews({ params: { workflow }, body: { count: 10 } })).reviews.find(
      (one) => one.caseId === caseId,
    )!;
    await ben.giveVerdict({ params: { case: caseId }, body: { lease: again.lease, verdict: "approve" } });
    await pass(UNDO + 1);
    await until(
      () => lookOf(caseId),
      (one) => one?.state === "done",
    );
    await expect(ben.undoVerdict({ params: { case: caseId } })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });

  test("that nobody takes in two weeks lapses", async () => {
    const caseId = await waiting(workflow);
    await deliver(anna, caseId);
    await opened(caseId);
    await pass(14 * DAY + 1);
    await until(
      () => lookOf(caseId),
      (one) => one?.state === "lapsed",
    );
    const left = await database.all(sql`select 1 from review where case_id = ${caseId} and turn = 'blind'`);
    expect(left).toEqual([]);
  });
});

test("a cold case is looked at again as it was: without the output, and the label says so", async () => {
  const workflow = "cold-looks";
  await desk(workflow, { cold: { share: 0.5 } });
  let caseId = "";
  for (;;) {
    caseId = await waiting(workflow);
    if ((await look(caseId)).cold) break;
  }
  await deliver(anna, caseId);
  await opened(caseId);
  const task = (await ben.claimReviews({ params: { workflow }, body: { count: 20 } })).reviews.find(
    (one) => one.caseId === caseId,
  )!;
  expect(task).toMatchObject({ output: null, withheld: "cold" });
  const page = await look(caseId, ben);
  expect(page.content).toMatchObject({ output: null, withheld: true });
  await ben.giveVerdict({
    params: { case: caseId },
    body: { lease: task.lease, verdict: "edit", output: { category: "billing" } },
  });
  expect((await look(caseId)).labels.filter((one) => one.source === "second_review")).toMatchObject([
    { seen: false, wrong: false },
  ]);
});

test("cases of people alone are looked at as often as those of a model", async () => {
  const workflow = "by-hand";
  await desk(workflow, {}, 0);
  const caseId = await waiting(workflow);
  await deliver(anna, caseId, "technical");
  await opened(caseId);
  const task = (await next(ben, workflow))!;
  expect(task).toMatchObject({ caseId, output: null, withheld: "none" });
  await ben.giveVerdict({
    params: { case: caseId },
    body: { lease: task.lease, verdict: "edit", output: { category: "billing" } },
  });
  expect((await look(caseId)).labels.filter((one) => one.source === "second_review")).toMatchObject([
    { wrong: true, wrongFields: ["category"], seen: false },
  ]);
});

test("the coin falls by hash with the dial's share, and never on a rehearsal", async () => {
  const workflow = "coins";
  await desk(workflow, { secondLook: { share: 0.5 }, undo: 0 });
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) {
    const caseId = await waiting(workflow);
    await deliver(anna, caseId);
    ids.push(caseId);
  }
  for (const caseId of ids) {
    const { release } = await look(caseId);
    const chosen = bucket(`second:${release}`, caseId) < 0.5;
    expect((await lookOf(caseId)) !== undefined, caseId).toBe(chosen);
    if (chosen) expect((await lookOf(caseId))!.probability).toBe(0.5);
  }
  const { caseId } = await client.submitCase({
    params: { workflow: "looked" },
    body: { externalId: "drill", input: { text: "x" }, drill: true },
  });
  await reach(caseId, "in_review");
  await deliver(anna, caseId);
  expect(await lookOf(caseId)).toBeUndefined();
});

test("without the dial nobody looks twice", async () => {
  const workflow = "once";
  await launch(installation, { workflow: { workflow, undo: 0 }, release: { workflow } });
  const caseId = await waiting(workflow);
  await deliver(anna, caseId);
  expect(await lookOf(caseId)).toBeUndefined();
  expect(existsSync(join(installation.dataHome, "files", workflow, "results.jsonl"))).toBe(true);
});
