/** Trying a connection: what is found, told with what to do; nothing goes where it has an effect; it is on record. */
import { createServer as createTlsServer } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { localhostCertificate } from "./support/certificate.ts";
import { install, launch } from "./support/installation.ts";
import { startProvider, type Provider, type ProviderOptions } from "./support/provider.ts";
import { failure, json, wrongKey } from "./support/provider-plays.ts";

const { app, client } = await install();
const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function provider(options: Partial<ProviderOptions> = {}): Promise<Provider> {
  const double = await startProvider({ answer: () => ({ output: { ok: true } }), ...options });
  open.push(() => double.stop());
  return double;
}
const store = (name: string, settings: Record<string, unknown>) =>
  client.saveConnection({ params: { name }, body: { settings: settings as never } });
const tried = (name: string, body: { to?: string; model?: string } = {}) =>
  client.testConnection({ params: { name }, body });

describe("a language model", () => {
  test("that answers as asked is told with its name, its tokens and the form that it takes", async () => {
    const double = await provider({ refuses: ["json_schema"] });
    await store("mistral", { kind: "openai", baseUrl: double.url, apiKey: "k" });
    expect(await tried("mistral", { model: "small" })).toMatchObject({
      ok: true,
      outcome: "answered",
      model: "small-2026-04-14",
      tokens: { input: 41, output: 17 },
      form: "json_object",
      detail: expect.stringContaining("takes no schema as a parameter") as string,
    });
    // At last it is asked when the model retires; this one has no list of models.
    expect(double.requests.map((one) => one.path)).toStrictEqual([
      "/v1/chat/completions",
      "/v1/chat/completions",
      "/v1/models",
    ]);
  });

  test("is the one that a release asks over it, unless another is named; without either nothing is sent", async () => {
    const double = await provider();
    await store("eu", { kind: "openai", baseUrl: double.url });
    await expect(tried("eu")).rejects.toMatchObject({
      code: "bad_request",
      hint: expect.stringContaining("Name one") as string,
    });
    expect(double.requests).toHaveLength(0);
    await launch(
      { client },
      {
        release: {
          model: { connection: "eu", name: "from-the-release", timeout: 5_000 },
          prompt: "Sort this: {{ input.text }}",
        },
        script: null,
        share: 0,
      },
    );
    await tried("eu");
    await tried("eu", { model: "named" });
    const asked = double.requests.filter((one) => one.method === "POST");
    expect(asked.map((one) => (one.json as { model: string }).model)).toStrictEqual([
      "from-the-release",
      "named",
    ]);
  });

  test.each([
    ["a wrong key", wrongKey(), "key", "Correct the key"],
    ["an unknown model", failure(404, { message: "no such model" }), "model", "Check the model's name"],
    ["an address of something else", json(200, { hello: 1 }), "not_this_api", "not a chat completion"],
    ["too many calls", failure(429, { message: "slow down" }), "busy", "cannot serve"],
  ])("with %s is told with what to do", async (_, play, outcome, words) => {
    const double = await provider({ faults: [play] });
    await store("broken", { kind: "openai", baseUrl: double.url, apiKey: "k" });
    const reply = await tried("broken", { model: "small" });
    expect(reply).toMatchObject({ ok: false, outcome });
    expect(reply.detail).toContain(words);
  });

  test("that answers in another form, or cannot be reached, is told so", async () => {
    const double = await provider({ answer: () => ({ content: "Gladly!" }) });
    await store("chatty", { kind: "openai", baseUrl: double.url });
    expect(await tried("chatty", { model: "small" })).toMatchObject({ ok: false, outcome: "other_form" });
    await store("away", { kind: "openai", baseUrl: "http://127.0.0.1:1/v1" });
    expect(await tried("away", { model: "small" })).toMatchObject({
      ok: false,
      outcome: "unreachable",
      detail: expect.stringContaining("nothing listens") as string,
    });
  });

  test("at a private address is told with the setting that would allow it", async () => {
    await store("gpu", { kind: "openai", baseUrl: "http://10.1.2.3:8000/v1" });
    expect(await tried("gpu", { model: "small" })).toMatchObject({
      ok: false,
      outcome: "address_refused",
      detail: expect.stringContaining("add 10.1.2.3:8000 to the setting PILOTAGE_EGRESS_ALLOW") as string,
    });
  });

  test("of a provider with a wire of its own is asked over it", async () => {
    const text = '{"ok":true}';
    const double = await provider({
      faults: [
        json(200, {
          candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason: "STOP" }],
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 14 },
          modelVersion: "gemini-2.5-flash",
        }),
      ],
    });
    const baseUrl = `${new URL(double.url).origin}/v1beta`;
    await store("gemini", {
      kind: "google",
      apiKey: "k-secret",
      baseUrl,
      region: "EU",
      contract: "nothing kept",
    });
    expect(await tried("gemini", { model: "gemini-2.5-flash" })).toMatchObject({
      ok: true,
      model: "gemini-2.5-flash",
      tokens: { input: 9, output: 5 },
      form: "json_schema",
    });
    const [shown] = (await client.listConnections()).connections.filter((one) => one.name === "gemini");
    expect(shown!.shown).toStrictEqual({
      address: baseUrl,
      region: "EU",
      contract: "nothing kept",
      stored: ["apiKey"],
    });
  });
});

