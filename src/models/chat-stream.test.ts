/** Chunks put together: the answer that a plain call would have given, whatever the vendor's way of streaming it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { assembleChat, chunkOf, isToken } from "./chat-stream.ts";

const chunk = (delta: JsonValue, more: JsonObject = {}, top: JsonObject = {}): JsonObject => ({
  id: "c1",
  object: "chat.completion.chunk",
  created: 7,
  model: "m-1",
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
  ...top,
});

const end = chunk({}, { finish_reason: "stop" });

/** The whole answer of these chunks. */
function whole(chunks: JsonValue[], answers = 1) {
  const assembly = assembleChat(answers);
  const taken = chunks.map((one) => assembly.take(JSON.stringify(one)));
  return { assembly, taken, body: assembly.whole(), kinds: taken.map(({ kind }) => kind) };
}

const messageOf = (body: JsonObject) => (body["choices"] as JsonObject[])[0]!["message"] as JsonObject;

describe("an answer in pieces", () => {
  test("is the one of a plain call, with unknown keys and without filler", () => {
    const { body, assembly } = whole([
      chunk(
        { role: "assistant", content: "", refusal: null },
        {},
        { obfuscation: "xyz", service_tier: "default" },
      ),
      chunk({ content: "Hel" }, { logprobs: { content: [{ token: "Hel", logprob: -0.1 }], refusal: null } }),
      chunk({ content: "lo" }, { logprobs: { content: [{ token: "lo", logprob: -0.2 }], refusal: null } }),
      chunk({ x_vendor: { seen: 1 } }, { content_filter_results: { hate: false } }),
      end,
      {
        id: "c1",
        object: "chat.completion.chunk",
        created: 7,
        model: "m-1",
        choices: [],
        usage: { prompt_tokens: 3 },
      },
    ]);
    expect(body).toStrictEqual({
      id: "c1",
      created: 7,
      model: "m-1",
      service_tier: "default",
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello", refusal: null, x_vendor: { seen: 1 } },
          logprobs: {
            content: [
              { token: "Hel", logprob: -0.1 },
              { token: "lo", logprob: -0.2 },
            ],
            refusal: null,
          },
          content_filter_results: { hate: false },
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 3 },
    });
    expect(assembly).toMatchObject({ finished: true, characters: 5 });
  });

  test("is given out in one line, however its event was written", () => {
    const [taken] = [assembleChat().take(JSON.stringify(chunk({ content: "a\nb" }), null, 2))];
    if (taken?.kind !== "chunk") return expect.fail("no chunk");
    expect(taken.chunk.text).not.toMatch(/[\r\n]/);
    expect(JSON.parse(taken.chunk.text)).toStrictEqual(taken.chunk.body);
  });

  test("takes the names of a later chunk where the first has none", () => {
    const first = {
      id: "",
      model: "",
      object: "",
      created: 0,
      choices: [],
      prompt_filter_results: [{ a: 1 }],
    };
    const { body, kinds } = whole([first, chunk({ content: "x" }), end]);
    expect(body).toMatchObject({ id: "c1", model: "m-1", created: 7, prompt_filter_results: [{ a: 1 }] });
    expect(kinds).toStrictEqual(["chunk", "chunk", "chunk"]);
  });

  test("may have text in parts, joined where a part goes on", () => {
    const part = (text: string) => chunk({ content: [{ type: "text", text }] });
    const thinking = chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] });
    const { body } = whole([thinking, part("a"), part("b"), end]);
    expect(messageOf(body)["content"]).toStrictEqual([
      { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
      { type: "text", text: "ab" },
    ]);
  });

  test("may be several answers, each with its own end", () => {
    const of = (index: number, delta: JsonObject, finish: string | null = null): JsonObject => ({
      ...chunk({}),
      choices: [{ index, delta, finish_reason: finish }],
    });
    const first = [of(1, { content: "b" }), of(0, { content: "a" }), of(0, {}, "stop")];
    expect(whole(first, 2).assembly.finished).toBe(false);
    expect(whole(first.slice(1), 2).assembly.finished).toBe(false);
    const { assembly, body } = whole([...first, of(1, {}, "length")], 2);
    expect(assembly.finished).toBe(true);
    expect(body["choices"]).toMatchObject([
      { index: 0, message: { content: "a" }, finish_reason: "stop" },
      { index: 1, message: { content: "b" }, finish_reason: "length" },
    ]);
  });

  test("has usage beside its finish, after it, under a vendor's key, or not at all", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 30 };
    expect(whole([chunk({}, { finish_reason: "stop" }, { usage })]).assembly.usage).toStrictEqual(usage);
    expect(whole([chunk({}, {}, { x_groq: { usage } })]).assembly.usage).toStrictEqual(usage);
    expect(whole([{ ...chunk({}), usage: null }, end]).assembly.usage).toBeUndefined();
    const [, last] = whole([end, { ...chunk({}), choices: [], usage }]).taken;
    expect(last).toMatchObject({ kind: "chunk", chunk: { usageOnly: true } });
  });

  test.each([undefined, null, ""])("has no end by a finish of %j", (finish) => {
    const { assembly } = whole([chunk({ content: "a" }, { finish_reason: finish as never })]);
    expect(assembly.finished).toBe(false);
  });

  test("is the same through a stream of one chunk", () => {
    const { body } = whole([
      chunk({ role: "assistant", content: "a" }),
      chunk({
        tool_calls: [{ index: 0, id: "t", type: "function", function: { name: "f", arguments: "{}" } }],
      }),
      chunk({}, { finish_reason: "tool_calls" }),
    ]);
    expect(whole([chunkOf(body)]).body).toStrictEqual(body);
  });

  test("is the same wherever its text and its arguments are cut", () => {
    const pieces = fc.array(fc.string({ unit: "binary", minLength: 1 }));
    fc.assert(
      fc.property(pieces, pieces, (texts, parts) => {
        const { body, assembly } = whole([
          chunk({ role: "assistant", content: "" }),
          ...texts.map((content) => chunk({ content })),
          chunk({ tool_calls: [{ index: 0, id: "t", function: { name: "f", arguments: "" } }] }),
          ...parts.map((words) => chunk({ tool_calls: [{ index: 0, function: { arguments: words } }] })),
          end,
        ]);
        const text = texts.join("");
        const words = parts.join("");
        expect(messageOf(body)).toStrictEqual({
          role: "assistant",
          content: text,
          tool_calls: [{ id: "t", function: { name: "f", arguments: words } }],
        });
        expect(assembly.characters).toBe(text.length + words.length);
      }),
    );
  });
});

