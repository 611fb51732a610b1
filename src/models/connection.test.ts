/** Settings of connections, and what each kind opens. */
import { afterEach, describe, expect, test } from "vitest";
import { startProvider } from "../../test/support/provider.ts";
import { completion, json } from "../../test/support/provider-plays.ts";
import { type Connection, connectionSchema, type ModelSettings, openModel } from "./connection.ts";
import { isNear } from "./connection-fields.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const settings: ModelSettings = { connection: "mistral-eu", timeoutMs: 2_000, confidence: { from: "model" } };

/** The problem that the schema names; undefined when there is none. */
function problem(connection: unknown): string | undefined {
  return connectionSchema.safeParse(connection).error?.issues[0]?.message;
}

describe("an address", () => {
  test.each([
    "https://api.example.com/v1",
    "https://8.8.8.8/v1?api-version=1",
    "http://localhost:11434/v1",
    "http://model.localhost/v1",
    "http://127.0.0.1:1/v1",
    "http://127.9.9.9/v1",
    "http://[::1]:80/v1",
    "http://10.1.2.3/v1",
    "http://172.31.255.255/v1",
    "http://192.168.0.9/v1",
    "http://[fd12::1]/v1",
  ])("%s is taken", (baseUrl) => {
    expect(problem({ kind: "openai", baseUrl })).toBeUndefined();
  });

  test.each([
    ["http://api.example.com/v1", "Plain http"],
    ["http://8.8.8.8/v1", "Plain http"],
    ["http://172.32.0.1/v1", "Plain http"],
    ["http://169.254.169.254/v1", "Plain http"],
    ["http://0.0.0.0/v1", "Plain http"],
    ["http://[2001:db8::1]/v1", "Plain http"],
    ["http://[::ffff:8.8.8.8]/v1", "Plain http"],
    ["http://localhost.example.com/v1", "Plain http"],
    ["http://127.0.0.1.example.com/v1", "Plain http"],
    ["http://134744072/v1", "Plain http"],
    ["https://user:secret@api.example.com", "no user name"],
    ["https://api.example.com/#v1", "after #"],
    ["ftp://api.example.com", "begins with https"],
    ["file:///etc/passwd", "begins with https"],
    ["api.example.com", "begins with https"],
    ["", "begins with https"],
  ])("%s is refused", (baseUrl, words) => {
    expect(problem({ kind: "openai", baseUrl })).toContain(words);
    expect(problem({ kind: "webhook", url: baseUrl, secret: SECRET })).toContain(words);
  });

  test("inside IPv4 written as IPv6 is judged as what it is", () => {
    expect(isNear("[::ffff:7f00:1]")).toBe(true);
    expect(isNear("[::ffff:808:808]")).toBe(false);
  });
});

describe("secrets and headers", () => {
  test.each([
    ["a key with a line break", { kind: "openai", baseUrl: "https://a.example", apiKey: "a\r\nx: y" }],
    ["an empty key", { kind: "openai", baseUrl: "https://a.example", apiKey: "" }],
    [
      "a header that the call sets itself",
      { kind: "openai", baseUrl: "https://a.example", headers: { Authorization: "x" } },
    ],
    ["a header name with a colon", { kind: "openai", baseUrl: "https://a.example", headers: { "a:": "x" } }],
    [
      "a signing secret without its prefix",
      { kind: "http", url: "https://a.example", secret: SECRET.slice(6) },
    ],
    ["a signing secret that is short", { kind: "http", url: "https://a.example", secret: "whsec_YWJj" }],
    [
      "a signing secret that is not base64",
      { kind: "webhook", url: "https://a.example", secret: `whsec_${"*".repeat(40)}` },
    ],
    ["an unknown kind", { kind: "smtp", url: "https://a.example" }],
    ["an unknown setting", { kind: "http", url: "https://a.example", secret: SECRET, token: "x" }],
  ])("%s is refused", (_, connection) => {
    expect(problem(connection)).toBeDefined();
  });

  test("that are well-formed are taken", () => {
    expect(
      problem({ kind: "openai", baseUrl: "https://a.example", apiKey: "sk 1", headers: { "api-key": "x" } }),
    ).toBeUndefined();
    expect(problem({ kind: "webhook", url: "https://a.example/hook", secret: SECRET })).toBeUndefined();
  });
});

