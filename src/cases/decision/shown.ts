/**
 * What a person may know of a decision before the verdict. Pure.
 *
 * Nothing that tells that the quality coin chose the case, and for a cold case nothing that follows from the output
 * that is held back: a rule or a confidence would give it away.
 */
import type { ReasonCode } from "../../contract/states.ts";

const TELL_THE_OUTPUT: ReadonlySet<string> = new Set<ReasonCode>(["rule", "rule_failed", "below_threshold"]);

/** Whether a reason may be shown while the case waits for its verdict. */
export function mayShow(code: string, cold: boolean): boolean {
  return code !== "qa" && !(cold && TELL_THE_OUTPUT.has(code));
}
