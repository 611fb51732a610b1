/** The questions that feedback asks the database: what was said, about which case, and the list of improvements made of it. */
import type { ImprovementState, ReportKind } from "../../contract/feedback-endpoints.ts";
import type { CaseId, Id } from "../../contract/ids.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import { sql, time } from "../../platform/sql.ts";

export type Door = "page" | "key" | "inbox" | "second_look";
export type Urgency = "usual" | "first" | "last";

export interface Said {
  id: Id<"report">;
  workflow: string;
  kind: ReportKind;
  reason: string | null;
  field: string | null;
  door: Door;
  caseId: string | null;
  person: string | null;
  label: string | null;
  sealed: Uint8Array | null;
  at: number;
}

/** Stores what was said under the open improvement that it belongs to, or makes one. Answers which. */
export async function keepReport(tx: Tx, said: Said, freshId: Id<"improvement">): Promise<string> {
  const { id: improvement } = await tx.one<{ id: string }>(sql`
    insert into improvement (id, workflow, kind, reason, field, state, urgency, first_at, last_at)
    values (${freshId}, ${said.workflow}, ${said.kind}, ${said.reason}, ${said.field}, 'open', 'usual', ${time(said.at)}, ${time(said.at)})
    on conflict (workflow, kind, coalesce(reason, ''), coalesce(field, '')) where state in ('open', 'planned')
      do update set last_at = greatest(improvement.last_at, excluded.last_at)
    returning id`);
  await tx.run(sql`
    insert into report (id, improvement, workflow, door, case_id, person, reason, field, label, sealed, said_at)
    values (${said.id}, ${improvement}, ${said.workflow}, ${said.door}, ${said.caseId}, ${said.person}, ${said.reason}, ${said.field}, ${said.label}, ${said.sealed}, ${time(said.at)})`);
  return improvement;
}

/**
 * How many such reports came from a moment on: of the inbox all of one kind, whatever reason each person chose; of what
 * came from outside only those of the same reason and field.
 */
export async function reportsSince(
  tx: Queryable,
  which: { workflow: string; improvement: string; kind: ReportKind; door: Door; since: number },
): Promise<number> {
  const { workflow, improvement, kind, door, since } = which;
  const found = await tx.one<{ reports: number }>(
    door === "inbox"
      ? sql`
        select count(*)::int as reports from report r join improvement i on i.id = r.improvement
        where r.workflow = ${workflow} and r.door = 'inbox' and i.kind = ${kind} and r.said_at >= ${time(since)}`
      : sql`select count(*)::int as reports from report where improvement = ${improvement} and said_at >= ${time(since)}`,
  );
  return found.reports;
}

/** True for the first who asks on a day. */
export async function claimAlert(tx: Tx, improvement: string, day: string): Promise<boolean> {
  return (
    (await tx.run(
      sql`update improvement set alerted_on = ${day} where id = ${improvement} and alerted_on is distinct from ${day}::date`,
    )) === 1
  );
}

/** Decided cases in which people changed this field, or gave this reason; the newest first. */
export async function casesAlike(
  database: Queryable,
  which: { workflow: string; reason: string | null; field: string | null; but: string | null; most: number },
): Promise<string[]> {
  const { workflow, reason, field, but, most } = which;
  const found = await database.all<{ case_id: string }>(sql`
    select case_id from (
      select distinct on (case_id) case_id, decided_at from review
      where workflow = ${workflow} and decided_at is not null and state = 'decided' and verdict in ('edit', 'reject')
        and (${reason}::text is null or reason = ${reason}) and (${field}::text is null or ${field} = any (fields))
        and case_id is distinct from ${but}::text
      order by case_id, decided_at desc) alike
    order by decided_at desc, case_id desc limit ${most}`);
  return found.map((row) => row.case_id);
}

/** The reason and the changed field of the newest verdict on a case, for a report that names neither. */
export async function lastObjection(
  database: Queryable,
  caseId: string,
): Promise<{ reason: string | null; field: string | null } | undefined> {
  return database.maybe(sql`
    select reason, fields[1] as field from review
    where case_id = ${caseId} and state = 'decided' and verdict in ('edit', 'reject') order by no desc limit 1`);
}

export async function attachCases(tx: Tx, report: string, cases: string[]): Promise<void> {
  if (cases.length === 0) return;
  await tx.run(
    sql`insert into report_case (report, case_id) select ${report}, unnest(${cases}::text[]) on conflict do nothing`,
  );
}

export interface ImprovementRow {
  id: string;
  workflow: string;
  kind: ReportKind;
  reason: string | null;
  field: string | null;
  state: ImprovementState;
  urgency: Urgency;
  owner: string | null;
  fixed_by: string | null;
  answer: Uint8Array | null;
  answered_at: number | null;
  first_at: number;
  last_at: number;
  settled_at: number | null;
  reports: number;
  reporters: number;
  /** The sum over its reports of one half to the power of their age in fortnights. */
  weight: number;
}

/** Milliseconds in which a report counts half as much. */
export const HALF_LIFE = 14 * 86_400_000;

