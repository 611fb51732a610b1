/**
 * What a person may know of a decision before the verdict, and until it can no longer be taken back. Pure.
 *
 * Nothing that tells that the quality coin chose the case: a verdict that can be undone could be given again with more
 * care. And for a cold case, until the verdict, nothing that follows from the output that is held back: a rule or a
 * confidence would give it away.
 */
import type { CaseState, ReasonCode } from "../../contract/states.ts";

const TELL_THE_OUTPUT: ReadonlySet<string> = new Set<ReasonCode>(["rule", "rule_failed", "below_threshold"]);
/** States from which a person may still give a verdict, the undo window among them. */
const OPEN: ReadonlySet<string> = new Set<CaseState>([
  "received",
  "running",
  "in_review",
  "returned",
  "decided",
]);

export interface Stage {
  awaitsVerdict: boolean;
  /** A verdict may still be given or taken back. */
  mayRedo: boolean;
  cold: boolean;
}

export function stageOf(row: { state: string; verdict: string | null; cold: boolean }): Stage {
  return { awaitsVerdict: row.verdict === null, mayRedo: OPEN.has(row.state), cold: row.cold };
}

/**
 * The reasons that may be shown at this stage.
 *
 * A case that is here for a coin alone, the quality coin's or that of autonomy, shows `routine` in place of both: an
 * empty list, or a reason of its own, would tell which.
 */
export function shownReasons<R extends { code: string }>(
  reasons: R[],
  stage: Stage,
): (R | { code: "routine" })[] {
  if (!stage.mayRedo) return reasons;
  const shown = reasons.filter(
    ({ code }) => code !== "qa" && !(stage.awaitsVerdict && stage.cold && TELL_THE_OUTPUT.has(code)),
  );
  const telling = shown.filter(({ code }) => code !== "autonomy");
  return reasons.length > 0 && telling.length === 0 ? [{ code: "routine" }] : shown;
}
