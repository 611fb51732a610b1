/**
 * releases.1: the statistics are right. Every named case of the reference file; the means of the e-values added up over all
 * outcomes, and the exact probability of a false alarm; the properties that the reference asks for, as tests and played
 * through in full; the times to detection against those of the reference.
 *
 * Options: `--runs <count>` of the rollouts that are played, `--seed <number>`.
 */
import { resolve } from "node:path";
import { mulberry32, type Chance } from "../../../src/statistics/bootstrap.ts";
import { falseAlarms, MULTIPLES, WARN_AT } from "../../../src/statistics/change.ts";
import { untilMixed, untilPaired, untilRelative, untilSafe } from "../../../src/statistics/detection.ts";
import { broken, falseReaches, nullMeans, nullMeansOfSteps } from "../../support/null-properties.ts";
import { readVectors } from "../../support/reference-file.ts";
import {
  missedAtAnyCase,
  playRollouts,
  quietWindows,
  watchStream,
  type World,
} from "../../support/simulated-labels.ts";
import { compareVectors } from "../../support/vectors.ts";
import { round } from "../case/banking-figures.ts";
import { runTests } from "../people/browser-tests.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { ROOT } from "../program.ts";

export const title =
  "The statistics are right: the whole reference file, null properties by enumeration, and the properties asked for";

const REFERENCE = "../shared/reference/statistics.json";
const ALPHA = 0.05;
/** How far a median may lie from the simulated one of the reference. */
const WITHIN = 0.25;

const FILES = [
  "src/statistics",
  "src/releases/certification.test.ts",
  "src/releases/label-sample.test.ts",
  "test/certificates.test.ts",
];

/** The properties that the reference asks for, by the tests that show them; those played through are shown below, too. */
const PROPERTIES: Record<string, string[]> = {
  "null properties": ["the mean of every e-value is 1 on its border and at most 1 within"],
  "only counts matter": [
    "is the product of what each label adds, in any order",
    "late, repeated and reordered labels give the same counts",
    "gives the verdict again from what is stored as JSON",
  ],
  "innocent releases": ["an innocent release is seldom rolled back"],
  "share raised, release changed": ["keeps its evidence when the share rises, and starts anew"],
  "late, corrected, repeated labels": [
    "a correction takes the place of what it corrects, also when it comes first",
  ],
  "no traffic, no errors, one arm empty": ["has no data without labels", "without any error is quiet"],
  "arms swapped": [
    "is another one with the arms swapped",
    "trips on a collapse of the candidate, and not on one of",
  ],
  "certificates refuse": [
    "of a thread only the first by arrival, of the models only the one in force",
    "counts only what a coin bound for review",
    "of simulated labels is refused as soon as people have labelled a case",
  ],
  "drift is quiet without a change": ["does not come from windows without a change"],
};

export async function run(context: Context): Promise<Outcome> {
  const cases = readVectors(resolve(ROOT, REFERENCE));
  if (!cases) return skipped(`There is no ${REFERENCE} beside the checkout.`);
  const runs = Number(context.options["runs"] ?? 400);
  const chance = mulberry32(Number(context.options["seed"] ?? 20_251_120));

  const vectors = compareVectors(cases);
  context.progress(
    `reference: ${Object.keys(vectors.compared).length} of ${cases.length} cases, differing: ${vectors.differing.join("; ") || "none"}`,
  );
  const nulls = shownNulls();
  context.progress(
    `null properties: ${nulls.means} means, ${nulls.reaches} alarms, broken: ${nulls.broken.length}`,
  );
  const rollouts = shownRollouts(chance, runs);
  for (const [name, one] of Object.entries(rollouts.played))
    context.progress(
      `${name}: ${(one.tripped * 100).toFixed(1)} % rolled back, most ${(rollouts.most * 100).toFixed(1)} %`,
    );
  const medians = shownMedians(chance);
  context.progress(
    `medians beside the reference: ${medians.filter((one) => !one.near).length} of ${medians.length} too far off`,
  );
  const watching = shownWatching(chance, runs);
  context.progress(
    `always-valid range missed in ${watching.missed}, drift alerts ${watching.drift.alerts} in 1,000 quiet windows`,
  );
  const tests = await shownTests(context);

  return {
    met:
      vectors.differing.length === 0 &&
      Object.keys(vectors.compared).length === cases.length &&
      nulls.broken.length === 0 &&
      rollouts.kept &&
      medians.every((one) => one.near) &&
      watching.kept &&
      tests.missing.length === 0 &&
      tests.failed.length === 0,
    figures: {
      referenceCases: Object.keys(vectors.compared).length,
      referenceValues: Object.values(vectors.compared).reduce((sum, values) => sum + values, 0),
      referenceDiffering: vectors.differing,
      nulls,
      rollouts,
      medians: medians.map(({ what, found, reference }) => `${what}: ${found ?? "none"} (${reference})`),
      mediansTooFarOff: medians.filter((one) => !one.near).map(({ what }) => what),
      watching,
      tests,
    },
  };
}

