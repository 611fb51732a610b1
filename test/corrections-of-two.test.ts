/** A correction that takes several people: it waits where all of them see it, and nobody approves their own. */
import { describe, expect, test } from "vitest";
import type { Client } from "../src/contract/client.ts";
import { keysOf, sealJson } from "../src/cases/content.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { openLog } from "../src/platform/log.ts";
import { unlock } from "../src/platform/master-key.ts";
import { sql } from "../src/platform/sql.ts";
import { claim, decide, inbox, openDesk, undo, UNDO } from "./support/desk.ts";
import { until } from "./support/installation.ts";

const desk = await openDesk();
const { installation, look, reach, pass, delivered } = desk;
const { app } = installation;
const { database } = app;
const vault = await unlock({
  fromSetting: undefined,
  dataHome: installation.dataHome,
  database,
  log: openLog("error"),
});
const anna = await installation.clientFor(["review", "read", "content:read"]);
const ben = await installation.clientFor(["review", "read"]);
const cleo = await installation.clientFor(["review"]);
const reader = await installation.clientFor(["read"]);

const propose = async (
  who: Client,
  caseId: string,
  category = "technical",
  text = "The customer wrote again.",
) =>
  expect(
    who.correctCase({
      params: { case: caseId },
      body: { output: { category }, reason: "wrong_class", text },
    }),
  ).rejects.toMatchObject({ code: "second_person_needed" });
const approve = (who: Client, caseId: string, proposal: number) =>
  who.approveCorrection({ params: { case: caseId }, body: { proposal } });
const refuse = (who: Client, caseId: string, proposal: number, text?: string) =>
  who.refuseCorrection({
    params: { case: caseId },
    body: { proposal, ...(text === undefined ? {} : { text }) },
  });
const refused = (code: string) => ({ code });

async function opened(workflow: string, more: JsonObject = {}, judges: Client[] = [anna, ben]) {
  const waiting = await desk.open(workflow, { workflow: { fourEyes: {}, ...more } });
  const listed = async (who: Client) => (await inbox(who, workflow)).corrections;
  async function done(): Promise<string> {
    const caseId = await waiting();
    for (const who of judges) await decide(who, caseId, (await claim(who, caseId)).lease, "approve");
    await pass(UNDO);
    await reach(caseId, "delivered");
    return caseId;
  }
  return { done, listed };
}

