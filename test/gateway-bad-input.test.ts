/**
 * Whatever is wrong with a call is told in the shape of the wire: one object `error` with all four keys, a status that
 * clients know, nothing of the inside. What was not taken is not on record and made no case.
 */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import type { Scope } from "../src/contract/scopes.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";

const installation = await install();
const { app, client, url } = installation;
await launch(installation, { workflow: { endpoint: { wait: 20_000 } } });
await launch(installation, {
  workflow: { workflow: "invoices" },
  release: {
    workflow: "invoices",
    input: {
      type: "object",
      properties: { number: { type: "string" }, amount: { type: "number" } },
      required: ["number", "amount"],
      additionalProperties: false,
    },
    policy: { number: "allow", amount: "allow" },
    facets: { input: [], output: [] },
  },
});
const keyOf = async (scopes: Scope[], workflow?: string) =>
  (
    await app.keys.make(
      { name: "a program", scopes, workflow, days: 30, simulated: false },
      { kind: "system", name: "test" },
    )
  ).secret;
const key = await keyOf(["gateway"]);

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  error: { message: string; type: string; param: string | null; code: string | null } & JsonObject;
}

async function send(
  body: string | Uint8Array<ArrayBuffer> | undefined,
  more: RequestInit & { path?: string } = {},
): Promise<Answer> {
  const { path = "/v1/chat/completions", ...init } = more;
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body }),
    ...init,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    error: (JSON.parse(text) as { error: Answer["error"] }).error,
  };
}

/** All four keys, and nothing that tells of the inside. */
function wellFormed({ error, text, headers }: Answer): void {
  expect(Object.keys(error).slice(0, 4)).toEqual(["message", "type", "param", "code"]);
  expect(error.message.length).toBeGreaterThan(10);
  expect(text).not.toMatch(/\/src\/|node_modules|at .*\(|pil_key_/);
  expect(headers.get("x-request-id")).toMatch(/^req_/);
  expect(headers.get("content-type")).toContain("application/json");
}

const stored = async () =>
  app.database.one<{ cases: number; calls: number }>(
    sql`select (select count(*)::int from case_) as cases, (select count(*)::int from model_call) as calls`,
  );

const ask = [{ role: "user", content: "the bill is wrong" }];
const of = (more: JsonObject) => JSON.stringify({ model: "tickets", messages: ask, ...more });
const message = (more: JsonObject) => JSON.stringify({ model: "tickets", messages: [more] });
const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

describe("what is not taken", () => {
  test.each<[string, string | Uint8Array<ArrayBuffer> | undefined, number, string | null, string]>([
    ["no JSON", "{model", 400, null, "invalid_json"],
    ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), 400, null, "invalid_json"],
    ["an empty body", "", 400, null, "invalid_json"],
    ["a list", "[]", 400, null, "invalid_value"],
    ["a word", '"tickets"', 400, null, "invalid_value"],
    ["no model", JSON.stringify({ messages: ask }), 400, "model", "missing_required_parameter"],
    ["a model that is no name", of({ model: 7 }), 400, "model", "invalid_value"],
    ["an unknown model", of({ model: "gpt-9" }), 404, "model", "model_not_found"],
    ["an unknown model of a connection", of({ model: "script/gpt-9" }), 404, "model", "model_not_found"],
    ["no messages", JSON.stringify({ model: "tickets" }), 400, "messages", "missing_required_parameter"],
    ["an empty list of messages", of({ messages: [] }), 400, "messages", "invalid_value"],
    ["messages that are a text", of({ messages: "hello" }), 400, "messages", "invalid_value"],
    ["a message that is a text", of({ messages: ["hello"] }), 400, "messages.0", "invalid_value"],
    ["an unknown role", message({ role: "boss", content: "x" }), 400, "messages.0.role", "invalid_value"],
    ["no content", message({ role: "user" }), 400, "messages.0.content", "invalid_value"],
    [
      "content that is a number",
      message({ role: "user", content: 5 }),
      400,
      "messages.0.content",
      "invalid_value",
    ],
    [
      "a part without a type",
      message({ role: "user", content: [{ text: "x" }] }),
      400,
      "messages.0.content.0",
      "invalid_value",
    ],
    [
      "a part of text without its text",
      message({ role: "user", content: [{ type: "text" }] }),
      400,
      "messages.0.content.0.text",
      "invalid_value",
    ],
    [
      "no message of the user",
      message({ role: "system", content: "Be brief." }),
      400,
      "messages",
      "invalid_value",
    ],
    [
      "an image for a workflow",
      message({ role: "user", content: [picture] }),
      400,
      "messages",
      "images_not_allowed",
    ],
    ["tools for a workflow", of({ tools: [{ type: "function" }] }), 400, "tools", "invalid_value"],
    ["several answers of a workflow", of({ n: 2 }), 400, "n", "invalid_value"],
    ["a negative limit", of({ max_tokens: -1 }), 400, "max_tokens", "integer_below_min_value"],
    [
      "a limit of none",
      of({ max_completion_tokens: 0 }),
      400,
      "max_completion_tokens",
      "integer_below_min_value",
    ],
    ["a limit in words", of({ max_tokens: "many" }), 400, "max_tokens", "invalid_type"],
    ["half a limit", of({ max_tokens: 1.5 }), 400, "max_tokens", "invalid_type"],
    ["no answer at all", of({ n: 0 }), 400, "n", "integer_below_min_value"],
    ["too hot", of({ temperature: 3 }), 400, "temperature", "decimal_above_max_value"],
    ["a stream that is a word", of({ stream: "yes" }), 400, "stream", "invalid_type"],
    [
      "options of a stream without one",
      of({ stream_options: { include_usage: true } }),
      400,
      "stream_options",
      "invalid_value",
    ],
    ["tools that are no list", of({ tools: {} }), 400, "tools", "invalid_type"],
    ["five stops", of({ stop: ["a", "b", "c", "d", "e"] }), 400, "stop", "invalid_type"],
    [
      "a bare text where no field is named for it",
      of({ model: "invoices" }),
      400,
      "messages",
      "input_not_readable",
    ],
  ])("%s", async (_, body, status, param, code) => {
    const before = await stored();
    const answer = await send(body);
    wellFormed(answer);
    expect(answer).toMatchObject({ status, error: { param, code } });
    expect(await stored()).toEqual(before);
  });

  test("the message for a bare text says what to send", async () => {
    const { error } = await send(of({ model: "invoices" }));
    expect(error.message).toContain('{"amount": ..., "number": ...}');
  });

  test.each<[string, RequestInit, number, string]>([
    ["no key", { headers: { "content-type": "application/json" } }, 401, "invalid_api_key"],
    [
      "an unknown key",
      { headers: { authorization: "Bearer sk-1234", "content-type": "application/json" } },
      401,
      "invalid_api_key",
    ],
    [
      "another content type",
      { headers: { authorization: `Bearer ${key}`, "content-type": "text/plain" } },
      415,
      "unsupported_media_type",
    ],
    [
      "another mode than there is",
      {
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/json",
          "x-pilotage-mode": "fast",
        },
      },
      400,
      "invalid_value",
    ],
  ])("%s", async (_, init, status, code) => {
    const answer = await send(of({}), init);
    wellFormed(answer);
    expect(answer).toMatchObject({ status, error: { code } });
  });

  test("a key without the scope, and a key that is bound to another workflow", async () => {
    const withKey = async (secret: string) =>
      send(of({}), { headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" } });
    const lacking = await withKey(await keyOf(["intake", "read"]));
    wellFormed(lacking);
    expect(lacking).toMatchObject({ status: 403, error: { type: "permission_error", code: "forbidden" } });
    const elsewhere = await withKey(await keyOf(["gateway"], "invoices"));
    wellFormed(elsewhere);
    expect(elsewhere).toMatchObject({ status: 404, error: { code: "model_not_found" } });
  });

  test("an address that this wire does not have here", async () => {
    for (const [method, path, code] of [
      ["POST", "/v1/embeddings", "unknown_url"],
      ["GET", "/v1/files", "unknown_url"],
      ["DELETE", "/v1/files/1", "unknown_url"],
      ["GET", "/v1/models/none", "model_not_found"],
    ] as const) {
      const answer = await send(undefined, { method, path, headers: { authorization: `Bearer ${key}` } });
      wellFormed(answer);
      expect(answer).toMatchObject({ status: 404, error: { code } });
    }
  });

  test("a giant prompt is a bad request, and the connection is free for the next call", async () => {
    const answer = await send(of({ messages: [{ role: "user", content: "x".repeat(21 * 1024 * 1024) }] }));
    wellFormed(answer);
    expect(answer).toMatchObject({ status: 400, error: { code: "request_too_large", param: "messages" } });
    expect((await send(of({ model: "gpt-9" }))).status).toBe(404);
  });

  test("nesting without end neither is an answer of a fault nor reaches a case", async () => {
    const before = await stored();
    const inside = await send(
      `{"model":"tickets","messages":[{"role":"user","content":"x"}],"more":${deep(200_000)},"n":0}`,
    );
    wellFormed(inside);
    expect(inside.status).toBe(400);
    expect(await stored()).toEqual(before);
    const input = await send(message({ role: "user", content: `{"text":${deep(5_000)}}` }));
    wellFormed(input);
    expect(input).toMatchObject({ status: 422, error: { code: "too_deep", param: "messages" } });
  });
});

