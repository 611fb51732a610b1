/** The questions that reviews ask the database: who has what, until when, and what a verdict writes. */
import { personKey } from "../access/caller.ts";
import type { Cause } from "../cases/decision/urgency.ts";
import type { CaseId } from "../contract/ids.ts";
import type { Arm, Reason, Verdict } from "../contract/states.ts";
import { isoTime } from "../platform/clock.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import type { Turn } from "../contract/review-endpoints.ts";
import { hex, raw, rows, sql, time, type Sql } from "../platform/sql.ts";
import type { LabelRow } from "./label.ts";

export interface ClaimedReview {
  case_id: CaseId;
  no: number;
  workflow: string;
  turn: StoredTurn;
  behind: string[];
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
  confidence: number | null;
  threshold: number | null;
}

/** `blind` is shown to nobody: it looks like a first turn. */
export type StoredTurn = Turn | "blind";

const CLAIMED = raw(
  `r.case_id, r.no, r.workflow, r.turn, r.behind, c.release, c.cold, r.lease, r.lease_until, r.due_at, c.received_at, c.source, c.external_id, c.team, d.reasons, d.confidence, d.threshold`,
);
/** Milliseconds: the bounds of a lease in contract/schemas.ts. */
const USUAL_LEASE = 600_000;
const LONGEST_LEASE = 3_600_000;
/** What the queue is ordered by, as its index has it: rows of the program before this one have no `urgent_at`. */
export const URGENT = raw("coalesce(urgent_at, due_at, opened_at)");
const FREE = raw(`(state = 'waiting' or lease_until <= `);

/** Who takes a review. Two people with one key have one name, but only one of them can be named. */
export interface Claimer {
  person: string;
  /** Who is behind the name (see Reviewer.stands). */
  key: string;
  /** The same, and the name as names are compared: turns that opened before people were told apart so hold names. */
  keys: string[];
  /** What they came with and the name together. */
  holder: string;
  simulated: boolean;
  /** May take what was escalated. */
  owner: boolean;
}

interface Claim extends Claimer {
  now: number;
  until: number;
}

/** Whether this person may take a review at all: nobody is their own second person, and escalations are for owners. */
const mayTake = ({ owner, keys }: Claimer): Sql =>
  sql`(turn <> 'escalated' or ${owner}::boolean) and not (${keys}::text[] && behind)`;

/** What of the queue comes to this person by itself, now. */
export function comesBy(claimer: Claimer, now: number): Sql {
  return sql`${mayTake(claimer)} and not (${claimer.keys}::text[] && not_for)
    and (snoozed_until is null or snoozed_until <= ${time(now)}) and (prefer is null or prefer = ${claimer.key} or prefer_until <= ${time(now)})`;
}

/**
 * Leases up to `leases.length` reviews: first what comes back to this person, then the most urgent; a lease that ran out
 * is anybody's. What they skipped comes only when nothing else does (`skipped`).
 */
