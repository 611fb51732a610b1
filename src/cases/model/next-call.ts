/**
 * Which step of the chain is asked next, or that it is time to wait or to give up.
 *
 * Pure: the stored attempts and the clock decide, so that another process goes on exactly where a dead one stopped.
 * The chain is the release's model and its fallbacks; a case that nobody answers goes to a person. Whether a kept answer fits
 * (`cached`) is known only by looking: a step that found none is left out of this round, and looked at anew in the next.
 */
import type { AttemptState } from "../../contract/states.ts";
import type { FallbackStep, ModelStep } from "../../definition/document.ts";

/** Samples and verifications only say how sure an answer is (confidence.ts). */
export type Purpose = "answer" | "repair" | "sample" | "verify";

export interface PastAttempt {
  no: number;
  step: number;
  purpose: Purpose;
  state: AttemptState;
  error: string | null;
  retryable: boolean | null;
  finishedAt: number | null;
}

/** `passedOver`: steps whose model's breaker is open; `shut`: the step whose breaker is waited for, until its next trial. */
export type NextCall =
  | { kind: "ask"; step: number; passedOver?: number[] }
  | { kind: "wait"; until: number; shut?: number }
  | { kind: "give_up"; because: NoAnswer; passedOver?: number[] };

export type NoAnswer = "model_failed" | "bad_output" | "abandoned" | "budget_spent" | "personal_data";

export type Chain = (ModelStep | FallbackStep)[];

/** A step that nobody may ask before this time, because its model's breaker is open; `trying`: one call finds out now. */
export interface Shut {
  /** When it was opened. */
  since: number;
  until: number;
  trying: boolean;
}
type Times = { now: number; receivedAt: number; dueAt: number | undefined };

const TRIES_PER_STEP = 3;
const MOST_ABANDONED = 5;
const MOST_WAIT = 10 * 60_000;
const QUEUE_WITHOUT_DUE = 60 * 60_000;
/** How long a case waits for breakers alone, twice the longest time between trials; and how soon it looks while one runs. */
const SHUT_WAIT = 2 * 60_000;
const LOOK = 1_000;

/**
 * `retryAfter` of the last failure lies in the case's own next time (`takenUpAgain`); here only the ordinary pauses count.
 *
 * A step whose breaker is open gives way to the next one at once; with none behind it, its next trial is waited for. A
 * step whose budget is spent (`spent`) gives way, too, and is not waited for: people do the work meanwhile. So does `cached`
 * where no answer is kept (`unkept`).
 *
 * Samples and verifications decide nothing here: an answer whose process ended among them is asked for anew, with all of
 * them.
 */
export function nextCall(
  chain: Chain,
  made: PastAttempt[],
  times: Times,
  shutAt: (step: number) => Shut | undefined = () => undefined,
  spent: ReadonlySet<number> = new Set(),
  unkept: ReadonlySet<number> = new Set(),
): NextCall {
  const attempts = made.filter((one) => one.purpose === "answer" || one.purpose === "repair");
  if (attempts.filter((one) => one.state === "abandoned").length >= MOST_ABANDONED)
    return { kind: "give_up", because: "abandoned" };
  const failed = attempts.filter((one) => one.state === "failed" && one.purpose === "answer");
  const shut: (Shut & { step: number })[] = [];
  const last = attempts.at(-1);
  // The program ended in the middle of a repair: the step is asked anew, and may be repaired once more.
  if (last?.state === "abandoned" && last.purpose === "repair" && !spent.has(last.step)) {
    const closed = shutAt(last.step);
    if (!closed) return { kind: "ask", step: last.step };
    shut.push({ ...closed, step: last.step });
  }
  const passedOver = () => (shut.length === 0 ? {} : { passedOver: shut.map((one) => one.step) });
  for (const [step, definition] of chain.entries()) {
    if (definition === "manual") break;
    if (definition === "queue") {
      if (spent.has(0)) continue;
      const waiting = queue(failed, times, shutAt(0));
      if (waiting) return waiting;
      continue;
    }
    if (spent.has(step) || unkept.has(step)) continue;
    const tries = failed.filter((one) => one.step === step);
    const last = tries.at(-1);
    if (last && (last.retryable === false || tries.length >= TRIES_PER_STEP)) continue;
    const closed = shutAt(step);
    if (closed) {
      shut.push({ ...closed, step });
      continue;
    }
    const next = pause(step, tries.length, last, times.now);
    return next.kind === "ask" ? { ...next, ...passedOver() } : next;
  }
  const because = whyNone(attempts, spent);
  return waitForBreaker(shut, attempts, times) ?? { kind: "give_up", because, ...passedOver() };
}

