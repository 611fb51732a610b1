/**
 * A run of a release over an evaluation set: asked for here, answered in evaluation-answer.ts, and its figures.
 *
 * Every run is a look at the set and is counted when it is asked for, whatever becomes of it. Its figures are counted
 * from the stored scores each time, so that they can be recomputed.
 */
import type { Audit } from "../audit/record.ts";
import { chainOf } from "../cases/model/call.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { RunState } from "../contract/evaluation-endpoints.ts";
import type { Actor } from "../contract/scopes.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { exactInterval } from "../statistics/proportion.ts";
import { demandItems, findSet, type SetRow } from "./evaluation-set.ts";
import { demandReady } from "./ready.ts";

export interface RunRow {
  id: string;
  workflow: string;
  set_id: string;
  set_name: string;
  set_version: number;
  kind: SetRow["kind"];
  items: number;
  release: string;
  step: number;
  state: RunState;
  problem: string | null;
  started_at: number;
  started_by: string;
  finished_at: number | null;
  answered: number;
  failed: number;
  left_out: number;
  wrong: number;
  mean_milliseconds: number | null;
  /** Decimal text of the items with a known cost; null where none has one. */
  cost: string | null;
  currency: string | null;
  /** Asked items whose cost is unknown. */
  cost_unknown: number;
}

export interface Evaluations {
  /** Asks for a run; the same run that is still under way is answered instead of a second one. */
  start(workflow: string, wanted: { set: string; release: string; step: number }, by: Actor): Promise<RunRow>;
  get(id: string): Promise<RunRow>;
  /** The runs over a set, newest first. */
  runsOf(set: string): Promise<RunRow[]>;
}

export function openEvaluations(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
}): Evaluations {
  const { database, registry, clock, newId, audit } = parts;
  return {
    async start(workflow, { set: wanted, release, step }, by) {
      await registry.workflow(database, workflow);
      await demandReady(database, workflow, release, "Nothing was evaluated.");
      const chain = chainOf(await registry.release(database, release));
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
          select id from evaluation_run where set_id = ${set.id} and release = ${release} and step = ${step} and state in ('waiting', 'running')`);
        if (open) return open.id;
        await tx.run(sql`
          insert into evaluation_run (id, workflow, set_id, release, step, state, started_at, started_by)
          values (${id}, ${workflow}, ${set.id}, ${release}, ${step}, 'waiting', ${time(clock.now())}, ${by.name})`);
        await tx.run(sql`update evaluation_set set looks = looks + 1 where id = ${set.id}`);
        audit.record(tx, [
          {
            kind: "evaluation.started",
            actor: by,
            workflow,
            data: { run: id, set: set.id, release, step, look: set.looks + 1 },
          },
        ]);
        return id;
      });
      return readRun(database, run);
    },
    get: (id) => readRun(database, id),
    runsOf: (set) => readRuns(database, sql`r.set_id = ${set}`),
  };
}

/** Throws `not_found`. */
export async function readRun(database: Queryable, id: string): Promise<RunRow> {
  const [run] = await readRuns(database, sql`r.id = ${id}`);
  if (!run)
    throw new PilotageError("not_found", `There is no evaluation ${id.slice(0, 60)}.`, {
      hint: "`pilotage evaluation show <workflow> <set>` lists the runs over a set.",
    });
  return run;
}

async function readRuns(database: Queryable, which: Sql): Promise<RunRow[]> {
  return database.all<RunRow>(sql`
    select r.id, r.workflow, r.set_id, e.name as set_name, e.version as set_version, e.kind, e.items, r.release, r.step, r.state, r.problem,
      r.started_at, r.started_by, r.finished_at, s.answered, s.failed, s.left_out, s.wrong, s.mean_milliseconds,
      s.cost, s.currency, s.cost_unknown
    from evaluation_run r join evaluation_set e on e.id = r.set_id,
      lateral (select count(*) filter (where state = 'answered')::int as answered, count(*) filter (where state = 'failed')::int as failed,
        count(*) filter (where state = 'left_out')::int as left_out, count(*) filter (where wrong)::int as wrong,
        avg(milliseconds) filter (where state = 'answered') as mean_milliseconds,
        sum(cost)::text as cost, max(currency) as currency, (count(*) filter (where state <> 'left_out' and cost is null))::int as cost_unknown
        from evaluation_score where run_id = r.id) s
    where ${which} order by r.id desc limit 100`);
}

/** The share of right answers with its exact 95 % range; null without answers. */
export function accuracyOf({
  answered,
  wrong,
}: Pick<RunRow, "answered" | "wrong">): { value: number; lower: number; upper: number } | null {
  if (answered === 0) return null;
  const right = answered - wrong;
  return { value: right / answered, ...exactInterval(right, answered, 0.95) };
}
