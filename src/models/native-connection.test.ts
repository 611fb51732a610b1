/** Settings of Anthropic, Bedrock and Google, what each opens, and what is the provider's own on its wire. */
import { createHash, createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { json } from "../../test/support/provider-plays.ts";
import { converse, started, wireOf } from "./ai-sdk.fixture.ts";
import { bedrockAddress, bedrockModel } from "./bedrock.ts";
import { type Connection, connectionSchema, openModel } from "./connection.ts";
import { nativeAddress, type NativeConnection } from "./native-connection.ts";
import { failing, open, request, RIGHT, schema } from "./openai.fixture.ts";

const never = new AbortController().signal;
const problem = (connection: unknown): string | undefined =>
  connectionSchema.safeParse(connection).error?.issues[0]?.message;
const parsed = (connection: unknown) => connectionSchema.parse(connection) as NativeConnection;

describe("settings", () => {
  test.each([
    [{ kind: "anthropic", apiKey: "k" }, "https://api.anthropic.com/v1"],
    [{ kind: "google", apiKey: "k" }, "https://generativelanguage.googleapis.com/v1beta"],
    [
      { kind: "bedrock", apiKey: "k", region: "eu-central-1" },
      "https://bedrock-runtime.eu-central-1.amazonaws.com",
    ],
    [
      { kind: "bedrock", accessKeyId: "a", secretAccessKey: "s", sessionToken: "t", region: "us-gov-west-1" },
      "https://bedrock-runtime.us-gov-west-1.amazonaws.com",
    ],
    [
      { kind: "bedrock", apiKey: "k", region: "eu-west-1", baseUrl: "https://vpce-1.example.com" },
      "https://vpce-1.example.com",
    ],
    [
      { kind: "anthropic", apiKey: "k", baseUrl: "https://gate.example.com/v1" },
      "https://gate.example.com/v1",
    ],
  ])("%o lead to %s", (connection, address) => {
    expect(nativeAddress(parsed(connection))).toBe(address);
  });

  test.each([
    ["no key", { kind: "anthropic" }],
    ["half a key pair", { kind: "bedrock", region: "eu-west-1", accessKeyId: "a" }],
    ["no keys", { kind: "bedrock", region: "eu-west-1" }],
    [
      "both ways to sign",
      { kind: "bedrock", region: "eu-west-1", apiKey: "k", accessKeyId: "a", secretAccessKey: "s" },
    ],
    ["no region", { kind: "bedrock", apiKey: "k" }],
    ["a region that leads elsewhere", { kind: "bedrock", apiKey: "k", region: "x.example.com/" }],
    ["plain http to the open network", { kind: "google", apiKey: "k", baseUrl: "http://api.example.com" }],
    ["a key with a line break", { kind: "google", apiKey: "a\r\nb" }],
    ["an empty note", { kind: "anthropic", apiKey: "k", contract: " " }],
  ])("with %s are refused", (_, connection) => {
    expect(problem(connection)).toBeDefined();
  });

  test("carry notes of region and contract, which change nothing", () => {
    const noted = { region: "EU (Frankfurt)", contract: "processing agreement of 2026-03-01, nothing kept" };
    for (const connection of [
      { kind: "anthropic", apiKey: "k" },
      { kind: "google", apiKey: "k" },
      { kind: "openai", baseUrl: "https://a.example" },
      { kind: "http", url: "https://a.example", secret: `whsec_${Buffer.alloc(24).toString("base64")}` },
    ])
      expect(connectionSchema.parse({ ...connection, ...noted })).toMatchObject(noted);
    expect(openModel(parsed({ kind: "anthropic", apiKey: "k", ...noted }), asked()).describe).toBe(
      "anthropic claude-sonnet-4-5 at cloud",
    );
  });

  test("without the name of a model are refused with what to do", () => {
    for (const connection of [
      { kind: "anthropic", apiKey: "k" },
      { kind: "bedrock", apiKey: "k", region: "eu-west-1" },
      { kind: "google", apiKey: "k" },
    ]) {
      const { name: _, ...nameless } = asked();
      expect(() => openModel(parsed(connection), nameless)).toThrow(
        expect.objectContaining({
          code: "definition_invalid",
          hint: expect.stringContaining("name") as string,
        }),
      );
    }
  });
});

const asked = () => ({
  connection: "cloud",
  name: "claude-sonnet-4-5",
  timeoutMs: 5_000,
  confidence: { from: "none" } as const,
});

test("the packages of the providers are loaded when a question is asked, not when the program starts", () => {
  const folder = new URL(".", import.meta.url);
  const imports = readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.includes(".test."))
    .flatMap(
      (name) => readFileSync(new URL(name, folder), "utf8").match(/^import [^;]*"@ai-sdk\/[^;]*;/gm) ?? [],
    );
  expect(imports.length).toBeGreaterThan(0);
  for (const line of imports) expect(line).toMatch(/^import type /);
});

test.each(["anthropic", "bedrock", "google"] as const)("a connection to %s opens its model", async (kind) => {
  const wire = wireOf(kind);
  const { base, double } = await started(wire, [wire.answer(JSON.stringify(RIGHT))]);
  const baseUrl = { anthropic: `${base}/v1`, bedrock: base, google: `${base}/v1beta` }[kind];
  const region = kind === "bedrock" ? { region: "eu-central-1" } : {};
  const connection: Connection = parsed({
    kind,
    apiKey: wire.key,
    baseUrl,
    headers: { "x-team": "pilot" },
    ...region,
  });
  const model = openModel(connection, { ...asked(), name: wire.name, maxTokens: 90 });
  open.push(() => model.close!());
  expect(await model.ask(request(), never)).toMatchObject({ output: RIGHT, model: wire.answersAs });
  expect(double.requests[0]!.headers).toMatchObject({ "x-team": "pilot" });
  expect(wire.read(double.requests[0]!.json)).toMatchObject({ limit: 90 });
});

describe("anthropic", () => {
  const wire = wireOf("anthropic");

  test("names the version of the wire and puts the key into its own header", async () => {
    const { double, model } = await started(wire, [wire.answer("{}")]);
    await model.ask(request(), never);
    expect(double.requests[0]!.headers).toMatchObject({
      "anthropic-version": "2023-06-01",
      "x-api-key": wire.key,
    });
    expect(double.requests[0]!.headers).not.toHaveProperty("authorization");
    // The wire wants a limit: the model's own, when the release names none.
    expect(wire.read(double.requests[0]!.json).limit).toBeGreaterThan(1_000);
  });

  test("asks older models for the form by a tool, and reads the tool's input as the answer", async () => {
    const play = json(200, {
      type: "message",
      id: "msg_1",
      role: "assistant",
      model: "claude-3-haiku-20240307",
      content: [
        { type: "text", text: "I use the tool." },
        { type: "tool_use", id: "toolu_1", name: "json", input: RIGHT },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 9, output_tokens: 4 },
    });
    const { double, model } = await started(wire, [play], { name: "claude-3-haiku-20240307" });
    expect(await model.ask(request(), never)).toMatchObject({ output: RIGHT, finish: "stop" });
    expect(double.requests[0]!.json).toMatchObject({ tools: [{ name: "json", input_schema: schema }] });
  });

  test("says which of its kinds of error it was", async () => {
    const { model } = await started(wire, [wire.error(529, "overloaded_error", "Overloaded")]);
    const error = await failing(model.ask(request(), never));
    expect(error.message).toContain("529 (overloaded_error)");
  });
});

describe("bedrock", () => {
  const wire = wireOf("bedrock");

  test("signs with a key pair so that the receiver finds the same signature", async () => {
    const { double, base } = await started(wire, [wire.answer(JSON.stringify(RIGHT))]);
    const model = bedrockModel({
      name: wire.name,
      region: "eu-central-1",
      keys: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG", sessionToken: "token-1" },
      baseUrl: base,
      timeoutMs: 5_000,
      connection: "cloud",
    });
    open.push(() => model.close!());
    expect(await model.ask(request(), never)).toMatchObject({ output: RIGHT });
    const { headers, path, body } = double.requests[0]!;
    const [, scope, names, signature] =
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
        headers["authorization"]!,
      )!;
    expect(scope).toMatch(/^\d{8}\/eu-central-1\/bedrock\/aws4_request$/);
    expect(names!.split(";")).toEqual(expect.arrayContaining(["host", "x-amz-date", "x-amz-security-token"]));
    expect(headers["x-amz-security-token"]).toBe("token-1");
    expect(signature).toBe(signatureOf({ headers, path, body, scope: scope!, names: names! }));
    expect(double.bytes().toString()).not.toContain("wJalrXUtnFEMI");
  });

  test("asks other models for the form by a tool, and reads the tool's input as the answer", async () => {
    const play = converse([{ toolUse: { toolUseId: "t-1", name: "json", input: RIGHT } }], "tool_use");
    const { double, model } = await started(wire, [play], { name: "eu.amazon.nova-lite-v1:0" });
    expect(await model.ask(request(), never)).toMatchObject({ output: RIGHT, finish: "stop" });
    expect(wire.read(double.requests[0]!.json).schema).toStrictEqual(schema);
  });

  test("says the schema in words to a model without tools", async () => {
    const refusal = wire.error(400, "ValidationException", "This model doesn't support tool use.");
    const { double, model } = await started(wire, [refusal, wire.answer(JSON.stringify(RIGHT))], {
      name: "meta.llama3-8b-instruct-v1:0",
    });
    expect(await model.ask(request(), never)).toMatchObject({ output: RIGHT });
    expect(double.requests[1]!.json).not.toHaveProperty("toolConfig");
  });

  test("reads the kind of error from the header, without the address behind it", async () => {
    const { model } = await started(wire, [wire.error(403, "AccessDeniedException", "You have no access.")]);
    expect((await failing(model.ask(request(), never))).message).toContain("403 (AccessDeniedException)");
  });

  test("knows the regions of China by another domain", () => {
    expect(bedrockAddress("cn-north-1")).toBe("https://bedrock-runtime.cn-north-1.amazonaws.com.cn");
  });
});

