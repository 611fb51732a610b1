/**
 * Many tests at once: which of them still count.
 *
 * Pure. Adjusted p-values are compared with the level as they are. Sources: Benjamini and Hochberg 1995 (the share of
 * false alarms among alarms), Holm 1979 (no false alarm at all), Wang and Ramdas 2022 (the first for e-values).
 */

/** Benjamini-Hochberg: the i-th smallest of m becomes min over j ≥ i of p_(j)·m/j. */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const adjusted = pValues.map(() => 1);
  let least = 1;
  for (const { index, rank, p } of ranked(pValues).reverse()) {
    least = Math.min(least, (p * pValues.length) / rank);
    adjusted[index] = least;
  }
  return adjusted;
}

/** Holm: the i-th smallest of m becomes max over j ≤ i of p_(j)·(m − j + 1). */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = pValues.map(() => 1);
  let most = 0;
  for (const { index, rank, p } of ranked(pValues)) {
    most = Math.max(most, Math.min(1, p * (pValues.length - rank + 1)));
    adjusted[index] = most;
  }
  return adjusted;
}

/** e-BH: the places of the k largest e-values, with the largest k whose k-th is at least m/(kα). In ascending order. */
export function eBenjaminiHochberg(eValues: readonly number[], alpha: number): number[] {
  const order = ranked(eValues.map((e) => -e));
  const last = order.findLast(({ rank, p }) => -p >= eValues.length / (rank * alpha));
  return order
    .slice(0, last?.rank ?? 0)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}

function ranked(values: readonly number[]): { index: number; rank: number; p: number }[] {
  return values
    .map((p, index) => ({ index, p }))
    .sort((a, b) => a.p - b.p)
    .map((one, i) => ({ ...one, rank: i + 1 }));
}
