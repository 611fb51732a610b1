/** What the program computes for the reference cases of base functions, intervals, rollouts and thresholds. */
import { bucket } from "../../src/cases/intake/coins.ts";
import {
  applyIsotonic,
  calibrationFigures,
  fitIsotonic,
  fitTemperature,
  logLoss,
} from "../../src/statistics/calibration.ts";
import { acceptanceNumber, certify, GRID, zeroErrorMinimum } from "../../src/statistics/certification.ts";
import { mcnemar } from "../../src/statistics/comparison.ts";
import {
  ceilingEvidence,
  mixedEvidence,
  pairedEvidence,
  rejects,
  relativeEvidence,
  safeEvidence,
} from "../../src/statistics/evidence.ts";
import {
  alwaysValidInterval,
  differenceInterval,
  exactInterval,
  lowerBound,
  upperBound,
  wilsonInterval,
  type Counted,
} from "../../src/statistics/proportion.ts";
import { ratioEvidence, ratioP } from "../../src/statistics/sample-ratio.ts";
import { chiSquareTail, incompleteBeta, logBeta, normalQuantile } from "../../src/statistics/special.ts";
import { asymptoticLowerBound, msprt, selectionWithGuaranteedRisk, type SgrStep } from "./rivals.ts";
import { each, type Computation, type Named } from "./reference-file.ts";

const counted = (of: (errors: number, n: number, parameters: Record<string, number>) => unknown) =>
  each(({ errors, n }: Counted, parameters) => of(errors, n, parameters));

const labelsOf = ({ inputs }: Named) =>
  (inputs.scores as number[]).map((score, i) => ({ score, wrong: inputs.errors[i] === 1 }));

const believed = ({ inputs }: Named) =>
  (inputs.confidence as number[]).map((confidence, i) => ({ confidence, right: inputs.correct[i] === 1 }));

