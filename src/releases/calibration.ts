/**
 * Calibration of a release's confidence: a rising curve to the share of answers that are right, and what it is good for.
 *
 * The curve changes no order, so it makes no release better: it makes confidence readable, lets categories be compared, and
 * lets the mean confidence stand for the share of right answers until labels come. Fitted on the part of the coin labels that
 * certifies nothing (`partOf`). Pure; storing it is in calibrate.ts.
 */
import { bucket } from "../cases/intake/coins.ts";
import {
  applyIsotonic,
  applyTemperature,
  calibrationFigures,
  fitIsotonic,
  fitTemperature,
  logOdds,
  sigmoid,
  type Believed,
  type CalibrationFigures,
} from "../statistics/calibration.ts";

export type Curve =
  { method: "temperature"; temperature: number } | { method: "isotonic"; steps: CountedStep[] };

/** From this confidence on `right` of `n` were right. */
export interface CountedStep {
  from: number;
  right: number;
  n: number;
}

/** One in four of the labelled cases tells how far confidence can be believed; the other three may certify. */
const FIT_SHARE = 0.25;
/** From so many labels on steps of any shape are fitted; below, one number. */
export const ISOTONIC_FROM = 1_000;
/** With fewer labels, or fewer wrong ones, nothing is fitted. */
export const LEAST_LABELS = 30;
export const LEAST_WRONG = 3;
const FOLDS = 5;
const ROUNDING = 1e-9;

/**
 * Which part of the labels a case belongs to: drawn by hash from the release and the case (or its thread), before anybody
 * answers, so that no label is ever used for both and a later fit takes nothing from the other part.
 */
export function partOf(release: string, unit: string): "fit" | "certify" {
  return bucket(`calibration:${release}`, unit) < FIT_SHARE ? "fit" : "certify";
}

export interface Fitted {
  curve: Curve;
  n: number;
  right: number;
  /** On cases that the curve was not fitted on: five folds, each judged by the curve of the other four. */
  before: CalibrationFigures;
  after: CalibrationFigures;
}

/** Fits the curve; undefined where there are too few labels, or too few of one kind. */
export function fitCurve(cases: readonly Believed[]): Fitted | undefined {
  const right = cases.filter((one) => one.right).length;
  if (cases.length < LEAST_LABELS || cases.length - right < LEAST_WRONG || right < LEAST_WRONG)
    return undefined;
  const curve = curveOf(cases);
  if (!curve) return undefined;
  const judged = cases.flatMap((one, i) => (i < FOLDS ? foldFrom(cases, i) : []));
  return {
    curve,
    n: cases.length,
    right,
    before: calibrationFigures(cases)!,
    after: calibrationFigures(judged)!,
  };
}

/** The cases of one fold, with the confidence that the curve of all others gives them. */
function foldFrom(cases: readonly Believed[], fold: number): Believed[] {
  const others = curveOf(cases.filter((_, i) => i % FOLDS !== fold));
  return cases
    .filter((_, i) => i % FOLDS === fold)
    .map(({ confidence, right }) => ({
      // A fold whose others are all right, or all wrong, keeps what the model said.
      confidence: others ? calibrated(others, confidence) : confidence,
      right,
    }));
}

function curveOf(cases: readonly Believed[]): Curve | undefined {
  if (cases.length >= ISOTONIC_FROM)
    return {
      method: "isotonic",
      steps: fitIsotonic(cases).map(({ from, right, n }) => ({ from, right: Math.round(right * n), n })),
    };
  const temperature = fitTemperature(cases);
  return temperature === undefined ? undefined : { method: "temperature", temperature };
}

/** What a confidence is worth by the curve. */
export function calibrated(curve: Curve, confidence: number): number {
  return curve.method === "temperature"
    ? applyTemperature(confidence, curve.temperature)
    : applyIsotonic(
        confidence,
        curve.steps.map(({ from, right, n }) => ({ from, right: right / n, n })),
      );
}

/** The lowest confidence of the model that is worth as much; undefined where none is. */
function confidenceFor(curve: Curve, worth: number): number | undefined {
  if (curve.method === "temperature") {
    if (calibrated(curve, 0) >= worth) return 0;
    const own = sigmoid(logOdds(worth) * curve.temperature);
    // A confidence of 1 is worth less than 1: by a steep curve nothing may be worth as much.
    return calibrated(curve, own) >= worth - ROUNDING ? own : undefined;
  }
  const place = curve.steps.findIndex(({ right, n }) => right / n >= worth);
  if (place < 0) return undefined;
  return place === 0 ? 0 : curve.steps[place]!.from;
}

/**
 * A grid of calibrated thresholds, as confidence of the model itself, from tight to loose: what is tested on it is just what is
 * let out by it, with no rounding between. Steps that mean the same are one.
 */
export function gridOf(curve: Curve, grid: readonly number[]): number[] {
  const own = grid.flatMap((worth) => confidenceFor(curve, worth) ?? []);
  return own.filter((threshold, i) => i === 0 || threshold < own[i - 1]!);
}
