/**
 * Counts what a rollout is judged by: labels by arm and share, breaches by arm and share, cases by arm and share.
 *
 * Only labels that a coin asked for count, or all reviews while every case of both arms is reviewed. One case of a thread
 * counts, rehearsals never. Read anew from the labels at each look, so that late, corrected and withdrawn
 * ones come out right; the sums are what is stored. Judging is in rollout-judge.ts; before the first stage with cases
 * rollout-pairs.ts counts instead.
 */
import type { Queryable } from "../platform/database.ts";
import { sql, type Sql } from "../platform/sql.ts";
import type { GuardName } from "../contract/rollout.ts";
import { countOutcomes, type Outcome, type StepCounts } from "../statistics/guard.ts";
import type { CasesByArm } from "../statistics/sample-ratio.ts";
import type { Evidence, Plan } from "./rollout-judge.ts";
import { countPairs, type PairedRollout } from "./rollout-pairs.ts";

/** Which cases are those of the rollout. */
export interface CountedRollout {
  workflow: string;
  release: string;
  control: string;
  first_case: string;
  alone_from: string | null;
  reviewed_whole: boolean;
  plan: Plan;
}

const HOUR = 3_600_000;

/** Everything that a rollout is judged by at this moment. */
export async function evidenceOf(
  database: Queryable,
  rollout: Omit<CountedRollout, "first_case"> &
    PairedRollout & { first_case: string | null; stage_at: number },
  now: number,
): Promise<Evidence> {
  const { first_case } = rollout;
  return {
    ...(first_case === null
      ? { guards: { paired: await countPairs(database, rollout) }, cases: [], labelled: [] }
      : await countEvidence(database, { ...rollout, first_case })),
    hours: Math.max(0, Math.floor((now - rollout.stage_at) / HOUR)),
    dataHealthy: await dataHealthy(database, rollout.workflow),
  };
}

/** Everything but the time and the health of the feeds. */
async function countEvidence(
  database: Queryable,
  rollout: CountedRollout,
): Promise<Pick<Evidence, "guards" | "cases" | "labelled">> {
  const outcomes = await labelledOutcomes(database, rollout);
  const errors = countOutcomes(outcomes);
  const breaches = await countBreaches(database, rollout);
  const overridden = countOutcomes(outcomes.map((one) => ({ ...one, wrong: one.overridden })));
  return {
    guards: { errors, overridden, ...breaches },
    cases: await casesByArm(database, rollout),
    labelled: errors.map(({ share, candidate, stable }) => ({
      share,
      candidate: candidate.n,
      stable: stable.n,
    })),
  };
}

interface LabelledOutcome extends Outcome {
  overridden: boolean;
}

/** The label in force of each case that counts, oldest first: the cold one, which nothing swayed, before the others. */
async function labelledOutcomes(database: Queryable, rollout: CountedRollout): Promise<LabelledOutcome[]> {
  const { reviewed_whole, plan } = rollout;
  const found = await database.all<{
    label: string;
    unit: string;
    candidate: boolean;
    share: number;
    wrong: boolean;
    overridden: boolean;
  }>(sql`
    select distinct on (c.id) l.id as label, coalesce(c.thread, c.id) as unit, c.release = ${rollout.release} as candidate,
      s.share, l.wrong, not l.wrong and coalesce(c.verdict in ('edit', 'reject'), false) as overridden
    from label l join case_ c on c.id = l.case_id ${counted(rollout)}
    where ${ofRollout(rollout)} and l.workflow = ${rollout.workflow} and l.release = c.release and l.case_id >= ${rollout.first_case}
      and l.source in ('cold', 'qa', 'review') and l.superseded_by is null and l.withdrawn_at is null and l.wrong is not null
      and (c.qa or c.cold or ${reviewed_whole}::boolean) and (${plan.simulated}::boolean or not l.simulated)
    order by c.id, array_position(array['cold', 'qa', 'review'], l.source), l.id`);
  return found
    .toSorted((a, b) => (a.label < b.label ? -1 : 1))
    .map(({ candidate, ...one }, place) => ({ ...one, place, arm: candidate ? "candidate" : "stable" }));
}

