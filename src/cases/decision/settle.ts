/**
 * Result and decision in one transaction: the attempt's end, the output, the decision, and where the case goes.
 *
 * A case that goes out alone becomes `decided` with an undo window of zero; every other one becomes `in_review` with a
 * review waiting. Fenced by the lease like all writes of the path.
 */
import type { Audit } from "../../audit/record.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Operation } from "../../platform/group-commit.ts";
import { rows, sql } from "../../platform/sql.ts";
import type { CaseRow, Lease } from "../case-row.ts";
import { endAttempts, endData, held, insertContent, type AttemptEnd } from "../model/record.ts";
import type { Decision } from "./decide.ts";

export interface Settlement {
  lease: Lease;
  case_: CaseRow;
  decision: Decision;
  /** The attempt that answered; undefined when no model was asked or none answered. */
  end: AttemptEnd | undefined;
  step: number | undefined;
  confidence: number | undefined;
  sealedOutput: Uint8Array | undefined;
  /** Facets of input and output together; undefined leaves those of the intake. */
  facets: Record<string, string | number | boolean> | undefined;
  now: number;
}

/** False for a case that another process holds by now. */
export function settling(audit: Audit, worker: string): Operation<Settlement, boolean> {
  return {
    name: "settle",
    async run(tx, items) {
      const ours = await held(
        tx,
        items.map((one) => one.lease),
      );
      const mine = items.filter((one) => ours.has(one.lease.id));
      if (mine.length === 0) return items.map(() => false);
      await endAttempts(
        tx,
        mine.flatMap((one) => (one.end ? [{ caseId: one.lease.id, end: one.end }] : [])),
      );
      await insertContent(
        tx,
        mine.flatMap((one) =>
          one.sealedOutput ? [{ case_id: one.lease.id, kind: "output", sealed: one.sealedOutput }] : [],
        ),
      );
      await tx.run(sql`
        insert into decision (case_id, outcome, reasons, step, attempt, confidence, threshold, certificate, decided_at)
        select case_id, outcome, reasons, step, attempt, confidence, threshold, certificate, decided_at
        from json_populate_recordset(null::decision, ${rows(
          mine.map((one) => ({
            case_id: one.lease.id,
            outcome: one.decision.outcome,
            reasons: one.decision.reasons,
            step: one.step ?? null,
            attempt: one.sealedOutput ? (one.end?.no ?? null) : null,
            confidence: one.confidence ?? null,
            threshold: one.decision.threshold ?? null,
            certificate: one.decision.certificate ?? null,
            decided_at: isoTime(one.now),
          })),
        )}::json)`);
      await tx.run(sql`
        update case_ c set state = r.state, worker = null, next_at = r.next_at, decided_at = r.decided_at, verdict = r.verdict, facets = coalesce(r.facets, c.facets)
        from json_populate_recordset(null::case_, ${rows(
          mine.map((one) => {
            const auto = one.decision.outcome === "auto";
            const at = auto ? isoTime(one.now) : null;
            return {
              id: one.lease.id,
              state: auto ? "decided" : "in_review",
              next_at: at,
              decided_at: at,
              verdict: auto ? "auto" : null,
              facets: one.facets,
            };
          }),
        )}::json) r
        where c.id = r.id`);
      const reviews = mine.filter((one) => one.decision.outcome !== "auto");
      if (reviews.length > 0)
        await tx.run(sql`
          insert into review (case_id, no, workflow, state, due_at, opened_at)
          select case_id, no, workflow, state, due_at, opened_at from json_populate_recordset(null::review, ${rows(
            reviews.map((one) => ({
              case_id: one.lease.id,
              no: 1,
              workflow: one.case_.workflow,
              state: "waiting",
              due_at: one.case_.due_at === null ? null : isoTime(one.case_.due_at),
              opened_at: isoTime(one.now),
            })),
          )}::json)`);
      audit.record(
        tx,
        mine.flatMap((one) => {
          const about = {
            actor: { kind: "system" as const, name: worker },
            workflow: one.case_.workflow,
            caseId: one.lease.id,
          };
          const to = one.decision.outcome === "auto" ? "decided" : "in_review";
          const moved = {
            kind: "case.moved" as const,
            ...about,
            data: {
              to,
              outcome: one.decision.outcome,
              reasons: one.decision.reasons.map((reason) => reason.code),
              certificate: one.decision.certificate ?? null,
            },
          };
          return one.end
            ? [{ kind: "case.answered" as const, ...about, data: endData(one.end) }, moved]
            : [moved];
        }),
      );
      return items.map((one) => ours.has(one.lease.id));
    },
  };
}
