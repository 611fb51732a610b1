/**
 * `models.6`: limits and budgets hold over all processes. Two programs on one database, 100 clients that ask both as fast as
 * they can, until nothing more is let through: for calls, tokens and cost of a key, and for the budget of a connection. Then a
 * workflow with a budget, to which the same clients hand in cases that both programs work on. What was used may exceed the limit
 * by no more than what was in flight, and here, where no call takes more than its estimate, by nothing. Nobody who is refused
 * reaches the provider, and whoever is hears why in the shape of that wire; a case without budget goes to a person.
 *
 * Options: `--clients n` (100), `--seconds n` at most for each limit (60).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../../src/contract/json.ts";
import type { KeyLimits } from "../../../src/contract/keys.ts";
import { sql } from "../../../src/platform/sql.ts";
import { startFaultProvider, type FaultProvider } from "../../support/fault-provider/fault-provider.ts";
import type { Context, Outcome } from "../point.ts";
import { launch } from "../../support/installation.ts";
import { openStore, startProgram, until, type Program } from "../program.ts";
import { ask, type Heard } from "./asking.ts";

export const title =
  "100 clients on two processes: never more than the limit and what was in flight, for calls, tokens, cost and the budget of a connection";

/** A model that costs half a cent a call and a thousandth of that for a thousand tokens. */
const PRICES = `
date: 2026-11-01
currency: EUR
providers:
  - name: the proof's own
    connections: [calls, tokens, cost, budget, workflow]
    models:
      - { for: ["*"], input: "10", output: "100", call: "0.005" }
`;

type Measure = "calls" | "tokens" | "cost" | "budget";

interface Scene {
  measure: Measure;
  /** In calls, tokens or units of the currency. */
  limit: number;
  /** Of a key; undefined: the budget of the connection. */
  limits: KeyLimits | undefined;
  /** The error codes of whoever is refused. */
  refused: string[];
}

const SCENES: readonly Scene[] = [
  { measure: "calls", limit: 400, limits: { requests: { day: 400 } }, refused: ["rate_limit_exceeded"] },
  { measure: "tokens", limit: 30_000, limits: { tokens: { day: 30_000 } }, refused: ["rate_limit_exceeded"] },
  { measure: "cost", limit: 3, limits: { cost: { day: "3.00" } }, refused: ["insufficient_quota"] },
  { measure: "budget", limit: 3, limits: undefined, refused: ["rate_limit_exceeded"] },
];

export async function run(context: Context): Promise<Outcome> {
  const option = (name: string, usual: number) => Number(context.options[name] ?? usual);
  const clients = option("clients", 100);
  const provider = await startFaultProvider({ tokens: 30, tokenMs: 1 });
  context.after(() => provider.stop());
  const dataHome = context.folder("limits");
  const prices = join(context.folder("prices"), "prices.yaml");
  writeFileSync(prices, PRICES);
  const settings = { PILOTAGE_PRICES: prices };
  const programs = [
    await startProgram(context, { dataHome, settings }),
    await startProgram(context, { dataHome, settings }),
  ];
  const found: JsonObject[] = [];
  const problems: string[] = [];
  for (const scene of SCENES) {
    const one = await play(programs, provider, scene, { clients, seconds: option("seconds", 60) });
    context.progress(JSON.stringify(one.figures));
    found.push(one.figures);
    problems.push(...one.problems.map((problem) => `${scene.measure}: ${problem}`));
  }
  const workflow = await workflowBudget(programs, clients);
  context.progress(JSON.stringify(workflow.figures));
  found.push(workflow.figures);
  problems.push(...workflow.problems.map((problem) => `workflow: ${problem}`));
  for (const problem of problems) context.progress(problem);
  return {
    met: problems.length === 0 && clients >= 100,
    figures: { processes: programs.length, clients, limits: found, problems },
  };
}

async function play(
  programs: Program[],
  provider: FaultProvider,
  scene: Scene,
  { clients, seconds }: { clients: number; seconds: number },
) {
  const { measure, limit, limits } = scene;
  const { client } = programs[0]!;
  await client.saveConnection({
    params: { name: measure },
    body: { settings: { kind: "openai", baseUrl: provider.url, passThrough: [{ name: "primary" }] } },
  });
  if (limits === undefined)
    await client.setBudget({ params: { name: measure }, body: { budget: { perDay: limit, warnAt: 0.8 } } });
  const key = await client.makeKey({
    body: { name: measure, scopes: ["gateway"], days: 1, ...(limits === undefined ? {} : { limits }) },
  });
  // Settings are read anew at most so much later.
  await sleep(3_000);
  provider.play("healthy");

  const heard: Heard[] = [];
  let refusedInARow = 0;
  const ends = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      const asker = { url: programs[i % programs.length]!.url, secret: key.secret };
      // Until each client was refused about twice with no answer in between.
      while (refusedInARow < 2 * clients && performance.now() < ends) {
        const one = await ask(asker, `${measure}/primary`, i % 3 === 0 ? "buffered" : "plain");
        heard.push(one);
        refusedInARow = one.whole ? 0 : refusedInARow + 1;
      }
    }),
  );
  return judge(programs[0]!, provider, scene, key.id, heard, clients);
}