describe("tool calls", () => {
  const call = (piece: JsonObject) => chunk({ tool_calls: [piece] });

  test("keep their first name and id when later pieces have empty ones", () => {
    const { body } = whole([
      call({ index: 0, id: "a", function: { name: "weather", arguments: '{"x"' } }),
      call({ index: 0, id: "", function: { name: "", arguments: ":1}" } }),
      end,
    ]);
    expect(messageOf(body)["tool_calls"]).toStrictEqual([
      { id: "a", function: { name: "weather", arguments: '{"x":1}' } },
    ]);
  });

  test("without an index are told apart by their ids", () => {
    const { body } = whole([
      call({ id: "a", function: { name: "one", arguments: "{}" } }),
      call({ id: "b", function: { name: "two", arguments: '{"y"' } }),
      call({ function: { arguments: ":2}" } }),
      end,
    ]);
    expect(messageOf(body)["tool_calls"]).toStrictEqual([
      { id: "a", function: { name: "one", arguments: "{}" } },
      { id: "b", function: { name: "two", arguments: '{"y":2}' } },
    ]);
  });
});

describe("an event that is no chunk", () => {
  test.each([
    "{",
    "[]",
    "7",
    "null",
    '"text"',
    '{"choices":{}}',
    '{"choices":[7]}',
    '{"choices":[{"delta":"text"}]}',
    '{"choices":[{"delta":{"content":7}}]}',
    '{"choices":[{"index":-1,"delta":{}}]}',
    '{"choices":[{"index":"0","delta":{}}]}',
    '{"choices":[{"finish_reason":true}]}',
    '{"choices":[{"delta":{"tool_calls":{}}}]}',
    '{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":{}}}]}}]}',
  ])("is malformed and adds nothing: %s", (data) => {
    const assembly = assembleChat();
    expect(assembly.take(data)).toStrictEqual({ kind: "malformed" });
    expect(assembly.whole()["choices"]).toStrictEqual([]);
    // Half an event at the end of a stream is not malformed, it is cut.
    if (data === "{") expect(assembly.take(data, true)).toStrictEqual({ kind: "other" });
  });

  test("is an error where it says so, at the top or in a choice", () => {
    expect(whole([{ error: { message: "no" } }]).taken).toStrictEqual([
      { kind: "error", error: { message: "no" } },
    ]);
    expect(whole([chunk({}, { error: { code: 502 }, finish_reason: "error" })]).kinds).toStrictEqual([
      "error",
    ]);
    expect(whole([{ ...chunk({ content: "a" }), error: null }]).kinds).toStrictEqual(["chunk"]);
  });

  test("is nothing where it is a ping, and the end where it says so", () => {
    const assembly = assembleChat();
    expect(assembly.take('{"type":"ping"}')).toStrictEqual({ kind: "other" });
    expect(assembly.take("")).toStrictEqual({ kind: "other" });
    expect(assembly.take(" [DONE] ")).toStrictEqual({ kind: "done" });
  });

  test("cannot reach what all objects share", () => {
    const evil =
      '{"__proto__":{"polluted":1},"choices":[{"index":0,"delta":{"content":"a","__proto__":{"polluted":1},"x":{"__proto__":{"polluted":1},"constructor":{"polluted":1}}}}]}';
    const assembly = assembleChat();
    assembly.take(evil);
    assembly.take(evil);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect((Object as unknown as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(JSON.stringify(assembly.whole())).not.toContain("__proto__");
  });
});

describe("the first token", () => {
  test.each<[string, boolean, JsonValue]>([
    ["the role", false, chunk({ role: "assistant", content: "" })],
    ["an empty first chunk", false, { id: "", choices: [] }],
    ["usage", false, { choices: [], usage: { prompt_tokens: 1 } }],
    ["a ping", false, { type: "ping" }],
    ["text", true, chunk({ content: "a" })],
    ["reasoning", true, chunk({ reasoning_content: "a" })],
    ["a tool call", true, chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f" } }] })],
    ["a refusal", true, chunk({ refusal: "No" })],
    ["the end", true, end],
    ["an error", true, { error: { message: "no" } }],
  ])("%s: %s", (_, is, event) => {
    expect(isToken(JSON.stringify(event))).toBe(is);
  });
});
