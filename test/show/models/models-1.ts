/**
 * `models.1`: sixteen faults of a provider and every case seen in the wild, in full timing, through the endpoint of the
 * running program; plain, streamed and collected, streamed live.
 *
 * Each fault and form has a provider and a connection of its own, so that all run at the same time and no breaker carries
 * over. The connections have the limits that the program gives them. What is asked is in judging.ts, outage.ts and
 * facts-judged.ts.
 *
 * Options: `--only S07,S15` plays these alone (and is then not met).
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  FACTS,
  SCENARIOS,
  startFaultProvider,
  type Fact,
  type FaultProvider,
  type Playing,
  type Scenario,
} from "../../support/fault-provider/fault-provider.ts";
import type { Context, Outcome } from "../point.ts";
import { startProgram, type Program } from "../program.ts";
import { ask, FORMS, type Asker, type Form } from "./asking.ts";
import { amissIn, type EXPECTED } from "./facts-judged.ts";
import { judge, told, type Judged, type Verdict } from "./judging.ts";
import { sitOut, type Outage } from "./outage.ts";

export const title =
  "Sixteen faults of a provider in full timing: 16 of 16 for plain and for collected answers, and a clean error where a live stream cannot be rescued";

/** So that not everything begins in the same moment. */
const BETWEEN = 300;
const LEAST_PASSED: Record<Form, number> = { plain: 16, buffered: 16, live: 12 };
/** Where tokens of a live stream are out before the fault shows, no gateway can rescue it. */
const SAFE_LIVE = new Set(["S08", "S09", "S10", "S14"]);

interface Lane {
  program: Program;
  asker: Asker;
  provider: FaultProvider;
  connection: string;
}

export async function run(context: Context): Promise<Outcome> {
  const program = await startProgram(context, { dataHome: context.folder("faults") });
  const { secret } = await program.client.makeKey({
    body: { name: "a program", scopes: ["gateway"], days: 1 },
  });
  const asker = { url: program.url, secret };
  const only = context.options["only"]?.split(",");
  const wanted = (name: string) => only === undefined || only.includes(name);
  const scenarios = (Object.keys(SCENARIOS) as Scenario[]).filter(wanted);
  const facts = ([...Object.keys(FACTS), "connect refused"] as (keyof typeof EXPECTED)[]).filter(wanted);

  let lanes = 0;
  const lane = async (form: Form, refused = false): Promise<Lane> => {
    const provider = await startFaultProvider();
    context.after(() => provider.stop());
    const name = `lane-${lanes++}`;
    const passThrough = [
      { name: `primary-${form}`, fallback: [`${name}/fallback`], larger: `${name}/larger` },
      { name: `primary-alone-${form}` },
    ];
    const save = (connection: string, baseUrl: string) =>
      program.client.saveConnection({
        params: { name: connection },
        body: { settings: { kind: "openai", baseUrl, passThrough } },
      });
    await save(name, provider.url);
    if (!refused) return { program, asker, provider, connection: name };
    await save(`${name}-refused`, provider.refusedUrl);
    return { program, asker, provider, connection: `${name}-refused` };
  };

  context.progress(`${scenarios.length} faults and ${facts.length} cases, each in ${FORMS.length} forms`);
  // All connections first: while it plays, the machine has nothing else to do.
  const stages: { form: Form; scenario: Scenario; lane: Lane }[] = [];
  for (const scenario of scenarios.toReversed())
    for (const form of FORMS) stages.push({ form, scenario, lane: await lane(form) });
  const wildStages: { form: Form; fact: keyof typeof EXPECTED; lane: Lane }[] = [];
  for (const fact of facts)
    for (const form of FORMS)
      wildStages.push({ form, fact, lane: await lane(form, fact === "connect refused") });

  context.progress("the play begins; the longest takes a minute and a half");
  const results = stages.map(async ({ form, scenario, lane: its }, i) => {
    await sleep(i * BETWEEN);
    return { scenario, form, judged: await playScenario(its, scenario, form) };
  });
  const cases = wildStages.map(async ({ form, fact, lane: its }, i) => {
    await sleep((stages.length + i) * BETWEEN);
    return { fact, form, amiss: await playFact(its, fact, form) };
  });
  const played = await Promise.all(results);
  const wild = await Promise.all(cases);

  const verdictOf = (scenario: Scenario, form: Form): Judged =>
    played.find((one) => one.scenario === scenario && one.form === form)!.judged;
  for (const line of table(scenarios, verdictOf)) context.progress(line);
  for (const { scenario, form, judged } of played)
    for (const problem of judged.problems) context.progress(`${scenario} ${form}: ${problem}`);
  const spoilt = wild.flatMap(({ fact, form, amiss }) => amiss.map((one) => `${fact}, ${form}: ${one}`));
  for (const one of spoilt) context.progress(one);

  const score = (form: Form, verdict: Verdict) =>
    scenarios.filter((scenario) => verdictOf(scenario, form).verdict === verdict).length;
  const scores = Object.fromEntries(
    FORMS.map((form) => [
      form,
      Object.fromEntries(
        (["pass", "partial", "safe", "fail"] as const).map((verdict) => [verdict, score(form, verdict)]),
      ),
    ]),
  );
  const liveSafe = scenarios.filter((scenario) => verdictOf(scenario, "live").verdict === "safe");
  return {
    met:
      only === undefined &&
      FORMS.every((form) => score(form, "pass") >= LEAST_PASSED[form] && score(form, "fail") === 0) &&
      liveSafe.every((scenario) => SAFE_LIVE.has(scenario)) &&
      spoilt.length === 0,
    figures: {
      scenarios: scenarios.length,
      scores,
      safeLive: liveSafe,
      problems: played.flatMap(({ scenario, form, judged }) =>
        judged.problems.map((problem) => `${scenario} ${form}: ${problem}`),
      ),
      outage: Object.fromEntries(
        played.flatMap(({ form, judged }) => ("figures" in judged ? [[form, judged.figures]] : [])),
      ),
      wildCases: facts.length,
      wildPlayed: wild.length,
      wildProblems: spoilt,
    },
  };
}

