/** How arguments are read: counts, percents, durations, names from a list. What cannot be read is wrong usage. */
import { InvalidArgumentError } from "commander";
import { parseDuration, parsePercent } from "../definition/units.ts";

/** A whole number in a range. */
export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is expected.`);
  };
}

/** "20", "20%", "20 %" and "2,5 %" as a number from 0 to 1. A bare number is percent, too. */
export function share(text: string): number {
  const value = parsePercent(text.includes("%") ? text : `${text}%`);
  if (value !== undefined && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("A percent from 0 to 100 is expected, such as 20 or 2.5%.");
}

/** "20 s", "5min", "2 h", "1 d" in milliseconds. */
export function duration(text: string): number {
  const value = parseDuration(text);
  if (value !== undefined && value >= 1) return value;
  throw new InvalidArgumentError(
    "A duration with its unit is expected: ms, s, min, h or d, such as 10s or 2h.",
  );
}

/** Gathers an option that may be given several times. */
export function gather(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
