/**
 * What the fault provider does with one request, as a list of steps; and the healthy answer in both forms.
 *
 * Times are those of a real provider; fault-provider.ts runs them faster where it is told to.
 */
import type { JsonObject } from "../../../src/contract/json.ts";

export type Step =
  /** The head of the reply, sent at once. */
  | { head: number; headers?: Record<string, string> }
  /** Bytes of its body; `tokens`: how many of the answer's are in them. */
  | { send: string | Uint8Array; tokens?: number }
  | { wait: number }
  | { end: true }
  /** Breaks the connection: with a reset, or like a server that dies. */
  | { drop: "reset" | "close" };

export interface Answer {
  model: string;
  tokens: readonly string[];
  promptTokens: number;
  /** Between two tokens of a stream. */
  tokenMs: number;
}

const CREATED = 1_764_000_000;
export const EVENT_STREAM = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
};

/** Words that hold characters of one to four bytes; the whole text is their plain joining. */
export function wordsOf(count: number): string[] {
  const odd: Record<number, string> = { 7: "café ", 17: "\u{1d54c}nit ", 33: "\u4e2d\u6587 " };
  return Array.from({ length: count }, (_, i) => odd[i] ?? `word${i + 1} `);
}

export function usage({ promptTokens, tokens }: Answer): JsonObject {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: tokens.length,
    total_tokens: promptTokens + tokens.length,
  };
}

export function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** A chunk of one choice; `more` stands beside the choices. */
export function chunk(
  model: string,
  delta: JsonObject,
  finish: string | null = null,
  more: JsonObject = {},
): JsonObject {
  return {
    id: "chatcmpl-fault",
    object: "chat.completion.chunk",
    created: CREATED,
    model,
    system_fingerprint: "fp_fault",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...more,
  };
}

export function usageChunk(model: string, counts: JsonObject): JsonObject {
  return { ...chunk(model, {}), choices: [], usage: counts };
}

/** The head, the role and the first `count` tokens of a stream. */
export function beginning(answer: Answer, count = answer.tokens.length): Step[] {
  const { model, tokens, tokenMs } = answer;
  return [
    { head: 200, headers: EVENT_STREAM },
    { send: event(chunk(model, { role: "assistant", content: "", refusal: null })) },
    ...tokens
      .slice(0, count)
      .flatMap((content): Step[] => [
        { wait: tokenMs },
        { send: event(chunk(model, { content }, null, { obfuscation: "x7" })), tokens: 1 },
      ]),
  ];
}

/** The finish and, where it was asked for, the usage. */
export function finish(answer: Answer, asked: JsonObject): Step[] {
  const options = asked["stream_options"] as { include_usage?: boolean } | undefined;
  return [
    { send: event(chunk(answer.model, {}, "stop")) },
    ...(options?.include_usage === true ? [{ send: event(usageChunk(answer.model, usage(answer))) }] : []),
  ];
}

export const DONE: Step[] = [{ send: "data: [DONE]\n\n" }, { end: true }];

export function completion(answer: Answer): JsonObject {
  return {
    id: "chatcmpl-fault",
    object: "chat.completion",
    created: CREATED,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: answer.tokens.join(""), refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: usage(answer),
    system_fingerprint: "fp_fault",
  };
}

export function healthy(answer: Answer, asked: JsonObject): Step[] {
  if (asked["stream"] === true) return [...beginning(answer), ...finish(answer, asked), ...DONE];
  return [
    { wait: answer.tokens.length * answer.tokenMs },
    ...whole(200, completion(answer), {}, answer.tokens.length),
  ];
}

/** A reply with a length, sent in one piece. */
export function whole(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  tokens = 0,
): Step[] {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return [headOf(status, text, headers), { send: text, tokens }, { end: true }];
}

/** The first part of a plain reply, and what is done then. */
export function partly(answer: Answer, tokens: number, then: Step[]): Step[] {
  const text = JSON.stringify(completion(answer));
  const bytes = Buffer.from(text);
  const cut = Math.floor((bytes.length * tokens) / answer.tokens.length);
  return [headOf(200, text), { send: bytes.subarray(0, cut), tokens }, ...then];
}

export function headOf(status: number, text: string, headers: Record<string, string> = {}): Step {
  return {
    head: status,
    headers: {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
      ...headers,
    },
  };
}

export function error(
  status: number,
  said: { message: string; type: string; param?: string | null; code?: string | number | null },
  headers: Record<string, string> = {},
): Step[] {
  const { message, type, param = null, code = null } = said;
  return whole(status, { error: { message, type, param, code } }, headers);
}
