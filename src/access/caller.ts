/**
 * Who is asking, whatever they came with: an API key, or a session of a signed-in person.
 *
 * Everything that may be refused for want of a right is refused here. What a caller may not see does not exist for them:
 * `not_found`, and nothing tells a foreign id from an invented one.
 */
import { actionsOf, type Action, type Purpose, type Role } from "../contract/access.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor, Scope } from "../contract/scopes.ts";
import type { KeyRow } from "./keys.ts";
import { mayAlone, mayAsOneOfTwo, RULES, whoMay } from "./rules.ts";

export interface Grant {
  role: Role;
  /** Null: for the whole installation, and so for every workflow. */
  workflow: string | null;
}

/** A signed-in person. */
export interface SignedIn {
  session: string;
  person: string;
  email: string;
  name: string;
  grants: readonly Grant[];
  /** When the session ends at the latest. */
  endsAt: number;
  /** Null: is here. */
  awayUntil: number | null;
}

export interface Caller {
  actor: Actor;
  /** As records name them: the e-mail address of a person, the name of a key. */
  person: string;
  /** A program that plays a person, and says so wherever its work appears. */
  simulated: boolean;
  /**
   * Who is behind it, as people are told apart where several must be different ones: a signed-in person is themselves, a
   * key is the person who made it, and the local operator's key is one person, whatever name is said with it.
   */
  stands: string;
  /** Who holds a lease: what they came with and the name together, since a key may be shared. */
  holder: string;
  /** Exactly one of the two is there. */
  key: KeyRow | undefined;
  signedIn: SignedIn | undefined;
  /** What the endpoint is about; judged where its workflow is known. */
  purpose: Purpose | null;
}

/** Who stands behind the local operator's key, and behind whatever the machine made by itself. No e-mail address. */
export const OPERATOR = "local operator";

/** A name as names are compared. */
export function personKey(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}

export function callerOfKey(key: KeyRow, as: string | undefined): Caller {
  const person = as ?? key.name;
  return {
    // Members in their order, as the audit trail writes them (audit/record.ts).
    actor:
      as === undefined
        ? { key: key.id, kind: "key", name: key.name }
        : { key: key.id, kind: "person", name: as },
    person,
    simulated: key.simulated,
    stands: key.scopes.includes("operator") ? OPERATOR : (key.stands ?? OPERATOR),
    holder: `${key.id} ${person}`,
    key,
    signedIn: undefined,
    purpose: null,
  };
}

export function callerOfSession(signedIn: SignedIn): Caller {
  return {
    actor: { kind: "person", name: signedIn.email, session: signedIn.session },
    person: signedIn.email,
    simulated: false,
    stands: personKey(signedIn.email),
    // Not the session: who signs in again still has their cases.
    holder: `${signedIn.person} ${signedIn.email}`,
    key: undefined,
    signedIn,
    purpose: null,
  };
}

/** The local operator's key: whoever administers the machine. */
export function isOperator(caller: Caller): boolean {
  return caller.key?.scopes.includes("operator") ?? false;
}

/** The one workflow that a key is bound to; null for every other caller. */
export function boundTo(caller: Caller): string | null {
  return caller.key?.workflow ?? null;
}

/** The roles that count for a workflow, or with null for the installation. Keys have none. */
export function rolesOf(caller: Caller, workflow: string | null): Role[] {
  const grants = caller.signedIn?.grants ?? [];
  return [
    ...new Set(
      grants
        .filter((grant) => grant.workflow === null || grant.workflow === workflow)
        .map((grant) => grant.role),
    ),
  ];
}

/** Every workflow that the caller may see; "all" for keys without a bound and for people with an installation-wide role. */
export function visibleTo(caller: Caller): "all" | string[] {
  if (caller.key) return caller.key.workflow === null ? "all" : [caller.key.workflow];
  const grants = caller.signedIn!.grants.filter((grant) => mayAlone("workflow.see", [grant.role]));
  if (grants.some((grant) => grant.workflow === null)) return "all";
  return [...new Set(grants.map((grant) => grant.workflow!))];
}

export function sees(caller: Caller, workflow: string): boolean {
  const visible = visibleTo(caller);
  return visible === "all" || visible.includes(workflow);
}

/** Whether the caller may do it there: at once, or as one of the two that it takes. */
export function may(caller: Caller, action: Action, workflow: string | null): boolean {
  return mayAtOnce(caller, action, workflow) || mayShare(caller, action, workflow);
}