describe("a correction that takes a second person", async () => {
  const workflow = "two";
  const { done, listed } = await opened(workflow);

  test("waits in everybody's inbox, as their own for whoever proposed it, and is told by an event", async () => {
    const caseId = await done();
    await propose(anna, caseId);
    const entry = {
      caseId,
      externalId: (await look(caseId)).externalId,
      proposal: 1,
      person: "review+read+content:read",
      reason: "wrong_class",
      fields: ["category"],
      at: expect.any(String),
    };
    expect((await listed(anna)).find((one) => one.caseId === caseId)).toEqual({ ...entry, own: true });
    expect((await listed(ben)).find((one) => one.caseId === caseId)).toEqual({ ...entry, own: false });
    const found = await look(caseId);
    expect(found).toMatchObject({ state: "delivered", corrections: [{ id: "p1", state: "waiting" }] });
    expect(found.content!.corrections).toEqual([
      {
        id: "p1",
        before: { category: "billing" },
        after: { category: "technical" },
        text: "The customer wrote again.",
        answer: null,
      },
    ]);
    expect(found.history.filter((one) => one.kind === "case.correction_proposed")).toMatchObject([
      { data: { proposal: 1, reason: "wrong_class", edited: ["category"], people: 1, of: 2 } },
    ]);
    const words = await database.all<{ text: string }>(
      sql`select encode(sealed, 'escape') as text from case_content where case_id = ${caseId}`,
    );
    expect(JSON.stringify(words)).not.toContain("wrote again");
    await refuse(anna, caseId, 1);
  });

  test("is not approved by whoever proposed it, and goes out once when another person approves it", async () => {
    const caseId = await done();
    await propose(anna, caseId);
    await expect(approve(anna, caseId, 1)).rejects.toMatchObject(refused("second_person_needed"));
    await propose(anna, caseId);
    expect((await look(caseId)).corrections).toMatchObject([{ id: "p1", state: "waiting" }]);
    expect(delivered(workflow, caseId)).toHaveLength(1);
    expect(await approve(cleo, caseId, 1)).toMatchObject({ correction: 1, differs: ["category"] });
    await expect(approve(ben, caseId, 1)).rejects.toMatchObject(refused("wrong_state"));
    await pass(UNDO);
    const { corrections, content } = await reach(caseId, "delivered");
    const [first, ...more] = delivered(workflow, caseId);
    expect(more).toMatchObject([{ key: `${first!.key}.c1`, body: { output: { category: "technical" } } }]);
    expect(corrections).toMatchObject([
      {
        id: "c1",
        proposal: 1,
        state: "delivered",
        person: "review+read+content:read",
        second: "review",
        endedAt: expect.any(String),
      },
    ]);
    expect(content!.corrections).toMatchObject([
      { id: "c1", after: { category: "technical" }, text: "The customer wrote again." },
    ]);
    expect((await listed(ben)).map((one) => one.caseId)).not.toContain(caseId);
    const seen = await reader.getCase({ params: { case: caseId } });
    expect(seen.corrections).toMatchObject([{ id: "c1", person: null, second: null }]);
    expect(seen.content).toBeNull();
    expect(JSON.stringify(seen)).not.toMatch(/wrote again|review\+read/);
  });

  test("goes out when another person sends the same", async () => {
    const caseId = await done();
    await propose(anna, caseId);
    await ben.correctCase({
      params: { case: caseId },
      body: { output: { category: "technical" }, reason: "wrong_value" },
    });
    await pass(UNDO);
    expect((await reach(caseId, "delivered")).corrections).toMatchObject([
      { id: "c1", proposal: 1, reason: "wrong_class", second: "review+read" },
    ]);
    expect(delivered(workflow, caseId)).toHaveLength(2);
  });

  test("is refused by another person with words that are kept, or taken back by its own", async () => {
    const caseId = await done();
    await propose(anna, caseId);
    await expect(refuse(ben, caseId, 1)).rejects.toMatchObject(refused("bad_request"));
    expect(await refuse(ben, caseId, 1, "It was right.")).toEqual({ caseId, state: "refused" });
    await propose(anna, caseId, "other");
    expect(await refuse(anna, caseId, 2)).toEqual({ caseId, state: "withdrawn" });
    const { corrections, content, history } = await look(caseId);
    expect(corrections).toMatchObject([
      { id: "p1", state: "refused", second: "review+read" },
      { id: "p2", state: "withdrawn", second: null },
    ]);
    expect(content!.corrections.map((one) => one.answer)).toEqual(["It was right.", null]);
    expect(history.filter((one) => one.kind === "case.correction_refused")).toHaveLength(2);
    await expect(approve(cleo, caseId, 1)).rejects.toMatchObject(refused("wrong_state"));
    await pass(UNDO);
    expect(delivered(workflow, caseId)).toHaveLength(1);
  });

  test("gives way to another one that is proposed after it, and neither is lost", async () => {
    const caseId = await done();
    await propose(anna, caseId, "technical");
    await propose(ben, caseId, "other");
    await expect(approve(cleo, caseId, 1)).rejects.toMatchObject(refused("wrong_state"));
    await approve(anna, caseId, 2);
    expect((await look(caseId)).corrections).toMatchObject([
      { id: "p1", state: "replaced", second: "review+read" },
      { id: "c1", proposal: 2, state: "made", person: "review+read", second: "review+read+content:read" },
    ]);
    // The second person made it, and may take it back.
    expect(await undo(anna, caseId)).toEqual({ state: "delivered" });
    expect((await look(caseId)).corrections.at(-1)).toMatchObject({ id: "c1", state: "undone" });
  });

  test("approved by two at once is made once", async () => {
    const caseId = await done();
    await propose(anna, caseId);
    const both = await Promise.allSettled([approve(ben, caseId, 1), approve(cleo, caseId, 1)]);
    expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    await pass(UNDO);
    await reach(caseId, "delivered");
    expect(delivered(workflow, caseId)).toHaveLength(2);
  });

  test("says nothing any more once the key of its case is destroyed", async () => {
    const caseId = await done();
    await propose(anna, caseId);
    await refuse(ben, caseId, 1, "It was right.");
    await database.run(sql`delete from case_key where owner = ${caseId}`);
    const found = await look(caseId);
    expect(found).toMatchObject({ content: null, corrections: [{ id: "p1", state: "refused" }] });
    expect(JSON.stringify(found)).not.toMatch(/wrote again|was right/);
  });

  test("that the program before kept as content alone still finds its second person", async () => {
    const caseId = await done();
    await propose(anna, caseId);
    const older = { person: "anna@example.com", output: { category: "technical" } };
    const key = (await keysOf(database, vault, [caseId])).get(caseId)!;
    await database.run(sql`delete from correction_proposal where case_id = ${caseId}`);
    await database.run(sql`
      insert into case_content (case_id, kind, sealed)
      values (${caseId}, 'correction.proposed', ${Buffer.from(sealJson(key, "correction.proposed", older))})`);
    await ben.correctCase({
      params: { case: caseId },
      body: { output: { category: "technical" }, reason: "wrong_class" },
    });
    expect((await look(caseId)).corrections).toMatchObject([{ id: "c1", proposal: null, state: "made" }]);
  });
});

describe("a correction that takes three people", async () => {
  const { done, listed } = await opened("three", { fourEyes: { people: 3 } }, [anna, ben, cleo]);

  test("waits for the third, and is the second one's own by then", async () => {
    const caseId = await done();
    await propose(anna, caseId);
    expect(await approve(ben, caseId, 1)).toMatchObject({ correction: null, undoUntil: null });
    expect((await listed(ben)).map((one) => one.own)).toEqual([true]);
    await expect(approve(ben, caseId, 1)).rejects.toMatchObject(refused("second_person_needed"));
    expect(await approve(cleo, caseId, 1)).toMatchObject({ correction: 1 });
  });
});

describe("words given with verdicts", async () => {
  const waiting = await desk.open("worded");

  test("can be read afterwards by who may read what cases hold, and by nobody else", async () => {
    const caseId = await waiting();
    const first = await claim(anna, caseId);
    await anna.releaseReview({
      params: { case: caseId },
      body: { lease: first.lease, skip: true, reason: "I know the sender." },
    });
    await decide(ben, caseId, (await claim(ben, caseId)).lease, "reject", {
      reason: "other",
      text: "It is a joke.",
    });
    await pass(UNDO);
    const { content } = await until(
      () => look(caseId),
      (found) => found.state !== "decided" && found.state !== "in_review",
    );
    expect(content!.said).toMatchObject([
      { kind: "skipped", text: "I know the sender.", person: "review+read+content:read" },
      { kind: "verdict", text: "It is a joke.", person: "review+read" },
    ]);
    expect(JSON.stringify(await reader.getCase({ params: { case: caseId } }))).not.toMatch(/joke|sender\./);
  });
});
