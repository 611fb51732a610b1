/**
 * Intake: the first step of the path. Every door (HTTP, batch, folder, replay) comes through here.
 *
 * Checks, seals and hands over to admission or quarantine. Guarantees: what is answered as admitted or quarantined is
 * in the database; nothing else is acknowledged. The feeds that read files are in cases/feed.
 */
import { PilotageError } from "../../contract/errors.ts";
import type { CaseId, QuarantineId } from "../../contract/ids.ts";
import type { JsonObject, JsonValue } from "../../contract/json.ts";
import type { QuarantineReason } from "../../contract/quarantine.ts";
import type { Actor } from "../../contract/scopes.ts";
import { coerceTexts } from "../../definition/coerce.ts";
import { facetsOf } from "../../definition/facets.ts";
import { valueAt } from "../../definition/path.ts";
import { coalesced } from "../../platform/coalesce.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database, Tx } from "../../platform/database.ts";
import type { GroupCommit, Operation } from "../../platform/group-commit.ts";
import type { Log } from "../../platform/log.ts";
import type { Vault } from "../../platform/secrets.ts";
import { sealAttachment, sealJson } from "../content.ts";
import type { Registry, ReleaseView, WorkflowView } from "../workflow/registry.ts";
import type { Admission, Arrival, Door } from "./admit.ts";
import { badExternalId, checkInput, LIMITS } from "./check.ts";
import { dueAt } from "./due.ts";
import type { Refused } from "./quarantine.ts";
import { openSealing, type Sealed } from "./sealing.ts";

