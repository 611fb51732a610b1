/**
 * Who may do what, in words: the roles of people, and the actions that rules are about.
 *
 * Which role may do which action, alone or with a second person, is one table in access/rules.ts. Replies carry the
 * actions that the reader may take, so a page never guesses.
 */

export const ROLES = {
  viewer: "sees how the workflow runs, without the content of cases",
  reviewer: "takes cases from the inbox and gives verdicts",
  owner: "owns the workflow: dials, people, releases",
  engineer: "connects, applies, keeps it alive",
  steward: "answers for which fields may be used, and how long they are kept",
  approver: "the second person for whatever loosens",
  compliance: "answers for law, data protection and works council",
  auditor: "reads the record, changes nothing",
  administrator: "people, roles, keys and connections of the installation",
  sponsor: "decides with money: go or no-go",
  on_call: "is called when something is wrong, and may always step back",
} as const;
export type Role = keyof typeof ROLES;

export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

export const ACTIONS = {
  "workflow.see": "see states, counts and settings of a workflow",
  "calls.see":
    "see calls over the OpenAI-compatible endpoint: those of one's workflows, and with the connections also theirs",
  "case.read": "read what cases hold",
  "case.hand_in": "hand in a case by hand",
  "case.correct": "correct what was delivered",
  "review.work": "take reviews and give verdicts",
  "stop.request": "ask for a stop; owner and on-call are told at once",
  "ladder.tighten": "move the safe-stop ladder towards stop",
  "ladder.loosen": "move the safe-stop ladder back",
  "dial.tighten": "change a dial so that it watches more closely, or leaves the watch as it is",
  "dial.loosen": "loosen a dial that watches over automatic output",
  "people.appoint": "say who owns, sponsors, approves, is called, and whom to ask",
  "autonomy.lower": "lower the autonomy",
  "autonomy.raise": "raise the autonomy",
  "share.lower": "lower the share of a release: pause, roll back",
  "share.pilot": "set the share while the autonomy is 0: every case is reviewed",
  "share.raise": "raise the share while cases may go out alone: start or advance a stage",
  "go.grant": "say go: unlock the autonomy",
  "waiver.grant": "waive the baseline or the works council's part, by name and with an end",
  "data.change": "change which fields may be used, or how long content is kept",
  "workflow.apply": "apply a workflow document",
  "release.publish": "publish a release",
  "shadow.start": "let a release answer in shadow",
  "shadow.stop": "end a release's shadow",
  "certificate.ask": "ask for a certificate",
  "certificate.suspend": "suspend a certificate",
  "criterion.attest": "say in one's own name that the proof of a criterion holds",
  "evaluation.run": "make and open evaluation sets, and run releases over them",
  "evaluation.export": "have an evaluation set in clear",
  "evaluation.remove": "destroy the items of an evaluation set",
  "change.refuse": "refuse a change that waits, or take an own one back",
  "feed.run": "let a feed look now",
  "quarantine.settle": "correct and replay, or put aside, what came in wrong",
  "delivery.replay": "send dead letters again",
  "feedback.give": "say that a delivered result is wrong",
  "improvement.manage": "rank, assign and answer reports and feedback",
  "figures.team": "see figures of teams of five or more",
  "figures.individual": "see figures of single persons, behind a recorded works agreement",
  "works_council.record": "record what was agreed with the works council, and end figures of single persons",
  "works_council.individuals": "switch figures of single persons on, for the agreement on record",
  "pulse.answer": "answer the anonymous pulse",
  "audit.read": "read, export and verify the audit log",
  "people.see": "see who has which role",
  "people.staff": "give and take the roles viewer, reviewer and on-call of a workflow",
  "people.manage": "invite, disable, and give every role",
  "key.manage": "make and revoke API keys",
  "connection.manage": "store and test connections, set and lower their budgets",
  "connection.spend_more": "raise the budget of a connection, or take it away",
  "connection.loosen_policy": "let more of a request go to a model that programs ask: loosen its data policy",
  "clock.move": "move simulated time",
} as const;
export type Action = keyof typeof ACTIONS;

/**
 * What an endpoint is about. Where several are named, one of them opens it, and which one it takes is judged by what is
 * asked for: a share goes down by another rule than up.
 */
export type Purpose = Action | readonly Action[];

export function actionsOf(purpose: Purpose): readonly Action[] {
  return typeof purpose === "string" ? [purpose] : purpose;
}

/** Roles that may be given for the whole installation; `administrator` only so. */
export const SUPPORT_ROLES: readonly Role[] = ["viewer", "reviewer", "on_call"];