async function judge(
  program: Program,
  provider: FaultProvider,
  { measure, limit, refused }: Scene,
  key: string,
  heard: readonly Heard[],
  clients: number,
) {
  const whole = heard.filter((one) => one.whole).length;
  const others = heard.filter((one) => !one.whole);
  const used = await usedBy(program, key);
  const took = measure === "calls" ? used.calls : measure === "tokens" ? used.tokens : used.cost;
  const most = measure === "calls" ? used.calls && 1 : measure === "tokens" ? used.mostTokens : used.mostCost;
  // A limit of calls is known before the call; what a call takes of the others may exceed its estimate.
  const allowed = measure === "calls" ? limit : limit + clients * most;
  const codes = [...new Set(others.map((one) => `${one.status} ${one.error?.["code"] as string}`))];
  const shapeless = others.filter(
    ({ error }) =>
      error === undefined ||
      !["message", "type", "param", "code"].every((name) => Object.hasOwn(error, name)),
  ).length;
  const reached = provider.seen.length;
  const problems = [
    ...(took > allowed ? [`${took} used, ${allowed} allowed`] : []),
    ...(took > limit ? [`${took} used of ${limit}: more than was promised`] : []),
    ...(took < limit * 0.8 ? [`only ${took} of ${limit} could be used`] : []),
    ...(reached === used.calls ? [] : [`the provider was asked ${reached} times for ${used.calls} answers`]),
    ...(whole === used.calls ? [] : [`${whole} answers came whole, ${used.calls} are on record`]),
    ...(others.length === 0 ? ["nobody was refused"] : []),
    ...(shapeless > 0 ? [`${shapeless} refusals without the four keys of an error`] : []),
    ...codes
      .filter((code) => !refused.some((one) => code === `429 ${one}`))
      .map((code) => `somebody heard ${code}`),
  ];
  const figures = {
    limitOf: measure,
    limit,
    used: took,
    mostOfOneCall: most,
    answered: whole,
    refused: others.length,
    reachedTheProvider: reached,
    heard: codes,
  };
  return { figures, problems };
}

/** A workflow that may spend so much a day, and more cases than that pays for. */
async function workflowBudget(programs: Program[], clients: number) {
  const perDay = 0.75;
  const workflow = "workflow";
  const { client } = programs[0]!;
  await client.saveConnection({
    params: { name: workflow },
    body: {
      settings: {
        kind: "scripted",
        script: {
          rules: [],
          otherwise: {
            answer: { category: "billing" },
            delayMs: 20,
            usage: { inputTokens: 2, outputTokens: 1 },
          },
        },
      },
    },
  });
  await launch(programs[0]!, {
    script: null,
    workflow: { workflow, budget: { perDay } },
    release: {
      workflow,
      model: { connection: workflow, name: "priced", timeout: 5_000, maxTokens: 1 },
      prompt: "{{ input.text }}",
    },
  });
  const cases = clients * 4;
  await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      for (let n = 0; n < 4; n++)
        await programs[(i + n) % programs.length]!.client.submitCase({
          params: { workflow },
          body: { externalId: `${i}-${n}`, input: { text: "the bill" } },
        });
    }),
  );
  const found = await until(
    "every case to wait for a person",
    () => spentBy(programs[0]!, workflow),
    (one) => one.inReview === cases,
    120,
  );
  const problems = [
    ...(found.cost > perDay ? [`${found.cost} used of ${perDay}`] : []),
    ...(found.cost < perDay * 0.8 ? [`only ${found.cost} of ${perDay} could be used`] : []),
    ...(found.told + found.calls === cases ? [] : [`${cases - found.told - found.calls} cases have neither`]),
  ];
  return {
    figures: {
      limitOf: "workflow",
      limit: perDay,
      used: found.cost,
      cases,
      calls: found.calls,
      told: found.told,
    },
    problems,
  };
}

async function spentBy(program: Program, workflow: string) {
  const { database } = await openStore(program);
  try {
    return await database.one<{ cost: number; calls: number; told: number; inReview: number }>(sql`
      select (select coalesce(sum(a.cost), 0) from attempt a join case_ c on c.id = a.case_id where c.workflow = ${workflow}) as cost,
        (select count(*)::int from attempt a join case_ c on c.id = a.case_id where c.workflow = ${workflow}) as calls,
        (select count(*)::int from decision d join case_ c on c.id = d.case_id
          where c.workflow = ${workflow} and d.reasons @> '[{"code": "budget_spent"}]') as told,
        (select count(*)::int from case_ where workflow = ${workflow} and state = 'in_review') as "inReview"`);
  } finally {
    await database.close();
  }
}

async function usedBy(program: Program, key: string) {
  const { database } = await openStore(program);
  try {
    return await database.one<{
      calls: number;
      tokens: number;
      cost: number;
      mostTokens: number;
      mostCost: number;
    }>(sql`
      select count(*)::int as calls, coalesce(sum(input_tokens + output_tokens), 0)::int as tokens, coalesce(sum(cost), 0) as cost,
        coalesce(max(input_tokens + output_tokens), 0)::int as "mostTokens", coalesce(max(cost), 0) as "mostCost"
      from model_call where key = ${key} and outcome = 'answered'`);
  } finally {
    await database.close();
  }
}
