/** Routes over a real server that misbehaves as providers do, at a twentieth of the time; breakers over a real database. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import type { JsonObject } from "../contract/json.ts";
import { simulatedClock } from "../platform/clock.ts";
import { silentLog } from "../platform/log.ts";
import { sql } from "../platform/sql.ts";
import { openBreakerBoard, type BreakerBoard } from "./breaker-board.ts";
import { openBulkhead } from "./bulkhead.ts";
import { openChatCaller } from "./chat-caller.ts";
import { modelFailure } from "./error-class.ts";
import { TRY_LIMITS } from "./next-try.ts";
import { callRoutes, type CallBudget, type Route, type Routed } from "./route.ts";

const SCALE = 20;
const LIMITS = {
  ...TRY_LIMITS,
  pauseMs: TRY_LIMITS.pauseMs / SCALE,
  mostPauseMs: TRY_LIMITS.mostPauseMs / SCALE,
  shutMs: TRY_LIMITS.shutMs / SCALE,
  lookMs: TRY_LIMITS.lookMs / SCALE,
};
const REQUEST_MS = 30_000 / SCALE;

type Play = (nth: number, response: ServerResponse, model: string) => void;
const plays = new Map<string, Play>();
/** When each model was asked, in milliseconds. */
const asked = new Map<string, number[]>();

const json = (
  response: ServerResponse,
  status: number,
  body: JsonObject,
  headers: Record<string, string> = {},
) =>
  void response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(body));
const answer: Play = (_, response, model) =>
  json(response, 200, {
    id: "1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message: { role: "assistant", content: "whole" }, finish_reason: "stop" }],
  });
const refuse =
  (status: number, error: JsonObject = {}, headers: Record<string, string> = {}): Play =>
  (_, response) =>
    json(
      response,
      status,
      { error: { message: "no", type: "server_error", param: null, code: null, ...error } },
      headers,
    );
const once =
  (first: Play): Play =>
  (nth, response, model) =>
    (nth === 1 ? first : answer)(nth, response, model);
