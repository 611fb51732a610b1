/**
 * Result and decision in one transaction: the attempt's end, the output, the decision, and where the case goes.
 *
 * A case that goes out alone leaves in the same transaction, as `delivering` with its outbox, when the delivery lane has
 * a place for it, and else becomes `decided` with an undo window of zero. Every other one becomes `in_review` with a
 * review waiting. Fenced by the lease like all writes of the path.
 */
import type { Audit } from "../../audit/record.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Operation } from "../../platform/group-commit.ts";
import type { Tx } from "../../platform/database.ts";
import { listed, rows, sql } from "../../platform/sql.ts";
import type { CaseRow, Lease } from "../case-row.ts";
import { beginParts, type OutboxItem } from "../delivery/record.ts";
import { makeDue } from "../model/canary-store.ts";
import { recordChanges } from "../model/model-change.ts";
import { keepAnswers, type Kept } from "../model/cached.ts";
import {
  allMoved,
  contentInsert,
  endData,
  endParts,
  fenced,
  fenceOf,
  type AttemptEnd,
} from "../model/record.ts";
import type { Breach } from "./breach.ts";
import { suspendCertificates } from "./certificate-store.ts";
import type { Decision } from "./decide.ts";
import { lockInForce, withheldNow } from "./recheck.ts";
import { causeOf, urgentAt } from "./urgency.ts";

export interface Settlement {
  lease: Lease;
  case_: CaseRow;
  decision: Decision;
  /** The certificate that the answer breaks, because another model gave it, or verified it. */
  breaks: Breach | undefined;
  /** The attempt that answered; undefined when no model was asked or none answered. */
  end: AttemptEnd | undefined;
  step: number | undefined;
  confidence: number | undefined;
  sealedOutput: Uint8Array | undefined;
  /** Under which request the answer is kept for the step `cached`; undefined where it is not. */
  kept: Kept | undefined;
  /** What leaves at once when the case goes out alone; undefined when it shall wait for its turn in the delivery lane. */
  outbox: OutboxItem[] | undefined;
  /** The digest of the workflow's document by which that was made. */
  document: string | undefined;
  /** Facets of input and output together; undefined leaves those of the intake. */
  facets: Record<string, string | number | boolean> | undefined;
  now: number;
}

/** Where a case stands after its settlement; undefined when another process holds it by now. */
export type Settled = "in_review" | "decided" | "delivering" | undefined;

export function settling(audit: Audit, worker: string): Operation<Settlement, Settled> {
  return {
    name: "settle",
    async run(tx, items) {
      const mine = await fenced(tx, items);
      if (mine.length === 0) return items.map(() => undefined);
      const leaving = await mayLeave(tx, mine);
      const states = new Map(mine.map((one) => [one, stateAfter(one, leaving.includes(one))]));
      await Promise.all([
        writeDecisions(tx, mine, leaving),
        moveCases(tx, states),
        openReviews(
          tx,
          mine.filter((one) => states.get(one) === "in_review"),
        ),
      ]);
      audit.record(
        tx,
        mine.flatMap((one) => {
          const about = {
            actor: { kind: "system" as const, name: worker },
            workflow: one.case_.workflow,
            caseId: one.lease.id,
          };
          const to = states.get(one)!;
          const moved = {
            kind: "case.moved" as const,
            ...about,
            data: {
              to,
              outcome: one.decision.outcome,
              reasons: one.decision.reasons.map((reason) => reason.code),
              certificate: one.decision.certificate ?? null,
              ...(to === "delivering" ? { targets: one.outbox!.map((item) => item.target) } : {}),
            },
          };
          return one.end
            ? [{ kind: "case.answered" as const, ...about, data: endData(one.end) }, moved]
            : [moved];
        }),
      );
      await stepBack(tx, audit, worker, mine);
      return items.map((one) => states.get(one));
    },
  };
}

async function openReviews(tx: Tx, items: Settlement[]): Promise<void> {
  if (items.length === 0) return;
  await tx.run(sql`
          insert into review (case_id, no, workflow, state, due_at, urgent_at, cause, opened_at)
          select case_id, no, workflow, state, due_at, urgent_at, cause, opened_at from json_populate_recordset(null::review, ${rows(
            items.map(({ lease, case_, decision, now }) => {
              const cause = causeOf({ reasons: decision.reasons, cold: case_.cold });
              return {
                case_id: lease.id,
                no: 1,
                workflow: case_.workflow,
                state: "waiting",
                due_at: case_.due_at === null ? null : isoTime(case_.due_at),
                urgent_at: isoTime(urgentAt({ cause, dueAt: case_.due_at, receivedAt: case_.received_at })),
                cause,
                opened_at: isoTime(now),
              };
            }),
          )}::json)`);
}

