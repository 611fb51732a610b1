/**
 * Measures a local classifier against labelled examples that it has not learned from.
 *
 * An example counts for a head when its truth is a string, and for the figures of the whole answer when all heads do. A true
 * value that the classifier does not know counts as wrong.
 */
import { stopwatch } from "../../platform/clock.ts";
import { calibrationError } from "../../statistics/calibration.ts";
import { cellsOf, classify } from "../../statistics/classification.ts";
import type { LocalClassifier } from "./predict.ts";
import type { TrainingExample } from "./train.ts";

export interface LocalEvaluation {
  /** Examples with all heads known. */
  examples: number;
  /** Share of these with all heads right; `null` without examples. */
  accuracy: number | null;
  /** Mean over the heads of their macro-F1. */
  macroF1: number | null;
  /** Calibration error of the confidence, ten bins of equal width. */
  ece: number | null;
  microsecondsPerCase: number | null;
  heads: Record<string, HeadEvaluation>;
}

export interface HeadEvaluation {
  examples: number;
  accuracy: number | null;
  /** Mean F1 over the classes that occur as truth or as prediction. */
  macroF1: number | null;
}

interface Pair {
  truth: string;
  answer: string;
}

/** Predicts every example and compares. */
export function evaluateLocal(classifier: LocalClassifier, examples: TrainingExample[]): LocalEvaluation {
  const elapsed = stopwatch();
  const predictions = examples.map(({ input }) => classifier.predict(input));
  const milliseconds = elapsed();

  const pairs = new Map<string, Pair[]>(classifier.heads.map((head) => [head, []]));
  const answers: { confidence: number; right: boolean }[] = [];
  for (const [i, { output, confidence }] of predictions.entries()) {
    const truth = examples[i]!.output;
    for (const head of classifier.heads) {
      const value = truth[head];
      if (typeof value === "string") pairs.get(head)!.push({ truth: value, answer: output[head]! });
    }
    if (classifier.heads.some((head) => typeof truth[head] !== "string")) continue;
    answers.push({ confidence, right: classifier.heads.every((head) => truth[head] === output[head]) });
  }

  const heads = [...pairs].map(([head, all]) => ({ head, ...evaluateHead(all) }));
  return {
    examples: answers.length,
    accuracy: mean(answers.map(({ right }) => (right ? 1 : 0))),
    macroF1: mean(heads.flatMap(({ macroF1 }) => macroF1 ?? [])),
    ece: calibrationError(answers) ?? null,
    microsecondsPerCase: examples.length === 0 ? null : (milliseconds * 1000) / examples.length,
    heads: Object.fromEntries(heads.map(({ head, ...figures }) => [head, figures])),
  };
}

function evaluateHead(pairs: Pair[]): HeadEvaluation {
  const { accuracy, macroF1 } = classify(cellsOf(pairs));
  return { examples: pairs.length, accuracy: accuracy ?? null, macroF1: macroF1 ?? null };
}

function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
