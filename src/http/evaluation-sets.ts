/** Handlers of evaluation sets: import, collect, list, map, open, export, remove. Runs over them are in evaluations.ts. */
import { demandAction } from "../access/caller.ts";
import { maybeIso } from "../cases/view.ts";
import { PilotageError } from "../contract/errors.ts";
import { isoTime } from "../platform/clock.ts";
import { collectSet, looksIntoContent } from "../releases/evaluation-collect.ts";
import { demandNamed, importSet, schemasFor } from "../releases/evaluation-import.ts";
import { exportSet, openSet, removeSet } from "../releases/evaluation-keep.ts";
import { notesOnRuns } from "../releases/evaluation-notes.ts";
import { remapSet } from "../releases/evaluation-remap.ts";
import type { Evaluations } from "../releases/evaluation-run.ts";
import { findSet, isWornOut, listSets, type SetRow } from "../releases/evaluation-set.ts";
import type { SetParts } from "../releases/evaluation-writer.ts";
import { newestIfAny } from "../releases/newest-release.ts";
import { classesOf, differenceOf, taxonomyDigest, type Classes } from "../releases/taxonomy.ts";
import { untilStopped } from "./batch.ts";
import type { Handlers } from "./bind.ts";
import { shownRun } from "./evaluation-figures.ts";
import { answerLines, boundedTeller, type WriteLine } from "./line-answer.ts";
import { named, signer } from "./workflows.ts";

type Names =
  | "importEvaluationSet"
  | "collectEvaluationSet"
  | "listEvaluationSets"
  | "getEvaluationSet"
  | "remapEvaluationSet"
  | "openEvaluationSet"
  | "removeEvaluationSet"
  | "exportEvaluationSet";

export function evaluationSetHandlers(parts: {
  sets: SetParts;
  evaluations: Pick<Evaluations, "runsOf">;
  /** Aborted when the process stops: what is being made ends with an answer that says so. */
  stopped: AbortSignal;
}): Pick<Handlers, Names> {
  const { sets, evaluations, stopped } = parts;
  const { database, registry } = sets;

  const goOn = () => {
    if (stopped.aborted)
      throw new PilotageError(
        "intake_stopped",
        "Pilotage is stopping; nothing was kept. Do it again when it is back.",
      );
  };

  async function shown(workflow: string, rows: readonly SetRow[]) {
    const newest = await newestIfAny(sets, workflow);
    const classes = newest && classesOf(newest.document);
    return rows.map((row) => showSet(row, classes));
  }

  async function shownOne(row: SetRow) {
    return (await shown(row.workflow, [row]))[0]!;
  }

  return {
    async importEvaluationSet({ params, query, stream, caller, reply }) {
      const by = signer(caller);
      demandNamed({ ...query, by });
      const schemas = await schemasFor(sets, params.workflow);
      const work = async (write: WriteLine) => {
        const { set, dropped } = await importSet(sets, schemas, {
          ...params,
          ...query,
          by,
          bytes: untilStopped(stream, stopped),
          tell: boundedTeller(write),
        });
        write({ set: await shownOne(set), dropped });
      };
      await answerLines(reply, stopped, work, stream);
    },
    async collectEvaluationSet({ params, query, caller, reply }) {
      const by = signer(caller);
      // What fits an expression tells what cases hold, one question after the other.
      if (looksIntoContent(query.where)) demandAction(caller, "case.read", params.workflow);
      await registry.workflow(database, params.workflow);
      const { since, until, simulated, ...rest } = query;
      await answerLines(reply, stopped, async (write) => {
        const { set, dropped } = await collectSet(sets, {
          ...params,
          ...rest,
          kind: query.kind,
          perClass: query.perClass,
          since: momentOf(since),
          until: momentOf(until),
          simulated: simulated === "true",
          by,
          tell: write,
          goOn,
        });
        write({ set: await shownOne(set), dropped });
      });
    },
    async listEvaluationSets({ params }) {
      await registry.workflow(database, params.workflow);
      return { sets: await shown(params.workflow, await listSets(database, params.workflow)) };
    },
    async getEvaluationSet({ params }) {
      await registry.workflow(database, params.workflow);
      const set = await findSet(database, params.workflow, params.set);
      const runs = await evaluations.runsOf(set.id);
      const notes = await notesOnRuns(sets, runs);
      return {
        ...(await shownOne(set)),
        runs: runs.map((run) => ({ ...shownRun(run, sets.clock.now()), notes: notes.get(run.id) ?? [] })),
      };
    },
    async remapEvaluationSet({ params, query, caller, reply }) {
      const by = signer(caller);
      await answerLines(reply, stopped, async (write) => {
        const made = await remapSet(sets, { ...params, ...query, by, tell: write, goOn });
        write({ set: await shownOne(made.set), withoutItems: made.withoutItems.slice(0, 200) });
      });
    },
    async openEvaluationSet({ params, body, caller }) {
      const wanted = { workflow: params.workflow, wanted: params.set, because: body.reason };
      return shownOne(await openSet(sets, { ...wanted, by: signer(caller) }));
    },
    async removeEvaluationSet({ params, body, caller }) {
      const wanted = { workflow: params.workflow, wanted: params.set, because: body.reason };
      const { set, items } = await removeSet(sets, { ...wanted, by: signer(caller) });
      return { set: set.id, name: set.name, version: set.version, items };
    },
    async exportEvaluationSet({ params, query, caller, reply }) {
      const opens = query.open === "true";
      // A pipeline's key opens nothing: a person answers for it.
      const by = opens ? named(caller) : signer(caller);
      const groups = await exportSet(sets, { workflow: params.workflow, wanted: params.set, opens, by });
      await answerLines(reply, stopped, async (write) => {
        for await (const group of groups) {
          goOn();
          if (reply.raw.destroyed) return;
          let full = false;
          for (const item of group) full = !write(item) || full;
          if (full) await drained(reply.raw);
        }
      });
    },
  };
}

function momentOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

/** Until a slow reader has taken what was written, or has gone. */
async function drained(raw: NodeJS.WritableStream & { destroyed: boolean }): Promise<void> {
  if (raw.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      raw.removeListener("drain", done);
      raw.removeListener("close", done);
      resolve();
    };
    raw.once("drain", done);
    raw.once("close", done);
  });
}

function showSet(row: SetRow, newest: Classes | undefined) {
  const { taxonomy, opened_at, opened_by, opened_because } = row;
  return {
    id: row.id,
    workflow: row.workflow,
    name: row.name,
    version: row.version,
    kind: row.kind,
    digest: row.digest,
    items: row.items,
    removed: row.removed,
    duplicates: row.duplicates,
    refused: row.refused,
    leftOut: row.left_out,
    looks: row.looks,
    wornOut: isWornOut(row),
    source: row.source,
    representative: row.representative,
    bentBy: row.bent_by,
    taxonomy: taxonomy === null ? null : { digest: taxonomyDigest(taxonomy), classes: taxonomy },
    classesDiffer:
      taxonomy === null || newest === undefined ? null : (differenceOf(taxonomy, newest) ?? null),
    release: row.release,
    madeFrom: row.made_from,
    opened: opened_at === null ? null : { at: isoTime(opened_at), by: opened_by!, because: opened_because! },
    keptUntil: maybeIso(row.keep_until),
    origin: row.origin,
    importedAt: isoTime(row.imported_at),
    importedBy: row.imported_by,
  };
}
