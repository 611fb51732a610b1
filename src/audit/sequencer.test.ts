/** The sequencer on the real database: order, crash, two of them, gaps, strays, and the checkpoints it signs. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import type { JsonValue } from "../contract/json.ts";
import { idSource } from "../platform/chance.ts";
import { simulatedClock } from "../platform/clock.ts";
import { openDatabase, type Database } from "../platform/database.ts";
import { silentLog } from "../platform/log.ts";
import { sql } from "../platform/sql.ts";
import { openCheckpoint, signingKey, verifierKey } from "./checkpoint.ts";
import { rootOfLeaves } from "./merkle.ts";
import { openAudit } from "./record.ts";
import { lastGroupOf, openSequencer, type Sequencer } from "./sequencer.ts";

const { database, url } = await openFreshDatabase();
const clock = simulatedClock("2026-11-20T09:00:00.000Z");
const newId = idSource(clock);
const audit = openAudit({ clock, newId });
const key = signingKey(randomBytes(32));
const origin = "pilotage.example/test";
const signer = { origin, key, verifier: verifierKey(origin, key) };
const actor = { kind: "system", name: "a test" } as const;

async function register(worker: string): Promise<void> {
  await database.run(
    sql`insert into worker (id, started_at) values (${worker}, '2026-01-01') on conflict do nothing`,
  );
}

async function sequencer(
  worker: string,
  more: { batch?: number; database?: Database } = {},
): Promise<Sequencer> {
  await register(worker);
  return openSequencer({ database, audit, clock, worker, signer, log: silentLog, ...more });
}

async function write(count: number, on: Database = database): Promise<void> {
  await on.transaction(async (tx) =>
    audit.record(
      tx,
      Array.from({ length: count }, (_, i) => ({ kind: "case.moved" as const, actor, data: { i } })),
    ),
  );
}

const log = () =>
  database.all<{ seq: number; leaf: Buffer; kind: string; writer: string; wseq: number }>(
    sql`select l.seq, l.leaf, e.kind, e.writer, e.wseq from audit_log l left join audit_event e on e.id = l.event_id order by seq`,
  );
const head = () =>
  database.one<{ size: number; holder: string | null; problem: string | null; gaps: number }>(
    sql`select size, holder, problem, gaps from audit_head`,
  );
const pending = async () =>
  (await database.one<{ n: number }>(sql`select count(*) as n from audit_waiting where not held`)).n;
const lastNote = async () =>
  (await database.maybe<{ note: string }>(sql`select note from audit_checkpoint order by size desc limit 1`))
    ?.note;

/** No gap, no fork: consecutive numbers, and each writer's own numbers in their order. */
async function inOrder(): Promise<void> {
  const rows = await log();
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, i) => i + 1));
  const last = new Map<string, number>();
  for (const { writer, wseq } of rows) {
    expect(wseq).toBeGreaterThan(last.get(writer) ?? 0);
    last.set(writer, wseq);
  }
}

/** How many rows each node of a plan had in its hands. */
function rowsRead(plan: JsonValue): number[] {
  if (Array.isArray(plan)) return plan.flatMap(rowsRead);
  if (typeof plan !== "object" || plan === null) return [];
  const { "Actual Rows": rows, ...rest } = plan;
  return [...(typeof rows === "number" ? [rows] : []), ...Object.values(rest).flatMap(rowsRead)];
}

/** Everything that a test left goes into the log, so that the next one begins with nothing waiting. */
beforeEach(async () => {
  await database.run(sql`delete from worker`);
  await (await sequencer("wrk_sweep")).stop();
  await database.run(sql`delete from worker`);
});

test("events that wait come into the log in batches, with a tree whose root is signed", async () => {
  const one = await sequencer("wrk_1", { batch: 7 });
  await write(50);
  await one.look();
  expect(await pending()).toBe(0);
  const rows = await log();
  const checkpoint = openCheckpoint((await lastNote())!, signer.verifier)!;
  expect(checkpoint.size).toBe(rows.length);
  expect(checkpoint.root).toEqual(rootOfLeaves(rows.map((row) => row.leaf)));
  await inOrder();
});

