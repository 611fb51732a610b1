/**
 * What colleagues and the sender said of a case: who and when in clear, the words sealed with the case.
 *
 * Questions and answers bear the number of the review that asked, so that a signed page finds the one it is about;
 * everything else has a number of its own.
 */
import { sealJson } from "../cases/content.ts";
import { insertContent } from "../cases/model/record.ts";
import type { JsonValue } from "../contract/json.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import type { ContentKey } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";

export type NoteKind = "escalated" | "skipped" | "snoozed" | "question" | "answer";

interface NoteRow {
  case_id: string;
  no: number;
  kind: NoteKind;
  review: number;
  person: string | null;
  said_at: number;
}

/** What was said, as a reviewer reads it. */
export interface Note {
  kind: NoteKind;
  text: string;
  person: string | null;
  at: number;
}

function contentKind({ kind, no, review }: Pick<NoteRow, "kind" | "no" | "review">): string {
  return kind === "question" || kind === "answer" ? `${kind}.${review}` : `note.${no}`;
}

export async function addNote(
  tx: Tx,
  key: ContentKey,
  note: { caseId: string; kind: NoteKind; review: number; person: string | null; text: string; now: number },
): Promise<void> {
  const { caseId, kind, review, person, text, now } = note;
  const { no } = await tx.one<{ no: number }>(sql`
    insert into review_note (case_id, no, kind, review, person, said_at)
    select ${caseId}, (select coalesce(max(no), 0) + 1 from review_note where case_id = ${caseId}), ${kind}, ${review}, ${person}, ${time(now)}
    returning no`);
  const name = contentKind({ kind, no, review });
  await insertContent(tx, [{ case_id: caseId, kind: name, sealed: sealJson(key, name, text) }]);
}

/** Who said something about these cases, oldest first, with the kind of content that holds the words. */
export async function noteRows(
  database: Queryable,
  cases: string[],
): Promise<Map<string, (NoteRow & { content: string })[]>> {
  const found = await database.all<NoteRow>(sql`
    select case_id, no, kind, review, person, said_at from review_note where case_id = any(${cases}) order by case_id, no`);
  return Map.groupBy(
    found.map((row) => ({ ...row, content: contentKind(row) })),
    (row) => row.case_id,
  );
}

export function notesFrom(
  rows: readonly (NoteRow & { content: string })[],
  content: Map<string, JsonValue>,
): Note[] {
  return rows.flatMap(({ kind, person, said_at, content: name }) => {
    const text = content.get(name);
    return typeof text === "string" ? [{ kind, text, person, at: said_at }] : [];
  });
}