test("an own service and a script are asked without a model's name", async () => {
  const double = await provider({ answer: () => ({ output: { topic: "none" }, model: "desk-rules" }) });
  await store("own", { kind: "http", url: double.ownUrl, secret: SECRET });
  expect(await tried("own")).toMatchObject({ ok: true, model: "desk-rules", form: null });
  expect(double.requests[0]!.json).toMatchObject({ caseId: "connection-test", input: { test: true } });
  await store("script", { kind: "scripted", script: { rules: [], otherwise: { answer: { a: 1 } } } });
  expect(await tried("script")).toMatchObject({ ok: true });
});

test("the address of a webhook is connected to, and the receiver gets nothing", async () => {
  const bytes: Buffer[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("data", (chunk) => bytes.push(chunk)).on("error", () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  open.push(() => new Promise((done) => server.close(done)));
  const { port } = server.address() as AddressInfo;
  await store("crm", { kind: "webhook", url: `http://127.0.0.1:${port}/in`, secret: SECRET });
  expect(await tried("crm")).toMatchObject({
    ok: true,
    outcome: "reached",
    detail: expect.stringContaining("Nothing was sent") as string,
  });
  await expect.poll(() => connections).toBe(1);
  expect(Buffer.concat(bytes)).toHaveLength(0);
  await store("crm", { kind: "webhook", url: "https://169.254.169.254/in", secret: SECRET });
  expect(await tried("crm")).toMatchObject({ ok: false, outcome: "address_refused" });
  await store("crm", { kind: "webhook", url: "http://127.0.0.1:1/in", secret: SECRET });
  expect(await tried("crm")).toMatchObject({ ok: false, outcome: "unreachable" });
});

test("a server whose certificate nobody vouches for gets nothing, whatever the kind", async () => {
  let requests = 0;
  const server = createTlsServer(localhostCertificate(), () => requests++);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  open.push(() => new Promise((done) => server.close(done)));
  const { port } = server.address() as AddressInfo;
  await store("crm", { kind: "webhook", url: `https://localhost:${port}/in`, secret: SECRET });
  await store("own-tls", { kind: "openai", baseUrl: `https://localhost:${port}/v1`, apiKey: "k" });
  for (const name of ["crm", "own-tls"])
    expect(await tried(name, { model: "small" })).toMatchObject({
      ok: false,
      outcome: "certificate",
      detail: expect.stringContaining("NODE_EXTRA_CA_CERTS") as string,
    });
  expect(requests).toBe(0);
});

test("each trial is on record with who, what and what came of it", async () => {
  await store("noted", { kind: "scripted", script: { rules: [], otherwise: { answer: { a: 1 } } } });
  await tried("noted");
  const found = await app.database.all<{ body: string }>(
    sql`select body from audit_event where kind = 'connection.tested' and position('noted' in body) > 0`,
  );
  expect(found).toHaveLength(1);
  expect(JSON.parse(found[0]!.body)).toMatchObject({
    data: { name: "noted", connection: "scripted", outcome: "answered" },
  });
});

describe("secrets that stay", () => {
  const settings = { kind: "http", url: "https://models.example.com/triage" };
  const save = (more: object, keep?: string[]) =>
    client.saveConnection({
      params: { name: "own-kept" },
      body: { settings: { ...settings, ...more }, ...(keep === undefined ? {} : { keep }) },
    });

  test("are kept under their address, and under no other; what is not there cannot stay", async () => {
    await expect(save({}, ["secret"])).rejects.toMatchObject({ code: "bad_request" });
    await save({ secret: SECRET });
    await save({ region: "EU" }, ["secret"]);
    const [row] = (await client.listConnections()).connections.filter((one) => one.name === "own-kept");
    expect(row!.shown).toEqual({ address: settings.url, region: "EU", stored: ["secret"] });
    await expect(save({ url: "https://elsewhere.example.com/" }, ["secret"])).rejects.toMatchObject({
      code: "bad_request",
      message: expect.stringContaining("only stays with its address"),
    });
    await expect(
      client.saveConnection({
        params: { name: "own-kept" },
        body: { settings: { kind: "webhook", url: settings.url }, keep: ["secret"] },
      }),
    ).rejects.toMatchObject({ code: "bad_request" });
    await expect(save({}, ["apiKey"])).rejects.toMatchObject({ code: "bad_request" });
  });
});
