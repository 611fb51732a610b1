/** Asking models: pauses, fallbacks, the one repair, crashes, and what may leave the house. */
import { createHash } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { sql, time } from "../src/platform/sql.ts";
import { install, launch, until, workflowDocument } from "./support/installation.ts";
import { startFaultProvider } from "./support/fault-provider/fault-provider.ts";
import { startProvider } from "./support/provider.ts";

const SECRET = `whsec_${Buffer.from("a secret used only in tests").toString("base64")}`;

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client, app } = installation;
const pass = (seconds: number) => client.advanceClock({ body: { milliseconds: seconds * 1000 } });
const look = (caseId: string) => client.getCase({ params: { case: caseId } });

let made = 0;
/** Launches a workflow of its own whose models answer from these scripts; answers how to hand it a case. */
async function workflowWith(options: {
  scripts?: JsonObject[];
  fallback?: (string | JsonObject)[];
  release?: JsonObject;
  workflow?: JsonObject;
  examples?: string;
}) {
  const workflow = `models-${made++}`;
  const steps = [];
  for (const [i, script] of (options.scripts ?? []).entries()) {
    const name = `${workflow}-${i}`;
    await client.saveConnection({ params: { name }, body: { settings: { kind: "scripted", script } } });
    steps.push({ connection: name, timeout: 5_000 });
  }
  const [model, ...others] = steps;
  await launch(installation, {
    script: null,
    workflow: { ...options.workflow, workflow },
    release: {
      workflow,
      ...(model ? { model } : {}),
      fallback: [...others, ...(options.fallback ?? ["manual"])],
      ...options.release,
    },
    ...(options.examples === undefined ? {} : { examples: options.examples }),
    share: 0,
  });
  const [release] = (await client.listReleases({ params: { workflow } })).releases;
  await until(
    () => client.getRelease({ params: { release: release!.id } }),
    (one) => one.state === "ready",
  );
  await client.setShare({ params: { workflow }, body: { release: release!.id, share: 1 } });
  return async (
    input: JsonObject = {},
    more: { attachments?: { name: string; mediaType: string; base64: string }[] } = {},
  ) => {
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: `${workflow}-${made++}`, input: { text: "the bill", ...input }, ...more },
    });
    return caseId;
  };
}

const reviewed = (caseId: string) =>
  until(
    () => look(caseId),
    (found) => found.state === "in_review",
  );
const attempted = (caseId: string, count: number) =>
  until(
    () => look(caseId),
    (found) => found.attempts.filter((one) => one.state !== "reserved").length === count,
  );
const answering = (more: JsonObject = {}): JsonObject => ({
  rules: [],
  otherwise: { answer: { category: "billing" }, ...more },
});
const failing = (fault: string, more: JsonObject = {}): JsonObject => ({
  rules: [],
  otherwise: { fault, ...more },
});
/** Fails so often for each case, then answers. */
const failingFirst = (first: number, fault: JsonObject): JsonObject => ({
  rules: [{ when: [], first, do: fault }],
  otherwise: { answer: { category: "billing" } },
});

