/**
 * Turns a raw probability into one that can be believed: of the cases given 0.9, about nine in ten are right.
 *
 * Two steps, both fitted on cases that the model had not learned from: a logistic curve over the log-odds of the raw
 * probability (Platt scaling, in platt.ts), which few cases suffice for and which stays away from 0 and 1; and where cases are
 * many, points through which the curve is bent, because wrong labels and double meanings put floors and ceilings into the
 * truth that no logistic curve has. The result never falls as the raw probability rises. Pure.
 */
import { logOdds, sigmoid } from "../../statistics/calibration.ts";
import { fitLogistic, type Logistic, type Target } from "./platt.ts";

/** Log-odds of the calibrated over log-odds of the raw probability: straight between the points, the logistic curve beyond. */
export interface Calibration extends Logistic {
  points: { x: number; y: number }[];
}

/** What one held-out case gave: the raw probability of its answer, and whether the answer was right. */
export interface Outcome {
  raw: number;
  right: boolean;
}

/** A point rests on at least so many cases, and there are at most so many points. */
const CASES_PER_POINT = 100;
const MOST_POINTS = 15;

/** A point starts as if it had seen so many cases that lie on the logistic curve. */
const PULL = 20;

/** Fits the curve to held-out outcomes. Without outcomes it answers 0.5 to everything: nothing is known. */
export function fitCalibration(outcomes: Outcome[]): Calibration {
  const right = outcomes.filter((outcome) => outcome.right).length;
  // Targets short of 0 and 1 (Platt): a hundred cases without an error do not prove that there is none.
  const targetRight = (right + 1) / (right + 2);
  const targetWrong = 1 / (outcomes.length - right + 2);
  const targets = outcomes.map((outcome) => ({
    x: logOdds(outcome.raw),
    target: outcome.right ? targetRight : targetWrong,
  }));

  const curve = fitLogistic(targets);
  if (curve.slope >= 0) return { ...curve, points: bend(targets, curve) };
  // A falling curve means that the raw probability says nothing here: every case gets the share of right ones.
  return { offset: logOdds((right + 1) / (outcomes.length + 2)), slope: 0, points: [] };
}

/** The calibrated probability, 0 to 1. */
export function calibrate(raw: number, { offset, slope, points }: Calibration): number {
  const x = logOdds(raw);
  const next = points.findIndex((point) => point.x > x);
  const before = points.at(next < 0 ? -1 : next - 1);
  const after = points[next];
  if (before === undefined) return sigmoid(offset + slope * x);
  if (after === undefined) return sigmoid(before.y + slope * (x - before.x));
  if (next === 0) return sigmoid(after.y + slope * (x - after.x));
  return sigmoid(before.y + ((after.y - before.y) * (x - before.x)) / (after.x - before.x));
}

interface Group {
  cases: number;
  x: number;
  /** Sums over the cases, the imagined ones of the pull included in `weight` and `right`. */
  weight: number;
  right: number;
}

/** The points: equal shares of the cases by raw probability, merged until the share of right ones rises with it. */
function bend(targets: Target[], { offset, slope }: Logistic): Calibration["points"] {
  const count = Math.min(MOST_POINTS, Math.floor(targets.length / CASES_PER_POINT));
  if (count < 2) return [];
  const sorted = [...targets].sort((a, b) => a.x - b.x);
  const groups: Group[] = [];
  for (let i = 0; i < count; i++) {
    const part = sorted.slice(
      Math.floor((i * sorted.length) / count),
      Math.floor(((i + 1) * sorted.length) / count),
    );
    const x = part.reduce((sum, target) => sum + target.x, 0) / part.length;
    const right = part.reduce((sum, { target }) => sum + target, PULL * sigmoid(offset + slope * x));
    let last: Group = { cases: part.length, x, weight: part.length + PULL, right };
    for (let before = groups.at(-1); before !== undefined && !rises(before, last); before = groups.at(-1)) {
      groups.pop();
      last = merged(before, last);
    }
    groups.push(last);
  }
  return groups.map(({ x, right, weight }) => ({ x, y: logOdds(right / weight) }));
}

function rises(before: Group, after: Group): boolean {
  return after.x > before.x && after.right / after.weight > before.right / before.weight;
}

function merged(one: Group, other: Group): Group {
  const cases = one.cases + other.cases;
  return {
    cases,
    x: (one.x * one.cases + other.x * other.cases) / cases,
    weight: one.weight + other.weight,
    right: one.right + other.right,
  };
}
