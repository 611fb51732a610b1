/** What becomes of each fault of a provider, against a real HTTP server. */
import { describe, expect, test } from "vitest";
import {
  failure,
  gatewayPage,
  json,
  overloaded,
  type Play,
  quotaUsedUp,
  rateLimited,
  unsupported,
  wrongKey,
} from "../../test/support/provider-plays.ts";
import { errorFor, failing, KEY, RIGHT, start } from "./openai.fixture.ts";

describe("a provider that fails", () => {
  test.each<[string, Play, number]>([
    ["503", overloaded(), 503],
    ["a web page with 500", gatewayPage(), 500],
    ["408", failure(408, { message: "Timeout" }), 408],
    ["409", failure(409, { message: "Conflict" }), 409],
    ["425", failure(425, { message: "Too early" }), 425],
    ["429", rateLimited(), 429],
  ])("with %s is unavailable, and trying again can help", async (_, play, status) => {
    const error = await errorFor(play);
    expect(error).toMatchObject({ code: "model_unavailable", retryable: true, details: { status } });
    expect(error.details).not.toHaveProperty("retryAfterMs");
  });

  test.each<[string, Record<string, string>, number | undefined]>([
    ["seconds", { "retry-after": "2" }, 2000],
    ["a part of a second", { "retry-after": "0.5" }, 500],
    ["milliseconds, which win", { "retry-after-ms": "150", "retry-after": "9" }, 150],
    ["milliseconds that are nonsense", { "retry-after-ms": "soon", "retry-after": "9" }, 9000],
    ["a date, by the provider's own clock", { "retry-after": "Sun, 01 Nov 2026 10:00:07 GMT" }, 7000],
    ["a date that has passed", { "retry-after": "Sun, 01 Nov 2026 09:00:00 GMT" }, 0],
    ["nonsense", { "retry-after": "5 apples" }, undefined],
    ["a negative number", { "retry-after": "-5" }, undefined],
    ["an endless number", { "retry-after": "9".repeat(40) }, undefined],
  ])("may name the time to wait in %s", async (_, headers, expected) => {
    for (const play of [rateLimited(headers), overloaded(headers)]) {
      const details = (await errorFor(play)).details as { retryAfterMs?: number };
      expect(details.retryAfterMs).toBe(expected);
    }
  });

  test("because the quota is used up is not worth trying again", async () => {
    expect(await errorFor(quotaUsedUp())).toMatchObject({
      code: "model_unavailable",
      retryable: false,
      details: { status: 429, code: "insufficient_quota" },
    });
  });

  test.each([400, 401, 403, 404, 422, 302])(
    "with %i refuses, and trying again cannot help",
    async (status) => {
      const error = await errorFor(
        failure(
          status,
          { message: "Words of the provider.", code: "some_code" },
          { location: "http://127.0.0.1:1/" },
        ),
      );
      expect(error).toMatchObject({
        code: "model_refused",
        retryable: false,
        details: { status, code: "some_code", providerMessage: "Words of the provider." },
      });
      expect(error.message).toMatch(new RegExp(`openai gpt-test at double refused .* ${status} \\(`));
    },
  );

  test.each<[string, Play]>([
    ["an error as text", json(400, { error: "just words" })],
    ["an error without a frame", json(400, { object: "error", message: "just words", code: 40_001 })],
    ["no JSON at all", { status: 400, body: "just words" }],
  ])("and says so with %s is understood too", async (_, play) => {
    expect(await errorFor(play)).toMatchObject({
      code: "model_refused",
      details: { providerMessage: "just words" },
    });
  });

  test("is quoted with 500 characters at most", async () => {
    const error = await errorFor(failure(400, { message: "x".repeat(9000) }));
    expect(error.details).toMatchObject({ providerMessage: "x".repeat(500) });
    expect(error.message.length).toBeLessThan(300);
  });

  test.each<[string, Play]>([
    ["a web page", gatewayPage(200)],
    ["nothing", { status: 200, body: "" }],
    ["half of its JSON", { status: 200, body: '{"choices":[{"mess' }],
    ["JSON that is a list", json(200, [])],
    ["no choices", json(200, { choices: [], usage: {} })],
    ["an error with status 200", json(200, { error: { message: "no", code: 502 } })],
    ["bytes that are not UTF-8", { status: 200, body: new Uint8Array([0x7b, 0xff, 0x7d]) }],
    ["something that is not HTTP", { raw: "HELLO THERE\r\n\r\n" }],
  ])("by answering with %s gives a bad answer", async (_, play) => {
    expect(await errorFor(play)).toMatchObject({ code: "model_bad_answer", retryable: true });
  });

  test("by answering without end is broken off at the limit", async () => {
    const play: Play = { status: 200, body: `{"x":"${"y".repeat(40_000)}"}` };
    const over = await errorFor(play, { maxReplyBytes: 10_000 });
    expect(over.code).toBe("model_bad_answer");
    expect(over.message).toContain("more than 10000 bytes");
    expect((await errorFor(play, { maxReplyBytes: 50_000 })).message).toContain("no choices");
  });

  test.each<[string, Play]>([
    ["before its reply", { reset: "before" }],
    ["in the middle of its reply", { reset: "middle" }],
    ["by a close in the middle of its reply", { raw: "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{" }],
  ])("and breaks the connection %s is unavailable, and healthy right after", async (_, play) => {
    const { ask } = await start({ faults: [play] });
    expect(await failing(ask())).toMatchObject({ code: "model_unavailable", retryable: true });
    expect(await ask()).toMatchObject({ output: RIGHT });
  });

  test("because nothing listens is unavailable", async () => {
    const { double, ask } = await start();
    await double.stop();
    const error = await failing(ask());
    expect(error).toMatchObject({
      code: "model_unavailable",
      retryable: true,
      details: { cause: "ECONNREFUSED" },
    });
    expect(error.message).toContain("nothing listens");
  });

  test("by silence is given up at the time-out, and asked again over another connection", async () => {
    const { double, ask } = await start({ faults: [{ silent: true }] }, { timeoutMs: 700 });
    expect(await failing(ask())).toMatchObject({
      code: "model_unavailable",
      retryable: true,
      details: { timeoutMs: 700 },
    });
    expect(await ask()).toMatchObject({ output: RIGHT });
    expect(double.requests.map(({ connection }) => connection)).toStrictEqual([1, 2]);
  });

  test("by beginning a reply and falling silent is given up at the same time-out", async () => {
    const never = new Promise<never>(() => {});
    const { double, ask } = await start(
      { faults: [unsupported("temperature"), { ...json(200, {}), before: never }] },
      { timeoutMs: 700, temperature: 0 },
    );
    expect(await failing(ask())).toMatchObject({ code: "model_unavailable" });
    expect(double.requests).toHaveLength(2);
  });

  test("is left alone when the caller breaks off, before or during the call", async () => {
    const { double, ask } = await start({ faults: [{ silent: true }] });
    const stop = new AbortController();
    const call = failing(ask({}, stop.signal));
    await double.received(1);
    stop.abort(new Error("shutting down"));
    expect(await call).toMatchObject({ code: "model_unavailable", details: { aborted: true } });
    expect(await failing(ask({}, stop.signal))).toMatchObject({ details: { aborted: true } });
    expect(double.requests).toHaveLength(1);
  });
});

describe("the key", () => {
  test.each<[string, Play]>([
    ["quoted whole", wrongKey(KEY)],
    ["quoted with stars", wrongKey("sk-te***cdef")],
    [
      "quoted cut short",
      failure(401, { message: `bad key ${KEY.slice(0, 14)}...`, code: KEY.slice(0, 14), type: KEY }),
    ],
    ["as a header", { status: 403, body: `Authorization: Bearer ${KEY} x-secret: 7777-secret-header` }],
    ["on an error page", { status: 500, body: `<p>${KEY}</p>` }],
  ])("is never told, even when the provider has %s", async (_, play) => {
    const error = await errorFor(play, { headers: { "x-secret": "7777-secret-header" } });
    const told = JSON.stringify([error.message, error.hint, error.details, error.stack, String(error.cause)]);
    expect(told).not.toContain("sk-te");
    expect(told).not.toContain("0123456789abcdef");
    expect(told).not.toContain("7777-secret");
    expect(told).toContain("[secret]");
  });
});
