/**
 * Criteria are frozen as they are applied: each list that differs from the one before it becomes a version of its own, with
 * its digest, its time and who applied it. A gate holds only what was frozen before measuring began.
 */
import type { Audit } from "../../audit/record.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { Actor } from "../../contract/scopes.ts";
import { canonical, digestOf } from "../../definition/digest.ts";
import type { CriterionDocument } from "../../definition/document.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import { sql, time } from "../../platform/sql.ts";

export interface CriteriaVersion {
  id: string;
  workflow: string;
  version: number;
  digest: string;
  criteria: CriterionDocument[];
  frozen_at: number;
  frozen_by: string;
}

const COLUMNS = sql`id, workflow, version, digest, criteria, frozen_at, frozen_by`;

/** In the transaction that applies the workflow, which holds its row. Nothing where the criteria are those in force. */
export async function freezeCriteria(
  tx: Tx,
  { audit, clock, newId }: { audit: Audit; clock: Clock; newId: NewId },
  workflow: string,
  criteria: readonly CriterionDocument[],
  by: Actor,
): Promise<void> {
  const before = await criteriaInForce(tx, workflow);
  const digest = digestOf(criteria);
  if (before === undefined ? criteria.length === 0 : before.digest === digest) return;
  const version = (before?.version ?? 0) + 1;
  const id = newId("criteriaVersion");
  await tx.run(sql`
    insert into criteria_version (id, workflow, version, digest, criteria, frozen_at, frozen_by)
    values (${id}, ${workflow}, ${version}, ${digest}, ${canonical(criteria)}::jsonb, ${time(clock.now())}, ${by.name})`);
  const data: JsonObject = { criteria: id, version, digest, count: criteria.length };
  audit.record(tx, [{ kind: "criteria.frozen", actor: by, workflow, data }]);
}

/** The version that counts now; undefined where the workflow never had criteria. */
export function criteriaInForce(database: Queryable, workflow: string): Promise<CriteriaVersion | undefined> {
  return database.maybe<CriteriaVersion>(
    sql`select ${COLUMNS} from criteria_version where workflow = ${workflow} order by version desc limit 1`,
  );
}

/**
 * When a criterion of this version was frozen as it is defined there: with the first version since which it has stood unchanged and
 * without a gap. Other criteria may have changed meanwhile.
 */
export async function frozenAsItIs(
  database: Queryable,
  { workflow, version }: CriteriaVersion,
  criterion: CriterionDocument,
): Promise<number> {
  const { frozen_at } = await database.one<{ frozen_at: number }>(sql`
    select frozen_at from criteria_version
    where workflow = ${workflow} and version > coalesce((
      select max(v.version) from criteria_version v
      where v.workflow = ${workflow} and v.version < ${version}
        and not exists (select from jsonb_array_elements(v.criteria) one where one = ${canonical(criterion)}::jsonb)), 0)
    order by version limit 1`);
  return frozen_at;
}

export function criteriaHistory(
  database: Queryable,
  workflow: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<CriteriaVersion[]> {
  return database.all<CriteriaVersion>(sql`
    select ${COLUMNS} from criteria_version
    where workflow = ${workflow} and (${before ?? null}::text is null or id < ${before ?? null}) order by id desc limit ${limit}`);
}

export async function criteriaVersion(database: Queryable, id: string): Promise<CriteriaVersion> {
  return database.one<CriteriaVersion>(sql`select ${COLUMNS} from criteria_version where id = ${id}`);
}
