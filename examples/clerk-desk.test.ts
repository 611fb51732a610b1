import { expect, test } from "vitest";
import { PilotageError, type ErrorCode } from "../src/contract/errors.ts";
import { workAsClerk, type ClerkClient, type ClerkOptions } from "./clerk-desk.ts";
import { answersFrom } from "./known-answers.ts";

type Review = Awaited<ReturnType<ClerkClient["claimReviews"]>>["reviews"][number];
type Verdict = NonNullable<Parameters<ClerkClient["giveVerdict"]>[0]>;

const answers = answersFrom(
  Array.from({ length: 20 }, (_, at) => ({ ticketNo: `T-${at}`, category: "billing" })),
  { path: "answers.jsonl", keyColumn: "ticketNo", answerColumns: ["category"], by: { kind: "externalId" } },
);

function review(externalId: string, category = "billing"): Review {
  return {
    caseId: `case_${externalId}`,
    workflow: "support-triage",
    lease: `lse_${externalId}`,
    leaseUntil: "2026-03-02T08:00:00.000Z",
    dueAt: null,
    receivedAt: "2026-03-02T07:00:00.000Z",
    source: "web",
    externalId,
    reasons: [],
    input: {},
    attachments: [],
    output: { category },
    withheld: null,
    outputSchema: {},
    team: null,
    turn: "first",
    doubts: [],
    notes: [],
    earlier: null,
    inputSchema: {},
    suggestions: [],
    facets: { input: [], output: [] },
    instructions: { de: null, en: null },
    unit: "ticket",
  };
}

/** An inbox in memory; `fail` may throw before a call is taken. */
function inbox(waiting: Review[], fail: (call: "claim" | "verdict", at: number) => void = () => undefined) {
  const calls = { claim: 0, verdict: 0 };
  const taken: Verdict[] = [];
  const released: string[] = [];
  const client: ClerkClient = {
    async claimReviews(input) {
      fail("claim", calls.claim++);
      return { reviews: waiting.splice(0, input?.body?.count ?? 1) };
    },
    async giveVerdict(input) {
      fail("verdict", calls.verdict++);
      taken.push(input!);
      return {
        caseId: input!.params!.case,
        state: "decided",
        verdict: input!.body!.verdict,
        undoUntil: "",
        modelOutput: null,
        differs: [],
        planted: null,
      };
    },
    async releaseReview(input) {
      released.push(input!.params!.case);
      return { released: true, escalated: false };
    },
  };
  return { client, taken, released };
}

function work(client: ClerkClient, more: Partial<ClerkOptions> = {}) {
  return workAsClerk({
    client,
    workflow: "support-triage",
    answers,
    claim: 3,
    parallel: 1,
    pace: 0,
    idleAfter: 2,
    lookEvery: 1,
    signal: new AbortController().signal,
    say: () => undefined,
    ...more,
  });
}

const refuse = (code: ErrorCode) => new PilotageError(code, code);

test("every review is decided once: approved, edited or rejected as the answers say", async () => {
  const { client, taken } = inbox([
    review("T-1"),
    review("T-2", "technical"),
    review("X-9"),
    review("T-3"),
    review("T-4"),
  ]);
  expect(await work(client)).toEqual({
    approved: 3,
    edited: 1,
    rejected: 1,
    lost: 0,
    refused: 0,
    retries: 0,
    givenBack: 0,
  });
  expect(taken.map((one) => one.body)).toEqual([
    { lease: "lse_T-1", verdict: "approve" },
    { lease: "lse_T-2", verdict: "edit", output: { category: "billing" } },
    { lease: "lse_X-9", verdict: "reject", reason: "out_of_scope" },
    { lease: "lse_T-3", verdict: "approve" },
    { lease: "lse_T-4", verdict: "approve" },
  ]);
});

test("several hands share the inbox and decide nothing twice", async () => {
  const { client, taken } = inbox(Array.from({ length: 20 }, (_, at) => review(`T-${at}`)));
  expect((await work(client, { parallel: 8 })).approved).toBe(20);
  expect(new Set(taken.map((one) => one.params!.case)).size).toBe(20);
});

test("a lost lease and a settled case are counted, and the work goes on", async () => {
  const { client } = inbox([review("T-1"), review("T-2"), review("T-3")], (call, at) => {
    if (call === "verdict" && at === 0) throw refuse("lease_lost");
    if (call === "verdict" && at === 1) throw refuse("wrong_state");
  });
  expect(await work(client)).toMatchObject({ approved: 1, lost: 2, refused: 0 });
});

test("an answer that breaks the output schema is counted and said", async () => {
  const said: string[] = [];
  const { client } = inbox([review("T-1"), review("T-2")], (call, at) => {
    if (call === "verdict" && at === 0) throw refuse("bad_output");
  });
  expect(await work(client, { say: (line) => said.push(line) })).toMatchObject({ approved: 1, refused: 1 });
  expect(said.join("\n")).toContain("T-1");
});

test("a program that is away is waited for, and the same verdict is given then", async () => {
  const { client, taken } = inbox([review("T-1")], (call, at) => {
    if (at === 0) throw refuse(call === "claim" ? "database_unavailable" : "too_many_requests");
  });
  expect(await work(client)).toMatchObject({ approved: 1, retries: 2 });
  expect(taken).toHaveLength(1);
});

test("a revoked key ends the work with its message, and reviews at hand are given back", async () => {
  const { client, released } = inbox([review("T-1"), review("T-2"), review("T-3")], (call, at) => {
    if (call === "verdict" && at === 1) throw refuse("unauthenticated");
  });
  await expect(work(client, { idleAfter: undefined })).rejects.toThrow("unauthenticated");
  expect(released).toEqual(["case_T-3"]);
});

test("told to stop, it gives back what it has not decided", async () => {
  const told = new AbortController();
  const { client, taken, released } = inbox([review("T-1"), review("T-2"), review("T-3")], (call, at) => {
    if (call === "verdict" && at === 0) told.abort();
  });
  const counts = await work(client, { idleAfter: undefined, signal: told.signal });
  expect(counts).toMatchObject({ approved: 1, givenBack: 2 });
  expect(taken).toHaveLength(1);
  expect(released).toEqual(["case_T-2", "case_T-3"]);
});
