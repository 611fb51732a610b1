/**
 * Data policies along a chain of models: each fallback has its own on top of that of the model asked for. And what stands
 * around a policy: the limits of the key, and what is said when a connection is stored.
 */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { KeyLimits } from "../src/contract/keys.ts";
import type { JsonObject, JsonValue } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install } from "./support/installation.ts";
import { startPlayingProvider, refuses } from "./support/playing-provider.ts";

const provider = await startPlayingProvider();
afterAll(() => provider.stop());
const { asked, address, plays } = provider;
const { app, client, url } = await install();

const store = (name: string, passThrough: JsonObject[]) =>
  client.saveConnection({
    params: { name },
    body: { settings: { kind: "openai", baseUrl: address, passThrough } },
  });
await store("chain", [
  { name: "open", fallback: ["chain/masked"] },
  { name: "mails", fallback: ["chain/masked"], policy: { scan: { email: "allow" } } },
  // Several alike: the breaker of one that failed keeps it from being asked.
  ...["guarded", "tooled", "shared", "first"].map((name) => ({
    name,
    fallback: ["chain/closed", "chain/foreign", "chain/spare"],
    policy: {},
  })),
  { name: "seeing", images: true, fallback: ["chain/masked", "chain/unlisted"] },
  { name: "short", larger: "chain/closed" },
  { name: "masked", policy: {} },
  { name: "closed", policy: { unknownFields: "refuse", scan: { suspect: "refuse" }, tools: false } },
  { name: "foreign", policy: { keys: ["portal"] } },
]);
const keyNamed = async (name: string, limits: KeyLimits | null = null) => {
  const by = { kind: "system", name: "test" } as const;
  const wanted = {
    name,
    scopes: ["gateway" as const],
    workflow: undefined,
    days: 30,
    simulated: false,
    limits,
  };
  return app.keys.make(wanted, by);
};
const { secret: key } = await keyNamed("a program");
beforeEach(() => provider.clear());

async function ask(model: string, body: JsonObject, secret = key) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ model: `chain/${model}`, ...body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const say = (content: JsonValue): JsonObject => ({ messages: [{ role: "user", content }] });
const down = refuses(503, { message: "overloaded", type: "server_error", param: null, code: null });
const received = () =>
  asked.map(({ model, body }) => [model, (body["messages"] as JsonObject[])[0]!["content"]]);
const askedModels = () => [...new Set(asked.map((one) => one.model))];

describe("each model of a chain", () => {
  test("has its own policy, where the first has none", async () => {
    plays["open"] = down;
    const { status, headers } = await ask("open", { ...say("ada@example.com"), metadata: { a: "b" } });
    expect(status).toBe(200);
    expect(received()[0]).toEqual(["open", "ada@example.com"]);
    expect(received().at(-1)).toEqual(["masked", "[EMAIL]"]);
    expect(asked.at(-1)!.body).not.toHaveProperty("metadata");
    expect(headers.get("x-pilotage-masked")).toBe("email=1");
    expect((await client.listModelCalls({ query: { limit: "1" } })).calls[0]!.policy).toMatchObject({
      dropped: ["metadata"],
      masked: { email: 1 },
    });
  });

  test("has its own on top of the first, and both are counted", async () => {
    plays["mails"] = down;
    const { headers } = await ask("mails", say("ada@example.com, 4111 1111 1111 1111"));
    expect(received()[0]).toEqual(["mails", "ada@example.com, [CARD]"]);
    expect(received().at(-1)).toEqual(["masked", "[EMAIL], [CARD]"]);
    expect(headers.get("x-pilotage-masked")).toBe("card=1, email=1");
  });

  test("has that of the first, where it has none", async () => {
    plays["first"] = down;
    await ask("first", { ...say("ada@example.com"), tools: [{ type: "function", function: { name: "f" } }] });
    expect(received().at(-1)).toEqual(["spare", "[EMAIL]"]);
  });

  test("is left out where its own offer refuses the request, or the key", async () => {
    plays["guarded"] = down;
    await ask("guarded", say("Die Karte 4111 1111 1111 1112"));
    // The policy of the first masks what that of the second would refuse.
    expect(askedModels()).toEqual(["guarded", "closed"]);
    provider.clear();
    plays["tooled"] = down;
    await ask("tooled", { ...say("x"), tools: [{ type: "function", function: { name: "f" } }] });
    expect(askedModels()).toEqual(["tooled", "spare"]);
    provider.clear();
    plays["shared"] = down;
    const { secret } = await keyNamed("portal");
    await ask("shared", { ...say("x"), tools: [{ type: "function", function: { name: "f" } }] }, secret);
    expect(askedModels()).toEqual(["shared", "foreign"]);
  });

  test("is left out where it is not offered for images; one that is not offered itself is asked", async () => {
    plays["seeing"] = down;
    await ask("seeing", say([{ type: "image_url", image_url: { url: "https://a.example/b.png" } }]));
    expect(askedModels()).toEqual(["seeing", "unlisted"]);
  });

  test("the larger one as well", async () => {
    const tooLong = {
      message: "too long",
      type: "invalid_request_error",
      param: null,
      code: "context_length_exceeded",
    };
    plays["short"] = refuses(400, tooLong);
    expect((await ask("short", say("x"))).headers.get("x-pilotage-model")).toContain("closed");
    provider.clear();
    plays["short"] = refuses(400, tooLong);
    expect((await ask("short", say("IBAN DE11 9000 0011 0000 1234 56"))).status).toBe(400);
    expect(askedModels()).toEqual(["short"]);
  });
});

