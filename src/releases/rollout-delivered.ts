/**
 * What the release of a rollout delivered while it had cases, and putting before people what nobody looked at.
 *
 * Asking for it again adds what was delivered since, and nothing twice. Working through it is in reviews/recall.ts.
 */
import type { Audit } from "../audit/record.ts";
import type { Standing } from "../access/standing.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { RecallState } from "../contract/rollout.ts";
import type { ReleaseDocument } from "../definition/document.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { putBefore, recallCounts, type RecallCounts } from "../reviews/recall.ts";
import type { RolloutRow } from "./rollout-store.ts";
import { endingCommand } from "./rollout-words.ts";

export interface DeliveredCase {
  id: string;
  external_id: string;
  state: string;
  verdict: string | null;
  received_at: number;
  recall: RecallState | null;
}

export interface Delivered {
  total: number;
  /** Those of them that nobody reviewed, also where a person corrected them since. */
  alone: number;
  recall: RecallCounts;
  /** Nobody reviewed them, and they were not put before people. */
  unseen: number;
  cases: DeliveredCase[];
}

/** Cases as `c` that came to the release while it had some: until the rollout ended, a rollback after its promotion included. */
function deliveredBy({ workflow, release, first_case, ended_at }: RolloutRow): Sql {
  return sql`c.workflow = ${workflow} and c.release = ${release} and c.id >= ${first_case ?? "~"} and c.state = 'delivered' and not c.drill
    and (${ended_at === null ? null : time(ended_at)}::timestamptz is null or c.received_at <= ${ended_at === null ? null : time(ended_at)})`;
}

export async function readDelivered(
  database: Queryable,
  rollout: RolloutRow,
  page: { before: string | undefined; limit: number; recall: RecallState | undefined },
): Promise<Delivered> {
  const chosen = deliveredBy(rollout);
  const counts = await database.one<{ total: number; alone: number; unseen: number }>(sql`
    select count(*)::int as total, (count(*) filter (where c.verdict = 'auto' or r.case_id is not null))::int as alone,
      (count(*) filter (where c.verdict = 'auto' and r.case_id is null))::int as unseen
    from case_ c left join recalled_case r on r.case_id = c.id where ${chosen}`);
  const cases = await database.all<DeliveredCase>(sql`
    select c.id, c.external_id, c.state, c.verdict, c.received_at, r.state as recall
    from case_ c left join recalled_case r on r.case_id = c.id
    where ${chosen} and (${page.before ?? null}::text is null or c.id < ${page.before ?? null}) and (${page.recall ?? null}::text is null or r.state = ${page.recall ?? null})
    order by c.id desc limit ${page.limit}`);
  return { ...counts, recall: await recallCounts(database, rollout.id), cases };
}

/** What a rolled-back release delivered alone and nobody has looked at since, put before people or not. */
export async function countUnseen(database: Queryable, rollout: RolloutRow): Promise<number> {
  const { unseen } = await database.one<{ unseen: number }>(sql`
    select count(*)::int as unseen from case_ c left join recalled_case r on r.case_id = c.id
    where ${deliveredBy(rollout)} and c.verdict = 'auto' and r.case_id is null`);
  return unseen + (await recallCounts(database, rollout.id)).open;
}

export interface RecallAsked {
  /** Delivered at or after. */
  since: number | undefined;
  /** Facets that they must have. */
  facets: JsonObject;
  reason: string;
}

/** Puts before people what the release of a rolled-back rollout delivered alone; answers how many cases came to it. */
export async function recallDelivered(
  {
    database,
    registry,
    audit,
    clock,
  }: { database: Database; registry: Registry; audit: Audit; clock: Clock },
  rollout: RolloutRow,
  { since, facets, reason }: RecallAsked,
  by: Standing,
): Promise<{ added: number; recall: RecallCounts }> {
  if (rollout.state !== "rolled_back")
    throw new PilotageError(
      "wrong_state",
      `The rollout ${rollout.id} was not rolled back: what its release delivers is not looked through again. Nothing was changed.`,
      { hint: `To take it out at once: ${endingCommand(rollout)}` },
    );
  return database.transaction(async (tx) => {
    demandFacets(Object.keys(facets), (await registry.release(tx, rollout.release)).document);
    const cases = sql`
      select c.id from case_ c where ${deliveredBy(rollout)} and c.verdict = 'auto' and c.facets @> ${JSON.stringify(facets)}::jsonb
        and (${since === undefined ? null : time(since)}::timestamptz is null or c.delivered_at >= ${since === undefined ? null : time(since)})`;
    const { workflow } = rollout;
    const added = await putBefore(
      tx,
      { workflow, rollout: rollout.id, cases },
      { name: by.actor.name, now: clock.now() },
    );
    if (added > 0)
      audit.record(tx, [
        {
          kind: "rollout.recalled",
          actor: by.actor,
          workflow,
          data: { rollout: rollout.id, release: rollout.release, cases: added, reason },
        },
      ]);
    return { added, recall: await recallCounts(tx, rollout.id) };
  });
}

/** A facet that no case can have would choose none, and look as if there were nothing to look through. */
function demandFacets(asked: readonly string[], { facets }: ReleaseDocument): void {
  const known = [
    ...facets.input.map((one) => `input.${one}`),
    ...facets.output.map((one) => `output.${one}`),
  ];
  const unknown = asked.find((one) => !known.includes(one));
  if (unknown !== undefined)
    throw new PilotageError("bad_request", `${unknown} is no facet of the release. Nothing was changed.`, {
      hint: `It has ${known.join(", ") || "none"}.`,
    });
}
