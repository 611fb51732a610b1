/** The events of one case as they stand in the log. */
import type { z } from "zod";
import type { auditEvents } from "../contract/audit.ts";
import { isoTime } from "../platform/clock.ts";
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";

/** Oldest first, after an id. */
export async function eventsOfCase(
  database: Queryable,
  caseId: string,
  after: string | undefined,
  limit: number,
): Promise<z.input<typeof auditEvents>> {
  const found = await database.all<{
    seq: number | null;
    id: string;
    kind: string;
    at: number;
    body: string;
  }>(sql`
    select l.seq, e.id, e.kind, e.at, e.body from audit_event e left join audit_log l on l.event_id = e.id
    where e.case_id = ${caseId} and e.id > ${after ?? ""} order by e.id limit ${limit}`);
  return {
    events: found.map(({ at, ...event }) => ({ ...event, at: isoTime(at) })),
    next: found.length === limit ? found.at(-1)!.id : null,
  };
}