describe("a model that does not answer", () => {
  test("is asked again after a second, then after four", async () => {
    const submit = await workflowWith({ scripts: [failingFirst(2, { fault: "unavailable" })] });
    const caseId = await submit();
    expect((await attempted(caseId, 1)).state).toBe("running");
    await pass(1);
    await attempted(caseId, 2);
    await pass(3.9);
    expect((await look(caseId)).attempts).toHaveLength(2);
    await pass(0.1);
    const found = await reviewed(caseId);
    expect(found.attempts).toMatchObject([
      { no: 1, state: "failed", error: "model_unavailable" },
      { no: 2, state: "failed", error: "model_unavailable" },
      { no: 3, state: "answered", error: null },
    ]);
    expect(found.attempts.map((one) => Date.parse(one.startedAt) - Date.parse(found.receivedAt))).toEqual([
      0, 1_000, 5_000,
    ]);
  });

  test("is given the time that it asks for", async () => {
    const submit = await workflowWith({
      scripts: [failingFirst(1, { fault: "unavailable", retryAfterMs: 60_000 })],
    });
    const caseId = await submit();
    await attempted(caseId, 1);
    await pass(59);
    expect((await look(caseId)).attempts).toHaveLength(1);
    await pass(1);
    expect((await reviewed(caseId)).attempts).toHaveLength(2);
  });

  test("gives way to the next one, whose answer is named and goes to a person", async () => {
    const submit = await workflowWith({
      scripts: [failing("unavailable"), answering({ model: "small-2026", version: "v7" })],
    });
    const caseId = await submit();
    for (const count of [1, 2]) {
      await attempted(caseId, count);
      await pass(5);
    }
    const found = await reviewed(caseId);
    expect(found.attempts.map((one) => [one.step, one.state])).toEqual([
      [0, "failed"],
      [0, "failed"],
      [0, "failed"],
      [1, "answered"],
    ]);
    expect(found.attempts.at(-1)).toMatchObject({
      modelAsked: expect.stringMatching(/^scripted models-\d+-1$/) as string,
      modelAnswered: "small-2026",
    });
    expect(found.decision).toMatchObject({
      outcome: "review",
      step: 1,
      reasons: [{ code: "fallback_answer", detail: "step 1" }, { code: "autonomy" }],
    });
    expect(
      found.history.find((event) => event.kind === "case.answered" && event.data["state"] === "answered")
        ?.data,
    ).toMatchObject({ model: "small-2026", version: "v7" });
  });

  test("and never will, is not asked again: the next one is asked at once", async () => {
    const submit = await workflowWith({ scripts: [failing("refused"), answering()] });
    const found = await reviewed(await submit());
    expect(found.attempts.map((one) => [one.step, one.error])).toEqual([
      [0, "model_refused"],
      [1, null],
    ]);
  });

  test("leaves the case to a person when nobody else is there", async () => {
    const submit = await workflowWith({ scripts: [failing("refused")] });
    const caseId = await submit();
    expect(await reviewed(caseId)).toMatchObject({
      decision: { outcome: "fallback", reasons: [{ code: "model_failed" }] },
    });
    expect(await client.claimReview({ params: { case: caseId }, body: {} })).toMatchObject({
      output: null,
      withheld: "none",
    });
  });

  test("because its connection is missing, is a failure like any other", async () => {
    const submit = await workflowWith({ release: { model: { connection: "not-there", timeout: 1_000 } } });
    const caseId = await submit();
    for (const count of [1, 2]) {
      await attempted(caseId, count);
      await pass(5);
    }
    expect(await reviewed(caseId)).toMatchObject({
      decision: { outcome: "fallback" },
      attempts: [{ modelAsked: "unknown", error: "model_refused" }, {}, {}],
    });
  });

  test("is queued for until the case is due, then a person has it", async () => {
    const submit = await workflowWith({
      scripts: [failing("unavailable")],
      fallback: ["queue"],
      workflow: { due: { workingHours: 0.5 } },
    });
    const caseId = await submit();
    for (const seconds of [1, 4]) {
      await attempted(caseId, seconds === 1 ? 1 : 2);
      await pass(seconds);
    }
    await attempted(caseId, 3);
    for (let count = 4; count <= 5; count++) {
      await pass(600);
      await attempted(caseId, count);
    }
    // Ten minutes more would be after the due time: the case does not wait for them.
    await pass(1_800 - 1_200 - 5);
    const found = await reviewed(caseId);
    expect(found.attempts.length).toBe(5);
    expect(Date.parse(found.decision!.at)).toBe(Date.parse(found.dueAt!));
  });

  test("is backed by the local model, trained when the release was published", async () => {
    const examples = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({
        input: {
          text:
            i % 2 === 0
              ? `invoice number ${i} has a wrong amount`
              : `the machine ${i} shows an error and does not start`,
        },
        output: { category: i % 2 === 0 ? "billing" : "technical" },
      }),
    ).join("\n");
    const submit = await workflowWith({
      scripts: [failing("refused")],
      fallback: [{ local: "classifier", timeout: 5_000 }, "manual"],
      release: {
        local: { classifier: { drafts: { note: "About {{ output.category }}" }, seed: 7 } },
        examples: { digest: createHash("sha256").update(examples).digest("hex"), count: 60 },
      },
      examples,
    });
    const caseId = await submit({ text: "the machine shows an error and does not start" });
    const found = await reviewed(caseId);
    expect(found).toMatchObject({
      decision: { step: 1 },
      facets: { "output.category": "technical" },
      attempts: [{ error: "model_refused" }, { modelAsked: "local classifier", modelAnswered: "classifier" }],
    });
    const { content } = await client.getCase({ params: { case: caseId }, query: { content: "true" } });
    expect(content?.output).toMatchObject({ category: "technical", note: "About technical" });
  });
});

