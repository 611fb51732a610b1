/**
 * The rows of a turn that ends without a verdict: given back, ended undecided, asked and waiting for the sender.
 *
 * Everything runs in the caller's transaction, which holds the review and writes the audit event (turn.ts).
 */
import type { ReviewReason } from "../contract/states.ts";
import type { Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import type { NextTurn, OpenReview } from "./store.ts";
import type { Reviewer } from "./verdict.ts";

interface EndingTurn {
  tx: Tx;
  review: OpenReview;
  now: number;
  /** Milliseconds to keep with the review, where that was agreed. */
  activeMs: number | undefined;
}

type Continued = Pick<
  OpenReview,
  "case_id" | "no" | "workflow" | "turn" | "not_for" | "behind" | "due_at" | "urgent_at" | "cause"
>;

/** A turn that waits for the sender, and who asked. */
export type Asked = Continued & { person: string; stands: string | null };

export const ASKED = sql`r.case_id, r.no, r.workflow, r.turn, r.not_for, r.behind, r.due_at, r.urgent_at, r.cause, r.person, r.stands`;

export async function lockAsked(tx: Tx, caseId: string): Promise<Asked | undefined> {
  await tx.run(sql`select 1 from case_ where id = ${caseId} and state = 'returned' for update`);
  return tx.maybe<Asked>(sql`
    select ${ASKED} from review r join case_ c on c.id = r.case_id
    where r.case_id = ${caseId} and r.asked_until is not null and c.state = 'returned' for update of r`);
}

export async function forgetQuestion(tx: Tx, asked: Asked): Promise<void> {
  await tx.run(
    sql`update review set asked_until = null where case_id = ${asked.case_id} and no = ${asked.no}`,
  );
}

/** The next turn of the same kind, for anybody. */
export function nextOf(review: Continued, now: number): NextTurn {
  const { case_id, no, workflow, turn, not_for, behind, due_at, urgent_at, cause } = review;
  return {
    case_id,
    no: no + 1,
    workflow,
    turn,
    not_for,
    behind,
    due_at,
    urgent_at,
    cause,
    prefer: null,
    prefer_until: null,
    came_back: null,
    opened_at: now,
  };
}

export async function endUndecided(
  { tx, review, now, activeMs }: EndingTurn,
  state: "escalated" | "asked",
  reviewer: Reviewer,
  reason: ReviewReason | null,
): Promise<void> {
  await tx.run(sql`
    update review set state = ${state}, ended_at = ${time(now)}, lease = null, lease_until = null, reason = ${reason},
      person = ${reviewer.name}, stands = ${reviewer.stands}, holder = ${reviewer.holder}, active_ms = ${activeMs ?? null}
    where case_id = ${review.case_id} and no = ${review.no}`);
}

/** The same turn waits again. */
export async function giveBack(
  { tx, review }: Pick<EndingTurn, "tx" | "review">,
  more: { skippedBy?: string; until?: number; prefer?: string; preferUntil?: number } = {},
): Promise<void> {
  const maybe = (at: number | undefined) => (at === undefined ? null : time(at));
  const skipped = more.skippedBy === undefined ? [] : [more.skippedBy];
  await tx.run(sql`
    update review set state = 'waiting', lease = null, lease_until = null, person = null, holder = null, simulated = false,
      skipped_by = skipped_by || ${skipped}::text[], snoozed_until = ${maybe(more.until)}, prefer = ${more.prefer ?? null}, prefer_until = ${maybe(more.preferUntil)}
    where case_id = ${review.case_id} and no = ${review.no}`);
}
