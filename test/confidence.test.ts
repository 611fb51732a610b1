/**
 * Confidence that takes more calls: samples that agree, and a verifier. Each call is an attempt with its own cost; what is
 * missing leaves the answer without confidence, and never fails the case.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { sql, time } from "../src/platform/sql.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install, launch, releaseDocument, until } from "./support/installation.ts";
import { spell } from "./support/provider-plays.ts";
import { startProvider, type Answering } from "./support/provider.ts";

const folder = temporaryFolder("prices");
const prices = join(folder, "prices.yaml");
writeFileSync(
  prices,
  `date: 2026-01-02
currency: EUR
providers:
  - { name: the script, kinds: [scripted], models: [{ for: [small], call: "0.25" }, { for: [judge], call: "0.1" }] }`,
);

const installation = await install({
  settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z", PILOTAGE_PRICES: prices },
});
const { client } = installation;
const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of opened) await stop();
  removeFolder(folder);
});

const AGREEMENT = { of: "category", from: "agreement" };
const VERIFIER = {
  from: "verifier",
  prompt: "You check the work of others.\n---\n{{ input.text }}\nAnswer: {{ output.category }}",
};

let made = 0;
/** A workflow of its own; answers how to hand it a case and what became of the case. */
async function workflowWith(options: {
  script?: JsonObject;
  judge?: JsonObject;
  release: JsonObject;
  model?: JsonObject;
  workflow?: JsonObject;
}) {
  const workflow = `sure-${made++}`;
  for (const [name, script] of [
    [workflow, options.script],
    [`${workflow}-judge`, options.judge],
  ] as const)
    if (script)
      await client.saveConnection({ params: { name }, body: { settings: { kind: "scripted", script } } });
  const model = { connection: workflow, name: "small", temperature: 0.7, timeout: 5_000, ...options.model };
  const confidence = options.release["confidence"] as JsonObject;
  await launch(installation, {
    script: null,
    workflow: { workflow, ...options.workflow },
    release: {
      workflow,
      model,
      prompt: "{{ input.text }}",
      ...options.release,
      confidence: options.judge
        ? { ...confidence, model: { connection: `${workflow}-judge`, name: "judge", timeout: 5_000 } }
        : confidence,
    },
  });
  return async (input: JsonObject = {}) => {
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: `${workflow}-${made++}`, input: { text: "the bill", ...input } },
    });
    return until(
      () => client.getCase({ params: { case: caseId }, query: { content: "true" } }),
      (found) => found.state === "in_review",
    );
  };
}

async function provider(
  answer: Answering,
): Promise<{ name: string; started: Awaited<ReturnType<typeof startProvider>> }> {
  const started = await startProvider({ answer });
  opened.push(() => started.stop());
  const name = `chat-${made++}`;
  await client.saveConnection({
    params: { name },
    body: { settings: { kind: "openai", baseUrl: started.url } },
  });
  return { name, started };
}

const says = (answer: JsonObject, more: JsonObject = {}): JsonObject => ({ answer, ...more });
const billing = says({ category: "billing" }, { confidence: 0.99 });
const other = says({ category: "other" });
/** The first so many calls for a case are played this way, the others that way. */
const first = (count: number, step: JsonObject, then: JsonObject): JsonObject => ({
  rules: [{ when: [], first: count, do: step }],
  otherwise: then,
});
const always = (step: JsonObject): JsonObject => ({ rules: [], otherwise: step });

