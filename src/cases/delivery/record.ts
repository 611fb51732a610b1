/**
 * The outbox: what is to be sent, each try before it is made, and each outcome, in transactions of their own.
 *
 * `dispatch` closes the undo window: the case becomes `delivering` with one row and one sealed body per target, or
 * `closed` when the verdict was to reject. What nobody reviewed is judged once more in that transaction, and goes to a
 * person when it may not go out alone any longer. A delivery is sent at least once, always under the same key.
 */
import type { Audit } from "../../audit/record.ts";
import type { CaseId } from "../../contract/ids.ts";
import type { JsonObject } from "../../contract/json.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Queryable } from "../../platform/database.ts";
import type { Operation } from "../../platform/group-commit.ts";
import { listed, rows, sql, type Sql } from "../../platform/sql.ts";
import type { Lease } from "../case-row.ts";
import { certificatesOf, giveToPeople, lockInForce, withheldNow } from "../decision/recheck.ts";
import { allMoved, contentInsert, fenced, fenceOf, held, type Content } from "../model/record.ts";

export interface OutboxItem {
  caseId: CaseId;
  target: string;
  key: string;
  sealedBody: Uint8Array;
}

export interface Dispatch {
  lease: Lease;
  workflow: string;
  /** Its draw for autonomy, when no person decided it: then it is judged once more before it goes out. */
  aloneWith: number | undefined;
  /** Empty when the verdict was to reject: nothing leaves. */
  items: OutboxItem[];
  /** The items take the place of what was delivered before, in a correction. */
  corrects: boolean;
  now: number;
}

export interface Attempting {
  lease: Lease;
  targets: string[];
  now: number;
}

export type TargetResult =
  | { target: string; kind: "sent"; receipt: JsonObject }
  | { target: string; kind: "again"; at: number; error: string }
  | { target: string; kind: "dead"; error: string };

export interface Results {
  lease: Lease;
  workflow: string;
  results: TargetResult[];
  /** The earliest time at which a delivery of this case is tried again; undefined when none is pending. */
  next: number | undefined;
  /** What becomes of the case. */
  to: "delivered" | "failed_delivery" | "delivering";
  /** The probability with which the coin chose it for a blind second look, once it is delivered; undefined: it did not. */
  secondLook: number | undefined;
  now: number;
}

export interface DeliveryRow {
  case_id: CaseId;
  target: string;
  key: string;
  state: "pending" | "sent" | "dead";
  tries: number;
  /** Tries that ended in a known failure since the beginning or the last replay; a try that a crash cut off is none. */
  failures: number;
  next_at: number | null;
  sent_at: number | null;
  error: string | null;
}

export async function deliveriesOf(database: Queryable, ids: string[]): Promise<Map<string, DeliveryRow[]>> {
  const found = await database.all<DeliveryRow>(sql`
    select case_id, target, key, state, tries, failures, next_at, sent_at, error from delivery where case_id = any(${ids}) order by case_id, target`);
  return Map.groupBy(found, (row) => row.case_id);
}

