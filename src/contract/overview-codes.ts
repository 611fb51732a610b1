/**
 * The codes in which the overview speaks, with the values that each carries; shares are numbers from 0 to 1, times ISO.
 *
 * The console has a sentence for each in every language (pages/overview/words.ts), the command line in English
 * (cli/overview-words.ts); a code without one is shown as it is.
 */

/** What can be wrong at a station of the path. */
export const SICK_CODES = [
  "feed_problem",
  "no_worker",
  "quarantine",
  "model_failing",
  "model_off",
  "automatic_off",
  "intake_only",
  "stopped",
  "no_certificate",
  "overdue",
  "dead_letters",
  "rollout_held",
  "rolled_back",
] as const;
export type SickCode = (typeof SICK_CODES)[number];

/** Answers to the four questions, by question. */
export const SENTENCE_CODES = {
  runs_well: "received, delivered",
  runs_nothing_yet: "",
  runs_stopped: "rung, open",
  runs_no_worker: "open",
  runs_feed_problem: "feeds, received, delivered",
  runs_dead_letters: "cases, received, delivered",
  runs_overdue: "cases, received, delivered",
  good_bound:
    "errors, bound, target: wrong ones among n labelled, the upper bound at 95 %, and what is allowed",
  good_above: "errors, bound, target: the bound is above what is allowed",
  good_reviewed: "changed: the share of n verdicts that changed or rejected the suggestion; no certificate",
  good_too_few: "missing",
  used_share: "automatic, model: shares of today's cases that went out alone, and that the model answered",
  used_manual: "open: people do all of it, no release answers",
  used_nothing_yet: "",
  worth_no_baseline: "missing: cases still needed for the before",
  worth_minutes: "before, after: median minutes of work per case",
} as const;
export type SentenceCode = keyof typeof SENTENCE_CODES;

/** What waits for a decision. */
export const NEED_CODES = {
  change_waits: "setting, before, after (as text), by",
  policy_waits: "model, by, why (as text: what would be let on)",
  report_new: "title, reports",
  stop_requested: "person",
  waiver_ends: "item, until",
  certificate_ends: "release, until",
  certificate_suspended: "release",
  model_renamed: "model, before, after: the names and versions under which it answered and answers",
  model_behaves: "model, before, after: of so many known answers so many are others now",
  model_retires: "model, days, day",
  model_retired: "model, days (negative), day",
  dead_letters: "target, cases",
  gate_to_sign: "release",
  rollout_held: "release, alarm (empty: a person held it)",
  rolled_back: "release, alarm (empty: a person did it), unseen: what it delivered and nobody looked at",
  quarantine_open: "count",
  budget_warning: "used: the share of the budget that is used; period: month or day",
  budget_spent: "period: month or day; until: when it begins anew",
  orphaned: "person",
  second_person_missing: "action",
} as const;
export type NeedCode = keyof typeof NEED_CODES;

/** Where a branch of the picture may lead beside the stations. */
export const BRANCH_ENDS = ["quarantine", "closed", "shadow"] as const;
