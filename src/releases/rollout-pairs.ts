/**
 * Counts what a candidate in shadow is judged by: cases that both releases answered, and that only one of them got wrong.
 *
 * The truth is what a person decided in the end, of cases that a coin bound for review, or of all while every case is
 * reviewed. One case of a thread counts, rehearsals never. Where both are right, or both wrong, the case says nothing. A
 * case that the candidate did not answer is no pair: it would have gone to people. Counted anew at each look, as in
 * rollout-counts.ts; comparing an answer with a label is in shadow-score.ts.
 */
import type { Queryable } from "../platform/database.ts";
import { idBorder } from "../contract/ids.ts";
import { sql } from "../platform/sql.ts";
import type { StepCounts } from "../statistics/guard.ts";
import type { Plan } from "./rollout-judge.ts";

export interface PairedRollout {
  workflow: string;
  release: string;
  control: string;
  started_at: number;
  reviewed_whole: boolean;
  plan: Plan;
}

/** One entry, at share 0: `errors` are those of one arm alone, `n` are the pairs. None where people are the other arm. */
export async function countPairs(database: Queryable, rollout: PairedRollout): Promise<StepCounts[]> {
  const { workflow, release, control, started_at, reviewed_whole, plan } = rollout;
  if (control === "manual") return [];
  const { n, candidate, stable } = await database.one<{ n: number; candidate: number; stable: number }>(sql`
    select count(*)::int as n, (count(*) filter (where candidate and not stable))::int as candidate,
      (count(*) filter (where stable and not candidate))::int as stable
    from (
      select distinct on (coalesce(c.thread, c.id)) s.wrong as candidate, l.wrong as stable
      from shadow_run s join case_ c on c.id = s.case_id join label l on l.case_id = s.case_id and l.id = s.label
      where s.workflow = ${workflow} and s.release = ${release} and s.state = 'answered' and s.case_id >= ${idBorder("case", started_at)}
        and not s.to_score and s.wrong is not null and l.wrong is not null
        and c.release = ${control} and l.release = c.release and not c.drill
        and l.source in ('cold', 'qa', 'review', 'correction') and l.superseded_by is null and l.withdrawn_at is null
        and (c.qa or c.cold or ${reviewed_whole}::boolean) and (${plan.simulated}::boolean or not l.simulated)
      order by coalesce(c.thread, c.id), c.id) pairs`);
  return [{ share: 0, candidate: { errors: candidate, n }, stable: { errors: stable, n } }];
}
