/**
 * Workflows as models: the whole path of a case over the wire of OpenAI, with its official client and with bare requests.
 */
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import type { Scope } from "../src/contract/scopes.ts";
import { automatic } from "./support/automatic.ts";
import { install, launch, until } from "./support/installation.ts";

const installation = await install();
const { app, client, url } = installation;
const release = await automatic(installation, "triage", { endpoint: { wait: 20_000 } });
await automatic(installation, "hasty", { endpoint: { text: "text", wait: 1_000 } });

async function keyOf(scopes: Scope[], workflow?: string): Promise<string> {
  const made = await app.keys.make(
    { name: scopes.join("+"), scopes, workflow, days: 30, simulated: false },
    { kind: "system", name: "test" },
  );
  return made.secret;
}
const key = await keyOf(["gateway"]);
const reviewersKey = await keyOf(["gateway", "draft:read"]);
const boundKey = await keyOf(["gateway"], "triage");

const openai = (apiKey = key, more: object = {}) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, ...more });
const ask = (content: string) => [{ role: "user" as const, content }];

async function post(body: unknown, headers: Record<string, string> = {}, apiKey = key) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as JsonObject & { error: JsonObject },
  };
}

const calls = async (query: Record<string, string> = {}) => (await client.listModelCalls({ query })).calls;

describe("a case that goes out alone", () => {
  test("is the answer, with its case, release, confidence and decision in the headers", async () => {
    const { data, response } = await openai()
      .chat.completions.create({ model: "triage", messages: ask("the bill is wrong") })
      .withResponse();
    expect(data).toMatchObject({
      object: "chat.completion",
      model: "triage",
      choices: [{ finish_reason: "stop", message: { role: "assistant" } }],
    });
    expect(JSON.parse(data.choices[0]!.message.content!)).toEqual({ category: "billing" });
    const caseId = response.headers.get("x-pilotage-case")!;
    expect(data.id).toBe(caseId);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-pilotage-release": release,
      "x-pilotage-confidence": "0.9",
      "x-pilotage-decision": "auto",
      "x-pilotage-mode": "buffered",
      "x-request-id": expect.stringMatching(/^req_/),
    });
    expect(await client.getCase({ params: { case: caseId } })).toMatchObject({
      source: "gateway",
      decision: { outcome: "auto" },
    });
    expect(await calls({ case: caseId })).toMatchObject([
      { workflow: "triage", outcome: "answered", status: 200, streamed: false, tries: [] },
    ]);
  });

  test("comes as a stream that is whole before it begins", async () => {
    const stream = await openai().chat.completions.create({
      model: "triage",
      messages: ask('{"text": "the bill is wrong", "amount": 12}'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const text = chunks.map((one) => one.choices[0]?.delta.content ?? "").join("");
    expect(JSON.parse(text)).toEqual({ category: "billing" });
    expect(chunks[0]!.choices[0]!.delta.role).toBe("assistant");
    expect(new Set(chunks.map((one) => `${one.id} ${one.created} ${one.model}`)).size).toBe(1);
    expect(chunks.filter((one) => one.choices[0]?.finish_reason === "stop")).toHaveLength(1);
    const raw = await post({ model: "triage", messages: ask("the bill is wrong"), stream: true });
    expect(raw.headers.get("content-type")).toContain("text/event-stream");
    expect(raw.text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(raw.text).not.toContain("usage");
  });

  test("the same idempotency key is the same case; with other content it is a conflict that changes nothing", async () => {
    const once = { "idempotency-key": "order-1" };
    const body = { model: "triage", messages: ask("the bill is wrong") };
    const first = await post(body, once);
    const again = await post(body, once);
    expect(again.status).toBe(200);
    expect(again.json()).toMatchObject({ id: first.json()["id"], choices: first.json()["choices"] });
    const other = await post({ ...body, messages: ask("another bill is wrong") }, once);
    expect(other.status).toBe(409);
    expect(other.json().error).toMatchObject({
      type: "conflict_error",
      code: "idempotency_conflict",
      param: "Idempotency-Key",
    });
  });
});

describe("a case that waits for a person", () => {
  const doubtful = { model: "triage", messages: ask("a doubtful bill") };

  test("is a conflict with the case and where to ask for it, and an answer once a person approved it", async () => {
    const failure = await openai()
      .chat.completions.create(doubtful)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.ConflictError);
    const { code, error, headers } = failure as InstanceType<typeof OpenAI.APIError>;
    expect(code).toBe("case_in_review");
    const { id, url: address } = (error as { case: { id: string; url: string } }).case;
    expect(headers!.get("location")).toBe(address);
    expect(headers!.get("x-should-retry")).toBe("false");
    expect(address).toBe(`/v1/chat/completions/${id}`);
    expect(await calls({ case: id })).toMatchObject([{ outcome: "in_review", status: 409 }]);

    const { lease } = await client.claimReview({ params: { case: id }, body: {} });
    await client.giveVerdict({
      params: { case: id },
      body: { lease, verdict: "edit", output: { category: "technical" } },
    });
    const found = await until(
      () =>
        openai()
          .chat.completions.retrieve(id)
          .catch(() => undefined),
      (one) => one !== undefined,
    );
    expect(JSON.parse(found!.choices[0]!.message.content!)).toEqual({ category: "technical" });
    const stranger = await openai(reviewersKey)
      .chat.completions.retrieve(id)
      .catch((one: unknown) => one);
    expect(stranger).toBeInstanceOf(OpenAI.NotFoundError);
  });

  test("is a draft for whoever may read drafts, and says so", async () => {
    const { status, headers, json } = await post(doubtful, {}, reviewersKey);
    expect(status).toBe(200);
    expect(headers.get("x-pilotage-draft")).toBe("true");
    expect(headers.get("x-pilotage-decision")).toBe("review");
    expect(json()).toMatchObject({ choices: [{ message: { content: '{"category":"other"}' } }] });
    const [call] = await calls({ case: headers.get("x-pilotage-case")! });
    expect(call).toMatchObject({ outcome: "draft" });
  });

  test("a cold case's output is no draft either", async () => {
    await launch(installation, {
      workflow: { workflow: "cold", cold: { share: 0.5 }, qa: { share: 0 } },
      release: { workflow: "cold" },
    });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        post({ model: "cold", messages: ask(`the bill ${i} is wrong`) }, {}, reviewersKey),
      ),
    );
    for (const { status, headers, json } of answers) {
      const found = await client.getCase({ params: { case: headers.get("x-pilotage-case")! } });
      expect(status, JSON.stringify(json())).toBe(found.cold ? 409 : 200);
      if (found.cold) expect(headers.get("x-pilotage-confidence")).toBeNull();
    }
    expect(new Set(answers.map((one) => one.status)).size).toBe(2);
  });

  test("a client that tries again by itself does not make another case of it", async () => {
    const body = { model: "triage", messages: ask("a doubtful bill, sent twice") };
    const [first, second] = [await post(body), await post(body)];
    expect(second.json().error["case"]).toEqual(first.json().error["case"]);
    const third = await post(body, { "idempotency-key": "a case of its own" });
    expect(third.json().error["case"]).not.toEqual(first.json().error["case"]);
  });

  test("longer than the workflow lets callers wait is told, and the case goes on", async () => {
    const { status, json, headers } = await post({ model: "hasty", messages: ask("a slow one") });
    expect(status).toBe(409);
    expect(json().error["code"]).toBe("case_pending");
    expect(headers.get("x-pilotage-decision")).toBe("pending");
    const caseId = headers.get("x-pilotage-case")!;
    await until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === "delivered",
    );
    expect(await openai().chat.completions.retrieve(caseId)).toMatchObject({ id: caseId });
    expect(await calls({ case: caseId })).toMatchObject([{ outcome: "pending" }]);
  });

  test("a client that leaves while it waits is on record, and its case goes on", async () => {
    const gone = new AbortController();
    const asked = openai().chat.completions.create(
      { model: "triage", messages: ask("a slow one that nobody waits for") },
      { signal: gone.signal },
    );
    setTimeout(() => gone.abort(), 500);
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    const [call] = await until(
      () => calls({ outcome: "aborted" }),
      (found) => found.length > 0,
    );
    expect(call).toMatchObject({ workflow: "triage", status: 499, error: "client_left" });
    await until(
      () => client.getCase({ params: { case: call!.case! } }),
      (found) => found.state === "delivered",
    );
  });
});

