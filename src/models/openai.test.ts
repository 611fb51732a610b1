/** The chat adapter: what it asks and how it reads what a real HTTP server answers. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  completion,
  cut,
  failure,
  json,
  type Play,
  refused,
  spell,
  unsupported,
} from "../../test/support/provider-plays.ts";
import type { JsonObject } from "../contract/json.ts";
import { openaiModel } from "./openai.ts";
import { answerTo, failing, KEY, open, request, RIGHT, schema, start } from "./openai.fixture.ts";

describe("a request", () => {
  test("asks for the output schema and carries the prompt and nothing else of the case", async () => {
    const { double, ask } = await start(
      {},
      { temperature: 0, maxTokens: 200, headers: { "x-team": "pilot" } },
    );
    await ask();
    const [sent] = double.requests;
    expect(sent).toMatchObject({ method: "POST", path: "/v1/chat/completions" });
    expect(sent!.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      "x-team": "pilot",
      "content-type": "application/json",
    });
    expect(sent!.json).toStrictEqual({
      model: "gpt-test",
      messages: request().messages,
      temperature: 0,
      max_completion_tokens: 200,
      response_format: { type: "json_schema", json_schema: { name: "output", schema, strict: true } },
    });
    expect(double.bytes().toString()).not.toMatch(/marker000/);
  });

  test("is recorded to the last byte, also in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "provider-"));
    open.push(async () => rmSync(folder, { recursive: true }));
    const recordTo = join(folder, "bytes");
    const { double, ask } = await start({ recordTo });
    const content = 'naïve 𝕌 "\\ \u0000 \u2028';
    await ask({ messages: [{ role: "user", content }] });
    await ask();
    expect(readFileSync(recordTo)).toStrictEqual(double.bytes());
    expect(double.bytes()).toStrictEqual(Buffer.concat(double.requests.map(({ raw }) => raw)));
    expect(double.requests[0]!.json).toMatchObject({ messages: [{ role: "user", content }] });
  });

  test("keeps the query of an address and any slash at its end out of the path", async () => {
    const { double } = await start();
    const model = openaiModel({
      baseUrl: `${double.url}/?api-version=7`,
      apiKey: KEY,
      name: "m",
      timeoutMs: 1000,
      confidence: { from: "none" },
    });
    open.push(() => model.close!());
    await model.ask(request(), new AbortController().signal);
    expect(double.requests[0]!.path).toBe("/v1/chat/completions?api-version=7");
    expect(model.describe).toBe(`openai m at ${new URL(double.url).host}`);
  });

  test("carries images, PDF and text with the last message of the user, and refuses what cannot be read", async () => {
    const { double, ask } = await start();
    const bytes = Buffer.from("abc");
    await ask({
      attachments: [
        { name: "a.png", mediaType: "image/png", bytes },
        { name: "b.pdf", mediaType: "application/pdf", bytes },
        { name: "c.txt", mediaType: "text/plain", bytes },
      ],
    });
    expect(double.requests[0]!.json).toMatchObject({
      messages: [
        { role: "system" },
        {
          role: "user",
          content: [
            { type: "text", text: "My invoice is wrong." },
            { type: "image_url", image_url: { url: "data:image/png;base64,YWJj" } },
            { type: "file", file: { filename: "b.pdf", file_data: "data:application/pdf;base64,YWJj" } },
            { type: "text", text: "c.txt:\nabc" },
          ],
        },
      ],
    });
    const error = await failing(
      ask({ attachments: [{ name: "d.zip", mediaType: "application/zip", bytes }] }),
    );
    expect(error).toMatchObject({ code: "model_refused", retryable: false });
    expect(double.requests).toHaveLength(1);
  });

  test("goes over a connection of its own while others are waiting", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { double, ask } = await start({
      answer: async () => {
        await gate;
        return { output: RIGHT };
      },
    });
    const calls = Array.from({ length: 100 }, () => ask());
    await double.received(100);
    release();
    const answers = await Promise.all(calls);
    expect(answers.every(({ output }) => output !== undefined)).toBe(true);
    expect(double.mostConnections()).toBe(100);
    for (let i = 0; i < 5; i++) await ask();
    // Kept connections are used again; the last one to answer may not be free yet when the next call goes out.
    expect(double.mostConnections()).toBeLessThanOrEqual(101);
  });
});

describe("a server that does not take everything", () => {
  const everything = {
    temperature: 0,
    maxTokens: 50,
    confidence: { of: "category", from: "logprob" },
  } as const;

  test("is asked with less, and from then on at once with that", async () => {
    const refuses = ["json_schema", "json_object", "max_completion_tokens", "temperature", "logprobs"];
    const { double, ask } = await start({ refuses }, everything);
    expect(await ask()).toMatchObject({ output: RIGHT });
    expect(double.requests).toHaveLength(6);
    await ask();
    expect(double.requests).toHaveLength(7);
    const body = double.requests[6]!.json as JsonObject;
    expect(Object.keys(body).sort()).toStrictEqual(["max_tokens", "messages", "model"]);
  });

  test("is told the schema in words when it does not take it as a parameter", async () => {
    const { double, ask } = await start({ refuses: ["json_schema"] });
    await ask();
    await ask({ messages: [{ role: "user", content: "Sort." }] });
    const [, second, third] = double.requests.map(({ json }) => json as JsonObject);
    expect(second!["response_format"]).toStrictEqual({ type: "json_object" });
    const messages = second!["messages"] as { role: string; content: string }[];
    expect(messages).toHaveLength(2);
    expect(messages[0]!.content).toMatch(/^You sort tickets\.\n\n.*JSON Schema/);
    expect(messages[0]!.content).toContain(JSON.stringify(schema));
    expect(third!["messages"]).toMatchObject([{ role: "system" }, { role: "user", content: "Sort." }]);
  });

  test.each<[string, Play, string]>([
    [
      "a code of null",
      failure(400, {
        message: "Unsupported value: 'temperature' does not support 0 with this model.",
        param: "temperature",
      }),
      "temperature",
    ],
    [
      "words alone",
      failure(400, { message: "Unrecognized request argument supplied: max_completion_tokens" }),
      "max_completion_tokens",
    ],
    [
      "a list of problems with status 422",
      json(422, {
        detail: [
          { type: "extra_forbidden", loc: ["body", "top_logprobs"], msg: "Extra inputs are not permitted" },
        ],
      }),
      "logprobs",
    ],
    [
      "a schema that strict mode does not take",
      failure(400, { message: "Invalid schema for response_format 'output'.", param: "response_format" }),
      "json_schema",
    ],
    [
      "a format that is not to be had",
      failure(400, { message: "This response_format type is unavailable now" }),
      "json_schema",
    ],
  ])("says so with %s", async (_, play, gone) => {
    const { double, ask } = await start({ faults: [play] }, everything);
    expect(await ask()).toMatchObject({ output: RIGHT });
    const [before, after] = double.requests.map(({ body }) => body.toString());
    expect(before).toContain(`"${gone}"`);
    expect(after).not.toContain(`"${gone}"`);
  });

  test.each<[string, Play]>([
    [
      "a context that is too long",
      failure(400, {
        message:
          "This model's maximum context length is 8192 tokens, however you requested max_tokens unsupported.",
        param: "messages",
        code: "context_length_exceeded",
      }),
    ],
    [
      "content that is not allowed",
      failure(400, { message: "json_schema content not permitted", code: "content_policy_violation" }),
    ],
    [
      "a value that is out of range",
      failure(400, { message: "temperature must be at most 1", param: "temperature", code: "invalid_value" }),
    ],
    ["a parameter that was not sent", unsupported("top_k")],
  ])("is not asked again because of %s", async (_, play) => {
    const { double, ask } = await start({ faults: [play] }, everything);
    expect(await failing(ask())).toMatchObject({
      code: "model_refused",
      retryable: false,
      details: { status: 400 },
    });
    expect(double.requests).toHaveLength(1);
  });

  test("learns once from questions that run side by side", async () => {
    const { double, ask } = await start({ refuses: ["max_completion_tokens", "temperature"] }, everything);
    await Promise.all(Array.from({ length: 10 }, () => ask()));
    const before = double.requests.length;
    expect(await ask()).toMatchObject({ output: RIGHT });
    expect(double.requests.length).toBe(before + 1);
  });
});

describe("an answer", () => {
  test("comes with the name that answered, the build, and the vendor's own counts", async () => {
    const { ask } = await start();
    expect(await ask()).toStrictEqual({
      output: RIGHT,
      text: '{"category":"billing"}',
      id: "chatcmpl-double",
      model: "gpt-test-2026-04-14",
      version: "fp_double",
      finish: "stop",
      usage: { inputTokens: 41, outputTokens: 17 },
    });
  });

  test.each<[string, Parameters<typeof completion>[1], object]>([
    [
      "in code fences",
      { content: '```json\n{"category":"billing"}\n```' },
      { output: RIGHT, finish: "stop" },
    ],
    ["with prose around", { content: 'Here you are: {"category":"billing"}. Bye' }, { output: RIGHT }],
    [
      "in parts, of which only text counts",
      {
        content: [
          { type: "thinking", thinking: [{ text: '{"category":"technical"}' }] },
          { type: "text", text: '{"category":' },
          { type: "text", text: '"billing"}' },
        ],
      },
      { output: RIGHT },
    ],
    [
      "beside reasoning, which is never the answer",
      { content: '{"category":"billing"}', reasoning: '{"category":"technical"}' },
      { output: RIGHT, text: '{"category":"billing"}' },
    ],
    [
      "of reasoning alone",
      { content: "", reasoning: '{"category":"technical"}' },
      { output: undefined, text: "", finish: "stop" },
    ],
    ["empty", { content: "" }, { output: undefined, text: "", finish: "stop" }],
    ["of null", { content: null }, { output: undefined, text: "", finish: "stop" }],
    ["missing", { content: undefined }, { output: undefined, text: "" }],
    [
      "without JSON, kept for repair",
      { content: "billing, I think" },
      { output: undefined, text: "billing, I think", finish: "stop" },
    ],
    [
      "outside the taxonomy, for the check of the output to find",
      { content: '{"category":"spam"}' },
      { output: { category: "spam" } },
    ],
    [
      "stopped by a content filter",
      { content: '{"category":"billing"}', finish: "content_filter" },
      { output: undefined, finish: "refusal" },
    ],
    [
      "refused in a part",
      { content: [{ type: "refusal", refusal: "No." }] },
      { output: undefined, text: "No.", finish: "refusal" },
    ],
    [
      "with an unknown end",
      { content: '{"category":"billing"}', finish: null },
      { output: RIGHT, finish: "other" },
    ],
    ["of another model", { content: "{}", model: "router-pick-7b" }, { output: {}, model: "router-pick-7b" }],
    ["of a model without a name", { content: "{}", model: "" }, { model: "unknown" }],
  ])("%s", async (_, parts, expected) => {
    expect(await answerTo(completion("gpt-test", parts))).toMatchObject(expected);
  });

  test("that was cut is no output, even where a piece of it could be read", async () => {
    const whole = '{"category":"billing"} and more words';
    expect(await answerTo(cut("gpt-test", whole + whole))).toMatchObject({
      output: undefined,
      finish: "length",
      text: expect.stringContaining("billing") as string,
    });
  });

  test("that the model declines is a refusal with its words", async () => {
    expect(await answerTo(refused("gpt-test"))).toMatchObject({
      output: undefined,
      finish: "refusal",
      text: expect.stringContaining("sorry") as string,
    });
  });

  test("without counts, or with counts that are none, has no usage", async () => {
    expect(await answerTo(completion("m", { content: "{}", usage: null }))).not.toHaveProperty("usage");
    expect(
      await answerTo(completion("m", { content: "{}", usage: { prompt_tokens: "7" } })),
    ).not.toHaveProperty("usage");
  });

  test("that breaks the schema once can be repaired by asking again with it", async () => {
    const { double, ask } = await start({
      answer: () => ({ output: RIGHT }),
      faults: [completion("m", { content: '{"category":7}' })],
    });
    const first = await ask();
    expect(first.output).toStrictEqual({ category: 7 });
    const again = [
      ...request().messages,
      { role: "assistant" as const, content: first.text },
      { role: "user" as const, content: "category must be one of ..." },
    ];
    expect(await ask({ messages: again })).toMatchObject({ output: RIGHT });
    expect(double.requests[1]!.json).toMatchObject({ messages: again });
  });
});

describe("confidence from log-probabilities", () => {
  const confidence = { of: "category", from: "logprob" } as const;
  const tokens = spell('{"category":"billing"}', "billing", 0.83, { technical: 0.17 });

  test("is the probability of the label", async () => {
    const { double, ask } = await start(
      { answer: () => ({ output: RIGHT, logprobs: tokens }) },
      { confidence },
    );
    const answer = await ask();
    expect(answer.confidence).toBeCloseTo(0.83, 3);
    expect(double.requests[0]!.json).toMatchObject({ logprobs: true, top_logprobs: 5 });
  });

  test("is of the field that the request names first", async () => {
    const { ask } = await start(
      { answer: () => ({ output: RIGHT, logprobs: tokens }) },
      { confidence: { from: "logprob" } },
    );
    expect(await ask()).not.toHaveProperty("confidence");
    expect((await ask({ confidenceOf: "category" })).confidence).toBeCloseTo(0.83, 3);
  });

  test.each<[string, Play]>([
    ["null", completion("m", { content: JSON.stringify(RIGHT), logprobs: null })],
    ["left out", completion("m", { content: JSON.stringify(RIGHT) })],
    ["of another text", completion("m", { content: JSON.stringify(RIGHT), logprobs: tokens.slice(1) })],
    [
      "of another form",
      completion("m", { content: JSON.stringify(RIGHT), logprobs: [{ token: 1 }] as never }),
    ],
    [
      "-9999",
      completion("m", {
        content: JSON.stringify(RIGHT),
        logprobs: tokens.map((token) => ({ ...token, logprob: -9999 })),
      }),
    ],
  ])("is none when they are %s", async (_, play) => {
    const { ask } = await start({ faults: [play] }, { confidence });
    const answer = await ask();
    expect(answer.output).toStrictEqual(RIGHT);
    expect(answer).not.toHaveProperty("confidence");
  });

  test("is not asked for when the release takes it from elsewhere, and never read from the text", async () => {
    const { double, ask } = await start(
      { answer: () => ({ output: { ...RIGHT, confidence: 0.99 }, logprobs: tokens }) },
      { confidence: { of: "category", from: "model" } },
    );
    expect(await ask()).not.toHaveProperty("confidence");
    expect(double.requests[0]!.json).not.toHaveProperty("logprobs");
  });
});
