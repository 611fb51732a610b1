/**
 * For the tests of the chat adapter: a model over a real HTTP double, and what it answers or how it fails.
 *
 * Whatever is opened is closed after each test.
 */
import { afterEach, expect } from "vitest";
import { type ProviderOptions, startProvider } from "../../test/support/provider.ts";
import type { Play } from "../../test/support/provider-plays.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { ModelRequest } from "./model.ts";
import { openaiModel, type OpenaiOptions } from "./openai.ts";

/** What is to be closed after the test. */
export const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

export const KEY = "sk-test-0123456789abcdef";
export const RIGHT = { category: "billing" };
export const schema: JsonObject = {
  type: "object",
  properties: { category: { enum: ["billing", "technical"] } },
  required: ["category"],
  additionalProperties: false,
};

export function request(more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    caseId: "case_marker0001",
    release: "sha256-marker0002",
    messages: [
      { role: "system", content: "You sort tickets." },
      { role: "user", content: "My invoice is wrong." },
    ],
    input: { hidden: "marker0003" },
    outputSchema: schema,
    attachments: [],
    ...more,
  };
}

export async function start(provider: Partial<ProviderOptions> = {}, model: Partial<OpenaiOptions> = {}) {
  const double = await startProvider({ answer: () => ({ output: RIGHT }), apiKey: KEY, ...provider });
  const asked = openaiModel({
    baseUrl: double.url,
    apiKey: KEY,
    name: "gpt-test",
    timeoutMs: 5_000,
    confidence: { from: "none" },
    connection: "double",
    ...model,
  });
  open.push(
    () => double.stop(),
    () => asked.close!(),
  );
  const ask = (more?: Partial<ModelRequest>, signal = new AbortController().signal) =>
    asked.ask(request(more), signal);
  return { double, model: asked, ask };
}

/** The answer to one play. */
export async function answerTo(play: Play) {
  const { ask } = await start({ faults: [play] });
  return ask();
}

/** The error for one play. */
export async function errorFor(play: Play, model: Partial<OpenaiOptions> = {}): Promise<PilotageError> {
  const { ask } = await start({ faults: [play] }, model);
  return failing(ask());
}

export async function failing(call: Promise<unknown>): Promise<PilotageError> {
  const error: unknown = await call.then(
    (answer) => expect.fail(`it answered: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (!(error instanceof PilotageError)) throw error;
  return error;
}
