/** The texts of a record that are sealed and compared. Pure. */
import canonicalize from "canonicalize";
import { createHash } from "node:crypto";
import type { JsonObject } from "../../contract/json.ts";
import type { Attachment } from "./intake.ts";

/**
 * The input as JSON and as canonical JSON (RFC 8785), which differ only in the order of members: the long texts are written
 * once for both. Whole characters are checked before (check.ts).
 */
export function textsOf(input: JsonObject): { json: string; canonical: string } {
  const members = Object.entries(input).map(([name, value]) => {
    const before = `${JSON.stringify(name)}:`;
    const json = before + JSON.stringify(value);
    const sorted = typeof value === "object" && value !== null ? before + canonicalize(value)! : json;
    return { name, json, sorted };
  });
  const json = objectOf(members.map((one) => one.json));
  members.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { json, canonical: objectOf(members.map((one) => one.sorted)) };
}

/** Piece by piece: `join` would copy the long texts once more before they are read. */
function objectOf(members: string[]): string {
  let text = "";
  for (const member of members) text += text === "" ? member : `,${member}`;
  return `{${text}}`;
}

/** What makes two records the same: the canonical input and the bytes of the attachments. */
export function contentBytes(canonical: string, attachments: Attachment[]): string {
  const files = attachments.map((one) => [
    one.name,
    one.mediaType,
    createHash("sha256").update(one.bytes).digest("hex"),
  ]);
  return `[${canonical},${files.length === 0 ? "[]" : canonicalize(files)!}]`;
}
