/**
 * Rough clients of the endpoint, against models of connections: pictures smuggled in, odd bodies, prompts that are too long for
 * everybody, uploads that never end, readers of whole answers that take nothing, clients that leave. Each hears an error with all
 * four keys or nothing; every call that was taken is on record; the next call is answered.
 */
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, until } from "./support/installation.ts";
import { begin, json, refuses, startPlayingProvider, whole } from "./support/playing-provider.ts";

const provider = await startPlayingProvider();
afterAll(() => provider.stop());
const installation = await install();
const { app, client, url } = installation;
await client.saveConnection({
  params: { name: "first" },
  body: {
    settings: {
      kind: "openai",
      baseUrl: provider.address,
      passThrough: [
        { name: "good", whole: "asked" },
        { name: "sees", whole: "asked", images: true },
      ],
    },
  },
});
const { secret: key } = await app.keys.make(
  { name: "rough", scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
  { kind: "system", name: "test" },
);
const { hostname, port } = new URL(url);
beforeEach(() => provider.clear());

async function send(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as JsonObject & { error: JsonObject } };
}
const asks = (content: JsonValue, more: JsonObject = {}) =>
  JSON.stringify({ model: "first/good", messages: [{ role: "user", content }], ...more });
const fourKeys = (answer: Awaited<ReturnType<typeof send>>) =>
  expect(Object.keys(answer.body.error).slice(0, 4)).toEqual(["message", "type", "param", "code"]);
const recorded = async () =>
  (await app.database.one<{ n: number }>(sql`select count(*)::int as n from model_call`)).n;
const healthy = async () => expect((await send(asks("Hello"))).status).toBe(200);
const newest = async () => (await client.listModelCalls({ query: { limit: "1" } })).calls[0]!;

/** A request on a socket of its own, of which only so much is sent. */
function raw(body: string, length = body.length): Socket {
  const socket = connect(Number(port), hostname).pause();
  socket.on("error", () => undefined);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
  );
  return socket;
}

describe("pictures where none are allowed", () => {
  const url_ = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
  test.each<[string, JsonObject[]]>([
    ["after text", [{ role: "user", content: [{ type: "text", text: "See:" }, url_] }]],
    [
      "in an earlier message",
      [
        { role: "user", content: [url_] },
        { role: "user", content: "What is it?" },
      ],
    ],
    [
      "in the system's message",
      [
        { role: "system", content: [url_] },
        { role: "user", content: "Hello" },
      ],
    ],
    [
      "in what a tool answered",
      [
        { role: "user", content: "Go" },
        { role: "tool", tool_call_id: "1", content: [url_] },
      ],
    ],
    [
      "by an address",
      [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }],
    ],
  ])("%s", async (_, messages) => {
    const before = await recorded();
    const answer = await send(JSON.stringify({ model: "first/good", messages }));
    fourKeys(answer);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: "images_not_allowed", param: "messages" } },
    });
    expect(provider.asked).toEqual([]);
    expect(await recorded()).toBeLessThanOrEqual(before + 1);
    expect((await send(JSON.stringify({ model: "first/sees", messages }))).status).toBe(200);
  });
});

describe("odd bodies", () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number]>([
    ["a name of a model with a NUL", asks("x", { model: "first/\0good" }), {}, 404],
    [
      "half a character as a model",
      '{"model":"first/\\ud800","messages":[{"role":"user","content":"x"}]}',
      {},
      404,
    ],
    ["a name of ten thousand letters", asks("x", { model: `first/${"m".repeat(10_000)}` }), {}, 400],
    [
      "a number out of all bounds",
      '{"model":"first/good","messages":[{"role":"user","content":"x"}],"max_tokens":1e999}',
      {},
      400,
    ],
    ["a negative share", asks("x", { top_p: -0.1 }), {}, 400],
    ["negative log-probabilities", asks("x", { top_logprobs: -1, logprobs: true }), {}, 400],
    ["a compressed body", new Uint8Array(gzipSync(asks("x"))), { "content-encoding": "gzip" }, 400],
    ["a compressed body that does not say so", new Uint8Array(gzipSync(asks("x"))), {}, 400],
  ])("%s", async (_, body, headers, status) => {
    const answer = await send(body, headers);
    fourKeys(answer);
    expect(answer.status).toBe(status);
    expect(provider.asked).toEqual([]);
    await healthy();
  });

  test("a key called __proto__ changes nothing and goes along", async () => {
    const text =
      '{"__proto__":{"stream":true},"model":"first/good","messages":[{"role":"user","content":"x"}]}';
    expect((await send(text)).status).toBe(200);
    expect(provider.asked[0]!.body["stream"]).toBeUndefined();
    expect(({} as JsonObject)["stream"]).toBeUndefined();
  });
});