/** False for a case that another process holds by now, or that a person gets after all. */
export function dispatching(audit: Audit, worker: string): Operation<Dispatch, boolean> {
  return {
    name: "dispatch",
    async run(tx, list) {
      const ours = await held(
        tx,
        list.map((one) => one.lease),
      );
      const alone = list.flatMap(({ lease, workflow, aloneWith }) =>
        aloneWith !== undefined && ours.has(lease.id)
          ? [{ id: lease.id, workflow, autonomyCoin: aloneWith }]
          : [],
      );
      const certificates = await certificatesOf(
        tx,
        alone.map((one) => one.id),
      );
      const inForce = await lockInForce(
        tx,
        alone.map((one) => one.workflow),
        list[0]!.now,
      );
      const withheld = withheldNow(
        alone.map((one) => ({ ...one, certificate: certificates.get(one.id) })),
        inForce,
      );
      for (const { id } of withheld) ours.delete(id);
      await giveToPeople(tx, audit, worker, withheld, list[0]!.now);
      const mine = list.filter((one) => ours.has(one.lease.id));
      const itemsOf = (list: Dispatch[]) =>
        list.flatMap((one) => one.items.map((item) => ({ ...item, now: one.now })));
      await beginAgain(tx, itemsOf(mine.filter((one) => one.corrects)));
      const { deliveries, bodies } = beginParts(itemsOf(mine.filter((one) => !one.corrects)));
      const writes: Promise<unknown>[] = [];
      if (bodies.length > 0) writes.push(tx.run(sql`with ${listed(deliveries)} ${contentInsert(bodies)}`));
      const moves = mine.map((one) => ({
        id: one.lease.id,
        state: one.items.length > 0 ? "delivering" : "closed",
        at: isoTime(one.now),
      }));
      if (moves.length > 0)
        writes.push(
          tx.run(sql`
          update case_ c set state = r.state,
            next_at = case when r.state = 'delivering' then r.at end,
            worker = case when r.state = 'delivering' then c.worker end,
            closed_at = case when r.state = 'closed' then r.at end
          from json_to_recordset(${rows(moves)}::json) as r (id text, state text, at timestamptz) where c.id = r.id`),
        );
      await Promise.all(writes);
      audit.record(
        tx,
        mine.map((one, i) => ({
          kind: "case.moved",
          actor: { kind: "system", name: worker },
          workflow: one.workflow,
          caseId: one.lease.id,
          data: { to: moves[i]!.state, targets: one.items.map((item) => item.target) },
        })),
      );
      return list.map((one) => ours.has(one.lease.id));
    },
  };
}

/**
 * The outbox rows of cases with the first try, which follows at once, as parts of a statement, and their sealed bodies; none
 * for an empty list.
 */
export function beginParts(items: (OutboxItem & { now: number })[]): {
  deliveries: Sql[];
  bodies: Content[];
} {
  if (items.length === 0) return { deliveries: [], bodies: [] };
  const first = items.map((item) => ({
    case_id: item.caseId,
    target: item.target,
    key: item.key,
    at: isoTime(item.now),
  }));
  const deliveries = [
    sql`leaving as materialized (
      select * from json_to_recordset(${rows(first)}::json) as r (case_id text, target text, key text, at timestamptz))`,
    sql`begun as (
      insert into delivery (case_id, target, key, state, tries, next_at) select case_id, target, key, 'pending', 1, at from leaving)`,
    sql`tried as (
      insert into delivery_attempt (case_id, target, no, started_at) select case_id, target, 1, at from leaving)`,
  ];
  const bodies = items.map((item) => ({
    case_id: item.caseId,
    kind: `delivery.${item.target}`,
    sealed: item.sealedBody,
  }));
  return { deliveries, bodies };
}

/** The outbox rows of a correction: the old ones, under their new keys and with the first new try. What they were is with the correction. */
async function beginAgain(tx: Queryable, items: (OutboxItem & { now: number })[]): Promise<void> {
  if (items.length === 0) return;
  const again = items.map((item) => ({
    case_id: item.caseId,
    target: item.target,
    key: item.key,
    at: isoTime(item.now),
  }));
  const bodies = items.map((item) => ({
    case_id: item.caseId,
    kind: `delivery.${item.target}`,
    sealed: item.sealedBody,
  }));
  await tx.run(sql`
    with begun as (
      update delivery d set key = r.key, state = 'pending', tries = d.tries + 1, failures = 0, next_at = r.at, sent_at = null, error = null, receipt = null
      from json_to_recordset(${rows(again)}::json) as r (case_id text, target text, key text, at timestamptz)
      where d.case_id = r.case_id and d.target = r.target
      returning d.case_id, d.target, d.tries, r.at),
    tried as (insert into delivery_attempt (case_id, target, no, started_at) select case_id, target, tries, at from begun)
    ${contentInsert(bodies)}`);
}

/** Counts a try before it is made, so that a crash in the middle is seen as one. */
export function attempting(): Operation<Attempting, boolean> {
  return {
    name: "try",
    async run(tx, list) {
      const ours = await held(
        tx,
        list.map((one) => one.lease),
      );
      const tries = list.flatMap((one) =>
        ours.has(one.lease.id)
          ? one.targets.map((target) => ({ case_id: one.lease.id, target, at: isoTime(one.now) }))
          : [],
      );
      if (tries.length > 0)
        await tx.run(sql`
          with tried as (
            update delivery d set tries = d.tries + 1
            from json_to_recordset(${rows(tries)}::json) as r (case_id text, target text, at timestamptz)
            where d.case_id = r.case_id and d.target = r.target
            returning d.case_id, d.target, d.tries, r.at)
          insert into delivery_attempt (case_id, target, no, started_at) select case_id, target, tries, at from tried`);
      return list.map((one) => ours.has(one.lease.id));
    },
  };
}

