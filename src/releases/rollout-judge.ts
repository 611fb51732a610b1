/**
 * What the evidence says about a rollout: which guard trips, whether its stage may be left, and why not.
 *
 * Pure, from whole numbers that are stored with every move, so that each verdict can be recomputed. The tests are in
 * statistics/; what counts as a label is in rollout-counts.ts; what follows is in rollout.ts and rollout-watch.ts.
 */
import {
  GUARDS,
  type Alarm,
  type GuardName,
  type HoldReason,
  type Move,
  type Stage,
} from "../contract/rollout.ts";
import { judgeGuard, type Guard, type GuardVerdict, type StepCounts } from "../statistics/guard.ts";
import { judgePromotion, type Promotion } from "../statistics/promotion.ts";
import { ratioEvidence, RATIO_LIMIT, type CasesByArm } from "../statistics/sample-ratio.ts";

/** What was agreed before the start; it stands still while the rollout runs. */
export interface Plan {
  /** The error rate that the candidate must not exceed, and must prove to stay under. */
  ceiling: number;
  /** How many times as many errors as the stable release are tolerated: 1, or more for a gain elsewhere. */
  tolerated: number;
  /** The probability of rolling back a sound release, over the whole rollout. */
  alpha: number;
  leastLabelled: number;
  /** Milliseconds that an answer may take; null: not watched. */
  latency: number | null;
  /** What the model calls of a case may cost; null: not watched. */
  cost: number | null;
  /** What happens to cases of the candidate that are under way when it is taken out. */
  inFlight: "review" | "finish";
  /** Labels of programs that play a person count, too: for rehearsals. */
  simulated: boolean;
}

/** Everything that a judgement is made from; stored as it is. */
export interface Evidence {
  guards: Partial<Record<GuardName, StepCounts[]>>;
  /** Cases by arm, and labelled cases by arm. */
  cases: CasesByArm[];
  labelled: CasesByArm[];
  /** Whole hours in the stage. */
  hours: number;
  /** The feeds read, and the safe-stop ladder stands at normal. */
  dataHealthy: boolean;
}

export type Verdicts = Partial<Record<GuardName, GuardVerdict>>;

/** Signals that hold a rollout may err more often than the guard that rolls it back. */
const SIGNAL_ALPHA = 0.1;
/** The share of cases with a breach that a signal tolerates where there is no stable release to compare with. */
const SIGNAL_CEILING = 0.1;
/** People change suggestions as a matter of course: only the comparison says something. */
const COMPARED_ONLY: readonly GuardName[] = ["overridden"];
const DAY = 24;
const WEEK = 7 * DAY;

/** The test of each guard; a guard that has nothing to be measured by is not among them. */
export function guardsOf(
  plan: Plan,
  stage: Stage | undefined,
  control: string,
  alone = false,
): Partial<Record<GuardName, Guard>> {
  // A team is no random part of the cases, and people answer none as a release does: there only a ceiling speaks.
  const compares = typeof stage === "number" && stage < 1 && control !== "manual" && !alone;
  const { alpha, ceiling, tolerated } = plan;
  // In shadow both answer the same cases; people answer none that an output could be held against.
  if (stage === "shadow") return control === "manual" ? {} : { paired: { test: "paired", alpha } };
  // One test from the first stage with cases to the last: two that take turns would each spend alpha.
  const found: Partial<Record<GuardName, Guard>> = {
    errors:
      control === "manual"
        ? { test: "ceiling", alpha, ceiling }
        : { test: "mixed", alpha, ceiling, tolerated },
  };
  for (const name of ["bad_answers", "no_answers", "slow", "dear", "overridden"] as const) {
    if ((name === "slow" && plan.latency === null) || (name === "dear" && plan.cost === null)) continue;
    if (compares) found[name] = { test: "relative", alpha: SIGNAL_ALPHA, tolerated };
    else if (!COMPARED_ONLY.includes(name))
      found[name] = { test: "ceiling", alpha: SIGNAL_ALPHA, ceiling: SIGNAL_CEILING };
  }
  return found;
}

/** Where a rollout stands, as far as a judgement depends on it. */
export interface At {
  stage: Stage | undefined;
  control: string;
  /** The release beside it was taken out: there is nothing to compare with any more. */
  alone?: boolean;
  /** Alarms that a named person took on themselves: they hold nothing any more. */
  accepted: readonly Alarm[];
}

export function judgeGuards(plan: Plan, at: At, counts: Evidence["guards"]): Verdicts {
  const guards = Object.entries(guardsOf(plan, at.stage, at.control, at.alone)) as [GuardName, Guard][];
  return Object.fromEntries(
    guards
      .filter(([name]) => GUARDS[name].action === "roll_back" || !at.accepted.includes(name))
      .map(([name, guard]) => [name, judgeGuard(guard, counts[name] ?? [])]),
  );
}

/** The alarm that decides what happens: one that rolls back before all that hold. */
export function alarmOf(
  verdicts: Verdicts,
  at: At,
  evidence: Evidence,
): { name: Alarm; action: "roll_back" | "hold" } | undefined {
  const tripped = (Object.keys(GUARDS) as GuardName[]).filter((name) => verdicts[name]?.kind === "tripped");
  const back = tripped.find((name) => GUARDS[name].action === "roll_back");
  if (back !== undefined) return { name: back, action: "roll_back" };
  const { ratio, labelGap } = healthOf(at, evidence);
  const broken: Alarm[] = [
    ...(ratio >= Math.log(RATIO_LIMIT) ? (["sample_ratio"] as const) : []),
    ...(labelGap >= Math.log(RATIO_LIMIT) ? (["label_gap"] as const) : []),
    ...tripped,
  ];
  return broken[0] === undefined ? undefined : { name: broken[0], action: "hold" };
}

