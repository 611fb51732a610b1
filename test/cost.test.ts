/** What calls of models cost: attempts, cases, the day of a workflow; budgets that warn, stop, and begin anew. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { sql } from "../src/platform/sql.ts";
import { countHours } from "../src/monitoring/hourly.ts";
import { countSpending, spendingSince } from "../src/monitoring/spend.ts";
import { amountOf } from "../src/models/money.ts";
import type { Client } from "../src/contract/client.ts";
import { install, launch, until } from "./support/installation.ts";
import { signedIn } from "./support/people.ts";
import { afterAll } from "vitest";

const folder = temporaryFolder("prices");
afterAll(() => removeFolder(folder));
const prices = join(folder, "prices.yaml");
writeFileSync(
  prices,
  `date: 2026-01-02
currency: EUR
providers:
  - name: the script
    kinds: [scripted]
    models:
      - { for: [priced], input: "10", cached: "1", output: "40" }
      - { for: [each], call: "0.25" }`,
);

const START = Date.parse("2026-01-05T08:00:00Z");
const installation = await install({
  settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z", PILOTAGE_PRICES: prices },
});
const { client, app } = installation;
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });
const HOUR = 3_600_000;

const usage = { inputTokens: 1_000, outputTokens: 100 };
const says = (answer: JsonObject): JsonObject => ({ rules: [], otherwise: answer });
const billing = (more: JsonObject = {}) => says({ answer: { category: "billing" }, ...more });

let made = 0;
/** A workflow of its own whose model is called `name` and answers by the script; answers how to hand it a case. */
async function workflowWith(options: {
  script?: JsonObject;
  name?: string;
  fallback?: (string | JsonObject)[];
  release?: JsonObject;
  budget?: JsonObject;
}) {
  const workflow = `cost-${made++}`;
  const script = options.script ?? billing({ usage });
  await client.saveConnection({
    params: { name: workflow },
    body: { settings: { kind: "scripted", script } },
  });
  await launch(installation, {
    script: null,
    workflow: { workflow, ...(options.budget === undefined ? {} : { budget: options.budget }) },
    release: {
      workflow,
      model: { connection: workflow, name: options.name ?? "priced", timeout: 5_000, maxTokens: 100 },
      prompt: "{{ input.text }}",
      fallback: options.fallback ?? ["manual"],
      ...options.release,
    },
    share: 1,
  });
  return {
    workflow,
    submit: async () =>
      (
        await client.submitCase({
          params: { workflow },
          body: { externalId: `${workflow}-${made++}`, input: { text: "the bill" } },
        })
      ).caseId,
  };
}

const reviewed = (id: string) =>
  until(
    () => client.getCase({ params: { case: id } }),
    (found) => found.state === "in_review",
  );

describe("an attempt", () => {
  test("has the tokens and the cost that its model counted", async () => {
    const { submit } = await workflowWith({
      script: billing({ usage: { ...usage, cachedTokens: 500 }, model: "priced" }),
    });
    const found = await reviewed(await submit());
    // 500 at 10, 500 at 1, 100 at 40 for a million.
    const cost = { amount: "0.0095", currency: "EUR", estimated: false };
    expect(found.attempts).toMatchObject([{ inputTokens: 1_000, outputTokens: 100, cost }]);
    expect(found.cost).toEqual({ ...cost, unknown: 0 });
  });

  test("of a model without a price has an unknown cost, and the case says that there is one", async () => {
    const { submit } = await workflowWith({ name: "unpriced" });
    const found = await reviewed(await submit());
    expect(found.attempts).toMatchObject([{ cost: null }]);
    expect(found.cost).toEqual({ amount: null, currency: null, estimated: false, unknown: 1 });
  });

  test("without counted tokens has an estimated cost", async () => {
    const { submit } = await workflowWith({ script: billing({ model: "priced" }) });
    const found = await reviewed(await submit());
    expect(found.attempts[0]!.cost).toMatchObject({ estimated: true });
    expect(Number(found.attempts[0]!.cost!.amount)).toBeGreaterThan(0);
  });

  test("that was refused costs nothing; its fallback is what the case costs", async () => {
    const other = await workflowWith({ script: billing({ usage, model: "each" }), name: "each" });
    const { submit } = await workflowWith({
      script: says({ fault: "refused" }),
      fallback: [{ connection: other.workflow, name: "each", timeout: 5_000 }, "manual"],
    });
    const found = await reviewed(await submit());
    expect(found.attempts.map((one) => one.cost?.amount)).toEqual(["0", "0.25"]);
    expect(found.cost).toMatchObject({ amount: "0.25", unknown: 0 });
  });

  test("keeps the date of its price, and the record of the answer holds what it cost", async () => {
    const { submit } = await workflowWith({});
    const found = await reviewed(await submit());
    const row = await app.database.one<{ price_date: string; cost: string }>(
      sql`select price_date::text as price_date, cost::text as cost from attempt where case_id = ${found.id}`,
    );
    expect(row).toEqual({ price_date: "2026-01-02", cost: "0.014" });
    const answered = found.history.find((one) => one.kind === "case.answered");
    expect(answered!.data).toMatchObject({ cost: "0.014", currency: "EUR" });
  });
});