describe("opening", () => {
  const request = {
    caseId: "c",
    release: "r",
    messages: [{ role: "user" as const, content: "Sort." }],
    input: { a: 1 },
    outputSchema: {},
    attachments: [],
  };

  async function ask(connection: Connection, more: Partial<ModelSettings> = {}) {
    const model = openModel(connectionSchema.parse(connection), { ...settings, ...more });
    open.push(async () => model.close?.());
    return { describe: model.describe, answer: await model.ask(request, new AbortController().signal) };
  }

  test("openai passes on name, key, headers, temperature and limit", async () => {
    const double = await startProvider({ answer: () => ({ output: { a: 1 } }), apiKey: "k-1" });
    open.push(() => double.stop());
    const connection = {
      kind: "openai",
      baseUrl: double.url,
      apiKey: "k-1",
      headers: { "x-a": "b" },
    } as const;
    const { describe, answer } = await ask(connection, { name: "small", temperature: 0.5, maxTokens: 9 });
    expect(describe).toBe("openai small at mistral-eu");
    expect(answer.output).toStrictEqual({ a: 1 });
    expect(double.requests[0]!.headers).toMatchObject({ authorization: "Bearer k-1", "x-a": "b" });
    expect(double.requests[0]!.json).toMatchObject({
      model: "small",
      temperature: 0.5,
      max_completion_tokens: 9,
    });
  });

  test("openai is Azure's service with its key in a header and its version in the query", async () => {
    const answer = completion("gpt-4o", { content: '{"a":1}', refusal: null });
    const filtered = json(400, {
      error: {
        message:
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        type: null,
        param: "prompt",
        code: "content_filter",
        status: 400,
        innererror: { code: "ResponsibleAIPolicyViolation", content_filter_result: {} },
      },
    });
    const late = json(
      429,
      { error: { code: "429", message: "Please retry after 7 seconds." } },
      { "retry-after": "7" },
    );
    const double = await startProvider({ answer: () => answer, faults: [answer, filtered, late] });
    open.push(() => double.stop());
    const connection = {
      kind: "openai",
      baseUrl: `${new URL(double.url).origin}/openai/deployments/gpt-4o?api-version=2024-10-21`,
      headers: { "api-key": "azure-key-0123456789" },
    } as const;
    expect((await ask(connection, { name: "gpt-4o" })).answer.output).toStrictEqual({ a: 1 });
    const [sent] = double.requests;
    expect(sent).toMatchObject({
      path: "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
      headers: { "api-key": "azure-key-0123456789" },
    });
    expect(sent!.headers).not.toHaveProperty("authorization");
    await expect(ask(connection, { name: "gpt-4o" })).rejects.toMatchObject({
      code: "model_refused",
      details: { code: "content_filter", class: "refused_content" },
    });
    await expect(ask(connection, { name: "gpt-4o" })).rejects.toMatchObject({
      code: "model_unavailable",
      details: { retryAfterMs: 7_000, class: "rate_limited" },
    });
  });

  test("http takes the service's confidence only when the release says so", async () => {
    const double = await startProvider({ answer: () => ({ output: { a: 1 }, confidence: 0.5 }) });
    open.push(() => double.stop());
    const connection = { kind: "http", url: double.ownUrl, secret: SECRET } as const;
    expect((await ask(connection)).answer).toMatchObject({ confidence: 0.5, model: "mistral-eu" });
    expect((await ask(connection, { confidence: { from: "none" } })).answer).not.toHaveProperty("confidence");
  });

  test("scripted plays its script", async () => {
    const connection = { kind: "scripted", script: { rules: [], otherwise: { answer: { a: 2 } } } } as const;
    expect(
      (await ask({ ...connection, script: { ...connection.script, rules: [] } })).answer.output,
    ).toStrictEqual({ a: 2 });
  });

  test.each<[string, Connection]>([
    ["a webhook", { kind: "webhook", url: "https://a.example", secret: SECRET }],
    ["a language model without a name", { kind: "openai", baseUrl: "https://a.example" }],
  ])("%s is refused with what to do", (_, connection) => {
    expect(() => openModel(connection, settings)).toThrow(
      expect.objectContaining({ code: "definition_invalid", hint: expect.stringContaining("ame") as string }),
    );
  });
});