describe("an answer that breaks the schema", () => {
  const prompt = "Sort this: {{ input.text }}";
  const broken = { text: '{"category":"nonsense"}' };

  test("is repaired once, with what was wrong", async () => {
    const submit = await workflowWith({
      scripts: [
        { rules: [{ when: [], repair: false, do: broken }], otherwise: { answer: { category: "other" } } },
      ],
      release: { prompt },
    });
    const found = await reviewed(await submit());
    expect(found.attempts).toMatchObject([
      { no: 1, purpose: "answer", state: "failed", error: "model_bad_answer" },
      { no: 2, purpose: "repair", state: "answered" },
    ]);
    expect(found).toMatchObject({
      decision: { outcome: "review", step: 0 },
      facets: { "output.category": "other" },
    });
  });

  test("also after the repair goes to a person, without an output", async () => {
    const submit = await workflowWith({ scripts: [{ rules: [], otherwise: broken }], release: { prompt } });
    const caseId = await submit();
    expect(await reviewed(caseId)).toMatchObject({
      attempts: [{ purpose: "answer" }, { purpose: "repair" }],
      decision: { outcome: "fallback", reasons: [{ code: "bad_output" }] },
    });
    expect(
      (await client.getCase({ params: { case: caseId }, query: { content: "true" } })).content?.output,
    ).toBeNull();
  });

  test.each([
    ["half a character", { answer: { category: "billing", note: "\ud800" } }],
    ["a text over 1 MB", { answer: { category: "billing", note: "x".repeat(1_048_577) } }],
    ["an answer that was cut off", { fault: "length" }],
    ["a model that declines", { fault: "refusal" }],
    ["no JSON", { text: "I think it is billing." }],
  ])("%s is no answer", async (_, otherwise) => {
    const submit = await workflowWith({ scripts: [{ rules: [], otherwise }] });
    expect(await reviewed(await submit())).toMatchObject({
      attempts: [{ error: "model_bad_answer" }],
      decision: { reasons: [{ code: "bad_output" }] },
    });
  });

  test("a prompt that cannot be written fails the attempt, and the case goes to a person", async () => {
    const endless =
      "{% for i in (1..1000000) %}{% for k in (1..1000000) %}{{ input.text }}{% endfor %}{% endfor %}";
    const submit = await workflowWith({ scripts: [answering()], release: { prompt: endless } });
    expect(await reviewed(await submit())).toMatchObject({
      attempts: [{ error: "definition_invalid" }],
      decision: { outcome: "fallback" },
    });
  });
});

