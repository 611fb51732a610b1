/**
 * The sample of a sealed evaluation set: the scores of a finished run of a release and step over it; the newest, or the
 * one that was named.
 *
 * Every item counts, also one without an answer: it would never have gone out alone. A development set is refused,
 * because a release that was tuned on it knows its answers.
 */
import { PilotageError } from "../contract/errors.ts";
import { BENT_BY } from "../contract/evaluation-set-endpoints.ts";
import { MOST_LOOKS } from "../contract/gate.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import {
  BELOW_EVERY_THRESHOLD,
  type CertificationSample,
  type SampledLabel,
  type SampleRequest,
} from "./certification-sample.ts";
import { findSet, nameOf, type SetRow } from "./evaluation-set.ts";

interface ScoreRow {
  state: "answered" | "failed" | "left_out";
  confidence: number | null;
  by_rule: boolean | null;
  category: string | null;
  wrong: boolean | null;
  model: string | null;
  model_version: string | null;
}

/** Throws `bad_request` without a set, `not_found`, and `wrong_state` for a development set or one without a finished run. */
export async function setSample(
  database: Queryable,
  request: SampleRequest,
): Promise<CertificationSample | undefined> {
  const set = await sealedSet(database, request);
  const run = await newestRun(database, request, set);
  await demandFreshLook(database, set, run);
  const scores = await scoresOf(database, request, run);
  const last = scores.findLast((one) => one.state === "answered");
  if (!last) return undefined;
  const ofModel = scores.filter(
    (one) => one.state !== "left_out" && (one.state === "failed" || sameModel(one, last)),
  );
  const count = (state: ScoreRow["state"]) => ofModel.filter((one) => one.state === state).length;
  const learned = scores.filter((one) => one.state === "left_out").length;
  const labels = ofModel.map(labelOf);
  return {
    model: { answered: last.model, version: last.model_version },
    simulated: false,
    labels,
    traffic: labels.map(({ score, category }) => ({ score, category, cases: 1 })),
    counted: withoutZeros({ set: count("answered"), "without an answer": count("failed") }),
    leftOut: withoutZeros({
      "in the training examples": learned,
      "other model": scores.length - learned - ofModel.length,
    }),
    set: set.id,
    leastLook: await ordinalOf(database, request, run),
  };
}

/** By the name or id of a set, or by the id of a run over it. */
async function sealedSet(database: Queryable, { workflow, set: wanted }: SampleRequest): Promise<SetRow> {
  if (wanted === undefined)
    throw new PilotageError("bad_request", "No evaluation set was named; nothing was certified.", {
      hint: `\`pilotage evaluation list ${workflow}\` lists them.`,
    });
  const run = await database.maybe<{ set_id: string }>(
    sql`select set_id from evaluation_run where id = ${wanted} and workflow = ${workflow}`,
  );
  const set = await findSet(database, workflow, run?.set_id ?? wanted);
  if (!set.representative)
    throw new PilotageError(
      "wrong_state",
      `${nameOf(set)} does not stand for the cases of ${workflow} (${set.bent_by.map((code) => BENT_BY[code]).join("; ")}), so its figures prove nothing about them. Nothing was certified.`,
      {
        hint: set.bent_by.every((code) => code === "unstated")
          ? `Where they were drawn by chance: pilotage evaluation import ${workflow} <file> --name ${set.name} --drawn chance --as <person>`
          : `Collect a set of what a coin drew: pilotage evaluation collect ${workflow} --name ${set.name} --as <person>`,
      },
    );
  if (set.kind === "sealed") return set;
  throw new PilotageError(
    "wrong_state",
    `${set.name}@${set.version} is a development set: releases are tuned on it, so its figures prove nothing. Nothing was certified.`,
    {
      hint: "Import a sealed set with cases that nobody tunes on, evaluate the release on it, then certify.",
    },
  );
}

async function newestRun(database: Queryable, request: SampleRequest, set: SetRow): Promise<string> {
  const { release, step, workflow, set: wanted = "" } = request;
  const named = wanted.startsWith("evr_") ? wanted : null;
  const run = await database.maybe<{ id: string }>(sql`
    select id from evaluation_run where set_id = ${set.id} and release = ${release} and step = ${step} and state = 'done'
      and (${named}::text is null or id = ${named}) and started_at > ${time(request.since)} order by id desc limit 1`);
  if (run) return run.id;
  throw new PilotageError(
    "wrong_state",
    `Release ${release} has no finished run of step ${step} over ${set.name}@${set.version} of the last 90 days with the fields that it sees now. Nothing was certified.`,
    {
      hint: `Make one: pilotage evaluate ${workflow} --set ${set.name}@${set.version} --release ${release} --step ${step} --as <person>`,
    },
  );
}

/**
 * Which run it is among all finished ones of this release and step over sealed sets. Whoever evaluates until the figures
 * look good has looked as often, so that costs as much as so many looks.
 */
async function ordinalOf(
  database: Queryable,
  { workflow, release, step }: SampleRequest,
  run: string,
): Promise<number> {
  const { runs } = await database.one<{ runs: number }>(sql`
    select count(*) as runs from evaluation_run r join evaluation_set s on s.id = r.set_id
    where r.workflow = ${workflow} and r.release = ${release} and r.step = ${step} and r.state = 'done' and s.kind = 'sealed' and r.id <= ${run}`);
  return runs;
}

/**
 * What was seen before the set was worn out was seen fresh, and stays so; looks that a set took over from its twin count as
 * made before its own.
 */
async function demandFreshLook(database: Queryable, set: SetRow, run: string): Promise<void> {
  const { all, later } = await database.one<{ all: number; later: number }>(sql`
    select count(*)::int as all, (count(*) filter (where id > ${run}))::int as later from evaluation_run where set_id = ${set.id}`);
  const look = Math.max(set.looks, all) - later;
  if (look <= MOST_LOOKS) return;
  throw new PilotageError(
    "wrong_state",
    `${nameOf(set)} is worn out: run ${run} was look ${look} at it, and after ${MOST_LOOKS} a set has been tuned to, whoever looked. Nothing was certified.`,
    { hint: "Import or collect a fresh sealed set with cases that nobody has looked at." },
  );
}

async function scoresOf(database: Queryable, { category }: SampleRequest, run: string): Promise<ScoreRow[]> {
  return database.all<ScoreRow>(sql`
    select state, confidence, by_rule, facets ->> ${`output.${category ?? ""}`} as category, wrong, model, model_version
    from evaluation_score where run_id = ${run} order by no`);
}

function labelOf(one: ScoreRow): SampledLabel {
  return {
    score: one.by_rule === false ? (one.confidence ?? BELOW_EVERY_THRESHOLD) : BELOW_EVERY_THRESHOLD,
    wrong: one.wrong !== false,
    category: one.category ?? undefined,
  };
}

function sameModel(a: ScoreRow, b: ScoreRow): boolean {
  return a.model === b.model && a.model_version === b.model_version;
}

function withoutZeros(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
