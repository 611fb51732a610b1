/**
 * How many people must stand behind an answer before it goes out, and who does. Pure.
 *
 * A workflow's `fourEyes` names the answers that take several. Whoever edits stands behind the new answer alone, and
 * nobody counts twice: people are told apart by who is behind a name or a key, not by how that is called.
 */
import { personKey } from "../access/caller.ts";
import type { JsonObject } from "../contract/json.ts";
import type { WorkflowDocument } from "../definition/document.ts";
import { sameJson } from "../definition/path.ts";
import { compileExpressions, type Rules } from "../definition/rules.ts";
import type { ReleaseView } from "../cases/workflow/registry.ts";

export type FourEyes = NonNullable<WorkflowDocument["fourEyes"]>;

/** Who stands behind the answer once this person has given it. */
export function behindAnswer(given: {
  person: { name: string; stands: string };
  answer: JsonObject;
  behind: readonly string[];
  /** The answer that those behind it gave; undefined before the first. */
  standing: JsonObject | undefined;
}): string[] {
  const { person, answer, behind, standing } = given;
  const me = person.stands;
  if (standing === undefined || !sameJson(standing, answer)) return [me];
  // Turns that opened before people were told apart so hold names.
  return behind.includes(me) || behind.includes(personKey(person.name)) ? [...behind] : [...behind, me];
}

/** Whether the answer takes more than one person. What cannot be evaluated does: missing is not passing. */
export function takesSeveral(
  rule: FourEyes,
  release: ReleaseView,
  input: JsonObject | undefined,
  answer: JsonObject,
): boolean {
  if (rule.when.length === 0) return true;
  if (input === undefined) return true;
  let rules: Rules;
  try {
    rules = compiledFor(rule, release);
  } catch {
    return true;
  }
  const { matched, failed } = rules.review(input, answer);
  return matched.length > 0 || failed.length > 0;
}

/** Compiled once for each release; a dial that was moved has expressions of its own. */
const compiled = new WeakMap<ReleaseView, Map<string, Rules>>();

function compiledFor(rule: FourEyes, release: ReleaseView): Rules {
  const known = compiled.get(release) ?? new Map<string, Rules>();
  compiled.set(release, known);
  const name = JSON.stringify(rule.when);
  const rules = known.get(name) ?? compileExpressions(rule.when, release.document);
  known.set(name, rules);
  return rules;
}
