/**
 * The one clock. Every business time comes from here, never from the database and never from `Date.now()` elsewhere.
 *
 * A whole installation can run on simulated time: tests and rehearsals advance it by hand. simulated-time.ts keeps it the
 * same in all processes.
 */

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export interface SimulatedClock extends Clock {
  advance(milliseconds: number): void;
  /** Goes on to this time; a time that has passed changes nothing. */
  reach(time: number): void;
}

export const systemClock: Clock = { now: () => Date.now() };

export function simulatedClock(start: string | number): SimulatedClock {
  let at = typeof start === "number" ? start : Date.parse(start);
  return {
    now: () => at,
    advance(milliseconds) {
      at += milliseconds;
    },
    reach(time) {
      at = Math.max(at, time);
    },
  };
}

/** UTC with exactly three decimals, the form in which times are hashed and shown to programs. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** A monotonic time for measuring durations, in milliseconds; not a business time. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
