/**
 * Whether a certificate still keeps its word: judged by coin labels of cases that would have gone out alone under it, and before
 * labels come by how sure its release is.
 *
 * Pure, from whole numbers that are stored. Labels: E-CEIL against "at most the promised share is wrong" may be read after every label;
 * a certificate whose promise is true is taken back with probability `ALPHA` at most in all its life. Where each category is
 * certified by itself, the whole and each group have a part of that. Confidence: an e-CUSUM over the cases below the threshold,
 * against their share when it was certified; other cases than it was certified on show there first.
 */
import {
  ACT_AT,
  changeLevel,
  MULTIPLES,
  referenceRate,
  unwatched,
  watch,
  type ChangePlan,
  type ChangeState,
} from "../statistics/change.ts";
import type { Counted } from "../statistics/proportion.ts";
import type { StoredEvidence } from "./certification.ts";
import { ceilingEvidence, rejects } from "../statistics/evidence.ts";

export const ALPHA = 0.05;

export interface WatchedGroup {
  /** Null: all cases of the certificate together. */
  category: string | null;
  n: number;
  errors: number;
}

export interface WatchVerdict extends WatchedGroup {
  /** ln E, and the ln E at which it is enough. */
  evidence: number;
  limit: number;
}

/** The groups with what speaks against each of them; the first is all together. */
export function judgeWatch(target: number, groups: readonly WatchedGroup[]): WatchVerdict[] {
  const all = groups.reduce((sum, { n, errors }) => ({ n: sum.n + n, errors: sum.errors + errors }), {
    n: 0,
    errors: 0,
  });
  const parts = groups.filter(({ category }) => category !== null);
  const alpha = ALPHA / (parts.length + 1);
  return [{ category: null, ...all }, ...parts].map((one) => ({
    ...one,
    evidence: ceilingEvidence(one.errors, one.n, target),
    limit: -Math.log(alpha),
  }));
}

/** The group that broke the promise, the whole before a part of it; undefined while none did. */
export function brokenBy(verdicts: readonly WatchVerdict[]): WatchVerdict | undefined {
  return verdicts.find(({ evidence, limit }) => rejects(evidence, Math.exp(-limit)));
}

/** With less traffic at the look nobody knows how sure the release usually is. */
const LEAST_TRAFFIC = 100;

/** What share of cases below the threshold is usual, from the traffic of the look; undefined where too little came for a rate. */
export function doubtPlan(evidence: StoredEvidence): ChangePlan | undefined {
  const byCategory = evidence.groups.some(({ category }) => category !== null);
  const named = evidence.groups.filter((group) => group.category !== null && group.delta > 0);
  const sum = (list: readonly { traffic: number }[]) => list.reduce((all, { traffic }) => all + traffic, 0);
  const traffic = sum(evidence.groups.filter(({ category }) => !byCategory || category !== null));
  if (traffic < LEAST_TRAFFIC) return undefined;
  const above = [...evidence.groups.filter(({ category }) => category === null), ...named].reduce(
    (all, { threshold, at }) => all + (threshold === null ? 0 : at[evidence.grid.indexOf(threshold)]![2]),
    0,
  );
  const rate = referenceRate({ errors: traffic - above, n: traffic });
  return rate < 0.9 ? { rate, multiples: MULTIPLES } : undefined;
}

/** The state after these cases, in the order of their decisions, and whether it is an alarm; an alarm stays where it went off. */
export function judgeDoubt(
  plan: ChangePlan,
  before: ChangeState | null,
  below: readonly boolean[],
): { state: ChangeState; alarm: Counted | undefined; level: number } {
  let state = before ?? unwatched(plan);
  for (const one of below) {
    state = watch(state, one, plan);
    const level = changeLevel(state, plan);
    if (level >= Math.log(ACT_AT)) return { state, alarm: surest(state, plan), level };
  }
  return { state, alarm: undefined, level: changeLevel(state, plan) };
}

/** The counts of the alternative that speaks loudest. */
function surest(state: ChangeState, plan: ChangePlan): Counted {
  const alone = (k: number) => changeLevel([state[k]!], { rate: plan.rate, multiples: [plan.multiples[k]!] });
  return state.reduce((best, one, k) => (alone(k) > alone(state.indexOf(best)) ? one : best), state[0]!);
}
