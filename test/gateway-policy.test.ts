/**
 * The data policy of offered models: a provider that records proves for every case that nothing outside it arrives, in
 * whatever part of a request it stands, streamed or not. What is found at all is in definition/personal/scan.test.ts.
 */
import { existsSync, readFileSync } from "node:fs";
import OpenAI from "openai";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../src/contract/json.ts";
import { install } from "./support/installation.ts";
import { startPlayingProvider } from "./support/playing-provider.ts";

const provider = await startPlayingProvider();
afterAll(() => provider.stop());
const { asked, address } = provider;
const installation = await install();
const { app, client, url } = installation;

const allowAll = Object.fromEntries(
  ["iban", "card", "taxId", "socialInsurance", "vatId", "email", "phone", "ip", "birthDate", "suspect"].map(
    (kind) => [kind, "allow"],
  ),
);
await client.saveConnection({
  params: { name: "first" },
  body: {
    settings: {
      kind: "openai",
      baseUrl: address,
      passThrough: [
        { name: "free" },
        { name: "masked", policy: { mask: [{ name: "customer", pattern: String.raw`K-\d{5}` }] } },
        { name: "as-it-comes", whole: "asked", fallback: ["first/spare"], policy: {} },
        { name: "named", policy: { scan: { email: "pseudonymise", iban: "pseudonymise", phone: "allow" } } },
        { name: "strict", policy: { unknownFields: "refuse", scan: { card: "refuse" }, tools: false } },
        {
          name: "wide",
          images: true,
          policy: {
            fields: ["user", "metadata", "messages.reasoning_content"],
            files: true,
            audio: true,
            scan: allowAll,
          },
        },
        { name: "pictures", images: true, policy: {} },
        { name: "kept", policy: { keys: ["portal"] } },
      ],
    },
  },
});
const keyNamed = async (name: string) =>
  (
    await app.keys.make(
      { name, scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
      { kind: "system", name: "test" },
    )
  ).secret;
const key = await keyNamed("a program");
const newest = async () => (await client.listModelCalls({ query: { limit: "1" } })).calls[0]!;

async function ask(model: string, body: JsonObject, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: `first/${model}`, ...body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const say = (content: JsonValue): JsonObject => ({ messages: [{ role: "user", content }] });
const arrived = () => JSON.stringify(asked.map((one) => [one.body, one.headers]));
/** What arrived, as somebody would read it who leaves out whatever stands between letters. */
const readable = () =>
  arrived()
    .normalize("NFKC")
    .replaceAll(/[^\p{L}\p{N}@]/gu, "")
    .toLowerCase();
beforeEach(() => provider.clear());

const IBAN = "DE10 9000 0011 0000 1234 56";
const MAIL = "ada.lovelace@example.com";
const CARD = "4111 1111 1111 1111";
const PLANTED = [IBAN, MAIL, CARD].map((one) => one.replaceAll(/[ .]/g, "").toLowerCase());

/** A request that has something to hide wherever a request of this wire can hold a text. */
const secret = `${IBAN}, ${MAIL}, ${CARD}`;
const everywhere: JsonObject = {
  messages: [
    { role: "system", content: `You serve ${secret}.`, name: MAIL },
    { role: "developer", content: [{ type: "text", text: secret, cache_control: { type: secret } }] },
    { role: "user", content: secret },
    {
      role: "user",
      content: [
        { type: "text", text: `a ${IBAN}` },
        { type: "text", text: `b ${MAIL} ${CARD}` },
      ],
    },
    {
      role: "assistant",
      content: null,
      reasoning_content: secret,
      tool_calls: [
        {
          id: "call_1",
          type: "function",
          note: secret,
          function: {
            name: "refund",
            arguments: JSON.stringify({ iban: IBAN, card: 4111111111111111, mail: MAIL }),
          },
        },
        { id: "call_2", type: "custom", custom: { name: "note", input: secret } },
      ],
    },
    {
      role: "tool",
      tool_call_id: "call_1",
      content: JSON.stringify({ text: secret }).replace("@", String.raw`\u0040`),
    },
    { role: "tool", tool_call_id: "call_2", content: [{ type: "text", text: secret }] },
    { role: "assistant", content: [{ type: "refusal", refusal: secret }] },
    { role: "assistant", content: `The account is ${secret}` },
  ],
  tools: [
    {
      type: "function",
      function: {
        name: "refund",
        description: secret,
        parameters: {
          type: "object",
          properties: { [MAIL]: { enum: [IBAN, 4111111111111111], default: secret } },
        },
      },
    },
  ],
  tool_choice: { type: "function", function: { name: "refund", note: MAIL } },
  response_format: {
    type: "json_schema",
    json_schema: { name: "x", description: secret, schema: { title: MAIL } },
  },
  stop: [secret],
  user: MAIL,
  safety_identifier: MAIL,
  metadata: { who: secret },
  store: true,
  logit_bias: { [CARD]: 1 },
  prediction: { type: "content", content: secret },
  web_search_options: { user_location: { approximate: { city: secret } } },
  prompt_cache_key: MAIL,
  vendor_key: { deep: [[{ a: secret }]] },
  [MAIL]: "a name that is data itself",
  seed: 7,
};

describe("nothing outside the policy arrives", () => {
  test.each<[string, JsonObject, Record<string, string>]>([
    ["masked", {}, {}],
    ["as-it-comes", {}, {}],
    ["masked", { stream: true }, { "x-pilotage-mode": "buffered" }],
    [
      "masked",
      { stream: true, stream_options: { include_usage: true, note: secret } },
      { "x-pilotage-mode": "live" },
    ],
  ])("%s %j %j", async (model, more, headers) => {
    const { status } = await ask(model, { ...everywhere, ...more }, headers);
    expect(status).toBe(200);
    expect(asked).toHaveLength(1);
    for (const one of PLANTED) expect(readable()).not.toContain(one);
    expect(arrived()).not.toMatch(/4111 ?1111|1234 56|lovelace/);
    expect(asked[0]!.body).toMatchObject({ seed: 7, model });
    expect(Object.keys(asked[0]!.body)).toEqual(
      expect.not.arrayContaining(["user", "metadata", "store", "vendor_key"]),
    );
  });

  test("the same request arrives whole where everything is allowed: the recorder sees what it should", async () => {
    await ask("free", everywhere);
    for (const one of PLANTED) expect(readable()).toContain(one);
  });

  test("a fallback gets no more than the first", async () => {
    provider.plays["as-it-comes"] = (_, reply) => void reply.writeHead(503).end();
    const { headers } = await ask("as-it-comes", everywhere);
    expect(headers.get("x-pilotage-model")).toContain("spare");
    for (const one of PLANTED) expect(readable()).not.toContain(one);
  });

  const VECTORS = new URL("../../shared/reference/pii-cases.jsonl", import.meta.url);
  test.skipIf(!existsSync(VECTORS))(
    "every line of the reference (skipped where it does not lie beside)",
    async () => {
      const lines = readFileSync(VECTORS, "utf8")
        .trim()
        .split("\n")
        .map(
          (line) =>
            JSON.parse(line) as { text: string; spans: { type: string; start: number; end: number }[] },
        );
      let planted = 0;
      for (const { text, spans } of lines) {
        provider.clear();
        await ask("masked", say(text));
        const sent = JSON.stringify(asked[0]!.body);
        for (const { type, start, end } of spans) {
          if (type === "PERSON" || type === "ADDRESS") continue;
          planted++;
          expect(sent).not.toContain(text.slice(start, end));
        }
      }
      expect(planted).toBeGreaterThan(40);
    },
  );
});

describe("what is told of it", () => {
  test("a header and the record name fields and counts, and no value", async () => {
    const { headers } = await ask("masked", everywhere);
    const dropped = headers.get("x-pilotage-dropped")!;
    expect(dropped).toContain("metadata");
    expect(dropped).toContain("messages.reasoning_content");
    expect(dropped).toContain("messages.content.cache_control");
    expect(dropped).toContain("(other)");
    expect(headers.get("x-pilotage-masked")).toMatch(/iban=\d+/);
    const call = await newest();
    expect(call.policy!.dropped).toEqual(
      expect.arrayContaining([
        "user",
        "store",
        "logit_bias",
        "prediction",
        "web_search_options",
        "vendor_key",
      ]),
    );
    expect(call.policy!.masked["card"]).toBeGreaterThan(5);
    const told = JSON.stringify([call, Object.fromEntries(headers)]);
    expect(told).not.toMatch(/lovelace|4111 ?1111|9000 0011/);
  });

  test("masks leave the sentence readable, own patterns have their name", async () => {
    await ask("masked", say(`Customer K-88412 wants ${IBAN} instead, call +49 30 23125 014.`));
    expect(asked[0]!.body["messages"]).toEqual([
      { role: "user", content: "Customer [CUSTOMER] wants [IBAN] instead, call [PHONE]." },
    ]);
  });

  test("a pseudonym is the same in every turn, and what is allowed stays", async () => {
    await ask("named", {
      messages: [
        { role: "user", content: `I am ${MAIL}, +49 30 23125 014` },
        { role: "assistant", content: "Hello [EMAIL-1]" },
        { role: "user", content: `Also b@example.org, not ${MAIL.toUpperCase()}` },
      ],
    });
    expect((asked[0]!.body["messages"] as { content: string }[]).map((one) => one.content)).toEqual([
      "I am [EMAIL-1], +49 30 23125 014",
      "Hello [EMAIL-1]",
      "Also [EMAIL-2], not [EMAIL-1]",
    ]);
    expect((await newest()).policy).toMatchObject({ masked: {}, pseudonymised: { email: 3 } });
  });

  test("a model without a policy says nothing of one, and its record neither", async () => {
    const { headers } = await ask("free", say(secret));
    expect([...headers.keys()]).toEqual(
      expect.not.arrayContaining(["x-pilotage-dropped", "x-pilotage-masked"]),
    );
    expect((await newest()).policy).toBeNull();
  });
});

describe("refused, with nobody asked and on record", () => {
  test.each<[string, string, JsonObject, string]>([
    ["an identifier that must not leave", "strict", say(`my card ${CARD}`), "personal_data_refused"],
    ["an unknown field", "strict", { ...say("hello"), vendor_key: 1 }, "field_not_allowed"],
    [
      "tools",
      "strict",
      { ...say("hello"), tools: [{ type: "function", function: { name: "f" } }] },
      "part_not_allowed",
    ],
    [
      "results of tools",
      "strict",
      { messages: [{ role: "tool", tool_call_id: "1", content: "x" }] },
      "part_not_allowed",
    ],
    ["a file", "masked", say([{ type: "file", file: { file_id: "f" } }]), "part_not_allowed"],
    [
      "sound",
      "masked",
      say([{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }]),
      "part_not_allowed",
    ],
    [
      "a part that nobody knows",
      "masked",
      say([{ type: "video_url", video_url: { url: "https://a.b" } }]),
      "part_not_allowed",
    ],
  ])("%s", async (_, model, body, code) => {
    const { status, text } = await ask(model, body);
    expect(status).toBe(400);
    const { error } = JSON.parse(text) as { error: JsonObject };
    expect(error).toMatchObject({ type: "invalid_request_error", code });
    expect(Object.keys(error)).toEqual(expect.arrayContaining(["message", "type", "param", "code"]));
    expect(text).not.toMatch(/4111 ?1111/);
    expect(asked).toHaveLength(0);
    expect(await newest()).toMatchObject({
      outcome: "refused",
      status: 400,
      error: code,
      tries: [],
      modelAsked: `first/${model}`,
    });
  });

  test("the record of a refusal counts what was found", async () => {
    await ask("strict", say(`${CARD} and ${CARD}, ${MAIL}`));
    expect((await newest()).policy).toMatchObject({ refused: { card: 2 }, masked: { email: 1 } });
  });

  test("a request that is nested beyond all reason", async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(500)}1${"}".repeat(500)}`) as JsonObject;
    const { status } = await ask("masked", { ...say("x"), response_format: deep });
    expect(status).toBe(400);
    expect(asked).toHaveLength(0);
  });
});

describe("what the policy lets on", () => {
  test("fields that it names, the user as a digest, and files as they are", async () => {
    const file = Buffer.from("a file with 4111 1111 1111 1111").toString("base64");
    await ask("wide", {
      ...say([{ type: "file", file: { file_data: `data:application/pdf;base64,${file}` } }]),
      user: MAIL,
      metadata: { ticket: "T-1" },
      store: true,
    });
    expect(asked[0]!.body).toMatchObject({
      metadata: { ticket: "T-1" },
      user: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(asked[0]!.body).not.toHaveProperty("store");
    expect(arrived()).toContain(file);
  });

  test("a picture as bytes goes on untouched; an address of one is looked through", async () => {
    const bytes = `data:image/png;base64,${"4111111111111111".repeat(4)}`;
    await ask("pictures", say([{ type: "image_url", image_url: { url: bytes, detail: "low" } }]));
    expect(arrived()).toContain(bytes);
    provider.clear();
    await ask("pictures", say([{ type: "image_url", image_url: { url: `https://a.example/?who=${MAIL}` } }]));
    expect(arrived()).not.toContain(MAIL);
    provider.clear();
    await ask(
      "pictures",
      say([{ type: "image_url", image_url: { url: `data:text/plain;base64,x ${MAIL}` } }]),
    );
    expect(arrived()).not.toContain(MAIL);
  });
});

