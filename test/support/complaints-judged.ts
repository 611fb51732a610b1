/**
 * How the releases of the story are measured and judged: by the program's own runs and gates, over the 600 complaints in two parts.
 *
 * One in five complaints, drawn by a coin, makes a set for development: it ranks the models, and proves nothing for any. The others
 * make a sealed set, which carries ten looks. The ten that rank first are looked at and judged within these; the rest comes after
 * them, when the set proves only against. Nobody chooses the order by what the sealed set says.
 */
import { Readable } from "node:stream";
import type { JsonObject } from "../../src/contract/json.ts";
import { sql } from "../../src/platform/sql.ts";
import { MOST_LOOKS, type Verdict } from "../../src/contract/gate.ts";
import { judgeGate, type GateInput } from "../../src/releases/gate.ts";
import { mulberry32, quantile } from "../../src/statistics/bootstrap.ts";
import { cellsOf, classify } from "../../src/statistics/classification.ts";
import type { ExpectedModel, Replay } from "./complaints.ts";
import { params, type Story } from "./complaints-story.ts";
import { until } from "./installation.ts";

/** Some of the complaints, as an evaluation set. */
export interface Part {
  set: string;
  kind: "development" | "sealed";
  /** Places in the list of complaints, rising. */
  places: number[];
}

const ONE_IN = 5;

export const allOf = ({ complaints }: Replay): Part => ({
  set: "complaints-all",
  kind: "sealed",
  places: complaints.map((_, i) => i),
});

/** The same parts for the same seed. */
export function partsOf({ complaints }: Replay, seed: number): { development: Part; sealed: Part } {
  const chance = mulberry32(seed);
  const drawn = complaints.map((_, i) => ({ i, at: chance() })).sort((a, b) => a.at - b.at);
  const cut = Math.round(complaints.length / ONE_IN);
  const places = (list: typeof drawn) => list.map(({ i }) => i).sort((a, b) => a - b);
  return {
    development: { set: "complaints-to-choose", kind: "development", places: places(drawn.slice(0, cut)) },
    sealed: { set: "complaints-to-decide", kind: "sealed", places: places(drawn.slice(cut)) },
  };
}

export async function importPart({ owner, replay }: Story, { set, kind, places }: Part): Promise<void> {
  const lines = places.map((place) => {
    const { no, narrative, product } = replay.complaints[place]!;
    return `${JSON.stringify({ input: { complaint: no, narrative }, output: { product } })}\n`;
  });
  const source = Readable.from([Buffer.from(lines.join(""))]);
  for await (const line of owner.importSet(params.workflow, { name: set, kind, drawn: "chance" }, source))
    if (line.message !== undefined) throw new Error(`The set was not taken: ${line.message}`);
}

// Runs -----------------------------------------------------------------------------------------------------------

/** What the program stored of a run, or of several over parts of the complaints. */
export interface Evaluated {
  model: string;
  /** The last one. */
  run: string;
  /** Which complaints, and what was answered to each. */
  places: number[];
  /** Null: what came back fits no schema. */
  answers: (string | null)[];
  right: number;
  /** As measured. */
  milliseconds: number[];
}

/** Milliseconds between two looks at a run: more often, and the looks slow down what is measured. */
const LOOK = 500;

/** A run over a set for each of the models, asked for in their order; they are answered as the program does it, some at a time. */
export async function evaluate(
  story: Story,
  part: Part,
  models: readonly string[],
  done: (one: Evaluated) => void = () => undefined,
): Promise<Evaluated[]> {
  const runs = [];
  for (const model of models) {
    const release = story.releases.get(model)!;
    const atOnce = story.replayer.atOnce(model);
    const body = { set: part.set, release, step: 0, atOnce };
    const { id } = await story.owner.startEvaluation({ params, body });
    runs.push({ model, id });
  }
  return Promise.all(
    runs.map(async ({ model, id }) => {
      const run = await until(
        () => story.owner.getEvaluation({ params: { run: id } }),
        ({ state }) => state === "done" || state === "failed",
        30 * 60_000,
        LOOK,
      );
      if (run.state !== "done") throw new Error(`The run of ${model} failed: ${run.problem}`);
      const one = await stored(story, part, model, id);
      done(one);
      return one;
    }),
  );
}

