/** Traces and metrics of model calls, as a collector gets them over the wire; and what a collector that is away does: nothing. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { openCollector, type SeenSpan } from "./support/collector.ts";
import { install, until, type Installation } from "./support/installation.ts";

const SECRET = "sk-provider-secret-0123456789";
const PROMPT = "the prompt of a client";
const ANSWER = "the answer of a model";
const seen: Record<string, unknown>[] = [];
const provider = createServer((request, reply) => {
  let text = "";
  seen.push(request.headers);
  request.on("data", (part: Buffer) => (text += part.toString("utf8")));
  request.on("end", () => {
    const { model } = JSON.parse(text) as { model: string };
    if (model === "down") {
      reply.writeHead(400, { "content-type": "application/json" });
      return reply.end(JSON.stringify({ error: { message: "too long", code: "context_length_exceeded" } }));
    }
    reply.writeHead(200, { "content-type": "application/json" });
    return reply.end(
      JSON.stringify({
        id: "chatcmpl-7",
        object: "chat.completion",
        created: 1,
        model: `${model}-2026`,
        choices: [{ index: 0, message: { role: "assistant", content: ANSWER }, finish_reason: "stop" }],
        usage: {
          prompt_tokens: 9,
          completion_tokens: 3,
          total_tokens: 12,
          prompt_tokens_details: { cached_tokens: 4 },
          completion_tokens_details: { reasoning_tokens: 2 },
        },
      }),
    );
  });
});
await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
afterAll(() => provider.close());
const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;

async function gateway(settings: Record<string, string>) {
  const installation = await install({ settings });
  await installation.client.saveConnection({
    params: { name: "first" },
    body: {
      settings: {
        kind: "openai",
        baseUrl,
        apiKey: SECRET,
        passThrough: [{ name: "good" }, { name: "down", larger: "first/good" }],
      },
    },
  });
  return installation;
}

async function chat({ url, key }: Installation, model: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ model, messages: [{ role: "user", content: PROMPT }] }),
  });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

async function collected(settings: Record<string, string> = {}) {
  const collector = await openCollector();
  afterAll(() => collector.close());
  const installation = await gateway({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=one%20two",
    OTEL_METRIC_EXPORT_INTERVAL: "200",
    ...settings,
  });
  return { collector, installation };
}

const parent = (spans: SeenSpan[]) => spans.find((one) => !("pilotage.try" in one.attributes));

describe("a call over the endpoint", async () => {
  const { collector, installation } = await collected();

  test("is one span that covers its tries, and goes on with the client's trace", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const answer = await chat(installation, "first/down", {
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    });
    expect(answer.status).toBe(200);
    const spans = await until(
      async () => collector.spans,
      (found) => found.length >= 3,
    );
    const call = parent(spans)!;
    expect(call).toMatchObject({
      name: "chat down",
      kind: 3,
      traceId,
      parentSpanId: "b7ad6b7169203331",
      failed: false,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "down",
        "gen_ai.response.model": "good-2026",
        "gen_ai.response.id": "chatcmpl-7",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 9,
        "gen_ai.usage.output_tokens": 3,
        "gen_ai.usage.cache_read.input_tokens": 4,
        "gen_ai.usage.reasoning.output_tokens": 2,
        "pilotage.connection": "first",
        "pilotage.tries": 2,
      },
    });
    const tries = spans.filter((one) => one !== call);
    expect(tries.map((one) => [one.name, one.parentSpanId, one.traceId, one.failed])).toEqual([
      ["chat down", call.spanId, traceId, true],
      ["chat good", call.spanId, traceId, false],
    ]);
    expect(tries[0]!.attributes["error.type"]).toBe("too_long");
    for (const one of tries) expect(one.milliseconds).toBeLessThanOrEqual(call.milliseconds);
  });

  test("has its figures under the latest names", async () => {
    const metrics = await until(
      async () => collector.metrics,
      (found) => found.length >= 5,
    );
    const named = (name: string) => metrics.find((one) => one.name === name)!;
    expect(named("gen_ai.client.inference.duration")).toMatchObject({
      unit: "s",
      points: [{ count: 1, attributes: { "gen_ai.request.model": "down" } }],
    });
    expect(named("gen_ai.client.inference.usage.input_tokens").points[0]!.value).toBe(9);
    expect(named("gen_ai.client.inference.usage.cache_read.input_tokens").points[0]!.value).toBe(4);
  });

  test("leaves content and secrets out, and the provider without the client's trace", () => {
    const text = collector.text();
    expect(text).toContain("chat down");
    for (const hidden of [PROMPT, ANSWER, SECRET, installation.key]) expect(text).not.toContain(hidden);
    expect(seen.length).toBeGreaterThan(0);
    for (const headers of seen) expect(headers).not.toHaveProperty("traceparent");
    expect(collector.headers()[0]).toMatchObject({ "x-tenant": "one two" });
  });

  test("is counted for Prometheus, with labels that are bounded", async () => {
    const text = await (await fetch(`${installation.url}/metrics`)).text();
    const labels = 'path="gateway",connection="first"';
    expect(text).toContain(`pilotage_model_tries_total{${labels},model="down",outcome="too_long"} 1`);
    expect(text).toContain(`pilotage_model_tries_total{${labels},model="good",outcome="answered"} 1`);
    expect(text).toContain(
      'pilotage_model_tokens_total{connection="first",model="good",direction="input"} 9',
    );
    expect(text).not.toContain("good-2026");
  });
});

test("with content asked for, prompt and answer are in the span of the call", async () => {
  const { collector, installation } = await collected({
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true",
  });
  await chat(installation, "first/good");
  const spans = await until(
    async () => collector.spans,
    (found) => found.length >= 2,
  );
  const { attributes } = parent(spans)!;
  expect(JSON.parse(attributes["gen_ai.input.messages"] as string)).toEqual([
    { role: "user", parts: [{ type: "text", content: PROMPT }] },
  ]);
  expect(JSON.parse(attributes["gen_ai.output.messages"] as string)).toEqual([
    { role: "assistant", parts: [{ type: "text", content: ANSWER }], finish_reason: "stop" },
  ]);
  expect(collector.text()).not.toContain(SECRET);
});

test("an older version of the conventions is spoken when it is set, and the shared variable wins over it", async () => {
  const { collector, installation } = await collected({ PILOTAGE_GENAI_CONVENTIONS: "1.36" });
  await chat(installation, "first/good");
  const spans = await until(
    async () => collector.spans,
    (found) => found.length >= 2,
  );
  expect(parent(spans)!.attributes).toMatchObject({ "gen_ai.system": "openai" });
  expect(parent(spans)!.attributes).not.toHaveProperty("gen_ai.provider.name");
  const metrics = await until(
    async () => collector.metrics,
    (found) => found.length >= 2,
  );
  expect(metrics.map((one) => one.name).sort()).toEqual([
    "gen_ai.client.operation.duration",
    "gen_ai.client.token.usage",
  ]);
});

test("a collector that refuses, or is not there, costs no call anything but its spans, which are counted", async () => {
  const { collector, installation } = await collected();
  collector.refuse();
  expect((await chat(installation, "first/good")).status).toBe(200);
  const lost = /pilotage_telemetry_dropped_total\{signal="traces"\} 2/;
  await until(
    async () => (await fetch(`${installation.url}/metrics`)).text(),
    (text) => lost.test(text),
  );

  const away = await gateway({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" });
  expect((await chat(away, "first/good")).status).toBe(200);
});
