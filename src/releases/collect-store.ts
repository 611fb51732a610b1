/** The judged cases of a workflow that an evaluation set can be made of, each with the label that speaks for it. */
import type { CaseSource } from "../contract/evaluation-set-endpoints.ts";
import type { Queryable } from "../platform/database.ts";
import { raw, sql, time, type Sql } from "../platform/sql.ts";
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
  const { workflow, from, since, until, facets, simulated, filesAllowed } = wanted;
  const drawn = from === "coins";
  return database.all<JudgedCase>(sql`
    select c.id, c.thread, l.id as label, l.source, l.probability::float8 as probability, coalesce(l.simulated, false) as simulated,
      l.id is null and c.verdict is null and c.state not in ('closed', 'cancelled', 'erased') as open,
      ${filesAllowed}::boolean and exists (select from attachment f where f.case_id = c.id) as "withFiles"
    from case_ c ${raw(drawn ? "left join" : "join")} lateral (${labelOf(from, simulated)}) l on true
    where c.workflow = ${workflow} and not c.drill ${raw(drawn ? "and (c.qa or c.cold)" : "")}
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

/** Of the labels in force the first kind that there is, of that kind the newest. */
function labelOf(from: CaseSource, simulated: boolean): Sql {
  const sources = SOURCES[from];
  return sql`
    select k.id, k.source, k.probability, k.simulated from label k
    where k.case_id = c.id and k.superseded_by is null and k.withdrawn_at is null and not k.drill
      and k.source = any(${sources}) and (${simulated}::boolean or not k.simulated)
    order by array_position(${sources}::text[], k.source), k.id desc limit 1`;
}
