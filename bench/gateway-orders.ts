/** What the processes of the gateway bench tell each other: a question of 1 KB, an answer of 600 bytes, and how many. */

export interface Load {
  origin: string;
  connections: number;
  count: number;
  model: string;
  headers: Record<string, string>;
}

export interface Loaded {
  seconds: number;
  /** Milliseconds of a call. */
  p50: number;
  p99: number;
}

export const MODEL = "bench-model";

const QUESTION = "Please say in one sentence what this customer wants, and which team should answer it. ";

export function questionOf(model: string) {
  return {
    model,
    messages: [
      { role: "system", content: "You sort tickets." },
      { role: "user", content: QUESTION.repeat(11) },
    ],
    temperature: 0,
  };
}

export const ANSWER = {
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_790_000_000,
  model: MODEL,
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content:
          "The customer asks why the invoice of last month shows an amount that nobody ordered. ".repeat(3),
        refusal: null,
      },
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 240, completion_tokens: 60, total_tokens: 300 },
};
