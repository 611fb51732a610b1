/**
 * The end of an evaluation run: what was answered is counted, and the counts are kept with the run, so that its figures can be
 * computed again. Answering is in evaluation-answer.ts.
 */
import type { Audit } from "../audit/record.ts";
import type { ReleaseView } from "../cases/workflow/registry.ts";
import type { FrozenJudge } from "../definition/judge.ts";
import { metricNames, readMetric } from "../definition/metric.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { judgeAgainstPeople } from "./judgement-store.ts";
import { openTally, planFor, type RunCounts } from "./run-counts.ts";
import { figuresOf } from "./run-figures.ts";
import { itemsSoFar, type RunItemParts } from "./run-items.ts";

/** A run in the hands of this process. */
export interface HeldRun {
  id: string;
  workflow: string;
  set_id: string;
  release: string;
  step: number;
  repeats: number;
  metrics: string[];
  judges: FrozenJudge[];
  lease_no: number;
}

/** Everything that is counted of a run, from its stored answers. */
export async function countRun(
  parts: RunItemParts,
  run: Pick<HeldRun, "id" | "workflow" | "set_id" | "release" | "repeats" | "metrics" | "judges">,
  release: ReleaseView,
): Promise<RunCounts> {
  const { document, checkOutput } = release;
  const names = metricNames(
    document.output,
    run.judges.map(({ name }) => name),
  );
  const metrics = run.metrics.flatMap((text) => {
    const read = readMetric(text, names);
    return read.ok ? [read.metric] : [];
  });
  const tally = openTally(planFor(document, checkOutput, metrics));
  const groups = itemsSoFar(parts, run);
  for (;;) {
    const next = await groups.next();
    if (next.done)
      return { ...tally.counts(next.value, run.repeats), judges: await besidePeople(parts.database, run) };
    tally.add(next.value);
  }
}

async function besidePeople(
  database: Queryable,
  { workflow, judges }: Pick<HeldRun, "workflow" | "judges">,
): Promise<RunCounts["judges"]> {
  const found: RunCounts["judges"] = [];
  for (const judge of judges) {
    found.push({ judge: judge.name, ...(await judgeAgainstPeople(database, workflow, judge)) });
  }
  return found;
}

export async function finishRun(
  { database, audit, clock, worker }: { database: Database; audit: Audit; clock: Clock; worker: string },
  run: HeldRun,
  end: { state: "done"; counts: RunCounts } | { state: "failed"; problem: string },
): Promise<void> {
  const { workflow, set_id: set, release, step, repeats } = run;
  const [counts, figures] =
    end.state === "done" ? [JSON.stringify(end.counts), JSON.stringify(figuresOf(end.counts))] : [null, null];
  const problem = end.state === "done" ? null : end.problem;
  await database.transaction(async (tx) => {
    const ours = await tx.run(sql`
      update evaluation_run set state = ${end.state}, problem = ${problem}, worker = null, finished_at = ${time(clock.now())},
        counts = ${counts}::jsonb, figures = ${figures}::jsonb
      where id = ${run.id} and worker = ${worker} and lease_no = ${run.lease_no}`);
    if (ours === 0) return;
    const told = await tx.one<{ answered: number; wrong: number; failed: number; leftOut: number }>(sql`
      select count(*) filter (where state = 'answered')::int as answered, count(*) filter (where wrong)::int as wrong,
        count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'left_out')::int as "leftOut"
      from evaluation_score where run_id = ${run.id}`);
    audit.record(tx, [
      {
        kind: "evaluation.finished",
        actor: { kind: "system", name: worker },
        workflow,
        data: { run: run.id, set, release, step, repeats, state: end.state, ...told },
      },
    ]);
  });
}
