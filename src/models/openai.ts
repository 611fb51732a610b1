/**
 * Language models behind an OpenAI-compatible endpoint: `POST {baseUrl}/chat/completions`.
 *
 * One question is one call, except that a parameter which the server does not take is left out and the question asked
 * again at once; what was learnt holds for the life of the model. Where silence is limited, the answer is streamed on its way
 * and still given whole. Bodies and replies are in openai-wire.ts, the calls in chat-caller.ts, the log-probability of a label
 * in confidence.ts. Retries and fallback belong to the case.
 */
import type { Clock } from "../platform/clock.ts";
import type { Egress } from "../platform/egress.ts";
import { type ChatCall, openChatCaller } from "./chat-caller.ts";
import { labelProbability } from "./confidence.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Model, ModelAnswer, ModelRequest } from "./model.ts";
import { chatBody, type ChatSettings, FULL_SHAPE, readChat, stepDown } from "./openai-wire.ts";

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
  /** Limits on silence. With one of the last two the answer is streamed on its way: a plain one is silent until its end. */
  deadlines?: Partial<Omit<Deadlines, "totalMs">>;
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
  const { confidence, timeoutMs, deadlines = {} } = options;
  const describe = `openai ${options.name} at ${options.connection ?? new URL(options.baseUrl).host}`;
  const { baseUrl, apiKey, headers, maxReplyBytes, clock, egress } = options;
  const caller = openChatCaller({
    baseUrl,
    describe,
    deadlines: { ...deadlines, totalMs: timeoutMs },
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(headers === undefined ? {} : { headers }),
    ...(maxReplyBytes === undefined ? {} : { maxReplyBytes }),
    ...(clock === undefined ? {} : { clock }),
    ...(egress === undefined ? {} : { egress }),
  });
  const streamed = deadlines.firstTokenMs !== undefined || deadlines.idleMs !== undefined;
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
      let sent = shape;
      const call: ChatCall = {
        body: chatBody(request, settings, sent),
        signal,
        again(reply) {
          const lower = stepDown(reply, sent, settings);
          if (lower === undefined) return undefined;
          // Another question may have stepped down meanwhile; then its shape is tried before going lower.
          if (shape === sent) shape = lower;
          sent = shape;
          return chatBody(request, settings, sent);
        },
      };
      const reply = streamed ? await caller.buffered(call) : await caller.plain(call);
      const { answer, tokens } = readChat(reply.body, describe);
      if (streamed && reply.firstTokenMs !== undefined) answer.firstTokenMs = reply.firstTokenMs;
      return tokens === undefined ? answer : withConfidence(answer, request, tokens, confidence);
    },
    form: () => (shape.format === "none" ? "words" : shape.format),
    close: () => caller.close(),
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