export const ROLLOUTS: Record<string, Computation> = {
  special_incomplete_beta: each(({ x, a, b }) => incompleteBeta(x, a, b)),
  special_normal_quantile: ({ inputs }) => (inputs.p as number[]).map(normalQuantile),
  special_chi2_sf: ({ inputs }) => (inputs.x as number[]).map((x, i) => chiSquareTail(x, inputs.df[i])),
  special_log_beta: ({ inputs }) => (inputs.a as number[]).map((a, i) => logBeta(a, inputs.b[i])),

  clopper_pearson_two_sided_95: counted((errors, n, { confidence }) => exactInterval(errors, n, confidence!)),
  clopper_pearson_one_sided_95: counted((errors, n) => ({
    lower: lowerBound(errors, n, 0.95),
    upper: upperBound(errors, n, 0.95),
  })),
  wilson_two_sided_95: counted((errors, n, { confidence }) => wilsonInterval(errors, n, confidence!)),
  beta_mixture_confidence_sequence_95: counted((errors, n, { alpha, a, b }) =>
    alwaysValidInterval(errors, n, alpha!, a, b),
  ),
  newcombe_difference_95: each(({ k1, n1, k2, n2 }, { confidence }) =>
    differenceInterval({ errors: k1, n: n1 }, { errors: k2, n: n2 }, confidence),
  ),

  e_relative_trajectory({ inputs, parameters }) {
    const { canary_share: share, rho0, alpha } = parameters;
    const logs = (inputs.error_events as number[]).map((_, i, events) => {
      const candidateErrors = events.slice(0, i + 1).filter((arm) => arm === 1).length;
      return relativeEvidence([{ share, candidateErrors, stableErrors: i + 1 - candidateErrors }], rho0);
    });
    return {
      e_values: logs.map(Math.exp),
      first_event_index_reaching_20: logs.findIndex((log) => rejects(log, alpha)) + 1,
    };
  },
  e_relative_counts: each((one) => Math.exp(relativeEvidence([stepOf(one)], one.rho0))),
  e_relative_two_steps: ({ inputs, parameters }) =>
    Math.exp(relativeEvidence((inputs.steps as CanaryStep[]).map(stepOf), parameters.rho0)),
  e_ceiling_counts: each(({ errors, n, ceiling }) => Math.exp(ceilingEvidence(errors, n, ceiling))),
  e_safe_promotion_gate: each(({ errors, n, ceiling }) => Math.exp(safeEvidence(errors, n, ceiling))),
  e_mixture_default({ inputs, parameters }) {
    const { canary_errors, canary_n, ceiling } = inputs;
    const steps = [stepOf(inputs)];
    const mixed = mixedEvidence(steps, canary_n, ceiling, parameters.rho0);
    return {
      e_relative: Math.exp(relativeEvidence(steps, parameters.rho0)),
      e_ceiling: Math.exp(ceilingEvidence(canary_errors, canary_n, ceiling)),
      e_mixture: Math.exp(mixed),
      rollback: rejects(mixed, parameters.alpha),
    };
  },
  e_paired_shadow: each(({ candidate_only_wrong: b, baseline_only_wrong: c }) =>
    Math.exp(pairedEvidence(b, c)),
  ),
  mcnemar_exact: each(({ b, c }) => mcnemar(b, c)),
  asymptotic_confidence_sequence({ inputs, parameters }) {
    const lower = (tunedTo: number) =>
      asymptoticLowerBound(
        { rate: inputs.p_canary, n: inputs.n_canary },
        { rate: inputs.p_control, n: inputs.n_control },
        parameters.alpha,
        tunedTo,
      );
    return { lower_bound_difference_nstar5000: lower(5_000), lower_bound_difference_nstar500: lower(500) };
  },
  msprt_normal: each(({ n, mean_difference, sigma2, tau2 }) => msprt(n, mean_difference, sigma2, tau2)),
  sample_ratio_mismatch: each(({ n_canary: candidate, n_control: stable, share }) => ({
    chi2_p: ratioP({ share, candidate, stable }),
    e_value: Math.exp(ratioEvidence([{ share, candidate, stable }])),
  })),
  assignment_bucket({ inputs }) {
    const buckets = (inputs.units as string[]).map((unit) => bucket(inputs.salt, unit));
    return {
      bucket: buckets,
      canary_at_20_percent: buckets.map((one) => one < 0.2),
      canary_at_50_percent: buckets.map((one) => one < 0.5),
    };
  },

  zero_error_minimum_n: each(({ target, delta }) => zeroErrorMinimum(target, delta)),
  acceptance_number: each(({ n, target, delta }) => acceptanceNumber(n, target, delta)),
  threshold_fixed_sequence(one) {
    const found = certify(labelsOf(one), { ...one.parameters, grid: GRID });
    if (found.kind !== "certified") return found;
    const { n, errors } = found.tests.findLast(({ threshold }) => threshold === found.threshold)!;
    return {
      chosen_threshold: found.threshold,
      accepted: n,
      errors_accepted: errors,
      coverage: found.coverage,
      upper_bound_95: found.upperBound,
      trace: found.tests.map(({ p, ...step }) => ({ ...step, p_value: p })),
    };
  },
  threshold_sgr({ parameters }, other) {
    const labels = labelsOf(other("threshold_fixed_sequence"));
    const shown = ({ trace, last }: { trace: SgrStep[]; last: SgrStep | undefined }) => ({
      trace,
      last_passing_threshold: last?.threshold ?? null,
      last_passing_bound: last?.bound ?? null,
    });
    const [tight, loose] = (parameters.targets as number[]).map((target) =>
      shown(selectionWithGuaranteedRisk(labels, target, parameters.delta)),
    );
    return { target_0_05: tight, target_0_08: loose };
  },
  brier_ece(one) {
    const found = calibrationFigures(believed(one))!;
    return {
      brier: found.brier,
      log_loss: found.logLoss,
      ece_10_equal_width: found.equalWidth.error,
      mce_10_equal_width: found.equalWidth.most,
      ece_5_equal_mass: found.equalMass.error,
      cbpe_estimated_accuracy: found.expected,
      realised_accuracy: found.right,
    };
  },
  temperature_scaling_binary(one) {
    const temperature = fitTemperature(believed(one))!;
    return {
      temperature,
      nll_before: logLoss(believed(one)),
      nll_after: logLoss(believed(one), temperature),
    };
  },
  isotonic_pav({ inputs }) {
    const right = inputs.correct_sorted_by_confidence as number[];
    const cases = right.map((one, i) => ({ confidence: i / right.length, right: one === 1 }));
    const steps = fitIsotonic(cases);
    return cases.map(({ confidence }) => applyIsotonic(confidence, steps));
  },
};

interface CanaryStep {
  canary_share: number;
  canary_errors: number;
  control_errors: number;
}

function stepOf({ canary_share, canary_errors, control_errors }: CanaryStep) {
  return { share: canary_share, candidateErrors: canary_errors, stableErrors: control_errors };
}
