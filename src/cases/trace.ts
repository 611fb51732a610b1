/**
 * Where a case stands in traces: its question has a span that anybody finds again by the case's id, and the trace of a client
 * of the endpoint is kept, so that whoever works on the case goes on with it, in whatever process and however much later.
 *
 * Only written and read where traces are sent.
 */
import type { Queryable } from "../platform/database.ts";
import { rows, sql } from "../platform/sql.ts";
import type { CaseRow } from "./case-row.ts";
import type { Subject } from "./model/telling.ts";

export async function keepTraces(
  tx: Queryable,
  traces: { case_id: string; traceparent: string }[],
): Promise<void> {
  if (traces.length === 0) return;
  await tx.run(sql`
    insert into case_trace (case_id, traceparent)
    select case_id, traceparent from json_populate_recordset(null::case_trace, ${rows(traces)}::json)`);
}

/** By case; those that have none are left out. */
export async function tracesOf(database: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await database.all<{ case_id: string; traceparent: string }>(
    sql`select case_id, traceparent from case_trace where case_id = any(${[...ids]})`,
  );
  return new Map(found.map((row) => [row.case_id, row.traceparent]));
}

/** The traces of clients of the endpoint: no other door has any. */
export async function callersTraces(
  database: Queryable,
  cases: { case_: CaseRow }[],
): Promise<Map<string, string>> {
  const ids = cases.flatMap(({ case_ }) => (case_.source === "gateway" ? [case_.id] : []));
  return tracesOf(database, ids);
}

/** The question of a live case; `again`: it was asked before, by this process or another. */
export function aboutCase(case_: CaseRow, again: boolean, traceparent: string | undefined): Subject {
  const { id, workflow, release, arm } = case_;
  return {
    path: "case",
    key: `case ${id}`,
    standing: { traceparent, of: id, below: again },
    own: {
      "pilotage.case.id": id,
      "pilotage.workflow": workflow,
      "pilotage.release": release,
      "pilotage.arm": arm,
    },
  };
}
