/**
 * What the pages Overview and Operations count, each question bounded by an index: what is open, by its state; what came
 * today, by the range of its ids; what lies in quarantine or is given up, by the indexes of those.
 *
 * Answers are up to two seconds old, so that many who look cost no more than one. Never changes anything.
 */
import { auditFigures, type AuditFigures } from "../audit/status.ts";
import type { Registry, WorkflowRow, WorkflowView } from "../cases/workflow/registry.ts";
import { idBorder } from "../contract/ids.ts";
import type { CaseState } from "../contract/states.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { recent } from "../platform/recent.ts";
import { sql, time } from "../platform/sql.ts";
import { startOfDay } from "../reviews/local-day.ts";
import { modelsNow, type ModelNow } from "./models-now.ts";
import { standingCertificates, type IssuedCertificate } from "../releases/certificate-records.ts";

export interface OpenCases {
  state: CaseState;
  /** No model answers it: people do all of it. */
  manual: boolean;
  cases: number;
  oldest_at: number;
  overdue: number;
}

export interface TodaysCases {
  state: CaseState;
  manual: boolean;
  verdict: string | null;
  cases: number;
}

export interface ReviewQueue {
  turn: "review" | "escalated";
  waiting: number;
  oldest_at: number | null;
  overdue: number;
}

export interface FeedNow {
  name: string;
  problem: string | null;
  next_at: number;
  last_at: number | null;
  read: number;
  quarantined: number;
}

export interface Counts {
  at: number;
  /** When the day began where the workflow's people are. */
  since: number;
  view: WorkflowView;
  open: OpenCases[];
  today: TodaysCases[];
  reviews: ReviewQueue[];
  feeds: FeedNow[];
  quarantine: { reason: string; count: number; newest_at: number }[];
  quarantinedToday: number;
  deadLetters: { target: string; count: number; error: string | null; newest_at: number | null }[];
  shadow: { waiting: number; oldest_at: number | null };
  models: ModelNow[];
  /** Of the latest cases that a model should have answered: how many there were, and how many no model answered. */
  model: { asked: number; failed: number };
  /** The latest verdicts of people over a model's output, and how many of them changed or rejected it. */
  verdicts: { given: number; changed: number; first_at: number | null };
  certificates: IssuedCertificate[];
  audit: AuditFigures;
  lastChange: { what: string; by: string; at: number } | null;
}

const AGE = 2_000;
/** Cases and verdicts that the shares of failures and of changes are taken from. */
const LATEST_MODEL = 200;
const LATEST_VERDICTS = 500;
/** Dead letters that are gone through for their targets and errors. */
const MOST_DEAD = 10_000;
const MOST_WORKFLOWS = 1_000;

/** Counts may be two seconds old; the workflow's row and document are those of this moment. */
export type ReadCounts = (workflow: string) => Promise<Counts>;

export function openCounts(parts: { database: Database; registry: Registry; clock: Clock }): ReadCounts {
  const known = new Map<string, () => Promise<Counts>>();
  return async (workflow) => {
    // Never old: whoever moved the ladder sees where it stands. And a name that was invented throws here, and is not remembered.
    const view = await parts.registry.workflow(parts.database, workflow);
    let read = known.get(workflow);
    if (!read) {
      if (known.size >= MOST_WORKFLOWS) known.clear();
      known.set(workflow, (read = recent(AGE, () => readCounts(parts, workflow))));
    }
    return { ...(await read()), view };
  };
}

async function readCounts(
  { database, registry, clock }: { database: Database; registry: Registry; clock: Clock },
  workflow: string,
): Promise<Counts> {
  const at = clock.now();
  const view = await registry.workflow(database, workflow);
  const since = startOfDay(at, view.document.calendar.zone);
  const [open, today, reviews, feeds, quarantine, came, deadLetters, shadow] = await Promise.all([
    openCases(database, workflow, at),
    todaysCases(database, workflow, since),
    reviewQueues(database, workflow, at),
    feedsNow(database, view, since),
    quarantineNow(database, workflow),
    quarantinedSince(database, workflow, since),
    deadLettersNow(database, workflow),
    shadowNow(database, view.row),
  ]);
  const [model, verdicts, certificates, audit, lastChange, models] = await Promise.all([
    latestOfModel(database, workflow),
    latestVerdicts(database, workflow),
    standingCertificates(database, [workflow]),
    auditFigures(database),
    latestChange(database, workflow),
    modelsNow({ database, registry }, view, at),
  ]);
  return {
    at,
    since,
    view,
    open,
    today,
    reviews,
    feeds,
    quarantine,
    quarantinedToday: came,
    deadLetters,
    shadow,
    model,
    verdicts,
    certificates,
    audit,
    lastChange,
    models,
  };
}

export const OPEN_STATES = [
  "received",
  "running",
  "in_review",
  "decided",
  "delivering",
  "failed_delivery",
  "returned",
] as const satisfies readonly CaseState[];

function openCases(database: Queryable, workflow: string, now: number): Promise<OpenCases[]> {
  return database.all<OpenCases>(sql`
    select state, arm = 'manual' as manual, count(*)::int as cases, min(received_at) as oldest_at,
      (count(*) filter (where due_at < ${time(now)}))::int as overdue
    from case_ where workflow = ${workflow} and state = any(${[...OPEN_STATES]}) and not drill group by 1, 2`);
}

