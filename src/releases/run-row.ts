/** Evaluation runs as they are kept: their rows, how far they are, how many answers were right. Asking for one is in evaluation-run.ts. */
import { PilotageError } from "../contract/errors.ts";
import type { RunState } from "../contract/evaluation-endpoints.ts";
import type { FrozenJudge } from "../definition/judge.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, type Sql } from "../platform/sql.ts";
import type { SetRow } from "./evaluation-set.ts";
import { shareOf } from "./run-figures.ts";

export interface RunRow {
  id: string;
  workflow: string;
  set_id: string;
  set_name: string;
  set_version: number;
  kind: SetRow["kind"];
  items: number;
  release: string;
  step: number;
  repeats: number;
  at_once: number;
  metrics: string[];
  judges: FrozenJudge[];
  state: RunState;
  problem: string | null;
  started_at: number;
  started_by: string;
  finished_at: number | null;
  /** Since when its process has it, and what was answered then; null while it waits. */
  taken_at: number | null;
  done_before: number;
  /** First answers; the counts below are of them, too. */
  answered: number;
  failed: number;
  /** Of those that failed: the model answered, but nothing that the output schema allows. */
  unusable: number;
  left_out: number;
  wrong: number;
  /** Answers beyond the first ones, and those of them that failed. */
  repeated: number;
  /** By the answer of the majority, with its 95 % range; null until it is done. */
  final: { right: number; n: number; share: { value: number; lower: number; upper: number } | null } | null;
  mean_milliseconds: number | null;
  /** Decimal text of the items with a known cost; null where none has one. */
  cost: string | null;
  currency: string | null;
  /** Asked items whose cost is unknown. */
  cost_unknown: number;
}

/** Throws `not_found`. */
export async function readRun(database: Queryable, id: string): Promise<RunRow> {
  const [run] = await readRuns(database, sql`r.id = ${id}`);
  if (!run)
    throw new PilotageError("not_found", `There is no evaluation ${id.slice(0, 60)}.`, {
      hint: "`pilotage evaluation show <workflow> <set>` lists the runs over a set.",
    });
  return run;
}

/** The newest of the runs that are over of what a run measures: its release and step, over its set. */
export async function newestOver(
  database: Queryable,
  { set_id, release, step }: Pick<RunRow, "set_id" | "release" | "step">,
): Promise<string | undefined> {
  const row = await database.maybe<{ id: string }>(sql`
    select id from evaluation_run where set_id = ${set_id} and release = ${release} and step = ${step} and state in ('done', 'failed')
    order by id desc limit 1`);
  return row?.id;
}

export async function readRuns(database: Queryable, which: Sql): Promise<RunRow[]> {
  return database.all<RunRow>(sql`
    select r.id, r.workflow, r.set_id, e.name as set_name, e.version as set_version, e.kind, e.items, r.release, r.step, r.state, r.problem,
      r.repeats, r.at_once, r.metrics, r.judges, r.started_at, r.started_by, r.finished_at, r.taken_at, r.done_before,
      s.answered, s.failed, s.unusable, s.left_out, s.wrong, s.mean_milliseconds, p.repeated,
      t.cost::text as cost, t.currency, s.cost_unknown + t.cost_unknown as cost_unknown,
      (r.figures #> '{measures,0}') - 'slices' as final
    from evaluation_run r join evaluation_set e on e.id = r.set_id,
      lateral (select count(*) filter (where state = 'answered')::int as answered, count(*) filter (where state = 'failed')::int as failed,
        count(*) filter (where error = 'model_bad_answer')::int as unusable, count(*) filter (where state = 'left_out')::int as left_out, count(*) filter (where wrong)::int as wrong,
        avg(milliseconds) filter (where state = 'answered') as mean_milliseconds,
        (count(*) filter (where state <> 'left_out' and cost is null))::int as cost_unknown
        from evaluation_score where run_id = r.id) s,
      lateral (select count(*)::int as repeated from evaluation_repeat where run_id = r.id) p,
      lateral (select sum(cost) as cost, max(currency) as currency, (count(*) filter (where cost is null and asked))::int as cost_unknown
        from (select cost, currency, false as asked from evaluation_score where run_id = r.id
          union all select cost, currency, true from evaluation_repeat where run_id = r.id
          union all select cost, currency, milliseconds is not null from evaluation_judgement where run_id = r.id) called) t
    where ${which} order by r.id desc limit 100`);
}

/** Right and wrong answers so far, or by majority when the run is done, and their share with its exact 95 % range; null without answers. */
export function accuracyOf({ final, answered, unusable, wrong }: RunRow): {
  right: number;
  wrong: number;
  share: { value: number; lower: number; upper: number } | null;
} {
  if (final) return { right: final.right, wrong: final.n - final.right, share: final.share };
  const n = answered + unusable;
  const right = answered - wrong;
  return { right, wrong: n - right, share: shareOf(right, n) };
}

/** Questions of a run, those that were answered, and the milliseconds that are left at the speed of the process that has it; null where nobody can tell yet. */
export function progressOf(run: RunRow, now: number): { asked: number; of: number; left: number | null } {
  const asked = run.answered + run.failed + run.left_out + run.repeated;
  const of = run.items + (run.items - run.left_out) * (run.repeats - 1);
  const here = asked - run.done_before;
  if (run.state !== "running" || run.taken_at === null || here <= 0) return { asked, of, left: null };
  return { asked, of, left: ((of - asked) * (now - run.taken_at)) / here };
}
