/**
 * External ids: each belongs to one case, the first that came with it.
 *
 * Used by admission (admit.ts) in its transaction. Guarantee: of any number of arrivals with one id, in whatever processes
 * and groups, one gets it; the others learn whose it is.
 */
import type { CaseId } from "../../contract/ids.ts";
import { binaryRows, type Copy } from "../../platform/copy.ts";
import type { Tx } from "../../platform/database.ts";
import { packed, rows, sql } from "../../platform/sql.ts";
import type { Arrival } from "./admit.ts";

/**
 * Claims the external ids that nobody has; answers whether every arrival got its own.
 *
 * As a rule all are new, and come in by COPY, at half the cost. Where one is known already they are claimed by a statement
 * that leaves out what is known, and so are the next ones until all are new again: what is sent twice comes in runs.
 */
export function openClaims() {
  let allNew = true;
  return async (tx: Tx, arrivals: Arrival[]): Promise<boolean> => {
    if (allNew && (await tx.copyNew([keyRows(inOrder(arrivals))]))) return true;
    return (allNew = await claimUnknown(tx, inOrder(arrivals)));
  };
}

function keyRows(arrivals: Arrival[]): Copy {
  return binaryRows(
    "intake_key",
    { workflow: "text", source: "text", external_id: "text", case_id: "text", digest: "bytea" },
    arrivals.map((one) => [one.workflow, one.source, one.externalId, one.id, one.digest]),
  );
}

/** Two groups that want the same keys ask for them in one order, so that they do not wait for each other in a ring. */
function inOrder(arrivals: Arrival[]): Arrival[] {
  return arrivals.toSorted(
    (a, b) =>
      compare(a.workflow, b.workflow) ||
      compare(a.source, b.source) ||
      compare(a.externalId, b.externalId) ||
      compare(a.id, b.id),
  );
}

async function claimUnknown(tx: Tx, wanted: Arrival[]): Promise<boolean> {
  const digests = packed();
  const starts = wanted.map((one) => digests.add(one.digest).start);
  const claimed = await tx.run(sql`
    insert into intake_key (workflow, source, external_id, case_id, digest)
    select workflow, source, external_id, case_id, substring(${digests.all()}::bytea from start for 32)
    from unnest(${wanted.map((one) => one.workflow)}::text[], ${wanted.map((one) => one.source)}::text[],
      ${wanted.map((one) => one.externalId)}::text[], ${wanted.map((one) => one.id)}::text[], ${starts}::int[])
      as t (workflow, source, external_id, case_id, start)
    on conflict do nothing`);
  return claimed === wanted.length;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whose each key is, by this transaction's account. */
export async function knownKeys(
  tx: Tx,
  arrivals: Arrival[],
): Promise<Map<string, { caseId: CaseId; digest: Buffer }>> {
  const found = await tx.all<{
    workflow: string;
    source: string;
    external_id: string;
    case_id: CaseId;
    digest: Buffer;
  }>(sql`
    select k.workflow, k.source, k.external_id, k.case_id, k.digest from intake_key k
    where (k.workflow, k.source, k.external_id) in (
      select workflow, source, external_id from json_populate_recordset(null::intake_key,
        ${rows(arrivals.map((a) => ({ workflow: a.workflow, source: a.source, external_id: a.externalId })))}::json))`);
  return new Map(
    found.map((row) => [
      keyText({ workflow: row.workflow, source: row.source, externalId: row.external_id }),
      { caseId: row.case_id, digest: row.digest },
    ]),
  );
}

export const keyText = (key: { workflow: string; source: string; externalId: string }) =>
  JSON.stringify([key.workflow, key.source, key.externalId]);