describe("keys", () => {
  test("others are told that there is no such model, and do not see it in the list", async () => {
    const others = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
    const portal = new OpenAI({ baseURL: `${url}/v1`, apiKey: await keyNamed("portal"), maxRetries: 0 });
    const listed = async (openai: OpenAI) => (await openai.models.list()).data.map((one) => one.id);
    expect(await listed(others)).not.toContain("first/kept");
    expect(await listed(portal)).toContain("first/kept");
    const messages = [{ role: "user" as const, content: "hello" }];
    await expect(others.chat.completions.create({ model: "first/kept", messages })).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
    });
    expect(asked).toHaveLength(0);
    await portal.chat.completions.create({ model: "first/kept", messages });
    expect(asked).toHaveLength(1);
  });
});

test.each<[string, JsonObject, RegExp]>([
  [
    "a pattern without an end",
    { mask: [{ name: "all", pattern: "a.*b" }] },
    /repeats nothing without an end/,
  ],
  [
    "a pattern that RE2 does not know",
    { mask: [{ name: "all", pattern: "(?=a)" }] },
    /not a regular expression/,
  ],
  ["an unknown kind", { scan: { name: "mask" } }, /name/],
  ["a name that is taken", { mask: [{ name: "iban", pattern: "x" }] }, /taken/],
  ["an unknown setting", { dropped: true }, /dropped/],
])("a policy is not stored with %s", async (_, policy, because) => {
  await expect(
    client.saveConnection({
      params: { name: "other" },
      body: { settings: { kind: "openai", baseUrl: address, passThrough: [{ name: "a", policy }] } },
    }),
  ).rejects.toThrow(because);
});