async function playScenario(lane: Lane, scenario: Scenario, form: Form): Promise<Judged | Outage> {
  const { asker, provider, connection } = lane;
  const model = `${connection}/primary-${form}`;
  if (scenario === "S15") {
    const outage = await sitOut(provider, () => ask(asker, model, form));
    const after = await healthyCall(lane, form);
    if (after.whole && after.milliseconds < 10_000) return outage;
    return { ...outage, verdict: "fail", problems: [...outage.problems, `afterwards: ${told(after)}`] };
  }
  provider.play(scenario);
  const heard = await ask(asker, model, form);
  const seen = [...provider.seen];
  const record = await recordOf(lane, heard.headers.get("x-pilotage-call"));
  const alone =
    scenario === "S04" ? await ask(asker, `${connection}/primary-alone-${form}`, form) : undefined;
  const after = await healthyCall(lane, form);
  const { text, answeredBy } = provider;
  const judged = judge({ scenario, form, heard, seen, record, text, answeredBy, after });
  // With nowhere to go the caller hears the original error.
  if (alone === undefined || (alone.status === 503 && alone.error?.["code"] === "provider_overloaded"))
    return judged;
  return { verdict: "fail", problems: [...judged.problems, `with nowhere to go: ${told(alone)}`] };
}

async function playFact(lane: Lane, fact: keyof typeof EXPECTED, form: Form): Promise<string[]> {
  const { asker, provider, connection } = lane;
  const playing: Playing = fact === "connect refused" ? "healthy" : (fact satisfies Fact);
  provider.play(playing);
  const amiss = amissIn(fact, form, await ask(asker, `${connection}/primary-${form}`, form), provider);
  const after = await healthyCall(lane, form);
  return after.whole && after.milliseconds < 10_000 ? amiss : [...amiss, `afterwards: ${told(after)}`];
}

function healthyCall({ asker, provider, connection }: Lane, form: Form) {
  provider.play("healthy");
  return ask(asker, `${connection}/primary-${form}`, form);
}

async function recordOf({ program, connection }: Lane, id: string | null) {
  const { calls } = await program.client.listModelCalls({ query: { connection, limit: "10" } });
  return calls.find((one) => one.id === id);
}

function table(scenarios: readonly Scenario[], of: (scenario: Scenario, form: Form) => Judged): string[] {
  const row = (cells: string[]) => cells.map((cell, i) => cell.padEnd(i === 0 ? 4 : 9)).join(" ");
  return [
    row(["", ...FORMS]),
    ...scenarios.map(
      (scenario) =>
        `${row([scenario, ...FORMS.map((form) => of(scenario, form).verdict)])}  ${SCENARIOS[scenario]}`,
    ),
  ];
}