test("a prompt that is too long for the only model is the caller's to hear, with its reason and on record", async () => {
  provider.plays["good"] = refuses(400, {
    message: "This model's maximum context length is 10 tokens.",
    type: "invalid_request_error",
    param: "messages",
    code: "context_length_exceeded",
  });
  const answer = await send(asks("long ".repeat(200_000)));
  fourKeys(answer);
  expect(answer).toMatchObject({ status: 400, body: { error: { code: "context_length_exceeded" } } });
  expect(await newest()).toMatchObject({
    outcome: "refused",
    error: "too_long",
    tries: [{ error: "too_long" }],
  });
});

test("many uploads that never end hold nobody up, and leave no record", async () => {
  const before = await recorded();
  const sockets = Array.from({ length: 60 }, () => raw('{"model":"first/good",', 100_000));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await healthy();
  for (const socket of sockets) socket.destroy();
  await healthy();
  expect(await recorded()).toBe(before + 2);
});

test("clients that leave while their buffered stream is collected end the provider's calls, each on record", async () => {
  const before = await recorded();
  let open = 0;
  provider.plays["good"] = (_body, reply) => {
    begin(reply);
    open++;
    reply.once("close", () => open--);
  };
  const sockets = Array.from({ length: 10 }, () => raw(asks("x", { stream: true })));
  await until(
    async () => open,
    (count) => count === 10,
  );
  for (const socket of sockets) socket.destroy();
  await until(
    async () => open,
    (count) => count === 0,
  );
  await until(recorded, (count) => count === before + 10);
  const { calls } = await client.listModelCalls({ query: { outcome: "aborted", limit: "20" } });
  expect(calls.filter((one) => one.error === "client_left")).toHaveLength(10);
  provider.clear();
  await healthy();
});

test("a reader that takes nothing of large whole answers is let go within a minute, and each call is on record", async () => {
  provider.plays["good"] = (_body, reply) =>
    json(reply, 200, whole("good", { content: "x".repeat(7 * 1024 * 1024) }));
  const before = await recorded();
  // Several in a row: the first would fit into the buffers between the two.
  const one = asks("x");
  const socket = raw(one);
  for (let n = 0; n < 3; n++)
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${one.length}\r\n\r\n${one}`,
    );
  await until(recorded, (count) => count === before + 4);
  provider.clear();
  await healthy();
  let got = 0;
  let ended = false;
  await new Promise((resolve) => setTimeout(resolve, 65_000));
  socket.on("data", (part: Buffer) => (got += part.length));
  socket.once("close", () => (ended = true));
  socket.resume();
  // What lay in the buffers comes still, and then the end: not the four answers.
  await until(async () => ended, Boolean);
  expect(got).toBeLessThan(4 * 7 * 1024 * 1024);
}, 120_000);

describe("clients that leave while it is looked up who they are", async () => {
  const small = await install({ settings: { PILOTAGE_INTAKE_BYTES: "1048576" } });
  const address = new URL(small.url);

  test.each([
    ["/v1/chat/completions", "gateway"],
    ["/api/v1/workflows/nobody/cases", "operator"],
  ] as const)("%s: leave no room taken", async (path, scope) => {
    const { secret } = await small.app.keys.make(
      { name: `leaves ${scope}`, scopes: [scope], workflow: undefined, days: 30, simulated: false },
      { kind: "system", name: "test" },
    );
    const head = `host: ${address.host}\r\nauthorization: Bearer ${secret}\r\ncontent-type: application/json`;
    await small.app.database.transaction(async (tx) => {
      await tx.run(sql`lock table api_key in access exclusive mode`);
      const socket = connect(Number(address.port), address.hostname);
      socket.on("error", () => undefined);
      socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\ncontent-length: 900000\r\n\r\n`);
      const waiting = () =>
        tx.one<{ n: number }>(
          sql`select count(*)::int as n from pg_locks where not granted and relation = 'api_key'::regclass`,
        );
      await until(waiting, ({ n }) => n > 0);
      socket.destroy();
      // Until the server has seen that it is gone.
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    const ask = (size: number) =>
      fetch(`${small.url}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "nobody", messages: [{ role: "user", content: "x".repeat(size) }] }),
      });
    // Whatever it is answered: it was read.
    expect((await ask(900_000)).status).not.toBe(429);
    expect((await ask(10)).status).not.toBe(429);
  });
});
