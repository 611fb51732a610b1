/**
 * Under which rule a change of a dial falls (access/rules.ts), by its name and by which way it goes. Pure.
 */
import type { Action } from "../../contract/access.ts";

/** Waives the go, which unlocks the autonomy: it takes the pair that says go. */
export const GO_WAIVER = "waiver.go";
export const SHARE = "share";
/** The next stage of a rollout, its promotion, or going on after an alarm. */
export const ROLLOUT = "rollout.step";

/** More of a request may go to a model that programs ask (model/policy-changes.ts). Of no workflow. */
export const OFFERED_POLICY = "connection.policy";

/** What two people decide together, by setting; every other dial that loosens falls under `dial.loosen`. */
const PAIRED: Readonly<Record<string, Action>> = {
  autonomy: "autonomy.raise",
  [SHARE]: "share.raise",
  [ROLLOUT]: "share.raise",
  [GO_WAIVER]: "go.grant",
  retention: "data.change",
  blockFields: "data.change",
  [OFFERED_POLICY]: "connection.loosen_policy",
  "works_council.individuals": "works_council.individuals",
};

/** The rule for a change that waits for its second person. */
export function ruleForTwo(setting: string): Action {
  return PAIRED[setting] ?? "dial.loosen";
}

/** The rule for a change that is in force at once. */
export function ruleAlone(setting: string): Action {
  if (setting === "autonomy") return "autonomy.lower";
  return setting === "people" || setting === "support" ? "people.appoint" : "dial.tighten";
}
