/** The label that a verdict leaves behind: one judgement of truth, with why it was asked for and how likely that was. Pure. */
import type { Id } from "../contract/ids.ts";
import type { ReviewReason } from "../contract/states.ts";
import type { OpenReview } from "./store.ts";

export interface LabelRow {
  id: Id<"label">;
  case_id: string;
  workflow: string;
  release: string;
  arm: string;
  step: number | null;
  source: "review" | "qa" | "cold" | "second_review" | "correction";
  asked_for: string;
  probability: number | null;
  qa: boolean;
  qa_probability: number;
  cold: boolean;
  cold_probability: number;
  seen: boolean;
  confidence: number | null;
  wrong: boolean | null;
  wrong_fields: string[] | null;
  person: string;
  simulated: boolean;
  labelled_at: number;
  drill: boolean;
}

/** What a label needs to know of the case that was judged. */
export type Judged = Pick<
  OpenReview,
  | "case_id"
  | "workflow"
  | "release"
  | "arm"
  | "step"
  | "confidence"
  | "reasons"
  | "qa"
  | "qa_probability"
  | "cold"
  | "cold_probability"
  | "drill"
>;

/** Whether a rejection says that the output was wrong; the other reasons are about the case, and leave that open. */
const REJECTED_AS_WRONG: Record<ReviewReason, boolean> = {
  wrong_class: true,
  wrong_value: true,
  missing: true,
  not_supported: true,
  tone: true,
  privacy: false,
  unreadable: false,
  out_of_scope: false,
  other: false,
};

/** What a rejection says about the output; undefined where it says nothing. */
export function wrongByRejection(
  reason: ReviewReason | undefined,
): { wrong: true; fields: string[] } | undefined {
  return reason !== undefined && REJECTED_AS_WRONG[reason] ? { wrong: true, fields: [] } : undefined;
}

/**
 * Only a coin drawn at intake makes a label that guards and certificates may count; every other review is recorded with
 * its first reason and no probability. The cold coin goes before the quality coin: its label was swayed by nothing.
 *
 * A cold case that is judged again after an undo was seen by then. Its new label is an ordinary review without a
 * probability, and takes nothing from the first, which stays the cold one (see undoDecision).
 */
export function labelOf(given: {
  id: Id<"label">;
  review: Judged;
  wrong: { wrong: boolean; fields: string[] } | undefined;
  seen: boolean;
  reviewer: { name: string; simulated: boolean };
  now: number;
}): LabelRow {
  const { review, wrong } = given;
  const asked = review.cold ? "cold" : review.qa ? "qa" : undefined;
  const source = asked === "cold" && given.seen ? "review" : (asked ?? "review");
  return {
    id: given.id,
    case_id: review.case_id,
    workflow: review.workflow,
    release: review.release,
    arm: review.arm,
    step: review.step,
    source,
    asked_for: asked ?? review.reasons[0]?.code ?? "review",
    probability: source === "cold" ? review.cold_probability : source === "qa" ? review.qa_probability : null,
    qa: review.qa,
    qa_probability: review.qa_probability,
    cold: review.cold,
    cold_probability: review.cold_probability,
    seen: given.seen,
    confidence: review.confidence,
    wrong: wrong?.wrong ?? null,
    wrong_fields: wrong?.fields ?? null,
    person: given.reviewer.name,
    simulated: given.reviewer.simulated,
    labelled_at: given.now,
    drill: review.drill,
  };
}