async function stored({ app }: Story, { places }: Part, model: string, run: string): Promise<Evaluated> {
  const rows = await app.database.all<{
    state: string;
    error: string | null;
    wrong: boolean | null;
    product: string | null;
    milliseconds: number;
  }>(sql`
    select state, error, wrong, facets ->> 'output.product' as product, milliseconds from evaluation_score where run_id = ${run} order by no`);
  const lost = rows.find(({ state, error }) => state !== "answered" && error !== "model_bad_answer");
  if (lost) throw new Error(`The run of ${model} has an item that is ${lost.state}: ${lost.error}`);
  if (rows.length !== places.length) throw new Error(`The run of ${model} has ${rows.length} items.`);
  return {
    model,
    run,
    places,
    answers: rows.map(({ product }) => product),
    right: rows.filter(({ wrong }) => wrong === false).length,
    milliseconds: rows.map(({ milliseconds }) => milliseconds),
  };
}

/** The runs of one model over parts, as one. */
export function together(parts: readonly Evaluated[]): Evaluated {
  const last = parts.at(-1)!;
  return {
    model: last.model,
    run: last.run,
    places: parts.flatMap(({ places }) => places),
    answers: parts.flatMap(({ answers }) => answers),
    right: parts.reduce((sum, { right }) => sum + right, 0),
    milliseconds: parts.flatMap(({ milliseconds }) => milliseconds),
  };
}

export interface Figures {
  right: number;
  accuracy: number;
  macroF1: number;
  outside: number;
  /** How many times faster the seconds were played; median and longest are what was measured, times this. Null: not played. */
  speed: number | null;
  median: number;
  longest: number;
  /** Milliseconds that were measured beyond what was played, at the median, and answers that came before their time. */
  late: number;
  early: number;
}

export function figuresOf(one: Evaluated, { replay, replayer }: Story): Figures {
  const { model, places, answers, right, milliseconds } = one;
  const cells = cellsOf(
    places.map((place, i) => ({ truth: replay.complaints[place]!.product, answer: answers[i]! })),
  );
  const speed = replayer.speed(model);
  const times = Number.isFinite(speed) ? speed : 1;
  const seconds = milliseconds.map((ms) => (ms * times) / 1_000).sort((a, b) => a - b);
  const beyond = milliseconds
    .map((ms, i) => ms - (replay.answers[model]![places[i]!]!.seconds * 1_000) / speed)
    .sort((a, b) => a - b);
  return {
    right,
    accuracy: right / places.length,
    macroF1: classify(cells, replay.classes).macroF1 ?? 0,
    outside: answers.filter((answer) => answer === null).length,
    speed: Number.isFinite(speed) ? speed : null,
    median: quantile(seconds, 0.5),
    longest: seconds.at(-1)!,
    late: quantile(beyond, 0.5),
    early: beyond.filter((ms) => ms < -2).length,
  };
}

/**
 * Measured seconds may be so far from the expected ones: a part of them, and milliseconds of the machine for each answer; for the
 * longest of all more, because it takes only one that the machine let wait.
 */
export const TOLERANCE = { part: 0.02, median: 50, longest: 250 };

/** What is otherwise than the data's own file expects; seconds only where they were played. */
export function differences(found: Figures, wanted: ExpectedModel): string[] {
  const outside = Object.values(wanted.labels_outside_taxonomy).reduce((sum, n) => sum + n, 0);
  const near = (one: number, other: number, by: number) => Math.abs(one - other) <= by;
  const { speed } = found;
  // What the machine adds to an answer is added to what is played, so it is multiplied with it.
  const timely = (seconds: number, expected: number, milliseconds: number) =>
    near(seconds, expected, expected * TOLERANCE.part + (milliseconds / 1_000) * (speed ?? 1));
  const checks: Record<string, boolean> = {
    right: found.right === wanted.correct,
    accuracy: near(found.accuracy, wanted.accuracy, 1e-6),
    macroF1: near(found.macroF1, wanted.macro_f1_over_5_classes, 1e-6),
    outside: found.outside === outside,
    ...(speed === null
      ? {}
      : {
          median: timely(found.median, wanted.seconds_median, TOLERANCE.median),
          longest: timely(found.longest, wanted.seconds_max, TOLERANCE.longest),
          early: found.early === 0,
        }),
  };
  return Object.keys(checks).filter((name) => !checks[name]);
}

