/**
 * Hands out the audit log as lines that verify without this database (form: contract/audit.ts).
 *
 * An export ends at a signed checkpoint. What it leaves out stands in it as roots of subtrees, so that the tree, and with
 * it the checkpoint's signature, still covers what it holds. Pages are read one by one: memory stays flat.
 */
import { BUNDLE_FORMAT, type BundleHead } from "../contract/audit.ts";
import { PilotageError } from "../contract/errors.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { openFold } from "./merkle.ts";

export interface ExportWish {
  workflow?: string | undefined;
  /** Times of events, ISO. */
  from?: string | undefined;
  to?: string | undefined;
  /** The size of a checkpoint. */
  since?: number | undefined;
}

const PAGE = 2_000;
/** Clocks differ: an event that was in the log this long before a checkpoint's time may bear a later time. */
const CLOCKS_DIFFER = 3 * 3_600_000;

interface Start {
  size: number;
  hashes: Buffer;
  note: string;
}

interface Row {
  seq: number;
  leaf: Buffer;
  event_id: string;
  wanted: boolean;
  body: string | null;
}

/** Checks the wish and answers the lines, in pieces of several. Throws `not_found` and `wrong_state` before the first. */
export async function exportLog(
  database: Queryable,
  clock: Clock,
  wish: ExportWish,
): Promise<AsyncIterable<string>> {
  const log = await database.one<{ origin: string | null; verifier: string | null; size: number | null }>(
    sql`select origin, verifier, (select max(size) from audit_checkpoint) as size from audit_head`,
  );
  if (log.origin === null || log.verifier === null || log.size === null)
    throw new PilotageError("wrong_state", "The audit log has no signed checkpoint yet.", {
      hint: "A worker signs one within seconds of the first event: start one with `pilotage serve`, and ask again.",
    });
  const start = await startOf(database, wish);
  const { workflow, from, to } = wish;
  const filter =
    workflow === undefined && from === undefined && to === undefined
      ? null
      : {
          ...(workflow === undefined ? {} : { workflow }),
          ...(from === undefined ? {} : { from: isoTime(Date.parse(from)) }),
          ...(to === undefined ? {} : { to: isoTime(Date.parse(to)) }),
        };
  const head: BundleHead = {
    format: BUNDLE_FORMAT,
    origin: log.origin,
    verifier: log.verifier,
    size: log.size,
    since: start?.size ?? 0,
    filter,
    exportedAt: isoTime(clock.now()),
  };
  return lines(database, head, start);
}

/** The checkpoint from which the export goes on: the one asked for, or one that lies before all events of the time asked for. */
async function startOf(database: Queryable, { since, from }: ExportWish): Promise<Start | undefined> {
  if (since !== undefined) {
    const found = await database.maybe<Start>(
      sql`select size, hashes, note from audit_checkpoint where size = ${since}`,
    );
    if (found) return found;
    throw new PilotageError("not_found", `This log has no checkpoint of ${since} events.`, {
      hint: "A checkpoint that this log does not know was signed by another log, or the log was rewritten: show it to whoever audits.",
    });
  }
  if (from === undefined) return undefined;
  return database.maybe<Start>(
    sql`select size, hashes, note from audit_checkpoint where at < ${time(Date.parse(from) - CLOCKS_DIFFER)} order by size desc limit 1`,
  );
}

async function* lines(
  database: Queryable,
  head: BundleHead,
  start: Start | undefined,
): AsyncGenerator<string> {
  const counts = { events: 0, checkpoints: 0 };
  yield text({ head });
  let fold = openFold(head.since);
  const out: string[] = [];
  const endSkip = () => {
    const nodes = fold.nodes();
    if (nodes.length > 0) out.push(text({ skip: [fold.from + 1, fold.to], nodes: nodes.map(base64) }));
  };
  if (start) {
    const nodes = Array.from({ length: start.hashes.length / 32 }, (_, i) =>
      base64(start.hashes.subarray(i * 32, i * 32 + 32)),
    );
    out.push(text({ skip: [1, start.size], nodes }), text({ checkpoint: start.note }));
    counts.checkpoints++;
  }
  for (let at = head.since; at < head.size; at += PAGE) {
    const to = Math.min(at + PAGE, head.size);
    const notes = await notesBetween(database, head, at, to);
    for (const row of await page(database, head.filter, at, to)) {
      if (row.wanted) {
        endSkip();
        fold = openFold(row.seq);
        out.push(text(lineOf(row)));
        counts.events++;
      } else fold.append(row.leaf);
      const note = notes.get(row.seq);
      if (note === undefined) continue;
      endSkip();
      fold = openFold(row.seq);
      out.push(text({ checkpoint: note }));
      counts.checkpoints++;
    }
    yield out.splice(0).join("");
  }
  yield `${out.splice(0).join("")}${text({ end: counts })}`;
}

function lineOf({ seq, leaf, body, event_id }: Row): object {
  return body === null ? { seq, leaf: base64(leaf), body, id: event_id } : { seq, leaf: base64(leaf), body };
}

/** Every checkpoint of a whole log; of a filtered one only the last, which all hangs on. */
async function notesBetween(
  database: Queryable,
  head: BundleHead,
  after: number,
  to: number,
): Promise<Map<number, string>> {
  const least = head.filter === null ? after : Math.max(after, head.size - 1);
  const found = await database.all<{ size: number; note: string }>(
    sql`select size, note from audit_checkpoint where size > ${least} and size <= ${to}`,
  );
  return new Map(found.map((row) => [row.size, row.note]));
}

/** Rows of the log after one number up to another; without the body where the filter leaves them out. */
function page(database: Queryable, filter: BundleHead["filter"], after: number, to: number): Promise<Row[]> {
  return database.all<Row>(sql`
    select l.seq, l.leaf, l.event_id, ${filter === null ? sql`true` : sql`e.id is not null`} as wanted, e.body
    from audit_log l left join audit_event e on e.id = l.event_id${conditions(filter)}
    where l.seq > ${after} and l.seq <= ${to} order by l.seq`);
}

function conditions(filter: BundleHead["filter"]): Sql {
  const { workflow, from, to } = filter ?? {};
  const one = workflow === undefined ? sql`` : sql` and e.workflow = ${workflow}`;
  const two = from === undefined ? sql`` : sql` and e.at >= ${from}::timestamptz`;
  const three = to === undefined ? sql`` : sql` and e.at < ${to}::timestamptz`;
  return sql`${one}${two}${three}`;
}

function text(line: object): string {
  return `${JSON.stringify(line)}\n`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
