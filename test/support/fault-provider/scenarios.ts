/**
 * The sixteen faults that a public benchmark for gateways plays, for streamed and plain requests.
 *
 * Pure: what is done with a request follows from who is asked, how often before, and when.
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
  partly,
  type Step,
  whole,
} from "./steps.ts";

/** Who is asked: by the name of the model or by the path. `larger` takes longer requests than the other two. */
export type Actor = "primary" | "fallback" | "larger";

export const SCENARIOS = {
  S01: "429 with a time to wait, once",
  S02: "429 for ever, without a header",
  S03: "500 once",
  S04: "503 for ever",
  S05: "reset before the headers, once",
  S06: "accepts and never answers",
  S07: "headers at once, first token late",
  S08: "dies after 40 tokens, without an end",
  S09: "silent after 20 tokens",
  S10: "the tenth event is not JSON",
  S11: "whole, but without [DONE]",
  S12: "the context is too long",
  S13: "the content is against the policy",
  S14: "dies after 40 tokens; the fallback takes no beginning of an answer",
  S15: "503 for a minute",
  S16: "503 for ever; the fallback answers with usage of its own",
} as const;

export type Scenario = keyof typeof SCENARIOS;

export interface Asked {
  actor: Actor;
  /** How often this actor has been asked since the scenario began, this time included. */
  nth: number;
  /** Since the scenario began. */
  atMs: number;
  body: JsonObject;
}

export interface ScenarioParts {
  answer: Answer;
  /** How much faster than in full timing everything goes, for what a header says. */
  speed: number;
  /** How a stream dies in S08 and S14: `clean` ends the reply as if nothing were missing. */
  death: "close" | "reset" | "clean";
}

/** What was written is on its way before the connection breaks. */
const LINGER: Step = { wait: 50 };

export function scenarioSteps(scenario: Scenario, asked: Asked, parts: ScenarioParts): Step[] {
  const { answer } = parts;
  const { actor, body } = asked;
  if (scenario === "S12" && actor === "fallback") return tooLong(8_192);
  if (scenario === "S14" && actor === "fallback" && lastRole(body) === "assistant")
    return error(400, {
      message: "This model does not support assistant message prefill.",
      type: "invalid_request_error",
    });
  if (actor !== "primary") return healthy(answer, body);
  return primarySteps(scenario, asked, parts);
}

function primarySteps(scenario: Scenario, { nth, atMs, body }: Asked, parts: ScenarioParts): Step[] {
  const { answer, speed } = parts;
  const well = () => healthy(answer, body);
  const streamed = body["stream"] === true;
  switch (scenario) {
    case "S01":
      return nth === 1 ? busy({ "retry-after": String(2 / speed) }) : well();
    case "S02":
      return busy();
    case "S03":
      return nth === 1 ? error(500, { message: "The server had an error.", type: "server_error" }) : well();
    case "S04":
    case "S16":
      return down();
    case "S05":
      return nth === 1 ? [{ drop: "reset" }] : well();
    case "S06":
      return [{ wait: 120_000 }, { drop: "close" }];
    case "S07":
      return streamed ? lateStream(answer, body) : latePlain(answer);
    case "S08":
    case "S14":
      return streamed
        ? [...beginning(answer, 40), LINGER, parts.death === "clean" ? { end: true } : { drop: parts.death }]
        : partly(answer, 40, [LINGER, { drop: parts.death === "clean" ? "close" : parts.death }]);
    case "S09": {
      const silence: Step[] = [{ wait: 30_000 }, { drop: "close" }];
      return streamed ? [...beginning(answer, 20), ...silence] : partly(answer, 20, silence);
    }
    case "S10":
      return streamed ? spoiltStream(answer, body) : spoiltPlain(answer);
    case "S11":
      // A plain reply has no such end to miss.
      return streamed
        ? [...beginning(answer), ...finish(answer, body), { wait: 30_000 }, { drop: "close" }]
        : well();
    case "S12":
      return tooLong(4_096);
    case "S13":
      return error(400, {
        message: "Your request was rejected: it asks for instructions that our policy does not allow.",
        type: "invalid_request_error",
        code: "content_policy_violation",
      });
    case "S15":
      return atMs < 60_000 ? down() : well();
  }
}

function busy(headers: Record<string, string> = {}): Step[] {
  return error(
    429,
    { message: "Rate limit reached for requests.", type: "requests", code: "rate_limit_exceeded" },
    headers,
  );
}

const down = () => error(503, { message: "The engine is currently overloaded.", type: "server_error" });

function tooLong(most: number): Step[] {
  return error(400, {
    message: `This model's maximum context length is ${most} tokens. However, your messages resulted in 20000 tokens.`,
    type: "invalid_request_error",
    param: "messages",
    code: "context_length_exceeded",
  });
}

function lateStream(answer: Answer, body: JsonObject): Step[] {
  const [head, ...rest] = [...beginning(answer), ...finish(answer, body), ...DONE];
  return [head!, { wait: 20_000 }, ...rest];
}

function latePlain(answer: Answer): Step[] {
  const [head, ...rest] = whole(200, completion(answer), {}, answer.tokens.length);
  return [head!, { wait: 20_000 }, ...rest];
}

/** The role is the first event, so that the tenth is the ninth token. */
function spoiltStream(answer: Answer, body: JsonObject): Step[] {
  const { model, tokens, tokenMs } = answer;
  const sent = tokens.flatMap((content, i): Step[] => [
    { wait: tokenMs },
    {
      send:
        i === 8 ? 'data: {"id": "chatcmpl-fault", "choices": [{"del\n\n' : event(chunk(model, { content })),
      tokens: 1,
    },
  ]);
  return [
    { head: 200, headers: EVENT_STREAM },
    { send: event(chunk(model, { role: "assistant", content: "" })) },
    ...sent,
    ...finish(answer, body),
    ...DONE,
  ];
}

function spoiltPlain(answer: Answer): Step[] {
  const text = JSON.stringify(completion(answer)).replace('"message":', '"message"::');
  return [headOf(200, text), { send: text, tokens: answer.tokens.length }, { end: true }];
}

function lastRole(body: JsonObject): unknown {
  const { messages } = body;
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return (last as { role?: unknown } | undefined)?.role;
}
