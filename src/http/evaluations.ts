/** Handlers of shadow runs and evaluation sets: start and stop, import, list, evaluate. */
import type { Caller } from "../access/caller.ts";
import { demandAlone } from "../access/standing.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { importSet, schemasFor, type ImportParts } from "../releases/evaluation-import.ts";
import type { Evaluations } from "../releases/evaluation-run.ts";
import type { RunRow } from "../releases/run-row.ts";
import { findSet, listSets, type SetRow } from "../releases/evaluation-set.ts";
import type { Shadows } from "../releases/shadow.ts";
import { untilStopped } from "./batch.ts";
import type { Handlers } from "./bind.ts";
import { shownComparison, shownFigures, shownRun } from "./evaluation-figures.ts";
import { seeThrough } from "./see.ts";
import { deciding, signer } from "./workflows.ts";

type Names =
  | "getShadow"
  | "setShadow"
  | "importEvaluationSet"
  | "listEvaluationSets"
  | "getEvaluationSet"
  | "startEvaluation"
  | "getEvaluation"
  | "compareEvaluations";

export function evaluationHandlers(parts: {
  database: Database;
  registry: Registry;
  shadows: Shadows;
  sets: ImportParts;
  evaluations: Evaluations;
  /** Aborted when the process stops: an import ends with an answer that says so. */
  stopped: AbortSignal;
}): Pick<Handlers, Names> {
  const { database, registry, shadows, sets, evaluations, stopped } = parts;
  const showRun = (row: RunRow) => shownRun(row, sets.clock.now());
  return {
    getShadow: ({ params }) => shadows.status(params.workflow),
    async setShadow({ params, body, caller }) {
      const by = deciding(caller, params.workflow);
      demandAlone(by, body.release === null ? "shadow.stop" : "shadow.start");
      await shadows.setShadow(params.workflow, body.release, by.actor);
      return shadows.status(params.workflow);
    },
    async importEvaluationSet({ params, query, stream, caller, reply }) {
      const by = signer(caller);
      const release = await schemasFor(sets, params.workflow);
      reply.hijack();
      reply.raw.writeHead(200, {
        "content-type": "application/x-ndjson",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      });
      const write = (line: object) => reply.raw.write(`${JSON.stringify(line)}\n`);
      try {
        const { set, dropped } = await importSet(sets, release, {
          ...params,
          ...query,
          by,
          bytes: untilStopped(stream, stopped),
          tell: boundedTeller(write),
        });
        write({ set: showSet(set), dropped });
      } catch (error) {
        write(failureLine(error));
      }
      // What was not read is thrown away, so that a client that is sending still gets to the answer.
      stream.resume();
      reply.raw.end(() => {
        if (stopped.aborted) reply.raw.socket?.end();
      });
    },
    async listEvaluationSets({ params }) {
      await registry.workflow(database, params.workflow);
      return { sets: (await listSets(database, params.workflow)).map(showSet) };
    },
    async getEvaluationSet({ params }) {
      await registry.workflow(database, params.workflow);
      const set = await findSet(database, params.workflow, params.set);
      return { ...showSet(set), runs: (await evaluations.runsOf(set.id)).map(showRun) };
    },
    async startEvaluation({ params, body, caller }) {
      return showRun(await evaluations.start(params.workflow, body, signer(caller)));
    },
    async getEvaluation({ params, caller }) {
      const run = seen(caller, await evaluations.get(params.run));
      return { ...showRun(run), figures: await shownFigures(evaluations, run) };
    },
    async compareEvaluations({ params, query, caller }) {
      for (const one of [params.run, query.with]) seen(caller, await evaluations.get(one));
      const { metric, margin } = query;
      return shownComparison(await evaluations.compare({ old: query.with, new: params.run, metric, margin }));
    },
  };
}

/** Lines that are told one by one; all are counted. */
const MOST_TOLD = 10_000;

function boundedTeller(write: (line: object) => void): (line: { line: number } | { read: number }) => void {
  let told = 0;
  return (line) => {
    if (!("line" in line) || ++told <= MOST_TOLD) write(line);
  };
}

function failureLine(error: unknown): { code: string; message: string } {
  const known = error instanceof PilotageError;
  return {
    code: known ? error.code : "internal",
    message: known
      ? `${error.message}${error.hint === undefined ? "" : ` ${error.hint}`}`
      : "The import broke off, and nothing of it was kept; import the file again.",
  };
}

function seen(caller: Caller, run: RunRow): RunRow {
  seeThrough(caller, run.workflow, () => new PilotageError("not_found", `There is no evaluation ${run.id}.`));
  return run;
}

function showSet(row: SetRow) {
  const { imported_at, imported_by, ...rest } = row;
  return { ...rest, importedAt: isoTime(imported_at), importedBy: imported_by };
}