describe("what is taken and refused", () => {
  test("input that breaks the schema is kept in quarantine, named in the answer, and on record", async () => {
    const answer = await send(message({ role: "user", content: '{"text": 5}' }));
    wellFormed(answer);
    expect(answer).toMatchObject({
      status: 422,
      error: { type: "invalid_request_error", param: "messages", code: "schema_mismatch" },
    });
    const { id } = answer.error["quarantine"] as { id: string };
    const { records } = await client.listQuarantine({ params: { workflow: "tickets" }, query: {} });
    expect(records.map((one) => one.id)).toContain(id);
    const { calls } = await client.listModelCalls({ query: { outcome: "refused" } });
    expect(calls[0]).toMatchObject({
      workflow: "tickets",
      case: null,
      status: 422,
      error: "schema_mismatch",
    });
  });

  test("an idempotency key that cannot be one", async () => {
    const answer = await send(of({}), {
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "idempotency-key": "k".repeat(300),
      },
    });
    wellFormed(answer);
    expect(answer).toMatchObject({ status: 400, error: { param: "Idempotency-Key" } });
  });

  test("a workflow that is stopped says so, and that it can be tried again", async () => {
    await client.moveLadder({
      params: { workflow: "tickets" },
      body: { rung: 4, reason: "a test of the endpoint" },
    });
    const answer = await send(of({}));
    wellFormed(answer);
    expect(answer).toMatchObject({ status: 503, error: { type: "server_error", code: "intake_stopped" } });
    expect(answer.headers.get("retry-after")).toBe("1");
    await client.moveLadder({
      params: { workflow: "tickets" },
      body: { rung: 0, reason: "the test is over" },
    });
  });

  test("a client that sends half a request and leaves holds nothing", async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"model":`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await until(
      async () => (await send(of({ model: "gpt-9" }))).status,
      (status) => status === 404,
    );
  });
});
