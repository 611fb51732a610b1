/**
 * The sample that a certificate is made from: scored labels in order of arrival, the traffic that places the start, counts.
 *
 * Each source of labels (coin labels, a candidate's shadow output, an evaluation set) has a file of its own that answers
 * this shape; what follows from it is in certification.ts, and is the same for all.
 */
import type { CertificationSource } from "../contract/certificate-endpoints.ts";
import type { Queryable } from "../platform/database.ts";

/** The score of a case that can never go out alone: no confidence, or a rule of the release sends it to a person. */
export const BELOW_EVERY_THRESHOLD = -1;

/** The model that answered, by its own words; null where it said nothing. */
export interface ModelPair {
  answered: string | null;
  version: string | null;
}

export interface SampledLabel {
  score: number;
  /** Also true where the label leaves it open, and where a case inside the cut-off has no label. */
  wrong: boolean;
  /** The value of the field that the confidence is about; undefined unless it was asked for. */
  category: string | undefined;
}

/** Answered cases of the same release, step, model and span of time with this score, whether labelled or not. */
export interface Traffic {
  score: number;
  category: string | undefined;
  cases: number;
}

export interface CertificationSample {
  model: ModelPair;
  /** Only simulated labels, or some of them. */
  simulated: boolean;
  /** In order of arrival, one for each thread, drills left out. */
  labels: SampledLabel[];
  traffic: Traffic[];
  /** Labels by where they came from ("cold", "qa", "review", "open" for those without one ...). */
  counted: Record<string, number>;
  /** Cases or labels that were not counted, by the reason. */
  leftOut: Record<string, number>;
  /** The evaluation set or run that the labels are of; null for other sources. */
  set: string | null;
  /** The least number that a look at this sample may have: which run of a set it is; 1 for other sources. */
  leastLook: number;
}

export interface SampleRequest {
  workflow: string;
  release: string;
  step: number;
  /** The evaluation set that was named; undefined for other sources. */
  set: string | undefined;
  /**
   * Only cases that arrived later count, and runs that were started later: since the fields that the model sees were
   * changed last, and never longer ago than evidence holds.
   */
  since: number;
  /** Whether labels of programs that play a person count. */
  simulated: boolean;
  /** The output field whose values are the categories, when each is certified by itself. */
  category: string | undefined;
  /** Thresholds that will be tested; traffic may be counted in these steps. */
  grid: readonly number[];
  /** Only this part of the cases (calibration.ts); undefined: all of them. A set knows no parts. */
  part: "fit" | "certify" | undefined;
}

/** Answers the sample, or undefined when no case was answered yet. Throws `wrong_state` or `not_found` when there can be none. */
export type SampleSource = (
  database: Queryable,
  request: SampleRequest,
) => Promise<CertificationSample | undefined>;

/** A source for each name; one that is not handed in cannot be asked for. */
export type SampleSources = Partial<Record<CertificationSource, SampleSource>>;
