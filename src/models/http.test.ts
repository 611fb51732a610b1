/** The company's own service as a model, against a real HTTP server. */
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import { type ProviderOptions, startProvider } from "../../test/support/provider.ts";
import {
  failure,
  gatewayPage,
  json,
  overloaded,
  type Play,
  rateLimited,
} from "../../test/support/provider-plays.ts";
import { PilotageError } from "../contract/errors.ts";
import { simulatedClock, systemClock } from "../platform/clock.ts";
import { httpModel, type HttpOptions, signed } from "./http.ts";
import type { ModelRequest } from "./model.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const request: ModelRequest = {
  caseId: "case_1",
  release: "sha256-2",
  messages: [{ role: "user", content: "a prompt for language models" }],
  input: { subject: "Rückfrage 😀" },
  outputSchema: { type: "object" },
  attachments: [],
};

async function start(provider: Partial<ProviderOptions> = {}, model: Partial<HttpOptions> = {}) {
  const double = await startProvider({ answer: () => ({ output: { team: "a" } }), ...provider });
  const asked = httpModel({ url: double.ownUrl, secret: SECRET, timeoutMs: 5_000, name: "sorter", ...model });
  open.push(
    () => double.stop(),
    () => asked.close!(),
  );
  const ask = (more: Partial<ModelRequest> = {}, signal = new AbortController().signal) =>
    asked.ask({ ...request, ...more }, signal);
  return { double, ask, describe: asked.describe };
}