export async function claimNext(
  tx: Queryable,
  claim: Claim & { workflow: string; leases: string[]; skipped: boolean },
): Promise<ClaimedReview[]> {
  const { workflow, person, key, holder, simulated, leases, skipped, now, until } = claim;
  const most = leases.length;
  return tx.all<ClaimedReview>(sql`
    with back as (
      select case_id, no, ${URGENT} as urgent, 0 as place from review
      where workflow = ${workflow} and state = 'waiting' and prefer = ${key} and ${comesBy(claim, now)}
      order by ${URGENT}, case_id limit ${most} for update skip locked),
    free as (
      select case_id, no, ${URGENT} as urgent, 1 as place from review
      where workflow = ${workflow} and state in ('waiting', 'claimed') and ${FREE} ${time(now)})
        and prefer is distinct from ${key} and ${comesBy(claim, now)} and (${key} = any(skipped_by)) = ${skipped}::boolean
      order by ${URGENT}, case_id limit ${most} for update skip locked),
    numbered as (
      select case_id, no, row_number() over (order by place, urgent, case_id) as place
      from (select * from back union all select * from free) as found order by place, urgent, case_id limit ${most}),
    leased as (
      update review r set state = 'claimed', person = ${person}, holder = ${holder}, simulated = ${simulated}, lease_until = ${time(until)}, lease = (${leases}::text[])[n.place::int]
      from numbered n where r.case_id = n.case_id and r.no = n.no
      returning r.*, n.place)
    select ${CLAIMED} from leased r join case_ c on c.id = r.case_id join decision d on d.case_id = r.case_id
    order by r.place`);
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
      update review set state = 'claimed', person = ${claim.person}, holder = ${claim.holder}, simulated = ${claim.simulated}, lease_until = ${time(claim.until)}, lease = ${claim.lease},
        snoozed_until = null
      where case_id = ${claim.caseId} and state in ('waiting', 'claimed') and ${mayTake(claim)}
        and ((${claim.named}::boolean and holder = ${claim.holder}) or (turn <> 'blind' and ${FREE} ${time(claim.now)})))
      returning *)
    select ${CLAIMED} from leased r join case_ c on c.id = r.case_id join decision d on d.case_id = r.case_id`);
}

/** A later end for a live lease; undefined when it is not live any more. */
export async function renewLease(
  tx: Queryable,
  renew: { caseId: string; lease: string; holder: string; now: number; until: number },
): Promise<{ lease_until: number } | undefined> {
  return tx.maybe(sql`
    update review set lease_until = ${time(renew.until)}
    where case_id = ${renew.caseId} and state = 'claimed' and lease = ${renew.lease} and holder = ${renew.holder} and lease_until > ${time(renew.now)}
    returning lease_until`);
}

/**
 * Gives back everything that a person holds, wherever they hold it: they are away, or may not work here any more. What
 * would come back to them before `until` comes to anybody.
 */
export async function returnLeasesOf(
  tx: Queryable,
  person: string,
  until: number | undefined,
): Promise<{ case_id: CaseId; workflow: string }[]> {
  const end = until === undefined ? null : time(until);
  await tx.run(sql`
    update review set prefer = null, prefer_until = null
    where prefer = ${personKey(person)} and state = 'waiting' and (snoozed_until is null or ${end}::timestamptz is null or snoozed_until < ${end})`);
  return tx.all(sql`
    update review set state = 'waiting', lease = null, lease_until = null, person = null, holder = null, simulated = false, prefer = null, prefer_until = null
    where person = ${person} and state = 'claimed' returning case_id, workflow`);
}

/**
 * Leases that end later than any may were given while the clock ran ahead: they get the usual length, from now on.
 * Answers how many. For a clock that was set back.
 */
export async function shortenLeases(tx: Queryable, now: number): Promise<number> {
  return tx.run(sql`
    update review set lease_until = ${time(now + USUAL_LEASE)} where state = 'claimed' and lease_until > ${time(now + LONGEST_LEASE)}`);
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
  turn: StoredTurn;
  not_for: string[];
  /** Who stands behind the answer so far. */
  behind: string[];
  skipped_by: string[];
  due_at: number | null;
  urgent_at: number | null;
  cause: Cause | null;
  /** A verdict was given on this case before, so its output has been shown. */
  judged: boolean;
  lease: string | null;
  lease_until: number | null;
  holder: string | null;
}

/** The open reviews of these cases, locked until the verdicts are written. */
export async function openReviewsOf(tx: Queryable, ids: string[]): Promise<Map<CaseId, OpenReview>> {
  const found = await tx.all<OpenReview>(sql`
    select r.case_id, r.no, r.workflow, c.release, c.arm, c.cold, c.cold_probability, c.qa, c.qa_probability, c.drill, d.step, d.confidence, d.reasons,
      r.turn, r.not_for, r.behind, r.skipped_by, r.due_at, r.urgent_at, r.cause, r.lease, r.lease_until, r.holder,
      r.no > 1 and exists (select from review e where e.case_id = r.case_id and e.verdict is not null) as judged
    from review r join case_ c on c.id = r.case_id join decision d on d.case_id = r.case_id
    where r.case_id = any(${ids}) and r.state in ('waiting', 'claimed')
    order by r.case_id for update of r`);
  return new Map(found.map((row) => [row.case_id, row]));
}

/** A review that opens because the one before ended without a last word. */
export interface NextTurn {
  case_id: string;
  no: number;
  workflow: string;
  turn: StoredTurn;
  due_at: number | null;
  /** Null in rows that the program before this one made. */
  urgent_at: number | null;
  cause: Cause | null;
  not_for: string[];
  behind: string[];
  prefer: string | null;
  prefer_until: number | null;
  came_back: "answer" | "no_answer" | "refused" | null;
  opened_at: number;
}

export interface VerdictWrites {
  content: { case_id: string; kind: string; sealed: Uint8Array }[];
  verdicts: {
    review: OpenReview;
    verdict: Verdict;
    /** What the case's verdict is now; undefined while it takes more people. */
    ends: Verdict | undefined;
    person: string;
    stands: string;
    holder: string;
    simulated: boolean;
    seen: boolean;
    reason: string | undefined;
    fields: string[];
    digest: Uint8Array;
    activeMs: number | undefined;
    now: number;
    undoUntil: number;
  }[];
  turns: NextTurn[];
  labels: LabelRow[];
}

export function newWrites(): VerdictWrites {
  return { content: [], verdicts: [], turns: [], labels: [] };
}

/** Reviews decided, the next turns opened, cases `decided` until their undo window ends, labels. */
export async function writeVerdicts(tx: Tx, { verdicts, turns, labels }: VerdictWrites): Promise<void> {
  if (verdicts.length === 0) return;
  await tx.run(sql`
    update review r set state = 'decided', ended_lease = r.lease, lease = null, lease_until = null, person = v.person, stands = v.stands, holder = v.holder, simulated = v.simulated, seen = v.seen,
      verdict = v.verdict, reason = v.reason, fields = v.fields, decided_at = v.decided_at, ended_digest = v.ended_digest, active_ms = v.active_ms
    from json_populate_recordset(null::review, ${rows(
      verdicts.map((v) => ({
        case_id: v.review.case_id,
        no: v.review.no,
        person: v.person,
        stands: v.stands,
        holder: v.holder,
        simulated: v.simulated,
        seen: v.seen,
        verdict: v.verdict,
        reason: v.reason ?? null,
        fields: v.fields,
        decided_at: isoTime(v.now),
        ended_digest: hex(v.digest),
        active_ms: v.activeMs ?? null,
      })),
    )}::json) v
    where r.case_id = v.case_id and r.no = v.no`);
  await insertTurns(tx, turns);
  const ended = verdicts.filter((v) => v.ends !== undefined);
  if (ended.length > 0)
    await tx.run(sql`
      update case_ c set state = 'decided', verdict = v.verdict, decided_at = v.decided_at, next_at = v.next_at
      from json_populate_recordset(null::case_, ${rows(
        ended.map((v) => ({
          id: v.review.case_id,
          verdict: v.ends,
          decided_at: isoTime(v.now),
          next_at: isoTime(v.undoUntil),
        })),
      )}::json) v
      where c.id = v.id`);
  await insertLabels(tx, labels);
  if (labels.length === 0) return;
  // Of the same source only: the unswayed label of a cold case is not replaced by one whose person had seen the output.
  await tx.run(sql`
    update label l set superseded_by = n.id
    from json_populate_recordset(null::label, ${rows(labels.map(({ id, case_id, source }) => ({ id, case_id, source })))}::json) n
    where l.case_id = n.case_id and l.source = n.source and l.id < n.id and l.superseded_by is null`);
}

export async function insertLabels(tx: Queryable, labels: LabelRow[]): Promise<void> {
  if (labels.length === 0) return;
  const columns = raw(
    "id, case_id, workflow, release, arm, step, source, asked_for, probability, qa, qa_probability, cold, cold_probability, seen, confidence, wrong, wrong_fields, person, simulated, labelled_at, drill",
  );
  await tx.run(sql`
    insert into label (${columns})
    select ${columns} from json_populate_recordset(null::label, ${rows(labels.map((label) => ({ ...label, labelled_at: isoTime(label.labelled_at) })))}::json)`);
}

export async function insertTurns(tx: Queryable, turns: NextTurn[]): Promise<void> {
  if (turns.length === 0) return;
  const columns = raw(
    "case_id, no, workflow, state, turn, due_at, urgent_at, cause, not_for, behind, prefer, prefer_until, came_back, opened_at",
  );
  const maybe = (at: number | null) => (at === null ? null : isoTime(at));
  await tx.run(sql`
    insert into review (${columns})
    select ${columns} from json_populate_recordset(null::review, ${rows(
      turns.map((one) => ({
        ...one,
        state: "waiting",
        due_at: maybe(one.due_at),
        urgent_at: maybe(one.urgent_at),
        prefer_until: maybe(one.prefer_until),
        opened_at: isoTime(one.opened_at),
      })),
    )}::json)`);
}

export interface EndedTurn {
  case_id: CaseId;
  no: number;
  workflow: string;
  state: string;
  holder: string;
  verdict: Verdict | null;
  fields: string[] | null;
  digest: Buffer | null;
  decided_at: number | null;
  /** The case went on since: a next turn is there. */
  passed_on: boolean;
}

/** The turn that ended under this lease: what is sent twice gets the same answer. */
export async function endedBy(tx: Queryable, caseId: string, lease: string): Promise<EndedTurn | undefined> {
  return tx.maybe<EndedTurn>(sql`
    select r.case_id, r.no, r.workflow, r.state, r.holder, r.verdict, r.fields, r.ended_digest as digest, r.decided_at,
      exists (select from review n where n.case_id = r.case_id and n.no > r.no) as passed_on
    from review r where r.case_id = ${caseId} and r.ended_lease = ${lease}`);
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

/** The newest verdict of each case that still stands. */
export async function earlierVerdicts(
  database: Queryable,
  ids: string[],
): Promise<Map<string, { person: string; verdict: string }>> {
  if (ids.length === 0) return new Map();
  const found = await database.all<{ case_id: string; person: string; verdict: string }>(sql`
    select distinct on (case_id) case_id, person, verdict from review where case_id = any(${ids}) and state = 'decided' order by case_id, no desc`);
  return new Map(found.map(({ case_id, ...row }) => [case_id, row]));
}

/** Why an open review is not for this person, though nobody has it. */
export async function whyNotFor(
  database: Queryable,
  caseId: string,
  claimer: Claimer,
): Promise<"escalated" | "behind" | undefined> {
  const found = await database.maybe<{ escalated: boolean; behind: boolean }>(sql`
    select turn = 'escalated' and not ${claimer.owner}::boolean as escalated, ${claimer.keys}::text[] && behind as behind
    from review where case_id = ${caseId} and state in ('waiting', 'claimed')`);
  return found?.behind ? "behind" : found?.escalated ? "escalated" : undefined;
}
