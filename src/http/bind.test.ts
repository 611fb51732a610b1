/** What all endpoints share: bodies, keys, errors. Nothing inner leaves the program, whatever a handler does. */
import { Writable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import type { Caller } from "../access/caller.ts";
import type { Keys } from "../access/keys.ts";
import { openClient } from "../contract/client.ts";
import { ENDPOINTS, type EndpointName } from "../contract/endpoints.ts";
import { PilotageError, type ErrorBody } from "../contract/errors.ts";
import type { Scope } from "../contract/scopes.ts";
import { idSource } from "../platform/chance.ts";
import { simulatedClock } from "../platform/clock.ts";
import { openLog } from "../platform/log.ts";
import { SESSION_COOKIE } from "./session-cookie.ts";
import { bind, type Call, type Handlers } from "./bind.ts";

const clock = simulatedClock("2026-11-20T09:00:00.000Z");
const INNER = "inner detail of line 7 at /srv/secret/place";

/** Handlers as a test wants them; any other fails in the way that nobody foresaw. */
let plays: Partial<Record<EndpointName, (call: Call<(typeof ENDPOINTS)["submitCase"]>) => unknown>> = {};
const handlers = Object.fromEntries(
  Object.keys(ENDPOINTS).map((name) => [
    name,
    async (call: Call<(typeof ENDPOINTS)["submitCase"]>) => {
      const play = plays[name as EndpointName];
      if (!play) throw new TypeError(INNER, { cause: new Error(INNER) });
      return play(call);
    },
  ]),
) as unknown as Handlers;

const scopesOf: Record<string, Scope[]> = { all: ["intake", "read", "review", "operate"], reader: ["read"] };
const keys = {
  authenticate: async (header: string | undefined) => {
    const name = /^Bearer (\w+)$/.exec(header ?? "")?.[1] ?? "";
    const scopes = scopesOf[name];
    if (!scopes)
      throw new PilotageError("unauthenticated", "The API key is missing or unknown; nothing was done.");
    return {
      key: { scopes, workflow: null },
      actor: { kind: "key", name, key: "key_1" },
      person: name,
    } as unknown as Caller;
  },
} as unknown as Keys;

const logged: string[] = [];
const log = openLog(
  "info",
  new Writable({
    write(chunk: Buffer, _, done) {
      logged.push(chunk.toString("utf8"));
      done();
    },
  }),
);
const observed: string[] = [];
const looked: string[] = [];
const { fastify, routes } = bind({
  handlers,
  keys,
  sessions: {
    async find(token, rotates) {
      looked.push(`${token} ${String(rotates)}`);
      return undefined;
    },
  },
  newId: idSource(clock),
  log,
  mostBytes: 2_000_000,
  observe: (route, status) => void observed.push(`${route} ${status}`),
});
const url = await fastify.listen({ host: "127.0.0.1", port: 0 });
afterAll(() => fastify.close());

async function send(
  path: string,
  options: {
    method?: string;
    body?: string | Uint8Array<ArrayBuffer>;
    type?: string;
    key?: string;
    headers?: Record<string, string>;
  } = {},
) {
  const { body, type = "application/json", key = "all" } = options;
  const response = await fetch(`${url}${path}`, {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": type }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    error: (JSON.parse(text) as Partial<ErrorBody>).error,
  };
}

const CASES = "/api/v1/workflows/tickets/cases";
const receipt = { status: "admitted", caseId: "case_1", externalId: "T-1", dropped: [] };

test("a session gets a new token only with an answer that can carry it, never with a stream", async () => {
  const headers = { cookie: `${SESSION_COOKIE}=pis_x` };
  await send("/api/v1/workflows", { key: "", headers });
  await send("/api/v1/live", { key: "", headers });
  await send("/api/v1/audit/export", { key: "", headers });
  expect(looked).toEqual(["pis_x true", "pis_x false", "pis_x false"]);
});

describe("bodies", () => {
  test("that would not fit beside those in hand are refused before they are read, and taken when there is room", async () => {
    const first = Promise.withResolvers<typeof receipt>();
    const begun = Promise.withResolvers<void>();
    plays = {
      submitCase: () => {
        begun.resolve();
        return first.promise;
      },
    };
    const body = JSON.stringify({ externalId: "T-1", input: { text: "x".repeat(1_500_000) } });
    const held = send(CASES, { body });
    await begun.promise;
    const refused = await send(CASES, { body });
    expect(refused).toMatchObject({ status: 429, error: { code: "too_many_requests" } });
    expect(refused.headers.get("retry-after")).toBe("1");
    first.resolve(receipt);
    expect(await held).toMatchObject({ status: 201 });
    plays = { submitCase: () => receipt };
    expect(await send(CASES, { body })).toMatchObject({ status: 201 });
  });

  test("a good one reaches the handler with its text as it came", async () => {
    let seen: unknown;
    plays = { submitCase: ({ body, text, params }) => ((seen = { body, text, params }), receipt) };
    const body = '{"externalId":"T-1",  "input":{"n":1.0}}';
    expect(await send(CASES, { body })).toMatchObject({ status: 201, text: JSON.stringify(receipt) });
    expect(seen).toEqual({
      body: { externalId: "T-1", input: { n: 1 }, source: "api", attachments: [], drill: false },
      text: body,
      params: { workflow: "tickets" },
    });
  });

  test.each([
    ["broken JSON", '{"input":', "application/json", 400, "bad_json"],
    ["bytes that are no text", Uint8Array.of(0x22, 0xff, 0xfe, 0x22), "application/json", 400, "bad_json"],
    ["a field that does not exist", '{"input":{},"extra":1}', "application/json", 400, "bad_request"],
    ["a wrong type", '{"input":{},"externalId":5}', "application/json", 400, "bad_request"],
    ["a list instead of an object", "[]", "application/json", 400, "bad_request"],
    ["no object at all", "null", "application/json", 400, "bad_request"],
    ["a foreign content type", "<xml/>", "text/xml", 415, "unsupported_media_type"],
    ["a form", "a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"],
  ])("%s is refused before the handler", async (_, body, type, status, code) => {
    plays = { submitCase: () => expect.unreachable() };
    const answer = await send(CASES, { body, type });
    expect(answer).toMatchObject({
      status,
      error: {
        code,
        message: expect.stringMatching(/nothing was done/i),
        requestId: expect.stringMatching(/^req_/),
      },
    });
  });

  test("one over the endpoint's limit is refused, and the answer arrives", async () => {
    const answer = await send("/api/v1/keys", { body: JSON.stringify({ name: "x".repeat(1_100_000) }) });
    expect(answer).toMatchObject({ status: 413, error: { code: "too_large" } });
  });

  test("JSON Lines are asked for by name", async () => {
    expect(await send(`${CASES}/batch`, { body: "{}" })).toMatchObject({
      status: 415,
      error: { code: "unsupported_media_type", hint: expect.stringContaining("application/x-ndjson") },
    });
  });

  test("a query that is not what the endpoint takes is refused with its field", async () => {
    expect(await send(`${CASES}?limit=many`)).toMatchObject({
      status: 400,
      error: { code: "bad_request", message: expect.stringContaining("limit") },
    });
  });

  test("a text that is too short is refused in words that say how long it must be", async () => {
    const response = await fastify.inject({
      method: "POST",
      url: "/api/v1/workflows/w/rollback",
      headers: { authorization: "Bearer all", "content-type": "application/json" },
      payload: { reason: "x" },
    });
    expect(response.json()).toMatchObject({
      error: {
        code: "bad_request",
        message:
          "The body is not what this endpoint takes: reason: 3 characters at least are expected. Nothing was done.",
      },
    });
  });

  test("__proto__ in a body changes nothing", async () => {
    plays = {
      applyWorkflow: ({ body }) => ({
        workflow: String(({} as { polluted?: string }).polluted),
        created: false,
        changed: false,
        digest: Object.keys(body).join(),
        differences: [],
        taken: [],
        pending: [],
      }),
    };
    const answer = await send("/api/v1/workflows/tickets/definition", {
      method: "PUT",
      body: '{"document":{"__proto__":{"polluted":"yes"}}}',
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      workflow: "undefined",
      digest: "document,takeFile,dryRun",
    });
  });
});

describe("keys", () => {
  test("a stranger is stopped before the body is read", async () => {
    plays = { submitCase: () => expect.unreachable() };
    const answer = await send(CASES, { body: "not even JSON", key: "" });
    expect(answer).toMatchObject({ status: 401, error: { code: "unauthenticated" } });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("a key without the scope is told which one is missing", async () => {
    expect(await send(CASES, { body: "{}", key: "reader" })).toMatchObject({
      status: 403,
      error: { code: "forbidden", message: expect.stringContaining("intake") },
    });
  });

  test("every route but the open ones asks for a key", async () => {
    const open = await Promise.all(
      routes.map(async ({ method, path, name }) => {
        const { status } = await send(path.replaceAll(/:\w+/g, "x"), { method, key: "" });
        return status === 401 ? [] : [name];
      }),
    );
    expect(open.flat()).toEqual([
      "lookAtToken",
      "sayWithToken",
      "signInMethods",
      "signIn",
      "openLink",
      "acceptInvitation",
      "beginProviderSignIn",
      "endProviderSignIn",
      "signOut",
      "openApi",
    ]);
  });
});

describe("errors", () => {
  test("a fault that nobody foresaw answers with a request id, and tells its story to the log only", async () => {
    plays = {};
    logged.length = 0;
    const answer = await send("/api/v1/workflows");
    expect(answer).toMatchObject({ status: 500, error: { code: "internal" } });
    expect(answer.text).not.toContain("inner detail");
    expect(answer.text).not.toMatch(/\bat \S+ \(|\.ts:\d+|node_modules|TypeError/);
    expect(logged.join("")).toContain("inner detail");
    expect(logged.join("")).toContain(answer.error!.requestId);
  });

  test("no endpoint lets a stack trace out", async () => {
    plays = {};
    for (const { method, path, name } of routes) {
      const hasBody = method === "POST" || method === "PUT";
      const type = ENDPOINTS[name].wire === "ndjson" ? "application/x-ndjson" : "application/json";
      const answer = await send(path.replaceAll(/:\w+/g, "x"), {
        method,
        type,
        ...(hasBody
          ? {
              body: JSON.stringify((ENDPOINTS[name] as { example?: { body?: unknown } }).example?.body ?? {}),
            }
          : {}),
      });
      expect(answer, name).toMatchObject({
        error: { code: expect.any(String), requestId: expect.any(String) },
      });
      expect(answer.text, name).not.toMatch(/inner detail|\.ts:\d+|node_modules|Error:/);
    }
  });

  test("one of ours keeps its code, hint and details, and says when to come back", async () => {
    plays = {
      submitCase: () =>
        Promise.reject(
          new PilotageError("too_many_requests", "Too much.", {
            hint: "Wait.",
            details: { waiting: 5 },
            cause: new Error(INNER),
          }),
        ),
    };
    const answer = await send(CASES, { body: '{"input":{}}' });
    expect(answer).toMatchObject({
      status: 429,
      error: { code: "too_many_requests", message: "Too much.", hint: "Wait.", details: { waiting: 5 } },
    });
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.text).not.toContain("inner");
  });

  test("a handler that answers something else than it declares is a fault of ours", async () => {
    plays = { submitCase: () => ({ status: "perhaps" }) };
    expect(await send(CASES, { body: '{"input":{}}' })).toMatchObject({
      status: 500,
      error: { code: "internal" },
    });
  });

  test("what a handler adds to its reply without declaring it never leaves", async () => {
    plays = { submitCase: () => ({ ...receipt, password: "hunter2" }) };
    expect((await send(CASES, { body: '{"input":{}}' })).text).toBe(JSON.stringify(receipt));
  });

  test.each([
    "/nowhere",
    "/api/v1/nowhere",
    "/api/v1/workflows/tickets/cases/x/y/z",
    "/%00",
    "/api/v1/cases/%E0%A4%A",
    "//",
    `/api/v1/cases/${"x".repeat(300)}`,
  ])("an unknown address %s answers in our form", async (path) => {
    const answer = await send(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.error).toMatchObject({ code: expect.any(String), requestId: expect.any(String) });
  });

  test("a method that an address does not know answers in our form", async () => {
    expect(await send("/api/v1/workflows", { method: "DELETE" })).toMatchObject({
      status: 404,
      error: { code: "not_found" },
    });
  });

  test("replies are not kept, not sniffed, and counted by route", async () => {
    plays = {};
    observed.length = 0;
    const { headers } = await send("/api/v1/cases/case_1");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(observed).toEqual(["/api/v1/cases/:case 500"]);
  });
});

describe("the typed client", () => {
  const client = openClient({ url: `${url}/`, key: "all" });

  test("sends what was given and answers what was declared", async () => {
    plays = {
      submitCase: ({ params, body }) => ({ ...receipt, externalId: `${params.workflow}/${body.externalId}` }),
    };
    const answer = await client.submitCase({
      params: { workflow: "a/b ü?" },
      body: { externalId: "T 1", input: {} },
    });
    expect(answer).toEqual({ ...receipt, externalId: "a/b ü?/T 1" });
  });

  test("gives an error back as it was thrown", async () => {
    plays = {
      submitCase: () =>
        Promise.reject(new PilotageError("conflict", "Another content.", { hint: "Look.", details: [1] })),
    };
    const call = client.submitCase({ params: { workflow: "t" }, body: { input: {} } });
    await expect(call).rejects.toMatchObject({
      name: "PilotageError",
      code: "conflict",
      message: "Another content.",
      hint: "Look.",
      details: [1],
      retryable: false,
    });
  });

  test("says so when nobody answers, and when somebody else does", async () => {
    const nobody = openClient({ url: "http://127.0.0.1:1", key: "x" });
    await expect(nobody.listWorkflows()).rejects.toMatchObject({
      code: "database_unavailable",
      message: expect.stringContaining("http://127.0.0.1:1"),
    });
  });
});
