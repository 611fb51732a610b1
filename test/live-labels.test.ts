/**
 * A gate on what happened live: a criterion on coin labels in the real program, through a pilot whose cases are all reviewed
 * and through cases that could go out alone.
 */
import { describe, expect, test } from "vitest";
import { gateJunit, gateMarkdown, gateText } from "../src/cli/gate-report.ts";
import type { Client } from "../src/contract/client.ts";
import type { JsonObject, JsonValue } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import {
  BILLING_SCRIPT,
  install,
  launch,
  releaseDocument,
  until,
  workflowDocument,
} from "./support/installation.ts";

const params = { workflow: "tickets" };
const RIGHT = {
  name: "right live",
  group: "performance",
  figure: "right",
  days: 30,
  minimum: 0.8,
  target: 0.9,
};
const INPUT: JsonObject = {
  type: "object",
  properties: { text: { type: "string" }, thread: { type: "string" } },
  required: ["text"],
  additionalProperties: false,
};
const RELEASE: JsonObject = {
  input: INPUT,
  policy: { text: "allow" },
  facets: { output: ["category"] },
  fallback: [{ connection: "second" }, "manual"],
};
/** The release's own model is down for some cases; its fallback answers those. */
const SCRIPT: JsonObject = {
  rules: [{ when: { field: "text", contains: "outage" }, do: { fault: "refused" } }],
  otherwise: { answer: { category: "billing" }, confidence: 0.9 },
};

async function atWork(workflow: JsonObject) {
  const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-03-02T08:00:00Z" } });
  const document = { thread: "thread", undo: 60_000, ...workflow };
  const { client } = installation;
  await client.saveConnection({
    params: { name: "second" },
    body: { settings: { kind: "scripted", script: BILLING_SCRIPT } },
  });
  const release = await launch(installation, {
    share: 1,
    workflow: document,
    release: RELEASE,
    script: SCRIPT,
  });
  const agree = (criteria: JsonObject[]) =>
    client.applyWorkflow({
      params,
      body: { document: workflowDocument({ ...document, criteria: criteria as JsonValue }) },
    });
  return {
    ...installation,
    release,
    agree,
    pass: () => client.advanceClock({ body: { milliseconds: 1_000 } }),
  };
}

let no = 0;
async function submit(client: Client, input: JsonObject = {}): Promise<string> {
  const body = { externalId: `case ${++no}`, input: { text: `a bill ${no}`, ...input } };
  const { caseId } = await client.submitCase({ params, body });
  await until(
    () => client.getCase({ params: { case: caseId } }),
    ({ state }) => state === "in_review",
  );
  return caseId;
}

type Said = "right" | "wrong" | "rejected";
async function judge(client: Client, caseId: string, said: Said): Promise<void> {
  const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
  await client.giveVerdict({
    params: { case: caseId },
    body:
      said === "right"
        ? { lease, verdict: "approve" }
        : said === "wrong"
          ? { lease, verdict: "edit", output: { category: "other" } }
          : { lease, verdict: "reject", reason: "out_of_scope" },
  });
}

async function work(client: Client, said: Said, input: JsonObject = {}): Promise<string> {
  const caseId = await submit(client, input);
  await judge(client, caseId, said);
  return caseId;
}

const gateOf = (client: Client, release: string) => client.judgeGate({ params, body: { release, runs: [] } });
type Gate = Awaited<ReturnType<typeof gateOf>>;
const counts = ({ input }: Gate) => (input as { evidence: JsonObject }).evidence["right live"];

