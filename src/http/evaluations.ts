/** Handlers of shadow runs and of runs over evaluation sets: start and stop, evaluate. The sets are in evaluation-sets.ts. */
import type { Caller } from "../access/caller.ts";
import { demandAlone } from "../access/standing.ts";
import { maybeIso } from "../cases/view.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import { amountOf, unitsFrom } from "../models/money.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { notesOnRuns } from "../releases/evaluation-notes.ts";
import { accuracyOf, type Evaluations, type RunRow } from "../releases/evaluation-run.ts";
import type { Shadows } from "../releases/shadow.ts";
import type { Handlers } from "./bind.ts";
import { seeThrough } from "./see.ts";
import { deciding, signer } from "./workflows.ts";

type Names = "getShadow" | "setShadow" | "startEvaluation" | "getEvaluation";

export function evaluationHandlers(parts: {
  database: Database;
  registry: Registry;
  shadows: Shadows;
  evaluations: Evaluations;
}): Pick<Handlers, Names> {
  const { shadows, evaluations } = parts;
  const withNotes = async (run: RunRow) => ({
    ...showRun(run),
    notes: (await notesOnRuns(parts, [run])).get(run.id) ?? [],
  });
  return {
    getShadow: ({ params }) => shadows.status(params.workflow),
    async setShadow({ params, body, caller }) {
      const by = deciding(caller, params.workflow);
      demandAlone(by, body.release === null ? "shadow.stop" : "shadow.start");
      await shadows.setShadow(params.workflow, body.release, by.actor);
      return shadows.status(params.workflow);
    },
    async startEvaluation({ params, body, caller }) {
      return withNotes(await evaluations.start(params.workflow, body, signer(caller)));
    },
    async getEvaluation({ params, caller }) {
      return withNotes(seen(caller, await evaluations.get(params.run)));
    },
  };
}

function seen(caller: Caller, run: RunRow): RunRow {
  seeThrough(caller, run.workflow, () => new PilotageError("not_found", `There is no evaluation ${run.id}.`));
  return run;
}

export function showRun(row: RunRow) {
  return {
    id: row.id,
    workflow: row.workflow,
    set: row.set_id,
    setName: row.set_name,
    setVersion: row.set_version,
    kind: row.kind,
    release: row.release,
    step: row.step,
    state: row.state,
    problem: row.problem,
    items: row.items,
    answered: row.answered,
    failed: row.failed,
    leftOut: row.left_out,
    right: row.answered - row.wrong,
    wrong: row.wrong,
    accuracy: accuracyOf(row),
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
