/**
 * The decision rules of a release: CEL expressions over `input` and `output` that send a case to review.
 *
 * An expression that fails at run time (a missing optional field that was not asked for with `has(...)`, a division by
 * zero) is reported as failed, and the case goes to review as well: missing is not passing. The language is in cel.ts,
 * the check of an expression in expression.ts.
 */
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { celValues, environmentFor } from "./cel.ts";
import type { ReleaseDocument } from "./document.ts";
import { faultsIn } from "./expression.ts";

export interface Rules {
  /** The expressions that hold for this case, and those that could not be evaluated. Either sends it to review. */
  review(input: JsonObject, output: JsonObject): { matched: string[]; failed: string[] };
}

/** Compiles the rules of a release; throws `definition_invalid` for an expression that the check would refuse. */
export function compileRules(release: Pick<ReleaseDocument, "input" | "output" | "decide">): Rules {
  return compileExpressions(release.decide.review, release);
}

/** The same for expressions that stand elsewhere, over the schemas of a release. */
export function compileExpressions(
  expressions: readonly string[],
  release: Pick<ReleaseDocument, "input" | "output">,
): Rules {
  const environment = environmentFor(release.input, release.output);
  const rules = expressions.map((expression) => {
    const [fault] = faultsIn(environment, expression, release);
    if (fault !== undefined) {
      throw new PilotageError(
        "definition_invalid",
        `The rule ${expression} cannot be used: ${fault.message}.`,
      );
    }
    return { expression, holds: environment.parse(expression) };
  });
  const values = celValues(release.input, release.output);
  return {
    review(input, output) {
      const matched: string[] = [];
      const failed: string[] = [];
      if (rules.length === 0) return { matched, failed };
      const context = attempt(() => values(input, output));
      for (const { expression, holds } of rules) {
        const held = context === undefined ? undefined : attempt(() => holds(context));
        if (held === true) matched.push(expression);
        else if (held !== false) failed.push(expression);
      }
      return { matched, failed };
    },
  };
}

/** What a computation gives; `undefined` when it fails, be it for a value nested too deeply for the stack. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