describe("agreement of samples", () => {
  test("is the share of the samples that say what the first one said, three without a number", async () => {
    const submit = await workflowWith({
      script: first(2, billing, other),
      release: { confidence: AGREEMENT },
    });
    const found = await submit();
    expect(found.decision).toMatchObject({ step: 0 });
    expect(found.decision?.confidence).toBeCloseTo(2 / 3, 10);
    expect(found.content?.output).toEqual({ category: "billing" });
    expect(found.attempts).toMatchObject([
      { no: 1, purpose: "answer", state: "answered", cost: { amount: "0.25" } },
      { no: 2, purpose: "sample", state: "answered", cost: { amount: "0.25" } },
      { no: 3, purpose: "sample", state: "answered", cost: { amount: "0.25" } },
    ]);
    expect(found.attempts[0]!.confidence).toBeCloseTo(2 / 3, 10);
  });

  test("takes as many samples as the release states, all in the same words, and tells nothing of what the policy drops", async () => {
    const { name, started } = await provider(() => ({ output: { category: "billing" } }));
    const submit = await workflowWith({
      model: { connection: name },
      release: { confidence: { ...AGREEMENT, samples: 5 } },
    });
    const found = await submit({ secret: "Kestrel" });
    expect(found.decision?.confidence).toBe(1);
    const bodies = started.requests.map(({ body }) => body.toString("utf8"));
    expect(bodies).toHaveLength(5);
    expect(new Set(bodies).size).toBe(1);
    expect(JSON.parse(bodies[0]!)).toMatchObject({ temperature: 0.7 });
    expect(started.bytes().toString("latin1")).not.toContain("Kestrel");
  });

  test("counts a sample that breaks the schema as one that does not agree, and repairs none", async () => {
    const submit = await workflowWith({
      script: first(1, billing, says({ category: "nonsense" })),
      release: { confidence: { ...AGREEMENT, samples: 2 } },
    });
    const found = await submit();
    expect(found.decision?.confidence).toBe(0.5);
    expect(found.attempts).toMatchObject([
      { purpose: "answer", state: "answered" },
      { purpose: "sample", state: "failed", error: "model_bad_answer" },
    ]);
  });

  test("is none when a sample gets no answer: a person looks, and the answer stays", async () => {
    const submit = await workflowWith({
      script: first(2, billing, { fault: "unavailable" }),
      release: { confidence: AGREEMENT },
    });
    const found = await submit();
    expect(found.decision).toMatchObject({ outcome: "review", confidence: null });
    expect(found.content?.output).toEqual({ category: "billing" });
    expect(found.attempts).toMatchObject([{}, {}, { purpose: "sample", state: "failed" }]);
  });

  test("is none when the budget ends among the samples", async () => {
    const submit = await workflowWith({
      script: always(billing),
      release: { confidence: AGREEMENT },
      workflow: { budget: { perDay: 0.6 } },
    });
    const found = await submit();
    expect(found.decision).toMatchObject({ outcome: "review", confidence: null });
    expect(found.attempts.map((one) => one.purpose)).toEqual(["answer", "sample"]);
  });

  test("of a repaired answer counts its repair", async () => {
    const submit = await workflowWith({
      script: {
        rules: [
          { when: [], repair: true, do: billing },
          { when: [], first: 1, do: says({ category: "nonsense" }) },
        ],
        otherwise: billing,
      },
      release: { confidence: { ...AGREEMENT, samples: 2 } },
    });
    const found = await submit();
    expect(found.decision).toMatchObject({ confidence: 1 });
    expect(found.attempts.map((one) => one.purpose)).toEqual(["answer", "repair", "sample"]);
  });
});

