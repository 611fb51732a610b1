/**
 * Whether a stage of a rollout may be left for the next: the conditions, and which of them are not met.
 *
 * Machines only step back, so the best answer here is "ready": a named person promotes. Evidence that does not suffice is
 * "undecided", which a named person may still approve with the interval before their eyes; what is broken or too early is
 * "hold". Pure, from stored integers. The guards are in guard.ts, the health of the arms in sample-ratio.ts.
 */
import { rejects, safeEvidence } from "./evidence.ts";
import type { GuardVerdict } from "./guard.ts";
import { alwaysValidInterval, type Counted, type Interval } from "./proportion.ts";
import { RATIO_LIMIT } from "./sample-ratio.ts";

export interface PromotionPlan {
  /** The error rate under which the candidate must prove to be. */
  ceiling: number;
  alpha: number;
  /** Labelled cases of the candidate, at least; 30 unless the workflow says otherwise. */
  leastLabelled: number;
  /** Hours in the stage, at least: a full business week before 100 %, else 24. */
  leastHours: number;
}

export interface StageEvidence {
  /** Labelled cases of the candidate over the whole rollout. */
  candidate: Counted;
  hours: number;
  guards: readonly GuardVerdict[];
  /** ln E of the arms' sizes, and of their labels. */
  ratio: number;
  labelGap: number;
  /** Whether the feeds and checks of data are well. */
  dataHealthy: boolean;
}

export type Hold =
  | "few-labels"
  | "too-early"
  | "guard-tripped"
  | "guard-without-data"
  | "sample-ratio"
  | "label-gap"
  | "data-health";

export type Promotion =
  | { kind: "hold"; reasons: Hold[] }
  | { kind: "ready" | "undecided"; logEvidence: number; limit: number; interval: Interval };

/** Judges the conditions for leaving a stage. */
export function judgePromotion(plan: PromotionPlan, evidence: StageEvidence): Promotion {
  const { candidate, guards } = evidence;
  const holds: Record<Hold, boolean> = {
    "few-labels": candidate.n < plan.leastLabelled || candidate.n === 0,
    "too-early": !(evidence.hours >= plan.leastHours),
    "guard-tripped": guards.some(({ kind }) => kind === "tripped"),
    "guard-without-data":
      guards.length === 0 || guards.some(({ kind }) => kind === "no-data" || kind === "failed"),
    "sample-ratio": !(evidence.ratio < Math.log(RATIO_LIMIT)),
    "label-gap": !(evidence.labelGap < Math.log(RATIO_LIMIT)),
    "data-health": !evidence.dataHealthy,
  };
  const reasons = (Object.keys(holds) as Hold[]).filter((reason) => holds[reason]);
  if (reasons.length > 0) return { kind: "hold", reasons };
  const logEvidence = safeEvidence(candidate.errors, candidate.n, plan.ceiling);
  return {
    kind: rejects(logEvidence, plan.alpha) ? "ready" : "undecided",
    logEvidence,
    limit: -Math.log(plan.alpha),
    interval: alwaysValidInterval(candidate.errors, candidate.n, plan.alpha),
  };
}
