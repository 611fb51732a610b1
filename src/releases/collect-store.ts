/** The judged cases of a workflow that an evaluation set can be made of, each with the label that speaks for it. */
import type { CaseSource } from "../contract/evaluation-set-endpoints.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import type { JudgedCase } from "./collect-choice.ts";

export interface Wanted {
  workflow: string;
  from: CaseSource;
  since: number | undefined;
  until: number | undefined;
  /** Of the input, as cases have them in clear. */
  facets: readonly { path: string; value: string }[];
  /** Labels of programs that play a person, too. */
  simulated: boolean;
  /** Whether a model may see the files of a case. */
  filesAllowed: boolean;
}

/** The newest so many are looked at. */
const MOST_CASES = 100_000;

/**
 * Rehearsals and planted cases are no cases, and the label of a planted one is none of its case. Of coins every drawn case
 * is here, judged or not, so that it can be told how many are missing.
 */
export function judgedCases(database: Queryable, wanted: Wanted): Promise<JudgedCase[]> {
  const { workflow, from, since, until, facets, filesAllowed } = wanted;
  return database.all<JudgedCase>(sql`
    select c.id, c.thread, l.id as label, l.source, l.probability::float8 as probability, coalesce(l.simulated, false) as simulated,
      l.id is null and c.verdict is null and c.state not in ('closed', 'cancelled', 'erased') as open,
      ${filesAllowed}::boolean and exists (select from attachment f where f.case_id = c.id) as "withFiles"
    from ${from === "coins" ? drawnCases(wanted) : labelledCases(wanted)}
    where c.workflow = ${workflow} and not c.drill
      and (${since === undefined ? null : time(since)}::timestamptz is null or c.received_at >= ${since === undefined ? null : time(since)})
      and (${until === undefined ? null : time(until)}::timestamptz is null or c.received_at < ${until === undefined ? null : time(until)})
      and not exists (select from unnest(${facets.map((one) => `input.${one.path}`)}::text[], ${facets.map((one) => one.value)}::text[]) f (name, value)
        where c.facets ->> f.name is distinct from f.value)
    order by c.id desc limit ${MOST_CASES}`);
}

const SOURCES: Record<CaseSource, readonly string[]> = {
  // What the coin asked for; an ordinary review where a cold case was judged again after an undo.
  coins: ["cold", "qa", "review"],
  reviews: ["second_review", "cold", "qa", "review"],
  feedback: ["feedback"],
  corrections: ["correction"],
};

/** What the coins drew, with its label where it has one. */
function drawnCases({ from, simulated }: Wanted): Sql {
  return sql`(select * from case_ where qa or cold) c left join lateral (
    select k.id, k.source, k.probability, k.simulated from label k where k.case_id = c.id and ${counts(from, simulated)}
    order by ${byKind(from)} limit 1) l on true`;
}

/** From the labels to their cases: those that somebody corrected or complained about are few among many. */
function labelledCases({ workflow, from, simulated }: Wanted): Sql {
  return sql`(
    select distinct on (k.case_id) k.case_id, k.id, k.source, k.probability, k.simulated from label k
    where k.workflow = ${workflow} and ${counts(from, simulated)}
    order by k.case_id desc, ${byKind(from)}) l join case_ c on c.id = l.case_id`;
}

/** Labels `k` in force, of the kinds that count. */
function counts(from: CaseSource, simulated: boolean): Sql {
  return sql`k.superseded_by is null and k.withdrawn_at is null and not k.drill
    and k.source = any(${SOURCES[from]}) and (${simulated}::boolean or not k.simulated)`;
}

/** The first kind that there is, of that kind the newest. */
function byKind(from: CaseSource): Sql {
  return sql`array_position(${SOURCES[from]}::text[], k.source), k.id desc`;
}
