/**
 * The list of cases, over what lies in clear: states, arms, facets, dates, keyed digests. Newest first, page by page.
 *
 * Every page is bounded, whatever is asked for and however many cases there are: what an index finds (an external id, a
 * thread, a data subject) is read from it; anything else is looked for in `LOOKED_THROUGH` cases, and where that page
 * ends early the next one goes on behind them.
 */
import type { JsonValue } from "../contract/json.ts";
import { idBorder } from "../contract/ids.ts";
import type { CaseState } from "../contract/states.ts";
import { CASE_STATES } from "../contract/states.ts";
import type { Queryable } from "../platform/database.ts";
import { plannedAnew, raw, Sql, sql, time } from "../platform/sql.ts";
import { SUMMARY, summary, type CaseSummary, type SummaryRow } from "./view.ts";

export interface CaseFilter {
  workflow: string;
  /** None: in any state. */
  states: readonly CaseState[];
  arm?: string | undefined;
  release?: string | undefined;
  verdict?: string | undefined;
  team?: string | undefined;
  source?: string | undefined;
  /** As the input's thread was digested at intake. */
  thread?: string | undefined;
  /** As the value of a data subject was digested at intake. */
  subject?: Buffer | undefined;
  externalId?: string | undefined;
  /** The beginning of an external id, or of a case's own. */
  startsWith?: string | undefined;
  /** Received from, and before; milliseconds. */
  from?: number | undefined;
  to?: number | undefined;
  dueBefore?: number | undefined;
  /** Facets that must have this value. */
  facets?: Readonly<Record<string, JsonValue>> | undefined;
  /** The id behind which the page begins. */
  before?: string | undefined;
  limit: number;
}

export interface CasePage {
  cases: CaseSummary[];
  /** Behind which the next page begins; a page that ends early has one, too, while there is more to look through. */
  next: string | null;
}

export const LOOKED_THROUGH = 20_000;
/** So many cases of one thread, subject or external id are found. */
const MOST_FOUND = 5_000;
/** After every letter that ids have; "C" order compares bytes. */
const BEHIND_ALL = "\u{10ffff}";

export async function listCases(database: Queryable, filter: CaseFilter): Promise<CasePage> {
  const { limit } = filter;
  const source = candidates(filter);
  const page = sql`
    select ${SUMMARY} from (${source}) c where ${conditions(filter)} order by id desc limit ${limit}`;
  const found = await database.all<SummaryRow>(plannedAnew(page));
  const cases = found.map(summary);
  if (cases.length === limit) return { cases, next: cases.at(-1)!.id };
  // Fewer than asked for: either there are no more, or the next page goes on behind what was looked through.
  const last = await database.maybe<{ id: string }>(
    plannedAnew(sql`select id from (${source}) c order by id desc offset ${LOOKED_THROUGH - 1} limit 1`),
  );
  return { cases, next: last?.id ?? null };
}

/** The cases to look through, newest first, `LOOKED_THROUGH` of them at most. */
function candidates(filter: CaseFilter): Sql {
  const { workflow, externalId, source, startsWith, thread, subject } = filter;
  const within = range(filter);
  const known = (ids: Sql) =>
    sql`select * from case_ where workflow = ${workflow} and id in (${ids}) and ${within}`;
  if (externalId !== undefined)
    return known(
      sql`select case_id from intake_key where workflow = ${workflow} and external_id = ${externalId} and (${source ?? null}::text is null or source = ${source ?? null})`,
    );
  if (subject !== undefined)
    return known(
      sql`select case_id from case_subject where digest = ${subject} order by case_id desc limit ${MOST_FOUND}`,
    );
  if (thread !== undefined)
    return sql`select * from case_ where workflow = ${workflow} and thread = ${thread} and ${within} order by id desc limit ${LOOKED_THROUGH}`;
  if (startsWith !== undefined && !startsWith.startsWith("case_"))
    return known(
      sql`select case_id from intake_key where workflow = ${workflow} and external_id >= ${startsWith} and external_id < ${startsWith + BEHIND_ALL} order by external_id limit ${MOST_FOUND}`,
    );
  // A leg per state: each is read from the index of states in its order, and they are merged.
  const states = filter.states.length > 0 ? filter.states : (Object.keys(CASE_STATES) as CaseState[]);
  const legs = states.map(
    (state) =>
      sql`(select * from case_ where workflow = ${workflow} and state = ${raw(`'${state}'`)} and ${within} order by id desc)`,
  );
  return sql`select * from (${unionOf(legs)}) u order by id desc limit ${LOOKED_THROUGH}`;
}

function unionOf(parts: readonly Sql[]): Sql {
  return new Sql(["", ...parts.slice(1).map(() => " union all "), ""], parts);
}

/** The borders of ids: times of receipt, the beginning of a case's own id, and where the page begins. */
function range({ from, to, before, startsWith }: CaseFilter): Sql {
  const own = startsWith?.startsWith("case_") ? startsWith : undefined;
  const least = [
    ...(from === undefined ? [] : [idBorder("case", from)]),
    ...(own === undefined ? [] : [own]),
  ];
  const below = [
    ...(to === undefined ? [] : [idBorder("case", to)]),
    ...(own === undefined ? [] : [own + BEHIND_ALL]),
    ...(before === undefined ? [] : [before]),
  ];
  const lower = least.sort(byBytes).at(-1) ?? "";
  const upper = below.sort(byBytes)[0] ?? BEHIND_ALL;
  return sql`id >= ${lower} and id < ${upper}`;
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** What no index knows. */
function conditions(filter: CaseFilter): Sql {
  const { states, arm, release, verdict, team, source, dueBefore, facets } = filter;
  const parts = [
    ...(states.length === 0 ? [] : [sql`state = any(${[...states]})`]),
    ...(arm === undefined ? [] : [sql`arm = ${arm}`]),
    ...(release === undefined ? [] : [sql`release = ${release}`]),
    ...(verdict === undefined ? [] : [sql`verdict = ${verdict}`]),
    ...(team === undefined ? [] : [sql`team = ${team}`]),
    ...(source === undefined ? [] : [sql`source = ${source}`]),
    ...(dueBefore === undefined ? [] : [sql`due_at < ${time(dueBefore)}`]),
    ...(facets === undefined ? [] : facetConditions(facets)),
  ];
  return new Sql(
    ["true", ...parts.map(() => "")],
    parts.map((part) => sql` and ${part}`),
  );
}

/** A cold case's output is told to nobody before its verdict, and so is not found by it. */
function facetConditions(facets: Readonly<Record<string, JsonValue>>): Sql[] {
  return Object.entries(facets).map(([name, value]) => {
    const equal = sql`facets -> ${name}::text = ${JSON.stringify(value)}::jsonb`;
    return name.startsWith("input.") ? equal : sql`(${equal} and not (cold and verdict is null))`;
  });
}
