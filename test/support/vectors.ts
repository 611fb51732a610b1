/** The named cases of the reference file against the program's own statistics: how many values agree, and which do not. */
import type { JsonValue } from "../../src/contract/json.ts";
import type { Computation, Named } from "./reference-file.ts";
import { MEASURES } from "./vectors-of-measures.ts";
import { ROLLOUTS } from "./vectors-of-rollouts.ts";

const COMPUTED: Record<string, Computation> = { ...ROLLOUTS, ...MEASURES };

export interface VectorFigures {
  /** Numbers and words compared, by the name of their case. */
  compared: Record<string, number>;
  /** What differs, with where and how; also cases that nobody computes, and computations without a case. */
  differing: string[];
}

/** Compares every value of the named cases within the tolerance that they state; all of them, or those named. */
export function compareVectors(cases: readonly Named[], names?: readonly string[]): VectorFigures {
  const compared: Record<string, number> = {};
  const differing: string[] = [];
  for (const one of cases) {
    if (names && !names.includes(one.name)) continue;
    const compute = COMPUTED[one.name];
    if (!compute) {
      differing.push(`${one.name}: nobody computes it`);
      continue;
    }
    const found = compute(one, (name) => cases.find((other) => other.name === name)!);
    const { values, differences } = compareValues(found, one.expected, one.tolerance, one.name);
    compared[one.name] = values;
    differing.push(...differences);
  }
  for (const name of names ?? Object.keys(COMPUTED))
    if (!cases.some((one) => one.name === name)) differing.push(`${name}: the file has no such case`);
  return { compared, differing };
}

/** |found − expected| ≤ tolerance·max(1, |expected|) for numbers; words, truth and null are the same or not. */
function compareValues(
  found: unknown,
  expected: JsonValue,
  tolerance: number,
  where: string,
): { values: number; differences: string[] } {
  if (typeof expected === "object" && expected !== null) {
    const keys = Object.keys(expected);
    const parts = keys.map((key) =>
      compareValues(
        (found as Record<string, unknown> | undefined)?.[key],
        (expected as Record<string, JsonValue>)[key]!,
        tolerance,
        `${where}.${key}`,
      ),
    );
    const more = Object.keys(found ?? {}).filter((key) => !keys.includes(key));
    return {
      values: parts.reduce((sum, { values }) => sum + values, 0),
      differences: [
        ...parts.flatMap(({ differences }) => differences),
        ...more.map((key) => `${where}.${key}: the file does not name it`),
      ],
    };
  }
  const same =
    typeof expected === "number"
      ? typeof found === "number" &&
        Math.abs(found - expected) <= Math.max(tolerance, Number.EPSILON) * Math.max(1, Math.abs(expected))
      : found === expected;
  return {
    values: 1,
    differences: same ? [] : [`${where}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`],
  };
}
