/**
 * Certificates in the database, as far as the path of a case reads and suspends them. Earning them is in releases/.
 *
 * Machines and single persons may suspend at once; nothing here makes one hold again.
 */
import type { Audit } from "../../audit/record.ts";
import type { Actor } from "../../contract/scopes.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import { raw, sql, time } from "../../platform/sql.ts";
import type { CertificateRow } from "./certificate.ts";

const COLUMNS = raw(
  "id, release, step, model_answered, model_version, per, threshold, thresholds, target, confidence, expires_at, suspended_at, superseded_by",
);

/** The certificates of a workflow that are neither superseded nor suspended. */
export function liveCertificates(database: Queryable, workflow: string): Promise<CertificateRow[]> {
  return database.all<CertificateRow>(
    sql`select ${COLUMNS} from certificate where workflow = ${workflow} and superseded_by is null and suspended_at is null`,
  );
}

/** Suspends those of them that are not suspended yet, with one audit event each; answers which that were. */
export async function suspendCertificates(
  tx: Tx,
  audit: Audit,
  which: { ids: string[] } | { workflow: string },
  { because, by, now }: { because: string; by: Actor; now: number },
): Promise<string[]> {
  const chosen = "ids" in which ? sql`id = any(${which.ids})` : sql`workflow = ${which.workflow}`;
  const suspended = await tx.all<{ id: string; workflow: string; release: string; step: number }>(sql`
    update certificate set suspended_at = ${time(now)}, suspended_because = ${because}, suspended_by = ${by.name}
    where ${chosen} and suspended_at is null and superseded_by is null
    returning id, workflow, release, step`);
  audit.record(
    tx,
    suspended.map(({ id, workflow, release, step }) => ({
      kind: "certificate.suspended",
      actor: by,
      workflow,
      data: { certificate: id, release, step, because },
    })),
  );
  return suspended.map((one) => one.id);
}
