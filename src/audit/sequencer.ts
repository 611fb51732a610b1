/**
 * Gives the events their order: the audit log's second half.
 *
 *   record.ts -> audit_event, audit_pending_group -> sequencer -> audit_log, tree, signed checkpoints -> export.ts -> verify.ts
 *
 * One worker has the duty; the others stand by and take over when it is gone. Each step is one transaction under the
 * lock of the head row: rows that wait become rows of the log, and the tree grows. So a crash leaves no gap and does
 * nothing twice, and a second sequencer, however it came to be, fails at the primary key. A number of a writer that is
 * missing means that an event was removed before it was sequenced: the log says so with an event of its own and goes on.
 */
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import { stopwatch, type Clock } from "../platform/clock.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import { rows, sql, time, type Sql } from "../platform/sql.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { openTree, packed, rootOf, unpacked } from "./merkle.ts";
import type { Audit } from "./record.ts";
import type { Signer } from "./signing.ts";

export interface Sequencer {
  /** One look: takes the duty when it is free, sequences all that waits, signs when it is time. */
  look(): Promise<void>;
  /** Sequences and signs the rest, and gives the duty away. */
  stop(): Promise<void>;
}

const BATCH = 5_000;
const SIGN_EVERY = 5_000;

/** Events of one transaction, or one that the previous program wrote: their numbers follow one another from `wseq` on. */
interface Waiting {
  ticket: number;
  writer: string;
  wseq: number;
  /** 32 bytes each. */
  leaves: Buffer;
  grouped: boolean;
}

const LEAF = 32;
const countOf = ({ leaves }: Waiting) => leaves.length / LEAF;

interface Head {
  size: number;
  hashes: Buffer;
}

/** A row whose number its writer has used already: it can stand nowhere in the log. */
class Stray extends Error {
  readonly rows: Waiting[];
  constructor(found: Waiting[]) {
    super(`${found.length} rows with numbers that were used before`);
    this.rows = found;
  }
}

