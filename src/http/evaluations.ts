/** Handlers of shadow runs and of runs over evaluation sets: start and stop, evaluate. The sets are in evaluation-sets.ts. */
import { may, type Caller } from "../access/caller.ts";
import { demandAlone, standingOf } from "../access/standing.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import { asksForContent } from "../definition/metric.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { notesOnRuns } from "../releases/evaluation-notes.ts";
import type { Evaluations } from "../releases/evaluation-run.ts";
import type { RunRow } from "../releases/run-row.ts";
import type { Shadows } from "../releases/shadow.ts";
import type { Handlers } from "./bind.ts";
import { shownComparison, shownFigures, shownRun } from "./evaluation-figures.ts";
import { seeThrough } from "./see.ts";
import { signer } from "./workflows.ts";

type Names = "getShadow" | "setShadow" | "startEvaluation" | "getEvaluation" | "compareEvaluations";

export function evaluationHandlers(parts: {
  database: Database;
  registry: Registry;
  shadows: Shadows;
  evaluations: Evaluations;
  clock: Clock;
}): Pick<Handlers, Names> {
  const { shadows, evaluations, clock } = parts;
  const withNotes = async (run: RunRow) => ({
    ...shownRun(run, clock.now()),
    notes: (await notesOnRuns(parts, [run])).get(run.id) ?? [],
  });
  return {
    getShadow: ({ params }) => shadows.status(params.workflow),
    async setShadow({ params, body, caller }) {
      const by = signer(caller);
      // A pipeline's own key starts a shadow as it publishes: nobody sees or uses what is answered there.
      if (by.kind === "person")
        demandAlone(
          standingOf(caller, params.workflow),
          body.release === null ? "shadow.stop" : "shadow.start",
        );
      await shadows.setShadow(params.workflow, body.release, by);
      return shadows.status(params.workflow);
    },
    async startEvaluation({ params, body, caller }) {
      return withNotes(await evaluations.start(params.workflow, body, signer(caller)));
    },
    async getEvaluation({ params, caller }) {
      const run = seen(caller, await evaluations.get(params.run));
      return { ...(await withNotes(run)), figures: await shownFigures(evaluations, run) };
    },
    async compareEvaluations({ params, query, caller }) {
      const run = seen(caller, await evaluations.get(params.run));
      seen(caller, await evaluations.get(query.with));
      const { metric, margin } = query;
      if (asksForContent(metric) && !may(caller, "case.read", run.workflow)) {
        const own = (await evaluations.figures(run))?.measures ?? [];
        if (!own.some((one) => one.metric === metric)) throw asksTooMuch(run, metric);
      }
      return shownComparison(await evaluations.compare({ old: query.with, new: params.run, metric, margin }));
    },
  };
}

/** The changes of a comparison name the items that fit a metric: whoever may choose it freely reads what they hold. */
function asksTooMuch(run: RunRow, metric: string): PilotageError {
  return new PilotageError(
    "forbidden",
    `The evaluation ${run.id} does not measure ${metric.slice(0, 100)}, and which items fit it tells what they hold: that takes the right to read content (content:read). Nothing was compared.`,
    { hint: "Compare by accuracy or a metric of the run itself, or ask somebody who may read content." },
  );
}

function seen(caller: Caller, run: RunRow): RunRow {
  seeThrough(caller, run.workflow, () => new PilotageError("not_found", `There is no evaluation ${run.id}.`));
  return run;
}
