/** Two finished runs over the same version of a set, read and set beside each other; the pairs are counted in run-pairs.ts. */
import { PilotageError } from "../contract/errors.ts";
import { canonical } from "../definition/digest.ts";
import { demandMetrics, evidenceKind, metricNames, writeMetric } from "../definition/metric.ts";
import { rightnessBy } from "./run-counts.ts";
import { casesBehind, wholeRun, type RunItemParts } from "./run-items.ts";
import { pairRuns, type PairedRuns } from "./run-pairs.ts";
import { readRun, type RunRow } from "./run-row.ts";

export interface RunComparison extends Omit<PairedRuns, "changes"> {
  old: RunRow;
  new: RunRow;
  metric: string;
  margin: number;
  /** Whether both releases state the same rule of what is wrong; if not, both are measured by that of the new one. */
  sameRule: boolean;
  changes: { no: number; right: "old" | "new"; case: string | null }[];
}

const MOST_CHANGES = 1_000;

/** Throws `not_found`, `wrong_state` for runs that are not done or over other sets, `bad_request` for a metric that cannot be measured. */
export async function compareRuns(
  parts: RunItemParts,
  wanted: { old: string; new: string; metric: string; margin: number },
): Promise<RunComparison> {
  const { database, registry } = parts;
  const [old, fresh] = [await readRun(database, wanted.old), await readRun(database, wanted.new)];
  if (old.set_id !== fresh.set_id)
    throw new PilotageError(
      "wrong_state",
      `The runs are over different sets (${old.set_name}@${old.set_version} and ${fresh.set_name}@${fresh.set_version}): only the same items tell two releases apart.`,
      { hint: "Evaluate both releases on the same version of a set." },
    );
  const [before, after] = [
    await registry.release(database, old.release),
    await registry.release(database, fresh.release),
  ];
  const names = metricNames(
    after.document.output,
    fresh.judges.map(({ name }) => name),
  );
  const [metric] = demandMetrics([wanted.metric], names, "Nothing was compared.") as [
    ReturnType<typeof demandMetrics>[number],
  ];
  const look = rightnessBy(metric, { error: after.document.error, validate: after.checkOutput });
  if (!look || evidenceKind(metric) !== "share")
    throw new PilotageError(
      "bad_request",
      `${writeMetric(metric)} is one figure of a whole run: it does not say which items changed. Nothing was compared.`,
      { hint: "Compare by accuracy, or by another metric that is right or wrong for each item." },
    );
  const paired = pairRuns(
    { items: (await wholeRun(parts, old.id)).items, look },
    { items: (await wholeRun(parts, fresh.id)).items, look },
    wanted.margin,
  );
  const changes = paired.changes.slice(0, MOST_CHANGES);
  const cases = await casesBehind(
    database,
    fresh.set_id,
    changes.map(({ no }) => no),
  );
  return {
    ...paired,
    old,
    new: fresh,
    metric: writeMetric(metric),
    margin: wanted.margin,
    sameRule: canonical(before.document.error) === canonical(after.document.error),
    changes: changes.map((change) => ({ ...change, case: cases.get(change.no) ?? null })),
  };
}
