/**
 * Answers of items that a person judged before: a line of an import that says so, or a case whose output a person accepted or changed.
 *
 * A program that plays a reviewer is no person. For each judge the person's word is whether the field that it looks at was right: said outright, or unchanged in what the person sent.
 */
import { keysOf, readContent } from "../cases/content.ts";
import type { ReleaseView } from "../cases/workflow/registry.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import type { JudgeDocument } from "../definition/document.ts";
import { isWrong } from "../definition/error-rule.ts";
import { sameJson, valueAt } from "../definition/path.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";

/** What is sealed of an item. */
export interface ItemContent {
  input: JsonObject;
  output: JsonObject;
  /** An answer that a person judged, as the file of the import says. */
  judged?: { answer: JsonObject; right: boolean };
}

export interface PersonSaid {
  answer: JsonObject;
  person: boolean;
}

type Look = (
  row: { case_id: string | null },
  content: ItemContent,
  judge: JudgeDocument,
  release: ReleaseView,
) => PersonSaid | undefined;

/** Reads what the cases behind some items say; the look is then without waiting. */
export async function judgedByPeople(
  { database, vault }: { database: Database; vault: Vault },
  rows: readonly { case_id: string | null }[],
): Promise<Look> {
  const ids = await reviewedByPeople(
    database,
    rows.flatMap(({ case_id: id }) => id ?? []),
  );
  const contents =
    ids.length === 0
      ? new Map<string, Map<string, JsonValue>>()
      : await readContent(database, await keysOf(database, vault, ids), ["output", "final"]);
  return ({ case_id: id }, content, judge, release) => {
    if (content.judged) return { answer: content.judged.answer, person: content.judged.right };
    const found = id === null ? undefined : contents.get(id);
    const [answer, final] = [found?.get("output"), found?.get("final")];
    if (!isJsonObject(answer) || !isJsonObject(final)) return undefined;
    return { answer, person: unchanged(judge, release, answer, final) };
  };
}

/** Those of the cases that people reviewed, and no program in their place. */
async function reviewedByPeople(database: Database, cases: string[]): Promise<string[]> {
  if (cases.length === 0) return [];
  const found = await database.all<{ case_id: string }>(sql`
    select case_id from review where case_id = any(${cases}) and state = 'decided' group by case_id having not bool_or(simulated)`);
  return found.map(({ case_id: id }) => id);
}

function unchanged({ of }: JudgeDocument, release: ReleaseView, answer: JsonObject, final: JsonObject) {
  return of === undefined
    ? !isWrong(release.document.error, answer, final).wrong
    : sameJson(valueAt(answer, of), valueAt(final, of));
}
