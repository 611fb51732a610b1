/**
 * Traces, metrics and events of everything that asks a model apart from pass-through: cases, samples, verifiers, workflows
 * over the endpoint, shadow runs, evaluations, the canary and people's verdicts, as a collector gets them over the wire.
 */
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { automatic } from "./support/automatic.ts";
import { openCollector, type Collector, type SeenSpan } from "./support/collector.ts";
import { install, launch, releaseDocument, until, type Installation } from "./support/installation.ts";
import { failure } from "./support/provider-plays.ts";
import { startProvider, type Answering, type Provider } from "./support/provider.ts";

const MARK = "WordOfACustomer";
const SAID = "WordOfAModel";
const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const stops: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

async function collected(settings: Record<string, string> = {}) {
  const collector = await openCollector();
  stops.push(() => collector.close());
  const installation = await install({
    settings: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_METRIC_EXPORT_INTERVAL: "200", ...settings },
  });
  return { collector, installation };
}

async function provide(installation: Installation, name: string, answer: Answering): Promise<Provider> {
  const provider = await startProvider({ answer });
  stops.push(() => provider.stop());
  await installation.client.saveConnection({
    params: { name },
    body: { settings: { kind: "openai", baseUrl: provider.url } },
  });
  return provider;
}

async function submit({ client }: Installation, workflow: string, externalId: string) {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId, input: { text: `${MARK} a bill` } },
  });
  await until(
    () => client.getCase({ params: { case: caseId } }),
    (found) => found.state === "in_review" || found.state === "delivered",
  );
  return caseId;
}

const whole = (one: SeenSpan) => !("pilotage.try" in one.attributes);
const tryOf = (one: SeenSpan) => one.attributes["pilotage.try"] as number;

/** The span of the whole with its calls in order, once they are all there. */
async function question({ spans }: Collector, belongs: (span: SeenSpan) => boolean, calls: number) {
  const found = await until(
    async () => {
      const top = spans.find((one) => whole(one) && belongs(one));
      return { top, below: spans.filter((one) => !whole(one) && one.parentSpanId === top?.spanId) };
    },
    ({ top, below }) => top !== undefined && below.length === calls,
    20_000,
  );
  return { top: found.top!, below: found.below.toSorted((a, b) => tryOf(a) - tryOf(b)) };
}

const ofCase = (caseId: string, path: string) => (span: SeenSpan) =>
  span.attributes["pilotage.case.id"] === caseId && span.attributes["pilotage.path"] === path;

