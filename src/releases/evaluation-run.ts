/**
 * A run of a release over an evaluation set: asked for here, answered in evaluation-answer.ts, and its figures.
 *
 * Every run is a look at the set and is counted when it is asked for, whatever becomes of it. Its figures follow from whole
 * numbers that are kept with it when it ends (evaluation-finish.ts); until then from the scores so far.
 */
import type { Audit } from "../audit/record.ts";
import { chainOf } from "../cases/model/call.ts";
import type { Registry, ReleaseView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { JudgeDocument } from "../definition/document.ts";
import { frozen, type FrozenJudge } from "../definition/judge.ts";
import { demandMetrics, metricNames, writeMetric, type Metric } from "../definition/metric.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";
import { countRun } from "./evaluation-finish.ts";
import { demandItems, findSet } from "./evaluation-set.ts";
import { demandReady } from "./ready.ts";
import { compareRuns, type RunComparison } from "./run-comparison.ts";
import { figuresOf, type RunFigures } from "./run-figures.ts";
import { casesBehind } from "./run-items.ts";
import { readRun, readRuns, type RunRow } from "./run-row.ts";

export type { RunRow } from "./run-row.ts";

export interface RunRequest {
  set: string;
  release: string;
  step: number;
  /** How often each item is asked about; the majority counts. */
  repeats: number;
  /** Questions under way at the same time. */
  atOnce: number;
  /** What is measured besides what counts as wrong, by name. */
  metrics: string[];
}

export interface Evaluations {
  /** Asks for a run; the same run that is still under way is answered instead of a second one. */
  start(workflow: string, wanted: RunRequest, by: Actor): Promise<RunRow>;
  /** Hears of each run that this process was asked for, so that it begins at once where this process also answers. */
  whenAsked(listener: () => void): void;
  get(id: string): Promise<RunRow>;
  /** Null until it is done. */
  figures(run: RunRow): Promise<RunFigures | null>;
  /** The cases that items of a set were made of. */
  casesBehind(set: string, items: readonly number[]): Promise<Map<number, string>>;
  compare(wanted: Parameters<typeof compareRuns>[1]): Promise<RunComparison>;
  /** The runs over a set, newest first. */
  runsOf(set: string): Promise<RunRow[]>;
}

export function openEvaluations(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  vault: Vault;
}): Evaluations {
  const { database, registry, clock, newId, audit } = parts;
  const listeners: (() => void)[] = [];
  return {
    whenAsked: (listener) => void listeners.push(listener),
    async start(workflow, { set: wanted, release, step, repeats, atOnce, metrics: asked }, by) {
      const { document: settings } = await registry.workflow(database, workflow);
      await demandReady(database, workflow, release, "Nothing was evaluated.");
      const view = await registry.release(database, release);
      const known = settings.judges ?? [];
      const read = metricsOf(view, asked, known);
      const metrics = JSON.stringify(read.map(writeMetric));
      const judges = JSON.stringify(judgesIn(read, known));
      const chain = chainOf(view);
      if (typeof chain[step] !== "object")
        throw new PilotageError("wrong_state", `Step ${step} of release ${release} asks no model.`, {
          hint: "0 is the release's own model, 1 the first of its fallbacks, and so on.",
        });
      const id = newId("evaluationRun");
      const run = await database.transaction(async (tx) => {
        const set = await findSet(tx, workflow, wanted);
        demandItems(set);
        // One after the other, so that asking twice at once makes one run.
        await tx.run(sql`select 1 from evaluation_set where id = ${set.id} for update`);
        const open = await tx.maybe<{ id: string }>(sql`
          select id from evaluation_run where set_id = ${set.id} and release = ${release} and step = ${step} and state in ('waiting', 'running')
            and repeats = ${repeats} and metrics = ${metrics}::jsonb and judges = ${judges}::jsonb`);
        if (open) return open.id;
        await tx.run(sql`
          insert into evaluation_run (id, workflow, set_id, release, step, repeats, at_once, metrics, judges, state, started_at, started_by)
          values (${id}, ${workflow}, ${set.id}, ${release}, ${step}, ${repeats}, ${atOnce}, ${metrics}::jsonb, ${judges}::jsonb, 'waiting', ${time(clock.now())}, ${by.name})`);
        await tx.run(sql`update evaluation_set set looks = looks + 1 where id = ${set.id}`);
        audit.record(tx, [
          {
            kind: "evaluation.started",
            actor: by,
            workflow,
            data: { run: id, set: set.id, release, step, repeats, look: set.looks + 1 },
          },
        ]);
        return id;
      });
      for (const tell of listeners) tell();
      return readRun(database, run);
    },
    get: (id) => readRun(database, id),
    async figures(run) {
      if (run.state !== "done") return null;
      const kept = await database.one<{ figures: RunFigures | null }>(
        sql`select figures from evaluation_run where id = ${run.id}`,
      );
      // Runs of the program before this one have no counts yet.
      return (
        kept.figures ?? figuresOf(await countRun(parts, run, await registry.release(database, run.release)))
      );
    },
    casesBehind: (set, items) => casesBehind(database, set, items),
    compare: (wanted) => compareRuns(parts, wanted),
    runsOf: (set) => readRuns(database, sql`r.set_id = ${set}`),
  };
}

/** What a run measures besides, each metric once; throws `bad_request` for what the release cannot be measured by. */
function metricsOf(
  { document }: ReleaseView,
  asked: readonly string[],
  judges: readonly JudgeDocument[],
): Metric[] {
  const names = metricNames(
    document.output,
    judges.map(({ name }) => name),
  );
  const metrics = demandMetrics(asked, names, "Nothing was evaluated.");
  return [...new Map(metrics.map((metric) => [writeMetric(metric), metric])).values()];
}

/** As the workflow defines them now; the run keeps them. */
function judgesIn(metrics: readonly Metric[], judges: readonly JudgeDocument[]): FrozenJudge[] {
  const named = metrics.flatMap((metric) => (metric.kind === "judge" ? [metric.judge] : []));
  return judges.filter(({ name }) => named.includes(name)).map(frozen);
}
