/**
 * depth.1: a certificate keeps its word. The named cases of the reference; then the real program: a release trained on
 * the train file of `intents-banking77`, the test file imported as a sealed set, evaluated, certified; then the stored
 * scores, certified on random parts of them, over and over, and judged by all of them.
 *
 * Options: `--folder <folder with train.csv and test.csv>`, `--splits <count>`, `--seed <number>`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { sql } from "../../../src/platform/sql.ts";
import type { ScoredLabel } from "../../../src/statistics/certification.ts";
import { judgeSplits, mostViolations, type SplitFigures } from "../../support/certificate-splits.ts";
import { seeded } from "../../support/kill-plan.ts";
import { readVectors } from "../../support/reference-file.ts";
import { compareVectors } from "../../support/vectors.ts";
import { round } from "../case/banking-figures.ts";
import { INTENTS, readIntents, writeDefinition } from "../case/banking.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { openStore, ROOT, startProgram, type Program } from "../program.ts";

export const title =
  "A certificate keeps its word: reference cases, and 200 splits of real answers, where a point estimate breaks it";

const FOLDER = "../shared/data/intents-banking77";
const REFERENCE = "../shared/reference/statistics.json";
/** What a certificate rests on; the whole file is compared by releases.1. */
const REFERENCE_CASES = [
  "clopper_pearson_two_sided_95",
  "clopper_pearson_one_sided_95",
  "beta_mixture_confidence_sequence_95",
  "zero_error_minimum_n",
  "acceptance_number",
  "threshold_fixed_sequence",
];
const PLAN = { target: 0.05, delta: 0.05 };
const SIZES = [300, 1_540];
/** Of the largest size: the share of the file that goes out alone, at least. */
const COVERAGE = 0.8;
/** How often the point estimate must break the promise, so that keeping it means something. */
const POINT_ESTIMATE_BREAKS = 0.25;

interface Run {
  id: string;
  items: number;
  answered: number;
  failed: number;
  leftOut: number;
  right: number;
  accuracy: { value: number; lower: number; upper: number } | null;
  meanMilliseconds: number | null;
}

export async function run(context: Context): Promise<Outcome> {
  const folder = resolve(ROOT, context.options["folder"] ?? FOLDER);
  const [train, test] = [join(folder, "train.csv"), join(folder, "test.csv")];
  if (!existsSync(train) || !existsSync(test))
    return skipped(`There is no train.csv and test.csv in ${folder}; name the folder with --folder.`);
  const reference = readVectors(resolve(ROOT, REFERENCE));
  if (!reference) return skipped(`There is no ${REFERENCE} beside the checkout.`);
  const splits = Number(context.options["splits"] ?? 200);
  const chance = seeded(Number(context.options["seed"] ?? 77));

  const vectors = compareVectors(reference, REFERENCE_CASES);
  context.progress(
    `reference cases: ${Object.keys(vectors.compared).length}, differing: ${vectors.differing.join(", ") || "none"}`,
  );
  const program = await startProgram(context, { dataHome: context.folder("certificate") });
  const release = await publish(context, program, train);
  const evaluated = await evaluate(context, program, release, test);
  const { run: evaluation, certificate } = evaluated;
  const scores = await storedScores(program, evaluation.id);
  const same =
    scores.length === evaluation.answered && scores.filter((one) => !one.wrong).length === evaluation.right;
  const figures = SIZES.map((n) => judgeSplits(scores, { n, splits, chance, ...PLAN }));
  const most = mostViolations(PLAN, splits);
  for (const one of figures)
    context.progress(
      `n = ${one.n}: promise broken in ${one.violations} of ${splits} splits, mean coverage ${one.meanCoverage.toFixed(3)}; first look of the program: ${one.firstLook.violations} and ${one.firstLook.meanCoverage.toFixed(3)}; point estimate: ${one.pointEstimate.violations} of ${splits}`,
    );
  const exit = await program.stop();
  const kept = figures.every((one) => Math.max(one.violationShare, one.firstLook.violationShare) <= most);
  const proves = figures.every((one) => one.pointEstimate.violationShare > POINT_ESTIMATE_BREAKS);
  const largest = figures.at(-1)!;
  const covers = Math.min(largest.meanCoverage, largest.firstLook.meanCoverage) >= COVERAGE;
  const whole = evaluation.items === readIntents(test).length && evaluation.answered === evaluation.items;
  return {
    met:
      vectors.differing.length === 0 &&
      whole &&
      same &&
      kept &&
      proves &&
      covers &&
      certificate.result === "certified" &&
      exit === 0,
    figures: {
      referenceValues: vectors.compared,
      referenceDiffering: vectors.differing,
      items: evaluation.items,
      answered: evaluation.answered,
      accuracy: evaluation.accuracy && {
        value: round(evaluation.accuracy.value, 4),
        lower: round(evaluation.accuracy.lower, 4),
        upper: round(evaluation.accuracy.upper, 4),
      },
      importSeconds: round(evaluated.importSeconds, 2),
      evaluateSeconds: round(evaluated.evaluateSeconds, 2),
      millisecondsOfAnswer: round(evaluation.meanMilliseconds ?? 0, 2),
      certificateOfProgram: certificate,
      plan: PLAN,
      splits,
      mostViolationShare: round(most, 4),
      coverageAim: COVERAGE,
      pointEstimateMustBreak: POINT_ESTIMATE_BREAKS,
      bySize: figures.map((one) => ({
        n: one.n,
        certified: one.certified,
        violations: one.violations,
        violationShare: round(one.violationShare, 4),
        meanCoverage: round(one.meanCoverage, 4),
        meanThreshold: one.meanThreshold === null ? null : round(one.meanThreshold, 4),
        firstLook: rounded(one.firstLook),
        pointEstimate: rounded(one.pointEstimate),
      })),
    },
  };
}