function shownNulls() {
  const sizes = [...Array.from({ length: 40 }, (_, i) => i + 1), 60, 100, 200, 400];
  const means = [...nullMeans(sizes), ...[4, 6, 8].flatMap(nullMeansOfSteps)];
  const reaches = falseReaches([0.05, 0.01, 0.001], 10_000);
  const onBorder = means.filter((one) => one.onBorder).map(({ mean }) => Math.abs(mean - 1));
  return {
    means: means.length,
    furthestFromOne: Math.max(...onBorder),
    reaches: reaches.length,
    likeliestFalseAlarm: round(Math.max(...reaches.map(({ alpha, reached }) => reached / alpha)), 4),
    broken: broken(means, reaches),
  };
}

function shownRollouts(chance: Chance, runs: number) {
  const world: World = {
    chance,
    cases: 2_500,
    shares: [0.2, 0.2],
    rates: [0.05, 0.05],
    harm: 1,
    labelled: { candidate: 0.8, stable: 0.8 },
    delay: 100,
    guard: { test: "mixed", alpha: ALPHA, ceiling: 0.1, tolerated: 1 },
  };
  const relative: World = { ...world, guard: { test: "relative", alpha: ALPHA, tolerated: 1 } };
  const played = {
    "no change": playRollouts(world, runs),
    "no change, share raised": playRollouts({ ...world, shares: [0.2, 0.5] }, runs),
    "no change, beside the stable release alone": playRollouts(relative, runs),
    "the season turns to 12 %": playRollouts({ ...world, rates: [0.05, 0.12] }, runs),
    "the season turns, beside the stable release alone": playRollouts(
      { ...relative, rates: [0.05, 0.12] },
      runs,
    ),
  };
  const most = ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / runs);
  const found = {
    "5 to 20 %": playRollouts({ ...world, harm: 4 }, runs),
    "5 to 50 %": playRollouts({ ...world, harm: 10 }, runs),
  };
  const unequal = playRollouts({ ...relative, labelled: { candidate: 1, stable: 0.35 } }, runs);
  return {
    runs,
    most: round(most, 4),
    played,
    found,
    // What happens when the labels of the arms are not asked for alike: why a label gap holds a rollout.
    unequalLabels: unequal,
    kept:
      Object.values(played).every(({ tripped }) => tripped <= most) &&
      Object.values(found).every(({ tripped }) => tripped >= 0.99) &&
      unequal.tripped > 0.3 &&
      unequal.gapFound > 0.7,
  };
}

interface Median {
  what: string;
  found: number | null;
  reference: number;
  near: boolean;
}

