/**
 * How far people who judge the same cases agree, beyond what chance alone would give.
 *
 * Pure, all values without unit: 1 is perfect agreement, 0 what chance gives, below 0 less than that. A coefficient is
 * undefined where nobody ever chose another value, since chance alone would then agree always. Sources: Cohen 1960 and
 * 1968, Fleiss, Cohen and Everitt 1969 (kappa and its error); Krippendorff 2011 (alpha); Clopper and Pearson 1934.
 */
import type { BootstrapPlan } from "./bootstrap.ts";
import { bootstrapInterval } from "./bootstrap.ts";
import type { Interval } from "./proportion.ts";
import { exactInterval, lowerBound } from "./proportion.ts";
import { normalQuantile } from "./special.ts";

/** The share of pairs that agree, with its exact interval (Clopper-Pearson); undefined without pairs. */
export function percentAgreement(
  agreed: number,
  n: number,
  confidence = 0.95,
): { share: number; interval: Interval } | undefined {
  if (n === 0) return undefined;
  return { share: agreed / n, interval: exactInterval(agreed, n, confidence) };
}

export interface Kappa {
  n: number;
  /** The agreement that was seen and that by chance, 0 to 1; with quadratic weights near misses count in part. */
  observed: number;
  expected: number;
  kappa: number;
  /** For large samples; 0 where all agree, which proves nothing: the interval then comes from the exact bound. */
  standardError: number;
  interval: Interval;
}

/** How much a near miss counts: not at all, or by the square of its distance in the order of the rows. */
type Weights = "none" | "quadratic";

/**
 * Cohen's kappa of two judges, κ = (p_o − p_e) / (1 − p_e), with its standard error and interval.
 *
 * `table` is square: row i, column j counts the cases that the first judge called i and the second j. With agreement
 * weights a_ij (1 on the diagonal and 0 beside it, or 1 − (i − j)² / (k − 1)² when quadratic), p_o = Σ a p_ij and
 * p_e = Σ a p_i. p_.j, and with the means a_i. = Σ_j a p_.j, a_.j = Σ_i a p_i.,
 * var κ = (Σ p_ij [a_ij (1 − p_e) − (a_i. + a_.j)(1 − p_o)]² − (p_o p_e − 2 p_e + p_o)²) / (n (1 − p_e)⁴).
 */
export function cohenKappa(
  table: readonly (readonly number[])[],
  { weights = "none", confidence = 0.95 }: { weights?: Weights; confidence?: number } = {},
): Kappa | undefined {
  const cells = table.flatMap((row, i) => row.map((count, j) => ({ i, j, count })));
  return kappaOf(cells, table.length, weights, confidence);
}

/** Cohen's kappa, unweighted, of pairs of values that are only compared; there may be as many values as pairs. */
export function kappaOfPairs(
  pairs: readonly (readonly [string, string])[],
  confidence = 0.95,
): Kappa | undefined {
  const codes = new Map([...new Set(pairs.flat())].map((value, code) => [value, code]));
  const cells = new Map<number, { i: number; j: number; count: number }>();
  for (const [first, second] of pairs) {
    const [i, j] = [codes.get(first)!, codes.get(second)!];
    const cell = cells.get(i * codes.size + j);
    if (cell) cell.count++;
    else cells.set(i * codes.size + j, { i, j, count: 1 });
  }
  return kappaOf([...cells.values()], codes.size, "none", confidence);
}

/** From the cells that are not empty alone, so that a field with a thousand different values costs no million cells. */
function kappaOf(
  cells: readonly { i: number; j: number; count: number }[],
  size: number,
  weights: Weights,
  confidence: number,
): Kappa | undefined {
  const n = cells.reduce((sum, { count }) => sum + count, 0);
  if (n === 0) return undefined;
  const rows = Array.from({ length: size }, () => 0);
  const columns = Array.from({ length: size }, () => 0);
  for (const { i, j, count } of cells) {
    rows[i]! += count / n;
    columns[j]! += count / n;
  }
  const quadratic = weights === "quadratic" && size > 1;
  const weight = (i: number, j: number) => (quadratic ? 1 - ((i - j) / (size - 1)) ** 2 : i === j ? 1 : 0);
  /** The mean weight of a value against one judge's shares: for squares from their first two moments. */
  const meanWeight = (shares: readonly number[]) => {
    const first = shares.reduce((sum, share, k) => sum + k * share, 0);
    const second = shares.reduce((sum, share, k) => sum + k * k * share, 0);
    return (i: number) => (quadratic ? 1 - (i * i - 2 * i * first + second) / (size - 1) ** 2 : shares[i]!);
  };
  const [againstColumns, againstRows] = [meanWeight(columns), meanWeight(rows)];

  const observed = cells.reduce((sum, { i, j, count }) => sum + (weight(i, j) * count) / n, 0);
  const expected = rows.reduce((sum, share, i) => sum + share * againstColumns(i), 0);
  if (1 - expected < 1e-12) return undefined;
  const kappa = (observed - expected) / (1 - expected);

  const square = cells.reduce((sum, { i, j, count }) => {
    const means = againstColumns(i) + againstRows(j);
    return sum + (count / n) * (weight(i, j) * (1 - expected) - means * (1 - observed)) ** 2;
  }, 0);
  const centre = (observed * expected - 2 * expected + observed) ** 2;
  const standardError = Math.sqrt(Math.max(0, square - centre) / n) / (1 - expected) ** 2;

  const perfect = cells.every(({ i, j, count }) => i === j || count === 0);
  const spread = normalQuantile(1 - (1 - confidence) / 2) * standardError;
  const interval = perfect
    ? unbroken(n, 1 - expected, confidence)
    : { lower: Math.max(-1, kappa - spread), upper: Math.min(1, kappa + spread) };
  return {
    n,
    observed,
    expected,
    kappa: perfect ? 1 : kappa,
    standardError: perfect ? 0 : standardError,
    interval,
  };
}