describe("a process that ends while it asks", () => {
  /** A case as a dead process left it: attempts abandoned, the last one still open. */
  async function left(count: number) {
    const web = await install({ role: "web", settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
    await launch(web);
    const { caseId } = await web.client.submitCase({
      params: { workflow: "tickets" },
      body: { externalId: "1", input: { text: "the bill" } },
    });
    await web.app.database.run(sql`update case_ set state = 'running' where id = ${caseId}`);
    const now = time(web.app.clock.now());
    for (let no = 1; no <= count; no++) {
      const open = no === count;
      await web.app.database.run(sql`
        insert into attempt (case_id, no, step, purpose, state, model_asked, started_at, finished_at)
        values (${caseId}, ${no}, 0, 'answer', ${open ? "reserved" : "abandoned"}, 'scripted', ${now}, ${open ? null : now})`);
    }
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
    await worker.stop();
    await web.stop();
    return found;
  }

  test("leaves the step to the next process, which asks it again", async () => {
    expect((await left(1)).attempts).toMatchObject([
      { no: 1, step: 0, state: "abandoned" },
      { no: 2, step: 0, state: "answered" },
    ]);
  });

  test("five times over one case leaves it to a person", async () => {
    expect(await left(5)).toMatchObject({
      attempts: [{}, {}, {}, {}, { state: "abandoned" }],
      decision: { outcome: "fallback", reasons: [{ code: "abandoned" }] },
    });
  });
});

describe("what stands in the way of going out alone", () => {
  test("a rule that holds, and one that cannot be evaluated", async () => {
    const rules = ["output.category == 'billing'", "output.note == 'x'", "input.amount > 100.0"];
    const submit = await workflowWith({ scripts: [answering()], release: { decide: { review: rules } } });
    const found = await reviewed(await submit({ amount: 5 }));
    expect(found.decision?.reasons).toEqual([
      { code: "rule", detail: rules[0] },
      { code: "rule_failed", detail: rules[1] },
      { code: "no_certificate" },
      { code: "autonomy" },
    ]);
  });

  test("the ladder: from its second rung on no model is asked", async () => {
    const submit = await workflowWith({ scripts: [answering()] });
    const first = await look(await submit());
    await app.database.run(sql`update workflow set rung = 2 where name = ${first.workflow}`);
    expect(await reviewed(await submit())).toMatchObject({
      attempts: [],
      decision: { outcome: "fallback", reasons: [{ code: "safe_stop" }] },
    });
    await app.database.run(sql`update workflow set rung = 4 where name = ${first.workflow}`);
    await expect(submit()).rejects.toMatchObject({ code: "intake_stopped" });
  });
});

describe("what leaves the house", async () => {
  const provider = await startProvider({
    answer: () => ({ output: { category: "billing" }, confidence: 0.7, version: "own-3" }),
  });
  afterAll(() => provider.stop());
  await client.saveConnection({
    params: { name: "own" },
    body: { settings: { kind: "http", url: provider.ownUrl, secret: SECRET } },
  });
  const model = { connection: "own", timeout: 5_000 };
  const policy = { text: "allow", amount: "allow", customer: "pseudonymise", secret: "drop" };
  const attachments = [
    { name: "a.txt", mediaType: "text/plain", base64: Buffer.from("the attached text").toString("base64") },
  ];
  const last = () => provider.requests.at(-1)!.json as JsonObject;

  test("is what the policy lets through, under a pseudonym where it says so, and no attachment", async () => {
    const submit = await workflowWith({ release: { model, policy } });
    await reviewed(await submit({ amount: 3, customer: "K. Adler", secret: "hush" }, { attachments }));
    const first = last();
    expect(first).toEqual({
      caseId: first["caseId"],
      release: first["release"],
      input: { text: "the bill", amount: 3, customer: expect.stringMatching(/^p_[0-9a-f]{16}$/) },
    });
    await reviewed(await submit({ customer: "K. Adler" }));
    expect((last()["input"] as JsonObject)["customer"]).toBe((first["input"] as JsonObject)["customer"]);
    expect(provider.bytes().toString("latin1")).not.toMatch(/Adler|hush|attached text/);
  });

  test("is an attachment when the policy names attachments", async () => {
    const submit = await workflowWith({ release: { model, policy: { ...policy, attachments: "allow" } } });
    await reviewed(await submit({}, { attachments }));
    expect(last()["attachments"]).toMatchObject([{ name: "a.txt", mediaType: "text/plain" }]);
    expect(JSON.stringify(last())).toContain(attachments[0]!.base64);
  });

  test("is less as soon as the workflow blocks a field, without a new release", async () => {
    const submit = await workflowWith({ release: { model, policy } });
    const before = await reviewed(await submit({ amount: 3 }));
    expect(last()["input"]).toEqual({ text: "the bill", amount: 3 });
    await client.applyWorkflow({
      params: { workflow: before.workflow },
      body: { document: workflowDocument({ workflow: before.workflow, blockFields: ["amount"] }) },
    });
    await reviewed(await submit({ amount: 3 }));
    expect(last()["input"]).toEqual({ text: "the bill" });
  });
});

describe("limits on silence in a release", async () => {
  const provider = await startFaultProvider({ speed: 10 });
  afterAll(() => provider.stop());
  await client.saveConnection({
    params: { name: "streaming" },
    body: { settings: { kind: "openai", baseUrl: provider.url } },
  });
  const model = { connection: "streaming", name: "primary", timeout: 60_000 };
  const prompt = "Sort this: {{ input.text }}";

  test("have the model asked in a stream, and its answer taken as a whole", async () => {
    provider.play("JSON in a string");
    const submit = await workflowWith({
      release: { model: { ...model, firstToken: 10_000, silence: 10_000 }, prompt },
    });
    const { attempts } = await reviewed(await submit());
    expect(attempts).toMatchObject([{ state: "answered", inputTokens: 41, outputTokens: 60 }]);
    expect(provider.seen).toMatchObject([{ streamed: true }]);
  });

  test("are not needed: without them the answer is not streamed", async () => {
    provider.play("JSON in a string");
    const submit = await workflowWith({ release: { model, prompt } });
    await reviewed(await submit());
    expect(provider.seen).toMatchObject([{ streamed: false }]);
  });
});
