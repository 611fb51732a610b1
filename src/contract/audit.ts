/**
 * The form of an exported audit log, and the endpoints that hand it out.
 *
 * An export is JSON Lines: a head, then in the order of the log the events, the checkpoints each where the tree has its
 * size, and for events that are left out the roots of the subtrees that they make up; then an end. The command line
 * writes it to a folder (a bundle); audit/verify.ts checks either. `seq` counts from 1; hashes are base64.
 */
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import { named } from "./named.ts";

export const BUNDLE_FORMAT = "pilotage-audit/1";

const seq = z.number().int().positive();
const hash = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

export const bundleHead = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  origin: z.string(),
  verifier: z.string().describe("Checks the signatures; an auditor compares it with the one kept apart"),
  size: z.number().int().nonnegative().describe("Events of the log up to the last checkpoint here"),
  since: z
    .number()
    .int()
    .nonnegative()
    .describe("Events up to here are left out; the tree goes on from their checkpoint"),
  filter: z
    .strictObject({ workflow: z.string().optional(), from: z.string().optional(), to: z.string().optional() })
    .nullable(),
  exportedAt: z.string(),
});
export type BundleHead = z.output<typeof bundleHead>;

/** One event; `body` is the exact text that was hashed, null where its row is gone. */
export const eventLine = z.strictObject({
  seq,
  leaf: hash,
  body: z.string().nullable(),
  id: z.string().optional(),
});
/** Events from `skip[0]` to `skip[1]` that are left out. */
export const skipLine = z.strictObject({ skip: z.tuple([seq, seq]), nodes: z.array(hash) });
export const checkpointLine = z.strictObject({ checkpoint: z.string() });
export const endLine = z.strictObject({
  end: z.strictObject({ events: z.number().int(), checkpoints: z.number().int() }),
});
const errorLine = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) });

export const exportLine = z.union([
  z.strictObject({ head: bundleHead }),
  eventLine,
  skipLine,
  checkpointLine,
  endLine,
  errorLine,
]);

const fileSums = z.strictObject({ bytes: z.number().int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** `manifest.json` of a bundle: what its files should be. Guards against accidents; against forgery the tree does. */
export const bundleManifest = z.strictObject({
  ...bundleHead.shape,
  events: z.number().int().nonnegative(),
  checkpoints: z.number().int().nonnegative(),
  files: z.strictObject({ "events.ndjson": fileSums, "checkpoints.ndjson": fileSums }),
});
export type BundleManifest = z.output<typeof bundleManifest>;

/** What can be wrong, by the check that finds it. */
export type FaultCode =
  | "form"
  | "missing"
  | "order"
  | "leaf"
  | "text"
  | "body_gone"
  | "writer"
  | "time"
  | "root"
  | "signature"
  | "checkpoint"
  | "older"
  | "uncovered"
  | "manifest";

export interface Fault {
  code: FaultCode;
  message: string;
  /** The first bad event, by its number in the log. */
  seq?: number;
  /** The last one of those among which the bad one is, when it cannot be told. */
  through?: number;
  event?: string;
}

export interface VerifyWish {
  /** The verifier key that the auditor keeps; without it the one in the export is believed. */
  key?: string | undefined;
  /** Notes of checkpoints that the auditor kept from earlier. */
  older?: string[] | undefined;
  /** Milliseconds by which an event may bear an earlier time than one before it. */
  tolerance?: number | undefined;
  /** Told now and then how many events are checked. */
  progress?: ((checked: number, of: number) => void) | undefined;
}

export interface Verdict {
  ok: boolean;
  origin: string;
  keyId: string;
  /** Where the key came from: one from the export itself says nothing about who signed. */
  keyFrom: "given" | "export";
  /** Events of the log up to the last checkpoint here. */
  of: number;
  /** Events that were looked at. */
  checked: number;
  first: number | null;
  last: number | null;
  /** Events between the first and the last that this export leaves out. */
  leftOut: number;
  checkpoints: number;
  /** Sizes of the older checkpoints of which this log is the continuation. */
  older: number[];
  fault?: Fault;
}

/** The fault in one line: which record, and what is wrong with it. */
export function faultLine({ seq, through, event, message }: Fault): string {
  const name = event === undefined ? "" : ` (${event})`;
  if (seq === undefined) return message;
  return through === undefined || through === seq
    ? `event ${seq}${name}: ${message}`
    : `among events ${seq} to ${through}: ${message}`;
}

export const auditStatus = z.object({
  origin: z.string().nullable(),
  keyId: z.string().nullable().describe("Eight digits that tell the signing key from another"),
  verifier: z.string().nullable(),
  size: z.number().int().describe("Events in the log"),
  checkpoint: z.object({ size: z.number().int(), at: z.string(), note: z.string() }).nullable(),
  pending: z.object({
    count: z.number().int(),
    oldestAt: z.string().nullable(),
    oldestSeconds: z.number().nullable(),
  }),
  putAside: z.number().int().describe("Rows that can stand nowhere in the log"),
  gaps: z.number().int().describe("Times that events were found removed before they came into the log"),
  sequencer: z.string().nullable().describe("The worker that has the duty"),
  problem: z.string().nullable().describe("What keeps the log from growing"),
  protection: z.object({ role: z.string(), enforced: z.boolean(), missing: z.string().nullable() }),
  /** Only when asked for: it reads every event. */
  unlogged: z
    .object({ count: z.number().int(), first: z.array(z.string()) })
    .optional()
    .describe("Events that are stored, and neither in the log nor waiting for it"),
});
export type AuditStatus = z.output<typeof auditStatus>;

export const auditEvents = z.object({
  events: z.array(
    z.object({
      seq: z.number().int().nullable().describe("Its number in the log; null while it waits"),
      id: z.string(),
      kind: z.string(),
      at: z.string(),
      body: z.string().describe("The exact text that was hashed"),
    }),
  ),
  next: z.string().nullable(),
});

const when = z.iso.datetime({ offset: true });

export const AUDIT_ENDPOINTS = {
  getAudit: endpoint({
    method: "GET",
    path: "/api/v1/audit",
    query: z.object({ thorough: z.enum(["true", "false"]).optional() }),
    reply: auditStatus,
    scope: "audit",
    action: "audit.read",
    sentence:
      "Where the audit log stands: size, last checkpoint, what waits, who signs; with `thorough=true` also events that never came into it.",
    example: { query: { thorough: "true" } },
  }),
  exportAudit: endpoint({
    method: "GET",
    path: "/api/v1/audit/export",
    query: z.object({
      workflow: z.string().min(1).max(200).optional(),
      from: when.optional(),
      to: when.optional(),
      since: z.coerce
        .number()
        .int()
        .positive()
        .optional()
        .describe("The size of a checkpoint: only what came after it"),
    }),
    reply: exportLine,
    wire: "ndjson",
    scope: "audit",
    action: "audit.read",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Exports the audit log up to its last checkpoint as JSON Lines that verify offline, whole or in part.",
    example: { query: { workflow: "support-triage" } },
  }),
  listAuditEvents: endpoint({
    method: "GET",
    path: "/api/v1/cases/:case/audit",
    params: named("case"),
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().max(60).optional().describe("The id after which the page begins, oldest first"),
    }),
    reply: auditEvents,
    scope: "audit",
    action: "audit.read",
    errors: ["not_found"],
    sentence: "The events of one case, oldest first, with their numbers in the log.",
    example: { params: { case: "case_..." } },
  }),
};
