/**
 * Which runs a gate would be judged by: the sets that the criteria ask for, the newest run of the release over each, and what
 * speaks against that run. The program picks no other one, and says so itself, too. Pure.
 */
import { isMeasured } from "../../../contract/gate.ts";
import type { Reply } from "../../data/api.ts";
import { underWay, type EvaluationSet, type Run } from "./runs-of-sets.ts";

export type InForce = Reply<"getCriteria">;
export type CriterionInForce = NonNullable<InForce["inForce"]>["criteria"][number];

export interface NeededSet {
  /** As the criteria name it; null: that of criteria which name none, and it is not there. */
  name: string | null;
  /** Undefined: there is no such set. */
  set: EvaluationSet | undefined;
}

/** A name means its newest version, name@2 a certain one. */
export function setNamed(name: string, sets: readonly EvaluationSet[]): EvaluationSet | undefined {
  const versions = sets.filter((set) => set.name === name || `${set.name}@${set.version}` === name);
  return versions.toSorted((a, b) => b.version - a.version)[0];
}

/** Each once; first that of criteria which name none, where there are any. */
export function setsNeeded(
  criteria: readonly CriterionInForce[],
  main: EvaluationSet | undefined,
  sets: readonly EvaluationSet[],
): NeededSet[] {
  const measured = criteria.filter(isMeasured);
  const found = new Map<string | null, NeededSet>();
  const add = (name: string | null, set: EvaluationSet | undefined) => {
    const key = set?.id ?? name;
    if (!found.has(key)) found.set(key, { name, set });
  };
  if (measured.some(({ set }) => set === null))
    add(main === undefined ? null : `${main.name}@${main.version}`, main);
  for (const { set } of measured) if (set !== null) add(set, setNamed(set, sets));
  return [...found.values()];
}

/** The judging models that the criteria ask for, as metrics of a run: they have to be asked while it runs. */
export function judgesNeeded(criteria: readonly CriterionInForce[]): string[] {
  const named = criteria.flatMap(({ about }) => /^\s*judge\s+(.*?)\s*$/.exec(about)?.[1] ?? []);
  return [...new Set(named)].map((name) => `judge ${name}`);
}

/**
 * Whether a run is missing that could be made: without it the gate could not be judged, and would still take the place of the one
 * before with its signatures. A set that the criteria name and that is not there stops nobody: they are told.
 */
export function lacksRun({ name, set }: NeededSet, { run }: Pick<StandingRun, "run">): boolean {
  return run === undefined && (set !== undefined || name === null);
}

export type Again = "none" | "failed" | "early" | "repeats" | "judges";

export interface StandingRun {
  /** The newest that is over; the program takes no other one. */
  run: Run | undefined;
  /** One that is under way, and will be the newest. */
  running: Run | undefined;
  /** Why it says too little. */
  again: Again | undefined;
}

export interface Asked {
  release: string;
  set: string;
  frozenAt: string;
  repeats: number;
  judges: readonly string[];
}

export function standingRun(runs: readonly Run[], asked: Asked): StandingRun {
  const own = runs
    .filter((run) => run.release === asked.release && run.set === asked.set && run.step === 0)
    .toSorted((a, b) => b.id.localeCompare(a.id));
  const run = own.find((one) => !underWay(one));
  return { run, running: own.find(underWay), again: whyAgain(run, asked) };
}

function whyAgain(run: Run | undefined, { frozenAt, repeats, judges }: Asked): Again | undefined {
  if (run === undefined) return "none";
  if (run.state === "failed") return "failed";
  if (run.startedAt < frozenAt) return "early";
  if (run.repeats < repeats) return "repeats";
  return judges.some((one) => !run.metrics.includes(one)) ? "judges" : undefined;
}
