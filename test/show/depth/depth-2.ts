/**
 * depth.2: the audit log has no gap and no fork, and every tampering is named.
 *
 * The real program, web and two workers that compete for the duty, on a database of its own: 200 writers at once, the
 * worker with the duty is killed with -9 in between. The log is exported and verified by the command line in a process
 * without a database. Then tampering: with exports, and in the database with every guard off. Then a million events.
 *
 * Options: --transactions n (per writer), --backlog n, --events n.
 */
import pg from "pg";
import { openAudit } from "../../../src/audit/record.ts";
import { verifyBundle } from "../../../src/audit/bundle.ts";
import { writeBundle } from "../../../src/cli/audit-bundle.ts";
import type { AuditStatus } from "../../../src/contract/audit.ts";
import type { JsonObject } from "../../../src/contract/json.ts";
import { idSource } from "../../../src/platform/chance.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { openDatabase } from "../../../src/platform/database.ts";
import { readConnection } from "../../../src/platform/embedded/connection.ts";
import { silentLog } from "../../../src/platform/log.ts";
import { migrate } from "../../../src/platform/migrations.ts";
import { generateBundle, makeLog, saveBundle } from "../../support/audit-bundle.ts";
import { until } from "../../support/installation.ts";
import { ATTACKS, type Tools } from "../../support/tampering.ts";
import { launchWreck, type Wreck } from "../../support/wreck.ts";
import type { Context, Outcome } from "../point.ts";
import { verifyApart, writeAtOnce } from "./audit-program.ts";
import { join } from "node:path";

export const title =
  "200 parallel writers, the sequencer killed in between: no gap, no fork; every kind of tampering is named; a million events verify";

const WRITERS = 200;
const LEAST_KINDS = 20;
const TAKEN_OVER_WITHIN = 20_000;

export async function run(context: Context): Promise<Outcome> {
  const option = (name: string, usual: number) => Number(context.options[name] ?? usual);
  const wreck = await launchWreck({ folder: context.folder("wreck"), workers: 2 });
  context.after(() => wreck.stop());
  const { url } = readConnection(join(wreck.dataHome, "connection.json"))!;

  const writing = await underLoad(context, wreck, url, option("transactions", 100));
  const drained = await drain(context, wreck, url, option("backlog", 200_000));
  const exported = await exportAndVerify(context, wreck);
  const kinds = await tamperWithExports(context, url);
  const inside = await tamperInside(context, wreck, url);
  const million = await verifyMany(context, option("events", 1_000_000));
  return {
    met: writing.met && exported.met && kinds.met && inside.met && million.met && drained["problem"] === null,
    figures: {
      writing: writing.figures,
      drained,
      exported: exported.figures,
      tampering: kinds.figures,
      inDatabase: inside.figures,
      million: million.figures,
    },
  };
}

interface Part {
  met: boolean;
  figures: JsonObject;
}

const status = (wreck: Wreck): Promise<AuditStatus> => wreck.client.getAudit();
const atRest = (wreck: Wreck) =>
  until(
    () => status(wreck),
    ({ pending, checkpoint, size }) => pending.count === 0 && checkpoint?.size === size,
    300_000,
  );

