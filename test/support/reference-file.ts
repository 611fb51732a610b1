/**
 * The reference file of statistics: named cases with inputs, expected values and a tolerance. It lies beside the checkout and
 * is no part of it. What the program computes for a name is in vectors-of-rollouts.ts and vectors-of-measures.ts.
 */
import { existsSync, readFileSync } from "node:fs";
import type { JsonValue } from "../../src/contract/json.ts";

// Each case has a shape of its own; the computation of its name says what it reads.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

export interface Named {
  name: string;
  inputs: Loose;
  parameters: Loose;
  expected: JsonValue;
  tolerance: number;
}

/** The named cases; undefined where the file does not lie beside the checkout. */
export function readVectors(
  path: URL | string = new URL("../../../shared/reference/statistics.json", import.meta.url),
): Named[] | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { cases: Named[] }).cases : undefined;
}

/** Computes a case in the shape of its expected values; may ask for another case by name. */
export type Computation = (one: Named, other: (name: string) => Named) => unknown;

/** Computes one value for each input. */
export const each =
  (of: (input: Loose, parameters: Loose) => unknown): Computation =>
  ({ inputs, parameters }) =>
    (inputs as unknown[]).map((input) => of(input, parameters));
