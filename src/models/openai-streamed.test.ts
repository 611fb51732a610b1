/** The chat adapter with limits on silence: the answer is streamed on its way and given as one, or not at all. */
import { afterEach, describe, expect, test } from "vitest";
import {
  type FaultProvider,
  type Playing,
  startFaultProvider,
} from "../../test/support/fault-provider/fault-provider.ts";
import { failing, request } from "./openai.fixture.ts";
import { openaiModel, type OpenaiOptions } from "./openai.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const LIMITS = { firstTokenMs: 1_200, idleMs: 1_500 };

async function start(playing: Playing, more: Partial<OpenaiOptions> = {}) {
  const provider: FaultProvider = await startFaultProvider({ speed: 10 });
  provider.play(playing);
  const model = openaiModel({
    baseUrl: provider.url,
    name: "primary",
    timeoutMs: 8_000,
    confidence: { from: "none" },
    deadlines: LIMITS,
    ...more,
  });
  open.push(
    () => provider.stop(),
    () => model.close!(),
  );
  const ask = () => model.ask(request(), new AbortController().signal);
  return { provider, ask };
}

describe("a model with limits on silence", () => {
  test("is asked in a stream, with usage, and answers as a plain one does", async () => {
    const streamed = await start("JSON in a string");
    const plain = await start("JSON in a string", { deadlines: {} });
    const { firstTokenMs, ...answer } = await streamed.ask();
    expect(firstTokenMs).toBeGreaterThan(0);
    expect(answer).toStrictEqual(await plain.ask());
    expect(answer).toMatchObject({
      output: { category: "billing" },
      finish: "stop",
      model: "primary-2026-04-14",
      version: "fp_fault",
      usage: { inputTokens: 41, outputTokens: 60 },
    });
    expect(streamed.provider.seen[0]!.body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
      response_format: { type: "json_schema" },
    });
    expect(plain.provider.seen[0]!.body).not.toHaveProperty("stream");
    expect(plain.provider.seen[0]!.body).not.toHaveProperty("stream_options");
  });

  test.each<[Playing, string]>([
    ["S06", "timeout_first_token"],
    ["S07", "timeout_first_token"],
    ["S08", "cut"],
    ["S09", "timeout_idle"],
    ["S10", "malformed"],
    ["S13", "refused_content"],
    ["error inside the stream", "overloaded"],
  ])("fails with %s as %s, and not with a part of an answer", async (playing, class_) => {
    const { ask } = await start(playing);
    expect((await failing(ask())).details).toMatchObject({ class: class_ });
  });

  test("keeps to the limit on the whole without them", async () => {
    const { ask } = await start("S06", { deadlines: {}, timeoutMs: 500 });
    expect((await failing(ask())).details).toMatchObject({ class: "timeout_total", timeoutMs: 500 });
  });

  test("still leaves out what the server does not take", async () => {
    const { provider, ask } = await start("400 unsupported parameter", { maxTokens: 50 });
    // This server wants the newer name, which was sent: the refusal is about something else.
    expect((await failing(ask())).details).toMatchObject({ class: "refused_request", param: "max_tokens" });
    expect(provider.seen).toHaveLength(1);
  });

  test("gives a refusal and a cut answer as what they are", async () => {
    const refused = await start("null content with a refusal");
    expect(await refused.ask()).toMatchObject({ output: undefined, finish: "refusal" });
    const cut = await start("JSON cut by its length");
    expect(await cut.ask()).toMatchObject({ output: undefined, finish: "length" });
  });
});
