/** The raw chat caller against a provider that misbehaves: what is given out, what is thrown, and what stays open. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import {
  call,
  failing,
  KEY,
  read,
  serve,
  SPEED,
  start,
  textOf,
  textOfChunks,
} from "./chat-caller.fixture.ts";
import type { Fact, Scenario } from "../../test/support/fault-provider/fault-provider.ts";

/** What one call of the primary gets in each of the sixteen faults, asked plain and asked in a stream. */
const FAULTS: [Scenario, { plain: string; streamed: string; retryAfterMs?: number }][] = [
  ["S01", { plain: "rate_limited", streamed: "rate_limited", retryAfterMs: 2_000 / SPEED }],
  ["S02", { plain: "rate_limited", streamed: "rate_limited" }],
  ["S03", { plain: "overloaded", streamed: "overloaded" }],
  ["S04", { plain: "overloaded", streamed: "overloaded" }],
  ["S05", { plain: "cut", streamed: "cut" }],
  ["S06", { plain: "timeout_first_token", streamed: "timeout_first_token" }],
  ["S07", { plain: "timeout_first_token", streamed: "timeout_first_token" }],
  ["S08", { plain: "cut", streamed: "cut" }],
  ["S09", { plain: "timeout_idle", streamed: "timeout_idle" }],
  ["S10", { plain: "malformed", streamed: "malformed" }],
  ["S11", { plain: "answered", streamed: "answered" }],
  ["S12", { plain: "too_long", streamed: "too_long" }],
  ["S13", { plain: "refused_content", streamed: "refused_content" }],
  ["S14", { plain: "cut", streamed: "cut" }],
  ["S15", { plain: "overloaded", streamed: "overloaded" }],
  ["S16", { plain: "overloaded", streamed: "overloaded" }],
];