export function mayAtOnce(caller: Caller, action: Action, workflow: string | null): boolean {
  const rule = RULES[action];
  if (caller.key) return byKey(caller.key, rule.scope, workflow) && rule.alone.length > 0;
  return mayAlone(action, rolesOf(caller, rule.whole ? null : workflow));
}

function mayShare(caller: Caller, action: Action, workflow: string | null): boolean {
  const rule = RULES[action];
  if (caller.key) return byKey(caller.key, rule.scope, workflow) && rule.pair !== null;
  return mayAsOneOfTwo(action, rolesOf(caller, rule.whole ? null : workflow));
}

function byKey(key: KeyRow, scope: Scope | null, workflow: string | null): boolean {
  if (key.scopes.includes("operator")) return true;
  if (scope === null || !key.scopes.includes(scope)) return false;
  return key.workflow === null || key.workflow === workflow;
}

/**
 * Throws `not_found` for a workflow that the caller may not see, and `forbidden` with what it takes for one that they
 * see and in which they may not do this. `workflow` null: the installation.
 */
export function demandAction(caller: Caller, purpose: Purpose, workflow: string | null): void {
  const actions = actionsOf(purpose);
  if (actions.some((action) => may(caller, action, workflow))) return;
  if (workflow !== null && !sees(caller, workflow))
    throw new PilotageError("not_found", `There is no workflow "${workflow.slice(0, 80)}".`);
  throw refused(caller, actions[0]!, workflow);
}

/** The same for what must be within the caller's own power, without a second person. */
export function demandAtOnce(caller: Caller, action: Action, workflow: string | null): void {
  demandAction(caller, action, workflow);
  if (!mayAtOnce(caller, action, workflow)) throw refused(caller, action, workflow);
}

function refused(caller: Caller, action: Action, workflow: string | null): PilotageError {
  if (caller.key) {
    const { scope } = RULES[action];
    return scope === null
      ? new PilotageError("forbidden", `No key may do this: ${whoMay(action)}. Nothing was done.`, {
          hint: "Sign in as a person who has that role.",
        })
      : lacksScope(caller.key, scope);
  }
  return refusal(action, rolesOf(caller, workflow));
}

/** What somebody with these roles hears who may not do it: who may. */
export function refusal(action: Action, roles: readonly Role[]): PilotageError {
  const held =
    roles.length === 0 ? "you have no role in this" : `you have ${roles.join(", ").replaceAll("_", "-")}`;
  return new PilotageError(
    "forbidden",
    `You may not do this: ${whoMay(action)}; ${held}. Nothing was done.`,
    { hint: "Ask somebody with that role, or ask the owner or an administrator for it." },
  );
}

function lacksScope(key: KeyRow, scope: Scope): PilotageError {
  return new PilotageError(
    "forbidden",
    `This key may not do that: the scope ${scope} is missing; it has ${key.scopes.join(", ")}. Nothing was done.`,
    { hint: "Use a key with that scope." },
  );
}

/** Before anything about the request is known: has the caller the scope, or the action in any place at all? */
export function demandSomewhere(caller: Caller, purpose: Purpose | null, scope: Scope): void {
  if (caller.key) {
    if (!caller.key.scopes.includes(scope) && !caller.key.scopes.includes("operator"))
      throw lacksScope(caller.key, scope);
    return;
  }
  if (purpose === null) return;
  const actions = actionsOf(purpose);
  const { grants } = caller.signedIn!;
  const places = [null, ...grants.map((grant) => grant.workflow)];
  if (!places.some((place) => actions.some((action) => may(caller, action, place))))
    throw refusal(actions[0]!, [...new Set(grants.map((grant) => grant.role))]);
}

/**
 * Throws `forbidden` for whoever may do what they came for in single workflows only: connections, the whole audit log and
 * the clock belong to the installation.
 */
export function demandWhole(caller: Caller): void {
  if (caller.signedIn && caller.purpose !== null) demandAction(caller, caller.purpose, null);
  const bound = boundTo(caller);
  if (bound !== null)
    throw new PilotageError(
      "forbidden",
      `This key is for the workflow ${bound} alone, and this concerns the whole installation. Nothing was done.`,
      { hint: "Use a key that is not bound to a workflow." },
    );
}
