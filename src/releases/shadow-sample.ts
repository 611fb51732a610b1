/**
 * The sample of a candidate that ran in shadow: what it answered, against the labels of the same cases.
 *
 * Where people did the work alone every case counts: all were reviewed, and no output swayed anybody. In the arms of
 * other releases only cases count that a coin bound for review. Which of them are chosen, and where the sample ends, is
 * the same as for labels of its own cases (label-sample.ts); comparing is in shadow-score.ts.
 */
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import {
  BELOW_EVERY_THRESHOLD,
  type CertificationSample,
  type ModelPair,
  type SampleRequest,
  type Traffic,
} from "./certification-sample.ts";
import { arrivedSince, chooseCases, labelFor, type BoundCase } from "./label-sample.ts";

const MOST_CASES = 100_000;
/** Among so many of the newest answers the model that answered last is looked for. */
const NEWEST = 1_000;

/** The sample as it stands now; undefined when the release has answered no case in shadow. */
export async function shadowSample(
  database: Queryable,
  request: SampleRequest,
): Promise<CertificationSample | undefined> {
  const model = await newestModel(database, request);
  if (!model) return undefined;
  const { cases, counted, leftOut } = chooseCases(await boundCases(database, request), model, request);
  return {
    model,
    simulated: cases.some((one) => one.simulated === true),
    labels: cases.map(labelFor),
    traffic:
      cases.length === 0
        ? []
        : await trafficBetween(database, request, model, cases[0]!.id, cases.at(-1)!.id),
    counted,
    leftOut,
    set: null,
    leastLook: 1,
  };
}

async function newestModel(database: Queryable, request: SampleRequest): Promise<ModelPair | undefined> {
  const { workflow, release, step } = request;
  return database.maybe<ModelPair>(sql`
    select model as answered, model_version as version from (
      select model, model_version, ended_at from shadow_run
      where workflow = ${workflow} and release = ${release} and state = 'answered' and step = ${step} order by case_id desc limit ${NEWEST}) newest
    order by ended_at desc limit 1`);
}

/**
 * Cases whose review did not depend on how sure anybody was, earliest first. A person who rejected a case that no model
 * had answered left no label: whether the candidate was right stays open, which counts against it.
 */
async function boundCases(database: Queryable, request: SampleRequest): Promise<BoundCase[]> {
  const { workflow, release, step, simulated, category } = request;
  const newest = await database.all<BoundCase>(sql`
    select c.id, c.thread, s.confidence, s.by_rule as ruled, s.facets ->> ${facetOf(category)} as category, s.model as model_answered, s.model_version,
      case when l.id is not null and not s.to_score and (${simulated}::boolean or not l.simulated) and l.source in ('cold', 'qa', 'review') then l.source
           when c.arm = 'manual' and c.state = 'closed' and c.verdict = 'reject' and l.id is null then 'review' end as source,
      s.wrong, l.simulated, coalesce(l.simulated, false) as played
    from shadow_run s
    join case_ c on c.id = s.case_id
    join decision d on d.case_id = s.case_id
    left join label l on l.case_id = s.case_id and l.id = s.label and l.superseded_by is null and l.withdrawn_at is null
    where s.workflow = ${workflow} and s.release = ${release} and s.state = 'answered' and s.step = ${step} and not c.drill
      and ${arrivedSince(request)}
      and (c.arm = 'manual' or c.qa or c.cold or d.reasons @? '$[*] ? (@.code == "autonomy" && !exists(@.detail))')
    order by s.case_id desc limit ${MOST_CASES}`);
  return newest.reverse();
}

/** All answers of that span, labelled or not, counted by the step of the grid that their confidence reaches. */
async function trafficBetween(
  database: Queryable,
  request: SampleRequest,
  model: ModelPair,
  from: string,
  to: string,
): Promise<Traffic[]> {
  const { workflow, release, step, category } = request;
  const rising = request.grid.toSorted((a, b) => a - b);
  const found = await database.all<{ reached: number; category: string | null; cases: number }>(sql`
    select case when by_rule then 0 else coalesce(width_bucket(confidence, ${rising}::float8[]), 0) end as reached,
      facets ->> ${facetOf(category)} as category, count(*) as cases
    from shadow_run
    where workflow = ${workflow} and release = ${release} and state = 'answered' and step = ${step} and case_id between ${from} and ${to}
      and model is not distinct from ${model.answered} and model_version is not distinct from ${model.version}
    group by 1, 2`);
  return found.map((row) => ({
    score: row.reached === 0 ? BELOW_EVERY_THRESHOLD : rising[row.reached - 1]!,
    category: row.category ?? undefined,
    cases: row.cases,
  }));
}

function facetOf(category: string | undefined): string {
  return category === undefined ? "" : `output.${category}`;
}