async function failing(call: Promise<unknown>): Promise<PilotageError> {
  const error: unknown = await call.then(
    (answer) => expect.fail(`it answered: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (!(error instanceof PilotageError)) throw error;
  return error;
}

describe("a question", () => {
  test("sends the case, its release and its input, and not the prompt", async () => {
    const { double, ask } = await start();
    await ask();
    expect(double.requests[0]!.json).toStrictEqual({
      caseId: "case_1",
      release: "sha256-2",
      input: request.input,
    });
    expect(double.requests[0]!.headers["content-type"]).toBe("application/json");
  });

  test("is signed so that the published library verifies it, and a changed body does not pass", async () => {
    const { double, ask } = await start();
    await ask();
    const { body, headers } = double.requests[0]!;
    const receiver = new Webhook(SECRET);
    expect(receiver.verify(body.toString(), headers)).toMatchObject({ input: request.input });
    expect(() => receiver.verify(body.toString().replace("case_1", "case_2"), headers)).toThrow(
      "No matching signature",
    );
    expect(() =>
      new Webhook(`whsec_${Buffer.alloc(32, 8).toString("base64")}`).verify(body.toString(), headers),
    ).toThrow();
  });

  test("has the same signature as the published library makes, with or without the prefix", () => {
    const at = systemClock.now();
    const theirs = new Webhook(SECRET).sign("id", new Date(at), "body ü");
    expect(signed(SECRET, "id", at, "body ü")["webhook-signature"]).toBe(theirs);
    expect(signed(SECRET.slice(6), "id", at, "body ü")["webhook-signature"]).toBe(theirs);
  });

  test("carries an id that is the same at each try of one case by one release, and the time of the clock", async () => {
    const clock = simulatedClock("2026-11-01T10:00:00.900Z");
    const { double, ask } = await start({}, { clock });
    await ask();
    clock.advance(60_000);
    await ask();
    await ask({ release: "sha256-3" });
    const ids = double.requests.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toStrictEqual(["case_1:model:sha256-2", "case_1:model:sha256-2", "case_1:model:sha256-3"]);
    expect(double.requests.map(({ headers }) => headers["webhook-timestamp"])).toStrictEqual([
      "1793527200",
      "1793527260",
      "1793527260",
    ]);
  });

  test("carries attachments in base64", async () => {
    const { double, ask } = await start();
    await ask({
      attachments: [{ name: "a.pdf", mediaType: "application/pdf", bytes: new Uint8Array([0, 255, 1]) }],
    });
    expect(double.requests[0]!.json).toMatchObject({
      attachments: [{ name: "a.pdf", mediaType: "application/pdf", content: "AP8B" }],
    });
  });
});

describe("an answer", () => {
  test("comes with confidence, name and version as the service gives them", async () => {
    const { ask } = await start({
      answer: () => ({ output: { team: "b" }, confidence: 0.7, model: "forest", version: "3" }),
    });
    expect(await ask()).toStrictEqual({
      output: { team: "b" },
      text: '{"team":"b"}',
      model: "forest",
      version: "3",
      confidence: 0.7,
      finish: "stop",
    });
  });

  test("may be the output alone, with null or unknown keys beside it", async () => {
    const { ask } = await start({
      faults: [json(200, { output: { team: "b" }, confidence: null, version: null, extra: 1 })],
    });
    expect(await ask()).toStrictEqual({
      output: { team: "b" },
      text: '{"team":"b"}',
      model: "sorter",
      finish: "stop",
    });
  });

  test("has no confidence when the release does not take it from the model", async () => {
    const { ask } = await start(
      { answer: () => ({ output: {}, confidence: 0.7 }) },
      { takeConfidence: false },
    );
    expect(await ask()).not.toHaveProperty("confidence");
  });

  test.each<[string, Play]>([
    ["a confidence over 1", json(200, { output: {}, confidence: 1.01 })],
    ["a confidence below 0", json(200, { output: {}, confidence: -0.01 })],
    ["a confidence as text", json(200, { output: {}, confidence: "0.9" })],
    ["no output", json(200, { confidence: 0.9 })],
    ["a list", json(200, [])],
    ["a web page", gatewayPage(200)],
    ["nothing", { status: 204, body: "" }],
  ])("with %s is a bad answer", async (_, play) => {
    const { ask } = await start({ faults: [play] });
    expect(await failing(ask())).toMatchObject({ code: "model_bad_answer", retryable: true });
  });
});

describe("a service that fails", () => {
  test.each<[string, Play, object]>([
    ["503", overloaded(), { code: "model_unavailable", retryable: true }],
    [
      "429 and a time to wait",
      rateLimited({ "retry-after": "3" }),
      { code: "model_unavailable", details: { retryAfterMs: 3000 } },
    ],
    ["a web page with 502", gatewayPage(502), { code: "model_unavailable", details: { status: 502 } }],
    [
      "422",
      failure(422, { message: `no ${SECRET}` }),
      { code: "model_refused", retryable: false, details: { providerMessage: "no [secret]" } },
    ],
    [
      "401",
      json(401, { error: "signature" }),
      { code: "model_refused", details: { providerMessage: "signature" } },
    ],
    ["a reset", { reset: "before" }, { code: "model_unavailable" }],
    ["half a reply", { reset: "middle" }, { code: "model_unavailable" }],
  ])("with %s", async (_, play, expected) => {
    const { ask } = await start({ faults: [play] });
    expect(await failing(ask())).toMatchObject(expected);
    expect(await ask()).toMatchObject({ output: { team: "a" } });
  });

  test("by silence is given up at the time-out", async () => {
    const { ask, describe } = await start({ faults: [{ silent: true }] }, { timeoutMs: 60 });
    const late = await failing(ask());
    expect(late).toMatchObject({ code: "model_unavailable", details: { timeoutMs: 60 } });
    expect(late.message).toContain(describe);
  });

  test("by silence is given up at once when the caller breaks off", async () => {
    const { double, ask } = await start({ faults: [{ silent: true }] });
    const stop = new AbortController();
    const call = failing(ask({}, stop.signal));
    await double.received(1);
    stop.abort();
    expect(await call).toMatchObject({ details: { aborted: true } });
  });

  test("because nothing listens", async () => {
    const { double, ask } = await start();
    await double.stop();
    expect(await failing(ask())).toMatchObject({
      code: "model_unavailable",
      details: { cause: "ECONNREFUSED" },
    });
  });

  test("by a reply over the limit of size", async () => {
    const { ask } = await start(
      { answer: () => ({ output: { text: "x".repeat(5000) } }) },
      { maxReplyBytes: 4000 },
    );
    expect(await failing(ask())).toMatchObject({ code: "model_bad_answer" });
  });
});
