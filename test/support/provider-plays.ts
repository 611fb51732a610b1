/**
 * What the test double of a provider can play: replies and faults in the shapes seen from real OpenAI-compatible servers.
 *
 * Plain data; provider.ts puts it on the wire.
 */

/** One reply as it goes over the wire, sent after `before` is settled, or a way of not replying. */
export type Play =
  | { status: number; headers?: Record<string, string>; body: string | Uint8Array; before?: Promise<unknown> }
  /** Closes with a reset: before any byte of the reply, or in the middle of its body. */
  | { reset: "before" | "middle" }
  /** Accepts the request and never replies. */
  | { silent: true }
  /** Raw bytes instead of HTTP, then a close. */
  | { raw: string };

export interface ShownToken {
  token: string;
  logprob: number;
  bytes: number[] | null;
  top_logprobs: { token: string; logprob: number; bytes: number[] | null }[];
}

export interface Completion {
  /** The text; strings, parts, or null as real servers send it. */
  content?: unknown;
  refusal?: string | null;
  reasoning?: string;
  finish?: string | null;
  /** The name under which the model answers; by default a dated form of the one asked for. */
  model?: string;
  /** `null` as many servers say, left out, or tokens (see `spell`). */
  logprobs?: ShownToken[] | null;
  usage?: Record<string, unknown> | null;
}

/** A chat completion with the keys that vendors add. `asked` is the model's name in the request. */
export function completion(asked: string, parts: Completion): Play {
  const message: Record<string, unknown> = { role: "assistant", content: parts.content, annotations: [] };
  if (parts.refusal !== undefined) message["refusal"] = parts.refusal;
  if (parts.reasoning !== undefined) message["reasoning_content"] = parts.reasoning;
  const choice: Record<string, unknown> = {
    index: 0,
    message,
    finish_reason: parts.finish === undefined ? "stop" : parts.finish,
  };
  if (parts.logprobs !== undefined)
    choice["logprobs"] = parts.logprobs === null ? null : { content: parts.logprobs, refusal: null };
  const usage =
    parts.usage === undefined
      ? {
          prompt_tokens: 41,
          completion_tokens: 17,
          total_tokens: 58,
          queue_time: 0.003,
          usage_breakdown: { models: 1 },
        }
      : parts.usage;
  return json(200, {
    id: "chatcmpl-double",
    object: "chat.completion",
    created: 1_760_000_000,
    model: parts.model ?? `${asked}-2026-04-14`,
    choices: [choice],
    ...(usage === null ? {} : { usage }),
    service_tier: "default",
    system_fingerprint: "fp_double",
    x_vendor: { id: "req_1" },
  });
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Play {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

/** An error with the four keys that real servers send. */
export function failure(
  status: number,
  error: { message: string; type?: string | null; param?: string | null; code?: string | number | null },
  headers: Record<string, string> = {},
): Play {
  const { message, type = "invalid_request_error", param = null, code = null } = error;
  return json(status, { error: { message, type, param, code } }, headers);
}

export const unsupported = (param: string, instead = "Use another one instead.") =>
  failure(400, {
    message: `Unsupported parameter: '${param}' is not supported with this model. ${instead}`,
    param,
    code: "unsupported_parameter",
  });

export const wrongKey = (echo = "sk-ab***yz") =>
  failure(401, { message: `Incorrect API key provided: ${echo}.`, code: "invalid_api_key" });

export const rateLimited = (headers: Record<string, string> = {}) =>
  failure(
    429,
    { message: "Rate limit reached for requests.", type: "requests", code: "rate_limit_exceeded" },
    headers,
  );

export const quotaUsedUp = () =>
  failure(429, {
    message: "You exceeded your current quota, please check your plan and billing details.",
    type: "insufficient_quota",
    code: "insufficient_quota",
  });

export const gatewayPage = (status = 500): Play => ({
  status,
  headers: { "content-type": "text/html" },
  body: "<html><head><title>Error</title></head><body><h1>upstream error</h1></body></html>",
});

export const overloaded = (headers: Record<string, string> = {}) =>
  failure(503, { message: "The engine is currently overloaded.", type: "server_error" }, headers);

/** Cut in the middle, as a server does at its token limit. */
export const cut = (asked: string, text: string): Play =>
  completion(asked, { content: text.slice(0, Math.ceil(text.length / 2)), finish: "length" });

export const refused = (asked: string): Play =>
  completion(asked, { content: null, refusal: "I'm sorry, I cannot assist with that request." });

/**
 * Spells a text in tokens of about four letters with a log-probability near 0, except that `label` begins with the
 * token that decides it: probability `p`, and the rest of it spread over `rivals`.
 */
export function spell(
  text: string,
  label: string,
  p: number,
  rivals: Record<string, number> = {},
): ShownToken[] {
  const at = text.indexOf(label);
  if (at < 0) throw new Error(`The text does not contain ${JSON.stringify(label)}.`);
  const pieces = (part: string) => part.match(/[\s\S]{1,4}/gu) ?? [];
  return [...pieces(text.slice(0, at)), label, ...pieces(text.slice(at + label.length))].map(
    (token, index) => {
      const here = index === pieces(text.slice(0, at)).length;
      const self = shown(token, here ? p : 0.9999);
      const others = here ? Object.entries(rivals).map(([rival, mass]) => shown(rival, mass)) : [];
      return { ...self, top_logprobs: [self, ...others] };
    },
  );
}

function shown(token: string, probability: number) {
  return { token, logprob: Math.log(probability), bytes: [...Buffer.from(token, "utf8")] };
}
