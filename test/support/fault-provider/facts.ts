/**
 * What OpenAI-compatible servers were seen to send, well or not: every case that a fake server should play.
 *
 * Each case says what a streamed and what a plain request gets; where a server would do the same, it is the same.
 * "connect refused" is not here: nothing plays it, fault-provider.ts has an address at which nobody listens.
 */
import type { JsonObject } from "../../../src/contract/json.ts";
import {
  type Answer,
  beginning,
  chunk,
  completion,
  DONE,
  error,
  event,
  EVENT_STREAM,
  finish,
  headOf,
  healthy,
  type Step,
  usage,
  usageChunk,
  whole,
} from "./steps.ts";

interface Case {
  streamed(answer: Answer, body: JsonObject, speed: number): Step[];
  plain(answer: Answer, body: JsonObject, speed: number): Step[];
}

const LABEL = '{"category":"billing"}';
const SORRY = "I'm sorry, I cannot assist with that request.";

/** The same for both ways of asking. */
const both = (steps: (answer: Answer, body: JsonObject, speed: number) => Step[]): Case => ({
  streamed: steps,
  plain: steps,
});

/** An answer with this text, in pieces of three characters where it is streamed. */
function saying(text: string, end = "stop", beside: JsonObject = {}): Case {
  return {
    streamed: (answer, body) => {
      const pieces = text.match(/[\s\S]{1,3}/gu) ?? [];
      const { model } = answer;
      return streamOf(
        [
          chunk(model, { role: "assistant", content: "" }),
          ...pieces.map((content) => chunk(model, { content, ...beside })),
          chunk(model, {}, end),
        ],
        answer,
        body,
      );
    },
    plain: (answer) => plainOf(answer, { message: { content: text, refusal: null, ...beside }, finish: end }),
  };
}

function plainOf(
  answer: Answer,
  { message, finish: end, more = {} }: { message: JsonObject; finish: string | null; more?: JsonObject },
): Step[] {
  return whole(200, {
    ...completion(answer),
    choices: [{ index: 0, message: { role: "assistant", ...message }, logprobs: null, finish_reason: end }],
    ...more,
  });
}

/** These chunks, then the usage and the end. */
function streamOf(chunks: JsonObject[], answer: Answer, body: JsonObject): Step[] {
  const [, ...counts] = finish(answer, body);
  return [
    { head: 200, headers: EVENT_STREAM },
    ...chunks.map((one): Step => ({ send: event(one) })),
    ...counts,
    ...DONE,
  ];
}

const TOOL_ARGUMENTS = ['{"ci', 'ty": "Mai', 'nz"}'];

const toolCall: Case = {
  streamed: (answer, body) => {
    const { model } = answer;
    const piece = (call: JsonObject) => chunk(model, { tool_calls: [call] });
    return streamOf(
      [
        chunk(model, { role: "assistant", content: null }),
        piece({
          index: 0,
          id: "call_93562515",
          type: "function",
          function: { name: "weather", arguments: "" },
        }),
        piece({ index: 0, function: { arguments: TOOL_ARGUMENTS[0]! } }),
        // Neither a second call nor an empty name.
        piece({ index: 0, function: { name: "", arguments: TOOL_ARGUMENTS[1]! } }),
        piece({ index: 1, id: "gSIMJiOkT", function: { name: "time", arguments: "{}" } }),
        piece({ index: 0, function: { arguments: TOOL_ARGUMENTS[2]! } }),
        chunk(model, {}, "tool_calls"),
      ],
      answer,
      body,
    );
  },
  plain: (answer) =>
    plainOf(answer, {
      // No content at all, as one vendor sends it.
      message: {
        tool_calls: [
          {
            id: "call_93562515",
            type: "function",
            function: { name: "weather", arguments: TOOL_ARGUMENTS.join("") },
          },
          { id: "gSIMJiOkT", function: { name: "time", arguments: "{}" } },
        ],
      },
      finish: "tool_calls",
    }),
};

function cutInCharacter(answer: Answer): Step[] {
  const bytes = Buffer.from(event(chunk(answer.model, { content: "\u{1d54c}" })));
  const inside = bytes.indexOf(0xf0) + 2;
  return [...beginning(answer, 5), { send: bytes.subarray(0, inside) }, { drop: "close" }];
}

const limited = (headers: (speed: number) => Record<string, string>): Case =>
  both((_, __, speed) =>
    error(
      429,
      { message: "Rate limit reached for requests.", type: "requests", code: "rate_limit_exceeded" },
      headers(speed),
    ),
  );

