/**
 * The last look before a case goes out alone: in the transaction that dispatches it, its rung, its certificate and the
 * autonomy are read again.
 *
 * What no longer holds goes back to people: the case waits for a review, its decision says why. The question itself is
 * the one of the decision (decide.ts, certificate.ts), so a case is never judged by two rules.
 */
import type { Audit } from "../../audit/record.ts";
import type { CaseId } from "../../contract/ids.ts";
import type { ReasonCode } from "../../contract/states.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import { rows, sql } from "../../platform/sql.ts";
import type { DialValues } from "../workflow/dials.ts";
import { lapseOf, type CertificateRow } from "./certificate.ts";
import { causeOf, urgentAt } from "./urgency.ts";

/** A case that is about to go out unreviewed. */
export interface Alone {
  id: CaseId;
  workflow: string;
  /** Its draw at intake; below the autonomy in force it may go out. */
  autonomyCoin: number;
  /** The certificate of its decision. */
  certificate: string | undefined;
}

export interface Withheld extends Alone {
  reason: { code: ReasonCode; detail: string };
}

/** Told apart from the reasons of the first decision: such a case was not chosen by its coin alone. */
export const BEFORE_DELIVERY = "before delivery";

/** What decides now whether a case may go out alone, of one workflow. */
interface InForce {
  rung: number;
  autonomy: number;
  /** Of the applied document. */
  digest: string;
  /** Ids of the certificates that hold. */
  certified: Set<string>;
}

/** What is in force in these workflows; their dials and certificates stand still until the transaction ends. */
export async function lockInForce(tx: Tx, workflows: string[], now: number): Promise<Map<string, InForce>> {
  if (workflows.length === 0) return new Map();
  const names = [...new Set(workflows)].sort();
  const [found, certificates] = await Promise.all([
    tx.all<{ name: string; rung: number; autonomy: number; digest: string; dials: DialValues }>(
      sql`select name, rung, autonomy, digest, dials from workflow where name = any(${names}) order by name for share`,
    ),
    // A statement of its own: one that had to wait for the lock would still see the certificates of before.
    tx.all<CertificateRow & { workflow: string }>(sql`
      select id, workflow, release, step, model_answered, model_version, per, threshold, thresholds, target, confidence, expires_at, suspended_at, superseded_by
      from certificate where workflow = any(${names}) and superseded_by is null and suspended_at is null`),
  ]);
  return new Map(
    found.map(({ name, dials, ...one }) => {
      const its = certificates.filter((row) => row.workflow === name && !lapseOf(row, dials, now));
      return [name, { ...one, certified: new Set(its.map((row) => row.id)) }];
    }),
  );
}

/** Those of the cases that may not go out alone any more. */
export function withheldNow(cases: Alone[], inForce: Map<string, InForce>): Withheld[] {
  return cases.flatMap((one): Withheld[] => {
    const { rung = 4, autonomy = 0, certified } = inForce.get(one.workflow) ?? {};
    const because = (reason: { code: ReasonCode }) => [
      { ...one, reason: { ...reason, detail: BEFORE_DELIVERY } },
    ];
    if (rung >= 1) return because({ code: "safe_stop" });
    if (one.certificate === undefined || !certified?.has(one.certificate))
      return because({ code: "certificate_gone" });
    if (!(one.autonomyCoin < autonomy)) return because({ code: "autonomy" });
    return [];
  });
}

/** The certificates with which these cases were decided. */
export async function certificatesOf(tx: Queryable, ids: CaseId[]): Promise<Map<CaseId, string>> {
  if (ids.length === 0) return new Map();
  const found = await tx.all<{ case_id: CaseId; certificate: string }>(
    sql`select case_id, certificate from decision where case_id = any(${ids}) and certificate is not null`,
  );
  return new Map(found.map((row) => [row.case_id, row.certificate]));
}

/** Gives withheld cases to people: state, decision, a new review, and the audit event. */
export async function giveToPeople(
  tx: Tx,
  audit: Audit,
  worker: string,
  cases: Withheld[],
  now: number,
): Promise<void> {
  if (cases.length === 0) return;
  const ids = cases.map((one) => one.id);
  const moved = await tx.all<{ id: CaseId; cold: boolean; due_at: number | null; received_at: number }>(sql`
    update case_ set state = 'in_review', verdict = null, decided_at = null, next_at = null, worker = null where id = any(${ids})
    returning id, cold, due_at, received_at`);
  const reasonOf = new Map(cases.map((one) => [one.id, one.reason]));
  await tx.run(sql`
    update decision d set outcome = 'review', reasons = r.reasons
    from json_to_recordset(${rows(cases.map((one) => ({ id: one.id, reasons: [one.reason] })))}::json) as r (id text, reasons jsonb)
    where d.case_id = r.id`);
  await tx.run(sql`
    insert into review (case_id, no, workflow, state, due_at, urgent_at, cause, opened_at)
    select c.id, (select coalesce(max(r.no), 0) + 1 from review r where r.case_id = c.id), c.workflow, 'waiting', c.due_at, u.urgent_at, u.cause, ${isoTime(now)}::timestamptz
    from json_to_recordset(${rows(
      moved.map(({ id, cold, due_at, received_at }) => {
        const cause = causeOf({ reasons: [reasonOf.get(id)!], cold });
        return { id, cause, urgent_at: isoTime(urgentAt({ cause, dueAt: due_at, receivedAt: received_at })) };
      }),
    )}::json) as u (id text, cause text, urgent_at timestamptz) join case_ c on c.id = u.id`);
  audit.record(
    tx,
    cases.map((one) => ({
      kind: "case.moved",
      actor: { kind: "system", name: worker },
      workflow: one.workflow,
      caseId: one.id,
      data: { to: "in_review", outcome: "review", reasons: [one.reason.code], when: BEFORE_DELIVERY },
    })),
  );
}