function shownMedians(chance: Chance): Median[] {
  const median = (what: string, found: number | null | undefined, reference: number): Median => ({
    what,
    found: found ?? null,
    reference,
    near: found !== null && found !== undefined && Math.abs(found / reference - 1) <= WITHIN,
  });
  const safe = (
    [
      [0.02, 0.05, 241],
      [0.05, 0.08, 421],
      [0.05, 0.1, 151],
      [0.03, 0.05, 596],
      [0.01, 0.03, 286],
    ] as const
  ).map(([rate, ceiling, cases]) =>
    median(`safe, ${rate} under ${ceiling}`, untilSafe(rate, ceiling, ALPHA).median, cases),
  );
  const relative = (
    [
      [0.1, 1960, 270, 70],
      [0.2, 1050, 155, 40],
      [0.5, 754, 120, 30],
    ] as const
  ).flatMap(([share, ...cases]) =>
    [0.1, 0.2, 0.5].map((candidateRate, i) =>
      median(
        `relative, 5 % to ${candidateRate} at share ${share}`,
        untilRelative({ share, stableRate: 0.05, candidateRate }, ALPHA).median,
        cases[i]!,
      ),
    ),
  );
  const shadow = (
    [
      [0.2, 55],
      [0.5, 15.5],
    ] as const
  ).map(([rate, cases]) =>
    median(
      `shadow, 5 % to ${rate}`,
      untilPaired({ onlyCandidateWrong: rate * 0.95, onlyStableWrong: 0.05 * (1 - rate) }, ALPHA).median,
      cases,
    ),
  );
  const mixed = (
    [
      [0.1, 290],
      [0.2, 42],
      [0.5, 7],
    ] as const
  ).map(([candidateRate, cases]) =>
    median(
      `mixed, 5 % to ${candidateRate}`,
      untilMixed(
        { share: 0.2, stableRate: 0.05, candidateRate },
        { alpha: ALPHA, ceiling: 0.1 },
        { chance, runs: 4_000 },
      ).median,
      cases,
    ),
  );
  const plan = { rate: 0.05, multiples: MULTIPLES };
  const change = (
    [
      [0.08, 725],
      [0.1, 270],
      [0.2, 47],
      [0.5, 12],
    ] as const
  ).map(([after, cases]) => {
    const delays = Array.from({ length: 400 }, () =>
      watchStream(chance, plan, WARN_AT, { change: 0, after, cases: 20_000 }),
    );
    const sorted = delays.map((delay) => delay ?? Infinity).sort((a, b) => a - b);
    return median(`change, 5 % to ${after}`, sorted[200], cases);
  });
  return [...safe, ...relative, ...shadow, ...mixed, ...change];
}

function shownWatching(chance: Chance, runs: number) {
  const plan = { rate: 0.05, multiples: MULTIPLES };
  const alarms = Array.from({ length: runs }, () =>
    watchStream(chance, plan, WARN_AT, { change: 0, after: 0.05, cases: 6_000 }),
  );
  const early = (cases: number) => alarms.filter((alarm) => alarm !== null && alarm <= cases).length / runs;
  const missed = missedAtAnyCase(chance, { rate: 0.05, cases: 1_500, runs, alpha: ALPHA });
  const [windows, columns] = [1_000, 3];
  const drift = quietWindows(chance, { windows, columns, reference: 1_000, current: 200 });
  // Two kinds of columns; a thousand windows are those of as many months of one window each.
  const budget = falseAlarms([], { columns: 2 * columns, windowsPerMonth: windows, level: ALPHA });
  return {
    falseAlarmsOfChange: { within2000: early(2_000), within6000: early(6_000) },
    missed,
    drift: { ...drift, windows, budget },
    kept: early(2_000) <= 0.05 && early(6_000) <= 0.15 && missed <= ALPHA && drift.alerts <= budget,
  };
}

async function shownTests(context: Context) {
  const ran = await runTests(context, FILES);
  const missing = Object.entries(PROPERTIES).flatMap(([property, names]) =>
    names
      .filter((name) => !ran.passed.some((passed) => passed.includes(name)))
      .map((name) => `${property}: ${name}`),
  );
  return {
    properties: Object.keys(PROPERTIES).length,
    passed: ran.passed.length,
    failed: ran.failed.map(({ name }) => name),
    missing,
  };
}
