/**
 * Why a case waits for a person in one word, and how soon it should be taken. Pure.
 *
 * Both are told by what may be shown of the decision (shown.ts) and by nothing else: neither the order of the queue nor its
 * counts tell a coin's case from a routine one, or what the output that a cold case holds back would say.
 */
import type { Reason, ReasonCode } from "../../contract/states.ts";
import { shownReasons } from "./shown.ts";

export const CAUSES = ["risk", "no_suggestion", "unsure", "routine"] as const;
export type Cause = (typeof CAUSES)[number];

/** From the gravest on; what stands in none is routine. */
const BY_CAUSE: readonly (readonly [Cause, ReadonlySet<string>])[] = [
  ["risk", new Set<ReasonCode>(["rule", "rule_failed"])],
  [
    "no_suggestion",
    new Set<ReasonCode>([
      "manual_arm",
      "model_failed",
      "breaker_open",
      "budget_spent",
      "personal_data",
      "bad_output",
      "abandoned",
      "internal_fault",
    ]),
  ],
  ["unsure", new Set<ReasonCode>(["below_threshold"])],
];

const HOUR = 3_600_000;
/** Where a workflow promises no time, its cases are taken as if they were due so long after they came. */
const WITHOUT_DUE = 24 * HOUR;
/** What is risky is brought forward by half of its time, and by so much at most, so that nothing else waits for ever. */
const MOST_FORWARD = 24 * HOUR;

export function causeOf({ reasons, cold }: { reasons: Reason[]; cold: boolean }): Cause {
  const shown = shownReasons(reasons, { awaitsVerdict: true, mayRedo: true, cold });
  const found = BY_CAUSE.find(([, codes]) => shown.some(({ code }) => codes.has(code)));
  return found?.[0] ?? "routine";
}

/** The moment by which the queue is ordered, in milliseconds: when a case is due, sooner where it is here for a risk. */
export function urgentAt(one: { cause: Cause; dueAt: number | null; receivedAt: number }): number {
  const due = one.dueAt ?? one.receivedAt + WITHOUT_DUE;
  if (one.cause !== "risk") return due;
  return due - Math.min(MOST_FORWARD, Math.max(0, due - one.receivedAt) / 2);
}
