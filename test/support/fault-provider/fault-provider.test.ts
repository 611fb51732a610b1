/** The fault provider itself: each fault is what its scenario says, as a plain client of HTTP sees it. */
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/contract/json.ts";
import { stopwatch } from "../../../src/platform/clock.ts";
import {
  type FaultProvider,
  type FaultProviderOptions,
  FACTS,
  type Scenario,
  SCENARIOS,
  startFaultProvider,
} from "./fault-provider.ts";

const SPEED = 10;
const open: FaultProvider[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

async function start(options: FaultProviderOptions = {}): Promise<FaultProvider> {
  const provider = await startFaultProvider({ speed: SPEED, ...options });
  open.push(provider);
  return provider;
}

interface Got {
  status: number | "broken" | "late";
  retryAfter: string | null;
  /** What came of the body, and whether its end did. */
  text: string;
  whole: boolean;
  headMs: number;
  firstMs: number;
  ms: number;
}

/** Asks like a client that knows nothing, and waits so long, in full timing. */
async function ask(provider: FaultProvider, more: JsonObject = {}, patienceMs = 50_000): Promise<Got> {
  const body = { model: "primary", messages: [{ role: "user", content: "Say it." }], ...more };
  const elapsed = stopwatch();
  const time = () => elapsed() * provider.speed;
  const got: Got = {
    status: "broken",
    retryAfter: null,
    text: "",
    whole: false,
    headMs: 0,
    firstMs: 0,
    ms: 0,
  };
  try {
    const reply = await fetch(`${provider.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patienceMs / provider.speed),
    });
    got.status = reply.status;
    got.retryAfter = reply.headers.get("retry-after");
    got.headMs = time();
    const decoder = new TextDecoder();
    for await (const piece of reply.body!) {
      if (got.text === "") got.firstMs = time();
      got.text += decoder.decode(piece as Uint8Array, { stream: true });
    }
    got.whole = true;
  } catch (error) {
    if ((error as Error).name === "TimeoutError") got.status = got.status === "broken" ? "late" : got.status;
  }
  got.ms = time();
  return got;
}

/** The text in the events of a stream. */
function textOf(stream: string): string {
  const events = stream.split("\n\n").filter((event) => event.startsWith("data: {"));
  return events
    .map((event) => JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? "")
    .join("");
}

describe("a healthy answer", () => {
  test("is whole, streamed and plain, from each of the three models", async () => {
    const provider = await start();
    for (const model of ["primary", "fallback-2", "larger"] as const) {
      const plain = JSON.parse((await ask(provider, { model })).text) as JsonObject;
      expect(plain).toMatchObject({ choices: [{ message: { content: provider.text } }] });
      const streamed = await ask(provider, { model, stream: true, stream_options: { include_usage: true } });
      expect(textOf(streamed.text)).toBe(provider.text);
      expect(streamed.text).toContain('"choices":[],"usage"');
      expect(streamed.text.endsWith("data: [DONE]\n\n")).toBe(true);
    }
    expect(provider.seen.map(({ actor }) => actor)).toStrictEqual(
      ["primary", "fallback", "larger"].flatMap((actor) => [actor, actor]),
    );
    expect(provider.seen.every(({ end, tokens }) => end === "whole" && tokens === 60)).toBe(true);
  });

  test("is that of the path's model, whatever the model is called", async () => {
    const provider = await start();
    const reply = await fetch(`${provider.urlOf("fallback")}/chat/completions`, {
      method: "POST",
      body: '{"model":"anything"}',
    });
    expect(await reply.json()).toMatchObject({
      model: provider.answeredBy("fallback"),
      usage: { prompt_tokens: 43 },
    });
  });
});

const REFUSALS: [Scenario, number[]][] = [
  ["S01", [429, 200, 200]],
  ["S02", [429, 429, 429]],
  ["S03", [500, 200, 200]],
  ["S04", [503, 503, 503]],
  ["S12", [400, 400, 400]],
  ["S13", [400, 400, 400]],
  ["S16", [503, 503, 503]],
];

describe("the fault", () => {
  test("has a scenario for each of the sixteen", () => {
    expect(Object.keys(SCENARIOS)).toStrictEqual(
      Array.from({ length: 16 }, (_, i) => `S${String(i + 1).padStart(2, "0")}`),
    );
    expect(Object.keys(FACTS).length).toBeGreaterThan(25);
  });

  test.each(REFUSALS)("of %s is answered with %j, streamed and plain", async (scenario, expected) => {
    const provider = await start();
    for (const stream of [false, true]) {
      provider.play(scenario);
      const got: Got[] = [];
      for (const _ of expected) got.push(await ask(provider, { stream }));
      expect(got.map(({ status }) => status)).toStrictEqual(expected);
      expect(got[0]!.retryAfter).toBe(scenario === "S01" ? String(2 / SPEED) : null);
      // The fallback is healthy, but for a request that is too long.
      const fallback = await ask(provider, { stream, model: "fallback" });
      expect(fallback.status).toBe(scenario === "S12" ? 400 : 200);
      expect((await ask(provider, { stream, model: "larger" })).status).toBe(200);
    }
  });

  test("in full timing names whole seconds", async () => {
    const provider = await start({ speed: 1 });
    provider.play("S01");
    expect((await ask(provider)).retryAfter).toBe("2");
  });

  test("of S05 is a reset before any byte, once", async () => {
    const provider = await start();
    provider.play("S05");
    expect(await ask(provider)).toMatchObject({ status: "broken", text: "" });
    expect(await ask(provider)).toMatchObject({ status: 200, whole: true });
  });

  test("of S06 is silence, and of S07 a head without a token for twenty seconds", async () => {
    const provider = await start();
    for (const stream of [false, true]) {
      provider.play("S06");
      expect(await ask(provider, { stream }, 10_000)).toMatchObject({ status: "late" });
      await expect.poll(() => provider.seen[0]!.end).toBe("left");
      provider.play("S07");
      const got = await ask(provider, { stream });
      expect(got).toMatchObject({ status: 200, whole: true });
      expect(got.headMs).toBeLessThan(10_000);
      expect(got.firstMs).toBeGreaterThan(19_000);
    }
  });

  test.each(["close", "reset", "clean"] as const)(
    "of S08 is an end after 40 tokens, by a %s",
    async (death) => {
      const provider = await start({ death });
      provider.play("S08");
      const streamed = await ask(provider, { stream: true });
      expect(streamed).toMatchObject({ status: 200, whole: death === "clean" });
      expect(streamed.text).not.toContain("[DONE]");
      expect(streamed.text).not.toContain('"stop"');
      expect(provider.text.startsWith(textOf(streamed.text))).toBe(true);
      // A reset may take along what had been sent.
      if (death !== "reset") expect(textOf(streamed.text)).toBe(provider.text.split(" ", 40).join(" ") + " ");
      expect(provider.seen[0]).toMatchObject({ tokens: 40, end: death === "clean" ? "whole" : "dropped" });
      expect(await ask(provider)).toMatchObject({ status: 200, whole: false });
    },
  );

  test("of S09 is silence for thirty seconds after 20 tokens, then a close", async () => {
    const provider = await start();
    provider.play("S09");
    const got = await ask(provider, { stream: true });
    expect(got).toMatchObject({ status: 200, whole: false });
    expect(got.ms).toBeGreaterThan(29_000);
    expect(textOf(got.text)).toBe(provider.text.split(" ", 20).join(" ") + " ");
  });

  test("of S10 is a tenth event that is no JSON among whole ones", async () => {
    const provider = await start();
    provider.play("S10");
    const events = (await ask(provider, { stream: true })).text.split("\n\n");
    const isJson = (event: string) => {
      try {
        return typeof JSON.parse(event.slice(6)) === "object";
      } catch {
        return false;
      }
    };
    const broken = events.flatMap((event, i) =>
      event.startsWith("data: ") && event !== "data: [DONE]" && !isJson(event) ? [i + 1] : [],
    );
    expect(broken).toStrictEqual([10]);
    expect(events.at(-2)).toBe("data: [DONE]");
    const plain = await ask(provider);
    expect(plain.whole).toBe(true);
    expect(isJson(`data: ${plain.text}`)).toBe(false);
  });

  test("of S11 is a whole answer that nobody ends", async () => {
    const provider = await start();
    provider.play("S11");
    const got = await ask(provider, { stream: true, stream_options: { include_usage: true } }, 15_000);
    expect(textOf(got.text)).toBe(provider.text);
    expect(got).toMatchObject({ whole: false });
    expect(got.text).toContain('"usage":{');
    expect(got.text).not.toContain("[DONE]");
    expect(await ask(provider)).toMatchObject({ status: 200, whole: true });
  });

  test("of S14 is joined by a fallback that takes no beginning of an answer", async () => {
    const provider = await start();
    provider.play("S14");
    expect(await ask(provider, { stream: true })).toMatchObject({ whole: false });
    const messages = [
      { role: "user", content: "Say it." },
      { role: "assistant", content: "word1" },
    ];
    const refused = await ask(provider, { model: "fallback", messages });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("prefill");
    expect(await ask(provider, { model: "fallback" })).toMatchObject({ status: 200, whole: true });
  });

  test("of S15 is over after a minute, counted from the beginning of the play", async () => {
    const provider = await start({ speed: 100 });
    provider.play("S15");
    expect((await ask(provider)).status).toBe(503);
    await pause(650);
    expect((await ask(provider)).status).toBe(200);
    const [first, second] = provider.seen;
    expect(first!.atMs).toBeLessThan(60_000);
    expect(second!.atMs).toBeGreaterThan(60_000);
  });
});

describe("what was seen", () => {
  test("begins anew with each play and tells who was waiting", async () => {
    const provider = await start();
    const three = provider.received(3);
    await Promise.all([ask(provider), ask(provider), ask(provider, { model: "fallback" })]);
    await three;
    expect(provider.seen).toHaveLength(3);
    expect(provider.answering).toBe(0);
    provider.play("S04");
    expect(provider.seen).toHaveLength(0);
    await ask(provider, { stream: true });
    expect(provider.seen).toMatchObject([
      { actor: "primary", model: "primary", streamed: true, status: 503, tokens: 0, end: "whole" },
    ]);
  });

  test("is nothing of what is not a chat request", async () => {
    const provider = await start();
    expect((await fetch(`${provider.url}/models`)).status).toBe(404);
    expect((await fetch(`${provider.url}/chat/completions`, { method: "POST", body: "{" })).status).toBe(400);
    expect(provider.seen).toHaveLength(0);
    await expect(fetch(provider.refusedUrl)).rejects.toThrow();
  });
});
