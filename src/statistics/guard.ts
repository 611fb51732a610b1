/**
 * What a guard of a rollout says, from the few integers that are stored of its labels.
 *
 * A guard trips, is quiet, or has no data; missing is not passing, so "no data" holds the rollout. Only outcomes that a
 * coin asked for belong in the counts. Pure: the same counts give the same verdict, whatever order the labels came in. A
 * new candidate starts from empty counts. Whether a stage may be left is in promotion.ts.
 */
import { ceilingEvidence, mixedEvidence, pairedEvidence, rejects, relativeEvidence } from "./evidence.ts";
import type { Counted } from "./proportion.ts";

/** Labelled cases that were assigned while one share was in force. */
export interface StepCounts {
  share: number;
  candidate: Counted;
  stable: Counted;
}

/** One guard: the test, what it tolerates, and its part of the false alarms allowed over the whole rollout. */
export type Guard =
  | { test: "relative"; alpha: number; tolerated: number }
  | { test: "ceiling"; alpha: number; ceiling: number }
  | { test: "mixed"; alpha: number; tolerated: number; ceiling: number }
  /** Both arms answered the same cases: an arm's errors are those that it alone made. */
  | { test: "paired"; alpha: number };

export type GuardVerdict =
  | { kind: "no-data"; missing: ("candidate" | "stable")[] }
  /** The counts contradict each other; like no data, this holds the rollout. */
  | { kind: "failed"; problem: string }
  | { kind: "quiet" | "tripped"; logEvidence: number; limit: number };

/** Judges a guard; `limit` is ln(1/α), which the evidence must reach to trip it. */
export function judgeGuard(guard: Guard, steps: readonly StepCounts[]): GuardVerdict {
  const drawn = guard.test === "relative" || guard.test === "mixed";
  const compared = drawn ? steps.filter(({ share }) => share > 0 && share < 1) : steps;
  const labelled = (arm: "candidate" | "stable") => compared.reduce((sum, step) => sum + step[arm].n, 0);
  const arms = guard.test === "relative" ? (["candidate", "stable"] as const) : (["candidate"] as const);
  const missing = arms.filter((arm) => labelled(arm) === 0);
  // The ceiling half of a mixed guard holds without a second arm, as in a stage at 100 %.
  const seen = steps.reduce((sum, step) => sum + step.candidate.n, 0);
  if (guard.test === "mixed" ? seen === 0 : missing.length > 0)
    return { kind: "no-data", missing: guard.test === "mixed" ? ["candidate"] : missing };
  let logEvidence: number;
  try {
    logEvidence = evidenceOf(guard, steps);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: "failed", problem: error.message };
  }
  const kind = rejects(logEvidence, guard.alpha) ? "tripped" : "quiet";
  return { kind, logEvidence, limit: -Math.log(guard.alpha) };
}

function evidenceOf(guard: Guard, steps: readonly StepCounts[]): number {
  const byArm = steps.map(({ share, candidate, stable }) => ({
    share,
    candidateErrors: candidate.errors,
    stableErrors: stable.errors,
  }));
  const n = steps.reduce((sum, { candidate }) => sum + candidate.n, 0);
  const errors = steps.reduce((sum, { candidate }) => sum + candidate.errors, 0);
  switch (guard.test) {
    case "relative":
      return relativeEvidence(byArm, guard.tolerated);
    case "ceiling":
      return ceilingEvidence(errors, n, guard.ceiling);
    case "mixed":
      return mixedEvidence(byArm, n, guard.ceiling, guard.tolerated);
    case "paired":
      return pairedEvidence(
        errors,
        steps.reduce((sum, { stable }) => sum + stable.errors, 0),
      );
  }
}

/** A judgement of one case, as far as a guard is concerned. */
export interface Outcome {
  /** Of the label; the same label told twice is one. */
  label: string;
  /** What is counted once: the case or its thread; where assignment sticks to customers, a customer in one step. */
  unit: string;
  /** The labels' own order: the first label of a unit counts, unless a later one takes its place. */
  place: number;
  /** The label that this one corrects. */
  supersedes?: string;
  arm: "candidate" | "stable";
  /** The share in force when the unit was assigned: of a thread, with its first case. */
  share: number;
  wrong: boolean;
}

/**
 * Counts labels for a guard: each once, corrected ones by their correction, one for each unit.
 *
 * Late, repeated and reordered labels give the same counts. A correction counts also where the label that it corrects
 * never came.
 */
export function countOutcomes(outcomes: readonly Outcome[]): StepCounts[] {
  const labels = new Map(outcomes.map((outcome) => [outcome.label, outcome]));
  const superseded = new Set([...labels.values()].flatMap(({ supersedes }) => supersedes ?? []));
  /** Where the label stands that a chain of corrections began with: a correction does not lose its place. */
  const firstPlace = (outcome: Outcome): number => {
    const before = outcome.supersedes === undefined ? undefined : labels.get(outcome.supersedes);
    return before === undefined ? outcome.place : Math.min(outcome.place, firstPlace(before));
  };
  const standing = [...labels.values()]
    .filter(({ label }) => !superseded.has(label))
    .map((outcome) => ({ ...outcome, place: firstPlace(outcome) }))
    .sort((a, b) => a.place - b.place || (a.label < b.label ? -1 : 1));
  const counted = new Set<string>();
  const steps = new Map<number, StepCounts>();
  for (const { unit, share, arm, wrong } of standing) {
    if (counted.has(unit)) continue;
    counted.add(unit);
    const step = steps.get(share) ?? { share, candidate: { errors: 0, n: 0 }, stable: { errors: 0, n: 0 } };
    step[arm].n++;
    if (wrong) step[arm].errors++;
    steps.set(share, step);
  }
  return [...steps.values()].sort((a, b) => a.share - b.share);
}
