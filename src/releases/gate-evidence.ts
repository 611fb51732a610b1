/**
 * What evaluation runs say about criteria: each criterion is measured over the run of its set, the one that the command names
 * where it has none of its own. A metric that the release cannot be measured by fails; it is never left out.
 */
import type { Registry } from "../cases/workflow/registry.ts";
import type { JsonValue } from "../contract/json.ts";
import type { CriterionDocument } from "../definition/document.ts";
import { metricNames, readMetric } from "../definition/metric.ts";
import type { Evidence } from "./criterion.ts";
import { metricOf, unitOf } from "./criteria.ts";
import type { RunRow } from "./run-row.ts";
import { judgesOfRun } from "./judgement-store.ts";
import { evidenceOf, type EvidenceContext } from "./run-evidence.ts";
import { wholeRun, type RunItem, type RunItemParts } from "./run-items.ts";

export interface RunEvidenceParts extends RunItemParts {
  registry: Registry;
}

/** Evidence by the name of its criterion; none for those that no run was made for. */
export async function runEvidence(
  parts: RunEvidenceParts,
  criteria: readonly CriterionDocument[],
  runs: readonly RunRow[],
): Promise<Map<string, Evidence>> {
  const found = new Map<string, Evidence>();
  for (const run of runs) {
    const asked = criteria.filter((one) => one.metric !== undefined && runFor(one, runs) === run);
    if (asked.length === 0) continue;
    if (run.state === "failed") {
      for (const { name } of asked)
        found.set(name, { kind: "failed", problem: run.problem ?? "the evaluation was given up" });
      continue;
    }
    const release = await parts.registry.release(parts.database, run.release);
    const context = {
      document: release.document,
      validate: (value: JsonValue) => release.checkOutput(value),
      judges: await judgesOfRun(parts.database, run),
    };
    const { items } = await wholeRun(parts, run.id);
    for (const criterion of asked) found.set(criterion.name, measured(criterion, items, context));
  }
  return found;
}

/** The run whose set a criterion asks for: by its name or name@version; the first one where it asks for none. */
export function runFor<R extends Pick<RunRow, "set_name" | "set_version">>(
  { set }: Pick<CriterionDocument, "set">,
  runs: readonly R[],
): R | undefined {
  if (set === undefined) return runs[0];
  return runs.find((run) => set === run.set_name || set === `${run.set_name}@${run.set_version}`);
}

/** One criterion over the items of a run. */
export function measured(
  criterion: CriterionDocument,
  items: readonly RunItem[],
  context: EvidenceContext,
): Evidence {
  // A judge that has not shown its agreement with people is taken at its name: the gate then says that it has not.
  const named = metricOf(criterion);
  const judges = named?.kind === "judge" ? [named.judge] : [];
  const read = readMetric(criterion.metric!, metricNames(context.document.output, judges));
  if (!read.ok)
    return {
      kind: "failed",
      problem: `this release cannot be measured by ${criterion.metric}: ${read.message}`,
    };
  const unit = unitOf(criterion);
  if (unit.kind === "money") {
    const other = items
      .flatMap(({ answers }) => answers.flatMap(({ cost }) => cost ?? []))
      .find(({ currency }) => currency !== unit.currency);
    if (other)
      return { kind: "failed", problem: `costs are in ${other.currency}, the level is in ${unit.currency}` };
  }
  return evidenceOf(read.metric, items, context);
}