/** Cases that a model was asked for, and those of them with a breach. */
async function countBreaches(
  database: Queryable,
  rollout: CountedRollout,
): Promise<Partial<Record<GuardName, StepCounts[]>>> {
  const { plan } = rollout;
  const found = await database.all<
    { share: number; candidate: boolean; n: number } & Record<
      "bad_answers" | "no_answers" | "slow" | "dear",
      number
    >
  >(sql`
    select share, candidate, count(*)::int as n, count(*) filter (where bad)::int as bad_answers, count(*) filter (where silent)::int as no_answers,
      count(*) filter (where milliseconds > ${plan.latency}::float8)::int as slow, count(*) filter (where cost > ${plan.cost}::numeric)::int as dear
    from (
      select distinct on (coalesce(c.thread, c.id), s.share) s.share, c.release = ${rollout.release} as candidate, a.*
      from case_ c ${counted(rollout)} cross join lateral (
        select count(*) as asked, bool_or(error = 'model_bad_answer') as bad, bool_or(error = 'model_unavailable') as silent,
          sum(milliseconds) as milliseconds, sum(cost) as cost
        from attempt a where a.case_id = c.id and a.state <> 'reserved') a
      where ${ofRollout(rollout)} and a.asked > 0
      order by coalesce(c.thread, c.id), s.share, c.id) units
    group by share, candidate`);
  const names = ["bad_answers", "no_answers", "slow", "dear"] as const;
  return Object.fromEntries(
    names.map((name) => [name, byShare(found.map((row) => ({ ...row, errors: row[name] })))]),
  );
}

function byShare(
  rows: readonly { share: number; candidate: boolean; n: number; errors: number }[],
): StepCounts[] {
  const shares = [...new Set(rows.map(({ share }) => share))].sort((a, b) => a - b);
  const arm = (share: number, candidate: boolean) => {
    const row = rows.find((one) => one.share === share && one.candidate === candidate);
    return { errors: row?.errors ?? 0, n: row?.n ?? 0 };
  };
  return shares.map((share) => ({ share, candidate: arm(share, true), stable: arm(share, false) }));
}

/** Units that were drawn: one for each thread and share. */
async function casesByArm(database: Queryable, rollout: CountedRollout): Promise<CasesByArm[]> {
  return database.all<CasesByArm>(sql`
    select s.share, count(distinct coalesce(c.thread, c.id)) filter (where c.release = ${rollout.release})::int as candidate,
      count(distinct coalesce(c.thread, c.id)) filter (where c.release <> ${rollout.release})::int as stable
    from case_ c ${counted(rollout)} where ${ofRollout(rollout)} group by s.share order by s.share`);
}

/**
 * Cases, as `c`, that came while a share or a team was the candidate's, of the two releases that are compared. Drawn before,
 * they are nobody's evidence; once one of the two was taken out, what still came to it is none either.
 */
function ofRollout({ workflow, release, control, first_case, alone_from }: CountedRollout): Sql {
  return sql`c.workflow = ${workflow} and c.id >= ${first_case} and c.share > 0 and not c.drill
    and (c.release = ${release} or (c.release = ${control} and c.id < ${alone_from ?? NEVER}))`;
}

/** The share, as `s.share`, under which a case `c` counts: all of them where nobody is beside the candidate any more. */
function counted({ alone_from }: CountedRollout): Sql {
  return sql`cross join lateral (select (case when c.id >= ${alone_from ?? NEVER} then 1 else c.share end)::float8 as share) s`;
}

/** Sorts after every id. */
const NEVER = "~";

/** Whether the workflow's feeds can be read and its ladder stands at normal: a broken feed proves nothing. */
async function dataHealthy(database: Queryable, workflow: string): Promise<boolean> {
  const found = await database.one<{ healthy: boolean }>(sql`
    select rung = 0 and not exists (select from feed f where f.workflow = w.name and f.problem is not null) as healthy
    from workflow w where name = ${workflow}`);
  return found.healthy;
}