const rounded = (one: SplitFigures["firstLook"]) => ({
  violations: one.violations,
  violationShare: round(one.violationShare, 4),
  meanCoverage: round(one.meanCoverage, 4),
});

async function publish(context: Context, program: Program, train: string): Promise<string> {
  const folder = context.folder("definition");
  const examples = readIntents(train);
  writeDefinition(folder, examples);
  await program.cli("apply", folder);
  context.progress(`training on ${examples.length} examples`);
  return ((await program.cli("publish", folder)) as { id: string }).id;
}

/** Imports the test file as a sealed set, evaluates the release on it and asks for its certificate, all by command line. */
async function evaluate(context: Context, program: Program, release: string, test: string) {
  const file = join(context.folder("set"), "test.csv");
  // The input schema has a category, too (it is dropped by the policy): the header says that this one is the truth.
  writeFileSync(file, readFileSync(test, "utf8").replace(/^text,category/, "text,output.category"));
  const importing = performance.now();
  await program.cli("evaluation", "import", INTENTS, file, "--name", "test", "--drawn", "chance");
  const importSeconds = (performance.now() - importing) / 1_000;
  context.progress("evaluating");
  const evaluating = performance.now();
  const run = (await program.cli("evaluate", INTENTS, "--set", "test", "--release", release)) as Run;
  const evaluateSeconds = (performance.now() - evaluating) / 1_000;
  context.progress(`${run.right} of ${run.answered} right after ${evaluateSeconds.toFixed(1)} s`);
  const look = (await program.cli(
    "certify",
    INTENTS,
    "--release",
    release,
    "--from",
    "set",
    "--set",
    run.id,
  )) as { result: string; sentence?: string };
  return {
    run,
    importSeconds,
    evaluateSeconds,
    certificate: { result: look.result, sentence: look.sentence ?? null },
  };
}

async function storedScores(program: Program, run: string): Promise<ScoredLabel[]> {
  const { database } = await openStore(program);
  try {
    return await database.all<ScoredLabel>(
      sql`select confidence as score, wrong from evaluation_score where run_id = ${run} and state = 'answered' order by no`,
    );
  } finally {
    await database.close();
  }
}
