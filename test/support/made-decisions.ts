/** Decisions for the proof that they come out the same from their numbers: certificates that a program issues or not, gates. */
import { Readable } from "node:stream";
import type { Chance } from "../../src/statistics/bootstrap.ts";
import type { Criterion, Evidence } from "../../src/releases/criterion.ts";
import { judgeGate, type GateInput } from "../../src/releases/gate.ts";
import type { ExportedGate } from "./exported-decisions.ts";
import { launch, until } from "./installation.ts";
import type { Stage } from "./played-rollouts.ts";

const BILLING = { category: "billing" };
const TECHNICAL = { category: "technical" };

export interface LookMade {
  workflow: string;
  items: number;
  /** Every so many-th answer is wrong by the set's truth; 0 for none. */
  wrongEvery: number;
  per: "all" | "category";
  /** How often the same labels are looked at. */
  looks: number;
}

/** A workflow with a sealed set, a run of its release over it, looks at that, and a gate. The program must work on cases. */
export async function makeLooks({ owner }: Stage, made: LookMade): Promise<void> {
  const { workflow, items, wrongEvery, per, looks } = made;
  const params = { workflow };
  const release = await launch(
    { client: owner },
    {
      workflow: { workflow, automation: { maxErrorRate: 0.05, per }, criteria: WRITTEN },
      release: { workflow, confidence: { of: "category", from: "model" } },
      share: 0,
    },
  );
  const lines = Array.from({ length: items }, (_, i) => {
    // The script calls a text with "cable" technical, and is less sure of it.
    const technical = i % 3 === 0;
    const right = technical ? TECHNICAL : BILLING;
    const output = wrongEvery > 0 && i % wrongEvery === 1 ? { category: "other" } : right;
    return `${JSON.stringify({ input: { text: technical ? `cable ${i}` : `a bill ${i}` }, output })}\n`;
  });
  for await (const line of owner.importSet(
    workflow,
    { name: "truth", kind: "sealed", drawn: "chance" },
    Readable.from([Buffer.from(lines.join(""))]),
  ))
    if (line.message !== undefined) throw new Error(`The set was not taken: ${line.message}`);
  const { id: run } = await owner.startEvaluation({ params, body: { set: "truth", release, step: 0 } });
  await until(
    () => owner.getEvaluation({ params: { run } }),
    ({ state }) => state === "done",
  );
  for (let look = 0; look < looks; look++)
    await owner.certify({ params, body: { release, from: "set", set: run } });
  // Over the same run: what the program judges by the criteria that were frozen before it.
  await owner.attestCriterion({
    params,
    body: { criterion: "drill", holds: items % 3 > 0, said: "As it was rehearsed" },
  });
  await owner.judgeGate({ params, body: { release, runs: [run] } });
}

/** Written as in a workflow: one of each kind that a run or a person can show. */
const WRITTEN = [
  { name: "accuracy", group: "performance", metric: "accuracy", minimum: 0.9, target: 0.97, stretch: 0.99 },
  { name: "macro-F1", group: "performance", must: false, metric: "macro-f1 category", minimum: 0.5 },
  {
    name: "seconds",
    group: "performance",
    metric: "latency p95",
    minimum: { ms: 60_000 },
    target: { ms: 30_000 },
  },
  { name: "drill", group: "readiness", must: false, proof: "The fallback was rehearsed" },
];

const CRITERIA: Criterion[] = [
  {
    name: "accuracy",
    group: "performance",
    must: true,
    kind: "share",
    levels: { minimum: 0.85, target: 0.92, stretch: 0.96 },
  },
  {
    name: "seconds",
    group: "performance",
    must: true,
    kind: "amount",
    figure: { quantile: 0.95 },
    better: "less",
    levels: { minimum: 3_000, target: 2_000, stretch: 1_000 },
  },
  { name: "drill", group: "readiness", must: false, kind: "proof" },
];

/** A gate over drawn answers, so that each verdict and each reason is among them: the function alone decides. */
export function makeGate(chance: Chance): ExportedGate {
  const n = 40 + Math.floor(chance() * 400);
  const rate = 0.75 + chance() * 0.25;
  const right = Array.from({ length: n }, () => chance() < rate).filter(Boolean).length;
  const slowest = 500 + Math.floor(chance() * 3_500);
  const evidence: Record<string, Evidence> = {
    accuracy: { kind: "share", right, n, unanswered: 0 },
    seconds: {
      kind: "amount",
      groups: Array.from({ length: n }, () => [[Math.floor(chance() * slowest), 1] as const]),
    },
    drill: { kind: "proof", holds: chance() < 0.8 },
  };
  const input: GateInput = {
    criteria: CRITERIA,
    evidence,
    frozenAt: 1_000,
    startedAt: 2_000,
    groups: ["performance"],
    set: { sealed: true, looks: Math.floor(chance() * 14), representative: chance() < 0.9 },
    confidence: 0.95,
  };
  return { input, verdict: judgeGate(input) };
}