/** ln E against sound arms. People's cases have no output that a label could be about, so there is no gap to look for. */
function healthOf({ control, accepted }: At, evidence: Evidence): { ratio: number; labelGap: number } {
  return {
    ratio: accepted.includes("sample_ratio") ? 0 : ratioEvidence(evidence.cases),
    labelGap: control === "manual" || accepted.includes("label_gap") ? 0 : gapEvidence(evidence),
  };
}

/** Hours that a stage takes at least before it may be left: a week of business before all cases, else a day. */
export function leastHours(next: Stage | undefined): number {
  return next === 1 ? WEEK : DAY;
}

/** Whether the stage may be left; `next` is where to, undefined for the promotion. */
export function judgeStage(plan: Plan, at: At & { next: Stage | undefined }, evidence: Evidence): Promotion {
  const verdicts = judgeGuards(plan, at, evidence.guards);
  const candidate = (evidence.guards.errors ?? []).reduce(
    (sum, step) => ({ errors: sum.errors + step.candidate.errors, n: sum.n + step.candidate.n }),
    { errors: 0, n: 0 },
  );
  return judgePromotion(
    {
      ceiling: plan.ceiling,
      alpha: plan.alpha,
      leastLabelled: plan.leastLabelled,
      leastHours: leastHours(at.next),
    },
    {
      candidate,
      hours: evidence.hours,
      // Where nobody was overridden nobody was reviewed: that is no fault of the data.
      guards: Object.entries(verdicts).flatMap(([name, verdict]) =>
        name === "overridden" && verdict.kind === "no-data" ? [] : [verdict],
      ),
      ...healthOf(at, evidence),
      dataHealthy: evidence.dataHealthy,
    },
  );
}

/** Whether shadow may be left beside a stable release; what it lacks two people may take on themselves. */
export type Leaving =
  { kind: "hold"; reasons: HoldReason[] } | { kind: "ready" | "undecided"; lacks: HoldReason[] };

export function judgeShadow(plan: Plan, at: At, evidence: Evidence): Leaving {
  if (alarmOf(judgeGuards(plan, at, evidence.guards), at, evidence))
    return { kind: "hold", reasons: ["guard-tripped"] };
  const pairs = (evidence.guards.paired ?? []).reduce((n, { candidate }) => n + candidate.n, 0);
  const lacks: HoldReason[] = [
    // The pairs are with a release that was taken out: nothing compares it with the one that took its place.
    ...(pairs < plan.leastLabelled || at.alone ? (["few-pairs"] as const) : []),
    ...(evidence.hours < DAY ? (["too-early"] as const) : []),
  ];
  return { kind: lacks.length === 0 ? "ready" : "undecided", lacks };
}

/**
 * ln E against "labels are asked for at one rate in both arms": of the cases that came, not of those that should have,
 * so that a broken assignment is not taken for a gap of labels.
 */
function gapEvidence({ cases, labelled }: Evidence): number {
  return ratioEvidence(
    labelled.flatMap((one) => {
      const came = cases.find(({ share }) => share === one.share);
      const all = came === undefined ? 0 : came.candidate + came.stable;
      return all === 0 || one.share === 1 ? [] : [{ ...one, share: came!.candidate / all }];
    }),
  );
}

/** What a stored judgement says differently when it is made again from its numbers; nothing when it agrees. */
export function recheckVerdicts(
  plan: Plan,
  at: At,
  stored: { evidence: Evidence | null; verdicts: Verdicts },
): string[] {
  if (stored.evidence === null) return [];
  const again = judgeGuards(plan, at, stored.evidence.guards);
  const names = [...new Set([...Object.keys(again), ...Object.keys(stored.verdicts)])] as GuardName[];
  return names.flatMap((name) => {
    const [before, now] = [stored.verdicts[name], again[name]];
    if (before?.kind !== now?.kind)
      return [`${name}: stored as ${before?.kind ?? "not judged"}, and is ${now?.kind ?? "not judged"}`];
    if (!before || !now || !("logEvidence" in before) || !("logEvidence" in now)) return [];
    const same =
      Math.abs(before.logEvidence - now.logEvidence) <= 1e-9 * Math.max(1, Math.abs(now.logEvidence));
    return same ? [] : [`${name}: ln E stored as ${before.logEvidence}, and is ${now.logEvidence}`];
  });
}

/** A move as it was made: by the program for an alarm, or forward by people; `next` is where an advance leads. */
export interface JudgedMove {
  move: Move;
  /** What the program made it for; undefined where people made it. */
  alarm: string | undefined;
  next: Stage | undefined;
  stored: { evidence: Evidence | null; verdicts: Verdicts };
}

/** What a whole move says differently when it is made again: its verdicts, its alarm, whether its stage could be left. */
export function recheckMove(plan: Plan, at: At, { move, alarm, next, stored }: JudgedMove): string[] {
  const { evidence } = stored;
  if (evidence === null) return [];
  const differences = recheckVerdicts(plan, at, stored);
  if (alarm !== undefined) {
    const again = alarmOf(judgeGuards(plan, at, evidence.guards), at, evidence);
    if (again?.action !== move || again.name !== alarm)
      differences.push(`the alarm is stored as ${alarm}, and is ${again?.name ?? "none"}`);
  } else if (move === "advance" || move === "promote") {
    const found =
      at.stage === "shadow" ? judgeShadow(plan, at, evidence) : judgeStage(plan, { ...at, next }, evidence);
    if (found.kind === "hold") differences.push(`its stage could not be left: ${found.reasons.join(", ")}`);
  }
  return differences;
}