describe("a case", async () => {
  const { collector, installation } = await collected();
  const { client } = installation;
  let failing = 0;
  const provider = await provide(installation, "house", () =>
    failing-- > 0 ? failure(503, { message: "busy" }) : { output: { category: "billing", note: SAID } },
  );
  const release = await launch(installation, {
    script: null,
    release: {
      model: { connection: "house", name: "small", temperature: 0.5, timeout: 5_000 },
      prompt: "Sort.\n---\n{{ input.text }}",
      confidence: { of: "category", from: "agreement", samples: 2 },
    },
  });
  let caseId: string;
  let top: SeenSpan;

  test("is one span over its pauses and tries, with one below it for each call, and what was decided", async () => {
    failing = 1;
    caseId = await submit(installation, "tickets", "T-1");
    const found = await question(collector, ofCase(caseId, "case"), 3);
    top = found.top;
    expect(top).toMatchObject({
      name: "chat small",
      kind: 3,
      parentSpanId: undefined,
      failed: false,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "small",
        "gen_ai.response.finish_reasons": ["stop"],
        "pilotage.workflow": "tickets",
        "pilotage.release": release,
        "pilotage.arm": "candidate",
        "pilotage.connection": "house",
        "pilotage.tries": 3,
        "pilotage.confidence": 1,
        "pilotage.decision": "review",
        "pilotage.decision.reasons": ["no_certificate", "autonomy"],
      },
    });
    expect(top.attributes["gen_ai.response.id"]).toMatch(/./);
    expect(top.attributes["gen_ai.usage.input_tokens"]).toBeGreaterThan(0);
    expect(found.below.map((one) => [one.attributes["pilotage.purpose"], one.failed, one.traceId])).toEqual([
      ["answer", true, top.traceId],
      ["answer", false, top.traceId],
      ["sample", false, top.traceId],
    ]);
    expect(found.below[0]!.attributes["error.type"]).toBe("overloaded");
    // The second came after a pause of a second, in which the case waited.
    expect(top.milliseconds).toBeGreaterThan(900);
  });

  test("a verdict of a person is an event at that span, and says neither who nor what", async () => {
    const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
    await client.giveVerdict({
      params: { case: caseId },
      body: { lease, verdict: "edit", output: { category: "other" } },
    });
    const [event] = await until(
      async () => collector.events,
      (found) => found.length > 0,
      20_000,
    );
    expect(event).toEqual({
      name: "gen_ai.evaluation.result",
      traceId: top.traceId,
      spanId: top.spanId,
      attributes: {
        "gen_ai.evaluation.name": "review",
        "gen_ai.evaluation.score.value": 0,
        "gen_ai.evaluation.score.label": "incorrect",
        "pilotage.case.id": caseId,
        "pilotage.workflow": "tickets",
        "pilotage.release": release,
        "pilotage.arm": "candidate",
        "pilotage.verdict": "edit",
      },
    });
  });

  test("has figures in both worlds, each call counted", async () => {
    const metrics = await until(
      async () => collector.metrics,
      (found) => found.some((one) => one.points.some((point) => point.count === 2)),
    );
    const durations = metrics.find((one) => one.name === "gen_ai.client.inference.duration")!;
    expect(durations.points.map((one) => [one.attributes["error.type"], one.count])).toEqual(
      expect.arrayContaining([
        ["overloaded", 1],
        [undefined, 2],
      ]),
    );
    const text = await (await fetch(`${installation.url}/metrics`)).text();
    const labels = 'path="case",connection="house",model="small"';
    expect(text).toContain(`pilotage_model_tries_total{${labels},outcome="overloaded"} 1`);
    expect(text).toContain(`pilotage_model_tries_total{${labels},outcome="answered"} 2`);
    expect(text).toContain(`pilotage_model_in_flight{${labels}} 0`);
    expect(text).toContain('pilotage_model_cost_unknown_total{connection="house",model="small"} 2');
  });

  test("leaves content out, and the provider without the trace", async () => {
    expect(collector.text()).toContain("chat small");
    for (const hidden of [MARK, SAID, "E. Brandt"]) expect(collector.text()).not.toContain(hidden);
    for (const { headers } of provider.requests) expect(headers).not.toHaveProperty("traceparent");
  });
});

