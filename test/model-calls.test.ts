/** The records of calls over the endpoint: found again by what one remembers, shown whole, and gone when their time is over. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { removeOldCalls } from "../src/gateway/old-calls.ts";
import { idBorder } from "../src/contract/ids.ts";
import { ensureMonths, monthBorders } from "../src/platform/migrations.ts";
import { simulatedClock } from "../src/platform/clock.ts";
import { sql } from "../src/platform/sql.ts";
import { automatic } from "./support/automatic.ts";
import { install } from "./support/installation.ts";

const provider = createServer((request, reply) => {
  let text = "";
  request.on("data", (part: Buffer) => (text += part.toString("utf8")));
  request.on("end", () => {
    const { model } = JSON.parse(text) as { model: string };
    reply.writeHead(model === "down" ? 401 : 200, { "content-type": "application/json" });
    const message = { role: "assistant", content: "Yes." };
    reply.end(
      JSON.stringify(
        model === "down"
          ? { error: { message: "no", code: "invalid_api_key" } }
          : {
              id: "c1",
              object: "chat.completion",
              model: `${model}-2026`,
              choices: [{ index: 0, message, finish_reason: "stop" }],
              usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
            },
      ),
    );
  });
});
await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
afterAll(() => provider.close());

const installation = await install();
const { client, app, url } = installation;
await client.saveConnection({
  params: { name: "first" },
  body: {
    settings: {
      kind: "openai",
      baseUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`,
      passThrough: [{ name: "good" }, { name: "down" }],
    },
  },
});
await automatic(installation, "triage", { endpoint: { wait: 20_000 } });

async function chat(model: string, content = "Hello") {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${installation.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content }] }),
  });
  await response.text();
  return response;
}
await chat("first/good");
await chat("first/down");
await chat("triage", '{"text":"the bill"}');
const calls = async (query: Record<string, string> = {}) => (await client.listModelCalls({ query })).calls;

describe("calls over the endpoint", () => {
  test("are found by connection, outcome, key and a part of the model's name, asked or answering", async () => {
    expect((await calls()).map((one) => one.modelAsked)).toEqual(["triage", "first/down", "first/good"]);
    expect((await calls({ model: "GOOD-2026" })).map((one) => one.modelAsked)).toEqual(["first/good"]);
    expect((await calls({ connection: "first", outcome: "failed" })).map((one) => one.error)).toEqual([
      "auth",
    ]);
    const [{ key } = { key: "" }] = await calls();
    expect(await calls({ key })).toHaveLength(3);
    expect(await calls({ key: "key_of_nobody" })).toEqual([]);
  });

  test("are found by when they began", async () => {
    const [newest] = await calls();
    const later = new Date(Date.parse(newest!.startedAt) + 60_000).toISOString();
    expect(await calls({ from: later })).toEqual([]);
    expect(await calls({ to: later })).toHaveLength(3);
    await expect(calls({ from: "yesterday" })).rejects.toMatchObject({ code: "bad_request" });
  });

  test("are shown one by one, with their key's name and what every try took; an unknown cost is null", async () => {
    const [listed] = await calls({ connection: "first", outcome: "answered" });
    const one = await client.getModelCall({ params: { call: listed!.id } });
    expect(one).toEqual(listed);
    expect(one).toMatchObject({
      keyName: "operator",
      cost: null,
      tries: [{ no: 1, modelAsked: "good", finish: "stop", inputTokens: 9, cost: null }],
    });
    expect(Date.parse(one.tries[0]!.startedAt)).toBeGreaterThanOrEqual(Date.parse(one.startedAt) - 1);
  });

  test("of a connection are nobody's who sees single workflows, and a foreign one is like none", async () => {
    const bound = await installation.clientFor(["read"], { workflow: "triage" });
    const { calls: seen } = await bound.listModelCalls({ query: {} });
    expect(seen.map((one) => one.workflow)).toEqual(["triage"]);
    const [foreign] = await calls({ connection: "first" });
    await expect(bound.getModelCall({ params: { call: foreign!.id } })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(client.getModelCall({ params: { call: "mcl_none" } })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("after the days that the setting names", () => {
  const DAY = 86_400_000;
  const now = Date.parse("2031-07-10T00:00:00Z");
  const clock = simulatedClock(now);
  const remove = () =>
    removeOldCalls({ database: app.database, clock, audit: app.audit, worker: "wrk_test", days: 30 });
  /** A row of its own, as old as it says. */
  async function recorded(at: number, of: string) {
    const id = `${idBorder("modelCall", at).slice(0, -4)}${of}`;
    await app.database.run(sql`
      insert into model_call (id, key, connection, model_asked, streamed, mode, started_at, milliseconds, outcome, status, tries)
      values (${id}, 'key_1', 'first', 'first/good', false, 'buffered', to_timestamp(${at / 1000}), 1, 'answered', 200, 1)`);
    await app.database.run(sql`
      insert into model_call_try (call_id, no, connection, model_asked, started_at, milliseconds) values (${id}, 1, 'first', 'good', to_timestamp(${at / 1000}), 1)`);
    return id;
  }
  const left = () =>
    app.database.all<{ id: string }>(
      sql`select id from model_call where id >= ${idBorder("modelCall", Date.parse("2031-01-01"))} order by id`,
    );
  const tableOf = (year: number, month: number) => `model_call_${monthBorders(year, month).suffix}`;
  const there = async (name: string) =>
    (await app.database.one<{ there: boolean }>(sql`select to_regclass(${name}) is not null as there`)).there;

  test("records leave with their tries and the traces of that time, their empty months are dropped, and it is on record", async () => {
    for (const ahead of [-60, -30, 0]) await ensureMonths(app.database, simulatedClock(now + ahead * DAY));
    const old = await recorded(now - 65 * DAY, "oldx");
    const border = await recorded(now - 31 * DAY, "gone");
    const young = await recorded(now - 29 * DAY, "kept");
    const [oldCase, youngCase] = [65, 29].map((days) => idBorder("case", now - days * DAY));
    for (const id of [oldCase, youngCase])
      await app.database.run(sql`insert into case_trace (case_id, traceparent) values (${id!}, 't')`);
    expect((await left()).map((one) => one.id)).toEqual([old, border, young]);

    const removed = await remove();
    // Three of the test itself are from today's real time, which is long ago by this clock.
    expect(removed.calls).toBeGreaterThanOrEqual(2);
    expect((await left()).map((one) => one.id)).toEqual([young]);
    expect(await app.database.all(sql`select case_id from case_trace where case_id >= ${oldCase!}`)).toEqual([
      { case_id: youngCase },
    ]);
    expect(
      await app.database.all(sql`select call_id from model_call_try where call_id = any(${[old, border]})`),
    ).toEqual([]);
    // May is over and empty, June holds one that stays.
    expect(removed.months).toContain(tableOf(2031, 4));
    expect(await there(tableOf(2031, 4))).toBe(false);
    expect(await there(tableOf(2031, 5))).toBe(true);
    const events = await app.database.all<{ data: { calls: number; months?: string[] } }>(
      sql`select body::json -> 'data' as data from audit_event where kind = 'calls.removed' order by id`,
    );
    expect(events.reduce((sum, one) => sum + one.data.calls, 0)).toBe(removed.calls);
    expect(events.some((one) => one.data.months?.includes(tableOf(2031, 4)))).toBe(true);
  });

  test("there is nothing to remove a second time, and nothing is recorded", async () => {
    const count = () =>
      app.database.one(sql`select count(*)::int as n from audit_event where kind = 'calls.removed'`);
    const before = await count();
    expect(await remove()).toEqual({ calls: 0, months: [] });
    expect(await count()).toEqual(before);
  });
});
