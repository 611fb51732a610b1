/**
 * A person's part of the path: taking a review, seeing what may be seen, giving a verdict, taking it back.
 *
 * Stands between decision and delivery. Guarantees: one live lease per case; a late verdict is refused and its text
 * kept; a cold case's output does not leave the program before the verdict; verdict, label, state and audit event are
 * one transaction. What a task shows is in task.ts, verdicts in verdict.ts, every other end of a turn in turn.ts, taking
 * back in undo.ts, batches in bulk.ts, SQL in store.ts.
 */
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Database, Tx } from "../platform/database.ts";
import { takeBlindBack } from "./blind.ts";
import { openBulk, type Bulk } from "./bulk.ts";
import { correct, type CorrectionGiven, type CorrectionMade } from "./correction.ts";
import { confirmRecalled } from "./recall.ts";
import { approveCorrection, refuseCorrection } from "./corrections-waiting.ts";
import { claimerOf, inboxOf, type Inbox } from "./inbox.ts";
import { notThere } from "./late.ts";
import * as store from "./store.ts";
import { tasksOf, type ReviewTask } from "./task.ts";
import { openWorkedTime } from "./time.ts";
import { openTurns, type AskParts, type Turns } from "./turn.ts";
import { undoIn, type UndoneState } from "./undo.ts";
import {
  deciding,
  type Reviewer,
  type ReviewParts,
  type VerdictGiven,
  type VerdictTaken,
} from "./verdict.ts";

export type { ReviewTask } from "./task.ts";
export type { Reviewer, ReviewParts, VerdictGiven, VerdictTaken } from "./verdict.ts";

/** For how long a review is taken; a soft hold is for a page that loads ahead. */
export interface Hold {
  leaseSeconds: number;
  soft: boolean;
}

const SOFT_SECONDS = 60;

export interface Reviews extends Turns {
  claim(workflow: string, reviewer: Reviewer, most: number, hold: Hold): Promise<ReviewTask[]>;
  /** A given case's review, when nobody has it. */
  claimCase(caseId: string, reviewer: Reviewer, hold: Hold): Promise<ReviewTask>;
  /** A later end for the own lease; answers it. */
  renew(caseId: string, lease: string, reviewer: Reviewer, leaseSeconds: number): Promise<number>;
  decide(caseId: string, verdict: VerdictGiven, reviewer: Reviewer): Promise<VerdictTaken>;
  undo(caseId: string, reviewer: Reviewer): Promise<UndoneState>;
  correct(caseId: string, given: CorrectionGiven, reviewer: Reviewer): Promise<CorrectionMade>;
  confirmRecalled(caseId: string, reviewer: Reviewer): Promise<{ open: number }>;
  /** Undefined: it waits for one more person. */
  approveCorrection(
    caseId: string,
    proposal: number,
    reviewer: Reviewer,
  ): Promise<CorrectionMade | undefined>;
  refuseCorrection(
    caseId: string,
    given: { proposal: number; text: string | undefined },
    reviewer: Reviewer,
  ): Promise<"refused" | "withdrawn">;
  inbox(workflow: string, reviewer: Reviewer): Promise<Inbox>;
  /** Gives back what a person holds, in the caller's transaction: they are away, or may not work here any more. */
  returnLeases(tx: Tx, person: string, by: Actor, until?: number): Promise<number>;
  bulk: Bulk;
}