/** Improvements of a workflow, or one of them, with what their rank comes from. */
export async function improvements(
  database: Queryable,
  which: { workflow: string } | { id: string },
  now: number,
): Promise<ImprovementRow[]> {
  const chosen = "id" in which ? sql`i.id = ${which.id}` : sql`i.workflow = ${which.workflow}`;
  return database.all<ImprovementRow>(sql`
    select i.id, i.workflow, i.kind, i.reason, i.field, i.state, i.urgency, i.owner, i.fixed_by, i.answer, i.answered_at, i.first_at, i.last_at, i.settled_at,
      r.reports, r.reporters, r.weight
    from improvement i cross join lateral (
      select count(*)::int as reports, count(distinct coalesce(person, id))::int as reporters,
        coalesce(sum(power(0.5::float8, greatest(0, extract(epoch from ${time(now)}::timestamptz - said_at)::float8 * 1000 / ${HALF_LIFE}::float8))), 0) as weight
      from report where improvement = i.id) r
    where ${chosen} order by i.last_at desc, i.id limit 1000`);
}

/** The newest cases behind each of some improvements. */
export async function casesBehind(
  database: Queryable,
  ids: string[],
  most: number,
): Promise<Map<string, string[]>> {
  const found = await database.all<{ improvement: string; cases: string[] }>(sql`
    select improvement, (array_agg(case_id order by case_id desc))[1:${most}::int] as cases from (
      select improvement, case_id from report where improvement = any (${ids}) and case_id is not null
      union
      select r.improvement, c.case_id from report_case c join report r on r.id = c.report where r.improvement = any (${ids})) behind
    group by improvement`);
  return new Map(found.map((row) => [row.improvement, row.cases]));
}

export async function workflowOfImprovement(database: Queryable, id: string): Promise<string | undefined> {
  return (await database.maybe<{ workflow: string }>(sql`select workflow from improvement where id = ${id}`))
    ?.workflow;
}

export async function lockImprovement(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`select 1 from improvement where id = ${id} for update`);
}

export interface Settled {
  state: ImprovementState;
  urgency: Urgency;
  owner: string | null;
  fixedBy: string | null;
  answer: Uint8Array | null;
  answeredAt: number | null;
  settledAt: number | null;
}

export async function writeImprovement(tx: Tx, id: string, to: Settled): Promise<void> {
  const at = (moment: number | null) => (moment === null ? null : time(moment));
  await tx.run(sql`
    update improvement set state = ${to.state}, urgency = ${to.urgency}, owner = ${to.owner}, fixed_by = ${to.fixedBy}, settled_at = ${at(to.settledAt)},
      answer = ${to.answer}, answered_at = ${at(to.answeredAt)} where id = ${id}`);
}

/** Whether another improvement of the same kind, reason and field is open already. */
export async function openTwin(tx: Queryable, id: string): Promise<string | undefined> {
  const found = await tx.maybe<{ id: string }>(sql`
    select o.id from improvement i join improvement o on o.workflow = i.workflow and o.kind = i.kind and o.id <> i.id
      and o.reason is not distinct from i.reason and o.field is not distinct from i.field and o.state in ('open', 'planned')
    where i.id = ${id}`);
  return found?.id;
}

export async function releaseOf(database: Queryable, id: string): Promise<string | undefined> {
  return (await database.maybe<{ workflow: string }>(sql`select workflow from release where id = ${id}`))
    ?.workflow;
}

export interface Reporter {
  id: string;
  case_id: string | null;
  person: string | null;
  said_at: number;
}

/** Everybody who reported something, and where their words lie. */
export async function reportersOf(database: Queryable, improvement: string): Promise<Reporter[]> {
  return database.all<Reporter>(
    sql`select id, case_id, person, said_at from report where improvement = ${improvement} and door <> 'second_look' order by said_at, id`,
  );
}

export interface ReportRow {
  id: string;
  door: Door;
  case_id: string | null;
  person: string | null;
  reason: string | null;
  field: string | null;
  said_at: number;
  /** Cases that were attached because they look alike. */
  alike: string[];
}

/** The newest reports that made an improvement. */
export async function reportsOf(
  database: Queryable,
  improvement: string,
  most: number,
): Promise<ReportRow[]> {
  return database.all<ReportRow>(sql`
    select r.id, r.door, r.case_id, r.person, r.reason, r.field, r.said_at,
      (select coalesce(array_agg(c.case_id order by c.case_id desc), '{}') from report_case c where c.report = r.id) as alike
    from report r where r.improvement = ${improvement} order by r.said_at desc, r.id desc limit ${most}`);
}

/** Which of some cases somebody holds for a blind second look now. */
export async function heldBlind(database: Queryable, cases: string[], holder: string): Promise<Set<string>> {
  const found = await database.all<{ case_id: string }>(
    sql`select case_id from review where case_id = any (${cases}) and turn = 'blind' and state = 'claimed' and holder = ${holder}`,
  );
  return new Set(found.map((row) => row.case_id));
}