/** 200 writers while two workers compete, and the one with the duty is killed. */
async function underLoad(context: Context, wreck: Wreck, url: string, transactions: number): Promise<Part> {
  const database = openDatabase({ url, log: silentLog, size: WRITERS });
  context.after(() => database.close());
  const clock = systemClock;
  const audit = openAudit({ clock, newId: idSource(clock) });
  await Promise.all(wreck.workers.map((worker) => worker.up()));
  const before = await until(
    () => status(wreck),
    ({ sequencer }) => sequencer !== null,
  );
  const writes = writeAtOnce(database, audit, WRITERS, transactions);
  await until(
    () => status(wreck),
    ({ size }) => size > before.size + WRITERS,
  );
  // Which of the two has the duty is known to its own log alone.
  const holder = wreck.workers.find((worker) =>
    worker.log.some((line) => line.includes("sequences the audit log") && line.includes(before.sequencer!)),
  );
  const killed = performance.now();
  await holder?.kill();
  const left = await status(wreck);
  const taking = until(
    () => status(wreck),
    ({ sequencer, size }) => sequencer !== before.sequencer && size > left.size,
    60_000,
  ).then(() => Math.round(performance.now() - killed));
  const [stored, takenOverMs] = await Promise.all([writes, taking]);
  const rest = await atRest(wreck);
  const [counts] = await wreck.query<{
    gaps: number;
    forks: number;
    writers: number;
    events: number;
    logged: number;
  }>(`
    select (select count(*)::int from (select seq, row_number() over (order by seq) as n from audit_log) as numbered where seq <> n) as gaps,
      (select count(*)::int from (
        select wseq, row_number() over (partition by e.writer order by l.seq) as n from audit_log l join audit_event e on e.id = l.event_id) as numbered
       where wseq <> n) as forks,
      (select count(distinct writer)::int from audit_event) as writers,
      (select count(*)::int from audit_event) as events, (select count(*)::int from audit_log) as logged`);
  context.progress(`${JSON.stringify(counts)}, taken over after ${takenOverMs} ms`);
  const { gaps, forks, events, logged, writers } = counts!;
  return {
    met:
      holder !== undefined &&
      gaps === 0 &&
      forks === 0 &&
      events === logged &&
      rest.gaps === 0 &&
      rest.putAside === 0 &&
      writers >= WRITERS &&
      rest.size >= before.size + stored &&
      takenOverMs < TAKEN_OVER_WITHIN,
    figures: {
      parallel: WRITERS,
      stored,
      events,
      logged,
      writers,
      gaps,
      forks,
      killedHolder: holder !== undefined,
      takenOverMs,
    },
  };
}

/** What piled up without a worker is sequenced when one comes: events a second. */
async function drain(context: Context, wreck: Wreck, url: string, backlog: number): Promise<JsonObject> {
  for (const worker of wreck.workers) await worker.stop();
  const database = openDatabase({ url, log: silentLog, size: 8 });
  context.after(() => database.close());
  const clock = systemClock;
  const audit = openAudit({ clock, newId: idSource(clock) });
  const actor = { kind: "system", name: "a proof" } as const;
  const writeSome = async () => {
    for (let left = backlog / 8; left > 0; left -= 250)
      await database.transaction(async (tx) =>
        audit.record(
          tx,
          Array.from({ length: Math.min(250, left) }, (_, i) => ({
            kind: "case.moved" as const,
            actor,
            data: { i },
          })),
        ),
      );
  };
  const wrote = performance.now();
  await Promise.all(Array.from({ length: 8 }, writeSome));
  const writeSeconds = (performance.now() - wrote) / 1000;
  const waiting = await status(wreck);
  const worker = wreck.addWorker();
  await until(
    () => status(wreck),
    ({ size }) => size > waiting.size,
    60_000,
  );
  const [first, started] = [await status(wreck), performance.now()];
  const last = await until(
    () => status(wreck),
    ({ pending }) => pending.count === 0,
    300_000,
  );
  const seconds = (performance.now() - started) / 1000;
  await worker.up();
  const rate = Math.round((last.size - first.size) / seconds);
  context.progress(`${waiting.pending.count} events that waited, ${rate} a second`);
  return {
    waited: waiting.pending.count,
    writtenPerSecond: Math.round(backlog / writeSeconds),
    sequencedPerSecond: rate,
    problem: last.problem,
  };
}

async function exportAndVerify(context: Context, wreck: Wreck): Promise<Part> {
  const { size, verifier } = await atRest(wreck);
  const folder = join(context.folder("export"), "bundle");
  const started = performance.now();
  await writeBundle(folder, wreck.client.auditLines({}), () => undefined);
  const exportSeconds = Math.round((performance.now() - started) / 100) / 10;
  const { verdict, exit, seconds, peakMb } = await verifyApart(folder, verifier!);
  context.progress(`${size} events exported in ${exportSeconds} s, verified in ${seconds} s`);
  return {
    met: exit === 0 && verdict.ok && verdict.checked === verdict.of && verdict.checked >= size,
    figures: { events: verdict.checked, exportSeconds, verifySeconds: seconds, peakMb, exit },
  };
}