describe("each of the sixteen faults", () => {
  for (const way of ["plain", "buffered"] as const)
    test.each(FAULTS)(`asked ${way}: %s`, async (scenario, expected) => {
      const { provider, caller } = await start();
      provider.play(scenario);
      const class_ = way === "plain" ? expected.plain : expected.streamed;
      if (class_ === "answered") {
        const reply = await caller[way](call());
        expect(textOf(reply.body)).toBe(provider.text);
        // Half a second of tokens; the connection stays open for much longer.
        expect(reply.milliseconds).toBeLessThan(1_800);
        if (way === "buffered") expect(reply.usage).toMatchObject({ completion_tokens: 60 });
      } else {
        const error = await failing(caller[way](call()));
        expect(error.details).toMatchObject({ class: class_ });
        expect(error.retryAfterMs).toBe(expected.retryAfterMs);
        expect(provider.elapsed()).toBeLessThan(25_000);
      }
      // Right after it a healthy call works, and nothing of the fault is left open.
      provider.play("healthy");
      expect(textOf((await caller[way](call())).body)).toBe(provider.text);
      await caller.close();
      await expect.poll(() => provider.sockets).toBe(0);
    });

  test.each(["close", "reset", "clean"] as const)(
    "a stream that dies by a %s is never whole",
    async (death) => {
      const { provider, caller } = await start({ death });
      provider.play("S08");
      const { chunks, stream, error } = await read(caller, call());
      expect(error).toMatchObject({ details: { class: "cut" } });
      expect(stream.summary()).toMatchObject({ complete: false, finishReasons: [null] });
      const came = textOfChunks(chunks);
      expect(provider.text.startsWith(came)).toBe(true);
      expect(came.length).toBeLessThan(provider.text.length);
      expect(stream.summary().characters).toBe(came.length);
    },
  );

  test("an event that is no chunk is not given out, nor is anything after it", async () => {
    const { provider, caller } = await start();
    provider.play("S10");
    const { chunks, error } = await read(caller, call());
    expect(error).toMatchObject({ code: "model_bad_answer", details: { class: "malformed" } });
    expect(chunks).toHaveLength(9);
    for (const { text } of chunks) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test("the provider's reason for refusing content is kept", async () => {
    const { provider, caller } = await start();
    provider.play("S13");
    expect(await failing(caller.buffered(call()))).toMatchObject({
      code: "model_refused",
      retryable: false,
      details: {
        code: "content_policy_violation",
        providerMessage:
          "Your request was rejected: it asks for instructions that our policy does not allow.",
      },
    });
  });
});

/** What each case of the wild gives, by text or class; both ways of asking unless told apart. */
const CASES: [Fact, { text?: string | null; class?: string; plainClass?: string; is?: JsonObject }][] = [
  ["plain answer", {}],
  ["JSON in a string", { text: '{\n  "category": "billing"\n}' }],
  ["JSON cut by its length", { text: '{"category":"b', is: { finish_reason: "length" } }],
  ["empty content", { text: "" }],
  [
    "null content with a refusal",
    { text: null, is: { message: { refusal: "I'm sorry, I cannot assist with that request." } } },
  ],
  ["label outside the taxonomy", { text: '{"category":"spam"}' }],
  ["usage chunk with empty choices", {}],
  ["usage in the finish chunk", {}],
  ["no usage at all", {}],
  ["first chunk empty", {}],
  ["comments and other events", {}],
  ["stream without [DONE]", {}],
  ["[DONE] without an empty line", {}],
  ["stream cut in a character", { class: "cut" }],
  ["error inside the stream", { class: "overloaded", plainClass: "malformed" }],
  ["400 unsupported parameter", { class: "refused_request" }],
  ["401", { class: "auth" }],
  ["429 with retry-after", { class: "rate_limited" }],
  ["429 with retry-after-ms", { class: "rate_limited" }],
  ["429 with nonsense", { class: "rate_limited" }],
  ["429 with quota", { class: "quota" }],
  ["500 with HTML", { class: "overloaded" }],
  ["503", { class: "overloaded" }],
  ["slow first byte", { class: "timeout_first_token" }],
  ["another model than asked", { is: {} }],
  ["logprobs: null", { text: '{"category":"billing"}', is: { logprobs: null } }],
];

describe("each case seen in the wild", () => {
  for (const way of ["plain", "buffered"] as const)
    test.each(CASES)(`asked ${way}: %s`, async (fact, expected) => {
      const { provider, caller } = await start({ tokens: 40 });
      provider.play(fact);
      const class_ = (way === "plain" ? expected.plainClass : undefined) ?? expected.class;
      if (class_ !== undefined) {
        expect((await failing(caller[way](call()))).details).toMatchObject({ class: class_ });
        return;
      }
      const { body, usage, model, firstTokenMs } = await caller[way](call());
      expect(textOf(body)).toBe(expected.text === undefined ? provider.text : expected.text);
      expect(body).toMatchObject({
        object: "chat.completion",
        id: "chatcmpl-fault",
        choices: [{ index: 0, message: { role: "assistant" }, ...expected.is }],
      });
      expect(model).toBe(fact === "another model than asked" ? "router-pick-7b" : "primary-2026-04-14");
      if (fact === "no usage at all") expect(usage).toBeUndefined();
      else expect(usage).toStrictEqual({ prompt_tokens: 41, completion_tokens: 40, total_tokens: 81 });
      if (way === "buffered") expect(firstTokenMs).toBeGreaterThan(0);
    });

  test("a tool call in pieces is the call of a plain answer", async () => {
    const { provider, caller } = await start();
    provider.play("tool call in pieces");
    const plain = await caller.plain(call());
    const buffered = await caller.buffered(call());
    for (const { body, finishReasons } of [plain, buffered]) {
      expect(finishReasons).toStrictEqual(["tool_calls"]);
      const [choice] = body["choices"] as { message: { tool_calls: unknown } }[];
      expect(choice!.message.tool_calls).toStrictEqual([
        {
          id: "call_93562515",
          type: "function",
          function: { name: "weather", arguments: '{"city": "Mainz"}' },
        },
        { id: "gSIMJiOkT", function: { name: "time", arguments: "{}" } },
      ]);
    }
  });

  test("reasoning stays beside the answer", async () => {
    const { provider, caller } = await start();
    provider.play("reasoning beside the answer");
    const { body } = await caller.buffered(call());
    expect(textOf(body)).toBe('{"category":"billing"}');
    expect(body).toMatchObject({
      choices: [{ message: { reasoning_content: expect.stringContaining("Hm. ") as string } }],
    });
  });

  test("[DONE] without a finish is no end of an answer", async () => {
    const { provider, caller } = await start();
    provider.play("[DONE] without a finish");
    expect((await failing(caller.buffered(call()))).details).toMatchObject({ class: "cut" });
  });

  test("a slow drip is followed as long as it lasts, up to the limit on the whole", async () => {
    const { provider, caller } = await start({ tokens: 30 });
    provider.play("slow drip");
    const { firstTokenMs, milliseconds } = await caller.buffered(call());
    expect(firstTokenMs).toBeLessThan(1_200);
    expect(milliseconds).toBeGreaterThan(2_800);
    const limited = call({}, { deadlines: { totalMs: 600 } });
    expect((await failing(caller.buffered(limited))).details).toMatchObject({
      class: "timeout_total",
      limit: "total",
      timeoutMs: 600,
    });
    expect((await failing(caller.plain(limited))).details).toMatchObject({ class: "timeout_total" });
  });

  test("an address at which nobody listens is unreachable", async () => {
    const { provider } = await start();
    const { caller } = await start({}, { baseUrl: provider.refusedUrl });
    for (const way of ["plain", "buffered"] as const)
      expect((await failing(caller[way](call()))).details).toMatchObject({
        class: "unreachable",
        cause: "ECONNREFUSED",
      });
  });
});

describe("a call", () => {
  test("sends the body as it is, its own headers beside those of the connection, and what a stream needs", async () => {
    const { provider, caller } = await start({}, { headers: { "x-team": "pilot" } });
    const body = { model: "primary-7", messages: [], unknown: { kept: true }, stream_options: { other: 1 } };
    const given = { body, headers: { "x-request": "r1", "x-team": "not this" }, signal: call().signal };
    await caller.plain(given);
    await caller.buffered(given);
    const [plain, streamed] = provider.seen;
    expect(plain!.body).toStrictEqual({ model: "primary-7", messages: [], unknown: { kept: true } });
    expect(streamed!.body).toStrictEqual({
      ...body,
      stream: true,
      stream_options: { other: 1, include_usage: true },
    });
    for (const { headers } of [plain!, streamed!])
      expect(headers).toMatchObject({ authorization: `Bearer ${KEY}`, "x-request": "r1", "x-team": "pilot" });
  });

  test("gives chunks as they came, unknown keys too, and marks what is usage alone", async () => {
    const { provider, caller } = await start();
    const { chunks, stream } = await read(caller, call());
    expect(textOfChunks(chunks)).toBe(provider.text);
    expect(chunks.map(({ usageOnly }) => usageOnly)).toStrictEqual([...Array(62).fill(false), true]);
    expect(chunks[1]).toMatchObject({ body: { obfuscation: "x7", system_fingerprint: "fp_fault" } });
    for (const { text, body } of chunks) expect(JSON.parse(text)).toStrictEqual(body);
    expect(stream.summary()).toMatchObject({
      complete: true,
      model: "primary-2026-04-14",
      finishReasons: ["stop"],
      usage: { completion_tokens: 60 },
    });
  });

  test("asks without the wish for usage where a server does not take it, and remembers that", async () => {
    const asked: JsonObject[] = [];
    const server = await serve((body) => {
      asked.push(body);
      if ("stream_options" in body)
        return {
          status: 422,
          text: '{"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}',
        };
      return {
        status: 200,
        text: 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n',
      };
    });
    const { caller } = await start({}, { baseUrl: server });
    for (let i = 0; i < 2; i++) expect(textOf((await caller.buffered(call())).body)).toBe("a");
    expect(asked.map((body) => "stream_options" in body)).toStrictEqual([true, false, false]);
  });

  test("asks again with another body where the caller has one, within the same time", async () => {
    const { provider, caller } = await start();
    provider.play("400 unsupported parameter");
    const bodies: JsonObject[] = [{ model: "primary", max_tokens: 1, messages: [] }];
    const given = call(bodies[0], {
      again: ({ status }) => {
        expect(status).toBe(400);
        return provider.seen.length < 3 ? { model: "primary", messages: [] } : undefined;
      },
    });
    expect((await failing(caller.plain(given))).details).toMatchObject({ class: "refused_request" });
    expect(provider.seen.map(({ body }) => "max_tokens" in body)).toStrictEqual([true, false, false]);
  });

  test("of a server that answers whole where a stream was asked for is a stream of one chunk", async () => {
    const text =
      '{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}],"x":1}';
    const server = await serve(() => ({ status: 200, text, type: "application/json" }));
    const { caller } = await start({}, { baseUrl: server });
    const { chunks, stream } = await read(caller, call());
    expect(chunks.map(({ body }) => body)).toStrictEqual([
      {
        id: "c",
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta: { role: "assistant", content: "whole" }, finish_reason: "stop" }],
        x: 1,
      },
    ]);
    expect(stream.summary()).toMatchObject({ complete: true, body: JSON.parse(text) as object });
  });

  test("of a model that does not stream is asked for whole at once, and from then on", async () => {
    const asked: unknown[] = [];
    const server = await serve(({ stream }) => {
      asked.push(stream);
      return stream === true
        ? {
            status: 400,
            text: '{"error":{"message":"no stream","type":"invalid_request_error","param":"stream","code":"unsupported_value"}}',
            type: "application/json",
          }
        : {
            status: 200,
            text: '{"choices":[{"index":0,"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}]}',
            type: "application/json",
          };
    });
    const { caller } = await start({}, { baseUrl: server });
    for (let i = 0; i < 2; i++)
      expect((await caller.buffered(call())).body["choices"]).toMatchObject([
        { message: { content: "whole" } },
      ]);
    expect(asked).toEqual([true, undefined, undefined]);
  });

  test.each([
    "<html>oops</html>",
    "",
    ": only comments\n\n",
    "data: [DONE]\n\n",
    'data: {"type":"ping"}\n\n',
  ])("answered by a stream without an answer is malformed: %j", async (text) => {
    const server = await serve(() => ({ status: 200, text }));
    const { caller } = await start({}, { baseUrl: server });
    const { details } = await failing(caller.buffered(call()));
    expect((details as { class: string }).class).toMatch(/^(malformed|cut)$/);
  });

  test("that the caller leaves in the middle is not complete, and its connection is closed", async () => {
    const { provider, caller } = await start();
    const stream = await caller.streamed(call());
    let count = 0;
    for await (const _ of stream.chunks) if (++count === 5) break;
    expect(stream.summary()).toMatchObject({ complete: false, usage: undefined });
    await expect.poll(() => provider.sockets).toBe(0);
    const unread = await caller.streamed(call());
    unread.close();
    const read = await caller.streamed(call());
    const reading = failing(
      (async () => {
        for await (const _ of read.chunks) read.close();
      })(),
    );
    expect((await reading).details).toMatchObject({ class: "aborted" });
    await expect.poll(() => provider.sockets).toBe(0);
    expect(provider.seen.map(({ end }) => end)).toStrictEqual(["left", "left", "left"]);
  });
});
