/** The question that agreement asks the database: which cases two people judged, and with which labels. */
import type { CaseId } from "../contract/ids.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

export interface LabelPair {
  case_id: CaseId;
  release: string;
  /** The label of the first review, and that of the blind second one. */
  first: string;
  second: string;
  /** Whether a program stood in for one of the two. */
  simulated: boolean;
}

/**
 * The newest pairs whose second judgement was given in a span of time, from `since` on and before `until`.
 *
 * What was withdrawn, superseded or part of a drill does not count, and nobody is paired with himself. A case that was
 * judged twice at first, as a cold one after an undo, counts by its last verdict.
 */
export async function labelPairs(
  database: Queryable,
  which: { workflow: string; since: number; until: number; most: number },
): Promise<LabelPair[]> {
  const { workflow, since, until, most } = which;
  return database.all<LabelPair>(sql`
    select s.case_id, s.release, f.id as first, s.id as second, s.simulated or f.simulated as simulated
    from label s cross join lateral (
      select id, simulated from label f
      where f.case_id = s.case_id and f.source in ('review', 'qa', 'cold') and f.person <> s.person
        and f.withdrawn_at is null and f.superseded_by is null and not f.drill
      order by f.labelled_at desc, f.id desc limit 1) f
    where s.workflow = ${workflow} and s.source = 'second_review' and s.withdrawn_at is null and s.superseded_by is null and not s.drill
      and s.labelled_at >= ${time(since)} and s.labelled_at < ${time(until)}
    order by s.labelled_at desc, s.case_id desc limit ${most}`);
}