describe("what can be asked for", () => {
  test("a key sees the workflows, one that is bound to a workflow only that", async () => {
    const names = async (apiKey: string) => {
      const found = [];
      for await (const model of openai(apiKey).models.list()) found.push(model.id);
      return found;
    };
    expect(await names(key)).toEqual(["cold", "hasty", "triage"]);
    expect(await names(boundKey)).toEqual(["triage"]);
    expect(await openai().models.retrieve("triage")).toMatchObject({ id: "triage", object: "model" });
    const foreign = await openai(boundKey)
      .chat.completions.create({ model: "hasty", messages: ask("the bill is wrong") })
      .catch((error: unknown) => error);
    expect(foreign).toBeInstanceOf(OpenAI.NotFoundError);
    expect(foreign).toMatchObject({ code: "model_not_found", param: "model" });
  });

  test("the list of calls shows whoever sees one workflow only that one's", async () => {
    const bound = await installation.clientFor(["read"], { workflow: "hasty" });
    const { calls: found } = await bound.listModelCalls({ query: {} });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((one) => one.workflow))).toEqual(new Set(["hasty"]));
  });

  test("pages of the list meet without a gap", async () => {
    const all = await calls({ limit: "100" });
    const first = await client.listModelCalls({ query: { limit: "3" } });
    const second = await client.listModelCalls({ query: { limit: "3", before: first.next! } });
    expect([...first.calls, ...second.calls].map((one) => one.id)).toEqual(
      all.slice(0, 6).map((one) => one.id),
    );
  });
});

// The last: nobody is asked afterwards.
test("a program that stops tells callers who wait that their case goes on", async () => {
  const waiting = post({ model: "triage", messages: ask("a slow one, and the program stops") });
  await until(
    () => client.listCases({ params: { workflow: "triage" }, query: { state: "running" } }),
    ({ cases }) => cases.length > 0,
  );
  const stopped = installation.stop();
  const { status, json } = await waiting;
  expect(status).toBe(409);
  expect(json().error["code"]).toBe("case_pending");
  await stopped;
});
