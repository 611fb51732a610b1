/** The named cases of the reference file against the program's own statistics: how many values agree, and which do not. */
import { readFileSync } from "node:fs";
import { acceptanceNumber, certify, GRID, zeroErrorMinimum } from "../../../src/statistics/certification.ts";
import {
  alwaysValidInterval,
  exactInterval,
  lowerBound,
  upperBound,
  type Interval,
} from "../../../src/statistics/proportion.ts";

interface Named {
  name: string;
  inputs: unknown;
  expected: unknown;
  tolerance: number;
}

export interface VectorFigures {
  /** Values compared, by the name of their case. */
  compared: Record<string, number>;
  differing: string[];
}

type Counted = { errors: number; n: number };

const INTERVALS: Record<string, (errors: number, n: number) => Interval> = {
  clopper_pearson_two_sided_95: (errors, n) => exactInterval(errors, n, 0.95),
  clopper_pearson_one_sided_95: (errors, n) => ({
    lower: lowerBound(errors, n, 0.95),
    upper: upperBound(errors, n, 0.95),
  }),
  beta_mixture_confidence_sequence_95: (errors, n) => alwaysValidInterval(errors, n, 0.05),
};

/** Compares every value of the named cases within the tolerance that they state. */
export function compareVectors(path: string): VectorFigures {
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Named[] };
  const compared: Record<string, number> = {};
  const differing: string[] = [];
  const compare = (name: string, found: number[], expected: number[], tolerance: number) => {
    compared[name] = expected.length;
    const differs =
      found.length !== expected.length ||
      found.some((value, i) => !(Math.abs(value - expected[i]!) <= tolerance));
    if (differs) differing.push(name);
  };
  const named = (name: string): Named => {
    const found = cases.find((one) => one.name === name);
    if (!found) throw new Error(`${path} has no case ${name}.`);
    return found;
  };
  for (const [name, interval] of Object.entries(INTERVALS)) {
    const { inputs, expected, tolerance } = named(name);
    const flat = (list: Interval[]) => list.flatMap(({ lower, upper }) => [lower, upper]);
    const found = (inputs as Counted[]).map(({ errors, n }) => interval(errors, n));
    compare(name, flat(found), flat(expected as Interval[]), tolerance);
  }
  const least = named("zero_error_minimum_n");
  const plans = least.inputs as { target: number; delta: number }[];
  compare(
    least.name,
    plans.map(({ target, delta }) => zeroErrorMinimum(target, delta)),
    least.expected as number[],
    0,
  );
  const most = named("acceptance_number");
  const sizes = most.inputs as { n: number; target: number; delta: number }[];
  compare(
    most.name,
    sizes.map(({ n, target, delta }) => acceptanceNumber(n, target, delta)),
    most.expected as number[],
    0,
  );
  const { name, ...sequence } = named("threshold_fixed_sequence");
  compare(name, ...sequenceOf(sequence), sequence.tolerance);
  return { compared, differing };
}

function sequenceOf({ inputs, expected }: Omit<Named, "name">): [number[], number[]] {
  const { scores, errors } = inputs as { scores: number[]; errors: number[] };
  const wanted = expected as {
    chosen_threshold: number;
    coverage: number;
    upper_bound_95: number;
    trace: { threshold: number; n: number; errors: number; p_value: number }[];
  };
  const labels = scores.map((score, i) => ({ score, wrong: errors[i] === 1 }));
  const found = certify(labels, { target: 0.05, delta: 0.05, grid: GRID });
  if (found.kind !== "certified") return [[], [wanted.chosen_threshold]];
  return [
    [
      found.threshold,
      found.coverage,
      found.upperBound,
      ...found.tests.flatMap((one) => [one.threshold, one.n, one.errors, one.p]),
    ],
    [
      wanted.chosen_threshold,
      wanted.coverage,
      wanted.upper_bound_95,
      ...wanted.trace.flatMap((one) => [one.threshold, one.n, one.errors, one.p_value]),
    ],
  ];
}
