/**
 * Has the distribution of a column changed since the reference? Categories and numbers, a window against a frozen reference.
 *
 * Both sides are samples, so the tests are those of two samples. An alert needs three things at once: significance after
 * adjustment over the columns, an effect worth a person's time, and both in two of the last three windows. Pure, from
 * counts and values. Sources: Pearson's chi-square and G; Cramér 1946; Lin 1991 (Jensen-Shannon); Yurdakul 2018 (what the
 * stability index is without any drift). Distances are without unit.
 */
import { quantile } from "./bootstrap.ts";
import { benjaminiHochberg } from "./multiple-testing.ts";
import { binomialTail, type Counted } from "./proportion.ts";
import { kolmogorovSmirnov, mannWhitney, shift, wasserstein } from "./ranks.ts";
import { chiSquareQuantile, chiSquareTail } from "./special.ts";

/** Below so many cases a window is not tested, but widened. */
export const LEAST_WINDOW = 100;

/** Effects from which on a change counts; the median's shift is in standard deviations of the reference. */
export const EFFECTS = { cramersV: 0.1, medianShift: 0.2, jensenShannon: 0.1 } as const;

/** The share of false alarms among alarms that is allowed over the columns of a window. */
const LEVEL = 0.05;

/** In two of so many windows. */
const WINDOWS = 3;

export interface CategoricalDrift {
  n: { reference: number; current: number };
  chiSquare: { statistic: number; freedom: number; p: number };
  g: { statistic: number; p: number };
  /** √(χ²/n) of the 2×K table: 0 no change, 1 no category in common. */
  cramersV: number;
  /** Σ (a − b) ln(a/b) with shares (count + ½)/(n + ½K); its mean, and the value exceeded in 1 %, without any drift. */
  stability: { index: number; usual: number; limit: number };
  /** √ of the divergence in nats, 0 to √ln 2. */
  jensenShannon: number;
  hellinger: number;
  /** Half of Σ |a − b|. */
  totalVariation: number;
}

/**
 * Compares two lists of counts over the same categories; undefined where a side is empty or just one category is filled.
 *
 * Categories that are empty on both sides play no part. Merge rare ones first (`mergeRare`).
 */
export function categoricalDrift(
  reference: readonly number[],
  current: readonly number[],
): CategoricalDrift | undefined {
  const pairs = sideBySide(reference, current).filter(([count, other]) => count + other > 0);
  const n = pairs.reduce((sum, [count]) => sum + count, 0);
  const m = pairs.reduce((sum, [, count]) => sum + count, 0);
  if (n === 0 || m === 0 || pairs.length < 2) return undefined;
  const freedom = pairs.length - 1;
  const chiSquare = sum(pairs, ([a, b]) => {
    const [x, y] = [((a + b) * n) / (n + m), ((a + b) * m) / (n + m)];
    return (a - x) ** 2 / x + (b - y) ** 2 / y;
  });
  const g =
    2 * sum(pairs, ([a, b]) => relative(a, ((a + b) * n) / (n + m)) + relative(b, ((a + b) * m) / (n + m)));
  const smooth = pairs.length / 2;
  const shares = pairs.map(([a, b]) => [a / n, b / m] as const);
  const noise = 1 / n + 1 / m;
  return {
    n: { reference: n, current: m },
    chiSquare: { statistic: chiSquare, freedom, p: chiSquareTail(chiSquare, freedom) },
    g: { statistic: g, p: chiSquareTail(g, freedom) },
    cramersV: Math.sqrt(chiSquare / (n + m)),
    stability: {
      index: sum(pairs, ([a, b]) => {
        const [p, q] = [(a + 0.5) / (n + smooth), (b + 0.5) / (m + smooth)];
        return (p - q) * Math.log(p / q);
      }),
      usual: noise * freedom,
      limit: noise * chiSquareQuantile(freedom, 0.01),
    },
    jensenShannon: Math.sqrt(
      Math.max(
        0,
        sum(shares, ([p, q]) => (relative(p, (p + q) / 2) + relative(q, (p + q) / 2)) / 2),
      ),
    ),
    hellinger: Math.sqrt(sum(shares, ([p, q]) => (Math.sqrt(p) - Math.sqrt(q)) ** 2) / 2),
    totalVariation: sum(shares, ([p, q]) => Math.abs(p - q)) / 2,
  };
}

/**
 * Puts categories together until each has at least five cases to be expected on both sides, the rarest first.
 *
 * The last, merged category stands at the end.
 */