describe("the spending of a workflow", () => {
  test("is the exact sum of its calls, counted live and by the hour alike", async () => {
    const { workflow, submit } = await workflowWith({});
    const ids = await Promise.all(Array.from({ length: 7 }, submit));
    for (const id of ids) await reviewed(id);
    const sum = async () => {
      const rows = await spendingSince(app.database, workflow, START, app.clock.now());
      return {
        calls: rows.reduce((total, one) => total + one.calls, 0),
        tokens: rows.reduce((total, one) => total + one.inputTokens, 0),
        cost: amountOf(rows.reduce((total, one) => total + one.cost, 0n)),
      };
    };
    const expected = { calls: 7, tokens: 7_000, cost: "0.098" };
    expect(await sum()).toEqual(expected);
    await pass(2 * HOUR);
    await countHours(app.database, app.clock, countSpending(400));
    expect(await sum()).toEqual(expected);
    const stored = await app.database.one<{ n: number; cost: string }>(
      sql`select count(*) as n, sum(cost)::text as cost from spend_hour where workflow = ${workflow}`,
    );
    expect(stored).toMatchObject({ n: 1, cost: "0.098" });
    // Counted again, it is the same.
    await countHours(app.database, app.clock, countSpending(400));
    expect(await sum()).toEqual(expected);
  });
});

describe("the figures of a workflow", () => {
  test("say what its calls cost, by model and by case, and what is missing for a forecast", async () => {
    const { workflow, submit } = await workflowWith({});
    const empty = await client.getCost({ params: { workflow } });
    expect(empty).toMatchObject({
      currency: "EUR",
      month: { amount: "0", calls: 0 },
      perCase: null,
      budget: null,
      forecast: null,
    });
    const ids = await Promise.all([submit(), submit()]);
    for (const id of ids) await reviewed(id);
    expect(await client.getCost({ params: { workflow } })).toMatchObject({
      today: { amount: "0.028", calls: 2, unknown: 0, estimated: 0 },
      month: { amount: "0.028" },
      perCase: { amount: "0.014", cases: 2 },
      models: [{ model: "priced", calls: 2, amount: "0.028" }],
      forecastMissing: [
        { code: "days", have: 0, need: 7 },
        { code: "cases", have: 0, need: 50 },
      ],
    });
  });
});