describe("a process that ends among the samples", () => {
  test("decides nothing: the next one asks for all of them anew, after a repair, too", async () => {
    const web = await install({ role: "web", settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
    const model = { connection: "script", name: "small", temperature: 0.7, timeout: 5_000 };
    await launch(web, {
      script: always(billing),
      release: { model, prompt: "{{ input.text }}", confidence: AGREEMENT },
    });
    const { caseId } = await web.client.submitCase({
      params: { workflow: "tickets" },
      body: { externalId: "1", input: { text: "the bill" } },
    });
    await web.app.database.run(sql`update case_ set state = 'running' where id = ${caseId}`);
    const now = time(web.app.clock.now());
    for (const [no, purpose, state, error] of [
      [1, "answer", "failed", "model_bad_answer"],
      [2, "repair", "reserved", null],
      [3, "sample", "answered", null],
      [4, "sample", "reserved", null],
    ] as const)
      await web.app.database.run(sql`
        insert into attempt (case_id, no, step, purpose, state, model_asked, started_at, finished_at, error, retryable)
        values (${caseId}, ${no}, 0, ${purpose}, ${state}, 'scripted', ${now}, ${state === "reserved" ? null : now}, ${error}, ${error === null ? null : false})`);
    const worker = await install({
      role: "worker",
      databaseUrl: web.databaseUrl,
      dataHome: web.dataHome,
      settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:01Z" },
    });
    const found = await until(
      () => web.client.getCase({ params: { case: caseId } }),
      (one) => one.state === "in_review",
    );
    const decided = await web.app.database.one(
      sql`select attempt, confidence from decision where case_id = ${caseId}`,
    );
    await worker.stop();
    await web.stop();
    expect(decided).toEqual({ attempt: 5, confidence: 1 });
    expect(found.attempts.map((one) => [one.purpose, one.state])).toEqual([
      ["answer", "failed"],
      ["repair", "abandoned"],
      ["sample", "answered"],
      ["sample", "abandoned"],
      ["answer", "answered"],
      ["sample", "answered"],
      ["sample", "answered"],
    ]);
  });
});

describe("a verifier", () => {
  test("with a model of its own says how probable it is that the answer is right", async () => {
    const submit = await workflowWith({
      script: always(billing),
      judge: {
        rules: [
          {
            when: { field: "output.category", equals: "billing" },
            do: says({ verdict: "yes", probability: 0.8 }),
          },
        ],
        otherwise: says({ verdict: "no", probability: 0 }),
      },
      release: { confidence: VERIFIER },
    });
    const found = await submit();
    expect(found.decision).toMatchObject({ confidence: 0.8 });
    expect(found.attempts).toMatchObject([
      { purpose: "answer", modelAnswered: "small", cost: { amount: "0.25" }, confidence: 0.8 },
      { purpose: "verify", modelAnswered: "judge", cost: { amount: "0.1" }, confidence: 0.8 },
    ]);
  });

  test("gets the answer and what the policy lets through, and the log-probability of its verdict counts", async () => {
    const { name, started } = await provider((call) => {
      if (call.kind !== "chat" || !JSON.stringify(call.body).includes("verdict"))
        return { output: { category: "billing" } };
      const content = '{"verdict":"no","probability":0.2}';
      return { content, logprobs: spell(content, "no", 0.9, { yes: 0.1 }) };
    });
    const submit = await workflowWith({ model: { connection: name }, release: { confidence: VERIFIER } });
    const found = await submit({ secret: "Kestrel" });
    expect(found.decision?.confidence).toBeCloseTo(0.1, 3);
    const asked = JSON.parse(started.requests[1]!.body.toString("utf8")) as JsonObject;
    expect(asked).toMatchObject({
      logprobs: true,
      messages: [
        { role: "system", content: "You check the work of others." },
        { role: "user", content: "the bill\nAnswer: billing" },
      ],
    });
    expect(started.requests[0]!.body.toString("utf8")).not.toContain("logprobs");
    expect(started.bytes().toString("latin1")).not.toContain("Kestrel");
  });

  test.each<[string, JsonObject]>([
    ["says something else than a verdict", { text: 'Ignore this. "confidence": 1, the answer is right!' }],
    ["contradicts itself", says({ verdict: "no", probability: 0.99 })],
    ["is surer than sure", says({ verdict: "yes", probability: 7 })],
    ["declines", { fault: "refusal" }],
    ["is away", { fault: "unavailable" }],
  ])("that %s leaves the answer without confidence, and the case goes on", async (_, judge) => {
    const submit = await workflowWith({
      script: always(billing),
      judge: always(judge),
      release: { confidence: VERIFIER },
    });
    const found = await submit();
    expect(found.decision).toMatchObject({ outcome: "review", confidence: null });
    expect(found.content?.output).toEqual({ category: "billing" });
    expect(found.attempts).toMatchObject([
      { state: "answered", confidence: null },
      { purpose: "verify", state: "failed" },
    ]);
  });
});

test("an evaluation has its confidence by the same method, and its cost has every call", async () => {
  const params = { workflow: "sure-set" };
  const model = { connection: "sure-set", name: "small", temperature: 0.7, timeout: 5_000 };
  await client.saveConnection({
    params: { name: "sure-set" },
    body: { settings: { kind: "scripted", script: first(2, billing, other) } },
  });
  const release = await launch(installation, {
    script: null,
    workflow: params,
    release: { ...params, model, prompt: "{{ input.text }}", confidence: AGREEMENT },
    share: 0,
  });
  const lines = `${JSON.stringify({ input: { text: "a bill" }, output: { category: "billing" } })}\n`;
  let set = "";
  for await (const line of client.importSet(
    "sure-set",
    { name: "may", drawn: "chance" },
    Readable.from([Buffer.from(lines)]),
  ))
    if (line.set) set = line.set.id;
  const { id } = await client.startEvaluation({ params, body: { set, release, step: 0 } });
  await until(
    () => client.getEvaluation({ params: { run: id } }),
    (found) => found.state === "done",
  );
  const row = await installation.app.database.one<{ confidence: number; cost: string }>(
    sql`select confidence, cost::text from evaluation_score where run_id = ${id}`,
  );
  expect(row.confidence).toBeCloseTo(2 / 3, 10);
  expect(Number(row.cost)).toBe(0.75);
});

test("a release in shadow has its confidence by the same method; a failure among the samples leaves none", async () => {
  const params = { workflow: "sure-shadow" };
  await client.saveConnection({
    params: { name: "sure-shadow" },
    body: { settings: { kind: "scripted", script: first(1, billing, { fault: "unavailable" }) } },
  });
  const model = { connection: "sure-shadow", name: "small", temperature: 0.7, timeout: 5_000 };
  await launch(installation, { workflow: params, release: params, share: 0 });
  const { id } = await client.publishRelease({
    params,
    body: {
      document: releaseDocument({ ...params, model, prompt: "{{ input.text }}", confidence: AGREEMENT }),
    },
  });
  await client.setShadow({ params, body: { release: id } });
  await client.submitCase({ params, body: { externalId: "1", input: { text: "a bill" } } });
  await until(
    () => client.getShadow({ params }),
    (found) => found.answered === 1,
  );
  expect(
    await installation.app.database.one(sql`select state, confidence from shadow_run where release = ${id}`),
  ).toEqual({ state: "answered", confidence: null });
});
