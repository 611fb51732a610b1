/**
 * One look at a sample: thresholds for all cases, or for each category, at the share of the error budget that it may spend.
 *
 * Pure, and it works on whole numbers alone, so that a stored look can be run again (`recheckLook`). The sequence itself
 * is in statistics/certification.ts; where labels come from is in certification-sample.ts.
 */
import type { JsonValue } from "../contract/json.ts";
import { sameJson } from "../definition/path.ts";
import {
  certifyTally,
  startOf,
  tally,
  zeroErrorMinimum,
  type CertificationPlan,
  type Tally,
  type Tested,
} from "../statistics/certification.ts";
import type { CertificationSample } from "./certification-sample.ts";

export interface LookPlan {
  /** Counted from 1 over the looks at any labels of the same release, step and model. */
  look: number;
  target: number;
  confidence: number;
  per: "all" | "category";
  grid: readonly number[];
  /**
   * The labels were laid open before: the look tests with E-SAFE, which may be read at any time, and each group begins at the
   * place in the grid at which all looks under that opening begin. Undefined: one look with the exact tail.
   */
  starts?: readonly GroupStart[] | undefined;
}

/** Where on the grid a group begins; null: all cases, or those of categories without a place of their own. */
export interface GroupStart {
  category: string | null;
  start: number;
}

/** What a group of cases showed. */
export interface Group {
  /** Null: all cases together; by category, those of the categories that are not tested by themselves. */
  category: string | null;
  counts: Tally;
  /** Its share of the budget; 0 for a category with too few labels, which is not tested. */
  delta: number;
  tests: Tested[];
  threshold: number | null;
  bound: number | null;
}

export interface Look {
  /** Whether a threshold was tested; only then the look has spent its part of the budget. */
  spent: boolean;
  delta: number;
  groups: Group[];
  result: "certified" | "none";
  /** For all cases, or for those of a category without an own entry: just the cases that it was tested on. */
  threshold: number | null;
  thresholds: Record<string, number | null>;
  /** The labelled cases that were looked at, also those in no group. */
  labels: number;
  /** Those of them that these thresholds let out, and the wrong ones among them. */
  accepted: number;
  errors: number;
  /** The share of the labelled cases that these thresholds let out. */
  coverage: number;
  /** The largest upper bound among the groups that passed. */
  bound: number;
  /** About how many more labels would do at the next look; undefined when no number would. */
  moreLabels: number | undefined;
}

/** The part of the budget that the n-th look spends: a half, a quarter ..., together never more than all of it. */
export function deltaOf(look: number, confidence: number): number {
  return (1 - confidence) / 2 ** look;
}

export function judgeSample(sample: Pick<CertificationSample, "labels" | "traffic">, plan: LookPlan): Look {
  return judgeCounts(countGroups(sample, plan), plan, sample.labels.length);
}

type Counts = Pick<Group, "category" | "counts">;

function countGroups(
  { labels, traffic }: Pick<CertificationSample, "labels" | "traffic">,
  plan: LookPlan,
): Counts[] {
  if (plan.per === "all") return [{ category: null, counts: tally(labels, traffic, plan.grid) }];
  const labelled = Map.groupBy(labels, (one) => one.category);
  const passing = Map.groupBy(traffic, (one) => one.category);
  const names = new Set([...labelled.keys(), ...passing.keys()].flatMap((name) => name ?? []));
  const groups = [...names]
    .sort()
    .map((category) => ({
      category,
      counts: tally(labelled.get(category) ?? [], passing.get(category) ?? [], plan.grid),
    }));
  return groups;
}

/** The counts of several groups as one. */
function together(groups: readonly Counts[], grid: readonly number[]): Tally {
  const sum = (of: (counts: Tally) => number) => groups.reduce((total, one) => total + of(one.counts), 0);
  return {
    labels: sum((counts) => counts.labels),
    traffic: sum((counts) => counts.traffic),
    at: grid.map((_, i) => ({
      n: sum((counts) => counts.at[i]!.n),
      errors: sum((counts) => counts.at[i]!.errors),
      traffic: sum((counts) => counts.at[i]!.traffic),
    })),
  };
}

/**
 * Runs a look on the counts of all cases, or of each category. Categories with too few labels are tested as one group,
 * which holds no other case: what goes out under a threshold is what the threshold was tested on.
 */
