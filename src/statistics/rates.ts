/**
 * Before and after: throughput, cost per case, error rates of another mix of cases, and what it all returns.
 *
 * Pure; every figure carries its interval, and a verdict follows from the interval, never from the figure alone. Sources:
 * McCullagh and Nelder 1989, section 6.2 (overdispersed counts); Clopper and Pearson 1934, Przyborowski and Wilenski 1940
 * (exact ratio of two counts); Cochran 1977, chapter 6 (ratio of sums); direct standardisation as in epidemiology.
 */
import { exactInterval, type Counted, type Interval } from "./proportion.ts";
import { normalQuantile, studentQuantile } from "./special.ts";

/** Cases done in a day (or week, where neighbouring days depend on each other), and person-days worked. */
export interface Throughput {
  cases: number;
  effort: number;
}

export interface RateRatio extends Interval {
  /** Cases for each person-day. */
  before: number;
  after: number;
  ratio: number;
  /** φ: Pearson's χ² over its degrees of freedom, as found; below 1 the interval uses 1. */
  dispersion: number;
  /** Of ln ratio. */
  standardError: number;
  /** Exact where counts vary as chance alone makes them (φ = 1), from the share of cases that came after. */
  exact: Interval;
}

/**
 * Throughput after over before: R = (ΣC₁/ΣE₁)/(ΣC₀/ΣE₀), interval R·exp(±z √(φ(1/ΣC₀ + 1/ΣC₁))).
 *
 * Undefined where a side has no case or no effort, or both together have too few days to see how much days vary.
 */
export function rateRatio(
  before: readonly Throughput[],
  after: readonly Throughput[],
  confidence = 0.95,
): RateRatio | undefined {
  const [one, two] = [total(before), total(after)];
  const freedom = before.length + after.length - 2;
  if ([one.cases, one.effort, two.cases, two.effort].some((sum) => !(sum > 0)) || freedom < 1)
    return undefined;
  const [rate0, rate1] = [one.cases / one.effort, two.cases / two.effort];
  const chiSquare = pearson(before, rate0) + pearson(after, rate1);
  const dispersion = chiSquare / freedom;
  const standardError = Math.sqrt(Math.max(1, dispersion) * (1 / one.cases + 1 / two.cases));
  const spread = normalQuantile(1 - (1 - confidence) / 2) * standardError;
  const ratio = rate1 / rate0;
  const share = exactInterval(two.cases, one.cases + two.cases, confidence);
  const asRatio = (p: number) => (p / (1 - p)) * (one.effort / two.effort);
  return {
    before: rate0,
    after: rate1,
    ratio,
    dispersion,
    standardError,
    lower: ratio * Math.exp(-spread),
    upper: ratio * Math.exp(spread),
    exact: { lower: asRatio(share.lower), upper: asRatio(share.upper) },
  };
}

function total(days: readonly Throughput[]): Throughput {
  return days.reduce(
    (sum, { cases, effort }) => ({ cases: sum.cases + cases, effort: sum.effort + effort }),
    { cases: 0, effort: 0 },
  );
}

/** Σ (cases − expected)²/expected; a day without effort expects none and is left out. */
function pearson(days: readonly Throughput[], rate: number): number {
  return days.reduce(
    (sum, { cases, effort }) => (effort > 0 ? sum + (cases - rate * effort) ** 2 / (rate * effort) : sum),
    0,
  );
}

/** What a comparison of before and after shows: by the interval, never by the figure alone. */
export type Shown = "improved" | "not shown" | "worse";

/** `same` is the value at which nothing has changed: 1 of a ratio, 0 of a difference. */
export function shownBy({ lower, upper }: Interval, same: number, better: "more" | "less"): Shown {
  if (lower > same) return better === "more" ? "improved" : "worse";
  if (upper < same) return better === "less" ? "improved" : "worse";
  return "not shown";
}

