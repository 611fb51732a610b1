/**
 * What calls over the endpoint cost where there is no case, and what budgets say of them: by connection and day, from before a
 * budget was set, with a call that does not fit told apart from a budget that is spent. A workflow's call that is made again.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { countHours } from "../src/monitoring/hourly.ts";
import { countSpending } from "../src/monitoring/spend.ts";
import { sql } from "../src/platform/sql.ts";
import { automatic } from "./support/automatic.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install } from "./support/installation.ts";
import { startPlayingProvider } from "./support/playing-provider.ts";

const folder = temporaryFolder("prices");
afterAll(() => removeFolder(folder));
const prices = join(folder, "prices.yaml");
// USAGE of the provider that plays is 9 + 3 tokens: 0.12 a call, and one that may become long comes to more before.
writeFileSync(
  prices,
  `date: 2026-01-02
currency: EUR
providers:
  - name: the provider that plays
    kinds: [openai]
    models:
      - { for: [priced, priced-20*, spare, spare-20*], input: "10000", output: "10000" }`,
);

const provider = await startPlayingProvider();
afterAll(() => provider.stop());
const { asked, address } = provider;
/** The moment of a record's commit at which it fails. */
let trouble: "before" | "after" | undefined;
const installation = await install({
  boundary: (moment, names) => {
    if (moment === trouble && names.includes("model calls")) throw new Error("the record of a call failed");
  },
  settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z", PILOTAGE_PRICES: prices },
});
const { client, app, url } = installation;
const connect = (name: string, passThrough: JsonObject[]) =>
  client.saveConnection({
    params: { name },
    body: { settings: { kind: "openai", baseUrl: address, passThrough: passThrough as never } },
  });
const keyWith = async (limits: object | null = null) =>
  (
    await app.keys.make(
      { name: "a program", scopes: ["gateway"], workflow: undefined, days: 30, simulated: false, limits },
      { kind: "system", name: "test" },
    )
  ).secret;
const key = await keyWith();

async function ask(model: string, more: JsonObject = {}, headers: Record<string, string> = {}, apiKey = key) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: "the bill" }],
      max_tokens: 5,
      ...more,
    }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as JsonObject };
}
const newest = async () => (await client.listModelCalls({ query: { limit: "1" } })).calls[0]!;
const costsOf = async (name: string) =>
  (await client.listConnectionCosts()).connections.find((one) => one.connection === name)!;
const standingOf = async (name: string) =>
  (await client.listBudgets()).budgets.find((one) => one.connection === name)!.standings[0]!;
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });
/** Budgets are believed for a second. */
const believed = () => new Promise((resolve) => setTimeout(resolve, 1_100));
beforeEach(() => provider.clear());

test("what a connection costs is told by day, counted or live, each call once", async () => {
  await connect("daily", [{ name: "priced" }, { name: "unpriced" }]);
  await ask("daily/priced");
  await ask("daily/priced");
  await ask("daily/unpriced");
  const live = await costsOf("daily");
  expect(live.today.gateway).toEqual({ amount: "0.24", calls: 3, unknown: 1, estimated: 0 });
  expect(live.today.canary).toMatchObject({ calls: 0 });
  await pass(26 * 3_600_000);
  await ask("daily/priced");
  while ((await countHours(app.database, app.clock, countSpending(400))) > 0);
  const { today, month, days } = await costsOf("daily");
  expect(today.gateway).toMatchObject({ amount: "0.12", calls: 1 });
  expect(month.gateway).toMatchObject({ amount: "0.36", calls: 4, unknown: 1 });
  expect(days.slice(-2).map(({ day, gateway }) => [day, gateway.calls])).toEqual([
    ["2026-01-05", 3],
    ["2026-01-06", 1],
  ]);
});

test("a call whose record failed is recorded when the database takes it again, once, and nobody knows what it cost", async () => {
  await connect("unlucky", [{ name: "priced" }]);
  for (const moment of ["after", "before"] as const) {
    trouble = moment;
    expect((await ask("unlucky/priced")).status).toBe(500);
  }
  trouble = undefined;
  const recorded = async () =>
    (await client.listModelCalls({ query: { connection: "unlucky" } })).calls.map((one) => [
      one.outcome,
      one.error,
      one.cost,
    ]);
  await vi.waitFor(async () => expect(await recorded()).toHaveLength(2), { timeout: 25_000, interval: 200 });
  // The first was stored, although nobody heard of it: it stays as it was.
  expect(await recorded()).toEqual([
    ["failed", "interrupted", null],
    ["answered", null, "0.12"],
  ]);
  expect((await costsOf("unlucky")).today.gateway).toEqual({
    amount: "0.12",
    calls: 2,
    unknown: 1,
    estimated: 0,
  });
}, 30_000);

