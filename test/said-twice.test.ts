/** An answer got lost, and the same is sent again: the same answer, and nothing happens a second time. */
import { expect, test } from "vitest";
import type { Client } from "../src/contract/client.ts";
import { sql } from "../src/platform/sql.ts";
import { claim, DAY, decide, MINUTE, openDesk, undo } from "./support/desk.ts";

const desk = await openDesk();
const { installation, look, pass } = desk;
const { database } = installation.app;
const waiting = await desk.open("twice", { workflow: { ask: { days: 3 } } });
const anna = await installation.clientFor(["review"]);
const ben = await installation.clientFor(["review", "read"]);
const owner = desk.owner("E. Brandt");

type End = (who: Client, caseId: string, lease: string) => Promise<unknown>;
const until = new Date(Date.UTC(2026, 0, 6, 7)).toISOString();
const ENDS: Record<string, End> = {
  release: (who, id, lease) => who.releaseReview({ params: { case: id }, body: { lease } }),
  skip: (who, id, lease) =>
    who.releaseReview({ params: { case: id }, body: { lease, skip: true, reason: "not my field" } }),
  snooze: (who, id, lease) =>
    who.snoozeReview({ params: { case: id }, body: { lease, until, text: "after the meeting" } }),
  escalate: (who, id, lease) =>
    who.escalateReview({ params: { case: id }, body: { lease, reason: "other", text: "a lawyer's letter" } }),
  ask: (who, id, lease) =>
    who.askSender({ params: { case: id }, body: { lease, reason: "missing", question: "Which order?" } }),
};

async function traces(caseId: string) {
  const events = await database.all<{ kind: string }>(
    sql`select kind from audit_event where case_id = ${caseId} order by id`,
  );
  const notes = await database.all<{ kind: string }>(
    sql`select kind from review_note where case_id = ${caseId} order by no`,
  );
  return { events: events.map((one) => one.kind), notes: notes.map((one) => one.kind) };
}

test.each(Object.entries(ENDS))("%s sent twice is answered alike and happens once", async (_, end) => {
  const caseId = await waiting();
  const { lease } = await claim(anna, caseId);
  const first = await end(anna, caseId, lease);
  const after = await look(caseId);
  const before = await traces(caseId);
  await pass(MINUTE);
  expect(await end(anna, caseId, lease)).toEqual(first);
  expect(await traces(caseId)).toEqual(before);
  expect(await look(caseId)).toEqual(after);
});

test.each(Object.entries(ENDS))("%s at the same moment twice happens once", async (_, end) => {
  const caseId = await waiting();
  const { lease } = await claim(anna, caseId);
  const [one, other] = await Promise.all([end(anna, caseId, lease), end(anna, caseId, lease)]);
  expect(one).toEqual(other);
  const { events, notes } = await traces(caseId);
  expect(new Set(events).size).toBe(events.length);
  expect(notes.length).toBeLessThan(2);
});

test("another word under the same lease is no repetition: it is late, and its text is kept", async () => {
  const caseId = await waiting();
  const { lease } = await claim(anna, caseId);
  const escalate = (text: string) =>
    anna.escalateReview({ params: { case: caseId }, body: { lease, reason: "other", text } });
  await escalate("a lawyer's letter");
  await expect(escalate("no, a love letter")).rejects.toMatchObject({ code: "lease_lost" });
  await expect(ENDS["snooze"]!(anna, caseId, lease)).rejects.toMatchObject({ code: "lease_lost" });
  await expect(decide(anna, caseId, lease, "approve")).rejects.toMatchObject({ code: "lease_lost" });
  expect((await traces(caseId)).events).toContain("review.late");
});

test("somebody else who learned the lease is not answered", async () => {
  const caseId = await waiting();
  const { lease } = await claim(anna, caseId);
  await ENDS["escalate"]!(anna, caseId, lease);
  await expect(ENDS["escalate"]!(ben, caseId, lease)).rejects.toMatchObject({ code: "lease_lost" });
});

test("a question keeps its answer after the sender has answered, with the same link", async () => {
  const caseId = await waiting();
  const { lease } = await claim(anna, caseId);
  const first = await ENDS["ask"]!(anna, caseId, lease);
  await owner.recordAnswer({ params: { case: caseId }, body: { text: "Order 7." } });
  await pass(DAY);
  expect(await ENDS["ask"]!(anna, caseId, lease)).toEqual(first);
  expect((await look(caseId)).state).toBe("in_review");
});

test("the third skip hands the case up, and says so again when it is sent again", async () => {
  const caseId = await waiting();
  for (const who of [anna, ben]) await ENDS["skip"]!(who, caseId, (await claim(who, caseId)).lease);
  const third = await installation.clientFor(["review", "content:read"]);
  const { lease } = await claim(third, caseId);
  expect(await ENDS["skip"]!(third, caseId, lease)).toMatchObject({ escalated: true });
  expect(await ENDS["skip"]!(third, caseId, lease)).toMatchObject({ escalated: true });
});

test("a verdict that was taken back is not taken for one that stands", async () => {
  const caseId = await waiting();
  const { lease } = await claim(anna, caseId);
  await decide(anna, caseId, lease, "approve");
  await undo(anna, caseId);
  await expect(decide(anna, caseId, lease, "approve")).rejects.toMatchObject({ code: "lease_lost" });
});