describe("a workflow over the endpoint", async () => {
  const { collector, installation } = await collected();
  const { client, url, key } = installation;
  const own = await startProvider({ answer: () => ({ output: { category: "billing" }, confidence: 0.9 }) });
  stops.push(() => own.stop());
  await automatic(installation, "triage", { endpoint: { wait: 20_000 } });
  await client.saveConnection({
    params: { name: "own" },
    body: { settings: { kind: "http", url: own.ownUrl, secret: SECRET } },
  });
  await launch(installation, {
    script: null,
    workflow: { workflow: "asked", endpoint: { wait: 20_000 } },
    release: {
      workflow: "asked",
      model: { connection: "own", timeout: 5_000 },
      confidence: { of: "category", from: "model" },
    },
  });

  const chat = (model: string, traceparent: string) =>
    fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", traceparent },
      body: JSON.stringify({ model, messages: [{ role: "user", content: `{"text":"${MARK}"}` }] }),
    });

  test("goes on with the client's trace: through the call, the case, its model and the company's own service", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const answer = await chat("asked", `00-${traceId}-b7ad6b7169203331-01`);
    const caseId = answer.headers.get("x-pilotage-case")!;
    const { top, below } = await question(collector, ofCase(caseId, "case"), 1);
    const call = await until(
      async () => collector.spans.find((one) => one.attributes["pilotage.outcome"] !== undefined),
      (found) => found !== undefined,
    );
    expect(call).toMatchObject({
      name: "invoke_workflow asked",
      kind: 1,
      traceId,
      parentSpanId: "b7ad6b7169203331",
      attributes: {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.agent.name": "asked",
        "pilotage.case.id": caseId,
        "pilotage.call.id": expect.stringMatching(/^mcl_/),
      },
    });
    expect(top).toMatchObject({ name: "chat own", traceId, parentSpanId: call!.spanId });
    expect(below[0]).toMatchObject({ traceId, attributes: { "pilotage.confidence": 0.9 } });
    // The service gets the trace, below the span of its call.
    expect(own.requests.at(-1)!.headers["traceparent"]).toBe(`00-${traceId}-${below[0]!.spanId}-01`);

    const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
    await client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
    const event = await until(
      async () => collector.events.find((one) => one.attributes["pilotage.case.id"] === caseId),
      (found) => found !== undefined,
      20_000,
    );
    expect(event).toMatchObject({
      traceId,
      spanId: top.spanId,
      attributes: { "gen_ai.evaluation.score.label": "correct", "pilotage.verdict": "approve" },
    });
    expect(collector.text()).not.toContain(MARK);
  });

  test("is told with its decision when the case went out alone", async () => {
    expect((await chat("triage", "not a trace")).status).toBe(200);
    const call = await until(
      async () => collector.spans.find((one) => one.name === "invoke_workflow triage"),
      (found) => found !== undefined,
    );
    expect(call!.attributes).toMatchObject({ "pilotage.outcome": "answered", "pilotage.decision": "auto" });
  });
});

describe("beside live cases", async () => {
  const { collector, installation } = await collected();
  const { client } = installation;
  const params = { workflow: "tickets" };
  await provide(installation, "second", () => ({ output: { category: "technical" } }));
  await launch(installation, { share: 0 });
  const { id: second } = await client.publishRelease({
    params,
    body: {
      document: releaseDocument({
        model: { connection: "second", name: "small", timeout: 5_000 },
        prompt: "Sort.\n---\n{{ input.text }}",
      }),
    },
  });

  test("a shadow run stands in the trace of its case", async () => {
    await client.setShadow({ params, body: { release: second } });
    const caseId = await submit(installation, "tickets", "S-1");
    const { top, below } = await question(collector, ofCase(caseId, "shadow"), 1);
    expect(top.attributes).toMatchObject({ "pilotage.arm": "shadow", "pilotage.release": second });
    expect(below[0]!.name).toBe("chat small");
    // A person works the case: its trace begins where a model would have been asked.
    expect(top.parentSpanId).toMatch(/^[\da-f]{16}$/);

    const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
    await client.giveVerdict({
      params: { case: caseId },
      body: { lease, verdict: "edit", output: { category: "billing" } },
    });
    const event = await until(
      async () => collector.events.find((one) => one.attributes["gen_ai.evaluation.name"] === "shadow"),
      (found) => found !== undefined,
      20_000,
    );
    expect(event!.attributes).toMatchObject({
      "pilotage.case.id": caseId,
      "pilotage.arm": "shadow",
      "gen_ai.evaluation.score.label": "incorrect",
    });
  });

  test("a test of a connection has a span that says how it ended", async () => {
    await client.testConnection({ params: { name: "second" }, body: { model: "small" } });
    const { top, below } = await question(
      collector,
      (span) => span.attributes["pilotage.path"] === "connection test",
      1,
    );
    expect(top.attributes).toMatchObject({ "pilotage.connection": "second" });
    expect(below[0]!.name).toBe("chat small");
  });

  test("an item of an evaluation has a trace of its own, and its score is an event there", async () => {
    const file = ["billing", "technical"]
      .map((category, i) => JSON.stringify({ input: { text: `item ${i}` }, output: { category } }))
      .join("\n");
    let set: string | undefined;
    for await (const line of client.importSet("tickets", { name: "may" }, Readable.from([Buffer.from(file)])))
      set = line.set?.id ?? set;
    const { id: run } = await client.startEvaluation({
      params,
      body: { set: set!, release: second, step: 0 },
    });
    const events = await until(
      async () => collector.events.filter((one) => one.attributes["pilotage.evaluation.run"] === run),
      (found) => found.length === 2,
      20_000,
    );
    const scored = new Map(events.map((one) => [one.attributes["pilotage.evaluation.item"], one.attributes]));
    expect(scored.get(1)).toMatchObject({
      "gen_ai.evaluation.name": "evaluation",
      "gen_ai.evaluation.score.value": 0,
      "gen_ai.evaluation.score.label": "incorrect",
    });
    expect(scored.get(2)).toMatchObject({ "gen_ai.evaluation.score.label": "correct" });
    for (const event of events) {
      const span = collector.spans.find((one) => one.spanId === event.spanId);
      expect(span).toMatchObject({ name: "chat small", traceId: event.traceId });
      expect(span!.attributes["pilotage.path"]).toBe("evaluation");
    }
  });
});