export const FACTS = {
  "plain answer": both(healthy),
  "JSON in a string": saying('{\n  "category": "billing"\n}'),
  "JSON cut by its length": saying(LABEL.slice(0, 14), "length"),
  "empty content": saying(""),
  "null content with a refusal": {
    streamed: (answer, body) =>
      streamOf(
        [
          chunk(answer.model, { role: "assistant", content: null, refusal: "" }),
          chunk(answer.model, { refusal: SORRY.slice(0, 20) }),
          chunk(answer.model, { refusal: SORRY.slice(20) }),
          chunk(answer.model, {}, "stop"),
        ],
        answer,
        body,
      ),
    plain: (answer) => plainOf(answer, { message: { content: null, refusal: SORRY }, finish: "stop" }),
  },
  "label outside the taxonomy": saying('{"category":"spam"}'),
  "reasoning beside the answer": saying(LABEL, "stop", { reasoning_content: "Hm. " }),
  "tool call in pieces": toolCall,
  "usage chunk with empty choices": {
    streamed: (answer) => [
      ...beginning(answer),
      { send: event(chunk(answer.model, {}, "stop")) },
      { send: event(usageChunk(answer.model, usage(answer))) },
      ...DONE,
    ],
    plain: healthy,
  },
  "usage in the finish chunk": {
    streamed: (answer) => [
      ...beginning(answer),
      // And doubled, as one vendor does.
      {
        send: event(
          chunk(answer.model, { content: "" }, "stop", {
            usage: usage(answer),
            x_groq: { id: "req_1", usage: usage(answer) },
          }),
        ),
      },
      ...DONE,
    ],
    plain: healthy,
  },
  "no usage at all": {
    streamed: (answer) => [...beginning(answer), { send: event(chunk(answer.model, {}, "stop")) }, ...DONE],
    plain: (answer) => {
      const { usage: _, ...rest } = completion(answer);
      return whole(200, rest);
    },
  },
  "first chunk empty": {
    streamed: (answer, body) => {
      const [head, ...rest] = healthy(answer, body);
      const first = {
        id: "",
        object: "",
        created: 0,
        model: "",
        choices: [],
        prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
      };
      return [head!, { send: event(first) }, ...rest];
    },
    plain: healthy,
  },
  "comments and other events": {
    streamed: (answer, body) =>
      healthy(answer, body).flatMap((step): Step[] =>
        "send" in step
          ? [{ send: ': still here\n\nevent: ping\r\ndata: {"type":"ping"}\r\n\r\n' }, step]
          : [step],
      ),
    plain: healthy,
  },
  "stream without [DONE]": {
    streamed: (answer, body) => [...beginning(answer), ...finish(answer, body), { end: true }],
    plain: healthy,
  },
  "[DONE] without an empty line": {
    streamed: (answer, body) => [
      ...beginning(answer),
      ...finish(answer, body),
      { send: "data: [DONE]" },
      { end: true },
    ],
    plain: healthy,
  },
  "[DONE] without a finish": { streamed: (answer) => [...beginning(answer, 40), ...DONE], plain: healthy },
  "stream cut in a character": {
    streamed: cutInCharacter,
    plain: (answer) => {
      const text = JSON.stringify(completion(answer));
      const bytes = Buffer.from(text);
      return [headOf(200, text), { send: bytes.subarray(0, bytes.indexOf(0xf0) + 2) }, { drop: "close" }];
    },
  },
  "error inside the stream": {
    streamed: (answer) => [
      ...beginning(answer, 12),
      {
        send: event({
          error: {
            message: "The server had an error while processing your request.",
            type: "server_error",
            param: null,
            code: null,
          },
        }),
      },
      { end: true },
    ],
    plain: () => whole(200, { error: { message: "Provider returned error", code: 502 } }),
  },
  "400 unsupported parameter": both(() =>
    error(400, {
      message: "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
      type: "invalid_request_error",
      param: "max_tokens",
      code: "unsupported_parameter",
    }),
  ),
  "401": both(() =>
    error(401, {
      message: "Incorrect API key provided.",
      type: "invalid_request_error",
      code: "invalid_api_key",
    }),
  ),
  "429 with retry-after": limited((speed) => ({ "retry-after": String(2 / speed) })),
  "429 with retry-after-ms": limited((speed) => ({
    "retry-after-ms": String(1_500 / speed),
    "retry-after": "60",
  })),
  "429 with nonsense": limited(() => ({ "retry-after": "in a while", "retry-after-ms": "NaN" })),
  "429 with quota": both(() =>
    error(429, {
      message: "You exceeded your current quota, please check your plan and billing details.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
  ),
  "500 with HTML": both(() =>
    whole(500, "<html><body><h1>Internal Server Error</h1></body></html>", { "content-type": "text/html" }),
  ),
  "503": both(() => error(503, { message: "The engine is currently overloaded.", type: "server_error" })),
  "slow first byte": both((answer, body) => [{ wait: 15_000 }, ...healthy(answer, body)]),
  "slow drip": {
    streamed: (answer, body) => healthy({ ...answer, tokenMs: 1_000 }, body),
    plain: (answer) => {
      const text = JSON.stringify(completion(answer));
      const pieces = text.match(/[\s\S]{1,40}/gu) ?? [];
      return [
        headOf(200, text),
        ...pieces.flatMap((send): Step[] => [{ wait: 1_000 }, { send }]),
        { end: true },
      ];
    },
  },
  "another model than asked": both((answer, body) => healthy({ ...answer, model: "router-pick-7b" }, body)),
  "logprobs: null": saying(LABEL),
} as const satisfies Record<string, Case>;

export type Fact = keyof typeof FACTS;
