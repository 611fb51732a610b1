/**
 * Who may do what: the one table that everything obeys, and that the console and the documents show.
 *
 * `alone` may do it at once. `pair` names two groups: one person of each, and two different persons; who asks may be of
 * either. A key may do it with `scope`, on its own workflow; where the scope is null, or a named person is demanded by
 * the act itself, no key may. The local operator's key stands for whoever administers the machine and may do all of it,
 * but is one person like everybody else where two are needed.
 */
import { ACTIONS, ROLES, type Action, type Role } from "../contract/access.ts";
import type { Scope } from "../contract/scopes.ts";

export interface Rule {
  alone: readonly Role[];
  pair: null | readonly [readonly Role[], readonly Role[]];
  scope: Scope | null;
  /** Concerns the installation: only a role that was given for all of it counts. */
  whole?: true;
}

const EVERY_ROLE = Object.keys(ROLES) as Role[];
const SEES: readonly Role[] = EVERY_ROLE.filter((role) => role !== "administrator");

export const RULES: Record<Action, Rule> = {
  "workflow.see": { alone: SEES, pair: null, scope: "read" },
  // Of cases no more than of the workflows that one sees; whoever manages connections sees what passes through them.
  "calls.see": { alone: EVERY_ROLE, pair: null, scope: "read" },
  "case.read": { alone: ["reviewer", "owner", "steward", "compliance"], pair: null, scope: "content:read" },
  "case.hand_in": { alone: ["owner", "engineer"], pair: null, scope: "intake" },
  "case.correct": { alone: ["reviewer", "owner"], pair: null, scope: "review" },
  "review.work": { alone: ["reviewer", "owner"], pair: null, scope: "review" },
  "stop.request": {
    alone: ["reviewer", "viewer", "engineer", "sponsor", "steward", "compliance", "approver"],
    pair: null,
    scope: "review",
  },
  "ladder.tighten": { alone: ["owner", "on_call"], pair: null, scope: "operate" },
  "ladder.loosen": { alone: ["owner"], pair: null, scope: "operate" },
  "dial.tighten": { alone: ["owner", "on_call"], pair: null, scope: "operate" },
  "dial.loosen": { alone: [], pair: [["owner"], ["approver"]], scope: "operate" },
  "people.appoint": { alone: ["owner"], pair: null, scope: "operate" },
  "autonomy.lower": { alone: ["owner", "on_call"], pair: null, scope: "operate" },
  "autonomy.raise": { alone: [], pair: [["owner"], ["approver"]], scope: "operate" },
  "share.lower": { alone: ["owner", "on_call"], pair: null, scope: "operate" },
  "share.pilot": { alone: ["owner"], pair: null, scope: "operate" },
  "share.raise": { alone: [], pair: [["owner"], ["approver"]], scope: "operate" },
  "go.grant": { alone: [], pair: [["owner"], ["sponsor"]], scope: "operate" },
  "waiver.grant": { alone: ["owner", "compliance"], pair: null, scope: "operate" },
  "data.change": {
    alone: [],
    pair: [
      ["steward", "compliance"],
      ["steward", "compliance", "owner"],
    ],
    scope: "operate",
  },
  "workflow.apply": { alone: ["owner", "engineer"], pair: null, scope: "operate" },
  "release.publish": { alone: ["owner"], pair: null, scope: "operate" },
  "shadow.start": { alone: ["owner"], pair: null, scope: "operate" },
  "shadow.stop": { alone: ["owner", "on_call"], pair: null, scope: "operate" },
  "certificate.ask": { alone: ["owner"], pair: null, scope: "operate" },
  "certificate.suspend": { alone: ["owner", "on_call"], pair: null, scope: "operate" },
  "evaluation.run": { alone: ["owner", "engineer"], pair: null, scope: "operate" },
  "criterion.attest": { alone: ["owner", "engineer", "steward", "compliance"], pair: null, scope: "operate" },
  "evaluation.export": { alone: ["owner", "steward", "compliance"], pair: null, scope: "content:read" },
  "evaluation.remove": { alone: ["owner", "steward", "compliance"], pair: null, scope: "operate" },
  "change.refuse": {
    alone: ["owner", "approver", "sponsor", "steward", "compliance"],
    pair: null,
    scope: "operate",
  },
  "feed.run": { alone: ["owner", "engineer", "on_call"], pair: null, scope: "operate" },
  "quarantine.settle": { alone: ["reviewer", "owner", "engineer", "steward"], pair: null, scope: "operate" },
  "delivery.replay": { alone: ["owner", "engineer", "on_call"], pair: null, scope: "operate" },
  "feedback.give": { alone: ["reviewer", "owner"], pair: null, scope: "feedback" },
  "improvement.manage": { alone: ["owner"], pair: null, scope: "operate" },
  "figures.team": { alone: SEES, pair: null, scope: "read" },
  "figures.individual": { alone: ["owner"], pair: null, scope: null },
  "works_council.record": { alone: ["compliance", "owner"], pair: null, scope: "operate" },
  "works_council.individuals": { alone: [], pair: [["compliance"], ["owner"]], scope: "operate" },
  "pulse.answer": { alone: ["reviewer", "owner"], pair: null, scope: null },
  "audit.read": { alone: ["auditor", "compliance", "owner"], pair: null, scope: "audit" },
  "people.see": { alone: ["owner", "compliance", "auditor", "administrator"], pair: null, scope: "operate" },
  // No key: who makes people makes their ways in, and could be any of them. The machine's own key stands for its administrator.
  "people.staff": { alone: ["owner", "administrator"], pair: null, scope: null },
  "people.manage": { alone: ["administrator"], pair: null, scope: null, whole: true },
  "key.manage": { alone: ["administrator", "engineer"], pair: null, scope: "operate" },
  "connection.manage": { alone: ["administrator", "engineer"], pair: null, scope: "operate", whole: true },
  // Engineers may stop the spending of a connection; that it goes on is for whoever answers for the installation.
  "connection.spend_more": { alone: ["administrator"], pair: null, scope: "operate", whole: true },
  "connection.loosen_policy": {
    alone: [],
    pair: [
      ["steward", "compliance"],
      ["steward", "compliance", "administrator", "engineer"],
    ],
    scope: "operate",
    whole: true,
  },
  "clock.move": { alone: ["administrator"], pair: null, scope: "operate", whole: true },
};