test("a step looks at no more of a long backlog than it takes", async () => {
  for (let i = 0; i < 100; i++) await write(2);
  const { "QUERY PLAN": plan } = await database.transaction((tx) =>
    tx.one<{ "QUERY PLAN": JsonValue }>(sql`explain (analyze, format json) ${lastGroupOf(10)}`),
  );
  const read = rowsRead(plan);
  expect(read.length).toBeGreaterThan(2);
  expect(Math.max(...read)).toBeLessThanOrEqual(10);
  const one = await sequencer("wrk_1", { batch: 10 });
  const before = (await head()).size;
  await one.look();
  expect((await head()).size).toBe(before + 200);
  expect(await pending()).toBe(0);
  await inOrder();
});

test("a checkpoint is signed again after five seconds, and always when the worker stops", async () => {
  const one = await sequencer("wrk_1");
  await write(1);
  await one.look();
  const first = await lastNote();
  await write(1);
  await one.look();
  expect(await lastNote()).toBe(first);
  await one.stop();
  expect(openCheckpoint((await lastNote())!, signer.verifier)!.size).toBe((await head()).size);
  expect((await head()).holder).toBeNull();
});

test("one worker has the duty; another one takes it when the first is gone, and the first then writes nothing", async () => {
  const one = await sequencer("wrk_1");
  const other = await sequencer("wrk_2");
  await write(3);
  await one.look();
  await write(3);
  await other.look();
  expect(await head()).toMatchObject({ holder: "wrk_1" });
  expect(await pending()).toBe(3);
  await database.run(sql`delete from worker where id = 'wrk_1'`);
  await other.look();
  expect(await head()).toMatchObject({ holder: "wrk_2" });
  expect(await pending()).toBe(0);
  await write(3);
  await register("wrk_1");
  await one.look();
  expect(await pending()).toBe(3);
  await other.stop();
  await inOrder();
});

test("200 parallel writers and two sequencers: no gap, no fork, nothing twice", async () => {
  const wide = openDatabase({ url, log: silentLog, size: 25 });
  afterAll(() => wide.close());
  const before = (await head()).size;
  const [one, other] = [await sequencer("wrk_1", { batch: 20 }), await sequencer("wrk_2", { batch: 20 })];
  let writing = true;
  const sequencing = [one, other].map(async (each) => {
    while (writing) await each.look();
  });
  await Promise.all(Array.from({ length: 200 }, () => write(5, wide)));
  writing = false;
  await Promise.all(sequencing);
  await one.stop();
  await other.stop();
  expect((await head()).size).toBe(before + 1_000);
  expect(await head()).toMatchObject({ gaps: 0, problem: null });
  await inOrder();
});

describe("a crash in the middle of a step", () => {
  test.each(["before", "after"] as const)(
    "%s its commit leaves no gap and does nothing twice",
    async (moment) => {
      let crash = true;
      const fragile = openDatabase({
        url,
        log: silentLog,
        boundary: (when, names) => {
          if (crash && when === moment && names.includes("sequence")) throw new Error("killed");
        },
      });
      afterAll(() => fragile.close());
      const one = await sequencer("wrk_1", { batch: 10, database: fragile });
      const before = (await head()).size;
      for (let i = 0; i < 5; i++) await write(5);
      await expect(one.look()).rejects.toThrowError("killed");
      expect((await head()).size).toBe(moment === "before" ? before : before + 10);
      crash = false;
      await one.look();
      expect((await head()).size).toBe(before + 25);
      expect((await head()).problem).toBeNull();
      await inOrder();
    },
  );
});

test("a second sequencer that does not know what the first did fails at the primary key, and the log says so", async () => {
  const one = await sequencer("wrk_1");
  await write(2);
  await one.look();
  const before = await log();
  await write(2);
  // The head as it was before the last step, as a restored copy of it would be.
  await database.run(sql`update audit_head set size = size - 1`);
  await expect(one.look()).rejects.toThrowError(/duplicate key/);
  expect(await log()).toEqual(before);
  expect(await pending()).toBe(2);
  expect((await head()).problem).toMatch(/duplicate key/);
  await database.run(sql`update audit_head set size = size + 1`);
  await one.look();
  expect(await head()).toMatchObject({ problem: null });
  expect(await pending()).toBe(0);
});