export function mergeRare(
  reference: readonly number[],
  current: readonly number[],
): { reference: number[]; current: number[] } {
  const n = reference.reduce((total, count) => total + count, 0);
  const m = current.reduce((total, count) => total + count, 0);
  const least = (both: number) => (both * Math.min(n, m)) / (n + m);
  const pairs = sideBySide(reference, current);
  const byRarity = [...pairs].sort(([a, b], [c, d]) => a + b - c - d);
  const rest: [number, number] = [0, 0];
  let merged = 0;
  for (const [a, b] of byRarity) {
    const enough = least(rest[0] + rest[1]) >= 5 || merged === 0;
    if (least(a + b) >= 5 && enough) break;
    rest[0] += a;
    rest[1] += b;
    merged++;
  }
  const rare = new Set(byRarity.slice(0, merged));
  const kept = pairs.filter((pair) => !rare.has(pair));
  if (merged > 0) kept.push(rest);
  return { reference: kept.map(([a]) => a), current: kept.map(([, b]) => b) };
}

/** Categories that one side does not know yet stand at the end of the other. */
function sideBySide(reference: readonly number[], current: readonly number[]) {
  const length = Math.max(reference.length, current.length);
  return Array.from({ length }, (_, k) => [reference[k] ?? 0, current[k] ?? 0] as const);
}

export interface NumericDrift {
  n: { reference: number; current: number };
  kolmogorovSmirnov: { statistic: number; p: number };
  /** In the unit of the values, and in standard deviations (population) of the reference; no deviation, no ratio. */
  wasserstein: { distance: number; inDeviations: number | undefined };
  mannWhitney: { u: number; p: number };
  /** Hodges-Lehmann, in the unit of the values. */
  shift: number;
  /** |median − median| in standard deviations of the reference. */
  medianShift: number | undefined;
}

/** Compares two samples of numbers; undefined where a side is empty. */
export function numericDrift(
  reference: readonly number[],
  current: readonly number[],
): NumericDrift | undefined {
  if (reference.length === 0 || current.length === 0) return undefined;
  const deviation = populationDeviation(reference);
  const inDeviations = (distance: number) => (deviation > 0 ? distance / deviation : undefined);
  const distance = wasserstein(reference, current);
  return {
    n: { reference: reference.length, current: current.length },
    kolmogorovSmirnov: kolmogorovSmirnov(reference, current),
    wasserstein: { distance, inDeviations: inDeviations(distance) },
    mannWhitney: mannWhitney(reference, current),
    shift: shift(reference, current),
    medianShift: inDeviations(Math.abs(median(current) - median(reference))),
  };
}

/** One column in one window, as far as an alert needs it. */
export interface ColumnTest {
  column: string;
  p: number;
  /** Whether an effect reached its limit. */
  strong: boolean;
}

/** The test of a column of categories; undefined where the window is too small or has nothing to compare. */
export function testCategories(
  column: string,
  reference: readonly number[],
  current: readonly number[],
): ColumnTest | undefined {
  const merged = mergeRare(reference, current);
  const found = categoricalDrift(merged.reference, merged.current);
  if (!found || found.n.current < LEAST_WINDOW) return undefined;
  const strong = found.cramersV >= EFFECTS.cramersV || found.jensenShannon >= EFFECTS.jensenShannon;
  return { column, p: found.chiSquare.p, strong };
}

/** The test of a column of numbers; undefined where the window is too small. */
export function testNumbers(
  column: string,
  reference: readonly number[],
  current: readonly number[],
): ColumnTest | undefined {
  if (reference.length === 0 || current.length < LEAST_WINDOW) return undefined;
  const { p } = kolmogorovSmirnov(reference, current);
  const deviation = populationDeviation(reference);
  const moved = Math.abs(median(current) - median(reference));
  return { column, p, strong: deviation > 0 ? moved / deviation >= EFFECTS.medianShift : moved > 0 };
}

/**
 * The columns that alert, given the tests of the last windows, the newest last.
 *
 * A column counts in a window when it is significant there after Benjamini-Hochberg over the window's columns, and strong.
 */
export function driftAlerts(windows: readonly (readonly ColumnTest[])[]): string[] {
  const hits = new Map<string, number>();
  for (const tests of windows.slice(-WINDOWS)) {
    const adjusted = benjaminiHochberg(tests.map(({ p }) => p));
    tests.forEach(({ column, strong }, i) => {
      if (strong && adjusted[i]! <= LEVEL) hits.set(column, (hits.get(column) ?? 0) + 1);
    });
  }
  return [...hits].flatMap(([column, count]) => (count >= 2 ? [column] : []));
}

/**
 * Data health: whether so many odd values (unknown categories, missing ones, lengths out of range) among n are more than
 * the usual rate explains, P(Bin(n, usual) ≥ count) ≤ 10⁻³.
 */
export function tooMany({ errors: count, n }: Counted, usual: number): boolean {
  return count > 0 && 1 - binomialTail(count - 1, n, usual) <= 1e-3;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** a ln(a/b), 0 for a = 0. */
function relative(a: number, b: number): number {
  return a === 0 ? 0 : a * Math.log(a / b);
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** With n. */
function populationDeviation(values: readonly number[]): number {
  const centre = sum(values, (value) => value) / values.length;
  return Math.sqrt(sum(values, (value) => (value - centre) ** 2) / values.length);
}
