/**
 * How a turn ended without a verdict, kept under its lease: what is sent twice gets the same answer.
 *
 * The digest is keyed and holds the verb, its words and who sent them, so that nobody else and nothing else is taken for
 * a repetition. It stands until the case's turn ends under another lease. Verdicts keep their own (verdict.ts).
 */
import type { JsonValue } from "../contract/json.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import type { Reviewer } from "./verdict.ts";

/** Where the ends of turns are kept: with reviews, and with planted cases, whose rows look the same from outside. */
export type EndedIn = "review" | "planted";

export interface EndedBy {
  caseId: string;
  lease: string;
  digest: Buffer;
}

/** The verb first, then everything that makes another of it. */
export function endedBy(
  vault: Vault,
  { caseId, lease }: { caseId: string; lease: string },
  reviewer: Reviewer,
  sent: readonly JsonValue[],
): EndedBy {
  const digest = vault.digest("turn ended", JSON.stringify([caseId, lease, reviewer.holder, ...sent]));
  return { caseId, lease, digest };
}

export async function keepEnd(tx: Tx, by: EndedBy & { no: number }, answer: JsonValue): Promise<void> {
  await tx.run(sql`
    update review set ended_lease = ${by.lease}, ended_digest = ${by.digest}, ended_answer = ${JSON.stringify(answer)}::jsonb
    where case_id = ${by.caseId} and no = ${by.no}`);
}

export async function keepPlantedEnd(tx: Tx, by: EndedBy, answer: JsonValue): Promise<void> {
  await tx.run(sql`
    update planted set ended_lease = ${by.lease}, ended_digest = ${by.digest}, ended_answer = ${JSON.stringify(answer)}::jsonb
    where id = ${by.caseId}`);
}

/** What was answered to the very same; undefined when this is not a repetition. */
export async function answeredBefore(
  database: Queryable,
  where: EndedIn,
  { caseId, lease, digest }: EndedBy,
): Promise<{ answer: JsonValue } | undefined> {
  return where === "review"
    ? database.maybe(
        sql`select ended_answer as answer from review where case_id = ${caseId} and ended_lease = ${lease} and ended_digest = ${digest}`,
      )
    : database.maybe(
        sql`select ended_answer as answer from planted where id = ${caseId} and ended_lease = ${lease} and ended_digest = ${digest}`,
      );
}
