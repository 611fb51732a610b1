/** The names of each version, for a call that has everything to tell. */
import { describe, expect, test } from "vitest";
import {
  callAttributes,
  contentAttributes,
  evaluationAttributes,
  namesOf,
  providerName,
  spanAttributes,
  spanName,
  versionFrom,
  VERSIONS,
  workflowSpan,
  type Facts,
} from "./conventions.ts";

const FACTS: Facts = {
  operation: "chat",
  provider: "openai",
  model: "small",
  streamed: true,
  responseModel: "small-2026",
  responseId: "chatcmpl-1",
  finish: "stop",
  usage: { input: 10, output: 5, cacheRead: 4, cacheWrite: 3, reasoning: 2 },
  firstTokenMs: 250,
};
const COMMON = {
  "gen_ai.operation.name": "chat",
  "gen_ai.request.model": "small",
  "gen_ai.response.model": "small-2026",
  "gen_ai.response.id": "chatcmpl-1",
  "gen_ai.response.finish_reasons": ["stop"],
  "gen_ai.usage.input_tokens": 10,
  "gen_ai.usage.output_tokens": 5,
};
const STREAMED = { "gen_ai.request.stream": true, "gen_ai.response.time_to_first_chunk": 0.25 };

describe("attributes of a span", () => {
  test("1.36 knows the system, and neither caches nor streams", () => {
    expect(spanAttributes("1.36", FACTS)).toEqual({ ...COMMON, "gen_ai.system": "openai" });
  });

  test("1.41 knows the provider, and calls what a cache took a creation", () => {
    expect(spanAttributes("1.41", FACTS)).toEqual({
      ...COMMON,
      ...STREAMED,
      "gen_ai.provider.name": "openai",
      "gen_ai.usage.cache_read.input_tokens": 4,
      "gen_ai.usage.cache_creation.input_tokens": 3,
      "gen_ai.usage.reasoning.output_tokens": 2,
    });
  });

  test("the latest calls it a write", () => {
    expect(spanAttributes("latest", FACTS)).toEqual({
      ...COMMON,
      ...STREAMED,
      "gen_ai.provider.name": "openai",
      "gen_ai.usage.cache_read.input_tokens": 4,
      "gen_ai.usage.cache_write.input_tokens": 3,
      "gen_ai.usage.reasoning.output_tokens": 2,
    });
  });

  test.each(VERSIONS)("%s leaves out what is not known, and names the class of a failure", (version) => {
    const { operation, provider, model } = FACTS;
    const failed = { operation, provider, model, error: "timeout_total" };
    expect(spanAttributes(version, failed)).toEqual({
      "gen_ai.operation.name": "chat",
      [namesOf(version).provider]: "openai",
      "gen_ai.request.model": "small",
      "error.type": "timeout_total",
    });
  });
});

test("a workflow that is asked, and a judgement, have the names of their version, or none", () => {
  const workflow = { workflow: "triage", finish: "stop", error: "case_pending" };
  expect(VERSIONS.map((version) => workflowSpan(version, workflow))).toEqual([
    {
      name: "invoke_agent triage",
      attributes: expect.objectContaining({ "gen_ai.agent.name": "triage", "error.type": "case_pending" }),
    },
    {
      name: "invoke_workflow triage",
      attributes: expect.objectContaining({ "gen_ai.workflow.name": "triage" }),
    },
    {
      name: "invoke_workflow triage",
      attributes: expect.objectContaining({
        "gen_ai.agent.name": "triage",
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.response.finish_reasons": ["stop"],
      }),
    },
  ]);
  const judgement = { name: "review", score: 0, label: "incorrect" };
  expect(evaluationAttributes("1.36", judgement)).toBeUndefined();
  expect(evaluationAttributes("1.41", judgement)).toEqual({
    "gen_ai.evaluation.name": "review",
    "gen_ai.evaluation.score.value": 0,
    "gen_ai.evaluation.score.label": "incorrect",
  });
  expect(evaluationAttributes("latest", { ...judgement, score: undefined })).not.toHaveProperty(
    "gen_ai.evaluation.score.value",
  );
});

test("figures go by few names, never by an id", () => {
  for (const version of VERSIONS)
    expect(JSON.stringify(callAttributes(version, FACTS))).not.toContain("chatcmpl");
  expect(VERSIONS.map((version) => namesOf(version).duration)).toEqual([
    "gen_ai.client.operation.duration",
    "gen_ai.client.operation.duration",
    "gen_ai.client.inference.duration",
  ]);
  expect(VERSIONS.map((version) => namesOf(version).tokens.kind)).toEqual([
    "histogram",
    "histogram",
    "counters",
  ]);
});

test("messages have attributes since 1.37; the version before has none for them", () => {
  const content = { input: [{ role: "user", text: "Hello" }], output: undefined, finish: undefined };
  expect(contentAttributes("1.36", content)).toEqual({});
  for (const version of ["1.41", "latest"] as const)
    expect(contentAttributes(version, content)).toEqual({
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hello"}]}]',
    });
});

test("the shared variable asks for the latest, among whatever else it lists", () => {
  expect(versionFrom("1.36", "")).toBe("1.36");
  expect(versionFrom("1.36", "http")).toBe("1.36");
  expect(versionFrom("1.36", "http, gen_ai_latest_experimental")).toBe("latest");
});

test("a provider has the name that the conventions gave it; a server of the house that of its kind", () => {
  expect(providerName("openai", "eu.api.openai.com")).toBe("openai");
  expect(providerName("openai", "mine.openai.azure.com")).toBe("azure.ai.openai");
  expect(providerName("openai", "api.mistral.ai")).toBe("mistral_ai");
  expect(providerName("openai", "notmistral.ai")).toBe("openai");
  expect(providerName("bedrock", undefined)).toBe("aws.bedrock");
  expect(providerName("http", "10.0.0.7")).toBe("http");
  expect(spanName(FACTS)).toBe("chat small");
});
