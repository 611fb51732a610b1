/** Handlers of reviews: take, give back, decide, take back. */
import type { Caller } from "../access/caller.ts";
import type { JsonObject } from "../contract/json.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Reviewer, Reviews, ReviewTask } from "../reviews/review.ts";
import type { Handlers } from "./bind.ts";
import { seeCase } from "./see.ts";

export function reviewHandlers(parts: {
  database: Database;
  reviews: Reviews;
}): Pick<Handlers, "claimReviews" | "claimReview" | "releaseReview" | "giveVerdict" | "undoVerdict"> {
  const { database, reviews } = parts;
  return {
    async claimReviews({ params, body, caller }) {
      const claimed = await reviews.claim(params.workflow, reviewerOf(caller), body.count, body.leaseSeconds);
      return { reviews: claimed.map(shown) };
    },
    async claimReview({ params, body, caller }) {
      await seeCase(database, caller, params.case);
      return shown(await reviews.claimCase(params.case, reviewerOf(caller), body.leaseSeconds));
    },
    async releaseReview({ params, body, caller }) {
      await seeCase(database, caller, params.case);
      await reviews.release(params.case, body.lease, reviewerOf(caller));
      return { released: true, escalated: false };
    },
    async giveVerdict({ params, body, caller }) {
      await seeCase(database, caller, params.case);
      const taken = await reviews.decide(
        params.case,
        {
          lease: body.lease,
          verdict: body.verdict,
          output: body.output as JsonObject | undefined,
          reason: body.reason,
        },
        reviewerOf(caller),
      );
      return {
        caseId: taken.caseId,
        state: taken.state,
        verdict: taken.verdict,
        undoUntil: isoTime(taken.undoUntil),
        modelOutput: taken.modelOutput ?? null,
        differs: taken.differs,
        planted: null,
      };
    },
    async undoVerdict({ params, caller }) {
      await seeCase(database, caller, params.case);
      await reviews.undo(params.case, reviewerOf(caller));
      return { state: "in_review" as const };
    },
  };
}

function reviewerOf(caller: Caller): Reviewer {
  return { name: caller.person, holder: caller.holder, actor: caller.actor, simulated: caller.simulated };
}

function shown(task: ReviewTask) {
  return {
    ...task,
    leaseUntil: isoTime(task.leaseUntil),
    dueAt: task.dueAt === null ? null : isoTime(task.dueAt),
    receivedAt: isoTime(task.receivedAt),
    output: task.output ?? null,
    withheld: task.withheld ?? null,
    notes: task.notes.map((note) => ({ ...note, at: isoTime(note.at) })),
    earlier: task.earlier ?? null,
  };
}