test("a budget that is set later counts what was spent before in its month and day", async () => {
  await connect("later", [{ name: "priced" }]);
  for (let i = 0; i < 3; i++) await ask("later/priced");
  await client.setBudget({ params: { name: "later" }, body: { budget: { perDay: 0.5, warnAt: 0.5 } } });
  expect(await standingOf("later")).toMatchObject({ used: "0.36", state: "warning", refused: false });
  // Setting it anew counts nothing twice.
  await client.setBudget({ params: { name: "later" }, body: { budget: { perDay: 0.4, warnAt: 0.5 } } });
  expect(await standingOf("later")).toMatchObject({ used: "0.36" });
});

test("a call that does not fit is told apart from a budget that is spent, and nobody hears of its amount", async () => {
  await connect("tight", [{ name: "priced", fallback: ["spare-house/spare"] }]);
  await connect("spare-house", [{ name: "spare" }]);
  await client.setBudget({ params: { name: "tight" }, body: { budget: { perDay: 4, warnAt: 0.8 } } });
  await believed();
  // 500 tokens at 0.01 each are more than the whole day has.
  const large = await ask("tight/priced", { max_tokens: 500 });
  expect(large.status).toBe(200);
  expect(large.headers.get("x-pilotage-connection")).toBe("spare-house");
  // A leg that nobody asked is no attempt, and costs nothing; it says why the next one answered.
  expect(large.headers.get("x-pilotage-attempts")).toBe("1");
  expect((await newest()).tries).toMatchObject([
    { connection: "tight", error: "over_budget", cost: "0" },
    { connection: "spare-house", error: null, cost: "0.12" },
  ]);
  expect((await newest()).cost).toBe("0.12");
  expect(asked.map((one) => one.model)).toEqual(["spare"]);
  expect(await standingOf("tight")).toMatchObject({ used: "0", state: "warning", refused: true });
  expect((await costsOf("tight")).today.gateway.calls).toBe(0);
  // Others still fit.
  expect((await ask("tight/priced")).headers.get("x-pilotage-connection")).toBe("tight");

  await connect("lonely", [{ name: "priced" }]);
  await client.setBudget({ params: { name: "lonely" }, body: { budget: { perDay: 4, warnAt: 0.8 } } });
  await believed();
  const refused = await ask("lonely/priced", { max_tokens: 500 });
  expect(refused.status).toBe(429);
  const { message } = refused.body["error"] as { message: string };
  expect(message).toContain("this call may take more than its budget allows at all");
  expect(message).not.toMatch(/4|EUR/);
});

test("a workflow's call that is made again is marked, and counts its tokens once", async () => {
  await automatic(installation, "triage", { endpoint: { wait: 20_000 } });
  await client.saveConnection({
    params: { name: "script-triage" },
    body: {
      settings: {
        kind: "scripted",
        script: {
          rules: [],
          otherwise: {
            answer: { category: "billing" },
            confidence: 0.9,
            usage: { inputTokens: 30, outputTokens: 10 },
          },
        },
      },
    },
  });
  await believed();
  const limited = await keyWith({ tokens: { day: 60 } });
  const once = { "idempotency-key": "order-1" };
  const first = await ask("triage", {}, once, limited);
  expect(first.status).toBe(200);
  expect(await newest()).toMatchObject({ inputTokens: 30, outputTokens: 10, finish: "stop" });
  for (let i = 0; i < 3; i++) {
    const again = await ask("triage", {}, once, limited);
    expect(again.status).toBe(200);
    expect(again.headers.get("x-pilotage-replayed")).toBe("true");
    expect(again.body["choices"]).toEqual(first.body["choices"]);
  }
  expect(await newest()).toMatchObject({
    inputTokens: null,
    outputTokens: null,
    finish: "again",
    outcome: "answered",
  });
  // 40 of 60 are used, not 160.
  const used = await app.database.one<{ tokens: number }>(
    sql`select tokens::int as tokens from spend_window where scope like 'key:%' and period = 'day' order by tokens desc limit 1`,
  );
  expect(used.tokens).toBe(40);
});

test("a fallback that leads nowhere is told when it is stored, and a connection that is one is not removed", async () => {
  const { warnings } = await connect("leaning", [
    { name: "priced", fallback: ["nowhere/small", "leaning/spare"], larger: "script-triage/x" },
  ]);
  expect(warnings).toEqual([
    expect.stringMatching(/nowhere\/small.*there is no such connection/),
    expect.stringMatching(/script-triage\/x.*of the kind scripted/),
    expect.stringMatching(/^priced: no data policy/),
  ]);
  const stored = await connect("leaning", [{ name: "priced", fallback: ["spare-house/spare"], policy: {} }]);
  expect(stored.warnings).toEqual([]);
  await expect(client.removeConnection({ params: { name: "spare-house" } })).rejects.toThrow(
    /fallback of leaning\/priced/,
  );
});
