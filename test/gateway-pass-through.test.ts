/**
 * Models of connections over the wire of OpenAI: passed on whole or live, to whichever of the chain answers, on record
 * with every try. The provider is a server that plays. What clients of programs see is in gateway-clients.test.ts.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import OpenAI from "openai";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { install, until } from "./support/installation.ts";
import {
  begin,
  breaks,
  frame,
  refuses,
  say,
  startPlayingProvider,
  USAGE,
  whole,
  type Play,
} from "./support/playing-provider.ts";

const SECRET = "sk-provider-secret-0123456789";
const provider = await startPlayingProvider();
afterAll(() => provider.stop());
const { plays, asked, address } = provider;

const installation = await install();
const { app, client, url } = installation;
const saveConnection = (name: string, passThrough: JsonObject[], more: JsonObject = {}) =>
  client.saveConnection({
    params: { name },
    body: { settings: { kind: "openai", baseUrl: address, apiKey: SECRET, passThrough, ...more } },
  });
await saveConnection("second", [{ name: "spare" }]);
await saveConnection("first", [
  { name: "good", whole: "asked", images: true, shutdownDate: "2027-01-31" },
  { name: "vendor/good" },
  { name: "weak", fallback: ["second/spare"], larger: "second/large" },
  { name: "lively", mode: "live", fallback: ["second/spare"] },
  { name: "early", fallback: ["second/spare"], limits: { firstTokenMs: 500 } },
]);
const key = (
  await app.keys.make(
    { name: "a program", scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
    { kind: "system", name: "test" },
  )
).secret;
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const messages = [{ role: "user" as const, content: "How is it?" }];
const newest = async () => (await client.listModelCalls({ query: { limit: "1" } })).calls[0]!;

async function stream(model: string, headers: Record<string, string> = {}, more: JsonObject = {}) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ model, messages, stream: true, ...more }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
type Event = JsonObject & { choices?: { delta: { content?: string } }[] };
const eventsOf = (text: string) =>
  text
    .split("\n\n")
    .filter((one) => one.startsWith("data: {"))
    .map((one) => JSON.parse(one.slice(6)) as Event);
const textOf = (text: string) =>
  eventsOf(text)
    .map((one) => one.choices?.[0]?.delta.content ?? "")
    .join("");

beforeEach(() => provider.clear());

describe("the official client", () => {
  test("gets the answer as the provider gave it, and headers that say who gave it", async () => {
    const unusual = { vendor_key: { a: 1 } };
    const { data, response } = await openai.chat.completions
      .create({ ...unusual, model: "first/good", messages, user: "ada@example.com", seed: 7 })
      .withResponse();
    expect(data).toEqual(whole("good", { content: "All is well." }));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-pilotage-connection": "first",
      "x-pilotage-model": "good-2026-01-01",
      "x-pilotage-attempts": "1",
      "x-pilotage-mode": "buffered",
    });
    const [sent] = asked;
    expect(sent!.body).toMatchObject({ model: "good", seed: 7, vendor_key: { a: 1 }, messages });
    expect(sent!.body["user"]).toMatch(/^[0-9a-f]{32}$/);
    expect(sent!.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(await newest()).toMatchObject({
      connection: "first",
      workflow: null,
      modelAsked: "first/good",
      modelAnswered: "good-2026-01-01",
      inputTokens: 9,
      outputTokens: 3,
      tokensEstimated: false,
      finish: "stop",
      outcome: "answered",
      status: 200,
      cost: null,
      tries: [{ connection: "first", modelAsked: "good", status: 200, error: null }],
    });
  });

  test.each(["buffered", "live"])("streams, %s", async (mode) => {
    const events = await openai.chat.completions.create(
      { model: "first/good", messages, stream: true, stream_options: { include_usage: true } },
      { headers: { "x-pilotage-mode": mode } },
    );
    const chunks = [];
    for await (const chunk of events) chunks.push(chunk);
    expect(chunks.map((one) => one.choices[0]?.delta.content ?? "").join("")).toBe("All is well.");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: USAGE });
    expect(await newest()).toMatchObject({ streamed: true, mode, outcome: "answered", outputTokens: 3 });
  });

  test("lists what is offered, with the day on which a model ends", async () => {
    const models = [];
    for await (const model of openai.models.list()) models.push(model);
    expect(models.map((one) => one.id)).toContain("first/vendor/good");
    expect(models.find((one) => one.id === "first/good")).toMatchObject({
      owned_by: "first",
      shutdown_date: "2027-01-31",
    });
    expect(await openai.models.retrieve("first/vendor/good")).toMatchObject({ id: "first/vendor/good" });
  });

  test("a client that leaves ends the provider's call, and is on record as one that left", async () => {
    let ended = false;
    plays["lively"] = async (body, reply, raw) => {
      raw.socket.once("close", () => (ended = true));
      begin(reply);
      for (let i = 0; i < 200 && !reply.destroyed; i++) {
        say(reply, frame(body["model"] as string, { content: "word " }));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const events = await openai.chat.completions.create({ model: "first/lively", messages, stream: true });
    let seen = 0;
    for await (const _ of events) if (++seen === 3) break;
    await until(
      async () => ended,
      (yes) => yes,
    );
    const call = await until(newest, (one) => one.outcome === "aborted");
    expect(call).toMatchObject({ status: 499, error: "client_left", mode: "live" });
  });
});

describe("when the first model does not answer", () => {
  test("the next one does, and the reply says so; every try is on record", async () => {
    plays["weak"] = refuses(503, { message: "overloaded", type: "server_error", param: null, code: null });
    const { data, response } = await openai.chat.completions
      .create({ model: "first/weak", messages })
      .withResponse();
    expect(data.model).toBe("spare-2026-01-01");
    expect(response.headers.get("x-pilotage-connection")).toBe("second");
    expect(Number(response.headers.get("x-pilotage-attempts"))).toBe(asked.length);
    const call = await newest();
    expect(call.tries.at(-1)).toMatchObject({ connection: "second", modelAsked: "spare", error: null });
    expect(call.tries[0]).toMatchObject({ connection: "first", error: "overloaded", status: 503 });
  });

  test("a request that is too long goes to the larger one alone", async () => {
    plays["weak"] = refuses(400, {
      message: "This model's maximum context length is 10 tokens.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    });
    const { model } = await openai.chat.completions.create({ model: "first/weak", messages });
    expect(model).toBe("large-2026-01-01");
    expect(asked.map((one) => one.model)).toEqual(["weak", "large"]);
  });

  test("a refusal of the content is passed on in the provider's words, and nobody else is asked", async () => {
    plays["weak"] = refuses(400, {
      message: "Your request was rejected by our safety system.",
      type: "invalid_request_error",
      param: null,
      code: "content_policy_violation",
    });
    const failure = await openai.chat.completions
      .create({ model: "first/weak", messages })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.BadRequestError);
    expect(failure).toMatchObject({
      code: "content_policy_violation",
      message: expect.stringContaining("rejected by our safety system"),
    });
    expect(asked).toHaveLength(1);
    expect(await newest()).toMatchObject({ outcome: "refused", status: 400, error: "refused_content" });
  });

  test("what a provider says of its own troubles and keys stays here", async () => {
    plays["good"] = refuses(401, {
      message: `Incorrect API key provided: ${SECRET}. See the secret dashboard.`,
      type: "authentication_error",
      param: null,
      code: "invalid_api_key",
    });
    const failure = await openai.chat.completions
      .create({ model: "first/good", messages })
      .catch((error: unknown) => error as InstanceType<typeof OpenAI.APIError>);
    expect(failure).toMatchObject({ status: 502, code: "provider_auth" });
    expect(JSON.stringify(failure)).not.toMatch(/sk-provider|dashboard|Incorrect/);
    expect(Object.keys((failure as { error: object }).error)).toEqual(["message", "type", "param", "code"]);
  });

  test("a buffered stream that breaks is begun afresh elsewhere, and nothing of it is seen", async () => {
    plays["weak"] = breaks;
    const { status, text, headers } = await stream("first/weak");
    expect(status).toBe(200);
    expect(textOf(text)).toBe("All is well.");
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(text).not.toContain("Half");
    expect(text).not.toContain("usage");
    expect(headers.get("x-pilotage-connection")).toBe("second");
  });

  test("a live stream that breaks ends with an error and without an end", async () => {
    plays["lively"] = breaks;
    const { text } = await stream("first/lively");
    expect(textOf(text)).toBe("Half an ");
    expect(text).not.toContain("[DONE]");
    const last = eventsOf(text).at(-1)!;
    expect(last["error"]).toMatchObject({ type: "server_error", param: null, code: "provider_cut_off" });
    expect(await newest()).toMatchObject({ outcome: "failed", error: "cut", tries: [{ error: "cut" }] });
  });

  test("a live stream that never begins is begun elsewhere", async () => {
    plays["lively"] = refuses(500, { message: "no", type: "server_error", param: null, code: null });
    const { text, headers } = await stream("first/lively");
    expect(textOf(text)).toBe("All is well.");
    expect(headers.get("x-pilotage-connection")).toBe("second");
  });

  test("an answer that is not streamed is given up early on silence", async () => {
    plays["early"] = (_body, reply) => void begin(reply);
    const began = performance.now();
    const { model } = await openai.chat.completions.create({ model: "first/early", messages });
    expect(model).toBe("spare-2026-01-01");
    expect(performance.now() - began).toBeLessThan(10_000);
    expect((await newest()).tries[0]).toMatchObject({ error: "timeout_first_token" });
  });
});

describe("a reader that is slow", () => {
  const PIECE = "x".repeat(16 * 1024);
  const PIECES = 2_000;
  let sent = 0;
  /** As fast as it is read, and no faster. */
  const pours: Play = async (body, reply) => {
    begin(reply);
    const gone = once(reply, "close");
    for (sent = 0; sent < PIECES && !reply.destroyed; sent++)
      if (!say(reply, frame(body["model"] as string, { content: PIECE })))
        await Promise.race([once(reply, "drain"), gone]).catch(() => undefined);
    if (reply.destroyed) return;
    say(reply, frame(body["model"] as string, {}, "stop"));
    reply.end("data: [DONE]\n\n");
  };

  /** Asks for a live stream over a socket of its own, and reads nothing of it. */
  function askAndWait(): Socket {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).pause();
    const body = JSON.stringify({ model: "first/lively", messages, stream: true });
    socket.on("error", () => undefined);
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    );
    return socket;
  }
  const standsStill = () =>
    until(
      async () => {
        const before = sent;
        await new Promise((resolve) => setTimeout(resolve, 400));
        return { before, after: sent };
      },
      ({ before, after }) => before > 0 && before === after,
    );

  test("holds up the provider, not the program, and gets the whole when it reads again", async () => {
    plays["lively"] = pours;
    const socket = askAndWait();
    expect((await standsStill()).after).toBeLessThan(PIECES / 2);
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => (text += part));
    await new Promise((resolve) => socket.once("close", resolve).resume());
    expect(text.split(PIECE)).toHaveLength(PIECES + 1);
    expect(text).toContain("data: [DONE]");
  });

  test("and takes nothing for half a minute is let go; the provider's call ends, and it is on record", async () => {
    plays["lively"] = pours;
    const socket = askAndWait();
    await standsStill();
    const call = await until(newest, (one) => one.outcome === "aborted" && one.streamed);
    expect(call).toMatchObject({ mode: "live", error: "client_left", tries: [{ error: "client_left" }] });
    expect(call.milliseconds).toBeGreaterThan(25_000);
    socket.destroy();
  }, 90_000);
});

