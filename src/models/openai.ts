/**
 * Language models behind an OpenAI-compatible endpoint: `POST {baseUrl}/chat/completions`.
 *
 * One question is one call, except that a parameter which the server does not take is left out and the question asked
 * again at once; what was learnt holds for the life of the model. Bodies and replies are in openai-wire.ts, what errors
 * mean is in failures.ts, the log-probability of a label in confidence.ts. Retries and fallback belong to the case.
 */
import { type Clock, stopwatch, systemClock } from "../platform/clock.ts";
import type { Egress } from "../platform/egress.ts";
import { labelProbability } from "./confidence.ts";
import { failureOf } from "./failures.ts";
import type { Model, ModelAnswer, ModelRequest } from "./model.ts";
import { chatBody, type ChatSettings, FULL_SHAPE, readChat, stepDown } from "./openai-wire.ts";
import { openUpstream, tooLate } from "./upstream.ts";

/** Which field's confidence is wanted, and where it comes from. */
export interface ConfidenceSource {
  of?: string;
  from: "logprob" | "model" | "none";
}

export interface OpenaiOptions {
  /** Up to and without `/chat/completions`; a query is kept. */
  baseUrl: string;
  apiKey?: string;
  /** The model's name as the provider knows it. */
  name: string;
  temperature?: number;
  maxTokens?: number;
  /** For the whole question, steps down included. */
  timeoutMs: number;
  headers?: Record<string, string>;
  confidence: ConfidenceSource;
  /** The name under which people know the connection; the host when left out. */
  connection?: string;
  maxReplyBytes?: number;
  clock?: Clock;
  /** Where connections may lead; public addresses and loopback when left out. */
  egress?: Egress;
}

/** A model that answers over the chat wire. Throws `model_unavailable`, `model_refused`, `model_bad_answer` as failures.ts says. */
export function openaiModel(options: OpenaiOptions): Model {
  const { apiKey, confidence, timeoutMs, clock = systemClock } = options;
  const describe = `openai ${options.name} at ${options.connection ?? new URL(options.baseUrl).host}`;
  const upstream = openUpstream({
    url: endpoint(options.baseUrl),
    describe,
    timeoutMs,
    ...(options.maxReplyBytes === undefined ? {} : { maxReplyBytes: options.maxReplyBytes }),
    ...(options.egress === undefined ? {} : { egress: options.egress }),
  });
  const headers = {
    ...options.headers,
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  const secrets = [...(apiKey === undefined ? [] : [apiKey]), ...Object.values(options.headers ?? {})];
  const settings: ChatSettings = {
    name: options.name,
    logprobs: confidence.from === "logprob",
    ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
    ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
  };
  let shape = FULL_SHAPE;

  return {
    describe,
    async ask(request, signal) {
      const elapsed = stopwatch();
      for (;;) {
        const sent = shape;
        const leftMs = Math.ceil(timeoutMs - elapsed());
        if (leftMs <= 0) throw tooLate(describe, timeoutMs);
        const reply = await upstream.post(chatBody(request, settings, sent), headers, { signal, leftMs });
        if (reply.status >= 200 && reply.status < 300) {
          const { answer, tokens } = readChat(reply.text, describe);
          return tokens === undefined ? answer : withConfidence(answer, request, tokens, confidence);
        }
        const lower = stepDown(reply, sent, settings);
        if (lower === undefined) throw failureOf(reply, describe, secrets, clock.now());
        // Another question may have stepped down meanwhile; then its shape is tried before going lower.
        if (shape === sent) shape = lower;
      }
    },
    form: () => (shape.format === "none" ? "words" : shape.format),
    close: () => upstream.close(),
  };
}

function withConfidence(
  answer: ModelAnswer,
  request: ModelRequest,
  tokens: Parameters<typeof labelProbability>[1],
  source: ConfidenceSource,
): ModelAnswer {
  const field = request.confidenceOf ?? source.of;
  if (source.from !== "logprob" || field === undefined || answer.output === undefined) return answer;
  const confidence = labelProbability(answer.text, tokens, field, request.outputSchema);
  return confidence === undefined ? answer : { ...answer, confidence };
}

function endpoint(baseUrl: string): string {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/chat/completions`;
  return url.href;
}