function todaysCases(database: Queryable, workflow: string, since: number): Promise<TodaysCases[]> {
  return database.all<TodaysCases>(sql`
    select state, arm = 'manual' as manual, verdict, count(*)::int as cases
    from case_ where workflow = ${workflow} and id >= ${idBorder("case", since)} and not drill group by 1, 2, 3`);
}

/** Escalated ones by themselves; a blind second look is a review like any other, also here. */
async function reviewQueues(database: Queryable, workflow: string, now: number): Promise<ReviewQueue[]> {
  return database.all<ReviewQueue>(sql`
    select case when turn = 'escalated' then 'escalated' else 'review' end as turn, count(*)::int as waiting, min(opened_at) as oldest_at,
      (count(*) filter (where due_at < ${time(now)}))::int as overdue
    from review where workflow = ${workflow} and state in ('waiting', 'claimed') group by 1`);
}

async function feedsNow(
  database: Queryable,
  { row, document }: WorkflowView,
  since: number,
): Promise<FeedNow[]> {
  const found = await database.all<FeedNow>(sql`
    select f.name, f.problem, f.next_at, (select r.started_at from feed_run r where r.workflow = f.workflow and r.feed = f.name order by r.id desc limit 1) as last_at,
      coalesce(t.read, 0)::int as read, coalesce(t.quarantined, 0)::int as quarantined
    from feed f left join lateral (
      select sum(read) as read, sum(quarantined) as quarantined from feed_run r
      where r.workflow = f.workflow and r.feed = f.name and r.id >= ${idBorder("feedRun", since)}) t on true
    where f.workflow = ${row.name} order by f.name`);
  // A feed that the document does not name any more has its history, and reads no more.
  return found.filter((feed) => document.feeds.some((one) => one.name === feed.name));
}

function quarantineNow(database: Queryable, workflow: string): Promise<Counts["quarantine"]> {
  return database.all(sql`
    select reason, count(*)::int as count, max(kept_at) as newest_at from quarantine
    where workflow = ${workflow} and state = 'open' group by reason order by count desc, reason`);
}

async function quarantinedSince(database: Queryable, workflow: string, since: number): Promise<number> {
  const { count } = await database.one<{ count: number }>(
    sql`select count(*)::int as count from quarantine where workflow = ${workflow} and id >= ${idBorder("quarantine", since)}`,
  );
  return count;
}

/** By target: from the cases whose delivery failed, each with its few deliveries. */
function deadLettersNow(database: Queryable, workflow: string): Promise<Counts["deadLetters"]> {
  return database.all(sql`
    select d.target, count(*)::int as count, max(d.error) as error,
      max((select max(a.finished_at) from delivery_attempt a where a.case_id = d.case_id and a.target = d.target)) as newest_at
    from (select id from case_ where workflow = ${workflow} and state = 'failed_delivery' and not drill order by id desc limit ${MOST_DEAD}) c
    join delivery d on d.case_id = c.id and d.state = 'dead' group by d.target order by d.target`);
}

async function shadowNow(database: Queryable, row: WorkflowRow): Promise<Counts["shadow"]> {
  if (row.shadow_release === null) return { waiting: 0, oldest_at: null };
  return database.one(sql`
    select count(*)::int as waiting, min(next_at) as oldest_at from shadow_run where workflow = ${row.name} and state = 'waiting'`);
}

function latestOfModel(database: Queryable, workflow: string): Promise<Counts["model"]> {
  return database.one(sql`
    select count(*)::int as asked, (count(*) filter (where d.outcome = 'fallback'))::int as failed
    from (
      (select id from case_ where workflow = ${workflow} and state = 'in_review' and arm <> 'manual' and not drill order by id desc limit ${LATEST_MODEL})
      union all (select id from case_ where workflow = ${workflow} and state = 'delivered' and arm <> 'manual' and not drill order by id desc limit ${LATEST_MODEL})
      order by id desc limit ${LATEST_MODEL}) c
    join decision d on d.case_id = c.id`);
}

function latestVerdicts(database: Queryable, workflow: string): Promise<Counts["verdicts"]> {
  return database.one(sql`
    select count(*)::int as given, (count(*) filter (where verdict in ('edit', 'reject')))::int as changed, min(decided_at) as first_at
    from (select r.verdict, r.decided_at from review r join decision d on d.case_id = r.case_id
      where r.workflow = ${workflow} and r.decided_at is not null and r.state = 'decided' and d.attempt is not null and not r.simulated
      order by r.decided_at desc limit ${LATEST_VERDICTS}) v`);
}

async function latestChange(database: Queryable, workflow: string): Promise<Counts["lastChange"]> {
  return (
    (await database.maybe<{ what: string; by: string; at: number }>(sql`
      select what, "by", at from (
        (select setting as what, decided_by as "by", decided_at as at from workflow_setting_change where workflow = ${workflow} and state = 'applied' order by decided_at desc limit 1)
        union all (select 'ladder', moved_by, moved_at from ladder_move where workflow = ${workflow} order by id desc limit 1)
        union all (select 'definition', applied_by, applied_at from workflow where name = ${workflow})) c
      order by at desc limit 1`)) ?? null
  );
}
