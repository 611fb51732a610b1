/**
 * The same call to a model of a connection again, under the same Idempotency-Key: the first answer, and nobody is asked. Two
 * at once, other bodies, streams, failures, a killed process, and what is left of it all after a day.
 */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { removeOldAnswers } from "../src/gateway/same-again.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, until } from "./support/installation.ts";
import {
  answers,
  begin,
  frame,
  refuses,
  say,
  startPlayingProvider,
  whole,
} from "./support/playing-provider.ts";

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
        { name: "lively", mode: "live" },
        { name: "weak", whole: "asked" },
      ],
    },
  },
});
const keyOf = async (name: string) =>
  (
    await app.keys.make(
      { name, scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
      { kind: "system", name: "test" },
    )
  ).secret;
const [key, other] = [await keyOf("one"), await keyOf("other")];

async function chat(
  called: string | undefined,
  more: JsonObject = {},
  options: { key?: string; signal?: AbortSignal } = {},
) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${options.key ?? key}`,
      "content-type": "application/json",
      ...(called === undefined ? {} : { "idempotency-key": called }),
    },
    body: JSON.stringify({
      model: "first/good",
      messages: [{ role: "user", content: "WordOfAClient" }],
      ...more,
    }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    error: () => (JSON.parse(text) as { error: JsonObject }).error,
  };
}
const newest = async () => (await client.listModelCalls({ query: { limit: "1" } })).calls[0]!;
const rows = () =>
  app.database.all<{ sealed: Uint8Array | null; until: number }>(sql`select sealed, until from call_answer`);
beforeEach(() => provider.clear());

describe("the same call under the same key", () => {
  test("gets the first answer byte for byte, asks nobody, and is on record as such", async () => {
    const one = await chat("order-1");
    const two = await chat("order-1");
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(two.text).toBe(one.text);
    expect(JSON.parse(one.text)).toEqual(whole("good", { content: "All is well." }));
    expect(provider.asked).toHaveLength(1);
    expect(one.headers.get("x-pilotage-replayed")).toBeNull();
    expect(two.headers.get("x-pilotage-replayed")).toBe("true");
    expect(two.headers.get("x-pilotage-call")).toBe(one.headers.get("x-pilotage-call"));
    expect(await newest()).toMatchObject({ outcome: "answered", finish: "again", tries: [], cost: "0" });
  });

  test("is another call with another API key, or without a key of its own", async () => {
    await chat("order-1", {}, { key: other });
    await chat(undefined);
    await chat(undefined);
    expect(provider.asked).toHaveLength(3);
  });

  test("is refused with another body: the first answer is nobody else's", async () => {
    const refused = await chat("order-1", { temperature: 1 });
    expect(refused.status).toBe(409);
    expect(refused.error()).toMatchObject({ code: "idempotency_conflict", param: "Idempotency-Key" });
    expect(refused.headers.get("x-should-retry")).toBe("false");
    expect(provider.asked).toHaveLength(0);
    expect((await chat("x".repeat(600))).error()).toMatchObject({ param: "Idempotency-Key" });
  });

  test("waits for the first one, and twenty at once ask the provider once", async () => {
    provider.plays["good"] = async (...asked) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await answers()(...asked);
    };
    const all = await Promise.all(Array.from({ length: 20 }, () => chat("order-2")));
    expect(new Set(all.map((one) => `${one.status} ${one.text}`)).size).toBe(1);
    expect(all[0]!.status).toBe(200);
    expect(provider.asked).toHaveLength(1);
    expect(all.filter((one) => one.headers.get("x-pilotage-replayed") === "true")).toHaveLength(19);
  });

  test("comes as the stream that it was, buffered or live, at once and with its end", async () => {
    for (const model of ["first/good", "first/lively"]) {
      const called = `stream-${model}`;
      const one = await chat(called, { model, stream: true });
      const asked = provider.asked.length;
      const two = await chat(called, { model, stream: true });
      expect(two.headers.get("content-type")).toContain("text/event-stream");
      expect(two.text).toBe(one.text);
      expect(two.text.endsWith("data: [DONE]\n\n")).toBe(true);
      expect(provider.asked).toHaveLength(asked);
    }
  });

  test("is a new call after a failure: what was not answered is not kept", async () => {
    provider.plays["weak"] = refuses(401, { message: "no", code: "invalid_api_key" });
    expect((await chat("order-3", { model: "first/weak" })).status).toBe(502);
    provider.plays["weak"] = answers();
    expect((await chat("order-3", { model: "first/weak" })).status).toBe(200);
    expect(provider.asked).toHaveLength(2);
  });

  test("is a new call after a live stream that its client left", async () => {
    provider.plays["lively"] = (_body, reply) => {
      begin(reply);
      say(reply, frame("lively", { content: "All" }));
    };
    const leaving = new AbortController();
    const gone = chat("order-4", { model: "first/lively", stream: true }, { signal: leaving.signal });
    await until(
      async () => provider.asked.length,
      (count) => count === 1,
    );
    leaving.abort();
    await expect(gone).rejects.toThrow();
    await until(
      async () => (await newest()).outcome,
      (outcome) => outcome === "aborted",
    );
    provider.plays["lively"] = answers();
    const again = await chat("order-4", { model: "first/lively", stream: true });
    expect(again.text).toContain("[DONE]");
    expect(again.headers.get("x-pilotage-replayed")).toBeNull();
  });

  test("is given free when the process that answered it was killed", async () => {
    await app.database.run(sql`
      insert into call_answer (key, name, call_id, body, until) select key, '\\x01', 'mcl_killed', body, until from call_answer limit 1`);
    await app.database.run(sql`
      insert into model_call (id, key, connection, model_asked, streamed, mode, started_at, milliseconds, outcome, status, tries, error)
      values ('mcl_killed', 'key_1', 'first', 'first/good', false, 'buffered', now(), 0, 'failed', 500, 0, 'interrupted')`);
    await removeOldAnswers(app.database, Date.now());
    expect(await app.database.all(sql`select 1 from call_answer where call_id = 'mcl_killed'`)).toEqual([]);
  });
});

test("what is kept is sealed, and gone with its key after a day; then the same call asks again", async () => {
  const kept = await rows();
  expect(kept.length).toBeGreaterThan(3);
  for (const { sealed } of kept)
    expect(Buffer.from(sealed!).toString("latin1")).not.toMatch(/All is well|WordOf/);
  const keys = () =>
    app.database.one<{ n: number }>(sql`select count(*)::int as n from case_key where owner like 'mcl_%'`);
  expect((await keys()).n).toBe(kept.length);
  const day = 86_400_000;
  await removeOldAnswers(app.database, Date.now() + day - 60_000);
  expect(await rows()).toHaveLength(kept.length);
  await removeOldAnswers(app.database, Date.now() + day + 60_000);
  expect(await rows()).toEqual([]);
  expect((await keys()).n).toBe(0);
  await chat("order-1");
  expect(provider.asked).toHaveLength(1);
});
