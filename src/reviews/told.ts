/**
 * What people thought of a model's answer, told to telemetry after it is stored: which verdict, and whether the answer was
 * wrong by the release's own `error`. Never who it was, and never a word of it.
 *
 * It stands at the span of the case's question, however long ago that was.
 */
import type { Telling } from "../cases/model/telling.ts";
import { tracesOf } from "../cases/trace.ts";
import type { Queryable } from "../platform/database.ts";
import type { LabelRow } from "./label.ts";
import type { VerdictWrites } from "./store.ts";

export type ToldLabel = Pick<LabelRow, "case_id" | "workflow" | "release" | "arm" | "wrong"> & {
  source: LabelRow["source"] | "feedback";
  /** Of a review: approve, edit or reject. */
  verdict?: string | undefined;
};

/** To be called after labels are stored. */
export type TellLabels = (labels: readonly ToldLabel[]) => void;

/** Labels with the verdicts that they come from. */
export function toldOf({ labels, verdicts }: Pick<VerdictWrites, "labels" | "verdicts">): ToldLabel[] {
  const verdictOf = new Map<string, string>(verdicts.map((one) => [one.review.case_id, one.verdict]));
  return labels.map((one) => ({ ...one, verdict: verdictOf.get(one.case_id) }));
}

/** Tells labels that are stored. Never rejects: what cannot be told is no fault of a review. */
export function openLabelTelling(parts: {
  database: Queryable;
  telling: Pick<Telling, "judged" | "listens">;
}): TellLabels {
  const { database, telling } = parts;
  async function tell(labels: readonly ToldLabel[]): Promise<void> {
    const ids = labels.map((label) => label.case_id);
    // Without a trace of its caller the case has one of its own.
    const traces = await tracesOf(database, ids).catch(() => new Map<string, string>());
    for (const { case_id, workflow, release, arm, source, verdict, wrong } of labels)
      telling.judged({
        judge: source,
        wrong: wrong ?? undefined,
        standing: { traceparent: traces.get(case_id), of: case_id },
        own: {
          "pilotage.case.id": case_id,
          "pilotage.workflow": workflow,
          "pilotage.release": release,
          "pilotage.arm": arm,
          ...(verdict === undefined ? {} : { "pilotage.verdict": verdict }),
        },
      });
  }
  return (labels) => {
    if (telling.listens && labels.length > 0) void tell(labels);
  };
}
