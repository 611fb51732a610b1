/**
 * The one confidence of an answer with several heads: the calibrated probability that all of them are right.
 *
 * Each head is calibrated alone; their product is calibrated again, because heads tend to be wrong together. Pure.
 */
import { calibrate, fitCalibration, type Calibration, type Outcome } from "./calibration.ts";

export interface ConfidenceCurves {
  heads: Calibration[];
  /** Over the product of the heads' probabilities; not used with a single head. */
  joint: Calibration;
}

/** What one held-out case gave per head; `undefined` where the truth of that head is not known. */
export type CaseOutcome = (Outcome | undefined)[];

export interface Confidence {
  all: number;
  heads: number[];
}

/** Fits the curves of all heads and of their product. A case with an unknown head counts for its other heads only. */
export function fitConfidence(heads: number, cases: CaseOutcome[]): ConfidenceCurves {
  const curves = Array.from({ length: heads }, (_, head) =>
    fitCalibration(cases.map((outcome) => outcome[head]).filter((outcome) => outcome !== undefined)),
  );
  const products = complete(cases).map((outcomes) => ({
    raw: outcomes.reduce((product, { raw }, head) => product * calibrate(raw, curves[head]!), 1),
    right: outcomes.every((outcome) => outcome.right),
  }));
  return { heads: curves, joint: fitCalibration(products) };
}

/** The confidence of one answer from the raw probability of each head. */
export function confidenceOf(raw: number[], curves: ConfidenceCurves): Confidence {
  const heads = raw.map((probability, head) => calibrate(probability, curves.heads[head]!));
  if (heads.length === 1) return { all: heads[0]!, heads };
  const product = heads.reduce((sofar, probability) => sofar * probability, 1);
  return { all: calibrate(product, curves.joint), heads };
}

/** Cases in which the truth of every head is known. */
export function complete(cases: CaseOutcome[]): Outcome[][] {
  return cases.filter((outcomes): outcomes is Outcome[] =>
    outcomes.every((outcome) => outcome !== undefined),
  );
}
