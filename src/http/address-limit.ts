/**
 * How often one caller may knock: so many times in so long, counted by this process.
 *
 * Doors that need no account count addresses (here); doors behind an account count who came in (pace.ts).
 */
import { networkOf } from "../access/sign-in-limits.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";

/** Beyond this many the oldest counts are forgotten: a flood from everywhere costs no memory. */
const MOST_COUNTED = 10_000;

export interface Bound {
  most: number;
  within: number;
}

/** Counts one knock of somebody; answers how many milliseconds to wait, 0 when it is taken. */
export function knockCount(clock: Clock, { most, within }: Bound): (who: string) => number {
  const counts = new Map<string, { from: number; knocks: number }>();
  return (who) => {
    const now = clock.now();
    const known = counts.get(who);
    const count = known && now - known.from < within && now >= known.from ? known : { from: now, knocks: 0 };
    count.knocks++;
    counts.delete(who);
    counts.set(who, count);
    if (counts.size > MOST_COUNTED) counts.delete(counts.keys().next().value!);
    return count.knocks > most ? count.from + within - now : 0;
  };
}

export function addressLimit(clock: Clock, bound: Bound): (address: string) => void {
  const knock = knockCount(clock, bound);
  return (address) => {
    const wait = knock(networkOf(address));
    if (wait > 0)
      throw new PilotageError(
        "too_many_requests",
        "Too many requests came from this address; nothing was done.",
        { hint: `Try again in ${Math.ceil(wait / 1000)} s.`, details: { retryAfterMs: wait } },
      );
  };
}
