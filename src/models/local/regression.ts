/**
 * Multinomial logistic regression over sparse vectors, fitted by stochastic gradient descent.
 *
 * The class offsets are the logarithms of the class shares and are not learned, so a text without any known feature is
 * answered with the shares themselves. Pure and repeatable: chance comes in as an argument.
 */
import { shuffle } from "./shuffle.ts";
import type { SparseVector } from "./vocabulary.ts";

export interface LinearModel {
  /** Logarithm of each class's share. */
  offsets: Float32Array;
  /** One row of class weights per feature. Rounded to bytes in a stored model, which then scales the vector instead. */
  weights: Float32Array | Int8Array;
}

export interface FitTask {
  vectors: SparseVector[];
  /** Class per vector; -1 where it is not known. */
  targets: Int32Array;
  /** The vectors to learn from, all with a known class. */
  rows: Int32Array;
  classes: number;
  features: number;
  epochs: number;
  random: () => number;
  onEpoch: () => void;
}

/** Step size at the start; it falls in a straight line to a twentieth. Chosen on held-out parts of training data. */
const FIRST_STEP = 3;
const LAST_STEP = FIRST_STEP / 20;

/** Gradients below this move nothing that could be seen, and are most of the work when there are many classes. */
const NEGLIGIBLE = 1e-3;

/** Learns the weights from the given rows. */
export function fitRegression(task: FitTask): LinearModel {
  const { classes, vectors, targets } = task;
  const model: LinearModel = { offsets: logShares(task), weights: new Float32Array(task.features * classes) };
  const scores = new Float64Array(classes);
  const moved = new Int32Array(classes);
  const gradients = new Float64Array(classes);
  const rows = task.rows.slice();
  const steps = task.epochs * rows.length;

  let step = 0;
  for (let epoch = 0; epoch < task.epochs; epoch++) {
    shuffle(rows, task.random);
    for (const row of rows) {
      const vector = vectors[row]!;
      const size = FIRST_STEP + (LAST_STEP - FIRST_STEP) * (step++ / steps);
      scoreInto(scores, model, vector);
      softmax(scores);
      scores[targets[row]!]! -= 1;
      let count = 0;
      for (let c = 0; c < classes; c++) {
        if (Math.abs(scores[c]!) < NEGLIGIBLE) continue;
        moved[count] = c;
        gradients[count++] = scores[c]!;
      }
      if (count > 0) descend(model, vector, moved, gradients, count, size);
    }
    task.onEpoch();
  }
  return model;
}

/** Class probabilities of one vector. */
export function probabilities(model: LinearModel, vector: SparseVector): Float64Array {
  const scores = new Float64Array(model.offsets.length);
  scoreInto(scores, model, vector);
  softmax(scores);
  return scores;
}

/** Turns scores into probabilities, in place. */
export function softmax(scores: Float64Array): void {
  let highest = -Infinity;
  for (let c = 0; c < scores.length; c++) if (scores[c]! > highest) highest = scores[c]!;
  let sum = 0;
  for (let c = 0; c < scores.length; c++) sum += scores[c] = Math.exp(scores[c]! - highest);
  for (let c = 0; c < scores.length; c++) scores[c]! /= sum;
}

/** The most probable class; the first of them when several are equal. */
export function mostProbable(probabilityOf: Float64Array): number {
  let best = 0;
  for (let c = 1; c < probabilityOf.length; c++) if (probabilityOf[c]! > probabilityOf[best]!) best = c;
  return best;
}

/** Four features at a time: the sum stays in a register, which halves the time of training. */
function scoreInto(
  scores: Float64Array,
  { offsets, weights }: LinearModel,
  { features, values }: SparseVector,
): void {
  const classes = scores.length;
  scores.set(offsets);
  const whole = features.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const [v0, v1, v2, v3] = [values[i]!, values[i + 1]!, values[i + 2]!, values[i + 3]!];
    const [s0, s1] = [features[i]! * classes, features[i + 1]! * classes];
    const [s2, s3] = [features[i + 2]! * classes, features[i + 3]! * classes];
    for (let c = 0; c < classes; c++) {
      scores[c]! +=
        v0 * weights[s0 + c]! + v1 * weights[s1 + c]! + v2 * weights[s2 + c]! + v3 * weights[s3 + c]!;
    }
  }
  for (let i = whole; i < features.length; i++) {
    const value = values[i]!;
    const start = features[i]! * classes;
    for (let c = 0; c < classes; c++) scores[c]! += value * weights[start + c]!;
  }
}

/** One step against the gradient, for the first `count` of the classes listed in `moved`. */
function descend(
  { weights, offsets }: LinearModel,
  { features, values }: SparseVector,
  moved: Int32Array,
  gradients: Float64Array,
  count: number,
  size: number,
): void {
  for (let i = 0; i < features.length; i++) {
    const scale = size * values[i]!;
    const start = features[i]! * offsets.length;
    for (let m = 0; m < count; m++) weights[start + moved[m]!]! -= scale * gradients[m]!;
  }
}

function logShares({ rows, targets, classes }: FitTask): Float32Array {
  // One imaginary example per class, so that a class absent from these rows is unlikely, not impossible.
  const counts = new Float64Array(classes).fill(1);
  for (const row of rows) counts[targets[row]!]! += 1;
  return Float32Array.from(counts, (count) => Math.log(count / (rows.length + classes)));
}
