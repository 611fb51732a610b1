/** Where the audit log stands, for people and for those who watch: figures, what waits, what is wrong, who may touch it. */
import type { AuditStatus } from "../contract/audit.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { keyIdOf } from "./verify.ts";

/** What the status page shows. */
export interface AuditFigures {
  size: number;
  waiting: number;
  /** When the oldest event that waits was written. */
  oldest: number | null;
  checkpointAt: number | null;
  /** Times that events were found removed before they came into the log. */
  gaps: number;
  putAside: number;
  problem: string | null;
}

export async function auditFigures(database: Queryable): Promise<AuditFigures> {
  return database.one<AuditFigures>(sql`
    select size, problem, gaps,
      (select count(*) from audit_waiting where not held) as waiting,
      (select count(*) from audit_waiting where held) as "putAside",
      (select min(e.at) from audit_event e where e.id in (
        (select event_id from audit_pending where not held order by ticket limit 1)
        union all (select event_ids[1] from audit_pending_group where not held order by ticket limit 1))) as oldest,
      (select at from audit_checkpoint order by size desc limit 1) as "checkpointAt"
    from audit_head`);
}

/** How many of the events that never came into the log are named. */
const NAMED = 20;
const PAGE = 20_000;
const ROLE_LEFT_OUT =
  "The program asks for its role with every connection, and does not get it: a pooler in between leaves that out. Let it pass the startup parameter `options`.";

export async function auditStatus(
  database: Database,
  clock: Clock,
  options: { thorough: boolean; missing: string | null },
): Promise<AuditStatus> {
  const figures = await auditFigures(database);
  const head = await database.one<{ origin: string | null; verifier: string | null; holder: string | null }>(
    sql`select origin, verifier, holder from audit_head`,
  );
  const last = await database.maybe<{ size: number; at: number; note: string }>(
    sql`select size, at, note from audit_checkpoint order by size desc limit 1`,
  );
  const { role, may } = await database.one<{ role: string; may: boolean }>(sql`
    select current_user as role, has_table_privilege('audit_log', 'update, delete, truncate, trigger') as may`);
  return {
    origin: head.origin,
    keyId: head.verifier === null ? null : keyIdOf(head.verifier),
    verifier: head.verifier,
    size: figures.size,
    checkpoint: last ? { ...last, at: isoTime(last.at) } : null,
    pending: {
      count: figures.waiting,
      oldestAt: figures.oldest === null ? null : isoTime(figures.oldest),
      oldestSeconds:
        figures.oldest === null ? null : Math.max(0, Math.round((clock.now() - figures.oldest) / 1000)),
    },
    putAside: figures.putAside,
    gaps: figures.gaps,
    sequencer: head.holder,
    problem: figures.problem,
    protection: { role, enforced: !may, missing: may ? (options.missing ?? ROLE_LEFT_OUT) : null },
    ...(options.thorough ? { unlogged: await unlogged(database) } : {}),
  };
}

/** Events that are stored, and neither in the log nor waiting: what waited for them was removed. Reads every event, in pages. */
async function unlogged(database: Queryable): Promise<{ count: number; first: string[] }> {
  const found = { count: 0, first: [] as string[] };
  for (let after = ""; ;) {
    const page = await database.one<{ last: string | null; count: number; first: string[] | null }>(sql`
      with page as (select id from audit_event where id > ${after} order by id limit ${PAGE}),
      lost as (
        select id from page
        where not exists (select from audit_log l where l.event_id = page.id)
          and not exists (select from audit_waiting w where w.event_id = page.id))
      select (select max(id) from page) as last, count(*) as count, (array_agg(id order by id))[1:${NAMED}] as first from lost`);
    found.count += page.count;
    found.first = [...found.first, ...(page.first ?? [])].slice(0, NAMED);
    if (page.last === null) return found;
    after = page.last;
  }
}
