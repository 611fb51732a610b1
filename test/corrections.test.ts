/** Corrections after delivery: a linked record with a delivery of its own, taken back in time, or made by two. */
import { describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { claim, decide, openDesk, undo, UNDO } from "./support/desk.ts";

const desk = await openDesk();
const { installation, look, reach, pass, delivered } = desk;
const { app } = installation;
const anna = await installation.clientFor(["review"]);
const ben = await installation.clientFor(["review", "read"]);
/** Sees states, not content. */
const reader = await installation.clientFor(["read"]);
const correct = (who: typeof anna, caseId: string, category: string) =>
  who.correctCase({
    params: { case: caseId },
    body: { output: { category }, reason: "wrong_class", text: "The customer wrote again." },
  });

describe("a correction", async () => {
  const workflow = "corrected";
  const waiting = await desk.open(workflow);

  async function done(): Promise<string> {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await pass(UNDO);
    await reach(caseId, "delivered");
    return caseId;
  }

  test("goes to the targets under a key of its own, and leaves what was decided as it was", async () => {
    const caseId = await done();
    const before = await look(caseId);
    const made = await correct(ben, caseId, "technical");
    expect(made).toMatchObject({ correction: 1, differs: ["category"] });
    expect(await look(caseId)).toMatchObject({ state: "decided", verdict: "edit", deliveredAt: null });
    expect(delivered(workflow, caseId)).toHaveLength(1);
    await pass(UNDO);
    const after = await reach(caseId, "delivered");
    const [first, second] = delivered(workflow, caseId);
    expect(second).toMatchObject({
      key: `${first!.key}.c1`,
      body: { correction: 1, output: { category: "technical" }, decidedBy: "person" },
    });
    expect(first!.body).not.toHaveProperty("correction");
    expect(after.reviews).toEqual(before.reviews);
    expect(after.labels).toMatchObject([
      { source: "review", wrong: false, superseded: false, withdrawnAt: null },
      { source: "correction", askedFor: "correction", wrong: true, probability: null, superseded: false },
    ]);
    expect(
      await app.database.all(
        sql`select no, state, person, reason, fields, before_verdict, replaced from correction where case_id = ${caseId}`,
      ),
    ).toMatchObject([
      {
        no: 1,
        state: "made",
        person: "review+read",
        reason: "wrong_class",
        fields: ["category"],
        before_verdict: "approve",
        replaced: [{ target: "results", key: first!.key }],
      },
    ]);
    expect(after.history.map((one) => one.kind)).toContain("case.corrected");
  });

  test("of a correction has the next number; every key comes from the first", async () => {
    const caseId = await done();
    await correct(ben, caseId, "technical");
    await pass(UNDO);
    await reach(caseId, "delivered");
    await correct(anna, caseId, "other");
    await pass(UNDO);
    await reach(caseId, "delivered");
    const keys = delivered(workflow, caseId).map((one) => one.key);
    expect(keys).toEqual([keys[0], `${keys[0]}.c1`, `${keys[0]}.c2`]);
  });

  test("is taken back in its undo window by whoever made it, and then nothing was ever sent", async () => {
    const caseId = await done();
    const before = await look(caseId);
    await correct(ben, caseId, "technical");
    await expect(undo(anna, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    expect(await undo(ben, caseId)).toEqual({ state: "delivered" });
    const { labels, ...after } = await look(caseId);
    const linked = {
      history: expect.any(Array),
      corrections: [expect.objectContaining({ state: "undone" })],
    };
    const content = { ...before.content, corrections: [expect.objectContaining({ id: "c1" })] };
    const { labels: _, ...wanted } = before;
    expect(after).toEqual({ ...wanted, ...linked, content });
    expect(labels.at(-1)).toMatchObject({ source: "correction", withdrawnAt: expect.any(String) });
    await expect(undo(ben, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await pass(UNDO);
    expect(delivered(workflow, caseId)).toHaveLength(1);
    await correct(ben, caseId, "other");
    await pass(UNDO);
    await reach(caseId, "delivered");
    expect(delivered(workflow, caseId)[1]!.key).toMatch(/\.c2$/);
  });

  test("that breaks the schema, or changes nothing, is refused with the fields", async () => {
    const caseId = await done();
    await expect(correct(ben, caseId, "nonsense")).rejects.toMatchObject({
      code: "bad_output",
      details: [{ path: "category" }],
    });
    await expect(correct(ben, caseId, "billing")).rejects.toMatchObject({ code: "bad_output" });
    expect((await look(caseId)).state).toBe("delivered");
  });

  test("sent by two at once is made once, or twice one after the other, and never lost", async () => {
    const caseId = await done();
    const both = await Promise.allSettled([
      correct(anna, caseId, "technical"),
      correct(ben, caseId, "other"),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    await pass(UNDO);
    await reach(caseId, "delivered");
    expect(delivered(workflow, caseId)).toHaveLength(2);
  });

  test("before the delivery is none: the case is in review, or its verdict can be taken back", async () => {
    const caseId = await waiting();
    await expect(correct(ben, caseId, "technical")).rejects.toMatchObject({ code: "wrong_state" });
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await expect(correct(ben, caseId, "technical")).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("can be read afterwards by who may read what cases hold, and by nobody else", async () => {
    const caseId = await done();
    await correct(ben, caseId, "technical");
    const page = async () => (await look(caseId)).corrections;
    expect(await page()).toMatchObject([{ id: "c1", correction: 1, proposal: null, state: "made" }]);
    await pass(UNDO);
    const { corrections, content } = await reach(caseId, "delivered");
    expect(corrections).toEqual([
      {
        id: "c1",
        correction: 1,
        proposal: null,
        state: "delivered",
        person: "review+read",
        simulated: false,
        reason: "wrong_class",
        fields: ["category"],
        at: expect.any(String),
        second: null,
        endedAt: null,
        own: false,
      },
    ]);
    expect(content!.corrections).toEqual([
      {
        id: "c1",
        before: { category: "billing" },
        after: { category: "technical" },
        text: "The customer wrote again.",
        answer: null,
      },
    ]);
    await expect(
      reader.getCase({ params: { case: caseId }, query: { content: "true" } }),
    ).rejects.toMatchObject({ code: "forbidden" });
    const seen = await reader.getCase({ params: { case: caseId } });
    expect(seen.corrections).toMatchObject([{ id: "c1", state: "delivered", person: null }]);
    expect(JSON.stringify(seen)).not.toMatch(/wrote again|review\+read/);
  });

  test("that was taken back says so, and still says what it would have been", async () => {
    const caseId = await done();
    await correct(ben, caseId, "technical");
    await undo(ben, caseId);
    const { corrections, content } = await look(caseId);
    expect(corrections).toMatchObject([{ id: "c1", state: "undone" }]);
    expect(content!.corrections).toMatchObject([{ id: "c1", after: { category: "technical" } }]);
    expect(content!.final).toEqual({ category: "billing" });
  });

  test("has words that are sealed with the case", async () => {
    const caseId = await done();
    await correct(ben, caseId, "technical");
    const kept = await app.database.all<{ kind: string; text: string }>(
      sql`select kind, encode(sealed, 'escape') as text from case_content where case_id = ${caseId}`,
    );
    expect(kept.map((one) => one.kind)).toEqual(expect.arrayContaining(["correction.1", "before.1"]));
    expect(JSON.stringify(kept)).not.toContain("wrote again");
  });
});
