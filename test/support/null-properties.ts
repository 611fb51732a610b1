/**
 * What makes an e-value one: its mean over everything that can happen is at most 1 while its null hypothesis holds. Shown by
 * adding up every outcome of small samples, exactly but for rounding; and by the exact probability that a limit is ever
 * reached. The tests run a reduced form, the proof `releases.1` the whole.
 */
import { untilCeiling, untilPaired, untilRelative, untilSafe } from "../../src/statistics/detection.ts";
import {
  ceilingEvidence,
  mixedEvidence,
  pairedEvidence,
  relativeEvidence,
  safeEvidence,
} from "../../src/statistics/evidence.ts";
import { binomialMass } from "../../src/statistics/proportion.ts";
import { ratioEvidence } from "../../src/statistics/sample-ratio.ts";
import { logChoose } from "../../src/statistics/special.ts";

export interface Mean {
  /** Of which e-value, and under which truth. */
  what: string;
  /** The truth lies on the border of the null hypothesis, where the mean is exactly 1. */
  onBorder: boolean;
  mean: number;
}

export interface Reach {
  what: string;
  alpha: number;
  /** The exact probability that the limit is ever reached within the horizon. */
  reached: number;
}

type LogEvidence = (marked: number, n: number) => number;

/** The mean of E over the number of marked among n, each marked with probability p. */
function meanOf(logEvidence: LogEvidence, n: number, p: number): number {
  let mean = 0;
  for (let marked = 0; marked <= n; marked++) {
    // In logarithms: what happens hardly ever has evidence beyond every number.
    const logMass = logChoose(n, marked) + marked * Math.log(p) + (n - marked) * Math.log1p(-p);
    mean += Math.exp(logMass + logEvidence(marked, n));
  }
  return mean;
}

const candidatesPart = (share: number, multiple: number) =>
  (share * multiple) / (share * multiple + 1 - share);

/** Every mean for samples of these sizes. */
export function nullMeans(sizes: readonly number[]): Mean[] {
  const means: Mean[] = [];
  const add = (what: string, n: number, logEvidence: LogEvidence, border: number, inside: number[]) => {
    means.push({ what: `${what}, n = ${n}`, onBorder: true, mean: meanOf(logEvidence, n, border) });
    for (const p of inside)
      means.push({ what: `${what}, n = ${n}, p = ${p}`, onBorder: false, mean: meanOf(logEvidence, n, p) });
  };
  for (const n of sizes) {
    for (const ceiling of [0.02, 0.05, 0.1, 0.3, 0.5]) {
      const below = [0.9, 0.5, 0.1].map((part) => part * ceiling);
      const above = [1.1, 1.5, 1.9].map((part) => part * ceiling);
      add(`ceiling ${ceiling}`, n, (x, all) => ceilingEvidence(x, all, ceiling), ceiling, below);
      add(`safe ${ceiling}`, n, (x, all) => safeEvidence(x, all, ceiling), ceiling, above);
    }
    for (const share of [0.05, 0.1, 0.2, 0.5, 0.8])
      for (const tolerated of [1, 1.25, 2]) {
        const relative: LogEvidence = (x, all) =>
          relativeEvidence([{ share, candidateErrors: x, stableErrors: all - x }], tolerated);
        const better = [0.9, 0.5].map((part) => candidatesPart(share, part * tolerated));
        add(`relative ${share}, ${tolerated}`, n, relative, candidatesPart(share, tolerated), better);
      }
    for (const share of [0.05, 0.2, 0.5])
      add(
        `ratio ${share}`,
        n,
        (x, all) => ratioEvidence([{ share, candidate: x, stable: all - x }]),
        share,
        [],
      );
    add("paired", n, (b, all) => pairedEvidence(b, all - b), 0.5, [0.45, 0.3]);
  }
  return means;
}

/**
 * Two steps of a rollout, and the mixture over cases that go to an arm by chance: the whole path added up. `cases` in a step;
 * the work grows with its fourth power.
 */
export function nullMeansOfSteps(cases: number): Mean[] {
  const means: Mean[] = [];
  const ceiling = 0.1;
  for (const [rate, times] of [
    [ceiling, 1],
    [ceiling / 2, 1],
    [ceiling, 0.5],
  ] as const) {
    let [twoSteps, mixture] = [0, 0];
    const [one, two] = [stepOutcomes(cases, 0.2, rate, times), stepOutcomes(cases, 0.5, rate, times)];
    for (const first of one) {
      mixture += first.probability * Math.exp(mixedEvidence([first.step], first.candidates, ceiling));
      for (const second of two)
        twoSteps +=
          first.probability * second.probability * Math.exp(relativeEvidence([first.step, second.step]));
    }
    const truth = `${cases} cases a step, error rate ${rate}, candidate ${times} times`;
    means.push(
      { what: `relative over two steps, ${truth}`, onBorder: times === 1, mean: twoSteps },
      { what: `mixture, ${truth}`, onBorder: rate === ceiling && times === 1, mean: mixture },
    );
  }
  return means;
}

/** Every outcome of a step: cases that went to the candidate, and the errors of both arms, with its probability. */
function stepOutcomes(cases: number, share: number, rate: number, times: number) {
  const outcomes: {
    probability: number;
    candidates: number;
    step: { share: number; candidateErrors: number; stableErrors: number };
  }[] = [];
  for (let candidates = 0; candidates <= cases; candidates++)
    for (let candidateErrors = 0; candidateErrors <= candidates; candidateErrors++)
      for (let stableErrors = 0; stableErrors <= cases - candidates; stableErrors++)
        outcomes.push({
          probability:
            binomialMass(candidates, cases, share) *
            binomialMass(candidateErrors, candidates, rate * times) *
            binomialMass(stableErrors, cases - candidates, rate),
          candidates,
          step: { share, candidateErrors, stableErrors },
        });
  return outcomes;
}

/** The exact probability of a false alarm for somebody who looks after every case. */
export function falseReaches(alphas: readonly number[], horizon: number): Reach[] {
  return alphas.flatMap((alpha) => [
    ...[0.02, 0.05, 0.1].flatMap((ceiling) => [
      { what: `ceiling ${ceiling}`, alpha, reached: untilCeiling(ceiling, ceiling, alpha, horizon).reached },
      { what: `safe ${ceiling}`, alpha, reached: untilSafe(ceiling, ceiling, alpha, horizon).reached },
    ]),
    ...[0.1, 0.2, 0.5].map((share) => ({
      what: `relative ${share}`,
      alpha,
      reached: untilRelative({ share, stableRate: 0.05, candidateRate: 0.05 }, alpha, 1, horizon).reached,
    })),
    {
      what: "paired",
      alpha,
      reached: untilPaired({ onlyCandidateWrong: 0.05, onlyStableWrong: 0.05 }, alpha, horizon).reached,
    },
  ]);
}

/** What breaks the promise: a mean beside 1 on the border, above 1 within, or an alarm more likely than α. */
export function broken(means: readonly Mean[], reaches: readonly Reach[] = []): string[] {
  return [
    ...means
      .filter(({ onBorder, mean }) => (onBorder ? !(Math.abs(mean - 1) <= 1e-9) : !(mean <= 1 + 1e-9)))
      .map(({ what, mean }) => `${what}: mean ${mean}`),
    ...reaches
      .filter(({ alpha, reached }) => !(reached <= alpha))
      .map(({ what, alpha, reached }) => `${what}: reached with ${reached}, allowed ${alpha}`),
  ];
}