// Gates ----------------------------------------------------------------------------------------------------------

/** Agreed before anything is measured. */
export const CRITERIA = [
  { name: "accuracy", group: "performance", metric: "accuracy", minimum: 0.73, target: 0.75, stretch: 0.85 },
];

/** Puts criteria in force from now on; none lifts those that were. */
export async function agree({ owner, document }: Story, criteria: readonly JsonObject[]): Promise<void> {
  await owner.applyWorkflow({ params, body: { document: { ...document, criteria: [...criteria] } } });
}

export interface Judged {
  model: string;
  gate: string;
  verdict: Verdict;
  reasons: string[];
  /** Of the evidence that the gate keeps. */
  right: number;
  n: number;
  lower: number | null;
  upper: number | null;
  looks: number;
  /** Right answers to the same complaints by the data alone. */
  byData: number;
  /** What does not fit: judged again by the program, by the function alone, or counted by the data. */
  doubts: string[];
}

/** Has the program judge each run by the criteria in force, and looks at what it stored. */
export async function judgeRuns(story: Story, runs: readonly Evaluated[]): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const one of runs) {
    const release = story.releases.get(one.model)!;
    const { id } = await story.owner.judgeGate({ params, body: { release, runs: [one.run] } });
    judged.push(await judgedBy(story, one, id));
  }
  return judged;
}

async function judgedBy({ owner, replay }: Story, one: Evaluated, id: string): Promise<Judged> {
  const gate = await owner.getGate({ params: { gate: id } });
  const again = await owner.recheckGate({ params: { gate: id } });
  const input = gate.input as unknown as GateInput;
  const evidence = input.evidence["accuracy"];
  if (evidence?.kind !== "share") throw new Error(`The gate of ${one.model} has no share of right answers.`);
  const said = replay.answers[one.model]!;
  const byData = one.places.filter(
    (place) => said[place]!.product === replay.complaints[place]!.product,
  ).length;
  const pure = judgeGate(input).verdict;
  const [criterion] = gate.criteria;
  return {
    model: one.model,
    gate: id,
    verdict: gate.verdict,
    reasons: gate.reasons.map(({ code }) => code),
    right: evidence.right,
    n: evidence.n,
    lower: criterion?.lower ?? null,
    upper: criterion?.upper ?? null,
    looks: input.set?.looks ?? 0,
    byData,
    doubts: [
      ...again.differences,
      ...(pure === gate.verdict ? [] : [`the function alone says ${pure}`]),
      ...(evidence.right === byData && evidence.n === one.places.length
        ? []
        : [`${evidence.right} of ${evidence.n} are right by the gate, ${byData} by the data`]),
    ],
  };
}

const ORDER: Verdict[] = ["no-go", "inconclusive", "conditional", "go"];

/** Whether nobody with fewer right answers, by the data, has the better verdict. */
export function inOrder(judged: readonly Judged[]): boolean {
  const place = ({ verdict }: Judged) => ORDER.indexOf(verdict);
  return judged.every(
    (one) =>
      place(one) >= 0 && judged.every((other) => one.byData <= other.byData || place(one) >= place(other)),
  );
}

/** Whether each gate knew how often its set had been looked at, and said so from the eleventh look on. */
export function wearCounted(within: readonly Judged[], after: readonly Judged[]): boolean {
  return (
    within.every(({ looks, reasons }) => looks <= MOST_LOOKS && !reasons.includes("set-worn-out")) &&
    after.every(({ looks, reasons }) => looks > MOST_LOOKS && reasons.includes("set-worn-out"))
  );
}