/** Whether visible personal data was said of a case from outside before this report, from a moment on. */
export async function privacySaidBefore(
  tx: Queryable,
  { caseId, report, since }: { caseId: string; report: string; since: number },
): Promise<boolean> {
  return (
    (await tx.maybe(sql`
      select 1 from report where case_id = ${caseId} and id <> ${report} and door in ('page', 'key') and reason = 'privacy'
        and said_at >= ${time(since)} limit 1`)) !== undefined
  );
}

/** What was said about a case through its signed page, with the answer of the list. */
export async function saidOnPage(
  database: Queryable,
  caseId: string,
): Promise<
  {
    id: string;
    said_at: number;
    improvement: string;
    answer: Uint8Array | null;
    answered_at: number | null;
  }[]
> {
  return database.all(sql`
    select r.id, r.said_at, r.improvement, i.answer, i.answered_at from report r join improvement i on i.id = r.improvement
    where r.case_id = ${caseId} and r.door = 'page' order by r.said_at, r.id limit 50`);
}

/** How often something was said about a case from outside, from a moment on. */
export async function saidSince(tx: Queryable, caseId: string, since: number): Promise<number> {
  const found = await tx.one<{ times: number }>(
    sql`select count(*)::int as times from report where case_id = ${caseId} and door = 'page' and said_at >= ${time(since)}`,
  );
  return found.times;
}

/** What reasons people gave for editing and rejecting, and for feedback, from a moment on; the most frequent first. */
export async function reasonCounts(
  database: Queryable,
  workflow: string,
  since: number,
): Promise<{ reason: string; count: number }[]> {
  return database.all(sql`
    select reason, count(*)::int as count from (
      select reason from review where workflow = ${workflow} and decided_at >= ${time(since)} and state = 'decided' and reason is not null
      union all
      select reason from report where workflow = ${workflow} and said_at >= ${time(since)} and reason is not null) given
    group by reason order by count desc, reason`);
}

/** Edits from a moment on that gave a reason, and how many of them gave `other`. */
export async function otherAmongEdits(
  database: Queryable,
  workflow: string,
  since: number,
): Promise<{ edits: number; other: number }> {
  return database.one(sql`
    select count(*)::int as edits, count(*) filter (where reason = 'other')::int as other from review
    where workflow = ${workflow} and decided_at >= ${time(since)} and state = 'decided' and verdict = 'edit' and reason is not null`);
}

/** A case as feedback needs it. */
export interface JudgedCase {
  id: CaseId;
  workflow: string;
  state: string;
  release: string;
  arm: string;
  qa: boolean;
  qa_probability: number;
  cold: boolean;
  cold_probability: number;
  drill: boolean;
  external_id: string;
  delivered_at: number | null;
  step: number | null;
  confidence: number | null;
}

export async function judgedCase(database: Queryable, caseId: string): Promise<JudgedCase | undefined> {
  return database.maybe<JudgedCase>(sql`
    select c.id, c.workflow, c.state, c.release, c.arm, c.qa, c.qa_probability, c.cold, c.cold_probability, c.drill, c.external_id, c.delivered_at, d.step, d.confidence
    from case_ c left join decision d on d.case_id = c.id where c.id = ${caseId}`);
}

/** The workflow of a planted case. */
export async function plantedIn(database: Queryable, id: string): Promise<string | undefined> {
  return (await database.maybe<{ workflow: string }>(sql`select workflow from planted where id = ${id}`))
    ?.workflow;
}

/** The same, locked: what is said about it at one moment goes one after the other. */
export async function lockJudged(tx: Tx, caseId: string): Promise<JudgedCase | undefined> {
  await tx.run(sql`select 1 from case_ where id = ${caseId} for update`);
  return judgedCase(tx, caseId);
}

/** A judgement of somebody who is no reviewer of this case's turn; it supersedes the case's older ones of its source. */
export async function giveLabel(
  tx: Tx,
  given: {
    id: Id<"label">;
    case_: JudgedCase;
    source: "feedback" | "second_review";
    askedFor: string;
    probability: number | null;
    seen: boolean;
    wrong: boolean | null;
    fields: string[] | null;
    person: string;
    simulated: boolean;
    now: number;
  },
): Promise<void> {
  const { id, case_, source, now } = given;
  await tx.run(sql`
    insert into label (id, case_id, workflow, release, arm, step, source, asked_for, probability, qa, qa_probability, cold, cold_probability, seen, confidence, wrong, wrong_fields, person, simulated, labelled_at, drill)
    values (${id}, ${case_.id}, ${case_.workflow}, ${case_.release}, ${case_.arm}, ${case_.step}, ${source}, ${given.askedFor}, ${given.probability},
      ${case_.qa}, ${case_.qa_probability}, ${case_.cold}, ${case_.cold_probability}, ${given.seen}, ${case_.confidence}, ${given.wrong}, ${given.fields}, ${given.person}, ${given.simulated}, ${time(now)}, ${case_.drill})`);
  await tx.run(
    sql`update label set superseded_by = ${id} where case_id = ${case_.id} and source = ${source} and id < ${id} and superseded_by is null`,
  );
}
