/** What a trial of a connection can come to; the console says each in its own words. */
export const TRIAL_OUTCOMES = [
  /** It answered a tiny question as asked. */
  "answered",
  /** It answered, but not in the form that was asked for. */
  "other_form",
  /** A mail was taken, a sign-in provider described itself, a webhook's address was reached. */
  "sent",
  "described",
  "reached",
  /** Why not. */
  "key",
  "model",
  "address_refused",
  "unreachable",
  "certificate",
  "too_late",
  "busy",
  "quota",
  "not_this_api",
  "refused",
  "failed",
] as const;

export type TrialOutcome = (typeof TRIAL_OUTCOMES)[number];

/** How a model was told the form of its answer: as a schema, as a wish for JSON, or in words. */
export const ANSWER_FORMS = ["json_schema", "json_object", "words"] as const;
export type AnswerForm = (typeof ANSWER_FORMS)[number];