/**
 * Undefined when the case has waited long enough, or is due: a person gets it.
 *
 * It waits from when it came, was last tried, or the breaker opened, whichever was last: cases that waited for us, as in a
 * backlog, are not handed to people for a fault of seconds.
 */
function waitForBreaker(
  shut: (Shut & { step: number })[],
  attempts: PastAttempt[],
  { now, receivedAt, dueAt }: Times,
): NextCall | undefined {
  const first = shut.toSorted((a, b) => lookAt(a, now) - lookAt(b, now))[0];
  const since = Math.max(attempts.at(-1)?.finishedAt ?? receivedAt, ...shut.map((one) => one.since));
  const end = Math.min(since + SHUT_WAIT, dueAt ?? Infinity);
  // A time ahead is from before the clock was set back: counted from there, the wait would begin again and again.
  if (!first || since > now || end <= now) return undefined;
  return { kind: "wait", until: Math.min(lookAt(first, now), end), shut: first.step };
}

function lookAt({ until, trying }: Shut, now: number): number {
  return Math.max(now + 1, trying ? Math.min(until, now + LOOK) : until);
}

/** Asks the release's model again, ever more slowly, until the case is due. */
function queue(failed: PastAttempt[], times: Times, shut: Shut | undefined): NextCall | undefined {
  const until = times.dueAt ?? times.receivedAt + QUEUE_WITHOUT_DUE;
  const tries = failed.filter((one) => one.step === 0);
  const last = tries.at(-1);
  if (times.now >= until || last?.retryable === false) return undefined;
  const next = pause(0, tries.length + TRIES_PER_STEP, last, times.now);
  if (shut) {
    const look = lookAt(shut, times.now);
    return {
      kind: "wait",
      until: Math.min(next.kind === "wait" ? Math.max(next.until, look) : look, until),
      shut: 0,
    };
  }
  // Never past the time at which the chain goes on without it.
  return next.kind === "wait" ? { kind: "wait", until: Math.min(next.until, until) } : next;
}

function pause(step: number, tries: number, last: PastAttempt | undefined, now: number): NextCall {
  if (!last) return { kind: "ask", step };
  const until = (last.finishedAt ?? now) + pauseAfter(tries);
  // Ended later than now: before the clock was set back. Its pause would last until that time has come round again.
  const ahead = last.finishedAt !== null && last.finishedAt > now;
  return until > now && !ahead ? { kind: "wait", until } : { kind: "ask", step };
}

/** One second after the first failure, then four times as long each time, at most ten minutes. */
export function pauseAfter(tries: number): number {
  return Math.min(MOST_WAIT, 1_000 * 4 ** Math.max(0, tries - 1));
}

/**
 * When a case is taken up again whose provider asked for a pause of its own: the later of both times.
 *
 * What a provider asks for counts up to ten minutes and never past the case's due time: it does not decide how long a
 * case sleeps.
 */
export function takenUpAgain(
  until: number,
  retryAfterMs: number | undefined,
  times: { now: number; dueAt: number | undefined },
): number {
  const asked = times.now + Math.min(retryAfterMs ?? 0, MOST_WAIT);
  const { dueAt } = times;
  return Math.max(until, dueAt !== undefined && dueAt > times.now ? Math.min(asked, dueAt) : asked);
}

function whyNone(attempts: PastAttempt[], spent: ReadonlySet<number>): NoAnswer {
  if (spent.size > 0) return "budget_spent";
  return lastWasBadOutput(attempts) ? "bad_output" : "model_failed";
}

function lastWasBadOutput(attempts: PastAttempt[]): boolean {
  return attempts.findLast((one) => one.state === "failed")?.error === "model_bad_answer";
}
