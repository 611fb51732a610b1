/** How often one address may knock at the doors that need no account: so many times in so long, by this process. */
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";

/** Beyond this many addresses the oldest counts are forgotten: a flood from everywhere costs no memory. */
const MOST_ADDRESSES = 10_000;

export function addressLimit(
  clock: Clock,
  { most, within }: { most: number; within: number },
): (address: string) => void {
  const counts = new Map<string, { from: number; knocks: number }>();
  return (address) => {
    const now = clock.now();
    const known = counts.get(address);
    const count = known && now - known.from < within && now >= known.from ? known : { from: now, knocks: 0 };
    count.knocks++;
    counts.delete(address);
    counts.set(address, count);
    if (counts.size > MOST_ADDRESSES) counts.delete(counts.keys().next().value!);
    if (count.knocks > most)
      throw new PilotageError(
        "too_many_requests",
        "Too many requests came from this address; nothing was done.",
        { hint: "Wait a minute." },
      );
  };
}
