/**
 * A logistic curve over log-odds, fitted by Newton's method: the smooth part of the calibration in calibration.ts. Pure.
 *
 * probability = 1 / (1 + exp(-(offset + slope * x)))
 */
import { sigmoid } from "../../statistics/calibration.ts";

export interface Logistic {
  offset: number;
  slope: number;
}

export interface Target {
  /** Log-odds of the raw probability. */
  x: number;
  /** What the curve should answer there, 0 to 1. */
  target: number;
}

/** Keeps the fit finite when targets are few or all alike. */
const RIDGE = 1e-3;

const NEWTON_STEPS = 50;
const SHORTEST_STEP = 1e-6;

/** Fits offset and slope; both are 0 without targets. The log-loss is convex, so this ends at its one minimum. */
export function fitLogistic(targets: Target[]): Logistic {
  let curve: Logistic = { offset: 0, slope: 0 };
  let loss = logLoss(targets, curve);
  for (let round = 0; round < NEWTON_STEPS; round++) {
    const direction = newtonDirection(targets, curve);
    let size = 1;
    let next = moved(curve, direction, size);
    let nextLoss = logLoss(targets, next);
    while (nextLoss > loss && size > SHORTEST_STEP) {
      size /= 2;
      next = moved(curve, direction, size);
      nextLoss = logLoss(targets, next);
    }
    if (!(nextLoss < loss)) return curve;
    curve = next;
    loss = nextLoss;
  }
  return curve;
}

function newtonDirection(targets: Target[], { offset, slope }: Logistic): Logistic {
  let g0 = RIDGE * offset;
  let g1 = RIDGE * slope;
  let h00 = RIDGE;
  let h01 = 0;
  let h11 = RIDGE;
  for (const { x, target } of targets) {
    const p = sigmoid(offset + slope * x);
    const spread = p * (1 - p);
    g0 += p - target;
    g1 += (p - target) * x;
    h00 += spread;
    h01 += spread * x;
    h11 += spread * x * x;
  }
  const determinant = h00 * h11 - h01 * h01;
  return { offset: (h11 * g0 - h01 * g1) / determinant, slope: (h00 * g1 - h01 * g0) / determinant };
}

function moved(curve: Logistic, direction: Logistic, size: number): Logistic {
  return { offset: curve.offset - size * direction.offset, slope: curve.slope - size * direction.slope };
}

function logLoss(targets: Target[], { offset, slope }: Logistic): number {
  let loss = (RIDGE / 2) * (offset * offset + slope * slope);
  for (const { x, target } of targets) {
    const z = offset + slope * x;
    // log(1 + e^z) - target * z, written so that no exponential overflows.
    loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target * z;
  }
  return loss;
}
