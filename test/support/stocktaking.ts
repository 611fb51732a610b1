/**
 * Takes stock of an installation after it was killed in every way: what was acknowledged, what is stored, what the
 * receiver did, what the audit trail says. Each finding is a sentence; none means that nothing was lost or done twice.
 */
import { CASE_MOVES, FINAL_STATES, type CaseState } from "../../src/contract/states.ts";
import type { Receiver } from "./receiver.ts";
import type { Writer } from "./traffic.ts";
import type { Wreck } from "./wreck.ts";

export interface Stock {
  findings: string[];
  cases: number;
  delivered: number;
  closed: number;
  failed: number;
  effects: number;
  /** Requests that reached the receiver twice or more under one key cannot be seen there; tries are what was stored. */
  tries: number;
  events: number;
  writers: number;
  abandonedAttempts: number;
}

/** Waits until nothing is on its way any more; answers how long that took in milliseconds, throws what still is. */
export async function settled(wreck: Wreck, writer: Writer, within: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const stuck = await onItsWay(wreck, writer);
    const milliseconds = Math.round(performance.now() - start);
    if (stuck === undefined) return milliseconds;
    if (milliseconds > within) throw new Error(`not at rest after ${milliseconds} ms: ${stuck}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function onItsWay(wreck: Wreck, writer: Writer): Promise<string | undefined> {
  const [row] = await wreck.query<{ open: number; files: number; jobs: number; held: number; dead: number }>(
    `select (select count(*)::int from case_ where state <> all($1)) as open,
       (select count(*)::int from intake_key where source = 'drop') as files,
       (select count(*)::int from graphile_worker._private_jobs) as jobs,
       (select count(*)::int from case_ where worker is not null) + (select count(*)::int from feed f where worker is not null and not exists (select from worker w where w.id = f.worker)) as held,
       (select count(*)::int from worker) as dead`,
    [FINAL_STATES],
  );
  const { open, files, jobs, held, dead } = row!;
  if (open > 0) {
    const states = await wreck.query<{ state: string; n: number }>(
      "select state || coalesce(' held by ' || worker, '') as state, count(*)::int as n from case_ where state <> all($1) group by 1",
      [FINAL_STATES],
    );
    const late = await wreck.query(
      "select tries, next_at - clock_timestamp() as due_in, error from delivery where state = 'pending' limit 5",
    );
    return `cases on their way: ${JSON.stringify(late)} ${states.map((one) => `${one.n} ${one.state}`).join(", ")}`;
  }
  if (files < writer.dropped.length)
    return `${writer.dropped.length - files} records of files are not admitted`;
  if (jobs > 0) {
    const waiting = await wreck.query(
      "select task_identifier, attempts, run_at - clock_timestamp() as due_in, locked_at, locked_by, (select array_agg(queue_id) from worker) as queues from graphile_worker.jobs",
    );
    return `jobs that wait: ${JSON.stringify(waiting)}`;
  }
  if (held > 0) return `${held} cases or feeds are held by a process that is gone`;
  if (dead > wreck.workers.length) return `${dead - wreck.workers.length} dead processes are not buried`;
  return undefined;
}

/** Everything that must hold at rest. */
export async function takeStock(wreck: Wreck, writer: Writer): Promise<Stock> {
  const findings = [...writer.contradictions];
  const [counts] = await wreck.query<Omit<Stock, "findings" | "effects">>(
    `select count(*)::int as cases, count(*) filter (where state = 'delivered')::int as delivered, count(*) filter (where state = 'closed')::int as closed,
       count(*) filter (where state = 'failed_delivery')::int as failed,
       (select coalesce(sum(tries), 0)::int from delivery) as tries, (select count(*)::int from audit_event) as events,
       (select count(distinct writer)::int from audit_event) as writers,
       (select count(*)::int from attempt where state = 'abandoned') as "abandonedAttempts"
     from case_`,
  );
  findings.push(...(await acknowledgedIsThere(wreck, writer)));
  for (const [text, sentence] of NEVER) {
    const found = await wreck.query<{ id: string }>(text);
    if (found.length > 0) findings.push(`${found.length} ${sentence}, first: ${found[0]!.id}`);
  }
  findings.push(...(await histories(wreck)));
  const effects = await wreck.receiver.effects();
  findings.push(...(await oneEffectEach(wreck, wreck.receiver)));
  return { findings, ...counts!, effects: effects.size };
}

async function acknowledgedIsThere(wreck: Wreck, writer: Writer): Promise<string[]> {
  const stored = new Map(
    (await wreck.query<{ external_id: string; id: string }>("select external_id, id from case_")).map(
      (row) => [row.external_id, row.id],
    ),
  );
  const findings = [];
  for (const [externalId, caseId] of writer.acknowledged)
    if (stored.get(externalId) !== caseId)
      findings.push(`${externalId} was acknowledged as ${caseId} and is ${stored.get(externalId) ?? "lost"}`);
  for (const id of writer.dropped)
    if (!stored.has(id)) findings.push(`the record ${id} of a file was read and is lost`);
  const kept = new Set((await wreck.query<{ id: string }>("select id from quarantine")).map((row) => row.id));
  for (const id of writer.quarantined)
    if (!kept.has(id)) findings.push(`${id} was answered as quarantined and is lost`);
  return findings;
}

/** What may never be found at rest: a question that answers no row, and what its rows would be. */
const NEVER: [query: string, sentence: string][] = [
  [
    `select min(id) as id from case_ group by workflow, source, external_id having count(*) > 1`,
    "external ids became more than one case",
  ],
  [
    `select id from case_ where not exists (select from intake_key k where k.case_id = case_.id)`,
    "cases have no key",
  ],
  [
    `select case_id as id from intake_key where not exists (select from case_ c where c.id = case_id)`,
    "keys have no case",
  ],
  [
    `select id from case_ where state not in ('delivered', 'closed', 'failed_delivery')`,
    "cases are not in a final state",
  ],
  [
    `select id from case_ c where verdict <> 'reject' and 1 <> (select count(*) from delivery d where d.case_id = c.id)`,
    "cases have another number of deliveries than targets",
  ],
  [
    `select id from case_ c where verdict = 'reject' and exists (select from delivery d where d.case_id = c.id)`,
    "rejected cases have a delivery",
  ],
  [`select case_id as id from attempt where state = 'reserved'`, "attempts are still reserved"],
  [
    `select d.case_id as id from decision d where attempt is not null and not exists (select from attempt a where a.case_id = d.case_id and a.no = d.attempt and a.state = 'answered')`,
    "decisions rest on an attempt that did not answer",
  ],
  [
    `select case_id as id from review where state in ('waiting', 'claimed')`,
    "reviews are open though their case has ended",
  ],
  [
    `select case_id as id from review where state = 'decided' group by case_id having count(*) > 1`,
    "cases were decided twice",
  ],
  [
    `select case_id as id from label where superseded_by is null and withdrawn_at is null group by case_id, source having count(*) > 1`,
    "cases have two labels for one verdict",
  ],
  [
    `select writer as id from audit_event group by writer having min(wseq) <> 1 or max(wseq) <> count(*)`,
    "writers of the audit trail have a gap",
  ],
  [
    `select id from audit_event where leaf <> sha256('\\x00'::bytea || convert_to(body, 'UTF8'))`,
    "audit events do not match their leaf",
  ],
  [
    `select id from audit_event e where not exists (select from audit_log l where l.event_id = e.id and l.leaf = e.leaf)
       and not exists (select from audit_waiting w where w.event_id = e.id and w.leaf = e.leaf and not w.held)`,
    "audit events are neither in the log nor waiting for it",
  ],
  [
    `select event_id as id from audit_waiting w where exists (select from audit_log l where l.event_id = w.event_id)`,
    "audit events are in the log and wait for it",
  ],
  [
    `select seq::text as id from (select seq, row_number() over (order by seq) as n from audit_log) as numbered where seq <> n`,
    "the audit log has a gap",
  ],
  [
    `select problem as id from audit_head where problem is not null or gaps > 0 or size <> coalesce((select max(seq) from audit_log), 0)`,
    "the audit log is not as it should be",
  ],
  [
    `select id from feed_run r where read <> admitted + quarantined + duplicate + skipped`,
    "feed runs do not add up",
  ],
  [`select name as id from feed_file where not done`, "files were not read to their end"],
];

/** Each case's history, event by event, follows allowed moves and ends in its state. */
async function histories(wreck: Wreck): Promise<string[]> {
  const events = await wreck.query<{ case_id: string; kind: string; to: string | null }>(
    // In the order of the log: ids and times go back where a clock was set back.
    `select e.case_id, e.kind, e.body::json -> 'data' ->> 'to' as to from audit_event e
     left join audit_log l on l.event_id = e.id left join audit_waiting w on w.event_id = e.id
     where e.case_id is not null and e.kind in ('case.admitted', 'case.running', 'case.moved', 'review.decided', 'review.undone')
     order by e.case_id, l.seq nulls last, w.ticket, w.wseq`,
  );
  const ends = new Map(
    (await wreck.query<{ id: string; state: CaseState }>("select id, state from case_")).map((row) => [
      row.id,
      row.state,
    ]),
  );
  const findings = [];
  for (const [caseId, history] of Map.groupBy(events, (event) => event.case_id)) {
    const states = history.map((event) => stateAfter(event.kind, event.to));
    const path = states.filter((state, i) => state !== states[i - 1]);
    const wrong = path.findIndex((state, i) =>
      i === 0 ? state !== "received" : !CASE_MOVES[path[i - 1]!].includes(state),
    );
    if (wrong >= 0)
      findings.push(`the history of ${caseId} holds a move that cannot be: ${path.join(" > ")}`);
    if (states.filter((state) => state === "received").length !== 1)
      findings.push(`${caseId} was admitted more than once`);
    if (path.at(-1) !== ends.get(caseId))
      findings.push(`the history of ${caseId} ends in ${path.at(-1)}, the case is ${ends.get(caseId)}`);
    ends.delete(caseId);
  }
  for (const caseId of ends.keys()) findings.push(`${caseId} has no history`);
  return findings;
}

function stateAfter(kind: string, to: string | null): CaseState {
  if (kind === "case.admitted") return "received";
  if (kind === "case.running") return "running";
  if (kind === "review.decided") return "decided";
  return kind === "review.undone" ? "in_review" : (to as CaseState);
}

/** Every delivery that was taken has exactly one effect, and there is no effect that nobody stored. */
export async function oneEffectEach(wreck: Wreck, receiver: Receiver): Promise<string[]> {
  const effects = await receiver.effects();
  const deliveries = await wreck.query<{ key: string; state: string }>("select key, state from delivery");
  const findings = [];
  for (const [key, count] of effects)
    if (count !== 1) findings.push(`the delivery ${key} had ${count} effects`);
  for (const { key, state } of deliveries)
    if (state === "sent" && !effects.has(key))
      findings.push(`the delivery ${key} counts as sent and had no effect`);
  const known = new Set(deliveries.map((row) => row.key));
  for (const key of effects.keys())
    if (!known.has(key)) findings.push(`the receiver acted on ${key}, which is not stored`);
  return findings;
}
