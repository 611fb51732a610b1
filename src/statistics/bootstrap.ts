/**
 * Percentile bootstrap: how far a statistic moves when its units are drawn again with replacement.
 *
 * Pure: chance is a function passed in, so that the same seed gives the same interval on every machine. What is drawn
 * are whole units (a case with all its judgements), since judgements of one unit are not independent.
 * Source: Efron and Tibshirani 1993, chapter 13; quantiles by linear interpolation (Hyndman and Fan 1996, type 7).
 */
import type { Interval } from "./proportion.ts";

/** Numbers from 0 up to, not including, 1. */
export type Chance = () => number;

export interface BootstrapPlan {
  chance: Chance;
  resamples?: number;
  /** Of the interval, e.g. 0.95. */
  confidence?: number;
}

/** The generator mulberry32 (public domain, T. Ettinger): 32-bit arithmetic, so that any language draws the same. */
export function mulberry32(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * The percentile interval of a statistic over `units`, in the statistic's own unit.
 *
 * A resample without a value (all units alike, say) is left out; undefined where that is more than half of them.
 */
export function bootstrapInterval<T>(
  units: readonly T[],
  statistic: (sample: readonly T[]) => number | undefined,
  { chance, resamples = 2000, confidence = 0.95 }: BootstrapPlan,
): Interval | undefined {
  if (units.length === 0) return undefined;
  const sample = [...units];
  const values: number[] = [];
  for (let i = 0; i < resamples; i++) {
    for (let j = 0; j < sample.length; j++) sample[j] = units[Math.floor(chance() * units.length)]!;
    const value = statistic(sample);
    if (value !== undefined) values.push(value);
  }
  if (values.length * 2 < resamples) return undefined;
  values.sort((a, b) => a - b);
  const beyond = (1 - confidence) / 2;
  return { lower: quantile(values, beyond), upper: quantile(values, 1 - beyond) };
}

/**
 * Units that belong together as one: a day's cases, a customer's, a thread's. What is drawn again are these groups.
 *
 * `of` names the group; the groups come in the order of their first unit.
 */
export function grouped<T>(units: readonly T[], of: (unit: T, index: number) => string | number): T[][] {
  return [...Map.groupBy(units, of).values()];
}

/** The p-quantile of values in ascending order: x at (n − 1)·p, between two values by linear interpolation (type 7). */
export function quantile(ascending: readonly number[], p: number): number {
  const place = (ascending.length - 1) * p;
  const below = Math.floor(place);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (high - low) * (place - below);
}
