/**
 * Criteria as they are written, as they are judged, and as they are shown.
 *
 * Pure. A target that is left out is the minimum, a stretch that is left out the target. Money is judged in billionths, and
 * shown as people write it.
 */
import { LIVE_FIGURES, type CriterionGroup } from "../contract/gate.ts";
import type { CriterionDocument } from "../definition/document.ts";
import { readMetric, type Metric } from "../definition/metric.ts";
import type { Level } from "../definition/reading.ts";
import type { Levels } from "../statistics/levels.ts";
import type { Criterion } from "./criterion.ts";
import { BILLION } from "./run-counts.ts";

/** Answers from here on are favourable, where nothing else is said. */
export const FAVOURABLE = 4;
/** How far back live figures look, where nothing else is said. */
export const DAYS = 28;

/** In which unit the figures of a criterion are shown: `currency` for money. */
export type Unit = { kind: "share" | "time" } | { kind: "money"; currency: string } | { kind: "none" };

/** What a criterion measures by runs; undefined where it measures otherwise. Any release's fields do: which fit is judged later. */
export function metricOf({ metric }: CriterionDocument): Metric | undefined {
  if (metric === undefined) return undefined;
  // A judge is taken at its word here; whether the workflow has it was checked when the criterion was written down.
  const judge = /^\s*judge\s+(.*?)\s*$/.exec(metric)?.[1];
  const read = readMetric(metric, { fields: undefined, judges: judge === undefined ? [] : [judge] });
  return read.ok ? read.metric : undefined;
}

/** The criterion as judgeCriterion takes it. */
export function criterionOf(written: CriterionDocument): Criterion {
  const { name, group, must, proof, survey, slices = {} } = written;
  const about = { name, group, must };
  if (proof !== undefined) return { ...about, kind: "proof" };
  const levels = levelsOf(written);
  if (survey !== undefined)
    return { ...about, kind: "survey", favourable: written.favourable ?? FAVOURABLE, levels };
  const metric = metricOf(written);
  if (metric?.kind === "macro-f1")
    return { ...about, kind: "amount", figure: "macro-f1", better: "more", levels };
  if (metric?.kind === "latency" || metric?.kind === "cost")
    return { ...about, kind: "amount", figure: metric.figure, better: "less", levels };
  if (written.figure !== undefined && LIVE_FIGURES[written.figure].kind !== "share")
    return { ...about, kind: "amount", figure: "mean", better: "less", levels };
  const critical = Object.entries(slices).flatMap(([facet, values]) =>
    values.map((value) => sliceName(facet, value)),
  );
  return {
    ...about,
    kind: "share",
    levels,
    ...(critical.length > 0 && { criticalSlices: critical }),
    ...(metric?.kind === "judge" && { judged: true as const }),
  };
}

/** As the evidence of runs names them. */
export function sliceName(facet: string, value: string): string {
  return `${facet} = ${value}`;
}

export function unitOf(written: CriterionDocument): Unit {
  const { minimum } = written;
  if (written.proof !== undefined || minimum === undefined) return { kind: "none" };
  if (typeof minimum === "number") return { kind: "share" };
  return "ms" in minimum ? { kind: "time" } : { kind: "money", currency: minimum.currency };
}

/** The groups that a gate over these criteria is about, when nobody says which. */
export function groupsIn(criteria: readonly CriterionDocument[]): CriterionGroup[] {
  return [...new Set(criteria.map(({ group }) => group))];
}

/** The most answers to an item that a criterion needs. */
export function repeatsNeeded(criteria: readonly CriterionDocument[]): number {
  return criteria.some((one) => metricOf(one)?.kind === "steady") ? LEAST_REPEATS : 1;
}

/** As many answers show whether they are the same. */
const LEAST_REPEATS = 3;

function levelsOf({ minimum, target = minimum, stretch = target }: CriterionDocument): Levels {
  return { minimum: numberOf(minimum), target: numberOf(target), stretch: numberOf(stretch) };
}

/** NaN for a level that is missing, which no evidence can meet. */
function numberOf(level: Level | undefined): number {
  if (level === undefined) return Number.NaN;
  if (typeof level === "number") return level;
  return "ms" in level ? level.ms : Number(level.amount) * BILLION;
}
