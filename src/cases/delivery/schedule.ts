/** When a failed delivery is tried again, and when it is given up. Pure. */

/** About a day: a target that is down overnight leaves no dead letter. */
export const MOST_TRIES = 36;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 3_600_000;

/**
 * Milliseconds until the next try after `tries` tries: one second, then twice as long each time, at most an hour, each
 * moved by up to a fifth so that many failed deliveries do not come back at one moment. A longer Retry-After wins.
 * Undefined when the tries are used up.
 */
export function pauseBeforeRetry(
  tries: number,
  chance: number,
  retryAfterMs: number | undefined,
): number | undefined {
  if (tries >= MOST_TRIES) return undefined;
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1));
  return Math.round(Math.max(pause * (0.8 + 0.4 * chance), Math.min(retryAfterMs ?? 0, LONGEST_PAUSE)));
}
