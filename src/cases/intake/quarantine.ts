/**
 * Quarantine: where input goes that cannot become a case, with its reason and the raw record, encrypted like content.
 *
 * A record leaves it by being corrected and replayed under the same key, or by being put aside by name. Never silently.
 */
import type { Audit } from "../../audit/record.ts";
import type { QuarantineId } from "../../contract/ids.ts";
import type { QuarantineReason } from "../../contract/quarantine.ts";
import type { Actor } from "../../contract/scopes.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import type { Operation } from "../../platform/group-commit.ts";
import { hex, rows, sql, time } from "../../platform/sql.ts";
import type { Door } from "./admit.ts";

/** A refused record, sealed and ready to be stored. */
export interface Refused {
  id: QuarantineId;
  workflow: string;
  door: Door;
  source: string;
  externalId: string | undefined;
  feedRun: string | undefined;
  /** Where it stood, e.g. "line 12" or "tickets.csv, record 7". */
  place: string | undefined;
  reason: QuarantineReason;
  message: string;
  details: { path: string; message: string }[];
  wrappedKey: Uint8Array;
  sealedRaw: Uint8Array;
  keptAt: number;
  actor: Actor;
}

export function quarantining(audit: Audit): Operation<Refused, QuarantineId> {
  return {
    name: "quarantine",
    async run(tx, records) {
      await tx.run(sql`
        insert into case_key (owner, wrapped)
        select owner, wrapped from json_populate_recordset(null::case_key, ${rows(records.map((r) => ({ owner: r.id, wrapped: hex(r.wrappedKey) })))}::json)`);
      await tx.run(sql`
        insert into quarantine (id, workflow, door, source, external_id, feed_run, place, reason, message, details, raw, state, kept_at)
        select id, workflow, door, source, external_id, feed_run, place, reason, message, details, raw, state, kept_at
        from json_populate_recordset(null::quarantine, ${rows(
          records.map((r) => ({
            id: r.id,
            workflow: r.workflow,
            door: r.door,
            source: r.source,
            external_id: r.externalId ?? null,
            feed_run: r.feedRun ?? null,
            place: r.place ?? null,
            reason: r.reason,
            message: r.message,
            details: r.details,
            raw: hex(r.sealedRaw),
            state: "open",
            kept_at: isoTime(r.keptAt),
          })),
        )}::json)`);
      audit.record(
        tx,
        records.map((r) => ({
          kind: "quarantine.kept",
          actor: r.actor,
          workflow: r.workflow,
          data: {
            quarantine: r.id,
            reason: r.reason,
            door: r.door,
            ...(r.feedRun === undefined ? {} : { feedRun: r.feedRun }),
          },
        })),
      );
      return records.map((r) => r.id);
    },
  };
}

export interface QuarantineRow {
  id: QuarantineId;
  workflow: string;
  door: Door;
  source: string;
  external_id: string | null;
  feed_run: string | null;
  place: string | null;
  reason: QuarantineReason;
  message: string;
  details: { path: string; message: string }[];
  state: "open" | "replayed" | "discarded";
  kept_at: number;
  settled_at: number | null;
  settled_by: string | null;
  case_id: string | null;
}

export async function listQuarantine(
  database: Queryable,
  filter: {
    workflow: string;
    state: string;
    reason: string | undefined;
    before: string | undefined;
    limit: number;
  },
): Promise<QuarantineRow[]> {
  return database.all<QuarantineRow>(sql`
    select id, workflow, door, source, external_id, feed_run, place, reason, message, details, state, kept_at, settled_at, settled_by, case_id
    from quarantine
    where workflow = ${filter.workflow} and state = ${filter.state}
      and (${filter.reason ?? null}::text is null or reason = ${filter.reason ?? null})
      and (${filter.before ?? null}::text is null or id < ${filter.before ?? null})
    order by id desc limit ${filter.limit}`);
}

export async function readQuarantine(
  database: Queryable,
  id: string,
  lock = false,
): Promise<(QuarantineRow & { raw: Uint8Array }) | undefined> {
  const query = sql`
    select id, workflow, door, source, external_id, feed_run, place, reason, message, details, state, kept_at, settled_at, settled_by, case_id, raw
    from quarantine where id = ${id}`;
  return database.maybe<QuarantineRow & { raw: Uint8Array }>(lock ? sql`${query} for update` : query);
}

/** Marks a record as settled; false when somebody else was faster. */
export async function settleQuarantine(
  tx: Tx,
  id: string,
  settled: { state: "replayed" | "discarded"; by: string; at: number; caseId: string | null },
): Promise<boolean> {
  const touched = await tx.run(sql`
    update quarantine set state = ${settled.state}, settled_at = ${time(settled.at)}, settled_by = ${settled.by}, case_id = ${settled.caseId}
    where id = ${id} and state = 'open'`);
  return touched === 1;
}
