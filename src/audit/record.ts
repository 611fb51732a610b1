/**
 * The audit trail's first half: each change writes its event in its own transaction.
 *
 * An event is canonical JSON (RFC 8785), hashed as a leaf of an RFC 6962 tree. Every database connection is a writer
 * with a counter without gaps; the counter advances only after a known commit, and after an unknown one the connection
 * becomes a new writer, so that a hole always means a removed event. Sequencing, signing and verifying come after.
 */
import canonicalize from "canonicalize";
import { createHash } from "node:crypto";
import type { EventKind } from "../contract/events.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { NewId } from "../platform/chance.ts";
import type { Tx } from "../platform/database.ts";
import { hex, rows, sql } from "../platform/sql.ts";

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
    const at = isoTime(options.clock.now());
    const written = events.map((event, i) => {
      const id = options.newId("event");
      const wseq = writer.next + i;
      const body = canonicalize({
        id,
        at,
        writer: writer.id,
        wseq,
        kind: event.kind,
        actor: event.actor,
        workflow: event.workflow,
        case: event.caseId,
        data: event.data,
      })!;
      return {
        id,
        writer: writer.id,
        wseq,
        kind: event.kind,
        workflow: event.workflow ?? null,
        case_id: event.caseId ?? null,
        at,
        body,
        leaf: hex(leafHash(body)),
      };
    });
    await tx.run(sql`
      with event as (
        insert into audit_event (id, writer, wseq, kind, workflow, case_id, at, body, leaf)
        select id, writer, wseq, kind, workflow, case_id, at, body, leaf from json_populate_recordset(null::audit_event, ${rows(written)}::json)
        returning writer, wseq, id, leaf)
      insert into audit_pending (writer, wseq, event_id, leaf) select writer, wseq, id, leaf from event`);
    tx.afterCommit(() => (writer.next += events.length));
    // After a failure the commit may or may not have happened: the numbers used are given up with the writer.
    tx.afterFailure(() => writers.delete(tx.connection));
  }

  return {
    record(tx, events) {
      if (events.length === 0) return;
      const list = pending.get(tx);
      if (list) return void list.push(...events);
      pending.set(tx, [...events]);
      tx.beforeCommit(() => write(tx, pending.get(tx)!));
    },
  };
}

/** SHA-256 over 0x00 and the canonical bytes: the leaf of RFC 6962. */
export function leafHash(body: string): Buffer {
  return createHash("sha256").update(Uint8Array.of(0)).update(body, "utf8").digest();
}
