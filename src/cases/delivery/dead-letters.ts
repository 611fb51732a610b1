/** Dead letters: deliveries that were given up, listed, and set going again under their old keys. */
import type { Audit } from "../../audit/record.ts";
import { PilotageError } from "../../contract/errors.ts";
import type { Actor } from "../../contract/scopes.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database, Queryable } from "../../platform/database.ts";
import { sql, time } from "../../platform/sql.ts";

export interface DeadLetter {
  case_id: string;
  target: string;
  key: string;
  tries: number;
  error: string | null;
}

export async function listDeadLetters(
  database: Queryable,
  workflow: string,
  before: string | undefined,
  limit: number,
): Promise<DeadLetter[]> {
  return database.all<DeadLetter>(sql`
    select d.case_id, d.target, d.key, d.tries, d.error from delivery d join case_ c on c.id = d.case_id
    where d.state = 'dead' and c.workflow = ${workflow} and (${before ?? null}::text is null or d.case_id < ${before ?? null})
    order by d.case_id desc, d.target limit ${limit}`);
}

/** Sends the dead letters of a case again; answers their targets. The pauses between tries begin anew. */
export async function replayDeadLetters(
  parts: { database: Database; clock: Clock; audit: Audit },
  caseId: string,
  by: Actor,
): Promise<{ workflow: string; targets: string[] }> {
  return parts.database.transaction(async (tx) => {
    const row = await tx.maybe<{ workflow: string; state: string }>(
      sql`select workflow, state from case_ where id = ${caseId} for update`,
    );
    if (!row) throw new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)}.`);
    if (row.state !== "failed_delivery")
      throw new PilotageError(
        "wrong_state",
        `The case ${caseId} is ${row.state}; only a failed delivery can be sent again.`,
      );
    const now = time(parts.clock.now());
    const again = await tx.all<{ target: string }>(sql`
      update delivery set state = 'pending', next_at = ${now}, error = null, failures = 0 where case_id = ${caseId} and state = 'dead' returning target`);
    await tx.run(sql`update case_ set state = 'delivering', next_at = ${now} where id = ${caseId}`);
    const targets = again.map((one) => one.target).sort();
    parts.audit.record(tx, [
      { kind: "delivery.replayed", actor: by, workflow: row.workflow, caseId, data: { targets } },
    ]);
    return { workflow: row.workflow, targets };
  });
}

const MOST_AT_ONCE = 500;

/** Sends all dead letters of one target again, under their old keys, some hundred cases a transaction; answers how many cases. */
export async function replayTarget(
  parts: { database: Database; clock: Clock; audit: Audit },
  workflow: string,
  target: string,
  by: Actor,
): Promise<number> {
  let replayed = 0;
  // By id upwards: a case that fails anew meanwhile is not met twice.
  for (let after = ""; ;) {
    const last = await parts.database.transaction(async (tx) => {
      const cases = await tx.all<{ id: string }>(sql`
        select id from case_ where workflow = ${workflow} and state = 'failed_delivery' and id > ${after}
          and exists (select from delivery d where d.case_id = case_.id and d.target = ${target} and d.state = 'dead')
        order by id limit ${MOST_AT_ONCE} for update skip locked`);
      if (cases.length === 0) return undefined;
      const ids = cases.map((one) => one.id);
      const now = time(parts.clock.now());
      await tx.run(sql`
        update delivery set state = 'pending', next_at = ${now}, error = null, failures = 0
        where case_id = any(${ids}) and target = ${target} and state = 'dead'`);
      await tx.run(sql`update case_ set state = 'delivering', next_at = ${now} where id = any(${ids})`);
      parts.audit.record(
        tx,
        ids.map((caseId) => ({
          kind: "delivery.replayed" as const,
          actor: by,
          workflow,
          caseId,
          data: { targets: [target] },
        })),
      );
      replayed += ids.length;
      return ids.at(-1)!;
    });
    if (last === undefined) return replayed;
    after = last;
  }
}