export function openSequencer(options: {
  database: Database;
  audit: Audit;
  clock: Clock;
  worker: string;
  signer: Signer;
  log: Log;
  /** Events of one transaction; a few more, as they came together. */
  batch?: number;
}): Sequencer {
  const { database, audit, clock, worker, signer, log } = options;
  const batch = options.batch ?? BATCH;
  const actor: Actor = { kind: "system", name: worker };
  /** The last number of each writer, as the log has it; only true while this worker has the duty. */
  let last = new Map<string, number>();
  let sinceSigned: (() => number) | undefined;
  let told: string | undefined;
  let turn: Promise<void> = Promise.resolve();

  /** Whether the duty is this worker's, and what there is to do. */
  async function duty(): Promise<{ waiting: boolean; unsigned: boolean } | undefined> {
    const head = await database.one<{
      holder: string | null;
      alive: boolean;
      waiting: boolean;
      unsigned: boolean;
    }>(sql`
      select holder, exists (select from worker w where w.id = holder) as alive,
        exists (select from audit_pending where not held) or exists (select from audit_pending_group where not held) as waiting,
        size > coalesce((select max(size) from audit_checkpoint), 0) as unsigned
      from audit_head`);
    if (head.holder === worker) return head;
    if (head.holder !== null && head.alive) return undefined;
    const taken = await database.transaction((tx) => take(tx, head.holder));
    return taken ? head : undefined;
  }

  async function take(tx: Tx, from: string | null): Promise<boolean> {
    last = new Map();
    const mine = await tx.maybe<{ size: number; logged: number }>(sql`
      update audit_head set holder = ${worker} where holder is not distinct from ${from}
      returning size, coalesce((select max(seq) from audit_log), 0) as logged`);
    if (!mine) return false;
    if (mine.size !== mine.logged)
      throw new PilotageError(
        "internal",
        `The audit log ends with event ${mine.logged} and its head stands at ${mine.size}: rows were removed or added by hand. Nothing is sequenced until both agree again; restore a backup.`,
      );
    log.info({ worker, events: mine.size }, "this worker sequences the audit log");
    return true;
  }

  /** Answers how many rows were taken; undefined when the duty is another's. */
  async function step(): Promise<number | undefined> {
    const known = last;
    const numbers = new Map<string, number>();
    const taken = await database.transaction(
      async (tx) => {
        const head = await lockHead(tx);
        if (!head) return undefined;
        const found = await moveIntoLog(tx, head.size, batch);
        if (found.length === 0) return 0;
        await learn(tx, known, found);
        const gaps = follow(known, numbers, found);
        const tree = openTree(unpacked(head.size, head.hashes));
        for (const { leaves } of found)
          for (let at = 0; at < leaves.length; at += LEAF) tree.append(leaves.subarray(at, at + LEAF));
        await advance(tx, { size: tree.size, hashes: packed(tree.frontier()) }, numbers, gaps.length);
        audit.record(
          tx,
          gaps.map((gap) => ({ kind: "audit.gap", actor, data: { ...gap } })),
        );
        for (const gap of gaps)
          log.error(gap, "events of a writer are missing: they were removed before they came into the log");
        return found.reduce((sum, one) => sum + countOf(one), 0);
      },
      ["sequence"],
    );
    if (taken === undefined) last = new Map();
    else for (const [writer, number] of numbers) known.set(writer, number);
    return taken;
  }

  /** A holder that stands still in the middle of a step loses its connection, and with it the lock. */
  function lockHead(tx: Tx): Promise<Head | undefined> {
    return tx.maybe<Head>(sql`
      select size, hashes, set_config('idle_in_transaction_session_timeout', '5000', true)
      from audit_head where holder = ${worker} for update`);
  }

  async function sequenceAll(): Promise<void> {
    for (;;) {
      try {
        const taken = await step();
        if (taken === undefined || taken < batch) return;
      } catch (error) {
        last = new Map();
        if (!(error instanceof Stray)) throw error;
        await putAside(error.rows);
      }
    }
  }

  async function putAside(strays: Waiting[]): Promise<void> {
    log.error({ rows: strays.length }, "rows that waited for the audit log carry numbers used before");
    await database.transaction(async (tx) => {
      const tickets = (grouped: boolean) =>
        strays.filter((row) => row.grouped === grouped).map((row) => row.ticket);
      const held = await tx.all<{ writer: string; wseq: number; event_ids: string[] }>(sql`
        with single as (
          update audit_pending set held = true where ticket = any(${tickets(false)}::bigint[]) returning writer, wseq, array[event_id] as event_ids),
        grouped as (
          update audit_pending_group set held = true where ticket = any(${tickets(true)}::bigint[]) returning writer, wseq, event_ids)
        select * from single union all select * from grouped`);
      const events = held.flatMap(({ writer, wseq, event_ids }) =>
        event_ids.map((event_id, i) => ({ writer, wseq: wseq + i, event_id })),
      );
      audit.record(
        tx,
        events.map(({ writer, wseq, event_id }) => ({
          kind: "audit.put_aside",
          actor,
          data: { writer, wseq, event: event_id },
        })),
      );
    });
  }

  async function sign(): Promise<void> {
    await database.transaction(async (tx) => {
      const head = await lockHead(tx);
      if (!head) return;
      const root = rootOf(unpacked(head.size, head.hashes));
      const note = signCheckpoint({ origin: signer.origin, size: head.size, root }, signer.key);
      await tx.run(sql`
        insert into audit_checkpoint (size, root, hashes, note, at)
        select ${head.size}, ${root}, ${head.hashes}, ${note}, ${time(clock.now())}
        where ${head.size}::bigint > coalesce((select max(size) from audit_checkpoint), 0)`);
    });
    sinceSigned = stopwatch();
  }

  /** What keeps the log from growing is shown where people look, not only in this process's own log. */
  async function tell(problem: string | undefined): Promise<void> {
    if (problem === told) return;
    told = problem;
    if (problem !== undefined) log.error({ problem }, "the audit log does not grow");
    await database.run(sql`update audit_head set problem = ${problem ?? null}`);
  }

  async function look(final: boolean): Promise<void> {
    try {
      const todo = await duty();
      if (!todo) return;
      if (todo.waiting) await sequenceAll();
      const due = sinceSigned === undefined || sinceSigned() >= SIGN_EVERY;
      if (final || ((todo.waiting || todo.unsigned) && due)) await sign();
      await tell(undefined);
    } catch (error) {
      last = new Map();
      const away = error instanceof PilotageError && error.retryable && error.code !== "internal";
      if (!away) await tell(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** One look at a time, also when the process stops in the middle of one. */
  function inTurn(final: boolean): Promise<void> {
    turn = turn.catch(() => undefined).then(() => look(final));
    return turn;
  }

  return {
    look: () => inTurn(false),
    async stop() {
      await inTurn(true);
      await database.run(sql`update audit_head set holder = null where holder = ${worker}`);
    },
  };

  /** Throws `Stray` when a row carries a number that was used; answers the gaps and notes the numbers reached. */
  function follow(known: Map<string, number>, reached: Map<string, number>, found: Waiting[]) {
    const gaps: { writer: string; from: number; to: number }[] = [];
    const strays: Waiting[] = [];
    for (const row of found) {
      const before = reached.get(row.writer) ?? known.get(row.writer) ?? 0;
      if (row.wseq <= before) {
        strays.push(row);
        continue;
      }
      if (row.wseq > before + 1) gaps.push({ writer: row.writer, from: before + 1, to: row.wseq - 1 });
      reached.set(row.writer, row.wseq + countOf(row) - 1);
    }
    if (strays.length > 0) throw new Stray(strays);
    return gaps;
  }
}

/** Takes what waits, in the order in which it came, and gives it the next numbers of the log. */
async function moveIntoLog(tx: Tx, size: number, batch: number): Promise<Waiting[]> {
  const single = await tx.all<Waiting>(sql`
    with taken as (
      delete from audit_pending
      where not held and ticket <= (
        select max(ticket) from (select ticket from audit_pending where not held order by ticket limit ${batch}) as next)
      returning ticket, event_id, writer, wseq, leaf),
    logged as (
      insert into audit_log (seq, event_id, leaf)
      select ${size}::bigint + row_number() over (order by ticket), event_id, leaf from taken)
    select ticket, writer, wseq, leaf as leaves, false as grouped from taken order by ticket`);
  // The places are counted group by group: to sort the events would carry each group's ids and leaves along with each of them.
  const grouped = await tx.all<Waiting>(sql`
    with taken as (
      delete from audit_pending_group where not held and ticket <= (${lastGroupOf(batch - single.length)})
      returning ticket, writer, wseq, event_ids, leaves),
    placed as (
      select event_ids, leaves, ${size + single.length}::bigint + sum(cardinality(event_ids)) over (order by ticket) - cardinality(event_ids) as before
      from taken),
    logged as (
      insert into audit_log (seq, event_id, leaf)
      select before + e.no, e.id, substring(leaves from (${LEAF} * (e.no - 1) + 1)::int for ${LEAF})
      from placed, unnest(event_ids) with ordinality as e (id, no))
    select ticket, writer, wseq, leaves, true as grouped from taken order by ticket`);
  return [...single, ...grouped];
}

/**
 * The ticket of the last group that begins within so many events. A group has at least one event, so no more groups than that
 * are looked at, however many wait.
 */
export function lastGroupOf(events: number): Sql {
  return sql`
    select max(ticket) from (
      select ticket, sum(length(leaves) / ${LEAF}) over (order by ticket) - length(leaves) / ${LEAF} as before
      from (select ticket, leaves from audit_pending_group where not held order by ticket limit ${events}) as first) as next
    where before < ${events}`;
}

/** Reads the last numbers of writers that this process has not met yet. */
async function learn(tx: Tx, known: Map<string, number>, found: Waiting[]): Promise<void> {
  const strangers = [...new Set(found.map((row) => row.writer))].filter((writer) => !known.has(writer));
  if (strangers.length === 0) return;
  const met = await tx.all<{ id: string; last: number }>(
    sql`select id, last from audit_writer where id = any(${strangers})`,
  );
  for (const { id, last } of met) known.set(id, last);
}

async function advance(
  tx: Tx,
  { size, hashes }: Head,
  numbers: Map<string, number>,
  gaps: number,
): Promise<void> {
  const list = [...numbers].map(([id, last]) => ({ id, last }));
  await tx.run(sql`
    with writers as (
      insert into audit_writer (id, last) select id, last from json_populate_recordset(null::audit_writer, ${rows(list)}::json)
      on conflict (id) do update set last = excluded.last)
    update audit_head set size = ${size}, hashes = ${hashes}, gaps = gaps + ${gaps}`);
}
