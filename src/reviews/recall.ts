/**
 * Looking again through what a release delivered alone before it was rolled back.
 *
 * Putting cases there changes none of them. A person confirms what was delivered, which leaves a label, or corrects it as
 * any delivered case (correction.ts; the schema settles it then, and opens it again when the correction is taken back).
 * Whoever comes second finds it settled. Which cases a release delivered is told by releases/rollout-delivered.ts.
 */
import { insertContent } from "../cases/model/record.ts";
import { sealJson } from "../cases/content.ts";
import { PilotageError } from "../contract/errors.ts";
import type { CaseId } from "../contract/ids.ts";
import type { JsonObject } from "../contract/json.ts";
import type { RecallState } from "../contract/rollout.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { openForCorrection } from "./correction.ts";
import { labelOf } from "./label.ts";
import { insertLabels } from "./store.ts";
import type { Reviewer, ReviewParts } from "./verdict.ts";

export type RecallCounts = Record<RecallState, number>;

/** A list shows so many; the count says how many there are. */
const MOST_LISTED = 50;

/** Puts cases before people; those that are there already stay as they stand. Answers how many came to it. */
export function putBefore(
  tx: Tx,
  { workflow, rollout, cases }: { workflow: string; rollout: string; cases: Sql },
  by: { name: string; now: number },
): Promise<number> {
  return tx.run(sql`
    insert into recalled_case (case_id, workflow, rollout, asked_at, asked_by)
    select id, ${workflow}, ${rollout}, ${time(by.now)}, ${by.name} from (${cases}) chosen on conflict (case_id) do nothing`);
}

/** How far people have come with it. */
export async function recallCounts(database: Queryable, rollout: string): Promise<RecallCounts> {
  return database.one<RecallCounts>(sql`
    select count(*) filter (where r.state = 'open' and c.state <> 'erased')::int as open,
      count(*) filter (where r.state = 'confirmed')::int as confirmed, count(*) filter (where r.state = 'corrected')::int as corrected
    from recalled_case r join case_ c on c.id = r.case_id where r.rollout = ${rollout}`);
}

export interface Recalled {
  caseId: CaseId;
  externalId: string;
  facets: JsonObject;
  deliveredAt: number;
}

/** What is open in a workflow, earliest first. */
export async function recalledIn(
  database: Queryable,
  workflow: string,
  holder: string,
): Promise<{ open: number; cases: Recalled[] }> {
  // Who looks at a case blind must not learn that it was delivered.
  const which = sql`r.workflow = ${workflow} and r.state = 'open' and c.state = 'delivered' and not exists (
    select from review b where b.case_id = r.case_id and b.turn = 'blind' and b.state = 'claimed' and b.holder = ${holder})`;
  const { open } = await database.one<{ open: number }>(sql`
    select count(*)::int as open from recalled_case r join case_ c on c.id = r.case_id
    where ${which}`);
  if (open === 0) return { open, cases: [] };
  const found = await database.all<{
    case_id: CaseId;
    external_id: string;
    facets: JsonObject;
    delivered_at: number;
  }>(sql`
    select r.case_id, c.external_id, c.facets, c.delivered_at from recalled_case r join case_ c on c.id = r.case_id
    where ${which} order by r.case_id limit ${MOST_LISTED}`);
  return {
    open,
    cases: found.map((row) => ({
      caseId: row.case_id,
      externalId: row.external_id,
      facets: row.facets,
      deliveredAt: row.delivered_at,
    })),
  };
}

export async function recallStateOf(database: Queryable, caseId: string): Promise<RecallState | null> {
  const found = await database.maybe<{ state: RecallState }>(
    sql`select state from recalled_case where case_id = ${caseId}`,
  );
  return found?.state ?? null;
}

/** What was delivered is right. Told twice it is one confirmation; a case that was corrected meanwhile is refused. */
export async function confirmRecalled(
  parts: ReviewParts,
  caseId: string,
  reviewer: Reviewer,
): Promise<{ open: number }> {
  return parts.database.transaction(async (tx) => {
    const open = await openForCorrection(parts, tx, caseId, reviewer);
    const { case_, key, before, content } = open;
    const { workflow } = case_;
    const recalled = await tx.maybe<{ state: RecallState; rollout: string }>(
      sql`select state, rollout from recalled_case where case_id = ${caseId} for update`,
    );
    if (!recalled || recalled.state === "corrected")
      throw new PilotageError(
        "wrong_state",
        recalled
          ? `The case ${caseId} was corrected meanwhile. Nothing was changed.`
          : `The case ${caseId} was not put before people again. Nothing was changed.`,
        recalled
          ? {}
          : {
              hint: `\`pilotage rollout delivered ${workflow} --recall open\` lists those that were; \`pilotage review correct\` corrects any delivered case.`,
            },
      );
    if (recalled.state === "open") {
      const now = parts.clock.now();
      const id = parts.newId("label");
      const kind = `label.${id}`;
      await insertContent(tx, [{ case_id: caseId, kind, sealed: sealJson(key, kind, before) }]);
      // It went out as the model gave it, so that who confirms the one confirms the other.
      const wrong = content.has("output") ? { wrong: false, fields: [] } : undefined;
      const label = {
        ...labelOf({ id, review: case_, wrong, seen: true, reviewer, now }),
        source: "correction",
        asked_for: "recall",
        probability: null,
      } as const;
      await insertLabels(tx, [label]);
      tx.afterCommit(() => parts.labelled?.([label]));
      await tx.run(
        sql`update recalled_case set state = 'confirmed', settled_at = ${time(now)}, settled_by = ${reviewer.name} where case_id = ${caseId}`,
      );
      parts.audit.record(tx, [
        {
          kind: "case.confirmed",
          actor: reviewer.actor,
          workflow,
          caseId,
          data: { rollout: recalled.rollout, simulated: reviewer.simulated },
        },
      ]);
    }
    return { open: (await recallCounts(tx, recalled.rollout)).open };
  });
}
