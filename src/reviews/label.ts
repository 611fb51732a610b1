/** The label that a verdict leaves behind: one judgement of truth, with why it was asked for and how likely that was. Pure. */
import type { Id } from "../contract/ids.ts";
import type { OpenReview } from "./store.ts";

export interface LabelRow {
  id: Id<"label">;
  case_id: string;
  workflow: string;
  release: string;
  arm: string;
  step: number | null;
  source: "review" | "qa" | "cold";
  asked_for: string;
  probability: number | null;
  seen: boolean;
  confidence: number | null;
  wrong: boolean | null;
  wrong_fields: string[] | null;
  person: string;
  simulated: boolean;
  labelled_at: number;
  drill: boolean;
}

/**
 * Only a coin drawn at intake makes a label that guards and certificates may count; every other review is recorded with
 * its first reason and no probability. The cold coin goes before the quality coin: its label was swayed by nothing.
 */
export function labelOf(given: {
  id: Id<"label">;
  review: OpenReview;
  wrong: { wrong: boolean; fields: string[] } | undefined;
  seen: boolean;
  reviewer: { name: string; simulated: boolean };
  now: number;
}): LabelRow {
  const { review, wrong } = given;
  const coin = review.cold ? ({ source: "cold", probability: review.cold_probability } as const) : review.qa ? ({ source: "qa", probability: review.qa_probability } as const) : undefined;
  return {
    id: given.id,
    case_id: review.case_id,
    workflow: review.workflow,
    release: review.release,
    arm: review.arm,
    step: review.step,
    source: coin?.source ?? "review",
    asked_for: coin?.source ?? review.reasons[0]?.code ?? "review",
    probability: coin?.probability ?? null,
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