describe("a budget", () => {
  test("is never exceeded: with it spent the model is passed over, and a person gets the case with the reason", async () => {
    const { submit } = await workflowWith({
      name: "each",
      script: billing({ model: "each" }),
      budget: { perDay: 1 },
    });
    const found = [];
    for (let i = 0; i < 6; i++) found.push(await reviewed(await submit()));
    expect(found.map((one) => one.attempts.length)).toEqual([1, 1, 1, 1, 0, 0]);
    expect(found.at(-1)!.decision).toMatchObject({
      outcome: "fallback",
      reasons: [{ code: "budget_spent" }],
    });
    expect(found.at(-1)!.decision!.reasons[0]!.detail).toMatch(/^workflow cost-\d+, day$/);
  });

  test("begins anew with the next day", async () => {
    const { submit } = await workflowWith({
      name: "each",
      script: billing({ model: "each" }),
      budget: { perDay: 0.3 },
    });
    await reviewed(await submit());
    expect((await reviewed(await submit())).attempts).toEqual([]);
    await pass(24 * HOUR);
    expect((await reviewed(await submit())).attempts).toHaveLength(1);
  });

  test("that is spent leaves the chain's free steps: a cheaper model answers, and the record says what was left out", async () => {
    const free = await workflowWith({ script: billing({ model: "priced", usage }) });
    const { workflow, submit } = await workflowWith({
      name: "each",
      script: billing({ model: "each" }),
      budget: { perDay: 0.26 },
      fallback: [
        "queue",
        { connection: free.workflow, name: "priced", timeout: 5_000, maxTokens: 10 },
        "manual",
      ],
    });
    await reviewed(await submit());
    const found = await reviewed(await submit());
    expect(found.attempts).toMatchObject([{ step: 2, state: "answered" }]);
    const running = found.history.find((one) => one.kind === "case.running");
    expect(running!.data).toMatchObject({ overBudget: [`${workflow} each`] });
  });

  test("holds for 40 cases at once, over two processes", async () => {
    const second = await install({
      role: "worker",
      databaseUrl: installation.databaseUrl,
      dataHome: installation.dataHome,
      settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z", PILOTAGE_PRICES: prices },
    });
    const { submit } = await workflowWith({
      name: "each",
      script: billing({ model: "each", delayMs: 30 }),
      budget: { perMonth: 5 },
    });
    const ids = await Promise.all(Array.from({ length: 40 }, submit));
    const found = await Promise.all(ids.map(reviewed));
    expect(found.filter((one) => one.attempts.length === 1)).toHaveLength(20);
    await second.stop();
  });

  test("of a connection counts over all workflows that ask over it", async () => {
    const one = await workflowWith({ name: "each", script: billing({ model: "each" }) });
    const other = await workflowWith({
      release: { model: { connection: one.workflow, name: "each", timeout: 5_000, maxTokens: 10 } },
    });
    const name = one.workflow;
    expect(
      await client.setBudget({ params: { name }, body: { budget: { perMonth: 0.6, warnAt: 0.5 } } }),
    ).toEqual({ connection: name, budget: { perMonth: 0.6, warnAt: 0.5 } });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await reviewed(await one.submit())).attempts).toHaveLength(1);
    expect((await reviewed(await other.submit())).attempts).toHaveLength(1);
    const left = await reviewed(await other.submit());
    expect(left.attempts).toEqual([]);
    expect(left.decision!.reasons).toMatchObject([
      { code: "budget_spent", detail: `connection ${name}, month` },
    ]);
    const { budgets, currency } = await client.listBudgets();
    expect(currency).toBe("EUR");
    expect(budgets.find((found) => found.connection === name)).toMatchObject({
      // A little is left, and not enough for a call: that was refused.
      standings: [{ period: "month", most: "0.6", used: "0.5", state: "spent" }],
      setBy: "E. Brandt",
    });
    await client.setBudget({ params: { name }, body: { budget: null } });
    expect((await client.listBudgets()).budgets.some((found) => found.connection === name)).toBe(false);
    await expect(
      client.setBudget({ params: { name: "nowhere" }, body: { budget: null } }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      client.setBudget({ params: { name }, body: { budget: { warnAt: 0.5 } } }),
    ).rejects.toMatchObject({ code: "bad_request" });
  });

  test("that is nearly spent, and then spent, stands in the overview and with the figures", async () => {
    const { workflow, submit } = await workflowWith({
      name: "each",
      script: billing({ model: "each" }),
      budget: { perDay: 0.5, warnAt: 0.5 },
    });
    const look = async () => {
      const [{ needs }, { budget }] = await Promise.all([
        client.getOverview({ params: { workflow } }),
        client.getCost({ params: { workflow } }),
      ]);
      return [
        needs.filter((one) => one.kind === "budget").map((one) => one.code),
        budget!.standings[0]!.state,
      ];
    };
    expect(await look()).toEqual([[], "good"]);
    await reviewed(await submit());
    await until(look, ([, state]) => state === "warning");
    expect(await look()).toEqual([["budget_warning"], "warning"]);
    await reviewed(await submit());
    await until(look, ([, state]) => state === "spent");
    expect(await look()).toEqual([["budget_spent"], "spent"]);
  });

  test("is a dial: lowered at once, raised by two", async () => {
    const { workflow } = await workflowWith({ budget: { perMonth: 5 } });
    const set = (value: JsonObject) =>
      client.setDial({ params: { workflow }, body: { setting: "budget", value } });
    expect(await set({ perMonth: 4 })).toMatchObject({
      state: "applied",
      after: { perMonth: 4, warnAt: 0.8 },
    });
    expect(await set({ perMonth: 6 })).toMatchObject({ state: "pending" });
    for (const wrong of [{}, { perMonth: -1 }, { perMonth: 0 }, { perYear: 3 }])
      await expect(set(wrong as JsonObject)).rejects.toMatchObject({ code: "bad_request" });
  });
});

