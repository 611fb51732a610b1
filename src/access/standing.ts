/**
 * With which roles somebody asks for a change or decides about one.
 *
 * Whether a change tightens or loosens is known only where it is read under its lock, so the parts that change dials,
 * shares and the ladder judge themselves, by the table in rules.ts. Roles are those of this moment; who asked is kept
 * with theirs, so that a pair is still one when a role was taken away meanwhile.
 */
import type { Action, Role } from "../contract/access.ts";
import type { Actor } from "../contract/scopes.ts";
import { isOperator, personKey, refusal, rolesOf, type Caller } from "./caller.ts";
import { arePair, mayAlone, mayAsOneOfTwo } from "./rules.ts";

export interface Standing {
  actor: Actor;
  /** Null: asked from the machine itself, by whoever administers it: any role, and one person all the same. */
  roles: readonly Role[] | null;
}

/** A caller's standing in a workflow, or with null in the installation. */
export function standingOf(caller: Caller, workflow: string | null): Standing {
  return { actor: caller.actor, roles: isOperator(caller) ? null : rolesOf(caller, workflow) };
}

/** Throws `forbidden` unless they may do it at once, without a second person. */
export function demandAlone({ roles }: Standing, action: Action): void {
  if (roles !== null && !mayAlone(action, roles)) throw refusal(action, roles);
}

/** Throws `forbidden` unless they can be one of the two that it takes. */
export function demandOneOfTwo({ roles }: Standing, action: Action): void {
  if (roles !== null && !mayAsOneOfTwo(action, roles)) throw refusal(action, roles);
}

/** Whether two persons make the pair of a rule. Names are not compared here. */
export function makePair(
  action: Action,
  one: readonly Role[] | null,
  other: readonly Role[] | null,
): boolean {
  if (one === null) return other === null || mayAsOneOfTwo(action, other);
  if (other === null) return mayAsOneOfTwo(action, one);
  return arePair(action, one, other);
}

/** The same person, however the name was written. */
export function samePerson(one: string, other: string): boolean {
  return personKey(one) === personKey(other);
}
