/**
 * The sample clerk's day: takes reviews, gives verdicts, goes on through lost leases and a program that is away.
 *
 * Everything goes through the typed client with a review key, as a person's console would do it. What a verdict is
 * stands in clerk-verdict.ts; the command around it in sample-clerk.ts.
 */
import type { Client } from "../src/contract/client.ts";
import { PilotageError } from "../src/contract/errors.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { verdictOn } from "./clerk-verdict.ts";
import type { KnownAnswers } from "./known-answers.ts";
import { pause, persist } from "./waiting.ts";

export type ClerkClient = Pick<Client, "claimReviews" | "giveVerdict" | "releaseReview">;
type Review = Awaited<ReturnType<Client["claimReviews"]>>["reviews"][number];

export interface ClerkCounts {
  approved: number;
  edited: number;
  rejected: number;
  /** The lease was over, or the case was settled meanwhile. */
  lost: number;
  /** The program did not take the answer, because it breaks the output schema. */
  refused: number;
  /** Times that something was tried again because the program could not answer. */
  retries: number;
  /** Reviews given back undecided at the end. */
  givenBack: number;
}

export interface ClerkOptions {
  client: ClerkClient;
  workflow: string;
  answers: KnownAnswers;
  /** Reviews taken at a time. */
  claim: number;
  /** Verdicts in flight at the same time. */
  parallel: number;
  /** Milliseconds that one of them spends on a case. */
  pace: number;
  /** Ends after so many milliseconds without a review; undefined works on until told to stop. */
  idleAfter: number | undefined;
  signal: AbortSignal;
  /** A line for the person who watches. */
  say: (line: string) => void;
  /** Milliseconds between two looks into an empty inbox. */
  lookEvery?: number;
  leaseSeconds?: number;
}

const LOOK_EVERY = 500;
const LEASE_SECONDS = 300;
const SAY_EVERY = 100;

/** Works until told to stop or idle; throws only what trying again cannot help, such as a revoked key. */
export async function workAsClerk(options: ClerkOptions): Promise<ClerkCounts> {
  const { signal, lookEvery = LOOK_EVERY } = options;
  const counts: ClerkCounts = {
    approved: 0,
    edited: 0,
    rejected: 0,
    lost: 0,
    refused: 0,
    retries: 0,
    givenBack: 0,
  };
  const desk: Review[] = [];
  let looking: Promise<void> | undefined;
  let idle = 0;
  let over = false;

  const retrying = <T>(work: () => Promise<T>) =>
    persist({
      signal,
      work,
      onWait(failure, wait) {
        counts.retries += 1;
        if (wait >= 1_000 || counts.retries === 1) options.say(`${failure.message} Trying again.`);
      },
    });

  /** Fills the desk; one look at a time serves all hands. */
  async function look(): Promise<void> {
    const body = { count: options.claim, leaseSeconds: options.leaseSeconds ?? LEASE_SECONDS };
    const found = await retrying(() =>
      options.client.claimReviews({ params: { workflow: options.workflow }, body }),
    );
    if (found === undefined) return;
    desk.push(...found.reviews);
    if (found.reviews.length > 0) {
      idle = 0;
      return;
    }
    if (options.idleAfter !== undefined && idle >= options.idleAfter) over = true;
    else await pause(lookEvery, signal);
    idle += lookEvery;
  }

  async function hand(): Promise<void> {
    try {
      while (!signal.aborted && !over) {
        const review = desk.shift();
        if (review === undefined) await (looking ??= look().finally(() => (looking = undefined)));
        else await decide(review);
      }
    } catch (error) {
      // What stops one hand stops all: a revoked key does not come back.
      over = true;
      throw error;
    }
  }

  async function decide(review: Review): Promise<void> {
    await pause(options.pace, signal);
    if (signal.aborted) return void desk.push(review);
    const given = verdictOn(
      { output: review.output as JsonObject | null, outputSchema: review.outputSchema as JsonObject },
      options.answers.find({ externalId: review.externalId, input: review.input as JsonObject }),
    );
    try {
      const taken = await retrying(() =>
        options.client.giveVerdict({
          params: { case: review.caseId },
          body: { lease: review.lease, ...given },
        }),
      );
      if (taken === undefined) return void desk.push(review);
      // An edit that changed nothing, as of a cold case whose hidden output was right, is an approval.
      counts[COUNTED[taken.verdict] ?? COUNTED[given.verdict]!] += 1;
    } catch (error) {
      if (!(error instanceof PilotageError)) throw error;
      if (error.code === "bad_output") {
        counts.refused += 1;
        options.say(`The answer to ${review.externalId} was not taken: ${error.message}`);
      } else if (error.code === "lease_lost" || error.code === "wrong_state" || error.code === "not_found")
        counts.lost += 1;
      else throw error;
    }
    const done = counts.approved + counts.edited + counts.rejected;
    if (done > 0 && done % SAY_EVERY === 0)
      options.say(
        `${done} verdicts: ${counts.approved} approved, ${counts.edited} edited, ${counts.rejected} rejected`,
      );
  }

  try {
    const hands = await Promise.allSettled(Array.from({ length: options.parallel }, hand));
    for (const one of hands) if (one.status === "rejected") throw one.reason;
  } finally {
    counts.givenBack = await giveBack(options.client, desk);
  }
  return counts;
}

const COUNTED: Record<string, "approved" | "edited" | "rejected"> = {
  approve: "approved",
  edit: "edited",
  reject: "rejected",
};

/** Gives back what was not decided, so that nobody waits for the leases to end; a program that is away forgets them anyway. */
async function giveBack(client: ClerkClient, desk: readonly Review[]): Promise<number> {
  const results = await Promise.allSettled(
    desk.map((review) =>
      client.releaseReview({ params: { case: review.caseId }, body: { lease: review.lease } }),
    ),
  );
  return results.filter((one) => one.status === "fulfilled").length;
}
