/** The questions that reviews ask the database: who has what, until when, and what a verdict writes. */
import type { CaseId } from "../contract/ids.ts";
import type { Arm, Reason, Verdict } from "../contract/states.ts";
import { isoTime } from "../platform/clock.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { raw, rows, sql, time } from "../platform/sql.ts";
import type { LabelRow } from "./label.ts";

export interface ClaimedReview {
  case_id: CaseId;
  no: number;
  workflow: string;
  release: string;
  cold: boolean;
  lease: string;
  lease_until: number;
  due_at: number | null;
  received_at: number;
  source: string;
  external_id: string;
  team: string | null;
  reasons: Reason[];
}

const CLAIMED = raw(
  `r.case_id, r.no, r.workflow, c.release, c.cold, r.lease, r.lease_until, r.due_at, c.received_at, c.source, c.external_id, c.team, d.reasons`,
);
/** Milliseconds: the bounds of a lease in contract/schemas.ts. */
const USUAL_LEASE = 600_000;
const LONGEST_LEASE = 3_600_000;
const FREE = raw(`(state = 'waiting' or lease_until <= `);

interface Claim {
  person: string;
  /** The key and the person behind it; two people with one key have one name, but only one of them can be named. */
  holder: string;
  simulated: boolean;
  now: number;
  until: number;
}

/** Leases up to `leases.length` reviews, the earliest due first; a lease that ran out is anybody's. */
export async function claimNext(
  tx: Queryable,
  claim: Claim & { workflow: string; leases: string[] },
): Promise<ClaimedReview[]> {
  const { workflow, person, holder, simulated, leases, now, until } = claim;
  return tx.all<ClaimedReview>(sql`
    with free as (
      select case_id, no from review
      where workflow = ${workflow} and state in ('waiting', 'claimed') and ${FREE} ${time(now)})
      order by due_at nulls last, case_id limit ${leases.length} for update skip locked),
    numbered as (select case_id, no, row_number() over () as place from free),
    leased as (
      update review r set state = 'claimed', person = ${person}, holder = ${holder}, simulated = ${simulated}, lease_until = ${time(until)}, lease = (${leases}::text[])[n.place::int]
      from numbered n where r.case_id = n.case_id and r.no = n.no
      returning r.*)
    select ${CLAIMED} from leased r join case_ c on c.id = r.case_id join decision d on d.case_id = r.case_id
    order by r.due_at nulls last, r.case_id`);
}

/**
 * Leases one case's review; a named person who holds it already gets a new lease for it, and the old one is void.
 *
 * A bare key may be shared: to lease again to it would void the lease of whichever colleague is writing.
 */
export async function claimOne(
  tx: Queryable,
  claim: Claim & { caseId: string; lease: string; named: boolean },
): Promise<ClaimedReview[]> {
  return tx.all<ClaimedReview>(sql`
    with leased as (
      update review set state = 'claimed', person = ${claim.person}, holder = ${claim.holder}, simulated = ${claim.simulated}, lease_until = ${time(claim.until)}, lease = ${claim.lease}
      where case_id = ${claim.caseId} and state in ('waiting', 'claimed') and ((${claim.named}::boolean and holder = ${claim.holder}) or ${FREE} ${time(claim.now)}))
      returning *)
    select ${CLAIMED} from leased r join case_ c on c.id = r.case_id join decision d on d.case_id = r.case_id`);
}

/**
 * Leases that end later than any may were given while the clock ran ahead: they get the usual length, from now on.
 * Answers how many. For a clock that was set back.
 */
export async function shortenLeases(tx: Queryable, now: number): Promise<number> {
  return tx.run(sql`
    update review set lease_until = ${time(now + USUAL_LEASE)} where state = 'claimed' and lease_until > ${time(now + LONGEST_LEASE)}`);
}

export async function giveBack(
  tx: Queryable,
  caseId: string,
  lease: string,
): Promise<{ workflow: string } | undefined> {
  return tx.maybe(sql`
    update review set state = 'waiting', lease = null, lease_until = null, person = null, holder = null, simulated = false
    where case_id = ${caseId} and state = 'claimed' and lease = ${lease} returning workflow`);
}

export interface OpenReview {
  case_id: CaseId;
  no: number;
  workflow: string;
  release: string;
  arm: Arm;
  cold: boolean;
  cold_probability: number;
  qa: boolean;
  qa_probability: number;
  drill: boolean;
  step: number | null;
  confidence: number | null;
  reasons: Reason[];
  lease: string | null;
  lease_until: number | null;
}

/** The open reviews of these cases, locked until the verdicts are written. */
export async function openReviewsOf(tx: Queryable, ids: string[]): Promise<Map<CaseId, OpenReview>> {
  const found = await tx.all<OpenReview>(sql`
    select r.case_id, r.no, r.workflow, c.release, c.arm, c.cold, c.cold_probability, c.qa, c.qa_probability, c.drill, d.step, d.confidence, d.reasons, r.lease, r.lease_until
    from review r join case_ c on c.id = r.case_id join decision d on d.case_id = r.case_id
    where r.case_id = any(${ids}) and r.state in ('waiting', 'claimed')
    order by r.case_id for update of r`);
  return new Map(found.map((row) => [row.case_id, row]));
}

export interface VerdictWrites {
  content: { case_id: string; kind: string; sealed: Uint8Array }[];
  verdicts: {
    review: OpenReview;
    verdict: Verdict;
    person: string;
    holder: string;
    simulated: boolean;
    seen: boolean;
    reason: string | undefined;
    fields: string[];
    now: number;
    undoUntil: number;
  }[];
  labels: LabelRow[];
}

