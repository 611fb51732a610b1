/** Chance that repeats: the same seed gives the same draws on every machine. Pure. */

export interface Chance {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  /** True with this probability, 0 to 1. */
  happens(probability: number): boolean;
  /** One of the items; throws on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** The items in a drawn order; the list itself is left alone. */
  shuffled<T>(items: readonly T[]): T[];
  /** Digits, the first one not zero. */
  digits(count: number): string;
}

/** Chance of its own for one purpose: draws for one ticket do not move those of the next. */
export function chanceFor(seed: number, purpose: string): Chance {
  let state = seed >>> 0;
  for (let i = 0; i < purpose.length; i++) state = Math.imul(state ^ purpose.charCodeAt(i), 0x01000193) >>> 0;

  // splitmix32: few lines, and spread well enough for texts.
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));

  return {
    between,
    happens: (probability) => next() < probability,
    pick(items) {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new RangeError("There is nothing to pick from.");
      return item;
    },
    shuffled(items) {
      const drawn = [...items];
      for (let i = drawn.length - 1; i > 0; i--) {
        const j = between(0, i);
        [drawn[i], drawn[j]] = [drawn[j]!, drawn[i]!];
      }
      return drawn;
    },
    digits: (count) =>
      Array.from({ length: count }, (_, place) => String(between(place === 0 ? 1 : 0, 9))).join(""),
  };
}