describe("google", () => {
  const wire = wireOf("google");

  test("puts the key into a header, never into the address", async () => {
    const { double, model } = await started(wire, [wire.answer("{}")]);
    await model.ask(request(), never);
    expect(double.requests[0]!.headers).toMatchObject({ "x-goog-api-key": wire.key });
    expect(double.requests[0]!.path).not.toContain("key");
  });

  test("waits as long as a detail of the error asks", async () => {
    const play = json(429, {
      error: {
        code: 429,
        message: "You exceeded your current quota.",
        status: "RESOURCE_EXHAUSTED",
        details: [
          { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [] },
          { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" },
        ],
      },
    });
    const { model } = await started(wire, [play]);
    expect(await failing(model.ask(request(), never))).toMatchObject({
      code: "model_unavailable",
      details: { type: "RESOURCE_EXHAUSTED", retryAfterMs: 34_500 },
    });
  });

  test("takes a prompt that was blocked as a refusal, and thoughts as no part of the answer", async () => {
    const blocked = json(200, {
      promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
      usageMetadata: { promptTokenCount: 41, totalTokenCount: 41 },
      modelVersion: "gemini-2.5-flash",
    });
    const thinking = json(200, {
      candidates: [
        {
          content: {
            role: "model",
            parts: [{ text: '{"category":"x"}', thought: true }, { text: JSON.stringify(RIGHT) }],
          },
          finishReason: "STOP",
        },
      ],
      modelVersion: "gemini-2.5-flash",
    });
    const { model } = await started(wire, [blocked, thinking]);
    expect(await model.ask(request(), never)).toMatchObject({ output: undefined, finish: "refusal" });
    expect(await model.ask(request(), never)).toMatchObject({ output: RIGHT, text: JSON.stringify(RIGHT) });
  });
});

/** The signature as Amazon's documentation of Signature Version 4 derives it, by hand. */
function signatureOf(sent: {
  headers: Record<string, string>;
  path: string;
  body: Buffer;
  scope: string;
  names: string;
}): string {
  const { headers, path, body, scope, names } = sent;
  const hash = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
  const mac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const canonical = [
    "POST",
    // Every part of a path is encoded once more for signing, as it is for all services but one.
    path.split("/").map(encodeURIComponent).join("/"),
    "",
    ...names.split(";").map((name) => `${name}:${headers[name]}`),
    "",
    names,
    headers["x-amz-content-sha256"] ?? hash(body),
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hash(canonical)].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>((secret, part) => mac(secret, part), "AWS4wJalrXUtnFEMI/K7MDENG");
  return mac(key, text).toString("hex");
}
