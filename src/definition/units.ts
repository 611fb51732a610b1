/**
 * How durations and percents are written in definition files, and what they mean: milliseconds and numbers from 0 to 1.
 *
 * A bare number would leave the reader guessing (seconds? percent?), so files write the unit. Pure.
 */

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** "20 s", "5 min", "every 5 min", "90 d" in milliseconds; `undefined` when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:every\s+)?(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim());
  const unit = match === null ? undefined : UNITS[match[2]!.toLowerCase()];
  if (match === null || unit === undefined) return undefined;
  return Math.round(Number(match[1]) * unit);
}

/** "5 %", "0.5%", "2,5 %" as a number from 0 to 1 (or beyond, for the caller to refuse); `undefined` otherwise. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:[.,]\d+)?)\s*%$/.exec(text.trim());
  if (match === null) return undefined;
  // Ten decimals: 0.07 must not become 0.07000000000000001, because the number is part of the digest.
  return Number((Number(match[1]!.replace(",", ".")) / 100).toFixed(10));
}

/** A duration for messages: the largest unit that leaves a whole number. */
export function showDuration(ms: number): string {
  for (const [name, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size} ${name}`;
  }
  return `${ms} ms`;
}
