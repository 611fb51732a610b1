/**
 * Taking back: the own verdict while its undo window is open, or the own correction while that has not left yet.
 *
 * A verdict that was the last word brings the case back to review; one that waits for a second person can be taken back
 * as long as nobody has begun with the second look. Nobody takes back what is not theirs.
 */
import { keysOf, readContent, sealJson } from "../cases/content.ts";
import type { Cause } from "../cases/decision/urgency.ts";
import { insertContent } from "../cases/model/record.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { undoCorrection } from "./correction.ts";
import { insertTurns, type StoredTurn } from "./store.ts";
import type { Reviewer, ReviewParts } from "./verdict.ts";

export type UndoneState = "in_review" | "delivered" | "failed_delivery";

interface Last {
  no: number;
  workflow: string;
  state: string;
  turn: StoredTurn;
  due_at: number | null;
  urgent_at: number | null;
  cause: Cause | null;
  not_for: string[];
  behind: string[];
  holder: string | null;
  decided_at: number | null;
}

/** In the caller's transaction; undefined when there is nothing that this person could take back. */
export async function undoIn(
  parts: ReviewParts,
  tx: Tx,
  caseId: string,
  reviewer: Reviewer,
): Promise<UndoneState | undefined> {
  const now = parts.clock.now();
  const case_ = await tx.maybe<{
    workflow: string;
    state: string;
    verdict: string | null;
    worker: string | null;
    next_at: number | null;
    corrections: number;
  }>(
    sql`select workflow, state, verdict, worker, next_at, corrections from case_ where id = ${caseId} for update`,
  );
  if (!case_) return undefined;
  const open = case_.state === "decided" && case_.worker === null && (case_.next_at ?? 0) > now;
  if (case_.corrections > 0) return open ? undoCorrection(parts, tx, caseId, reviewer) : undefined;
  const last = await tx.all<Last>(sql`
    select no, workflow, state, turn, due_at, urgent_at, cause, not_for, behind, holder, decided_at from review where case_id = ${caseId} order by no desc limit 2`);
  const [newest, before] = last;
  let undone: Last | undefined;
  if (open && case_.verdict !== "auto" && newest?.state === "decided") {
    undone = newest;
    if (undone.holder !== reviewer.holder) return undefined;
    await markUndone(tx, caseId, undone.no);
    await insertTurns(tx, [
      {
        case_id: caseId,
        no: undone.no + 1,
        workflow: undone.workflow,
        turn: undone.turn,
        due_at: undone.due_at,
        urgent_at: undone.urgent_at,
        cause: undone.cause,
        not_for: undone.not_for,
        behind: undone.behind,
        prefer: null,
        prefer_until: null,
        came_back: null,
        opened_at: now,
      },
    ]);
    await tx.run(
      sql`update case_ set state = 'in_review', verdict = null, decided_at = null, next_at = null where id = ${caseId}`,
    );
  } else if (case_.state === "in_review" && newest?.state === "waiting" && before?.state === "decided") {
    undone = before;
    const { document } = await parts.registry.workflow(tx, case_.workflow);
    if (undone.holder !== reviewer.holder || undone.decided_at! + document.undo <= now) return undefined;
    await markUndone(tx, caseId, undone.no);
    await tx.run(sql`
      update review set turn = ${undone.turn}, not_for = ${undone.not_for}, behind = ${undone.behind}, prefer = null, prefer_until = null, came_back = null
      where case_id = ${caseId} and no = ${newest.no}`);
  }
  if (!undone) return undefined;
  await withdrawLabels(tx, caseId, now);
  await standAsBefore(parts, tx, caseId, undone);
  parts.audit.record(tx, [
    {
      kind: "review.undone",
      actor: reviewer.actor,
      workflow: case_.workflow,
      caseId,
      data: { review: undone.no },
    },
  ]);
  return "in_review";
}

async function markUndone(tx: Tx, caseId: string, no: number): Promise<void> {
  await tx.run(sql`update review set state = 'undone' where case_id = ${caseId} and no = ${no}`);
}

/**
 * The judgement goes; what it had taken the place of, and was not taken back itself, stands again.
 *
 * The label of a cold case stands: it was given before anything was seen, and no later verdict can be; to lose it with
 * every undo would bend the figures of the coin.
 */
async function withdrawLabels(tx: Tx, caseId: string, now: number): Promise<void> {
  const withdrawn = await tx.all<{ id: string }>(
    sql`update label set withdrawn_at = ${time(now)} where case_id = ${caseId} and withdrawn_at is null and superseded_by is null and source in ('review', 'qa') returning id`,
  );
  await tx.run(
    sql`update label set superseded_by = null where case_id = ${caseId} and withdrawn_at is null and superseded_by = any(${withdrawn.map((one) => one.id)})`,
  );
}

/** The answer of those who stood behind it before, or none. */
async function standAsBefore(parts: ReviewParts, tx: Tx, caseId: string, undone: Last): Promise<void> {
  await tx.run(sql`delete from case_content where case_id = ${caseId} and kind = 'final'`);
  if (undone.behind.length === 0) return;
  const standing = await tx.one<{ no: number }>(sql`
    select max(no)::int as no from review where case_id = ${caseId} and state = 'decided' and no < ${undone.no}`);
  const kind = `turn.${standing.no}`;
  const keys = await keysOf(tx, parts.vault, [caseId]);
  const answer = (await readContent(tx, keys, [kind])).get(caseId)?.get(kind);
  if (answer === undefined)
    throw new PilotageError(
      "internal",
      `The answer behind the second look at ${caseId} is missing; nothing was changed.`,
    );
  await insertContent(tx, [
    { case_id: caseId, kind: "final", sealed: sealJson(keys.get(caseId)!, "final", answer) },
  ]);
}
