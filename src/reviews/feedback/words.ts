/**
 * The words of feedback and reports: sealed with the key of their case, or with one of their own where no case is named.
 *
 * Destroying a case's key takes what was said about it along. The answer of an improvement has the improvement's key.
 */
import type { Queryable, Tx } from "../../platform/database.ts";
import type { ContentKey, Vault } from "../../platform/secrets.ts";
import { sql } from "../../platform/sql.ts";
import { keysOf, openJson, readContent, sealJson } from "../../cases/content.ts";

/** What somebody wrote. */
export interface Words {
  text: string | null;
  /** Who wrote from outside, as they named themselves. */
  reporter?: string;
  /** Where an answer may go. */
  email?: string;
}

/** The key of a report without a case, or of an improvement; made when there is none. */
export async function ownKey(tx: Tx, vault: Vault, owner: string): Promise<ContentKey> {
  const known = (await keysOf(tx, vault, [owner])).get(owner);
  if (known) return known;
  const { key, wrapped } = vault.newKey(owner);
  await tx.run(sql`insert into case_key (owner, wrapped) values (${owner}, ${wrapped})`);
  return key;
}

/** Opens the words of some reports; those whose key is gone are missing. */
export async function wordsOf(
  database: Queryable,
  vault: Vault,
  reports: readonly { id: string; case_id: string | null }[],
): Promise<Map<string, Words>> {
  const cases = [...new Set(reports.flatMap((one) => one.case_id ?? []))];
  const keys = await keysOf(database, vault, cases);
  const content = await readContent(
    database,
    keys,
    reports.map((one) => wordsKind(one.id)),
  );
  const bare = reports.filter((one) => one.case_id === null).map((one) => one.id);
  const own = await keysOf(database, vault, bare);
  const sealed = await database.all<{ id: string; sealed: Uint8Array }>(
    sql`select id, sealed from report where id = any (${bare}) and sealed is not null`,
  );
  const words = new Map<string, Words>();
  for (const { id, case_id } of reports) {
    const found = case_id === null ? undefined : content.get(case_id)?.get(wordsKind(id));
    if (found !== undefined) words.set(id, found as unknown as Words);
  }
  for (const row of sealed) {
    const key = own.get(row.id);
    if (key) words.set(row.id, openJson(key, wordsKind(row.id), row.sealed) as unknown as Words);
  }
  return words;
}

export function sealWords(key: ContentKey, report: string, words: Words): Uint8Array {
  return sealJson(key, wordsKind(report), { ...words });
}

/** The kind of content under which a report's words lie. */
export function wordsKind(report: string): string {
  return `report.${report}`;
}
