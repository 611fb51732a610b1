/**
 * Shadow: a release answers the cases of the others, nobody sees its output and nothing uses it.
 *
 * Starting takes one named person and a release that is ready; it is allowed at share 0, and while people do all the
 * work. Rows are made at intake (cases/intake/shadow.ts), answered in shadow-answer.ts, compared in shadow-score.ts; the
 * figures become evidence in shadow-sample.ts.
 */
import type { Audit } from "../audit/record.ts";
import { lockWorkflow, type Registry, type WorkflowRow } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { demandReady } from "./ready.ts";
import { openRollout } from "./rollout-store.ts";
import { endingCommand } from "./rollout-words.ts";

export interface ShadowStatus {
  workflow: string;
  release: string | null;
  waiting: number;
  answered: number;
  failed: number;
  /** Answers that a label was compared with: right or wrong, or open where the label holds no answer. */
  compared: number;
  wrong: number;
  open: number;
}

export interface Shadows {
  /** Null stops it. What was not asked yet is not asked any more; what was answered stays. */
  setShadow(workflow: string, release: string | null, by: Actor): Promise<void>;
  status(workflow: string): Promise<ShadowStatus>;
}

/** Its evidence is made in shadow, or was; only what another release still answers beside it may be stopped. */
async function demandNoRollout(tx: Queryable, row: WorkflowRow, release: string | null): Promise<void> {
  const rollout = await openRollout(tx, row.name);
  if (!rollout || (release === null && row.shadow_release !== rollout.release)) return;
  throw new PilotageError(
    "wrong_state",
    `A rollout of ${rollout.release} is open in ${row.name}, and decides what runs in shadow. What runs in shadow was not changed.`,
    { hint: `Wait until it has ended, and start the shadow then; or end it now: ${endingCommand(rollout)}` },
  );
}

export function openShadows({
  database,
  registry,
  audit,
}: {
  database: Database;
  registry: Registry;
  audit: Audit;
}): Shadows {
  return {
    async setShadow(workflow, release, by) {
      await database.transaction(async (tx) => {
        // Waits for admissions under way, so that no case gets a run for a release that was stopped.
        const { row } = await lockWorkflow(tx, registry, workflow);
        if (release !== null)
          await demandReady(tx, workflow, release, "What runs in shadow was not changed.");
        if (row.shadow_release === release) return;
        await demandNoRollout(tx, row, release);
        await tx.run(sql`update workflow set shadow_release = ${release} where name = ${workflow}`);
        // Never waits for a row, so that it meets no verdict in a ring; a row that is left over waits in vain.
        const dropped = await tx.run(sql`
          delete from shadow_run s using (
            select case_id, release from shadow_run where workflow = ${workflow} and release = ${row.shadow_release} and state = 'waiting'
            for update skip locked) w
          where s.case_id = w.case_id and s.release = w.release`);
        audit.record(tx, [
          {
            kind: "setting.changed",
            actor: by,
            workflow,
            data: { setting: "shadow", before: row.shadow_release, after: release, notAsked: dropped },
          },
        ]);
      });
    },
    async status(workflow) {
      const { row } = await registry.workflow(database, workflow);
      const counts = await database.one<Omit<ShadowStatus, "workflow" | "release">>(sql`
        select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'answered')::int as answered,
          count(*) filter (where state = 'failed')::int as failed, count(wrong)::int as compared,
          count(*) filter (where wrong)::int as wrong, count(*) filter (where label is not null and wrong is null)::int as open
        from shadow_run where workflow = ${workflow} and release = ${row.shadow_release}`);
      return { workflow, release: row.shadow_release, ...counts };
    },
  };
}
