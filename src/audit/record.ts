/**
 * The audit trail's first half: each change writes its event in its own transaction.
 *
 * An event is canonical JSON (RFC 8785), hashed as a leaf of an RFC 6962 tree. Every database connection is a writer
 * with a counter without gaps; after anything but a known commit the connection becomes a new writer, so that a hole always
 * means a removed event. The second half is in sequencer.ts.
 */
import canonicalize from "canonicalize";
import { hash } from "node:crypto";
import type { EventKind } from "../contract/events.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import { freshBytes, type NewId } from "../platform/chance.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Tx } from "../platform/database.ts";
import { binaryRows, type Form } from "../platform/copy.ts";

export interface AuditEvent {
  kind: EventKind;
  actor: Actor;
  workflow?: string;
  caseId?: string;
  /** Ids, states, counts, names of fields, keyed digests. Never content. Numbers are whole; others go as text. */
  data?: JsonObject;
}

export interface Audit {
  /** Adds events to the transaction; they are written with its commit, or not at all. */
  record(tx: Tx, events: AuditEvent[]): void;
}

const EVENT_COLUMNS: Record<string, Form> = {
  id: "text",
  writer: "text",
  wseq: "int8",
  kind: "text",
  workflow: "text",
  case_id: "text",
  at: "time",
  body: "text",
  leaf: "bytea",
};

/** Events whose ids and leaves fit into a page. */
const IN_A_ROW = 100;

function groupsOf<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / IN_A_ROW) }, (_, i) =>
    list.slice(i * IN_A_ROW, (i + 1) * IN_A_ROW),
  );
}

interface Writer {
  id: string;
  next: number;
}

export function openAudit(options: { clock: Clock; newId: NewId }): Audit {
  const writers = new WeakMap<object, Writer>();
  const pending = new WeakMap<Tx, AuditEvent[]>();

  function writerOf(connection: object): Writer {
    let writer = writers.get(connection);
    if (!writer) writers.set(connection, (writer = { id: options.newId("writer"), next: 1 }));
    return writer;
  }

  async function write(tx: Tx, events: AuditEvent[]): Promise<void> {
    const writer = writerOf(tx.connection);
    const now = options.clock.now();
    const at = isoTime(now);
    // After a failure the commit may or may not have happened: the numbers used are given up with the writer.
    tx.afterFailure(() => writers.delete(tx.connection));
    // Taken at once: what a later hook of the same transaction records goes on behind.
    const first = writer.next;
    writer.next += events.length;
    const written = events.map((event, i) => {
      const id = options.newId("event");
      const salt = freshBytes(16).toString("hex");
      const text = leafTextOf(event, { id, at, writer: writer.id, wseq: first + i, salt });
      const leaf = hashed(text);
      return { id, wseq: first + i, body: text.slice(1), leaf, event };
    });
    await tx.copy([
      binaryRows(
        "audit_event",
        EVENT_COLUMNS,
        written.map(({ id, wseq, body, leaf, event }) => [
          id,
          writer.id,
          wseq,
          event.kind,
          event.workflow ?? null,
          event.caseId ?? null,
          now,
          body,
          leaf,
        ]),
      ),
      // In their order: the tickets are drawn row by row.
      binaryRows(
        "audit_pending_group",
        { writer: "text", wseq: "int8", event_ids: "text[]", leaves: "bytea" },
        groupsOf(written).map((group) => [
          writer.id,
          group[0]!.wseq,
          group.map(({ id }) => id),
          Buffer.concat(group.map(({ leaf }) => leaf)),
        ]),
      ),
    ]);
  }

  return {
    record(tx, events) {
      if (events.length === 0) return;
      const list = pending.get(tx);
      if (list) return void list.push(...events);
      pending.set(tx, [...events]);
      tx.beforeCommit(() => {
        const waiting = pending.get(tx)!;
        // What is no longer needed is let go at once: a weak map holds its values until the next full collection.
        pending.delete(tx);
        return write(tx, waiting);
      });
    },
  };
}

/**
 * What is hashed for an event: 0x00, and its canonical text with its members in their order. Spelled out, because sorting them
 * costs half of the time of an event; a test compares it with the library. One text for both, so that it is put together once.
 *
 * The salt keeps a leaf from being guessed when one day the body is deleted and the leaf stays.
 */
function leafTextOf(
  event: AuditEvent,
  place: { id: string; at: string; writer: string; wseq: number; salt: string },
): string {
  const member = (name: string, value: JsonValue | undefined) =>
    value === undefined ? "" : `"${name}":${canonicalText(value)},`;
  return `\0{"actor":${canonicalText(event.actor)},"at":"${place.at}",${member("case", event.caseId)}${member("data", event.data)}"id":"${place.id}","kind":"${event.kind}","salt":"${place.salt}",${member("workflow", event.workflow)}"writer":"${place.writer}","wseq":${place.wseq}}`;
}

/** As the library writes it; a text, or one object of texts, truth values and whole numbers in their order, in a third of the time. */
function canonicalText(value: JsonValue): string {
  return isPlain(value) ? JSON.stringify(value) : canonicalize(value)!;
}

/** Whether it is written as it stands: nothing to sort, no other object in it, nothing that the library would refuse. */
function isPlain(value: JsonValue): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  let before = "";
  for (const name in value) {
    const one = value[name];
    if (name < before || !name.isWellFormed()) return false;
    if (typeof one === "object" || (typeof one === "string" && !one.isWellFormed())) return false;
    if (typeof one === "number" && !Number.isSafeInteger(one)) return false;
    before = name;
  }
  return true;
}

/** SHA-256 over 0x00 and the canonical bytes: the leaf of RFC 6962. */
export function leafHash(body: string): Buffer {
  return hashed(`\0${body}`);
}

function hashed(text: string): Buffer {
  // Through its text: a buffer of the hash's own costs more than the hash.
  return Buffer.from(hash("sha256", text, "hex"), "hex");
}
