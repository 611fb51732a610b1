/**
 * Content of cases: sealed with the key of its case, stored in `case_content` and nowhere else.
 *
 * Attachments have a table of their own; name and bytes of number n are sealed as `attachment.n.name` and `attachment.n`.
 * Kinds: `input`, `output` (the model's), `final` (the person's), `request.n` and `reply.n` of attempt n, `late.<lease>`
 * (a verdict that came too late), `label.<label>` (what the person of that label wrote), `delivery.<target>` (what a
 * target gets), `shadow.<release>` (what a release in shadow said, or why it failed), `reason.<review>` (words of a
 * verdict), `note.n`, `question.<review>`, `answer.<review>` (reviews/notes.ts), `turn.<review>` (what stands behind the next
 * turn), `correction.n` and `before.n` (what correction n says, and what stood before), `proposal.n` and `proposal.n.refused`
 * (one that takes another person, and why that one said no).
 */
import type { JsonValue } from "../contract/json.ts";
import type { Queryable } from "../platform/database.ts";
import type { ContentKey, Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import type { Attachment } from "./intake/intake.ts";

export function sealJson(key: ContentKey, kind: string, value: JsonValue): Uint8Array {
  return key.seal(kind, JSON.stringify(value));
}

export function openJson(key: ContentKey, kind: string, sealed: Uint8Array): JsonValue {
  return JSON.parse(Buffer.from(key.open(kind, sealed)).toString("utf8")) as JsonValue;
}

export function sealAttachment(
  key: ContentKey,
  no: number,
  file: { name: string; bytes: Uint8Array },
): { sealedName: Uint8Array; sealed: Uint8Array } {
  return {
    sealedName: key.seal(`attachment.${no}.name`, Buffer.from(file.name, "utf8")),
    sealed: key.seal(`attachment.${no}`, file.bytes),
  };
}

export function attachmentName(key: ContentKey, row: { no: number; sealed_name: Uint8Array }): string {
  return Buffer.from(key.open(`attachment.${row.no}.name`, row.sealed_name)).toString("utf8");
}

export function attachmentBytes(key: ContentKey, row: { no: number; sealed: Uint8Array }): Uint8Array {
  return key.open(`attachment.${row.no}`, row.sealed);
}

/** A case's attachments in their order; read only for a model that may see them. */
export async function readAttachments(
  database: Queryable,
  caseId: string,
  key: ContentKey,
): Promise<Attachment[]> {
  const found = await database.all<{
    no: number;
    media_type: string;
    sealed_name: Uint8Array;
    sealed: Uint8Array;
  }>(sql`select no, media_type, sealed_name, sealed from attachment where case_id = ${caseId} order by no`);
  return found.map((row) => ({
    mediaType: row.media_type,
    name: attachmentName(key, row),
    bytes: attachmentBytes(key, row),
  }));
}

/** The keys of these cases or quarantine records; one that was destroyed is missing from the map. */
export async function keysOf(
  database: Queryable,
  vault: Vault,
  owners: string[],
): Promise<Map<string, ContentKey>> {
  const found = await database.all<{ owner: string; wrapped: Uint8Array }>(
    sql`select owner, wrapped from case_key where owner = any(${owners})`,
  );
  return new Map(found.map((row) => [row.owner, vault.openKey(row.owner, row.wrapped)]));
}

/** A case's key and content, or why they cannot be opened. */
export type Opened =
  { ok: true; key: ContentKey; content: Map<string, JsonValue> } | { ok: false; error: Error };

/** Reads in bulk and opens each case by itself: a damaged one harms no other. */
export async function openEach(
  database: Queryable,
  vault: Vault,
  ids: string[],
  kinds: string[],
): Promise<Map<string, Opened>> {
  const keys = await database.all<{ owner: string; wrapped: Uint8Array }>(
    sql`select owner, wrapped from case_key where owner = any(${ids})`,
  );
  const sealed = await database.all<{ case_id: string; kind: string; sealed: Uint8Array }>(
    sql`select case_id, kind, sealed from case_content where case_id = any(${ids}) and kind = any(${kinds})`,
  );
  const wrappedOf = new Map(keys.map((row) => [row.owner, row.wrapped]));
  const sealedOf = Map.groupBy(sealed, (row) => row.case_id);
  return new Map(ids.map((id) => [id, openOne(vault, id, wrappedOf.get(id), sealedOf.get(id) ?? [])]));
}

function openOne(
  vault: Vault,
  id: string,
  wrapped: Uint8Array | undefined,
  sealed: { kind: string; sealed: Uint8Array }[],
): Opened {
  if (!wrapped)
    return { ok: false, error: new Error(`The key of case ${id} is gone, so its content cannot be opened.`) };
  try {
    const key = vault.openKey(id, wrapped);
    return {
      ok: true,
      key,
      content: new Map(sealed.map((row) => [row.kind, openJson(key, row.kind, row.sealed)])),
    };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Reads and opens some kinds of content of some cases: case id -> kind -> value. */
export async function readContent(
  database: Queryable,
  keys: Map<string, ContentKey>,
  kinds: string[],
): Promise<Map<string, Map<string, JsonValue>>> {
  const ids = [...keys.keys()];
  const found = await database.all<{ case_id: string; kind: string; sealed: Uint8Array }>(
    sql`select case_id, kind, sealed from case_content where case_id = any(${ids}) and kind = any(${kinds})`,
  );
  const content = new Map<string, Map<string, JsonValue>>(ids.map((id) => [id, new Map()]));
  for (const row of found)
    content.get(row.case_id)!.set(row.kind, openJson(keys.get(row.case_id)!, row.kind, row.sealed));
  return content;
}
