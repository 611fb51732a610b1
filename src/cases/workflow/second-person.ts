/**
 * Whether somebody may approve or refuse a change that waits. Pure: the roles of whoever asked are those that were kept.
 */
import { refusal } from "../../access/caller.ts";
import { mayAsOneOfTwo, whoMay } from "../../access/rules.ts";
import { demandOneOfTwo, makePair, samePerson, type Standing } from "../../access/standing.ts";
import type { Role } from "../../contract/access.ts";
import { PilotageError } from "../../contract/errors.ts";
import { ruleForTwo } from "./rule.ts";

interface Waiting {
  setting: string;
  requested_by: string;
  /** Null: asked for from the machine itself. */
  requested_roles: readonly Role[] | null;
}

/** Throws unless this person and whoever asked are two, and the pair that the rule asks for. */
export function demandSecond(change: Waiting, by: Standing): void {
  const rule = ruleForTwo(change.setting);
  const asked = change.requested_by;
  if (samePerson(asked, by.actor.name))
    throw new PilotageError(
      "second_person_needed",
      `${by.actor.name} asked for this change and cannot approve it: ${whoMay(rule)}. Nothing was changed.`,
      { hint: "Let another person approve it: in the console, or with `pilotage approve`." },
    );
  demandOneOfTwo(by, rule);
  if (!makePair(rule, change.requested_roles, by.roles))
    throw new PilotageError(
      "second_person_needed",
      `${asked} asked for this change as ${words(change.requested_roles)}, and you decide as ${words(by.roles)}: ${whoMay(rule)}. Nothing was changed.`,
      { hint: "It waits for somebody with the other role." },
    );
}

/** Whoever asked takes it back; whoever could be one of the two refuses it. */
export function demandMayRefuse(change: Waiting, by: Standing): void {
  if (samePerson(change.requested_by, by.actor.name)) return;
  const rule = ruleForTwo(change.setting);
  if (by.roles !== null && !mayAsOneOfTwo(rule, by.roles)) throw refusal(rule, by.roles);
}

function words(roles: readonly Role[] | null): string {
  return roles === null ? "the operator" : roles.join(" and ").replaceAll("_", "-");
}