describe("a pilot, in which every case is reviewed", async () => {
  const { client, release, agree, pass } = await atWork({});

  test("proves nothing by cases from before the criteria, nor by cases that nobody has judged", async () => {
    for (let i = 0; i < 3; i++) await work(client, "wrong");
    await pass();
    await agree([RIGHT]);
    await pass();
    expect(await gateOf(client, release)).toMatchObject({
      verdict: "inconclusive",
      criteria: [
        {
          about: "live cases: right",
          n: 0,
          reasons: [{ code: "no-cases" }, { code: "labels-early", about: "3" }],
        },
      ],
    });
    const waiting = [await submit(client), await submit(client)];
    const gate = await gateOf(client, release);
    expect(gate).toMatchObject({
      verdict: "inconclusive",
      criteria: [
        {
          n: 0,
          missing: expect.any(Number),
          reasons: [
            { code: "no-cases" },
            { code: "labels-waiting", about: "2" },
            { code: "labels-holding", about: "2" },
            { code: "labels-early", about: "3" },
          ],
        },
      ],
    });
    for (const one of waiting) await judge(client, one, "right");
  });

  test("too few are inconclusive, and the gate says how many more it takes", async () => {
    const gate = await gateOf(client, release);
    expect(counts(gate)).toEqual({
      kind: "share",
      right: 2,
      n: 2,
      unanswered: 0,
      coins: { waiting: 0, holding: 0, otherModel: 0, uneven: 0, played: 0, early: 3 },
    });
    expect(gate).toMatchObject({ verdict: "inconclusive", criteria: [{ n: 2, estimate: 1 }] });
    expect(gate.criteria[0]!.missing).toBeGreaterThan(5);
  });

  test("counts one case of a thread by the label in force, only answers of its own model, and leaves open what a rejection leaves open", async () => {
    await work(client, "right", { thread: "t" });
    await work(client, "wrong", { thread: "t" });
    await work(client, "rejected");
    // Its fallback answered: that says nothing of its own model.
    const fallback = await work(client, "wrong", { text: "an outage" });
    expect((await client.getCase({ params: { case: fallback } })).decision).toMatchObject({ step: 1 });
    const undone = await work(client, "right");
    await client.undoVerdict({ params: { case: undone } });
    await judge(client, undone, "wrong");
    for (let at = 0; at < 60; at += 10)
      await Promise.all(Array.from({ length: 10 }, () => work(client, "right")));
    const gate = await gateOf(client, release);
    expect(counts(gate)).toMatchObject({ right: 63, n: 64, unanswered: 1, coins: { waiting: 0 } });
    expect(gate).toMatchObject({
      verdict: "conditional",
      criteria: [
        {
          verdict: "conditional",
          n: 64,
          proven: "minimum",
          reasons: [
            { code: "labels-open", about: "1" },
            { code: "labels-early", about: "3" },
          ],
        },
      ],
    });
    expect(await client.recheckGate({ params: { gate: gate.id } })).toMatchObject({ agrees: true });
    const open = "whose label leaves it open";
    for (const told of [gateText(gate), gateMarkdown(gate), gateJunit(gate, []).replaceAll("&apos;", "'")]) {
      expect(told).toContain(open);
    }
  });

  test("keeps its cases while other criteria change, and tells what a change of its own leaves out", async () => {
    const survey = { name: "helps", group: "acceptance", survey: "helps", minimum: 0.5, target: 0.6 };
    const performance = () =>
      client.judgeGate({ params, body: { release, runs: [], groups: ["performance"] } });
    const before = counts(await performance());
    await pass();
    await agree([RIGHT, survey]);
    await pass();
    await agree([{ ...survey, target: 0.7 }, RIGHT]);
    await pass();
    expect(counts(await performance())).toEqual(before);
    const leftOut = { right: 0, n: 0 };
    await agree([{ ...RIGHT, target: 0.85 }]);
    await pass();
    const other = counts(await performance());
    expect(other).toMatchObject(leftOut);
    expect((other as { coins: { early: number } }).coins.early).toBeGreaterThan(60);
    // As it was before, but it has not stood since then.
    await agree([RIGHT]);
    await pass();
    expect(counts(await performance())).toEqual(other);
  });

  test("of one release says nothing of another", async () => {
    const next = await client.publishRelease({
      params,
      body: { document: releaseDocument({ ...RELEASE, facets: { output: [] } }) },
    });
    expect(await gateOf(client, next.id)).toMatchObject({
      verdict: "could-not-run",
      criteria: [{ reasons: [{ code: "no-evidence" }] }],
    });
  });
});

describe("a release whose cases may go out alone", async () => {
  const { client, release, app, agree, pass } = await atWork({ qa: { share: 0.5 } });
  await agree([RIGHT]);
  await pass();
  // Without a certificate people see every case still, but not because the arm is reviewed whole.
  await app.database.run(sql`update workflow set autonomy = 1 where name = 'tickets'`);

  test("is judged by what the coins drew alone", async () => {
    const drawn = new Map<string, boolean>();
    for (let at = 0; at < 40; at += 10)
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const caseId = await submit(client);
          const { qa } = await app.database.one<{ qa: boolean }>(
            sql`select qa from case_ where id = ${caseId}`,
          );
          drawn.set(caseId, qa);
        }),
      );
    // What nobody drew was looked at because it had no certificate: wrong, and no evidence.
    for (const [caseId, qa] of drawn) await judge(client, caseId, qa ? "right" : "wrong");
    const n = [...drawn.values()].filter(Boolean).length;
    expect(n).toBeGreaterThan(5);
    const gate = await gateOf(client, release);
    expect(counts(gate)).toMatchObject({ right: n, n, unanswered: 0, coins: { uneven: 0 } });
  });
});
