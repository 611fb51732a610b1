/**
 * Records of calls over the endpoint leave after the days that a setting names, and with them the traces of that time.
 *
 * A month that holds none any more is dropped as a whole. Cases stay: they have a retention of their own.
 */
import type { Audit } from "../audit/record.ts";
import { idBorder } from "../contract/ids.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { BACKUP_LOCK } from "../platform/migrations.ts";
import { sql } from "../platform/sql.ts";

const DAY = 86_400_000;
/** Rows of one transaction: whoever waits behind it waits for a moment only. */
const AT_ONCE = 5_000;

export interface Removed {
  calls: number;
  /** Names of the month tables that were dropped. */
  months: string[];
}

/** Removes what is older. What each transaction removes is on record with it; nothing to remove, nothing recorded. */
export async function removeOldCalls(parts: {
  database: Database;
  clock: Clock;
  audit: Audit;
  worker: string;
  days: number;
}): Promise<Removed> {
  const { database, clock, audit, worker, days } = parts;
  const before = clock.now() - days * DAY;
  const actor = { kind: "system", name: worker } as const;
  let calls = 0;
  for (let removed = AT_ONCE; removed === AT_ONCE;) {
    removed = await database.transaction(async (tx) => {
      const ids = await tx.all<{ id: string }>(
        sql`select id from model_call where id < ${idBorder("modelCall", before)} order by id limit ${AT_ONCE} for update skip locked`,
      );
      if (ids.length === 0) return 0;
      const these = ids.map(({ id }) => id);
      await tx.run(sql`delete from model_call_try where call_id = any(${these})`);
      await tx.run(sql`delete from model_call where id = any(${these})`);
      audit.record(tx, [
        { kind: "calls.removed", actor, data: { before: isoTime(before), calls: these.length, days } },
      ]);
      return these.length;
    });
    calls += removed;
  }
  await database.run(sql`delete from case_trace where case_id < ${idBorder("case", before)}`);
  const months = await database.transaction(async (tx) => {
    // Not while a backup reads: it holds every table.
    const dropped = await tx.all<{ name: string }>(sql`
      select name from drop_empty_calls(${idBorder("modelCall", before).slice("mcl_".length)}) as name
      where pg_try_advisory_xact_lock_shared(hashtext(${BACKUP_LOCK}))`);
    const names = dropped.map(({ name }) => name);
    if (names.length > 0)
      audit.record(tx, [
        { kind: "calls.removed", actor, data: { before: isoTime(before), calls: 0, days, months: names } },
      ]);
    return names;
  });
  return { calls, months };
}
