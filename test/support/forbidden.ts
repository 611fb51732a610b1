/**
 * A workflow whose inputs carry a unique marker in every field that must not reach a model, and a provider that keeps
 * every byte it receives. Used by the test of the data policy and by the proof case.5.
 *
 * The model speaks over both wires: an OpenAI-compatible chat first, the company's own service as its fallback. Some
 * answers break the schema and are repaired, some calls fail, so that every way of asking is seen.
 */
import type { Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { gatewayPage, unsupported, type Play } from "./provider-plays.ts";
import { startProvider, type Provider, type ProviderAnswer, type ProviderCall } from "./provider.ts";
import { tracesOf } from "./traces.ts";

/** Every forbidden marker begins with this. */
export const FORBIDDEN = "Zq7forbiddenKx";
/** Every marker in a field that may go on begins with this: it shows that the recording and the search work. */
export const ALLOWED = "Zq7allowedKx";
/** The stem of numbers that are pseudonymised. */
export const FORBIDDEN_NUMBER = "918273645";

const text = { type: "string" };
const open = { type: "object" };

const INPUT: JsonObject = {
  type: "object",
  required: ["text"],
  additionalProperties: false,
  properties: {
    text,
    dropped: text,
    unnamed: text,
    masked: text,
    maskedMap: open,
    maskedList: { type: "array", items: text },
    pseudonym: text,
    pseudonyms: { type: "array", items: text },
    customerNumber: { type: "integer" },
    contact: {
      type: "object",
      properties: {
        name: text,
        email: text,
        phone: text,
        address: { type: "object", properties: { city: text, street: text } },
      },
    },
    items: {
      type: "array",
      items: {
        type: "object",
        properties: {
          label: text,
          note: text,
          parts: { type: "array", items: { type: "object", properties: { serial: text } } },
        },
      },
    },
    anything: open,
    blocked: text,
    blockedTree: { type: "object", properties: { leaf: text } },
    // Allowed as a whole: what the schema does not name below must be left out before the policy looks.
    account: {
      type: "object",
      properties: {
        plan: text,
        orders: { type: "array", items: { type: "object", properties: { sku: text } } },
      },
    },
    conversation: text,
    customer: text,
    desk: text,
  },
};

const POLICY: JsonObject = {
  text: "allow",
  dropped: "drop",
  masked: "mask",
  maskedMap: "mask",
  maskedList: "mask",
  pseudonym: "pseudonymise",
  pseudonyms: "pseudonymise",
  customerNumber: "pseudonymise",
  "contact.name": "allow",
  "contact.email": "pseudonymise",
  "contact.address.city": "allow",
  "items.label": "allow",
  anything: "allow",
  account: "allow",
  blocked: "allow",
  "blockedTree.leaf": "allow",
};

const WORKFLOW: JsonObject = {
  workflow: "forbidden",
  purpose: "Shows that only allowed fields leave the house",
  unit: "case",
  people: { owner: "e.brandt@example.com" },
  automation: { maxErrorRate: 0.05 },
  cold: { share: 0 },
  thread: "conversation",
  subject: ["customer", "contact.email"],
  team: "desk",
  teams: ["front"],
};

const RELEASE: JsonObject = {
  workflow: "forbidden",
  model: { connection: "chat", name: "small", timeout: 5_000 },
  fallback: [{ connection: "own", timeout: 5_000 }, "manual"],
  prompt:
    "Sort this.\n---\n{{ input }}\n{{ input.text }} {{ input.contact }} {{ input.items | json }} {% for item in input.items %}{{ item }}{% endfor %} {{ case.id }}",
  input: INPUT,
  output: {
    type: "object",
    required: ["category"],
    additionalProperties: false,
    properties: { category: { enum: ["good", "bad"] } },
  },
  error: { equal: ["category"] },
  policy: POLICY,
};

/** One case: its body for intake, as text, because `__proto__` must arrive as a key. */
export function forbiddenCase(n: number): { externalId: string; body: string } {
  const secret = (field: string) => `ä "${FORBIDDEN}${field}${n}" \\ <&> ü`;
  const bare = (field: string) => `${FORBIDDEN}${field}${n}`;
  const externalId = bare("ExternalId");
  const input = {
    text: `please sort ${ALLOWED}Text${n}`,
    dropped: secret("Dropped"),
    unnamed: secret("Unnamed"),
    masked: secret("Masked"),
    maskedMap: { [bare("MaskedKey")]: secret("MaskedValue"), list: [secret("MaskedInside")] },
    maskedList: [secret("MaskedItem"), secret("MaskedItemTwo")],
    pseudonym: secret("Pseudonym"),
    pseudonyms: [secret("PseudonymItem")],
    customerNumber: Number(`${FORBIDDEN_NUMBER}${String(n).padStart(6, "0")}`),
    contact: {
      name: `${ALLOWED}Name${n}`,
      email: `${bare("Email")}@example.com`,
      phone: secret("Phone"),
      [bare("UnknownKey")]: secret("UnknownNested"),
      address: { city: `${ALLOWED}City${n}`, street: secret("Street") },
    },
    items: [
      { label: `${ALLOWED}Label${n}`, note: secret("Note"), parts: [{ serial: secret("Serial") }] },
      { label: "two", [bare("ItemKey")]: secret("ItemValue") },
    ],
    // What a policy cannot name never goes on, also below a field that is allowed.
    anything: {
      plain: "yes",
      "dotted.key": secret("Dotted"),
      "": secret("EmptyKey"),
      PROTO: secret("Proto"),
      deeper: { PROTO: { to: secret("ProtoDeep") } },
    },
    blocked: secret("Blocked"),
    blockedTree: { leaf: secret("BlockedLeaf") },
    account: {
      plan: "basic",
      [bare("UnknownBelow")]: secret("UnknownBelowAllowed"),
      orders: [{ sku: "A-1", [bare("UnknownInList")]: secret("UnknownInListAllowed") }],
    },
    conversation: bare("Thread"),
    customer: bare("Subject"),
    desk: bare("Team"),
    PROTO: { unnamed: secret("ProtoTop") },
    constructor: secret("Constructor"),
    [bare("UnknownTop")]: secret("UnknownValue"),
  };
  const attachments = [
    {
      name: `${bare("FileName")}.txt`,
      mediaType: `text/x-${bare("MediaType")}`,
      base64: Buffer.from(secret("FileText")).toString("base64"),
    },
  ];
  const body = JSON.stringify({
    externalId,
    source: bare("Source").toLowerCase(),
    input,
    attachments,
  }).replaceAll('"PROTO"', '"__proto__"');
  return { externalId, body };
}

export interface Leak {
  /** Which request of the recording, from 1; 0 for bytes outside whole requests. */
  request: number;
  path: string;
  form: string;
  /** The marker's field, where it can be read off. */
  field: string;
}

export interface Findings {
  cases: number;
  requests: number;
  chat: number;
  own: number;
  repairs: number;
  bytes: number;
  /** Allowed markers that were found: the positive control. */
  allowedSeen: number;
  allowedSent: number;
  leaks: Leak[];
}

/** A provider with bad days: wrong answers, refused parameters, refused calls, gateway errors. */
export function provider(): Promise<Provider> {
  const answered = new Map<string, number>();
  return startProvider({
    answer(call): ProviderAnswer | Play {
      const n = Number(/allowedKxText(\d+)/.exec(JSON.stringify(call.body))?.[1] ?? 0);
      const before = answered.get(`${call.kind}${n}`) ?? 0;
      answered.set(`${call.kind}${n}`, before + 1);
      return answerOf(call, n, before);
    },
    faults: [unsupported("response_format")],
  });
}

function answerOf(call: ProviderCall, n: number, before: number): ProviderAnswer | Play {
  if (call.kind === "chat" && n % 5 === 0)
    return { status: 403, headers: {}, body: JSON.stringify({ error: { message: "not for you" } }) };
  if (n % 3 === 0 && before === 0) return { output: { category: "nonsense", why: "a wrong answer" } };
  if (n % 7 === 0 && before === 0) return gatewayPage(502);
  return { output: { category: "good" } };
}

/** Stores connections, applies, publishes, gives the release its whole share. `planted` is added to the policy, `blocked` to the blocked fields. */
export async function setUp(
  client: Client,
  at: Pick<Provider, "url" | "ownUrl">,
  planted: JsonObject = {},
  blocked: string[] = [],
): Promise<void> {
  const params = { workflow: "forbidden" };
  await client.saveConnection({
    params: { name: "chat" },
    body: { settings: { kind: "openai", baseUrl: at.url, apiKey: "sk-test" } },
  });
  await client.saveConnection({
    params: { name: "own" },
    body: {
      settings: { kind: "http", url: at.ownUrl, secret: `whsec_${Buffer.alloc(24, 7).toString("base64")}` },
    },
  });
  await client.applyWorkflow({
    params,
    body: { document: { ...WORKFLOW, blockFields: ["blocked", "blockedTree", ...blocked] } },
  });
  const release = await client.publishRelease({
    params,
    body: { document: { ...RELEASE, policy: { ...POLICY, ...planted } } },
  });
  for (const item of ["baseline", "works_council"] as const)
    await client.waive({ params, body: { item, reason: "markers only" } });
  await client.setShare({ params, body: { release: release.id, share: 1 } });
}

/** Hands in the cases, half one by one and half as a batch; throws when one is not admitted. */
export async function handIn(
  installation: { client: Client; url: string; key: string },
  cases: number,
): Promise<void> {
  const bodies = Array.from({ length: cases }, (_, i) => forbiddenCase(i + 1).body);
  const half = Math.ceil(cases / 2);
  const address = `${installation.url}/api/v1/workflows/forbidden/cases`;
  const headers = { authorization: `Bearer ${installation.key}`, "content-type": "application/json" };
  for (const body of bodies.slice(0, half)) {
    const response = await fetch(address, { method: "POST", headers, body });
    if (response.status !== 201)
      throw new Error(`intake answered ${response.status}: ${await response.text()}`);
  }
  for await (const line of installation.client.batch("forbidden", bodies.slice(half))) {
    if (line.summary ? line.summary.admitted !== cases - half : line.status !== "admitted")
      throw new Error(`the batch answered ${JSON.stringify(line)}`);
  }
}

/** How many cases wait for a person: all of them do when nobody is asked any more. */
export async function waiting(client: Client): Promise<number> {
  return (await client.getWorkflow({ params: { workflow: "forbidden" } })).counts["in_review"] ?? 0;
}

/** Looks for every marker in every byte that the provider received. */
export function lookFor(recording: Provider, cases: number): Findings {
  const bytes = recording.bytes();
  const leaks = recording.requests.flatMap((request, i) => leaksIn(request.raw, i + 1, request.path));
  const inRequests = recording.requests.reduce((sum, request) => sum + request.raw.length, 0);
  // Bytes of a request that was broken off belong to no whole request.
  if (inRequests !== bytes.length && leaks.length === 0) leaks.push(...leaksIn(bytes, 0, "a broken request"));
  const allowed = Array.from({ length: cases }, (_, i) =>
    ["Text", "Name", "City", "Label"].map((field) => `${ALLOWED}${field}${i + 1}`),
  ).flat();
  const all = bytes.toString("latin1");
  return {
    cases,
    requests: recording.requests.length,
    chat: recording.requests.filter((request) => request.path.startsWith("/v1/")).length,
    own: recording.requests.filter((request) => request.path === "/model").length,
    repairs: recording.requests.filter((request) => request.body.includes("Your answer cannot be used"))
      .length,
    bytes: bytes.length,
    allowedSeen: allowed.filter((marker) => all.includes(marker)).length,
    allowedSent: allowed.length,
    leaks,
  };
}

function leaksIn(raw: Buffer, request: number, path: string): Leak[] {
  if (/\r\ncontent-encoding:/i.test(raw.toString("latin1")))
    return [{ request, path, form: "a compressed body, which cannot be searched", field: "" }];
  return [FORBIDDEN, FORBIDDEN_NUMBER].flatMap((word) =>
    tracesOf(word, raw).map(({ form, at }) => ({
      request,
      path,
      form,
      field: /^[A-Za-z]*/.exec(raw.toString("latin1", at + word.length, at + word.length + 40))![0],
    })),
  );
}
