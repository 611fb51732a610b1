/**
 * What becomes of a case whose stage failed inside Pilotage: a later try, or an end that a person sees.
 *
 * Pure. Such a fault is none of a model's or a target's, which have schedules of their own: content that cannot be
 * opened, a key that is gone, an error in the program. The runner counts them on the case; a move sets them to zero.
 */
import { PilotageError } from "../contract/errors.ts";
import type { CaseState } from "../contract/states.ts";

export type AfterFault =
  | { kind: "again"; pauseMs: number; counts: boolean }
  /** Tries are used up before a decision: a person decides. */
  | { kind: "to_person" }
  /** Tries are used up in delivery: its open deliveries become dead letters. */
  | { kind: "give_up_delivery" };

export const MOST_FAULTS = 5;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 3_600_000;

/** `faults` counts this one. A decided case has nothing that could be a dead letter yet, so it keeps trying, ever more slowly. */
export function afterFault(state: CaseState, faults: number, error: unknown): AfterFault {
  // The database being away is no fault of the case, and over as soon as it is back.
  if (error instanceof PilotageError && error.code === "database_unavailable")
    return { kind: "again", pauseMs: FIRST_PAUSE, counts: false };
  if (faults >= MOST_FAULTS && (state === "received" || state === "running")) return { kind: "to_person" };
  if (faults >= MOST_FAULTS && state === "delivering") return { kind: "give_up_delivery" };
  return { kind: "again", pauseMs: pauseAfterFault(faults), counts: true };
}

/** Five seconds, then twice as long each time, at most an hour. */
export function pauseAfterFault(faults: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (faults - 1));
}
