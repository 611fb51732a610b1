/**
 * The breaker of one model of one connection: when it opens, when it lets one call through to try, when it closes.
 *
 * Pure. What the processes of an installation share is a `Breaker`: closed, or open with the time of its next trial and
 * whoever makes it. What leads to the first opening is counted by each process for itself (`Tally`), so that an ordinary
 * answer costs no write. breaker-board.ts keeps both and stores the moves.
 */

export type Breaker =
  | { state: "closed"; generation: number; since: number }
  | {
      state: "open";
      /** Counts moves, so that a move is made once and what began before it does not count after it. */
      generation: number;
      since: number;
      /** How often in a row it was found still failing; decides the pause. */
      openings: number;
      /** From then on one call may try. */
      trialAt: number;
      /** The call that tries, until its lease ends: whoever dies over it is replaced. */
      probe: { by: string; until: number } | undefined;
    };

export interface BreakerLimits {
  /** So many failures in a row open it. */
  inRow: number;
  /** So many calls within the window, half of them failed, open it, too. */
  calls: number;
  windowMs: number;
  pauseMs: number;
  mostPauseMs: number;
}

export const BREAKER_LIMITS: BreakerLimits = {
  inRow: 5,
  calls: 10,
  windowMs: 30_000,
  pauseMs: 5_000,
  mostPauseMs: 20_000,
};

/** `nothing`: the call ended without a word about the provider, as when the process stops. */
export type CallOutcome = "answered" | "failed" | "nothing";

/** What one process saw of a model while its breaker was closed. */
export interface Tally {
  inRow: number;
  /** Ended calls by slices of the window, the oldest first. */
  slices: readonly Slice[];
}

interface Slice {
  begins: number;
  calls: number;
  failed: number;
}

export const NO_TALLY: Tally = { inRow: 0, slices: [] };

/** Whether a call may go out now. */
export type Admission =
  | { kind: "go" }
  /** A trial is due and nobody makes it. */
  | { kind: "trial" }
  | {
      kind: "shut";
      /** When it opened. */
      since: number;
      /** When to look again at the latest. */
      until: number;
      /** Somebody tries at this moment: the breaker may close at any time. */
      trying: boolean;
    };

const SLICES = 30;
/** No lease is longer; a call may take ten minutes. */
export const LONGEST_LEASE = 15 * 60_000;
/** Clocks of two machines differ by less; a time further ahead was written before a clock was set back. */
const SKEW = 5_000;

/** The tally with one more ended call. */
export function counted(
  tally: Tally,
  outcome: Exclude<CallOutcome, "nothing">,
  now: number,
  limits: BreakerLimits = BREAKER_LIMITS,
): Tally {
  const failed = outcome === "failed" ? 1 : 0;
  const length = limits.windowMs / SLICES;
  const begins = Math.floor(now / length) * length;
  // What was seen before a clock was set back lies ahead and is forgotten.
  const isKept = (one: Slice) => one.begins > begins - limits.windowMs && one.begins <= begins;
  const [oldest] = tally.slices;
  // They are in the order of their times: where both ends are kept, all are.
  const all = oldest === undefined || (isKept(oldest) && isKept(tally.slices.at(-1)!));
  const kept = all ? tally.slices : tally.slices.filter(isKept);
  const last = kept.at(-1);
  const slices =
    last?.begins === begins
      ? kept.with(kept.length - 1, { begins, calls: last.calls + 1, failed: last.failed + failed })
      : [...kept, { begins, calls: 1, failed }];
  return { inRow: failed === 1 ? tally.inRow + 1 : 0, slices };
}

/** Whether what was seen opens the breaker. Asked after a failure only: an answer never opens it. */
export function opens(tally: Tally, limits: BreakerLimits = BREAKER_LIMITS): boolean {
  if (tally.inRow >= limits.inRow) return true;
  const calls = tally.slices.reduce((sum, one) => sum + one.calls, 0);
  const failed = tally.slices.reduce((sum, one) => sum + one.failed, 0);
  return tally.inRow > 0 && calls >= limits.calls && failed * 2 >= calls;
}

export function admission(breaker: Breaker, now: number, limits: BreakerLimits = BREAKER_LIMITS): Admission {
  if (breaker.state === "closed") return { kind: "go" };
  const { since, trialAt, probe } = breaker;
  if (trialAt > now && trialAt <= now + limits.mostPauseMs + SKEW)
    return { kind: "shut", since, until: trialAt, trying: false };
  if (probe && probe.until > now && probe.until <= now + LONGEST_LEASE + SKEW)
    return { kind: "shut", since, until: probe.until, trying: true };
  return { kind: "trial" };
}

/** From closed to open. */
export function opened(
  breaker: Breaker & { state: "closed" },
  now: number,
  limits: BreakerLimits = BREAKER_LIMITS,
): Breaker & { state: "open" } {
  return {
    state: "open",
    generation: breaker.generation + 1,
    since: now,
    openings: 1,
    trialAt: now + limits.pauseMs,
    probe: undefined,
  };
}

/** Somebody takes the trial, which must be due; the lease outlasts the call. */
export function tried(
  breaker: Breaker & { state: "open" },
  by: string,
  now: number,
  leaseMs: number,
): Breaker & { state: "open" } {
  return { ...breaker, probe: { by, until: now + Math.min(leaseMs, LONGEST_LEASE) } };
}

/**
 * What the trial's end makes of the breaker: an answer closes it, a failure opens it for twice as long.
 *
 * A trial that ended without a word leaves the next one due at once.
 */
export function afterTrial(
  breaker: Breaker & { state: "open" },
  outcome: CallOutcome,
  now: number,
  limits: BreakerLimits = BREAKER_LIMITS,
): Breaker {
  if (outcome === "answered") return { state: "closed", generation: breaker.generation + 1, since: now };
  if (outcome === "nothing") return { ...breaker, probe: undefined };
  return {
    ...breaker,
    generation: breaker.generation + 1,
    openings: breaker.openings + 1,
    trialAt: now + pauseOf(breaker.openings + 1, limits),
    probe: undefined,
  };
}

/** How long a breaker stays open after its nth opening in a row. */
export function pauseOf(openings: number, limits: BreakerLimits = BREAKER_LIMITS): number {
  return Math.min(limits.mostPauseMs, limits.pauseMs * 2 ** Math.min(30, openings - 1));
}