/**
 * A ratio of two sums over days, such as cost per case: Σy/Σx, with the standard error of its linearisation.
 *
 * var = d/(d − 1)·Σ(y − Rx)²/(Σx)² over d days; the interval uses Student's t with d − 1 degrees of freedom. Undefined with
 * fewer than two days or without cases.
 */
export function ratioOfSums(
  days: readonly { numerator: number; denominator: number }[],
  confidence = 0.95,
): ({ ratio: number; standardError: number } & Interval) | undefined {
  const n = days.length;
  const below = days.reduce((sum, { denominator }) => sum + denominator, 0);
  if (n < 2 || !(below > 0)) return undefined;
  const ratio = days.reduce((sum, { numerator }) => sum + numerator, 0) / below;
  const squares = days.reduce(
    (sum, { numerator, denominator }) => sum + (numerator - ratio * denominator) ** 2,
    0,
  );
  const standardError = Math.sqrt((n / (n - 1)) * squares) / below;
  const spread = studentQuantile(1 - (1 - confidence) / 2, n - 1) * standardError;
  return { ratio, standardError, lower: ratio - spread, upper: ratio + spread };
}

export interface Standardised {
  /** The baseline's rate of errors, and the later one as it is. */
  baseline: number;
  crude: number;
  /** The later rate if its cases were mixed as those of the baseline: Σ W_h p_h. */
  standardised: number;
  /** √ Σ W_h² p_h(1 − p_h)/n_h. */
  standardError: number;
}

/**
 * The later error rate at the baseline's mix of classes.
 *
 * Undefined where a class of the baseline has no later case: nothing stands in for it.
 */
export function standardise(
  baseline: Readonly<Record<string, Counted>>,
  after: Readonly<Record<string, Counted>>,
): Standardised | undefined {
  const classes = Object.keys(baseline).filter((name) => baseline[name]!.n > 0);
  if (classes.length === 0 || classes.some((name) => !((after[name]?.n ?? 0) > 0))) return undefined;
  const all = classes.reduce((sum, name) => sum + baseline[name]!.n, 0);
  let [standardised, variance] = [0, 0];
  for (const name of classes) {
    const { errors, n } = after[name]!;
    const [weight, rate] = [baseline[name]!.n / all, errors / n];
    standardised += weight * rate;
    variance += (weight ** 2 * rate * (1 - rate)) / n;
  }
  const rateOf = (groups: Readonly<Record<string, Counted>>) => {
    const counted = Object.values(groups);
    return counted.reduce((sum, { errors }) => sum + errors, 0) / counted.reduce((sum, { n }) => sum + n, 0);
  };
  return {
    baseline: rateOf(baseline),
    crude: rateOf(after),
    standardised,
    standardError: Math.sqrt(variance),
  };
}

/** Money in one currency, over so many months. */
export interface Investment {
  /** Per case; the later one holds model, review and rework, but not the cost of running counted below. */
  costBefore: number;
  costAfter: number;
  casesPerMonth: number;
  investment: number;
  runCostPerMonth: number;
  months: number;
}

export interface Return {
  grossSaving: number;
  net: number;
  /** (gross saving − cost of running − investment)/(investment + cost of running); undefined where nothing was spent. */
  roi: number | undefined;
  /** Undefined where a month saves no more than it costs: it is never paid back. */
  paybackMonths: number | undefined;
}

/** What an investment returns. */
export function returnOf(plan: Investment): Return {
  const saving = (plan.costBefore - plan.costAfter) * plan.casesPerMonth;
  const spent = plan.investment + plan.runCostPerMonth * plan.months;
  const net = saving * plan.months - spent;
  const monthly = saving - plan.runCostPerMonth;
  return {
    grossSaving: saving * plan.months,
    net,
    roi: spent > 0 ? net / spent : undefined,
    paybackMonths: monthly > 0 ? plan.investment / monthly : undefined,
  };
}
