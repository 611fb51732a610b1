/** What the program computes for the reference cases of quality samples, drift, go / no-go, before and after. */
import { cohenKappa, krippendorffAlpha } from "../../src/statistics/agreement.ts";
import { bootstrapInterval, mulberry32, quantile } from "../../src/statistics/bootstrap.ts";
import { changeLevel, MULTIPLES, unwatched, watch, type ChangePlan } from "../../src/statistics/change.ts";
import { categoricalDrift, numericDrift } from "../../src/statistics/drift.ts";
import { judgeShare, sampleSize, type Levels } from "../../src/statistics/levels.ts";
import { benjaminiHochberg, eBenjaminiHochberg, holm } from "../../src/statistics/multiple-testing.ts";
import { quantileInterval } from "../../src/statistics/quantiles.ts";
import { kolmogorovTail } from "../../src/statistics/ranks.ts";
import { rateRatio, ratioOfSums, returnOf, standardise } from "../../src/statistics/rates.ts";
import {
  correctedRate,
  mostErrors,
  predictionPoweredRate,
  stratifiedRate,
  type Stratum,
} from "../../src/statistics/sampling.ts";
import { adwin, pageHinkley } from "./rivals.ts";
import { each, type Computation, type Named } from "./reference-file.ts";

export const MEASURES: Record<string, Computation> = {
  finite_population_upper_bound: each((one, { alpha }) => {
    const { errors, rate } = mostErrors(one, alpha);
    return { max_errors_in_population: errors, upper_rate: rate };
  }),
  stratified_error_rate({ inputs }) {
    const found = stratifiedRate(inputs as Stratum[])!;
    return { ...shownEstimate(found), horvitz_thompson_total_errors: found.totalErrors };
  },
  prediction_powered_error_rate({ inputs }) {
    const labelled = (inputs.labelled_error as number[]).map((wrong, i) => ({
      wrong: wrong === 1,
      predicted: inputs.labelled_predicted_error[i] as number,
    }));
    const estimate = (lambda?: number) => {
      const options = lambda === undefined ? {} : { lambda };
      const found = predictionPoweredRate(labelled, inputs.unlabelled_predicted_error, options)!;
      return { lam: found.lambda, ...shownEstimate(found) };
    };
    return { classical: estimate(0), ppi: estimate(1), ppi_plus_plus: estimate() };
  },
  rogan_gladen: each(({ observed, ...judges }) => correctedRate(observed, judges)),
  cohen_kappa: each(({ table }) => ({
    kappa: cohenKappa(table)!.kappa,
    quadratic_weighted: cohenKappa(table, { weights: "quadratic" })!.kappa,
  })),
  krippendorff_alpha({ inputs }) {
    const raters = inputs.raters_by_units as (number | null)[][];
    const units = raters[0]!.map((_, i) => raters.map((judgements) => judgements[i]!));
    return {
      nominal: krippendorffAlpha(units, "nominal"),
      ordinal: krippendorffAlpha(units, "ordinal"),
      interval: krippendorffAlpha(units, "interval"),
    };
  },

  categorical_drift({ inputs }) {
    const found = categoricalDrift(inputs.reference_counts, inputs.current_counts)!;
    return {
      psi_half_smoothing: found.stability.index,
      js_distance_natural: found.jensenShannon,
      js_distance_base2: found.jensenShannon / Math.sqrt(Math.LN2),
      hellinger: found.hellinger,
      total_variation: found.totalVariation,
      chi2: found.chiSquare.statistic,
      chi2_df: found.chiSquare.freedom,
      chi2_p: found.chiSquare.p,
      g_statistic: found.g.statistic,
      g_p: found.g.p,
      psi_null_mean: found.stability.usual,
      psi_limit_1_percent: found.stability.limit,
      cramers_v: found.cramersV,
    };
  },
  numeric_drift({ inputs }) {
    const found = numericDrift(inputs.reference, inputs.current)!;
    const { statistic, p } = found.kolmogorovSmirnov;
    return {
      ks_statistic: statistic,
      ks_p_exact: p,
      ks_p_asymptotic: kolmogorovTail(statistic, inputs.reference.length, inputs.current.length),
      wasserstein: found.wasserstein.distance,
      wasserstein_over_reference_sd: found.wasserstein.inDeviations,
      mann_whitney_u_reference: found.mannWhitney.u,
      mann_whitney_p_continuity_tie_corrected: found.mannWhitney.p,
      hodges_lehmann_shift: found.shift,
    };
  },
  multiple_testing: ({ inputs }) => ({
    benjamini_hochberg: benjaminiHochberg(inputs.p_values),
    holm: holm(inputs.p_values),
    e_bh_alpha_0_1_rejected_indices: eBenjaminiHochberg(inputs.e_values, 0.1),
  }),
  change_detectors({ inputs, parameters }) {
    const stream = inputs.bernoulli_stream as number[];
    const value = (i: number) => ((i * 7919) % 10) / 10;
    const numeric = [
      ...Array.from({ length: 400 }, (_, i) => value(i)),
      ...Array.from({ length: 200 }, (_, i) => value(i) + 0.5),
    ];
    const { p0, p1, h, ph_delta: delta, ph_lambda: lambda, adwin_delta } = parameters;
    const levels = (plan: ChangePlan) => {
      let state = unwatched(plan);
      return stream.map((wrong) => changeLevel((state = watch(state, wrong === 1, plan)), plan));
    };
    const cusum = levels({ rate: p0, multiples: [p1 / p0] });
    const mixture = levels({ rate: p0, multiples: MULTIPLES });
    return {
      bernoulli_cusum_first_alarm_case: cusum.findIndex((level) => level >= h) + 1,
      bernoulli_cusum_value_at_300: cusum[299],
      e_cusum_mixture_first_alarm_case: mixture.findIndex((level) => level >= h) + 1,
      e_cusum_log_value_at_300: mixture[299],
      page_hinkley_zero_based_index: pageHinkley(stream, { delta, lambda }),
      page_hinkley_numeric_zero_based_index: pageHinkley(numeric, { delta, lambda }),
      adwin_river_bernoulli_zero_based_index: adwin(stream, adwin_delta, "river"),
      adwin_river_numeric_zero_based_index: adwin(numeric, adwin_delta, "river"),
      adwin_all_cuts_bernoulli_zero_based_index: adwin(stream, adwin_delta, "all"),
      adwin_all_cuts_numeric_zero_based_index: adwin(numeric, adwin_delta, "all"),
    };
  },

  go_no_go_levels: each(({ correct, n }, { levels, confidence }) => {
    const { lower, upper, proven, verdict } = judgeShare(correct, n, levels as Levels, confidence);
    const decision = verdict.toUpperCase().replace("-", "_");
    return { lower, upper, proven_level: proven ?? null, decision };
  }),
  go_no_go_sample_size: each(({ threshold, true_rate }, { alpha, power }) => {
    const size = sampleSize(threshold, true_rate, { confidence: 1 - alpha, power })!;
    return { first_n_with_power: size.n, required_correct: size.right };
  }),
  bootstrap_percentile({ inputs }) {
    const { values, resamples, seed } = inputs;
    const interval = (statistic: (sample: readonly number[]) => number) => {
      const found = bootstrapInterval<number>(values, statistic, { chance: mulberry32(seed), resamples })!;
      return [found.lower, found.upper];
    };
    const chance = mulberry32(seed);
    return {
      mulberry32_first_five: Array.from({ length: 5 }, chance),
      mean_interval_95: interval((sample) => sample.reduce((sum, one) => sum + one, 0) / sample.length),
      median_interval_95: interval((sample) =>
        quantile(
          [...sample].sort((a, b) => a - b),
          0.5,
        ),
      ),
    };
  },
  quantile_interval_order_statistics({ parameters }) {
    const values = Array.from({ length: 80 }, (_, i) => ((i * 37) % 101) + 1);
    const at = (q: number) => {
      const { estimate, ...rest } = quantileInterval(values, q, parameters.confidence)!;
      return { estimate_type7: estimate, ...rest };
    };
    return { q50: at(0.5), q90: at(0.9) };
  },
  throughput_rate_ratio(one) {
    const { exact, ...rest } = throughput(one);
    return { quasi_poisson: rest, exact_poisson_ratio_interval: [exact.lower, exact.upper] };
  },
  throughput_rate_ratio_overdispersed(one) {
    const { exact: _, ...rest } = throughput(one);
    return rest;
  },
  direct_standardisation({ inputs }) {
    const found = standardise(inputs.baseline, inputs.after)!;
    return {
      baseline_rate: found.baseline,
      after_crude: found.crude,
      after_standardised_to_baseline_mix: found.standardised,
      standard_error: found.standardError,
    };
  },
  roi({ inputs }) {
    const found = returnOf({
      costBefore: inputs.baseline_cost_per_case,
      costAfter: inputs.after_cost_per_case,
      casesPerMonth: inputs.cases_per_month,
      investment: inputs.investment,
      runCostPerMonth: inputs.run_cost_per_month,
      months: inputs.months,
    });
    return {
      gross_saving: found.grossSaving,
      net_benefit: found.net,
      roi: found.roi,
      payback_months: found.paybackMonths,
    };
  },
  ratio_of_means_delta({ inputs }) {
    const found = ratioOfSums(
      (inputs.cost_per_day as number[]).map((numerator, i) => ({
        numerator,
        denominator: inputs.cases_per_day[i],
      })),
    )!;
    return {
      ratio: found.ratio,
      standard_error: found.standardError,
      lower_95: found.lower,
      upper_95: found.upper,
    };
  },
};
function shownEstimate(found: { estimate: number; standardError: number; lower: number; upper: number }) {
  return {
    estimate: found.estimate,
    standard_error: found.standardError,
    lower_95: found.lower,
    upper_95: found.upper,
  };
}

function throughput({ inputs }: Named) {
  const days = (cases: number[], effort: number[]) =>
    cases.map((count, i) => ({ cases: count, effort: effort[i]! }));
  const found = rateRatio(
    days(inputs.baseline_cases_per_day, inputs.baseline_person_days),
    days(inputs.after_cases_per_day, inputs.after_person_days),
  )!;
  return {
    baseline_rate: found.before,
    after_rate: found.after,
    ratio: found.ratio,
    dispersion: found.dispersion,
    se_log: found.standardError,
    lower_95: found.lower,
    upper_95: found.upper,
    exact: found.exact,
  };
}