test("an event removed before it came into the log is named there, and the log goes on", async () => {
  const single = openDatabase({ url, log: silentLog, size: 1 });
  afterAll(() => single.close());
  const one = await sequencer("wrk_1");
  await write(2, single);
  await one.look();
  const { writer, wseq } = (await log()).at(-1)!;
  await write(1, single);
  await database.run(sql`delete from audit_pending_group where writer = ${writer} and wseq = ${wseq + 1}`);
  await write(1, single);
  await one.look();
  await one.look();
  expect((await log()).at(-1)!.kind).toBe("audit.gap");
  const { body } = await database.one<{ body: string }>(
    sql`select body from audit_event where kind = 'audit.gap'`,
  );
  expect((JSON.parse(body) as { data: object }).data).toEqual({ writer, from: wseq + 1, to: wseq + 1 });
  expect(await head()).toMatchObject({ gaps: 1, problem: null });
  expect(await pending()).toBe(0);
});

test("a row with a number that was used before is put aside and named, and the others are sequenced", async () => {
  const one = await sequencer("wrk_1");
  await write(2);
  await one.look();
  const { writer, wseq } = (await log()).findLast((row) => row.kind === "case.moved")!;
  await database.run(
    sql`insert into audit_pending (writer, wseq, event_id, leaf) values (${writer}, ${wseq}, 'evt_forged', ${Buffer.alloc(32)})`,
  );
  await write(1);
  await one.look();
  await one.look();
  const held = await database.all<{ event_id: string }>(sql`select event_id from audit_pending where held`);
  expect(held).toEqual([{ event_id: "evt_forged" }]);
  expect((await log()).map((row) => row.kind)).toContain("audit.put_aside");
  expect(await pending()).toBe(0);
  await inOrder();
});

test("events that the previous program left waiting come into the log before those of this one", async () => {
  const one = await sequencer("wrk_1");
  await one.look();
  const before = await head();
  await write(3);
  // As that one left them: each in a row of its own.
  const left = await database.all<{ leaf: Buffer }>(sql`
    insert into audit_pending (writer, wseq, event_id, leaf)
    select writer, wseq, event_id, leaf from audit_waiting where not held order by ticket, wseq returning leaf`);
  await database.run(sql`delete from audit_pending_group`);
  await write(2);
  expect(await pending()).toBe(5);
  await one.look();
  expect(await pending()).toBe(0);
  expect((await log()).slice(before.size, before.size + 3).map((row) => row.leaf)).toEqual(
    left.map((row) => row.leaf),
  );
  expect(await head()).toMatchObject({ size: before.size + 5, gaps: before.gaps, problem: null });
  await inOrder();
});

test("a whole transaction whose numbers were used before is put aside, each of its events by name", async () => {
  const one = await sequencer("wrk_1");
  await write(2);
  await one.look();
  const { writer, wseq } = (await log()).findLast((row) => row.kind === "case.moved")!;
  await database.run(sql`
    insert into audit_pending_group (writer, wseq, event_ids, leaves)
    values (${writer}, ${wseq}, ${["evt_forged_1", "evt_forged_2"]}, ${Buffer.alloc(64)})`);
  await one.look();
  await one.look();
  const aside = await database.all<{ wseq: string; event: string }>(sql`
    select body::json -> 'data' ->> 'wseq' as wseq, body::json -> 'data' ->> 'event' as event from audit_event
    where kind = 'audit.put_aside' and body like '%evt_forged\\_%' order by wseq`);
  expect(aside).toEqual([
    { wseq: String(wseq), event: "evt_forged_1" },
    { wseq: String(wseq + 1), event: "evt_forged_2" },
  ]);
  expect(await pending()).toBe(0);
});

test("a transaction with more events than a row holds keeps their order", async () => {
  const one = await sequencer("wrk_1");
  const before = (await head()).size;
  await write(1_234);
  await one.look();
  expect((await head()).size).toBe(before + 1_234);
  await inOrder();
});

test("a head that does not fit the log is refused by whoever takes over", async () => {
  await write(1);
  await database.run(sql`update audit_head set size = size + 1`);
  const one = await sequencer("wrk_1");
  await expect(one.look()).rejects.toThrowError(/its head stands at/);
  expect((await head()).problem).toMatch(/removed or added by hand/);
  await database.run(sql`update audit_head set size = size - 1`);
  await one.look();
  expect(await head()).toMatchObject({ problem: null, holder: "wrk_1" });
});
