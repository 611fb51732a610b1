/** The table of rules as the page docs/reference/rules.md: one row an action, in the words of the contract. Pure. */
import { ACTIONS, type Action, type Role } from "../contract/access.ts";
import { RULES } from "./rules.ts";

/** The cells of each row: action, what it is, who alone, which two, which scope of a key. */
export function ruleRows(rules: typeof RULES = RULES): string[][] {
  return (Object.keys(ACTIONS) as Action[]).map((action) => {
    const { alone, pair, scope, whole } = rules[action];
    return [
      action,
      ACTIONS[action],
      alone.length === 0 ? "nobody" : `${group(alone)}${whole ? ", for the whole installation" : ""}`,
      pair === null ? "no" : `${group(pair[0])} with ${group(pair[1])}`,
      scope ?? "none",
    ];
  });
}

function group(roles: readonly Role[]): string {
  return roles.map((role) => role.replaceAll("_", "-")).join(", ");
}
