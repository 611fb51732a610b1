/**
 * The states of a case and the moves between them.
 *
 * The database holds the same list (`case_moves()`) and refuses every other move; a test compares both ways.
 */

/** One word each on screen; the sentence says what is going on. */
export const CASE_STATES = {
  received: "admitted, waiting for the model or for a person",
  running: "the model is being asked",
  in_review: "waits for a person's verdict",
  decided: "the verdict stands, the undo window is open",
  delivering: "on its way to the targets",
  delivered: "every target has it",
  failed_delivery: "a target did not take it; a dead letter can be replayed",
  returned: "waits for the sender",
  closed: "rejected, nothing was delivered",
  cancelled: "withdrawn before a decision",
  erased: "its content was destroyed",
} as const;

export type CaseState = keyof typeof CASE_STATES;

/** From each state, the states that may follow. */
export const CASE_MOVES: Record<CaseState, readonly CaseState[]> = {
  received: ["running", "in_review", "cancelled"],
  running: ["in_review", "decided", "delivering", "cancelled"],
  in_review: ["decided", "returned", "cancelled"],
  decided: ["in_review", "delivering", "closed", "cancelled", "delivered", "failed_delivery"],
  delivering: ["delivered", "failed_delivery"],
  delivered: ["decided", "erased"],
  failed_delivery: ["delivering", "decided", "erased"],
  returned: ["in_review", "closed", "cancelled"],
  closed: ["erased"],
  cancelled: ["erased"],
  erased: [],
};

/** States in which nothing more happens by itself. */
export const FINAL_STATES: readonly CaseState[] = [
  "delivered",
  "failed_delivery",
  "closed",
  "cancelled",
  "erased",
];

export function mayMove(from: CaseState, to: CaseState): boolean {
  return CASE_MOVES[from].includes(to);
}

export const ARMS = {
  manual: "worked by people, no model",
  stable: "the release in force",
  candidate: "the release that is being rolled out",
} as const;
export type Arm = keyof typeof ARMS;

export const REVIEW_STATES = {
  waiting: "nobody has it",
  claimed: "somebody works on it, until the lease ends",
  decided: "the verdict was given",
  undone: "the verdict was taken back in the undo window",
  escalated: "handed on to the owner's group, undecided",
  asked: "the sender was asked; the answer opens the next review",
} as const;
export type ReviewState = keyof typeof REVIEW_STATES;

export const VERDICTS = {
  approve: "the output goes out as it is",
  edit: "the output goes out as the person changed or wrote it",
  reject: "nothing goes out",
} as const;
export type Verdict = keyof typeof VERDICTS;

export const DELIVERY_STATES = {
  pending: "to be sent, or to be tried again",
  sent: "the target has it",
  dead: "given up; can be replayed",
} as const;
export type DeliveryState = keyof typeof DELIVERY_STATES;

export const ATTEMPT_STATES = {
  reserved: "the model is being asked",
  answered: "an answer came",
  failed: "no usable answer came",
  abandoned: "the process that asked ended before the answer was stored",
} as const;
export type AttemptState = keyof typeof ATTEMPT_STATES;

export const LABEL_SOURCES = [
  "review",
  "second_review",
  "cold",
  "qa",
  "planted",
  "feedback",
  "correction",
  "import",
] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number];

/** Why a person was asked, or why not. `detail` of a reason names the rule or the step. */
export const REASONS = {
  manual_arm: "The case belongs to the manual arm: people work it unaided.",
  no_certificate: "No certificate is in force for this release and step: every case is reviewed.",
  autonomy: "The share of cases that may go out unreviewed does not cover this one.",
  model_changed: "Another model answered than the one that the certificate is about.",
  certificate_gone: "The certificate under which it was to go out alone ceased to hold before the delivery.",
  below_threshold: "The confidence is below the certified threshold, or its category has none.",
  rule: "A rule of the release sends such cases to a person.",
  rule_failed: "A rule could not be evaluated, so a person decides.",
  qa: "The quality coin chose this case.",
  routine: "A person looks at this case as a matter of routine.",
  cold: "The case is cold: the output is shown after the verdict.",
  model_failed: "No model of the chain gave an answer.",
  breaker_open:
    "A model of the chain was not asked, because it had failed so often that it was left alone for a while.",
  budget_spent: "The budget for calls of models is spent: people do the work until it begins anew.",
  personal_data:
    "The input holds identifiers that the data policy lets go to no model: a person does this one.",
  bad_output: "The answer broke the output schema, also after the repair.",
  fallback_answer: "Another step than the release's model answered.",
  abandoned:
    "The model was asked several times and the program ended each time before the answer was stored.",
  internal_fault:
    "Pilotage failed several times over this case, for example because its content cannot be opened: a person decides.",
  safe_stop: "The safe-stop ladder sends every case to people.",
} as const;
export type ReasonCode = keyof typeof REASONS;
export interface Reason {
  code: ReasonCode;
  detail?: string;
}

export const REVIEW_REASONS = [
  "wrong_class",
  "wrong_value",
  "missing",
  "not_supported",
  "tone",
  "privacy",
  "unreadable",
  "out_of_scope",
  "other",
] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];
