/**
 * An answer in the shapes of the chat wire: whole, or as the events of a stream. Pure.
 *
 * A stream that is made from a whole answer has the role first, then the text in pieces, then the finish, the usage where
 * it was asked for, and the end. Pieces never cut a character.
 */
import type { JsonObject } from "../contract/json.ts";

export interface WholeAnswer {
  id: string;
  /** Milliseconds. */
  createdAt: number;
  model: string;
  content: string;
  usage: { inputTokens: number; outputTokens: number } | undefined;
}

/** Code units of text in one event. */
const PIECE = 400;

export const DONE = "data: [DONE]\n\n";

export function completionOf(answer: WholeAnswer): JsonObject {
  return {
    id: answer.id,
    object: "chat.completion",
    created: Math.floor(answer.createdAt / 1000),
    model: answer.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: answer.content, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    ...(answer.usage === undefined ? {} : { usage: usageOf(answer.usage) }),
  };
}

/** The whole stream as text. */
export function streamOf(answer: WholeAnswer, includeUsage: boolean): string {
  const head = {
    id: answer.id,
    object: "chat.completion.chunk",
    created: Math.floor(answer.createdAt / 1000),
    model: answer.model,
  };
  const chunk = (delta: JsonObject, finish: string | null) =>
    event({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(includeUsage ? { usage: null } : {}),
    });
  return [
    chunk({ role: "assistant", content: "", refusal: null }, null),
    ...pieces(answer.content).map((content) => chunk({ content }, null)),
    chunk({}, "stop"),
    ...(includeUsage && answer.usage !== undefined
      ? [event({ ...head, choices: [], usage: usageOf(answer.usage) })]
      : []),
    DONE,
  ].join("");
}

export function event(value: JsonObject): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function usageOf({ inputTokens, outputTokens }: NonNullable<WholeAnswer["usage"]>): JsonObject {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}

function pieces(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + PIECE, text.length);
    const unit = text.charCodeAt(end - 1);
    if (end < text.length && unit >= 0xd800 && unit < 0xdc00) end++;
    found.push(text.slice(at, end));
    at = end;
  }
  return found;
}