export function newWrites(): VerdictWrites {
  return { content: [], verdicts: [], labels: [] };
}

/** Reviews decided, cases `decided` until their undo window ends, labels; each label supersedes the case's older ones of its source. */
export async function writeVerdicts(tx: Tx, { verdicts, labels }: VerdictWrites): Promise<void> {
  if (verdicts.length === 0) return;
  await tx.run(sql`
    update review r set state = 'decided', lease = null, lease_until = null, person = v.person, holder = v.holder, simulated = v.simulated, seen = v.seen,
      verdict = v.verdict, reason = v.reason, fields = v.fields, decided_at = v.decided_at
    from json_populate_recordset(null::review, ${rows(
      verdicts.map((v) => ({
        case_id: v.review.case_id,
        no: v.review.no,
        person: v.person,
        holder: v.holder,
        simulated: v.simulated,
        seen: v.seen,
        verdict: v.verdict,
        reason: v.reason ?? null,
        fields: v.fields,
        decided_at: isoTime(v.now),
      })),
    )}::json) v
    where r.case_id = v.case_id and r.no = v.no`);
  await tx.run(sql`
    update case_ c set state = 'decided', verdict = v.verdict, decided_at = v.decided_at, next_at = v.next_at
    from json_populate_recordset(null::case_, ${rows(
      verdicts.map((v) => ({
        id: v.review.case_id,
        verdict: v.verdict,
        decided_at: isoTime(v.now),
        next_at: isoTime(v.undoUntil),
      })),
    )}::json) v
    where c.id = v.id`);
  if (labels.length === 0) return;
  const columns = raw(
    "id, case_id, workflow, release, arm, step, source, asked_for, probability, qa, qa_probability, cold, cold_probability, seen, confidence, wrong, wrong_fields, person, simulated, labelled_at, drill",
  );
  await tx.run(sql`
    insert into label (${columns})
    select ${columns} from json_populate_recordset(null::label, ${rows(labels.map((label) => ({ ...label, labelled_at: isoTime(label.labelled_at) })))}::json)`);
  // Of the same source only: the unswayed label of a cold case is not replaced by one whose person had seen the output.
  await tx.run(sql`
    update label l set superseded_by = n.id
    from json_populate_recordset(null::label, ${rows(labels.map(({ id, case_id, source }) => ({ id, case_id, source })))}::json) n
    where l.case_id = n.case_id and l.source = n.source and l.id < n.id and l.superseded_by is null`);
}

/**
 * Takes the holder's own verdict back while its window is open: the case waits for a verdict again, whoever gives it.
 *
 * Its label is withdrawn, its text stays with the label. The label of a cold case stands: it was given before anything
 * was seen, and no later verdict can be; to lose it with every undo would bend the figures of the coin.
 */
export async function undoDecision(
  tx: Tx,
  undo: { caseId: string; now: number; holder: string },
): Promise<{ workflow: string; no: number } | undefined> {
  const { caseId, now, holder } = undo;
  const held = await tx.maybe(sql`
    select 1 from case_ where id = ${caseId} and state = 'decided' and verdict <> 'auto' and worker is null and next_at > ${time(now)} for update`);
  if (!held) return undefined;
  const undone = await tx.maybe<{ workflow: string; no: number; due_at: number | null }>(sql`
    update review set state = 'undone' where case_id = ${caseId} and state = 'decided' and holder = ${holder} returning workflow, no, due_at`);
  if (!undone) return undefined;
  await tx.run(sql`
    insert into review (case_id, no, workflow, state, due_at, opened_at)
    values (${caseId}, ${undone.no + 1}, ${undone.workflow}, 'waiting', ${undone.due_at === null ? null : time(undone.due_at)}, ${time(now)})`);
  await tx.run(
    sql`update case_ set state = 'in_review', verdict = null, decided_at = null, next_at = null where id = ${caseId}`,
  );
  await tx.run(
    sql`update label set withdrawn_at = ${time(now)} where case_id = ${caseId} and withdrawn_at is null and superseded_by is null and source in ('review', 'qa')`,
  );
  await tx.run(sql`delete from case_content where case_id = ${caseId} and kind = 'final'`);
  return undone;
}

/** Where a case stands, and the number of its newest review; 0 when it never had one. */
export async function reviewed(
  database: Queryable,
  caseId: string,
): Promise<{ workflow: string; state: string; no: number } | undefined> {
  return database.maybe(
    sql`select workflow, state, (select coalesce(max(no), 0)::int from review where case_id = ${caseId}) as no from case_ where id = ${caseId}`,
  );
}

/** The leases whose late answers are kept with a case. */
export async function lateLeasesOf(tx: Queryable, caseId: string): Promise<string[]> {
  const found = await tx.all<{ kind: string }>(
    sql`select kind from case_content where case_id = ${caseId} and kind like 'late.%'`,
  );
  return found.map((row) => row.kind.slice("late.".length));
}

export async function attachmentsOf(
  database: Queryable,
  ids: string[],
): Promise<Map<string, { no: number; media_type: string; size: number; sealed_name: Uint8Array }[]>> {
  const found = await database.all<{
    case_id: string;
    no: number;
    media_type: string;
    size: number;
    sealed_name: Uint8Array;
  }>(sql`
    select case_id, no, media_type, size, sealed_name from attachment where case_id = any(${ids}) order by case_id, no`);
  return Map.groupBy(found, (row) => row.case_id);
}
