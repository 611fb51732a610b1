/** Several people behind one answer: who counts, who may be next, what each sees, and taking back. */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import type { Scope } from "../src/contract/scopes.ts";
import { sql } from "../src/platform/sql.ts";
import { claim, decide, inbox, MINUTE, next, openDesk, undo, UNDO } from "./support/desk.ts";
import { signedIn } from "./support/people.ts";

const desk = await openDesk();
const { installation, look, reach, pass, delivered } = desk;
const { database } = installation.app;
const anna = await installation.clientFor(["review"]);
const ben = await installation.clientFor(["review", "read"]);
const cleo = await installation.clientFor(["review", "content:read"]);
const owner = desk.owner("E. Brandt");
const keysOf = (maker: string, ...scopes: Scope[][]) =>
  Promise.all(scopes.map((one) => installation.clientFor(one, { maker })));
const edited = { category: "technical", note: "call back" };

describe("an answer that takes two people", async () => {
  const workflow = "two";
  const waiting = await desk.open(workflow, { workflow: { fourEyes: { when: ["input.amount >= 1000.0"] } } });
  const large = { text: "refund", amount: 1_000 };

  test("goes out when a second one approves the same, once, and not before", async () => {
    const caseId = await waiting(large);
    const first = await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    expect(first).toMatchObject({ state: "in_review", verdict: "approve" });
    await pass(UNDO);
    expect(await look(caseId)).toMatchObject({ state: "in_review", deliveries: [], verdict: null });
    const task = await claim(ben, caseId);
    expect(task).toMatchObject({
      turn: "second",
      output: { category: "billing" },
      earlier: { output: { category: "billing" }, person: "review", verdict: "approve" },
    });
    expect(await decide(ben, caseId, task.lease, "approve")).toMatchObject({ state: "decided" });
    await pass(UNDO);
    expect(await reach(caseId, "delivered")).toMatchObject({
      verdict: "approve",
      reviews: [
        { person: "review", verdict: "approve" },
        { person: "review+read", verdict: "approve" },
      ],
      labels: [{ superseded: true }, { superseded: false, wrong: false }],
    });
    expect(delivered(workflow, caseId)).toHaveLength(1);
  });

  test("of a case below the amount goes out with one", async () => {
    const caseId = await waiting({ text: "refund", amount: 999.99 });
    expect(await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve")).toMatchObject({
      state: "decided",
    });
  });

  test("cannot have the same person twice, by whatever door", async () => {
    const caseId = await waiting(large);
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    expect(await next(anna, workflow)).toEqual([]);
    await expect(claim(anna, caseId)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("another person"),
    });
    const [other] = await keysOf("review@example.com", ["review", "read"]);
    await expect(claim(other!, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    const maker = await signedIn(installation, "Review@Example.com", [{ role: "reviewer", workflow }]);
    await expect(claim(maker, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await decide(ben, caseId, (await claim(ben, caseId)).lease, "approve");
  });

  test("cannot have the local operator twice, whatever names they say", async () => {
    const caseId = await waiting(large);
    const [one, two] = [desk.owner("anna@example.com"), desk.owner("ben@example.com")];
    await decide(one, caseId, (await claim(one, caseId)).lease, "approve");
    await expect(claim(two, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    const made = await two.makeKey({ body: { name: "made by the operator", scopes: ["review"] } });
    const theirs = openClient({ url: installation.url, key: made.secret });
    await expect(claim(theirs, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await decide(ben, caseId, (await claim(ben, caseId)).lease, "approve");
    expect((await look(caseId)).reviews).toMatchObject([
      { person: "anna@example.com" },
      { person: "review+read" },
    ]);
  });

  test("that the second one changes goes back to the first, and the author of an edit never counts twice", async () => {
    const caseId = await waiting(large);
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    const second = await decide(ben, caseId, (await claim(ben, caseId)).lease, "edit", { output: edited });
    expect(second).toMatchObject({ state: "in_review", verdict: "edit", differs: ["category", "note"] });
    await expect(claim(ben, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    expect((await inbox(anna, workflow)).returned).toMatchObject([{ caseId, turn: "second" }]);
    expect(await next(cleo, workflow)).toEqual([]);
    const [task] = await next(anna, workflow);
    expect(task).toMatchObject({ caseId, output: edited, earlier: { person: "review+read" } });
    expect(await decide(anna, caseId, task!.lease, "approve")).toMatchObject({
      state: "decided",
      verdict: "approve",
    });
    await pass(UNDO);
    expect(await reach(caseId, "delivered")).toMatchObject({ verdict: "edit" });
    expect(delivered(workflow, caseId)).toMatchObject([{ body: { output: edited } }]);
  });

  test("that an edit brings below the rule still takes the second person", async () => {
    const caseId = await waiting(large);
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "edit", { output: edited });
    expect((await look(caseId)).state).toBe("in_review");
    await decide(ben, caseId, (await claim(ben, caseId)).lease, "edit", { output: { category: "other" } });
    expect((await look(caseId)).state).toBe("in_review");
    await decide(cleo, caseId, (await claimAfterPreference(caseId)).lease, "approve");
    expect((await look(caseId)).state).toBe("decided");
  });

  test("is rejected by one: nothing goes out", async () => {
    const caseId = await waiting(large);
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await decide(ben, caseId, (await claim(ben, caseId)).lease, "reject", { reason: "not_supported" });
    await pass(UNDO);
    expect(await reach(caseId, "closed")).toMatchObject({ verdict: "reject", deliveries: [] });
  });

  test("can be escalated on the way, and the owner is the second person", async () => {
    const caseId = await waiting(large);
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await ben.escalateReview({
      params: { case: caseId },
      body: { lease: (await claim(ben, caseId)).lease, reason: "other", text: "not sure" },
    });
    const task = await claim(owner, caseId);
    expect(task).toMatchObject({ turn: "escalated", earlier: { person: "review" } });
    expect(await decide(owner, caseId, task.lease, "approve")).toMatchObject({ state: "decided" });
  });

  test("is taken back by the first as long as nobody has begun with the second look", async () => {
    const caseId = await waiting(large);
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "edit", { output: edited });
    await expect(undo(ben, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await undo(anna, caseId);
    expect(await look(caseId)).toMatchObject({ state: "in_review", content: { final: null } });
    const again = await claim(anna, caseId);
    expect(again).toMatchObject({ turn: "first", output: { category: "billing" }, earlier: null });
    await decide(anna, caseId, again.lease, "approve");
    const { lease } = await claim(ben, caseId);
    await expect(undo(anna, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await decide(ben, caseId, lease, "approve");
  });

  test("is taken back by the second, and what the first said stands again", async () => {
    const caseId = await waiting(large);
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "edit", { output: edited });
    await decide(ben, caseId, (await claim(ben, caseId)).lease, "approve");
    await expect(undo(anna, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    expect(await labels(caseId)).toEqual(["superseded", "live"]);
    await undo(ben, caseId);
    expect(await labels(caseId)).toEqual(["live", "withdrawn"]);
    const task = await claim(cleo, caseId);
    expect(task).toMatchObject({ turn: "second", output: edited, earlier: { person: "review" } });
    expect(await decide(cleo, caseId, task.lease, "approve")).toMatchObject({ state: "decided" });
    expect(await labels(caseId)).toEqual(["superseded", "withdrawn", "live"]);
    // Only an undo brings one back: what was superseded by a judgement that stands stays so.
    await expect(
      database.run(
        sql`update label set superseded_by = null where case_id = ${caseId} and superseded_by is not null`,
      ),
    ).rejects.toThrow(/append-only/);
    await pass(UNDO);
    await reach(caseId, "delivered");
    expect(delivered(workflow, caseId)).toMatchObject([{ body: { output: edited } }]);
  });

  /** What of the labels counts, in their order. */
  const labels = async (caseId: string) => {
    const found = await database.all<{ stands: string }>(sql`
      select case when withdrawn_at is not null then 'withdrawn' when superseded_by is not null then 'superseded' else 'live' end as stands
      from label where case_id = ${caseId} order by id`);
    return found.map((one) => one.stands);
  };

  /** Named, so that a case that waits for somebody else first can be taken. */
  async function claimAfterPreference(caseId: string) {
    await pass(60 * MINUTE);
    return claim(cleo, caseId);
  }
});

describe("a blind second turn", async () => {
  const workflow = "blind-two";
  const waiting = await desk.open(workflow, { workflow: { fourEyes: { blind: true } } });

  test("shows what the first person saw, not what they made of it; two who agree are two", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "edit", { output: edited });
    const task = await claim(ben, caseId);
    expect(task).toMatchObject({ turn: "second", output: { category: "billing" }, earlier: null });
    expect(JSON.stringify(task)).not.toContain("call back");
    expect(await decide(ben, caseId, task.lease, "edit", { output: edited })).toMatchObject({
      state: "decided",
    });
  });

  test("that differs takes a third look", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "edit", { output: edited });
    expect(await decide(ben, caseId, (await claim(ben, caseId)).lease, "approve")).toMatchObject({
      state: "in_review",
    });
    expect(await decide(cleo, caseId, (await claim(cleo, caseId)).lease, "approve")).toMatchObject({
      state: "decided",
    });
    await pass(UNDO);
    await reach(caseId, "delivered");
    expect(delivered(workflow, caseId)).toMatchObject([{ body: { output: { category: "billing" } } }]);
  });
});

describe("three people", async () => {
  const waiting = await desk.open("three", { workflow: { fourEyes: { people: 3 } } });

  test("must all stand behind the same answer", async () => {
    const caseId = await waiting();
    for (const [who, state] of [
      [anna, "in_review"],
      [ben, "in_review"],
      [cleo, "decided"],
    ] as const)
      expect(await decide(who, caseId, (await claim(who, caseId)).lease, "approve")).toMatchObject({ state });
  });
});

describe("a cold case that takes two people", async () => {
  const waiting = await desk.open("cold-two", { workflow: { fourEyes: {}, cold: { share: 0.5 } } });

  test("keeps the unswayed label of the first; the second sees the first answer and makes an ordinary one", async () => {
    let caseId: string;
    do caseId = await waiting();
    while (!(await look(caseId)).cold);
    const task = await claim(anna, caseId);
    expect(task).toMatchObject({ output: null, withheld: "cold", doubts: [] });
    await decide(anna, caseId, task.lease, "edit", { output: { category: "technical" } });
    const second = await claim(ben, caseId);
    expect(second).toMatchObject({ output: { category: "technical" }, withheld: null });
    await decide(ben, caseId, second.lease, "approve");
    await pass(UNDO);
    expect((await reach(caseId, "delivered")).labels).toMatchObject([
      { source: "cold", seen: false, superseded: false },
      { source: "review", seen: true, superseded: false },
    ]);
  });
});