export function openReviews(parts: ReviewParts & AskParts & { chance(): number }): Reviews {
  const { database, registry, clock, newId, audit } = parts;
  const decideTogether = deciding(parts);
  const workedTime = openWorkedTime(database);

  async function decide(caseId: string, verdict: VerdictGiven, reviewer: Reviewer): Promise<VerdictTaken> {
    const decided = await parts.group.do(decideTogether, { caseId, verdict, reviewer });
    if (decided instanceof PilotageError) throw decided;
    if (decided.worked) await workedTime.add(decided.worked);
    return decided.taken;
  }

  return {
    ...openTurns({ ...parts, workedTime }),
    decide,
    bulk: openBulk({ ...parts, decide }),

    async claim(workflow, reviewer, most, hold) {
      await registry.workflow(database, workflow);
      const claimed = await claimWith(parts, reviewer, hold, async (tx, { now, until }) => {
        const next = (wanted: number, skipped: boolean) =>
          store.claimNext(tx, {
            ...claimerOf(reviewer),
            workflow,
            leases: Array.from({ length: wanted }, () => newId("lease")),
            skipped,
            now,
            until,
          });
        const found = await next(most, false);
        return found.length < most ? [...found, ...(await next(most - found.length, true))] : found;
      });
      return tasksOf(parts, claimed);
    },

    async claimCase(caseId, reviewer, hold) {
      const claimed = await claimWith(parts, reviewer, hold, (tx, { now, until }) =>
        store.claimOne(tx, {
          ...claimerOf(reviewer),
          caseId,
          named: reviewer.actor.kind === "person",
          lease: newId("lease"),
          now,
          until,
        }),
      );
      const [task] = await tasksOf(parts, claimed);
      if (task) return task;
      if (claimed.length === 0) throw await notClaimable(database, caseId, reviewer);
      throw new PilotageError(
        "internal",
        `The content of ${caseId} does not open: it was damaged, or its key is gone. Nobody can decide it as it is; everything else goes on.`,
        { hint: "Restore it from a backup.", retryable: false },
      );
    },

    async renew(caseId, lease, reviewer, leaseSeconds) {
      const now = clock.now();
      const until = now + leaseSeconds * 1000;
      const renewed = await store.renewLease(database, {
        caseId,
        lease,
        holder: reviewer.holder,
        now,
        until,
      });
      if (renewed) return renewed.lease_until;
      throw new PilotageError(
        "lease_lost",
        `You do not have the case ${caseId} any more: your time was over, or it is decided. Nothing was changed.`,
        { hint: "Take it again if it is still waiting." },
      );
    },

    async undo(caseId, reviewer) {
      const state = await database.transaction(
        async (tx) =>
          (await undoIn(parts, tx, caseId, reviewer)) ?? (await takeBlindBack(parts, tx, caseId, reviewer)),
      );
      if (state) return state;
      throw new PilotageError(
        "wrong_state",
        `The verdict on ${caseId} cannot be taken back: the undo window is over, it was somebody else's, or somebody looks at it already. Nothing was changed.`,
        { hint: "What is delivered can only be corrected." },
      );
    },

    correct: (caseId, given, reviewer) => correct(parts, caseId, given, reviewer),
    confirmRecalled: (caseId, reviewer) => confirmRecalled(parts, caseId, reviewer),
    approveCorrection: (caseId, proposal, reviewer) => approveCorrection(parts, caseId, proposal, reviewer),
    refuseCorrection: (caseId, given, reviewer) => refuseCorrection(parts, caseId, given, reviewer),
    inbox: (workflow, reviewer) => inboxOf(parts, workflow, reviewer),

    async returnLeases(tx, person, by, until) {
      const returned = await store.returnLeasesOf(tx, person, until);
      audit.record(
        tx,
        returned.map((one) => ({
          kind: "review.released",
          actor: by,
          workflow: one.workflow,
          caseId: one.case_id,
          data: { because: "away" },
        })),
      );
      return returned.length;
    },
  };
}

async function claimWith(
  parts: ReviewParts,
  reviewer: Reviewer,
  { leaseSeconds, soft }: Hold,
  take: (tx: Tx, span: { now: number; until: number }) => Promise<store.ClaimedReview[]>,
): Promise<store.ClaimedReview[]> {
  return parts.database.transaction(async (tx) => {
    const now = parts.clock.now();
    const claimed = await take(tx, { now, until: now + (soft ? SOFT_SECONDS : leaseSeconds) * 1000 });
    parts.audit.record(
      tx,
      claimed.map((one) => ({
        kind: "review.claimed",
        actor: reviewer.actor,
        workflow: one.workflow,
        caseId: one.case_id,
        data: { review: one.no, ...(soft ? { soft } : {}) },
      })),
    );
    return claimed;
  });
}

async function notClaimable(database: Database, caseId: string, reviewer: Reviewer): Promise<PilotageError> {
  const found = await store.reviewed(database, caseId);
  if (!found) return notThere(caseId);
  const { state } = found;
  const why =
    state === "in_review" ? await store.whyNotFor(database, caseId, claimerOf(reviewer)) : undefined;
  if (why === "escalated")
    return new PilotageError(
      "wrong_state",
      `The case ${caseId} was escalated: its owner takes it. Nothing was changed.`,
    );
  if (why === "behind")
    return new PilotageError(
      "wrong_state",
      `You stand behind the answer to ${caseId} already; it takes another person. Nothing was changed.`,
    );
  return new PilotageError(
    "wrong_state",
    `The case ${caseId} is ${state === "in_review" ? "leased already, by you or by somebody else" : state}; it cannot be taken for review now.`,
  );
}
