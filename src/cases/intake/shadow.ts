/**
 * Shadow runs begin here: where a release runs in shadow, each new case gets a row that says so, in the transaction
 * that admits it. Who answers, compares and counts is in releases/shadow*.ts.
 */
import { isoTime } from "../../platform/clock.ts";
import type { Queryable } from "../../platform/database.ts";
import { rows, sql } from "../../platform/sql.ts";

/** A case that was just admitted, and the release that answers it for real. */
export interface Shadowed {
  id: string;
  workflow: string;
  release: string;
  drill: boolean;
  receivedAt: number;
}

/**
 * One statement for all cases, and none where no release runs in shadow. Rehearsals get no run, and neither does a case
 * that the same release answers for real.
 */
export async function admitToShadow(
  tx: Queryable,
  cases: Shadowed[],
  shadowOf: (workflow: string) => string | null,
): Promise<void> {
  const runs = cases.flatMap((one) => {
    const release = shadowOf(one.workflow);
    if (release === null || one.drill || one.release === release) return [];
    return [{ case_id: one.id, release, workflow: one.workflow, next_at: isoTime(one.receivedAt) }];
  });
  if (runs.length === 0) return;
  await tx.run(sql`
    insert into shadow_run (case_id, release, workflow, state, next_at, step)
    select case_id, release, workflow, 'waiting', next_at, 0 from json_populate_recordset(null::shadow_run, ${rows(runs)}::json)`);
}
