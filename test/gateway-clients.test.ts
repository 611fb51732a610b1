/**
 * The official `openai` client and the AI SDK against the endpoint: nothing is changed in them but the base URL and the key.
 * Chat, streams, tools, structured output, errors and abort; for a model behind a connection and for a workflow.
 */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  generateText,
  NoObjectGeneratedError,
  Output,
  RetryError,
  stepCountIs,
  streamText,
  tool,
} from "ai";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { automatic } from "./support/automatic.ts";
import { install, until } from "./support/installation.ts";
import {
  answers,
  begin,
  breaks,
  callsTool,
  frame,
  refuses,
  say,
  startPlayingProvider,
  whole,
  type Play,
} from "./support/playing-provider.ts";

const provider = await startPlayingProvider();
afterAll(() => provider.stop());
beforeEach(() => provider.clear());
const { plays, asked } = provider;

const installation = await install();
const { app, client, url } = installation;
await client.saveConnection({
  params: { name: "first" },
  body: {
    settings: {
      kind: "openai",
      baseUrl: provider.address,
      passThrough: [{ name: "good" }, { name: "lively", mode: "live" }],
    },
  },
});
await automatic(installation, "triage", { endpoint: { wait: 20_000 } });
const { secret: key } = await app.keys.make(
  { name: "a program", scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
  { kind: "system", name: "test" },
);

const MODEL = "first/good";
const LIVE = "first/lively";
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const sdk = createOpenAICompatible({
  name: "pilotage",
  baseURL: `${url}/v1`,
  apiKey: key,
  supportsStructuredOutputs: true,
});
const messages = [{ role: "user" as const, content: "How is it?" }];
const prompt = "How is it?";
const newest = async () => (await client.listModelCalls({ query: { limit: "1" } })).calls[0]!;
const told = (asking: Promise<unknown>) =>
  asking.then(
    () => undefined,
    (error: unknown) => error,
  );

const mood = z.object({ mood: z.enum(["good", "bad"]) });
const category = z.object({ category: z.enum(["billing", "technical", "other"]) });
const weather = {
  place: z.object({ place: z.string() }),
  pieces: ['{"pla', 'ce":"Graz"}'],
  says: "It is 21 degrees.",
};
const overloaded = { message: "overloaded", type: "server_error", param: null, code: null };

/** Words without end, until the reader is gone. */
function talks(gone: () => void): Play {
  return async (body, reply, raw) => {
    raw.socket.once("close", gone);
    begin(reply);
    for (let i = 0; i < 500 && !reply.destroyed; i++) {
      say(reply, frame(body["model"] as string, { content: "word " }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
}

/** Says nothing at all until the reader is gone. */
const waits =
  (gone: () => void): Play =>
  (_body, _reply, raw) =>
    void raw.socket.once("close", gone);

function ended() {
  let yes = false;
  return {
    now: () => void (yes = true),
    seen: () =>
      until(
        async () => yes,
        (seen) => seen,
      ),
  };
}

describe("the openai client", () => {
  test("chat", async () => {
    const answer = await openai.chat.completions.create({ model: MODEL, messages });
    expect(answer.choices[0]!.message.content).toBe("All is well.");
    expect(answer.usage).toMatchObject({ total_tokens: 12 });
  });

  test.each([MODEL, LIVE])("stream of %s", async (model) => {
    const runner = openai.chat.completions.stream({ model, messages });
    const pieces: string[] = [];
    runner.on("content", (piece) => pieces.push(piece));
    expect(await runner.finalContent()).toBe("All is well.");
    expect(pieces).toEqual(["All ", "is ", "well."]);
  });

  test.each(["whole", "streamed"])("tools, %s", async (form) => {
    plays["good"] = callsTool("weather", weather.pieces, weather.says);
    const places: string[] = [];
    const tools = [
      {
        type: "function" as const,
        function: {
          name: "weather",
          description: "How warm it is",
          parameters: z.toJSONSchema(weather.place) as Record<string, unknown>,
          parse: (text: string) => weather.place.parse(JSON.parse(text)),
          function: ({ place }: { place: string }) => {
            places.push(place);
            return { degrees: 21 };
          },
        },
      },
    ];
    const asking = { model: MODEL, messages, tools };
    const runner =
      form === "whole"
        ? openai.chat.completions.runTools(asking)
        : openai.chat.completions.runTools({ ...asking, stream: true });
    expect(await runner.finalContent()).toBe(weather.says);
    expect(places).toEqual(["Graz"]);
  });

  test("structured output", async () => {
    plays["good"] = answers('{"mood":"good"}');
    const answer = await openai.chat.completions.parse({
      model: MODEL,
      messages,
      response_format: zodResponseFormat(mood, "mood"),
    });
    expect(answer.choices[0]!.message.parsed).toEqual({ mood: "good" });
    expect(asked[0]!.body["response_format"]).toMatchObject({ type: "json_schema" });
  });

  test("a refusal of the model, as the model said it", async () => {
    plays["good"] = (body, reply) => {
      reply.writeHead(200, { "content-type": "application/json" });
      reply.end(
        JSON.stringify(whole(body["model"] as string, { content: null, refusal: "I can't help with that." })),
      );
    };
    const answer = await openai.chat.completions.create({ model: MODEL, messages });
    expect(answer.choices[0]!.message).toMatchObject({ content: null, refusal: "I can't help with that." });
  });

  test("errors are those of its classes", async () => {
    const create = (model: string, as = openai) => told(as.chat.completions.create({ model, messages }));
    const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: "pk_nobody", maxRetries: 0 });
    expect(await create(MODEL, stranger)).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(await create("first/none")).toBeInstanceOf(OpenAI.NotFoundError);
    expect(
      await told(openai.chat.completions.create({ model: MODEL, messages: "text" as never })),
    ).toBeInstanceOf(OpenAI.BadRequestError);
    plays["good"] = refuses(503, overloaded);
    expect(await create(MODEL)).toBeInstanceOf(OpenAI.InternalServerError);
    plays["lively"] = breaks;
    const stream = await openai.chat.completions.create({ model: LIVE, messages, stream: true });
    const read = async () => {
      for await (const _ of stream);
    };
    expect(await told(read())).toBeInstanceOf(OpenAI.APIError);
  });

  test("its own retries get over a limit that passes", async () => {
    const limited = await app.keys.make(
      {
        name: "limited",
        scopes: ["gateway"],
        workflow: undefined,
        days: 30,
        simulated: false,
        limits: { requests: { day: 1 } },
      },
      { kind: "system", name: "test" },
    );
    const patient = new OpenAI({ baseURL: `${url}/v1`, apiKey: limited.secret, maxRetries: 3 });
    await patient.chat.completions.create({ model: MODEL, messages });
    const refused = await told(patient.chat.completions.create({ model: MODEL, messages }));
    // There is room again tomorrow: it was told not to try.
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    expect(asked).toHaveLength(1);
  });

  test("abort of a call that waits ends the provider's", async () => {
    const end = ended();
    plays["good"] = waits(end.now);
    const leaving = new AbortController();
    const asking = told(
      openai.chat.completions.create({ model: MODEL, messages }, { signal: leaving.signal }),
    );
    await until(
      async () => asked.length,
      (count) => count === 1,
    );
    leaving.abort();
    expect(await asking).toBeInstanceOf(OpenAI.APIUserAbortError);
    await end.seen();
    expect(await until(newest, (one) => one.outcome === "aborted")).toMatchObject({ error: "client_left" });
  });

  test("abort of a live stream ends the provider's", async () => {
    const end = ended();
    plays["lively"] = talks(end.now);
    const stream = await openai.chat.completions.create({ model: LIVE, messages, stream: true });
    let seen = 0;
    for await (const _ of stream) if (++seen === 3) stream.controller.abort();
    await end.seen();
    expect(await until(newest, (one) => one.outcome === "aborted" && one.streamed)).toMatchObject({
      mode: "live",
    });
  });
});

describe("the AI SDK", () => {
  test("chat", async () => {
    const { text, usage } = await generateText({ model: sdk(MODEL), prompt });
    expect(text).toBe("All is well.");
    expect(usage.totalTokens).toBe(12);
  });

  test.each([MODEL, LIVE])("stream of %s", async (model) => {
    const { textStream } = streamText({ model: sdk(model), prompt });
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    expect(pieces.join("")).toBe("All is well.");
  });

  const tools = {
    weather: tool({ inputSchema: weather.place, execute: async ({ place }) => ({ place, degrees: 21 }) }),
  };
  const asksTwice = { stopWhen: stepCountIs(3), tools, prompt: "How warm is it in Graz?", maxRetries: 0 };

  test("tools, whole", async () => {
    plays["good"] = callsTool("weather", weather.pieces, weather.says);
    const { text } = await generateText({ model: sdk(MODEL), ...asksTwice });
    expect(text).toBe(weather.says);
  });

  test.each([MODEL, LIVE])("tools, streamed from %s", async (model) => {
    plays["good"] = plays["lively"] = callsTool("weather", weather.pieces, weather.says);
    const result = streamText({ model: sdk(model), ...asksTwice });
    expect(await result.text).toBe(weather.says);
    expect(asked.at(-1)!.body["messages"]).toMatchObject([
      {},
      { tool_calls: [{ function: { name: "weather", arguments: '{"place":"Graz"}' } }] },
      { role: "tool" },
    ]);
  });

  test("structured output", async () => {
    plays["good"] = answers('{"mood":"good"}');
    const { output } = await generateText({
      model: sdk(MODEL),
      output: Output.object({ schema: mood }),
      prompt,
    });
    expect(output).toEqual({ mood: "good" });
    expect(asked[0]!.body["response_format"]).toMatchObject({ type: "json_schema" });
    plays["good"] = answers("no object at all");
    const wrong = told(
      generateText({ model: sdk(MODEL), output: Output.object({ schema: mood }), prompt }).then(
        (one) => one.output,
      ),
    );
    expect(NoObjectGeneratedError.isInstance(await wrong)).toBe(true);
  });

  test("errors carry status and words", async () => {
    const generate = (model: string, as = sdk) =>
      told(generateText({ model: as(model), prompt, maxRetries: 0 }));
    const stranger = createOpenAICompatible({ name: "pilotage", baseURL: `${url}/v1`, apiKey: "pk_nobody" });
    expect(await generate(MODEL, stranger)).toMatchObject({ statusCode: 401 });
    const unknown = await generate("first/none");
    expect(APICallError.isInstance(unknown)).toBe(true);
    expect(unknown).toMatchObject({ statusCode: 404, message: expect.stringContaining("first/none") });
    plays["good"] = refuses(503, overloaded);
    expect(await generate(MODEL)).toMatchObject({ isRetryable: true });
    plays["lively"] = breaks;
    const errors: unknown[] = [];
    const { textStream } = streamText({
      model: sdk(LIVE),
      prompt,
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    });
    let text = "";
    for await (const piece of textStream) text += piece;
    expect(text).toBe("Half an ");
    expect(errors).toHaveLength(1);
  });

  test("abort", async () => {
    const end = ended();
    plays["lively"] = talks(end.now);
    const leaving = new AbortController();
    const { textStream } = streamText({ model: sdk(LIVE), prompt, abortSignal: leaving.signal });
    let seen = 0;
    for await (const _ of textStream) if (++seen === 3) leaving.abort();
    await end.seen();
    expect(await until(newest, (one) => one.outcome === "aborted" && one.streamed)).toMatchObject({
      error: "client_left",
    });
  });
});

describe("a workflow as the model", () => {
  const bill = "the bill is wrong";

  test("chat, stream and structured output with the openai client", async () => {
    const asking = { model: "triage", messages: [{ role: "user" as const, content: bill }] };
    const format = zodResponseFormat(category, "category");
    const answer = await openai.chat.completions.parse({ ...asking, response_format: format });
    expect(answer.choices[0]!.message.parsed).toEqual({ category: "billing" });
    const content = await openai.chat.completions.stream(asking).finalContent();
    expect(JSON.parse(content!)).toEqual({ category: "billing" });
  });

  test("chat, stream and structured output with the AI SDK", async () => {
    const asking = { model: sdk("triage"), prompt: bill };
    const { output } = await generateText({ ...asking, output: Output.object({ schema: category }) });
    expect(output).toEqual({ category: "billing" });
    expect(JSON.parse(await streamText(asking).text)).toEqual({ category: "billing" });
  });

  test("a case that a person must see is a conflict, and stays one case however often a client asks", async () => {
    const calls = async (from: string) =>
      (await client.listModelCalls({ query: {} })).calls.filter((one) => one.startedAt >= from);
    const patient = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 2 });
    const before = new Date(app.clock.now()).toISOString();
    const refused = await told(
      patient.chat.completions.create({
        model: "triage",
        messages: [{ role: "user", content: "a doubtful bill" }],
      }),
    );
    expect(refused).toMatchObject({ status: 409, code: "case_in_review" });
    expect(await calls(before)).toHaveLength(1);
    const between = new Date(app.clock.now()).toISOString();
    const given = await told(generateText({ model: sdk("triage"), prompt: "another doubtful bill" }));
    expect(RetryError.isInstance(given) && given.lastError).toMatchObject({ statusCode: 409 });
    // This client asks again by itself, and says nothing of it.
    const again = await calls(between);
    expect(again).toHaveLength(3);
    expect(new Set(again.map((one) => one.case)).size).toBe(1);
  });
});