describe("a call whose cost is unknown", () => {
  const spending = (workflow: string) =>
    spendingSince(installation.app.database, workflow, now() - 3_600_000, now());
  const now = () => installation.app.clock.now();
  const breakOff = (id: string) =>
    installation.app.database.run(sql`
      update attempt set state = 'abandoned', cost = null, currency = null, cost_estimated = null, price_date = null,
        model_answered = null, confidence = null, input_tokens = null, output_tokens = null where case_id = ${id}`);

  test("because it broke off with the program is told from one without a price", async () => {
    const priced = await workflowWith({});
    await breakOff(await priced.submit().then(async (id) => (await reviewed(id)).id));
    const unpriced = await workflowWith({ name: "unpriced" });
    await reviewed(await unpriced.submit());
    expect(await spending(priced.workflow)).toMatchObject([{ calls: 1, unknown: 1, abandoned: 1 }]);
    expect(await spending(unpriced.workflow)).toMatchObject([{ calls: 1, unknown: 1, abandoned: 0 }]);
  });

  test("leaves the month and the case unknown, never nothing", async () => {
    const { workflow, submit } = await workflowWith({});
    await breakOff((await reviewed(await submit())).id);
    const cost = await client.getCost({ params: { workflow } });
    expect(cost.month).toMatchObject({ amount: null, calls: 1, unknown: 1 });
    expect(cost.perCase).toBeNull();
    expect(cost.forecastMissing.map((one) => one.code)).not.toContain("prices");
  });
});

describe("the budget of a connection", () => {
  test("is set and lowered by an engineer, and raised or taken away by an administrator alone", async () => {
    const { workflow: name } = await workflowWith({});
    const engineer = await signedIn(installation, "engineer@example.com", [
      { role: "engineer", workflow: null },
    ]);
    const administrator = await signedIn(installation, "admin@example.com", [
      { role: "administrator", workflow: null },
    ]);
    const set = (who: Client, budget: { perMonth?: number; perDay?: number } | null) =>
      who.setBudget({ params: { name }, body: { budget } });
    await set(engineer, { perMonth: 100 });
    await set(engineer, { perMonth: 80, perDay: 5 });
    for (const more of [{ perMonth: 90, perDay: 5 }, { perMonth: 80 }, null])
      await expect(set(engineer, more)).rejects.toMatchObject({ code: "forbidden" });
    const { budgets } = await client.listBudgets();
    expect(budgets.find((one) => one.connection === name)!.budget).toMatchObject({ perMonth: 80, perDay: 5 });
    await set(administrator, { perMonth: 90 });
    await set(administrator, null);
  });
});
