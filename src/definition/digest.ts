/**
 * The name of a document: SHA-256 over its canonical JSON (RFC 8785).
 *
 * Two documents that say the same have the same digest, whatever the order of their keys.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { PilotageError } from "../contract/errors.ts";

/** Canonical JSON of a value; keys whose value is undefined are left out. Throws for what JSON cannot say (NaN). */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) {
    throw new PilotageError(
      "internal",
      "A value that is not JSON was to be hashed; this is a fault in Pilotage.",
    );
  }
  return text;
}

/** SHA-256 of the canonical JSON, 64 hex digits. */
export function digestOf(document: unknown): string {
  return createHash("sha256").update(canonical(document), "utf8").digest("hex");
}
