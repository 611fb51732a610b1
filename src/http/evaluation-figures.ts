/** Evaluation runs as the API shows them: how far they are, their figures, two of them beside each other. */
import { maybeIso } from "../cases/view.ts";
import { amountOf, unitsFrom } from "../models/money.ts";
import { isoTime } from "../platform/clock.ts";
import type { Evaluations } from "../releases/evaluation-run.ts";
import type { RunComparison } from "../releases/run-comparison.ts";
import { accuracyOf, progressOf, type RunRow } from "../releases/run-row.ts";

export function shownRun(row: RunRow, now: number) {
  const { right, wrong, share } = accuracyOf(row);
  const { asked, of, left } = progressOf(row, now);
  return {
    id: row.id,
    workflow: row.workflow,
    set: row.set_id,
    setName: row.set_name,
    setVersion: row.set_version,
    kind: row.kind,
    release: row.release,
    step: row.step,
    repeats: row.repeats,
    metrics: row.metrics,
    state: row.state,
    problem: row.problem,
    progress: { asked, of, secondsLeft: left === null ? null : Math.ceil(left / 1_000) },
    items: row.items,
    answered: row.answered,
    failed: row.failed,
    unusable: row.unusable,
    leftOut: row.left_out,
    right,
    wrong,
    accuracy: share,
    meanMilliseconds: row.mean_milliseconds,
    // Written anew: a sum in the database keeps zeros at its end.
    cost: {
      amount: row.cost === null ? null : amountOf(unitsFrom(row.cost)),
      currency: row.currency,
      unknown: row.cost_unknown,
    },
    startedAt: isoTime(row.started_at),
    startedBy: row.started_by,
    finishedAt: maybeIso(row.finished_at),
  };
}

/** The figures of a run, with the cases behind what was taken for what; null until it is done. */
export async function shownFigures(evaluations: Evaluations, run: RunRow) {
  const figures = await evaluations.figures(run);
  if (!figures) return null;
  const behind = figures.classes.flatMap(({ confusions }) => confusions.flatMap(({ items }) => items));
  const cases = await evaluations.casesBehind(run.set_id, [...new Set(behind)]);
  return {
    ...figures,
    classes: figures.classes.map((table) => ({
      ...table,
      confusions: table.confusions.map((one) => ({
        ...one,
        items: one.items.map((no) => ({ no, case: cases.get(no) ?? null })),
      })),
    })),
  };
}

export function shownComparison({ old, new: fresh, interval, difference, ...rest }: RunComparison) {
  return {
    ...rest,
    old: old.id,
    new: fresh.id,
    set: `${fresh.set_name}@${fresh.set_version}`,
    difference: interval && { value: difference, ...interval },
  };
}