/** How far apart two values are: differ or not; by their places in the order; by their difference. */
export type Metric = "nominal" | "ordinal" | "interval";

/** The judgements of one case, one place a judge; null where a judge gave none. */
export type Ratings<T> = readonly (T | null)[];

/** Krippendorff's alpha of numbers; for ordinal data their order alone counts. */
export function krippendorffAlpha(
  units: readonly Ratings<number>[],
  metric: "ordinal" | "interval",
): number | undefined;
/**
 * Krippendorff's alpha of any number of judges with missing values: α = 1 − D_o / D_e.
 *
 * Over the n values of cases that at least two judged, D_o = (1/n) Σ_u (1/(m_u − 1)) Σ_{i≠j} δ²(x_ui, x_uj) is the
 * disagreement inside cases, D_e = (1/(n(n − 1))) Σ δ² that of any two values. δ² is 0 or 1 (nominal), (x − y)²
 * (interval), or that of the mean ranks (ordinal: the same as Krippendorff's sum over the values between).
 */
export function krippendorffAlpha(
  units: readonly Ratings<string | number | boolean>[],
  metric: Metric,
): number | undefined;
export function krippendorffAlpha(
  units: readonly Ratings<string | number | boolean>[],
  metric: Metric,
): number | undefined {
  return alphaOf(pairable(units, metric), metric)?.alpha;
}

/**
 * Alpha with a percentile bootstrap interval that draws whole cases.
 *
 * Where no case has two different values every resample is perfect, too, which proves nothing: the lower end is then
 * the exact bound of the agreement, with disagreements as large as those of any two different values.
 */
export function alphaWithInterval(
  units: readonly Ratings<string | number | boolean>[],
  metric: Metric,
  plan: BootstrapPlan,
): { n: number; alpha: number; interval: Interval | undefined } | undefined {
  const cases = pairable(units, metric);
  const found = alphaOf(cases, metric);
  if (!found) return undefined;
  const n = cases.length;
  if (found.observed > 0)
    return {
      n,
      alpha: found.alpha,
      interval: bootstrapInterval(cases, (sample) => alphaOf(sample, metric)?.alpha, plan),
    };
  const differ = alphaOf(pairable(units, "nominal"), "nominal")!.expected;
  return { n, alpha: found.alpha, interval: unbroken(n, differ, plan.confidence ?? 0.95) };
}

/**
 * The interval of a coefficient when all n pairs agree: the share of disagreement may still be as high as its exact
 * bound says, out of `byChance` of any two values.
 */
function unbroken(n: number, byChance: number, confidence: number): Interval {
  const most = 1 - lowerBound(n, n, 1 - (1 - confidence) / 2);
  return { lower: Math.max(-1, 1 - most / byChance), upper: 1 };
}

/** The cases with two values or more, as numbers: codes of what is only compared, the values themselves otherwise. */
function pairable(
  units: readonly Ratings<string | number | boolean>[],
  metric: Metric,
): (readonly number[])[] {
  const cases = units
    .map((unit) => unit.filter((value) => value !== null))
    .filter((values) => values.length >= 2);
  if (metric !== "nominal") return cases.map((values) => values.map(Number));
  const codes = new Map([...new Set(cases.flat())].map((value, code) => [value, code]));
  return cases.map((values) => values.map((value) => codes.get(value)!));
}

function alphaOf(
  cases: readonly (readonly number[])[],
  metric: Metric,
): { alpha: number; observed: number; expected: number } | undefined {
  const ranked = metric === "ordinal" ? meanRanks(cases) : cases;
  const values: number[] = [];
  for (const one of ranked) for (const value of one) values.push(value);
  if (values.length === 0) return undefined;
  const expected = expectedDisagreement(values, metric);
  if (expected === 0) return undefined;
  let sum = 0;
  for (const one of ranked) sum += disagreement(one, metric) / (one.length - 1);
  const observed = sum / values.length;
  return { alpha: 1 - observed / expected, observed, expected };
}

function expectedDisagreement(values: readonly number[], metric: Metric): number {
  return disagreement(values, metric) / (values.length * (values.length - 1));
}

/** Σ δ² over all ordered pairs: n² − Σ n_c² for values that are only compared, else 2 n Σ (x − mean)². */
function disagreement(values: readonly number[], metric: Metric): number {
  const n = values.length;
  // Most cases have two judges: their sum needs neither counts nor a mean.
  if (n === 2) {
    const [a = 0, b = 0] = values;
    return metric === "nominal" ? (a === b ? 0 : 2) : 2 * (a - b) ** 2;
  }
  if (metric === "nominal") {
    const counts: number[] = [];
    for (const code of values) counts[code] = (counts[code] ?? 0) + 1;
    // A code that does not occur leaves a hole, which reduce passes over.
    return n * n - counts.reduce((same, count) => same + count * count, 0);
  }
  // From the first value on, so that values all alike are exactly no disagreement.
  const [first = 0] = values;
  let mean = 0;
  for (const value of values) mean += (value - first) / n;
  let sum = 0;
  for (const value of values) sum += (value - first - mean) ** 2;
  return 2 * n * sum;
}

/** Each value as the mean of the places it takes when all are put in order. */
function meanRanks(cases: readonly (readonly number[])[]): number[][] {
  const counts = new Map<number, number>();
  for (const value of cases.flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ranks = new Map<number, number>();
  let below = 0;
  for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
    ranks.set(value, below + count / 2);
    below += count;
  }
  return cases.map((values) => values.map((value) => ranks.get(value)!));
}
