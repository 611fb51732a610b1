/** Waiting that ends at once when the sample is told to stop, and trying again while the program cannot answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { PilotageError } from "../src/contract/errors.ts";

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5_000;

/** Waits; resolves early, and does not throw, when the signal fires. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/**
 * Does something against the program, again and again while trying again can help, a little later each time.
 *
 * Undefined when told to stop meanwhile; every other failure is thrown.
 */
export async function persist<T>(options: {
  signal: AbortSignal;
  work: () => Promise<T>;
  /** Told before each wait, in milliseconds. */
  onWait: (failure: PilotageError, wait: number) => void;
  firstWait?: number;
}): Promise<T | undefined> {
  const { signal, work, onWait, firstWait = FIRST_WAIT } = options;
  for (let wait = firstWait; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PilotageError) || !error.retryable) throw error;
      onWait(error, wait);
      await pause(wait, signal);
    }
  }
  return undefined;
}

/** A shell and npm may both hand on one Ctrl-C: what follows so soon is not a second wish. */
const SAME_SIGNAL = 1_000;

/**
 * Fires at SIGINT or SIGTERM, and when the process that started this one is gone (its end of our stdin closes).
 *
 * A second signal means at once: `atOnce` is called, then the process exits.
 */
export function untilTold(atOnce: () => void = () => undefined): AbortSignal {
  const told = new AbortController();
  let first: number | undefined;
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => {
      first ??= performance.now();
      told.abort();
      if (performance.now() - first < SAME_SIGNAL) return;
      atOnce();
      process.exit(130);
    });
  if (process.env["SAMPLE_WATCHES_STDIN"] === "1") {
    process.stdin.resume();
    for (const event of ["end", "error"]) process.stdin.once(event, () => told.abort());
    told.signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  }
  return told.signal;
}