export function concluding(audit: Audit, worker: string): Operation<Results, boolean> {
  return {
    name: "deliver",
    async run(tx, list) {
      const mine = await fenced(tx, list);
      const results = mine.flatMap((one) =>
        one.results.map((result) => ({
          case_id: one.lease.id,
          target: result.target,
          state: result.kind === "again" ? "pending" : result.kind,
          next_at: result.kind === "again" ? isoTime(result.at) : null,
          sent_at: result.kind === "sent" ? isoTime(one.now) : null,
          error: result.kind === "sent" ? null : result.error,
          receipt: result.kind === "sent" ? result.receipt : null,
          at: isoTime(one.now),
        })),
      );
      const writes: Promise<unknown>[] = [];
      if (results.length > 0)
        writes.push(
          tx.run(sql`
          with r as (
            select * from json_to_recordset(${rows(results)}::json)
              as r (case_id text, target text, state text, next_at timestamptz, sent_at timestamptz, error text, receipt jsonb, at timestamptz)),
          done as (
            update delivery d set state = r.state, failures = d.failures + (r.state <> 'sent')::int, next_at = r.next_at, sent_at = r.sent_at, error = r.error, receipt = r.receipt
            from r where d.case_id = r.case_id and d.target = r.target
            returning d.case_id, d.target, d.tries, r.at, r.error)
          update delivery_attempt a set finished_at = done.at, error = done.error
          from done where a.case_id = done.case_id and a.target = done.target and a.no = done.tries`),
        );
      const moves = mine.map((one) => ({
        ...fenceOf(one.lease),
        state: one.to,
        next_at: one.next === undefined ? null : isoTime(one.next),
        delivered_at: one.to === "delivered" ? isoTime(one.now) : null,
      }));
      if (moves.length > 0)
        writes.push(
          tx
            .run(
              sql`
            update case_ c set state = r.state, worker = null, next_at = r.next_at, delivered_at = r.delivered_at
            from json_to_recordset(${rows(moves)}::json) as r (id text, held_by text, lease_no int, state text, next_at timestamptz, delivered_at timestamptz)
            where c.id = r.id and (c.worker, c.lease_no) is not distinct from (r.held_by, r.lease_no)`,
            )
            .then((moved) => allMoved(moved, mine)),
        );
      const looks = mine.flatMap((one) =>
        one.to === "delivered" && one.secondLook !== undefined
          ? [
              {
                case_id: one.lease.id,
                workflow: one.workflow,
                probability: one.secondLook,
                at: isoTime(one.now),
              },
            ]
          : [],
      );
      if (looks.length > 0)
        writes.push(
          tx.run(sql`
          insert into second_look (case_id, workflow, probability, state, drawn_at)
          select case_id, workflow, probability, 'waiting', at
          from json_to_recordset(${rows(looks)}::json) as r (case_id text, workflow text, probability numeric, at timestamptz)
          on conflict do nothing`),
        );
      await Promise.all(writes);
      audit.record(
        tx,
        mine.flatMap((one) => {
          const about = {
            actor: { kind: "system" as const, name: worker },
            workflow: one.workflow,
            caseId: one.lease.id,
          };
          const each = one.results.map((result) => ({
            kind:
              result.kind === "sent"
                ? ("delivery.sent" as const)
                : result.kind === "dead"
                  ? ("delivery.dead" as const)
                  : ("delivery.failed" as const),
            ...about,
            data: {
              target: result.target,
              ...(result.kind === "sent" ? {} : { error: result.error.slice(0, 300) }),
            },
          }));
          return one.to === "delivering"
            ? each
            : [...each, { kind: "case.moved" as const, ...about, data: { to: one.to } }];
        }),
      );
      return list.map((one) => mine.includes(one));
    },
  };
}