export function judgeCounts(counted: readonly Counts[], plan: LookPlan, labels: number): Look {
  const { target, grid } = plan;
  const delta = deltaOf(plan.look, plan.confidence);
  const categories = plan.per === "all" ? [] : counted;
  // Chosen before an error is looked at, for the smallest share that a category could get.
  const smallest = delta / (categories.length + 1);
  const { starts } = plan;
  const large = categories.filter((one) =>
    starts
      ? starts.some(({ category }) => category === one.category)
      : startOf(one.counts, { target, delta: smallest }) >= 0,
  );
  const small = plan.per === "all" ? counted : categories.filter((one) => !large.includes(one));
  const groups = [{ category: null, counts: together(small, grid) }, ...categories];
  const share = delta / (starts ? starts.length : large.length + 1);
  const judged = groups.map((one): Group => {
    if (one.category !== null && !large.includes(one))
      return { ...one, delta: 0, tests: [], threshold: null, bound: null };
    const found = certifyTally(one.counts, { target, delta: share, grid, ...openedAt(plan, one) });
    return found.kind === "certified"
      ? { ...one, delta: share, tests: found.tests, threshold: found.threshold, bound: found.upperBound }
      : { ...one, delta: share, tests: found.tests, threshold: null, bound: null };
  });
  const threshold = judged[0]!.threshold;
  const spent = judged.some((one) => one.tests.length > 0);
  const certified = judged.some((one) => one.threshold !== null);
  const out = judged.flatMap((one) =>
    one.threshold === null ? [] : [one.counts.at[grid.indexOf(one.threshold)]!],
  );
  const accepted = out.reduce((sum, { n }) => sum + n, 0);
  return {
    spent,
    delta,
    groups: judged,
    result: certified ? "certified" : "none",
    threshold,
    thresholds: Object.fromEntries(
      judged.flatMap((one) =>
        one.category !== null && one.delta > 0 ? [[one.category, one.threshold]] : [],
      ),
    ),
    labels,
    accepted,
    errors: out.reduce((sum, { errors }) => sum + errors, 0),
    coverage: labels === 0 ? 0 : accepted / labels,
    bound: Math.max(0, ...judged.flatMap((one) => one.bound ?? [])),
    moreLabels: certified ? undefined : moreLabels(judged, plan, spent, labels),
  };
}

/** How a group is tested where the labels lie open. */
function openedAt(
  { starts }: Pick<LookPlan, "starts">,
  { category }: Counts,
): Pick<CertificationPlan, "look" | "start"> {
  const place = starts?.find((one) => one.category === category);
  return place ? { look: "anytime", start: place.start } : {};
}

/** Labels for which the places are chosen while there are fewer. */
const PLANNED_LABELS = 500;

/**
 * Where the looks at open labels begin, for good: judged by the traffic alone, as for a sample of some size. Categories that
 * are too small for it are one group.
 */
export function startsFor(
  sample: Pick<CertificationSample, "labels" | "traffic">,
  plan: Omit<LookPlan, "starts">,
): GroupStart[] {
  const { target, grid } = plan;
  const counted = countGroups(sample, plan);
  const all = together(counted, grid).traffic;
  const planned = Math.max(PLANNED_LABELS, sample.labels.length);
  const enough = 3 * zeroErrorMinimum(target, deltaOf(plan.look, plan.confidence) / (counted.length + 1));
  const startIn = ({ at }: Tally) =>
    at.findIndex(({ traffic }) => all > 0 && (traffic * planned) / all >= enough);
  const large = plan.per === "all" ? [] : counted.filter(({ counts }) => startIn(counts) >= 0);
  const rest = together(
    counted.filter((one) => !large.includes(one)),
    grid,
  );
  const start = startIn(rest);
  return [
    { category: null, start: start < 0 ? grid.length - 1 : start },
    ...large.map(({ category, counts }) => ({ category, start: startIn(counts) })),
  ];
}

/**
 * What is still missing is missing at the next look, which has less to spend when this one was counted. By category it is
 * told for the group that is nearest, and counts labels of all cases.
 */
