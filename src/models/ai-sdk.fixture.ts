/**
 * For the tests of the providers with a wire of their own: what each sends, in the shapes that its documentation shows.
 *
 * Anthropic's Messages, Amazon's Converse, Google's generateContent, played over real HTTP by the double of a provider.
 */
import { afterEach } from "vitest";
import { type Provider, startProvider } from "../../test/support/provider.ts";
import { json, type Play } from "../../test/support/provider-plays.ts";
import type { Egress } from "../platform/egress.ts";
import type { ProviderSettings } from "./ai-sdk.ts";
import { anthropicModel } from "./anthropic.ts";
import { bedrockModel } from "./bedrock.ts";
import { googleModel } from "./google.ts";
import type { Model } from "./model.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

export interface Wire {
  kind: "anthropic" | "bedrock" | "google";
  key: string;
  /** A model that takes the schema as a parameter. */
  name: string;
  /** The path that is asked. */
  path: string;
  /** The name under which an answer comes. */
  answersAs: string;
  make(base: string, settings: ProviderSettings): Model;
  answer(text: string): Play;
  cut(text: string): Play;
  refusal(): Play;
  error(status: number, type: string, message: string, headers?: Record<string, string>): Play;
  /** Where the wire carries the text of system and user, the limit, the temperature, and the schema. */
  read(body: unknown): Record<"system" | "user" | "limit" | "temperature" | "schema", unknown>;
}

type Deep = { [key: string]: Deep } & Deep[];

const anthropic: Wire = {
  kind: "anthropic",
  key: "sk-ant-test-0123456789abcdef",
  name: "claude-sonnet-4-5",
  path: "/v1/messages",
  answersAs: "claude-sonnet-4-5-20250929",
  make: (base, settings) => anthropicModel({ ...settings, apiKey: anthropic.key, baseUrl: `${base}/v1` }),
  answer: (text) => message({ content: [{ type: "text", text }], stop_reason: "end_turn" }),
  cut: (text) => message({ content: [{ type: "text", text }], stop_reason: "max_tokens" }),
  refusal: () => message({ content: [], stop_reason: "refusal" }),
  error: (status, type, text, headers) =>
    json(status, { type: "error", error: { type, message: text }, request_id: "req_011" }, headers),
  read(body) {
    const sent = body as Deep;
    return {
      system: sent["system"]?.[0]?.["text"],
      user: sent["messages"]?.[0]?.["content"]?.[0]?.["text"],
      limit: sent["max_tokens"],
      temperature: sent["temperature"],
      schema: sent["output_config"]?.["format"]?.["schema"] ?? sent["output_format"]?.["schema"],
    };
  },
};

function message(parts: { content: unknown[]; stop_reason: string }): Play {
  return json(200, {
    id: "msg_01",
    type: "message",
    role: "assistant",
    model: anthropic.answersAs,
    stop_sequence: null,
    ...parts,
    usage: {
      input_tokens: 30,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 11,
      output_tokens: 17,
      service_tier: "standard",
    },
  });
}

const bedrock: Wire = {
  kind: "bedrock",
  key: "bedrock-api-key-0123456789abcdef",
  name: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
  path: "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
  answersAs: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
  make: (base, settings) =>
    bedrockModel({ ...settings, keys: { apiKey: bedrock.key }, region: "eu-central-1", baseUrl: base }),
  answer: (text) => converse([{ text }], "end_turn"),
  cut: (text) => converse([{ text }], "max_tokens"),
  refusal: () => converse([{ text: "Sorry, I cannot answer this." }], "guardrail_intervened"),
  error: (status, type, text, headers) =>
    json(
      status,
      { message: text },
      { "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/`, ...headers },
    ),
  read(body) {
    const sent = body as Deep;
    const extra = sent["additionalModelRequestFields"];
    return {
      system: sent["system"]?.[0]?.["text"],
      user: sent["messages"]?.[0]?.["content"]?.[0]?.["text"],
      limit: sent["inferenceConfig"]?.["maxTokens"],
      temperature: sent["inferenceConfig"]?.["temperature"],
      schema:
        extra?.["output_config"]?.["format"]?.["schema"] ??
        sent["toolConfig"]?.["tools"]?.[0]?.["toolSpec"]?.["inputSchema"]?.["json"],
    };
  },
};

export function converse(content: unknown[], stopReason: string): Play {
  return json(200, {
    output: { message: { role: "assistant", content } },
    stopReason,
    usage: { inputTokens: 41, outputTokens: 17, totalTokens: 58, cacheReadInputTokens: 0 },
    metrics: { latencyMs: 480 },
  });
}

const google: Wire = {
  kind: "google",
  key: "AIzaSy-0123456789abcdef-test",
  name: "gemini-2.5-flash",
  path: "/v1beta/models/gemini-2.5-flash:generateContent",
  answersAs: "gemini-2.5-flash",
  make: (base, settings) => googleModel({ ...settings, apiKey: google.key, baseUrl: `${base}/v1beta` }),
  answer: (text) => candidate({ content: { role: "model", parts: [{ text }] }, finishReason: "STOP" }),
  cut: (text) => candidate({ content: { role: "model", parts: [{ text }] }, finishReason: "MAX_TOKENS" }),
  refusal: () => candidate({ finishReason: "SAFETY", safetyRatings: [] }),
  error: (status, type, text, headers) =>
    json(status, { error: { code: status, message: text, status: type } }, headers),
  read(body) {
    const sent = body as Deep;
    return {
      system: sent["systemInstruction"]?.["parts"]?.[0]?.["text"],
      user: sent["contents"]?.[0]?.["parts"]?.[0]?.["text"],
      limit: sent["generationConfig"]?.["maxOutputTokens"],
      temperature: sent["generationConfig"]?.["temperature"],
      schema: sent["generationConfig"]?.["responseJsonSchema"],
    };
  },
};

function candidate(parts: Record<string, unknown>): Play {
  return json(200, {
    candidates: [{ index: 0, ...parts }],
    usageMetadata: {
      promptTokenCount: 41,
      candidatesTokenCount: 12,
      thoughtsTokenCount: 5,
      totalTokenCount: 58,
    },
    modelVersion: google.answersAs,
    responseId: "r-1",
  });
}

export const WIRES: readonly Wire[] = [anthropic, bedrock, google];
export const wireOf = (kind: Wire["kind"]): Wire => WIRES.find((one) => one.kind === kind)!;

/** A model over its wire; the double plays these, one for each question. */
export async function started(
  wire: Wire,
  plays: Play[],
  more: Partial<ProviderSettings> & { egress?: Egress } = {},
): Promise<{ double: Provider; model: Model; base: string }> {
  const double = await startProvider({ answer: () => ({ output: {} }), faults: plays });
  const base = new URL(double.url).origin;
  const settings = { name: wire.name, timeoutMs: 5_000, connection: "cloud", ...more };
  const model = wire.make(base, settings);
  open.push(
    () => double.stop(),
    () => model.close!(),
  );
  return { double, model, base };
}
