/** The questions that blind second looks ask the database: which are due to open, which ended, which nobody took. */
import type { CaseId } from "../contract/ids.ts";
import type { Reason } from "../contract/states.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

/** Where a second look stands: chosen at delivery, open for review, judged and put on the list, or taken by nobody. */
export type LookState = "waiting" | "opened" | "done" | "lapsed";

/** Whether there is anything to look after. */
export async function anyOpen(database: Queryable): Promise<boolean> {
  return (
    (await database.maybe(sql`select 1 from second_look where state in ('waiting', 'opened') limit 1`)) !==
    undefined
  );
}

/** Chosen cases that are with their receiver and that nobody reviews, with the number of their newest review; locked. */
export async function readyToOpen(
  tx: Tx,
  most: number,
): Promise<{ case_id: CaseId; workflow: string; reviews: number; cold: boolean; reasons: Reason[] }[]> {
  return tx.all(sql`
    select s.case_id, s.workflow, c.cold, d.reasons, (select coalesce(max(r.no), 0)::int from review r where r.case_id = s.case_id) as reviews
    from second_look s join case_ c on c.id = s.case_id join decision d on d.case_id = s.case_id
    where s.state = 'waiting' and c.state = 'delivered'
      and not exists (select from review r where r.case_id = s.case_id and r.state in ('waiting', 'claimed'))
    order by s.drawn_at limit ${most} for update of s skip locked`);
}

/** Everybody behind a verdict on each case, or a correction of it, also where that was taken back or only proposed. */
export async function judgesOf(tx: Queryable, ids: string[]): Promise<Map<string, string[]>> {
  const found = await tx.all<{ case_id: string; person: string }>(sql`
    select case_id, coalesce(stands, person) as person from review where case_id = any (${ids}) and person is not null
    union select case_id, coalesce(stands, person) from correction where case_id = any (${ids})
    union select case_id, unnest(stands || behind) from correction_proposal where case_id = any (${ids})
    union select case_id, ended_stands from correction_proposal where case_id = any (${ids}) and ended_stands is not null`);
  return new Map(
    [...Map.groupBy(found, (row) => row.case_id)].map(([id, list]) => [id, list.map((row) => row.person)]),
  );
}

export async function markOpened(tx: Tx, ids: string[], now: number): Promise<void> {
  await tx.run(
    sql`update second_look set state = 'opened', opened_at = ${time(now)} where case_id = any (${ids})`,
  );
}

export async function markDone(tx: Tx, ids: string[]): Promise<void> {
  await tx.run(sql`update second_look set state = 'done' where case_id = any (${ids})`);
}

/** Workflows with looks that have their verdict. */
export async function workflowsWithEnded(database: Queryable): Promise<string[]> {
  const found = await database.all<{ workflow: string }>(sql`
    select distinct s.workflow from second_look s join review r on r.case_id = s.case_id and r.turn = 'blind' and r.state = 'decided'
    where s.state = 'opened'`);
  return found.map((row) => row.workflow);
}

/** Looks whose verdict was given before a moment, with what its label says; locked. */
export async function endedLooks(
  tx: Tx,
  which: { workflow: string; before: number; most: number },
): Promise<
  {
    case_id: CaseId;
    label: string;
    wrong: boolean | null;
    wrong_fields: string[] | null;
    reason: string | null;
  }[]
> {
  return tx.all(sql`
    select s.case_id, l.id as label, l.wrong, l.wrong_fields, r.reason
    from second_look s join review r on r.case_id = s.case_id and r.turn = 'blind' and r.state = 'decided'
      join label l on l.case_id = s.case_id and l.source = 'second_review' and l.superseded_by is null and l.withdrawn_at is null
    where s.workflow = ${which.workflow} and s.state = 'opened' and r.decided_at <= ${time(which.before)}
    order by s.drawn_at limit ${which.most} for update of s skip locked`);
}

/** Ends the looks that were opened before a moment and that nobody has in hand. */
export async function lapse(tx: Tx, before: number): Promise<{ case_id: string; workflow: string }[]> {
  return tx.all(sql`
    with old as (
      select s.case_id from second_look s
      where s.state = 'opened' and s.opened_at < ${time(before)}
        and exists (select from review r where r.case_id = s.case_id and r.turn = 'blind' and r.state = 'waiting')
      limit 100 for update of s skip locked),
    gone as (
      delete from review r using old where r.case_id = old.case_id and r.turn = 'blind' and r.state = 'waiting' returning r.case_id)
    update second_look s set state = 'lapsed' from gone where s.case_id = gone.case_id returning s.case_id, s.workflow`);
}

/** The workflow of a case whose second look was opened and is not done. */
export async function workflowOfLook(tx: Queryable, caseId: string): Promise<string | undefined> {
  const found = await tx.maybe<{ workflow: string }>(
    sql`select workflow from second_look where case_id = ${caseId} and state = 'opened' for update`,
  );
  return found?.workflow;
}

/** With which probability the coin chose a case. */
export async function probabilityOf(tx: Queryable, caseId: string): Promise<number | null> {
  const found = await tx.maybe<{ probability: number }>(
    sql`select probability from second_look where case_id = ${caseId}`,
  );
  return found?.probability ?? null;
}

/**
 * Takes the holder's own blind verdict back while its window is open: its label is withdrawn, and the look waits again.
 * Undefined where there is none.
 */
export async function undoBlind(
  tx: Tx,
  undo: { caseId: string; holder: string; now: number; since: number },
): Promise<{ workflow: string; no: number } | undefined> {
  const { caseId, holder, now, since } = undo;
  const undone = await tx.maybe<{ workflow: string; no: number }>(sql`
    with back as (
      update review set state = 'undone'
      where case_id = ${caseId} and turn = 'blind' and state = 'decided' and holder = ${holder} and decided_at > ${time(since)}
        and not exists (select from review n where n.case_id = ${caseId} and n.state in ('waiting', 'claimed'))
      returning workflow, no, due_at, urgent_at, cause, not_for)
    insert into review (case_id, no, workflow, state, turn, due_at, urgent_at, cause, not_for, opened_at)
    select ${caseId}, no + 1, workflow, 'waiting', 'blind', due_at, urgent_at, cause, not_for, ${time(now)} from back
    returning workflow, no - 1 as no`);
  if (undone)
    await tx.run(
      sql`update label set withdrawn_at = ${time(now)} where case_id = ${caseId} and source = 'second_review' and withdrawn_at is null and superseded_by is null`,
    );
  return undone;
}

/** Whether a person holds a case for a blind look now. */
export async function holdsBlind(database: Queryable, caseId: string, holder: string): Promise<boolean> {
  return (
    (await database.maybe(
      sql`select 1 from review where case_id = ${caseId} and turn = 'blind' and state = 'claimed' and holder = ${holder}`,
    )) !== undefined
  );
}