function moreLabels(
  judged: readonly Group[],
  plan: LookPlan,
  spent: boolean,
  labels: number,
): number | undefined {
  const { target, grid } = plan;
  const parts = judged.filter((one) => one.delta > 0).length;
  const delta = deltaOf(spent && !plan.starts ? plan.look + 1 : plan.look, plan.confidence) / parts;
  const some = judged.filter(({ counts }) => counts.labels > 0);
  const needed = (some.length === 0 ? judged.slice(0, 1) : some).flatMap((one) => {
    const { counts } = one;
    const next = certifyTally(counts, { target, delta, grid, ...openedAt(plan, one) });
    if (next.kind === "certified") return [0];
    if (next.moreLabels === undefined) return [];
    return [counts.labels === 0 ? next.moreLabels : Math.ceil((next.moreLabels * labels) / counts.labels)];
  });
  return needed.length === 0 ? undefined : Math.min(...needed);
}

/** Evidence as it is stored: the grid, and for each group its whole numbers and what was tested. */
export interface StoredEvidence {
  grid: number[];
  labels: number;
  accepted: number;
  errors: number;
  /** Where each group began, for a look at open labels. */
  starts?: readonly GroupStart[];
  groups: {
    category: string | null;
    labels: number;
    traffic: number;
    /** For each value of the grid: labelled, wrong, traffic. */
    at: [number, number, number][];
    delta: number;
    tests: Tested[];
    threshold: number | null;
    bound: number | null;
  }[];
}

export function storedEvidence(
  look: Look,
  { grid, starts }: Pick<LookPlan, "grid" | "starts">,
): StoredEvidence {
  return {
    grid: [...grid],
    ...(starts ? { starts } : {}),
    labels: look.labels,
    accepted: look.accepted,
    errors: look.errors,
    groups: look.groups.map(({ category, counts, delta, tests, threshold, bound }) => ({
      category,
      labels: counts.labels,
      traffic: counts.traffic,
      at: counts.at.map(({ n, errors, traffic }) => [n, errors, traffic]),
      delta,
      tests,
      threshold,
      bound,
    })),
  };
}

/** What a certificate promises, as far as it follows from its look. */
export type Promised = Pick<Look, "threshold" | "thresholds" | "coverage" | "bound">;

/** Runs a stored look again from its whole numbers; answers what differs from what was stored and issued. */
export function recheckLook(
  stored: { evidence: StoredEvidence; result: string; delta: number },
  plan: Omit<LookPlan, "grid" | "starts">,
  issued?: Promised,
): string[] {
  const { evidence } = stored;
  const counted = evidence.groups.map(({ category, labels, traffic, at }) => ({
    category,
    counts: { labels, traffic, at: at.map(([n, errors, there]) => ({ n, errors, traffic: there })) },
  }));
  const look = judgeCounts(
    counted.filter((one) => plan.per === "all" || one.category !== null),
    { ...plan, grid: evidence.grid, starts: evidence.starts },
    evidence.labels,
  );
  const again = storedEvidence(look, evidence);
  const same = (one: unknown, other: unknown) => sameJson(one as JsonValue, other as JsonValue);
  const differences: string[] = [];
  if (look.result !== stored.result)
    differences.push(`the result is ${look.result}, stored is ${stored.result}`);
  if (look.delta !== stored.delta)
    differences.push(`the look spends ${look.delta}, stored is ${stored.delta}`);
  for (const key of ["accepted", "errors"] as const)
    if (again[key] !== evidence[key])
      differences.push(`${key} comes out as ${again[key]}, stored is ${evidence[key]}`);
  again.groups.forEach((group, i) => {
    const before = evidence.groups[i]!;
    const where =
      group.category !== null
        ? `category ${group.category}`
        : plan.per === "all"
          ? "all cases"
          : "all other categories";
    for (const key of ["labels", "traffic", "at", "delta", "tests", "threshold", "bound"] as const)
      if (!same(group[key], before[key]))
        differences.push(`${where}: ${key} comes out otherwise than stored`);
  });
  if ((look.result === "certified") !== (issued !== undefined))
    differences.push(
      issued === undefined ? "no certificate was issued" : "a certificate was issued for nothing",
    );
  else if (issued !== undefined)
    for (const key of ["threshold", "thresholds", "coverage", "bound"] as const)
      if (!same(look[key], issued[key])) differences.push(`the certificate has another ${key}`);
  return differences;
}