/** Whether these roles may do it at once. */
export function mayAlone(action: Action, roles: readonly Role[]): boolean {
  return RULES[action].alone.some((role) => roles.includes(role));
}

/** Whether these roles make their holder one of the two. */
export function mayAsOneOfTwo(action: Action, roles: readonly Role[]): boolean {
  return (RULES[action].pair ?? []).some((group) => group.some((role) => roles.includes(role)));
}

/** Whether two different persons with these roles are the pair that the rule asks for, whoever asked. */
export function arePair(action: Action, one: readonly Role[], other: readonly Role[]): boolean {
  const { pair } = RULES[action];
  if (pair === null) return false;
  const [left, right] = pair;
  const holds = (roles: readonly Role[], group: readonly Role[]) =>
    group.some((role) => roles.includes(role));
  return (holds(one, left) && holds(other, right)) || (holds(one, right) && holds(other, left));
}

/** What the table says, as a sentence for whoever was refused: "owner or on-call", "owner together with approver". */
export function whoMay(action: Action): string {
  const { alone, pair } = RULES[action];
  const group = (roles: readonly Role[]) => roles.map((role) => role.replaceAll("_", "-")).join(" or ");
  const ways = [
    ...(alone.length > 0 ? [group(alone)] : []),
    ...(pair ? [`${group(pair[0])} together with ${group(pair[1])}`] : []),
  ];
  return `to ${ACTIONS[action]} takes the role ${ways.join(", or ")}`;
}
