/**
 * What a backup says about itself: two documents, one beside the records and one beside the keys.
 *
 * Pure. Each carries its own digest, so that a changed letter is noticed; the records name the digest of their keys, so
 * that keys of another backup are. A manifest is written last: without it the backup was never finished.
 */
import { z } from "zod";
import { PilotageError } from "../../contract/errors.ts";
import { digestOf } from "../../definition/digest.ts";

export const FORMAT = 1;
export const MANIFEST = "manifest.json";
/** Lies in a folder from the first moment until the manifest is there. */
export const UNFINISHED = "UNFINISHED.txt";

const file = z.strictObject({
  table: z.string(),
  file: z.string().regex(/^[\w.-]+$/),
  columns: z.array(z.string()),
  emptied: z.array(z.string()),
  rows: z.number().int().nonnegative(),
  /** Of the file as it lies there. */
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
});

const recordsSchema = z.strictObject({
  kind: z.literal("records"),
  format: z.literal(FORMAT),
  id: z.string(),
  program: z.string(),
  madeAt: z.string(),
  database: z.string(),
  installation: z.strictObject({
    /** Names the installation and tells nothing else. */
    id: z.string(),
    /** A keyed digest: tells the right master key from a wrong one, and nothing about it. */
    keyCheck: z.string(),
  }),
  migrations: z.array(z.strictObject({ file: z.string().regex(/^[\w-]+\.sql$/), digest: z.string() })),
  months: z.array(z.string().regex(/^\d{4}_\d\d$/)),
  sequences: z.array(z.strictObject({ name: z.string(), value: z.string().nullable() })),
  /** Name and verifier key of the audit log as far as they are fixed, and its last signed checkpoint. */
  audit: z.strictObject({
    events: z.number(),
    origin: z.string().nullable(),
    verifier: z.string().nullable(),
    checkpoint: z.string().nullable(),
  }),
  files: z.array(file),
  /** Digest of the other manifest. */
  keys: z.string(),
  digest: z.string(),
});

const keysSchema = z.strictObject({
  kind: z.literal("keys"),
  format: z.literal(FORMAT),
  /** Of the backup that these keys open. */
  id: z.string(),
  madeAt: z.string(),
  files: z.array(file),
  digest: z.string(),
});

export type BackupFile = z.output<typeof file>;
export type RecordsManifest = z.output<typeof recordsSchema>;
export type KeysManifest = z.output<typeof keysSchema>;

/** A manifest with its digest, as it is written. */
export function sealed<M extends object>(manifest: M): M & { digest: string } {
  return { ...manifest, digest: digestOf(manifest) };
}

/** Reads the manifest of the records. Throws `backup_unusable` when it was changed or is of a later form. */
export function readRecordsManifest(text: string, where: string): RecordsManifest {
  return read(text, where, "records", recordsSchema);
}

/** Reads the manifest of the keys. Throws `backup_unusable` like the other. */
export function readKeysManifest(text: string, where: string): KeysManifest {
  return read(text, where, "keys", keysSchema);
}

function read<M>(text: string, where: string, kind: "records" | "keys", schema: z.ZodType<M>): M {
  const parsed = parse(text, where);
  const format: unknown = parsed["format"];
  if (typeof format === "number" && format > FORMAT)
    throw unusable(
      `${where} was written by a newer Pilotage (format ${format}; this one knows ${FORMAT}). Nothing was done.`,
      "Use the version of Pilotage that made the backup, or a newer one.",
    );
  if (parsed["kind"] !== kind && (parsed["kind"] === "keys" || parsed["kind"] === "records"))
    throw unusable(
      kind === "keys"
        ? `${where} belongs to the records of a backup, not to its keys.`
        : `${where} belongs to the keys of a backup. The records lie in another folder.`,
      "The folder comes first, that of the keys behind --keys.",
    );
  const { digest, ...rest } = parsed;
  const checked = schema.safeParse(parsed);
  if (!checked.success || digest !== digestOf(rest)) throw damaged(where);
  return checked.data;
}

function parse(text: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Said below: to whoever restores, both are the same.
  }
  throw damaged(where);
}

function damaged(where: string): PilotageError {
  return unusable(
    `${where} was changed or damaged since it was written: its digest does not fit.`,
    "Take another copy of this backup, or an older backup.",
  );
}

export function unusable(message: string, hint: string, more: { cause?: unknown } = {}): PilotageError {
  return new PilotageError("backup_unusable", message, { hint, ...more });
}