describe("the canary", async () => {
  const { collector, installation } = await collected();
  const { client } = installation;
  await provide(installation, "house", () => ({ output: { answer: "7" } }));
  await launch(installation, {
    script: null,
    release: {
      model: { connection: "house", name: "small", timeout: 5_000 },
      prompt: "Sort.\n---\n{{ input }}",
    },
  });

  test("tells each call that it makes, in spans and in figures", async () => {
    await until(
      () => client.listModels(),
      ({ models }) => models.some((one) => one.model === "small" && one.nextCanaryAt !== null),
      20_000,
    );
    await client.runCanary({ params: { name: "house" }, body: {} });
    const [run] = await until(
      async () => (await client.listCanaryRuns({ query: {} })).runs,
      (runs) => runs.length > 0,
      20_000,
    );
    expect(run!.calls).toBeGreaterThan(16);
    const asked = (one: SeenSpan) => one.attributes["pilotage.path"] === "canary";
    const tops = await until(
      async () => collector.spans.filter((one) => whole(one) && asked(one)),
      (found) => found.length === run!.calls,
      20_000,
    );
    expect(new Set(tops.map((one) => one.traceId)).size).toBe(run!.calls);
    expect(new Set(tops.map((one) => one.attributes["pilotage.canary.question"])).size).toBe(16);
    const { below } = await question(collector, (one) => one.spanId === tops[0]!.spanId, 1);
    expect(below[0]).toMatchObject({
      name: "chat small",
      attributes: { "pilotage.connection": "house", "pilotage.purpose": "answer" },
    });
    const figures = await (await fetch(`${installation.url}/metrics`)).text();
    const tries = [...figures.matchAll(/^pilotage_model_tries_total\{path="canary",.*\} (\d+)$/gm)];
    expect(tries.reduce((sum, one) => sum + Number(one[1]), 0)).toBe(run!.calls);
  });
});

describe("with content asked for", () => {
  let collector: Collector;
  let installation: Installation;
  beforeAll(async () => {
    ({ collector, installation } = await collected({
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true",
    }));
  });

  test("the span of a case has what its model saw, after the data policy, and what it said", async () => {
    await provide(installation, "house", () => ({ output: { category: "billing", note: SAID } }));
    await launch(installation, {
      script: null,
      release: {
        model: { connection: "house", name: "small", timeout: 5_000 },
        prompt: "Sort.\n---\n{{ input }}",
      },
    });
    const { client } = installation;
    const body: { externalId: string; input: JsonObject } = {
      externalId: "C-1",
      input: { text: MARK, secret: "never" },
    };
    const { caseId } = await client.submitCase({ params: { workflow: "tickets" }, body });
    const { top } = await question(collector, ofCase(caseId, "case"), 1);
    expect(top.attributes["gen_ai.input.messages"]).toContain(MARK);
    expect(top.attributes["gen_ai.output.messages"]).toContain(SAID);
    expect(collector.text()).not.toContain("never");
  });
});