test("a call that the policy refuses counts for its key as a request, and one over the limit is not looked through", async () => {
  const { id, secret } = await keyNamed("limited", { requests: { day: 2 }, tokens: { day: 100_000 } });
  const refused = { ...say("x"), vendor_key: 1 };
  expect((await ask("closed", refused, secret)).status).toBe(400);
  expect((await ask("closed", refused, secret)).status).toBe(400);
  const over = await ask("closed", refused, secret);
  expect(over.status).toBe(429);
  expect(asked).toHaveLength(0);
  const { calls } = await client.listModelCalls({ query: { key: id } });
  expect(calls.map((one) => [one.outcome, one.error])).toEqual([
    ["refused", "field_not_allowed"],
    ["refused", "field_not_allowed"],
  ]);
  const used = await app.database.all<{ requests: string; tokens: string }>(
    sql`select requests::text, tokens::text from spend_window where scope = ${`key:${id}`}`,
  );
  expect(used.length).toBeGreaterThan(0);
  for (const one of used) expect(one).toEqual({ requests: "2", tokens: "0" });
});

describe("when a connection is stored", () => {
  const lastSaved = async () => {
    const [event] = await app.database.all<{ body: string }>(
      sql`select body from audit_event where kind = 'connection.saved' order by id desc limit 1`,
    );
    return (JSON.parse(event!.body) as { data: JsonObject }).data;
  };

  test("models without a policy are told, and one that shall lose its policy waits", async () => {
    const { warnings } = await store("saved", [
      { name: "a" },
      { name: "b", policy: { fields: ["metadata"] } },
    ]);
    expect(warnings).toEqual([expect.stringMatching(/^a: no data policy/)]);
    const again = await store("saved", [{ name: "a", policy: {} }, { name: "b" }]);
    expect(again.warnings[0]).toMatch(/^b: a looser data policy .* waits for a second person/);
    expect(again.waiting).toHaveLength(1);
  });

  test("the audit log names the models whose policy changed, with a digest and no value", async () => {
    await store("told", [
      { name: "told-a", policy: { fields: ["secret_field"] } },
      { name: "told-b" },
      { name: "told-c", policy: {} },
    ]);
    expect(await lastSaved()).toMatchObject({
      policies: [
        { model: "told-a", change: "added" },
        { model: "told-c", change: "added" },
      ],
    });
    await store("told", [
      { name: "told-a", policy: { fields: ["secret_field"], tools: false } },
      { name: "told-b", policy: {} },
    ]);
    const saved = await lastSaved();
    expect(saved).toMatchObject({
      policies: [
        { model: "told-a", change: "changed", digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        { model: "told-b", change: "added" },
        { model: "told-c", change: "removed" },
      ],
    });
    expect(JSON.stringify(saved)).not.toContain("secret_field");
    await store("told", [
      { name: "told-b", policy: {} },
      { name: "told-a", policy: { fields: ["secret_field"], tools: false } },
    ]);
    expect(await lastSaved()).not.toHaveProperty("policies");
  });

  test("names of keys that no key has, or several, are told", async () => {
    const { id } = await keyNamed("one");
    await keyNamed("twice");
    await keyNamed("twice");
    const { warnings } = await store("keyed", [
      { name: "a", policy: { keys: ["one", id, "twice", "nobody"] } },
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/^nobody: .*no key in force/),
      expect.stringMatching(/^twice: .*several keys/),
    ]);
  });
});