export interface Attachment {
  name: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** One record as a door hands it over. */
export interface Incoming {
  workflow: string;
  door: Door;
  source: string;
  externalId: string | undefined;
  input: JsonValue | undefined;
  attachments: Attachment[];
  /** The record as it came, for quarantine. */
  raw: string;
  /** The door's own finding, when the record could not even be read. */
  problem?: { reason: QuarantineReason; message: string };
  place?: string;
  feedRun?: string;
  /** Text-only doors such as CSV: cells are read as the types that the schema names. */
  textOnly: boolean;
  drill: boolean;
  actor: Actor;
  /** The trace that it belongs to, where traces are sent. */
  traceparent?: string | undefined;
}

export type Receipt =
  | { kind: "admitted" | "duplicate"; caseId: CaseId; externalId: string; dropped: string[] }
  | {
      kind: "quarantined";
      quarantineId: QuarantineId;
      reason: QuarantineReason;
      message: string;
      details: { path: string; message: string }[];
    };

type Prepared = { ok: true; arrival: Arrival; dropped: string[] } | { ok: false; refused: Refused };

/** An input that is as the release wants it. */
type Checked = { ok: true; externalId: string; input: JsonObject; dropped: string[] };

export interface Intake {
  /** Admits one record; answered after the commit. Refuses with 429 when too much is waiting. */
  receive(incoming: Incoming): Promise<Receipt>;
  /** Admits many records in the caller's transaction: a feed moves its cursor in the same one. */
  receiveAll(tx: Tx, incoming: Incoming[], view: WorkflowView, reference: ReleaseView): Promise<Receipt[]>;
}

export interface IntakeParts {
  database: Database;
  group: GroupCommit;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  log: Log;
  admit: Operation<Arrival, Admission>;
  quarantine: Operation<Refused, QuarantineId>;
  mostWaiting: number;
}

export function openIntake(parts: IntakeParts): Intake {
  const { database, group, registry, admit, quarantine } = parts;
  // One read serves all records that arrive meanwhile; what decides is read again when they are admitted.
  const read = coalesced(async (workflow) => {
    const view = await registry.workflow(database, workflow);
    return { view, reference: await registry.reference(database, view.row) };
  });
  const sealing = openSealing(parts);

  function prepare(
    incoming: Incoming,
    view: WorkflowView,
    reference: ReleaseView,
  ): Prepared | Promise<Prepared> {
    const checked = check(parts, incoming, view, reference);
    if (!checked.ok) return checked;
    const { externalId, input, dropped } = checked;
    const id = parts.newId("case");
    return sealing
      .seal({ id, input, attachments: incoming.attachments })
      .then((sealed) => ({
        ok: true,
        arrival: arrive(parts, incoming, view, reference, { id, externalId, input, sealed }),
        dropped,
      }));
  }

  return {
    async receive(incoming) {
      if (group.load + sealing.load >= parts.mostWaiting)
        throw new PilotageError(
          "too_many_requests",
          "More cases are coming in than can be stored at the moment; this one was not taken.",
          { hint: "Wait for the time in Retry-After and send it again.", details: { retryAfterSeconds: 1 } },
        );
      const { view, reference } = await read(incoming.workflow);
      const prepared = await prepare(incoming, view, reference);
      if (!prepared.ok) {
        await group.do(quarantine, prepared.refused);
        return quarantined(prepared.refused);
      }
      const answer = await group.do(admit, prepared.arrival);
      if (answer.kind !== "conflict") return admitted(answer, prepared);
      const refused = conflict(parts, incoming, prepared.arrival, answer.caseId);
      await group.do(quarantine, refused);
      return quarantined(refused);
    },

    async receiveAll(tx, incoming, view, reference) {
      // What one of them throws is its own answer: thrown from here, it would leave the others without anybody who hears them.
      const prepared = await Promise.all(incoming.map(async (one) => prepare(one, view, reference)));
      const arrivals = prepared.flatMap((one) => (one.ok ? [one.arrival] : []));
      const answers = arrivals.length > 0 ? await admit.run(tx, arrivals) : [];
      const answerOf = new Map(arrivals.map((arrival, i) => [arrival.id, answers[i]!]));
      const refused: Refused[] = [];
      const receipts = prepared.map((one, i): Receipt => {
        if (!one.ok) {
          refused.push(one.refused);
          return quarantined(one.refused);
        }
        const answer = answerOf.get(one.arrival.id)!;
        if (answer.kind !== "conflict") return admitted(answer, one);
        const record = conflict(parts, incoming[i]!, one.arrival, answer.caseId);
        refused.push(record);
        return quarantined(record);
      });
      if (refused.length > 0) await quarantine.run(tx, refused);
      return receipts;
    },
  };
}

/** What can be told without the database. */
function check(
  parts: IntakeParts,
  incoming: Incoming,
  view: WorkflowView,
  reference: ReleaseView,
): Checked | { ok: false; refused: Refused } {
  const problem = incoming.problem ?? attachmentProblem(incoming.attachments);
  if (problem) return { ok: false, refused: refuse(parts, incoming, { ...problem, details: [] }) };
  const schema = reference.document.input;
  // Texts are read before fields are left out: a cell may hold a whole object, with fields that nobody named.
  const given =
    incoming.textOnly && incoming.input !== undefined ? coerceTexts(schema, incoming.input) : incoming.input;
  const checked = checkInput(given, schema, reference.checkInput);
  if (!checked.ok) return { ok: false, refused: refuse(parts, incoming, checked.problem) };

  const { input, dropped } = checked;
  const externalId = incoming.externalId ?? keyFrom(view, input);
  if (externalId === undefined)
    return {
      ok: false,
      refused: refuse(parts, incoming, { reason: "missing_key", message: missingKey(view), details: [] }),
    };
  const bad = badExternalId(externalId);
  if (bad)
    return {
      ok: false,
      refused: refuse(parts, incoming, {
        reason: externalId.includes("\0") ? "nul_in_key" : "missing_key",
        message: `The key of the record cannot be used: ${bad}.`,
        details: [],
      }),
    };

  return { ok: true, externalId, input, dropped };
}

function arrive(
  { vault, clock }: IntakeParts,
  incoming: Incoming,
  view: WorkflowView,
  reference: ReleaseView,
  { id, externalId, input, sealed }: { id: CaseId; externalId: string; input: JsonObject; sealed: Sealed },
): Arrival {
  const { document } = view;
  const { key } = sealed;
  const now = clock.now();
  const team = document.team === undefined ? undefined : valueAt(input, document.team);
  const thread = document.thread === undefined ? undefined : valueAt(input, document.thread);
  return {
    id,
    workflow: incoming.workflow,
    door: incoming.door,
    source: incoming.source,
    externalId,
    digest: sealed.digest,
    receivedAt: now,
    dueAt: document.due === undefined ? undefined : dueAt(now, document.due.workingHours, document.calendar),
    thread: isText(thread) ? threadDigest(vault, incoming.workflow, String(thread)) : undefined,
    team: typeof team === "string" && document.teams.includes(team) ? team : undefined,
    facets: facetsOf(reference.document, input, undefined),
    subjects: document.subject.flatMap((path) => {
      const value = valueAt(input, path);
      return isText(value) ? [subjectDigest(vault, String(value))] : [];
    }),
    wrappedKey: sealed.wrappedKey,
    sealedInput: sealed.sealedInput,
    opened: { key, input },
    attachments: incoming.attachments.map((one, i) => ({
      mediaType: one.mediaType,
      size: one.bytes.length,
      ...sealAttachment(key, i + 1, one),
    })),
    drill: incoming.drill,
    traceparent: incoming.traceparent,
    actor: incoming.actor,
  };
}

function missingKey({ document }: WorkflowView): string {
  const place =
    document.key === undefined
      ? "and the workflow names no key field"
      : `and the key field "${document.key}" of its input is empty or missing`;
  return `The record has no external id, ${place}, so it could not be told from another one.`;
}

function keyFrom(view: WorkflowView, input: JsonObject): string | undefined {
  const value = view.document.key === undefined ? undefined : valueAt(input, view.document.key);
  return isText(value) ? String(value) : undefined;
}

function isText(value: JsonValue | undefined): value is string | number {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

function attachmentProblem(
  attachments: Attachment[],
): { reason: QuarantineReason; message: string } | undefined {
  const large = attachments.findIndex((one) => one.bytes.length > LIMITS.attachmentBytes);
  // By its number: the name is content, and the message is stored in clear.
  if (large >= 0)
    return {
      reason: "attachment_too_large",
      message: `Attachment ${large + 1} holds ${attachments[large]!.bytes.length} bytes; at most ${LIMITS.attachmentBytes} (10 MB) are taken.`,
    };
  if (attachments.length > LIMITS.attachments)
    return {
      reason: "attachment_too_large",
      message: `The case has ${attachments.length} attachments; at most ${LIMITS.attachments} are taken.`,
    };
  return undefined;
}

function refuse(
  parts: IntakeParts,
  incoming: Incoming,
  problem: { reason: QuarantineReason; message: string; details: { path: string; message: string }[] },
): Refused {
  const id = parts.newId("quarantine");
  const { key, wrapped } = parts.vault.newKey(id);
  const idIsUsable = incoming.externalId !== undefined && badExternalId(incoming.externalId) === undefined;
  return {
    id,
    workflow: incoming.workflow,
    door: incoming.door,
    source: incoming.source,
    externalId: idIsUsable ? incoming.externalId : undefined,
    feedRun: incoming.feedRun,
    place: incoming.place,
    reason: problem.reason,
    // Names of fields come from outside: nothing in them may break a row.
    message: storable(problem.message).slice(0, 2_000),
    details: problem.details
      .slice(0, 50)
      .map((one) => ({
        path: storable(one.path).slice(0, 200),
        message: storable(one.message).slice(0, 500),
      })),
    wrappedKey: wrapped,
    sealedRaw: sealJson(key, "raw", keptRecord(incoming, problem.reason)),
    keptAt: parts.clock.now(),
    actor: incoming.actor,
  };
}

/** What quarantine keeps: the record as it came, and as far as it could be read, so that it can be corrected and replayed. */
export interface KeptRecord {
  raw: string;
  input: JsonValue | null;
  textOnly: boolean;
  attachments: { name: string; mediaType: string; base64: string }[];
  drill: boolean;
}

function keptRecord(incoming: Incoming, reason: QuarantineReason): JsonObject & KeptRecord {
  return {
    raw: incoming.raw,
    // Nesting that is too deep cannot be written again; the text as it came stands beside it.
    input: reason === "too_deep" ? null : (incoming.input ?? null),
    textOnly: incoming.textOnly,
    attachments: incoming.attachments.map((one) => ({
      name: one.name,
      mediaType: one.mediaType,
      base64: Buffer.from(one.bytes).toString("base64"),
    })),
    drill: incoming.drill,
  };
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u2400");
}

function conflict(parts: IntakeParts, incoming: Incoming, arrival: Arrival, known: CaseId): Refused {
  return refuse(
    parts,
    { ...incoming, externalId: arrival.externalId },
    {
      reason: "duplicate_conflict",
      message: `The key is already that of case ${known}, and its content is another. The stored case was not changed.`,
      details: [],
    },
  );
}

function admitted(
  answer: Exclude<Admission, { kind: "conflict" }>,
  prepared: Extract<Prepared, { ok: true }>,
): Receipt {
  return {
    kind: answer.kind,
    caseId: answer.caseId,
    externalId: prepared.arrival.externalId,
    dropped: prepared.dropped,
  };
}

function quarantined(refused: Refused): Receipt {
  return {
    kind: "quarantined",
    quarantineId: refused.id,
    reason: refused.reason,
    message: refused.message,
    details: refused.details,
  };
}

/** What stands in the index for a thread: nobody without the key can try threads out. */
export function threadDigest(vault: Vault, workflow: string, thread: string): string {
  return vault.digest(`thread:${workflow}`, thread).toString("hex");
}

/** The same for a value of a data subject, however it was written. */
export function subjectDigest(vault: Vault, value: string): Buffer {
  return vault.digest("subject", value.normalize("NFC").trim().toLowerCase());
}