/** Suspends the certificates that answers break, and records what was noticed: once each, whichever case came first. */
async function stepBack(tx: Tx, audit: Audit, worker: string, items: Settlement[]): Promise<void> {
  const broken = new Map<string, { one: Settlement; breach: Breach }>();
  for (const one of items)
    if (one.breaks && !broken.has(one.breaks.certificate))
      broken.set(one.breaks.certificate, { one, breach: one.breaks });
  if (broken.size === 0) return;
  const { now } = items[0]!;
  const by = { kind: "system", name: worker } as const;
  const suspended = await suspendCertificates(
    tx,
    audit,
    { ids: [...broken.keys()] },
    { because: "another model answered than the one that was certified", by, now },
  );
  const noticed = suspended.map((id) => broken.get(id)!);
  await recordChanges(
    tx,
    audit,
    noticed.map(({ one, breach: { certificate, ...change } }) => ({
      ...change,
      workflow: one.case_.workflow,
      found: { by: "case" as const, caseId: one.lease.id },
      certificates: [certificate],
    })),
    { by, now },
  );
  // The canary looks at once whether it is so, for every other workflow that has this model.
  for (const { connection, model } of noticed.map((one) => one.breach))
    if (connection !== undefined) await makeDue(tx, { connection, model }, now, null);
}

function stateAfter({ decision }: Settlement, leaves: boolean): "in_review" | "decided" | "delivering" {
  if (decision.outcome !== "auto") return "in_review";
  return leaves ? "delivering" : "decided";
}

/**
 * Of the cases that may go out at once, those that still may in this transaction; the dispatch judges the others again, with
 * the document of that moment.
 *
 * The workflow is locked before a certificate of it is suspended, too: in the order of everybody who changes both.
 */
async function mayLeave(tx: Tx, items: Settlement[]): Promise<Settlement[]> {
  const ready = items.filter((one) => one.decision.outcome === "auto" && (one.outbox?.length ?? 0) > 0);
  const touched = items.filter((one) => ready.includes(one) || one.breaks !== undefined);
  const inForce = await lockInForce(
    tx,
    touched.map((one) => one.case_.workflow),
    items[0]!.now,
  );
  const withheld = withheldNow(
    ready.map(({ lease, case_, decision }) => ({
      id: lease.id,
      workflow: case_.workflow,
      autonomyCoin: case_.autonomy_coin,
      certificate: decision.certificate,
    })),
    inForce,
  );
  const stay = new Set(withheld.map((one) => one.id));
  return ready.filter(
    (one) => !stay.has(one.lease.id) && inForce.get(one.case_.workflow)?.digest === one.document,
  );
}

/** Everything but the cases themselves, in one statement: decisions, outputs, the ends of attempts, and what leaves at once. */
async function writeDecisions(tx: Tx, items: Settlement[], leaving: Settlement[]): Promise<void> {
  const { attempts, replies } = endParts(
    items.flatMap((one) => (one.end ? [{ caseId: one.lease.id, end: one.end }] : [])),
  );
  const { deliveries, bodies } = beginParts(
    leaving.flatMap((one) => one.outbox!.map((item) => ({ ...item, now: one.now }))),
  );
  const outputs = items.flatMap((one) =>
    one.sealedOutput ? [{ case_id: one.lease.id, kind: "output", sealed: one.sealedOutput }] : [],
  );
  const contents = [...outputs, ...replies, ...bodies];
  const stored = contents.length > 0 ? [sql`stored as (${contentInsert(contents)})`] : [];
  const keeping = items.flatMap((one) =>
    one.kept && one.end?.modelAnswered !== undefined
      ? [
          {
            ...one.kept,
            caseId: one.lease.id,
            modelAnswered: one.end.modelAnswered,
            modelVersion: one.end.modelVersion,
            confidence: one.confidence,
            keptAt: one.now,
          },
        ]
      : [],
  );
  const kept = keeping.length > 0 ? [sql`kept as (${keepAnswers(keeping)})`] : [];
  const decisions = sql`
    decided as (
      insert into decision (case_id, outcome, reasons, step, attempt, confidence, threshold, certificate, decided_at)
      select case_id, outcome, reasons, step, attempt, confidence, threshold, certificate, decided_at
      from json_populate_recordset(null::decision, ${rows(
        items.map((one) => ({
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
      )}::json))`;
  await tx.run(sql`with ${listed([...stored, ...kept, ...attempts, ...deliveries, decisions])} select 1`);
}

/** Moves the cases, fenced; one that leaves at once stays with this process. */
async function moveCases(
  tx: Tx,
  states: Map<Settlement, "in_review" | "decided" | "delivering">,
): Promise<void> {
  const moves = [...states].map(([one, state]) => {
    const at = state === "in_review" ? null : isoTime(one.now);
    return {
      ...fenceOf(one.lease),
      state,
      next_at: at,
      decided_at: at,
      verdict: state === "in_review" ? null : "auto",
      facets: one.facets,
    };
  });
  allMoved(
    await tx.run(sql`
      update case_ c set state = r.state, worker = case when r.state = 'delivering' then c.worker end, next_at = r.next_at,
        decided_at = r.decided_at, verdict = r.verdict, facets = coalesce(r.facets, c.facets)
      from json_to_recordset(${rows(moves)}::json)
        as r (id text, held_by text, lease_no int, state text, next_at timestamptz, decided_at timestamptz, verdict text, facets jsonb)
      where c.id = r.id and (c.worker, c.lease_no) is not distinct from (r.held_by, r.lease_no)`),
    [...states.keys()],
  );
}
