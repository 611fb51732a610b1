/**
 * The blind second look: after its delivery a case is judged once more, by another person, as it was shown at first.
 *
 * A coin chooses it at one rate in all arms, whoever decided it, so that its labels measure people and models alike. The
 * verdict never moves the case and changes nothing that went out: it leaves a label, and where it differs from what was
 * delivered an entry on the list of improvements, once it can no longer be taken back. Nothing tells the reviewer that it
 * is one. What nobody takes in two weeks lapses.
 */
import { personKey } from "../access/caller.ts";
import type { Audit } from "../audit/record.ts";
import { causeOf, urgentAt } from "../cases/decision/urgency.ts";
import { dueAt } from "../cases/intake/due.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Id } from "../contract/ids.ts";
import type { JsonObject } from "../contract/json.ts";
import type { ReviewReason } from "../contract/states.ts";
import { isWrong } from "../definition/error-rule.ts";
import type { ReleaseDocument } from "../definition/document.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Tx } from "../platform/database.ts";
import * as store from "./blind-store.ts";
import type { Improvements } from "./feedback/improvements.ts";
import { labelOf, wrongByRejection, type LabelRow } from "./label.ts";
import { insertTurns, type OpenReview } from "./store.ts";

const LAPSES_AFTER = 14 * 86_400_000;
const AT_ONCE = 100;

/** The label of a blind verdict: whether what was delivered was wrong, judged by what this person would have sent. */
export function blindLabel(given: {
  id: Id<"label">;
  review: OpenReview;
  error: ReleaseDocument["error"];
  /** What went out; undefined where that was a rejection, or is gone. */
  delivered: JsonObject | undefined;
  /** What this person would have sent; undefined when they rejected. */
  answer: JsonObject | undefined;
  reason: ReviewReason | undefined;
  /** An output was shown to them. */
  seen: boolean;
  probability: number | null;
  reviewer: { name: string; simulated: boolean };
  now: number;
}): LabelRow {
  const { id, review, delivered, answer, reviewer, now } = given;
  const wrong =
    answer === undefined
      ? wrongByRejection(given.reason)
      : delivered && isWrong(given.error, delivered, answer);
  return {
    ...labelOf({ id, review, wrong, seen: given.seen, reviewer, now }),
    source: "second_review",
    asked_for: "second_look",
    probability: given.probability,
  };
}

/** Takes the own blind verdict back while its undo window is open; undefined when there is none to take back. */
export async function takeBlindBack(
  parts: { clock: Clock; registry: Registry; audit: Audit },
  tx: Tx,
  caseId: string,
  reviewer: { holder: string; actor: Actor },
): Promise<"in_review" | undefined> {
  const now = parts.clock.now();
  const workflow = await store.workflowOfLook(tx, caseId);
  if (workflow === undefined) return undefined;
  const { document } = await parts.registry.workflow(tx, workflow);
  const since = now - document.undo;
  const undone = await store.undoBlind(tx, { caseId, holder: reviewer.holder, now, since });
  if (!undone) return undefined;
  parts.audit.record(tx, [
    { kind: "review.undone", actor: reviewer.actor, workflow, caseId, data: { review: undone.no } },
  ]);
  return "in_review";
}

export interface SecondLooks {
  /** The duty: opens what the coin chose, puts differences on the list, lets lapse what nobody took. */
  look(): Promise<void>;
}

export function openSecondLooks(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
  worker: string;
  improvements: Pick<Improvements, "keep" | "tell">;
}): SecondLooks {
  const { database, registry, clock, audit, worker, improvements } = parts;
  const actor = { kind: "system", name: worker } as const;

  async function open(tx: Tx): Promise<void> {
    const now = clock.now();
    const ready = await store.readyToOpen(tx, AT_ONCE);
    if (ready.length === 0) return;
    const judges = await store.judgesOf(
      tx,
      ready.map((one) => one.case_id),
    );
    const turns = [];
    for (const { case_id, workflow, reviews, ...shown } of ready) {
      const { document } = await registry.workflow(tx, workflow);
      const due = document.due ? dueAt(now, document.due.workingHours, document.calendar) : null;
      // By what the task shows: a look that came at another place than its like would be told from them.
      const cause = causeOf(shown);
      turns.push({
        case_id,
        no: reviews + 1,
        workflow,
        turn: "blind" as const,
        due_at: due,
        urgent_at: urgentAt({ cause, dueAt: due, receivedAt: now }),
        cause,
        not_for: [...new Set((judges.get(case_id) ?? []).map(personKey))],
        behind: [],
        prefer: null,
        prefer_until: null,
        came_back: null,
        opened_at: now,
      });
    }
    await insertTurns(tx, turns);
    await store.markOpened(
      tx,
      ready.map((one) => one.case_id),
      now,
    );
    // Without the case: its history is read by those who are to judge it blind.
    for (const [workflow, list] of Map.groupBy(ready, (one) => one.workflow))
      audit.record(tx, [{ kind: "second_look.opened", actor, workflow, data: { cases: list.length } }]);
  }

  async function settle(): Promise<void> {
    for (const workflow of await store.workflowsWithEnded(database)) {
      const before = clock.now() - (await registry.workflow(database, workflow)).document.undo;
      const kept = await database.transaction(async (tx) => {
        const ended = await store.endedLooks(tx, { workflow, before, most: AT_ONCE });
        const differing = [];
        for (const one of ended) {
          if (one.wrong !== true) continue;
          differing.push(
            await improvements.keep(
              tx,
              {
                workflow,
                kind: "wrong_result",
                reason: one.reason,
                field: one.wrong_fields?.[0] ?? null,
                door: "second_look",
                caseId: one.case_id,
                person: null,
                label: one.label,
                words: undefined,
              },
              undefined,
              actor,
            ),
          );
        }
        await store.markDone(
          tx,
          ended.map((one) => one.case_id),
        );
        return differing;
      });
      for (const one of kept) await improvements.tell(workflow, one, { everyReport: false });
    }
  }

  async function lapse(tx: Tx): Promise<void> {
    const lapsed = await store.lapse(tx, clock.now() - LAPSES_AFTER);
    for (const [workflow, list] of Map.groupBy(lapsed, (one) => one.workflow))
      audit.record(tx, [{ kind: "second_look.lapsed", actor, workflow, data: { cases: list.length } }]);
  }

  return {
    async look() {
      if (!(await store.anyOpen(database))) return;
      await database.transaction(open);
      await settle();
      await database.transaction(lapse);
    },
  };
}
