/** What people said of a case and why they judged so, as it can be read back: words that came with verdicts, and notes. */
import { keysOf, readContent } from "../cases/content.ts";
import type { SAID_KINDS } from "../contract/case-content.ts";
import type { JsonValue } from "../contract/json.ts";
import { isoTime } from "../platform/clock.ts";
import type { Queryable } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import { noteRows, notesFrom } from "./notes.ts";

/** Content of one case: kind -> value. */
export type CaseContentOf = Map<string, JsonValue>;

export interface Said {
  kind: (typeof SAID_KINDS)[number];
  review: number;
  text: string;
  person: string | null;
  at: string | null;
}

/** Whatever words of people and corrections a case holds; undefined where its key is gone. */
export async function openWords(
  database: Queryable,
  vault: Vault,
  caseId: string,
): Promise<CaseContentOf | undefined> {
  const keys = await keysOf(database, vault, [caseId]);
  const kinds = await database.all<{ kind: string }>(sql`
    select kind from case_content where case_id = ${caseId}
      and kind similar to '(reason|note|question|answer|proposal|correction|before).%'`);
  const names = kinds.map((row) => row.kind);
  return (await readContent(database, keys, names)).get(caseId);
}

/** Words of verdicts and notes, in the order in which they were said. */
export async function saidOf(
  database: Queryable,
  caseId: string,
  opened: CaseContentOf,
  reviews: readonly { no: number; person: string | null; decidedAt: string | null }[],
): Promise<Said[]> {
  const notes = (await noteRows(database, [caseId])).get(caseId) ?? [];
  const verdicts = reviews.flatMap(({ no, person, decidedAt }): Said[] => {
    const text = opened.get(`reason.${no}`);
    return typeof text === "string" ? [{ kind: "verdict", review: no, text, person, at: decidedAt }] : [];
  });
  const others = notes.flatMap((row) =>
    notesFrom([row], opened).map(({ kind, text, person, at }): Said => ({
      kind,
      review: row.review,
      text,
      person,
      at: isoTime(at),
    })),
  );
  // A note comes before the verdict of the same moment: what ends a turn is the last word on it.
  return [...others, ...verdicts].sort((one, other) => Date.parse(one.at ?? "") - Date.parse(other.at ?? ""));
}
