/** Words of a rollout that all parts share: its states, stages, moves and guards. */

export const ROLLOUT_STATES = {
  draft: "made, and not begun",
  shadow: "answers the cases of the others; nobody sees or uses it",
  running: "gets its share of the new cases",
  held: "does not go on until a named person lets it",
  promoted: "became the stable release",
  rolled_back: "was taken out; new cases go to the release before it",
  aborted: "was ended before it got a case",
} as const;
export type RolloutState = keyof typeof ROLLOUT_STATES;

/** What is watched in each stage, and what a guard does when it trips. */
export const GUARDS = {
  errors: { sentence: "cases whose output was wrong, by labels that a coin asked for", action: "roll_back" },
  bad_answers: { sentence: "cases for which the model gave an answer that fits no schema", action: "hold" },
  no_answers: { sentence: "cases for which a model did not answer in time, or not at all", action: "hold" },
  slow: { sentence: "cases whose answer took longer than the plan allows", action: "hold" },
  dear: { sentence: "cases whose model calls cost more than the plan allows", action: "hold" },
  overridden: {
    sentence:
      "cases whose suggestion a person changed or rejected, although no field that counts as wrong was",
    action: "hold",
  },
  paired: {
    sentence:
      "cases that it alone answered wrongly in shadow, against those that the stable release alone did",
    action: "hold",
  },
} as const;
export type GuardName = keyof typeof GUARDS;

/** What holds a rollout besides its guards: the arms are not what their shares say, so that no comparison holds. */
export const HEALTH = {
  sample_ratio: "the arms got other parts of the cases than their shares say",
  label_gap: "labels are asked for more often in one arm than in the other",
} as const;
export type Alarm = GuardName | keyof typeof HEALTH;

/** A stage: in shadow, a share of all cases, or all cases of a team. */
export type Stage = "shadow" | number | { team: string };

export const MOVES = {
  start: "was started",
  advance: "went to its next stage",
  promote: "became the stable release",
  hold: "was held",
  resume: "was let go on",
  roll_back: "was taken out",
  abort: "was ended before it got a case",
} as const;
export type Move = keyof typeof MOVES;

/** Why a stage may not be left. */
export const HOLDS = {
  "few-labels": "too few of its cases are labelled",
  "few-pairs": "too few cases were answered by both releases and labelled",
  "too-early": "it has not lasted long enough (a day at least, a week before all cases)",
  "guard-tripped": "a guard has tripped",
  "guard-without-data": "a guard has no data, and missing is not passing",
  "sample-ratio": "the arms got other parts of the cases than their shares say",
  "label-gap": "labels are asked for more often in one arm than in the other",
  "data-health": "a feed has a problem, or the safe-stop ladder does not stand at normal",
} as const;
export type HoldReason = keyof typeof HOLDS;

/** Where a case stands that was put before people again after a rollback. */
export const RECALL_STATES = ["open", "confirmed", "corrected"] as const;
export type RecallState = (typeof RECALL_STATES)[number];