const silent: Play = () => undefined;

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (bytes: Buffer) => (text += bytes.toString()));
  request.on("end", () => {
    const { model } = JSON.parse(text) as { model: string };
    const times = asked.get(model) ?? [];
    asked.set(model, [...times, performance.now()]);
    plays.get(model)!(times.length + 1, response, model);
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const caller = openChatCaller({
  describe: "the test server",
  baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
  deadlines: { totalMs: REQUEST_MS },
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await caller.close();
});

const { database } = await openFreshDatabase();
const clock = simulatedClock("2026-01-05T08:00:00Z");
let breakers: BreakerBoard;
let connection = "";
let made = 0;

beforeEach(async () => {
  connection = `routes-${made++}`;
  plays.clear();
  asked.clear();
  breakers = openBreakerBoard({ database, clock, log: silentLog, holder: "test", moved: () => undefined });
  await database.run(sql`
    insert into connection (name, kind, settings, shown, saved_at, saved_by) values (${connection}, 'openai', '', '{}'::jsonb, '2026-01-05', 'test')`);
});

function route(model: string, more: Partial<Route<string>> = {}): Route<string> {
  return {
    connection,
    model,
    async call(leftMs, signal) {
      const body = { model, messages: [{ role: "user", content: "hello" }] };
      const totalMs = Math.min(leftMs, REQUEST_MS);
      const reply = await caller.plain({ body, signal, deadlines: { totalMs } });
      return reply.model ?? "";
    },
    ...more,
  };
}
const ask = (routes: Route<string>[], budget: Partial<CallBudget> = {}): Promise<Routed<string>> =>
  callRoutes({ breakers, clock, chance: Math.random, limits: LIMITS }, routes, {
    totalMs: 90_000 / SCALE,
    signal: new AbortController().signal,
    party: "tickets",
    ...budget,
  });
const play = (given: Record<string, Play>) => {
  for (const [model, how] of Object.entries(given)) plays.set(model, how);
};
const times = (model: string) => asked.get(model)?.length ?? 0;
const both = () => [route("big"), route("small")];

describe("a provider that", () => {
  test("asks for a pause is left in peace for so long, then answers (S01)", async () => {
    play({ big: once(refuse(429, {}, { "retry-after-ms": String(2_000 / SCALE) })), small: answer });
    expect(await ask(both())).toMatchObject({
      kind: "answered",
      value: "big",
      tries: [{ class: "rate_limited" }, {}],
    });
    const [first, second] = asked.get("big")!;
    expect(second! - first!).toBeGreaterThanOrEqual(1_800 / SCALE);
    expect(times("small")).toBe(0);
  });

  test("limits for ever is asked a few times, then the next one answers (S02)", async () => {
    play({ big: refuse(429), small: answer });
    expect(await ask(both())).toMatchObject({ kind: "answered", value: "small", route: 1 });
    expect(times("big")).toBe(3);
  });

  test("fails once answers the retry (S03)", async () => {
    play({ big: once(refuse(500)), small: answer });
    expect(await ask(both())).toMatchObject({
      kind: "answered",
      value: "big",
      tries: [{ class: "overloaded" }, {}],
    });
    expect(times("small")).toBe(0);
  });

  test("is down is given up for the next one; with none the first error is told (S04)", async () => {
    play({ big: refuse(503), small: answer });
    expect(await ask(both())).toMatchObject({ kind: "answered", value: "small" });
    play({ small: refuse(401) });
    const found = await ask(both());
    expect(found).toMatchObject({ kind: "failed", error: { details: { status: 503, class: "overloaded" } } });
    expect(found.tries.length).toBeLessThanOrEqual(6);
  });

  test("never answers is asked once, and the next one has time to answer (S06)", async () => {
    play({ big: silent, small: answer });
    expect(await ask(both())).toMatchObject({
      kind: "answered",
      value: "small",
      tries: [{ class: "timeout_total" }, {}],
    });
    expect(times("big")).toBe(1);
    expect(await ask([route("big")])).toMatchObject({
      kind: "failed",
      error: { details: { class: "timeout_total" } },
    });
    expect(times("big")).toBe(2);
  });

  test("finds the request too long gives way to a larger one alone (S12)", async () => {
    play({ big: refuse(400, { code: "context_length_exceeded" }), small: answer, huge: answer });
    const routes = [...both(), route("huge", { larger: true })];
    expect(await ask(routes)).toMatchObject({ kind: "answered", value: "huge" });
    expect([times("big"), times("small")]).toEqual([1, 0]);
    expect(await ask(both())).toMatchObject({ kind: "failed", error: { details: { class: "too_long" } } });
  });

  test("refuses what the request says is not gone round, and its error is told (S13)", async () => {
    play({ big: refuse(400, { code: "content_policy_violation" }), small: answer });
    expect(await ask(both())).toMatchObject({
      kind: "failed",
      error: { details: { class: "refused_content" } },
    });
    expect([times("big"), times("small")]).toEqual([1, 0]);
  });
});

test("an outage of a minute: every call is answered, the model is hardly asked, and soon after it is back (S15)", async () => {
  const recovers = clock.now() + 60_000;
  let whileDown = 0;
  play({
    big(nth, response, model) {
      const up = clock.now() >= recovers;
      if (!up) whileDown++;
      return (up ? answer : refuse(503))(nth, response, model);
    },
    small: answer,
  });
  const answered: { at: number; by: string }[] = [];
  for (let call = 0; call < 26; call++) {
    const found = await ask(both());
    if (found.kind === "failed") throw found.error;
    answered.push({ at: clock.now(), by: found.value });
    clock.advance(4_000);
  }
  // Five to open it, and trials after 5, 10, 20 and 40 seconds.
  expect(whileDown).toBeLessThanOrEqual(9);
  const back = answered.find((one) => one.by === "big")!;
  expect(back.at - recovers).toBeLessThanOrEqual(30_000);
  expect(answered.filter((one) => one.at >= back.at).every((one) => one.by === "big")).toBe(true);
});

describe("a caller", () => {
  test("with nobody left but an open breaker is told at once when to come again", async () => {
    play({ big: refuse(503) });
    for (let call = 0; call < 2; call++) await ask([route("big")]);
    const before = times("big");
    expect(before).toBe(5);
    const found = await ask([route("big")]);
    expect(found).toMatchObject({ kind: "failed", tries: [], error: { details: { retryAfterMs: 5_000 } } });
    expect(times("big")).toBe(before);
  });

  test("who goes away in a trial leaves it to the next one", async () => {
    play({ big: refuse(503) });
    for (let call = 0; call < 2; call++) await ask([route("big")]);
    clock.advance(5_000);
    plays.set("big", silent);
    const gone = new AbortController();
    const waiting = ask([route("big")], { signal: gone.signal });
    while (times("big") < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    gone.abort();
    expect(await waiting).toMatchObject({ kind: "failed", error: { details: { class: "aborted" } } });
    plays.set("big", answer);
    expect(await ask([route("big")])).toMatchObject({ kind: "answered", value: "big", tries: [{}] });
  });

  test("whose time is over before a pause would be is told so in time", async () => {
    play({ big: refuse(429, {}, { "retry-after": "60" }) });
    const before = performance.now();
    expect(await ask([route("big")])).toMatchObject({
      kind: "failed",
      error: { details: { class: "rate_limited" } },
    });
    expect(performance.now() - before).toBeLessThan(90_000 / SCALE);
  });

  test("finds no place at a full connection and is answered by the next one", async () => {
    play({ big: answer, small: answer });
    const places = openBulkhead(1);
    const place = await places.enter("another", new AbortController().signal);
    const routes = [route("big", { places }), route("small")];
    expect(await ask(routes)).toMatchObject({ kind: "answered", value: "small" });
    expect(times("big")).toBe(0);
    place!.leave();
    expect(await ask(routes)).toMatchObject({ kind: "answered", value: "big" });
    expect(places.taken).toBe(0);
  });

  test("who reads a live answer says how it ended; until then it counts neither way, and its place is taken", async () => {
    play({ big: answer });
    const places = openBulkhead(9);
    const live = async () => {
      const found = await ask([route("big", { places })], { later: true });
      if (found.kind === "failed") throw found.error;
      return found;
    };
    const open = await Promise.all(Array.from({ length: 5 }, live));
    expect(places.taken).toBe(5);
    for (const one of open) await one.ended(modelFailure("cut", "The stream was cut."));
    expect(places.taken).toBe(0);
    expect(breakers.look({ connection, model: "big" })).toMatchObject({ kind: "shut" });
  });
});
