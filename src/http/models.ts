/** Handlers of models in use: the canary's word on each, its runs, and the wish to have one now. */
import { demandWhole } from "../access/caller.ts";
import type { Audit } from "../audit/record.ts";
import { listRuns, makeDue, readCanaries, type CanaryRun } from "../cases/model/canary-store.ts";
import { readRetirements } from "../cases/model/retirements.ts";
import { modelsInUse } from "../cases/model/used.ts";
import { shownCost } from "../cases/cost.ts";
import { maybeIso } from "../cases/view.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import { daysUntil } from "../models/retirement.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Handlers } from "./bind.ts";

export function modelHandlers(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
}): Pick<Handlers, "listModels" | "listCanaryRuns" | "runCanary"> {
  const { database, registry, clock, audit } = parts;
  return {
    async listModels({ caller }) {
      demandWhole(caller);
      const now = clock.now();
      const used = [...(await modelsInUse(database, registry)).values()];
      const canaries = await readCanaries(database);
      const retiresOn = await readRetirements(database);
      return {
        models: used.map(({ connection, model, workflows }) => {
          const found = canaries.find((one) => one.connection === connection && one.model === model);
          const retiresAt = retiresOn({ connection, model });
          return {
            connection,
            model,
            workflows,
            canary: found?.last ? showRun(found.last) : null,
            lastChange: found?.change ? showRun(found.change) : null,
            nextCanaryAt: maybeIso(found?.next_at ?? null),
            retiresAt,
            retiresIn: retiresAt === null ? null : daysUntil(retiresAt, now),
          };
        }),
      };
    },
    async listCanaryRuns({ query, caller }) {
      demandWhole(caller);
      const { connection, model, before, limit } = query;
      const runs = await listRuns(database, { connection, model, before, limit });
      return { runs: runs.map(showRun), next: runs.length === limit ? runs.at(-1)!.id : null };
    },
    async runCanary({ params: { name }, body, caller }) {
      demandWhole(caller);
      const due = await database.transaction(async (tx) => {
        const found = await makeDue(
          tx,
          { connection: name, model: body.model },
          clock.now(),
          caller.actor.name,
        );
        audit.record(
          tx,
          found.map(({ connection, model }) => ({
            kind: "canary.requested",
            actor: caller.actor,
            data: { connection, model },
          })),
        );
        return found;
      });
      if (due.length === 0)
        throw new PilotageError(
          "not_found",
          `No release in use names ${body.model === undefined ? "a model" : `the model ${body.model.slice(0, 60)}`} of a connection ${name.slice(0, 60)}. Nobody is asked.`,
          { hint: "`pilotage model list` lists the models in use; a new one is there after some seconds." },
        );
      return { due };
    },
  };
}

export function showRun(run: CanaryRun) {
  return {
    id: run.id,
    connection: run.connection,
    model: run.model,
    outcome: run.outcome,
    because: run.because,
    change: run.change,
    compared: run.compared,
    differing: run.differing,
    changedFrom: run.limit_at,
    answered: run.answered,
    calls: run.calls,
    inputTokens: run.input_tokens,
    outputTokens: run.output_tokens,
    cost: shownCost({ state: "answered", ...run }),
    askedBy: run.asked_by,
    startedAt: isoTime(run.started_at),
    finishedAt: isoTime(run.finished_at),
  };
}