/** Databases of their own on the same server, so that what is attacked is known to the event. */
async function tamperWithExports(context: Context, url: string): Promise<Part> {
  const folder = context.folder("tampering");
  const [log, other] = [await logIn(context, url, "one", 4), await logIn(context, url, "two", 2)];
  const bundles = {
    whole: await log.export(join(folder, "whole")),
    part: await log.export(join(folder, "part"), { workflow: "flow-1" }),
  };
  const foreign = await other.export(join(folder, "foreign"));
  const unnamed: string[] = [];
  const falseAlarms: string[] = [];
  for (const [i, attack] of ATTACKS.entries()) {
    const bundle = structuredClone(bundles[attack.on ?? "whole"]);
    const tools: Tools = { key: log.key, foreign, older: [] };
    const expected = attack.tamper(bundle, tools);
    saveBundle(join(folder, `attack-${i}`), bundle, attack.keepManifest);
    saveBundle(join(folder, `twin-${i}`), structuredClone(bundles[attack.on ?? "whole"]));
    const wish = { key: log.verifier, older: tools.older };
    const { fault } = await verifyBundle(join(folder, `attack-${i}`), wish);
    const named =
      fault?.code === expected.code &&
      (expected.in === undefined
        ? fault.seq === expected.seq
        : fault.seq === expected.in[0] && (fault.through ?? fault.seq) === expected.in[1]);
    if (!named) unnamed.push(attack.name);
    const twin = await verifyBundle(join(folder, `twin-${i}`), { key: log.verifier });
    if (!twin.ok) falseAlarms.push(attack.name);
  }
  context.progress(
    `${ATTACKS.length} kinds of tampering, ${unnamed.length} not named, ${falseAlarms.length} false alarms`,
  );
  return {
    met: unnamed.length === 0 && falseAlarms.length === 0 && ATTACKS.length >= LEAST_KINDS,
    figures: { kinds: ATTACKS.length, unnamed, falseAlarms },
  };
}

async function logIn(context: Context, url: string, name: string, parts: number) {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database audit_${name}`);
  await admin.end();
  const address = new URL(url);
  address.pathname = `/audit_${name}`;
  await migrate(address.href);
  const database = openDatabase({ url: address.href, log: silentLog, size: 4 });
  context.after(() => database.close());
  return makeLog(database, { parts, size: 24, origin: `pilotage.example/${name}` });
}

/** With the rights of the server's owner and every trigger off; found by an export that is verified, as anybody would. */
async function tamperInside(context: Context, wreck: Wreck, url: string): Promise<Part> {
  const { verifier } = await status(wreck);
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  context.after(() => owner.end());
  await owner.query("set session_replication_role = replica");
  const eventAt = async (seq: number) =>
    (await owner.query<{ event_id: string }>("select event_id from audit_log where seq = $1", [seq])).rows[0]!
      .event_id;
  const ids = { body: await eventAt(30), row: await eventAt(20) };
  const steps: [string, string, unknown[], string, number][] = [
    ["a leaf of the log changed", "update audit_log set leaf = sha256('x') where seq = 50", [], "leaf", 50],
    ["a row of the log removed", "delete from audit_log where seq = 40", [], "missing", 40],
    ["a body changed", "update audit_event set body = body || ' ' where id = $1", [ids.body], "leaf", 30],
    ["an event removed", "delete from audit_event where id = $1", [ids.row], "body_gone", 20],
  ];
  const found: JsonObject = {};
  let met = true;
  for (const [name, statement, values, code, seq] of steps) {
    await owner.query(statement, values);
    const folder = join(context.folder("inside"), "bundle");
    await writeBundle(folder, wreck.client.auditLines({}), () => undefined);
    const { verdict, exit } = await verifyApart(folder, verifier!);
    found[name] = `${verdict.fault?.code} ${verdict.fault?.seq}`;
    met &&= exit === 3 && verdict.fault?.code === code && verdict.fault.seq === seq;
  }
  const thorough = await wreck.client.getAudit({ query: { thorough: "true" } });
  found["events that never came into the log"] = thorough.unlogged!.count;
  context.progress(`in the database: ${JSON.stringify(found)}`);
  return { met: met && thorough.unlogged!.count === 1, figures: found };
}

async function verifyMany(context: Context, events: number): Promise<Part> {
  const folder = join(context.folder("million"), "bundle");
  context.progress(`writing a bundle of ${events} events`);
  const key = await generateBundle(folder, events, "pilotage.example/million");
  const { verdict, exit, seconds, peakMb } = await verifyApart(folder, key);
  context.progress(`${verdict.checked} events verified in ${seconds} s with ${peakMb} MB at most`);
  return {
    met: exit === 0 && verdict.ok && verdict.checked === events,
    figures: { events: verdict.checked, seconds, peakMb, eventsPerSecond: Math.round(events / seconds) },
  };
}
