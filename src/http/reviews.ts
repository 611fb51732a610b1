/** Handlers of the inbox: take, every way to end a turn, take back, correct, and batches. */
import { isOperator, may, rolesOf, type Caller } from "../access/caller.ts";
import type { JsonObject } from "../contract/json.ts";
import { PilotageError } from "../contract/errors.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Alike } from "../reviews/bulk.ts";
import type { Listed } from "../reviews/inbox.ts";
import type { Reviewer, Reviews, ReviewTask } from "../reviews/review.ts";
import type { Handlers } from "./bind.ts";
import { seeCase, seeThrough } from "./see.ts";

type ReviewHandlers = Pick<
  Handlers,
  | "getInbox"
  | "claimReviews"
  | "claimReview"
  | "renewReview"
  | "releaseReview"
  | "giveVerdict"
  | "undoVerdict"
  | "snoozeReview"
  | "escalateReview"
  | "askSender"
  | "recordAnswer"
  | "correctCase"
  | "confirmRecalled"
  | "approveCorrection"
  | "refuseCorrection"
  | "claimAlike"
  | "resumeAlike"
  | "approveAlike"
  | "undoAlike"
  | "releaseAlike"
>;

export function reviewHandlers(parts: { database: Database; reviews: Reviews }): ReviewHandlers {
  const { database, reviews } = parts;

  async function onCase(caller: Caller, caseId: string): Promise<Reviewer> {
    return reviewerOf(caller, await seeCase(database, caller, caseId));
  }

  async function onBulk(caller: Caller, bulk: string): Promise<Reviewer> {
    const workflow = await reviews.bulk.workflowOf(bulk);
    seeThrough(
      caller,
      workflow,
      () => new PilotageError("not_found", `There is no batch ${bulk.slice(0, 60)} of yours.`),
    );
    return reviewerOf(caller, workflow!);
  }

  return {
    async getInbox({ params, caller }) {
      const inbox = await reviews.inbox(params.workflow, reviewerOf(caller, params.workflow));
      const { signedIn } = caller;
      return {
        ...inbox,
        mine: inbox.mine.map((one) => ({ ...one, leaseUntil: isoTime(one.leaseUntil) })),
        snoozed: inbox.snoozed.map(listed),
        asked: inbox.asked.map(listed),
        returned: inbox.returned.map(listed),
        escalated: inbox.escalated.map(listed),
        corrections: may(caller, "case.correct", params.workflow)
          ? inbox.corrections.map((one) => ({ ...one, at: isoTime(one.at) }))
          : [],
        recalled: {
          ...inbox.recalled,
          cases: inbox.recalled.cases.map((one) => ({ ...one, deliveredAt: isoTime(one.deliveredAt) })),
        },
        away: maybeIso(signedIn?.awayUntil ?? null),
      };
    },
    async claimReviews({ params, body, caller }) {
      const reviewer = reviewerOf(caller, params.workflow);
      const claimed = await reviews.claim(params.workflow, reviewer, body.count, body);
      return { reviews: claimed.map(shown) };
    },
    async claimReview({ params, body, caller }) {
      return shown(await reviews.claimCase(params.case, await onCase(caller, params.case), body));
    },
    async renewReview({ params, body, caller }) {
      const reviewer = await onCase(caller, params.case);
      const until = await reviews.renew(params.case, body.lease, reviewer, body.leaseSeconds);
      return { leaseUntil: isoTime(until) };
    },
    async releaseReview({ params, body, caller }) {
      const { lease, skip, reason: text, activeMilliseconds } = body;
      const { escalated } = await reviews.release(
        { caseId: params.case, lease, skip, text, activeMilliseconds },
        await onCase(caller, params.case),
      );
      return { released: true, escalated };
    },
    async giveVerdict({ params, body, caller }) {
      const taken = await reviews.decide(
        params.case,
        {
          lease: body.lease,
          verdict: body.verdict,
          output: body.output as JsonObject | undefined,
          reason: body.reason,
          text: body.text,
          activeMilliseconds: body.activeMilliseconds,
        },
        await onCase(caller, params.case),
      );
      return {
        caseId: taken.caseId,
        state: taken.state,
        verdict: taken.verdict,
        undoUntil: taken.planted ? null : isoTime(taken.undoUntil),
        modelOutput: taken.modelOutput ?? null,
        differs: taken.differs,
        planted: taken.planted ?? null,
      };
    },
    async undoVerdict({ params, caller }) {
      return { state: await reviews.undo(params.case, await onCase(caller, params.case)) };
    },
    async snoozeReview({ params, body, caller }) {
      const { until, ...rest } = body;
      await reviews.snooze(
        { caseId: params.case, ...rest, text: body.text, until: Date.parse(until) },
        await onCase(caller, params.case),
      );
      return { caseId: params.case, state: "in_review" };
    },
    async escalateReview({ params, body, caller }) {
      await reviews.escalate({ caseId: params.case, ...body }, await onCase(caller, params.case));
      return { caseId: params.case, state: "in_review" };
    },
    async askSender({ params, body, caller }) {
      const asked = await reviews.ask({ caseId: params.case, ...body }, await onCase(caller, params.case));
      return { caseId: params.case, state: "returned", ...asked };
    },
    async recordAnswer({ params, body, caller }) {
      await seeCase(database, caller, params.case);
      await reviews.answer(params.case, { text: body.text, person: caller.person, actor: caller.actor });
      return { caseId: params.case, state: "in_review" };
    },
    async correctCase({ params, body, caller }) {
      const made = await reviews.correct(
        params.case,
        { output: body.output as JsonObject, reason: body.reason, text: body.text },
        await onCase(caller, params.case),
      );
      return { ...made, undoUntil: isoTime(made.undoUntil) };
    },
    async confirmRecalled({ params, caller }) {
      const { open } = await reviews.confirmRecalled(params.case, await onCase(caller, params.case));
      return { caseId: params.case, open };
    },
    async approveCorrection({ params, body, caller }) {
      const made = await reviews.approveCorrection(
        params.case,
        body.proposal,
        await onCase(caller, params.case),
      );
      return {
        caseId: params.case,
        correction: made?.correction ?? null,
        undoUntil: maybeIso(made?.undoUntil ?? null),
        differs: made?.differs ?? [],
      };
    },
    async refuseCorrection({ params, body, caller }) {
      const given = { proposal: body.proposal, text: body.text };
      const state = await reviews.refuseCorrection(params.case, given, await onCase(caller, params.case));
      return { caseId: params.case, state };
    },
    async claimAlike({ params, body, caller }) {
      const reviewer = reviewerOf(caller, params.workflow);
      return batch(await reviews.bulk.claimAlike(params.workflow, body.like, body.most, reviewer));
    },
    async resumeAlike({ params, caller }) {
      const reviewer = reviewerOf(caller, params.workflow);
      const resumed = await reviews.bulk.resume(params.workflow, reviewer);
      return { ...resumed, batches: resumed.batches.map(batch) };
    },
    async approveAlike({ params, body, caller }) {
      const done = await reviews.bulk.approve(params.bulk, body, await onBulk(caller, params.bulk));
      return { ...done, undoUntil: isoTime(done.undoUntil) };
    },
    async undoAlike({ params, caller }) {
      return { undone: await reviews.bulk.undo(params.bulk, await onBulk(caller, params.bulk)) };
    },
    async releaseAlike({ params, caller }) {
      return { released: await reviews.bulk.release(params.bulk, await onBulk(caller, params.bulk)) };
    },
  };
}

function reviewerOf(caller: Caller, workflow: string): Reviewer {
  return {
    name: caller.person,
    stands: caller.stands,
    holder: caller.holder,
    actor: caller.actor,
    simulated: caller.simulated,
    owner: isOperator(caller) || rolesOf(caller, workflow).includes("owner"),
    saysWhy: caller.signedIn !== undefined,
  };
}

function shown(task: ReviewTask) {
  return {
    ...task,
    leaseUntil: isoTime(task.leaseUntil),
    dueAt: maybeIso(task.dueAt),
    receivedAt: isoTime(task.receivedAt),
    notes: task.notes.map((note) => ({ ...note, at: isoTime(note.at) })),
    earlier: task.earlier ?? null,
    output: task.output ?? null,
    withheld: task.withheld ?? null,
  };
}

function batch(alike: Alike) {
  return { ...alike, open: alike.open.map(shown), leaseUntil: isoTime(alike.leaseUntil) };
}

function listed(one: Listed) {
  return { ...one, dueAt: maybeIso(one.dueAt), until: maybeIso(one.until), at: isoTime(one.at) };
}

function maybeIso(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}