describe("what is not offered", () => {
  test("a model that its connection does not list, and one of a key that is bound to a workflow", async () => {
    const failure = await openai.chat.completions
      .create({ model: "first/spare", messages })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ status: 404, code: "model_not_found", param: "model" });
    expect(asked).toEqual([]);
  });

  test("images, where the model is not offered for them", async () => {
    const picture = [
      {
        role: "user" as const,
        content: [{ type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } }],
      },
    ];
    const failure = await openai.chat.completions
      .create({ model: "second/spare", messages: picture })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ status: 400, code: "images_not_allowed", param: "messages" });
    await openai.chat.completions.create({ model: "first/good", messages: picture });
    expect(asked).toHaveLength(1);
  });
});

test("the limits of a key hold, and say when there is room again", async () => {
  const made = await app.keys.make(
    {
      name: "limited",
      scopes: ["gateway"],
      workflow: undefined,
      days: 30,
      simulated: false,
      limits: { requests: { day: 2 } },
    },
    { kind: "system", name: "test" },
  );
  const limited = new OpenAI({ baseURL: `${url}/v1`, apiKey: made.secret, maxRetries: 0 });
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, () => limited.chat.completions.create({ model: "first/good", messages })),
  );
  expect(results.filter((one) => one.status === "fulfilled")).toHaveLength(2);
  const refused = results.find((one) => one.status === "rejected") as PromiseRejectedResult;
  expect(refused.reason).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "requests" });
  expect(Number((refused.reason as { headers: Headers }).headers.get("retry-after"))).toBeGreaterThan(0);
  expect(asked).toHaveLength(2);
});
