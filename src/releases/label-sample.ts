/**
 * The sample of coin labels: which cases of a release count for its certificate, and where the sample ends.
 *
 * A label counts when a coin that fell at intake bound its case for review; what was reviewed for its low confidence, a
 * rule or a missing certificate would bend the figures. Choosing is pure, and blind to what the labels say.
 */
import type { Queryable } from "../platform/database.ts";
import { sql, time, type Sql } from "../platform/sql.ts";
import { partOf } from "./calibration.ts";
import {
  BELOW_EVERY_THRESHOLD,
  type CertificationSample,
  type ModelPair,
  type SampledLabel,
  type SampleRequest,
  type Traffic,
} from "./certification-sample.ts";

/** A case that a coin bound for review and that the step answered, in order of arrival. */
export interface BoundCase {
  id: string;
  thread: string | null;
  confidence: number | null;
  /** A rule of the release sends such a case to a person: it never goes out alone. */
  ruled: boolean;
  category: string | null;
  model_answered: string | null;
  model_version: string | null;
  /** Of its live labels: the one that counts; null while it has none. */
  source: "cold" | "qa" | "review" | null;
  wrong: boolean | null;
  simulated: boolean | null;
  /** It has a label of a program that plays a person, whether or not that counts. */
  played: boolean;
}

export interface Chosen {
  cases: BoundCase[];
  counted: Record<string, number>;
  leftOut: Record<string, number>;
}

/** Open cases that the sample may hold at its end, as a share of it. */
const MOST_OPEN = 0.01;
/** The newest so many are looked at; more would not move a bound. */
const MOST_CASES = 100_000;
/** Among so many of the newest cases the model that answered last is looked for. */
const NEWEST = 1_000;

/** Chooses without looking at what the labels say: one model, one case a thread, and an end that quick verdicts cannot bend. */
export function chooseCases(
  found: readonly BoundCase[],
  model: ModelPair,
  { release, part }: Partial<Pick<SampleRequest, "release" | "part">> = {},
): Chosen {
  const answered = ofModel(found, model);
  const ofPart =
    release === undefined || part === undefined
      ? answered
      : answered.filter((one) => partOf(release, one.thread ?? one.id) === part);
  const first = firstOfThreads(ofPart);
  // Where programs judged and do not count, the sample begins after them: leaving out just those would leave out a kind of case.
  const played = first.findLastIndex((one) => one.source === null && one.played);
  const since = first.slice(played + 1);
  const cases = since.slice(0, cutOff(since.map((one) => one.source === null)));
  const leftOut = {
    "other model": found.length - answered.length,
    [part === "fit" ? "kept to certify" : "kept to calibrate"]: answered.length - ofPart.length,
    "same thread": ofPart.length - first.length,
    simulated: first.filter((one) => one.source === null && one.played).length,
    "before a simulated one": first.slice(0, played + 1).filter((one) => !(one.source === null && one.played))
      .length,
    "not all labelled yet": since.length - cases.length,
  };
  const counted: Record<string, number> = {};
  for (const one of cases) counted[one.source ?? "open"] = (counted[one.source ?? "open"] ?? 0) + 1;
  return { cases, counted, leftOut: withoutZeros(leftOut) };
}

export function ofModel<C extends BoundCase>(found: readonly C[], model: ModelPair): C[] {
  return found.filter((one) => one.model_answered === model.answered && one.model_version === model.version);
}

/** Of each thread the case that came first, and all that belong to none. */
export function firstOfThreads<C extends BoundCase>(found: readonly C[]): C[] {
  const threads = new Set<string>();
  return found.filter(({ thread }) => {
    if (thread === null) return true;
    const isFirst = !threads.has(thread);
    threads.add(thread);
    return isFirst;
  });
}

/** The length of the longest beginning that ends with a labelled case and in which at most one in a hundred is open. */
export function cutOff(open: readonly boolean[]): number {
  let seen = 0;
  let length = 0;
  open.forEach((one, i) => {
    if (one) seen++;
    if (!one && seen <= MOST_OPEN * (i + 1)) length = i + 1;
  });
  return length;
}

/** How a case counts: what has no label, or one that leaves it open, must not have gone out alone. */
export function labelFor(one: BoundCase): SampledLabel {
  return {
    score: one.ruled ? BELOW_EVERY_THRESHOLD : (one.confidence ?? BELOW_EVERY_THRESHOLD),
    wrong: one.source === null || one.wrong !== false,
    category: one.category ?? undefined,
  };
}

/** The sample of coin labels, as it stands now; undefined when the step has answered no case yet. */
export async function labelSample(
  database: Queryable,
  request: SampleRequest,
): Promise<CertificationSample | undefined> {
  const model = await newestModel(database, request);
  if (!model) return undefined;
  const chosen = chooseCases(await boundCases(database, request), model, request);
  const { cases } = chosen;
  return {
    model,
    simulated: cases.some((one) => one.simulated === true),
    labels: cases.map(labelFor),
    traffic:
      cases.length === 0
        ? []
        : await trafficBetween(database, request, model, cases[0]!.id, cases.at(-1)!.id),
    counted: chosen.counted,
    leftOut: chosen.leftOut,
    set: null,
    leastLook: 1,
  };
}

/** Cases, as `c`, that arrived since: old answers, and those to other fields, prove nothing about the model now. */
export function arrivedSince({ since }: SampleRequest): Sql {
  return sql`c.received_at > ${time(since)}`;
}

/** The model that answered last; undefined when the step has answered no case. */
export async function newestModel(
  database: Queryable,
  request: SampleRequest,
): Promise<ModelPair | undefined> {
  const { workflow, release, step } = request;
  return database.maybe<ModelPair>(sql`
    select model_answered as answered, model_version as version from (
      select a.model_answered, a.model_version, a.finished_at
      from case_ c join decision d on d.case_id = c.id join attempt a on a.case_id = c.id and a.no = d.attempt
      where c.workflow = ${workflow} and c.release = ${release} and not c.drill and d.step = ${step} and ${arrivedSince(request)}
      order by c.id desc limit ${NEWEST}) newest
    order by finished_at desc limit 1`);
}

/** Decisions, as `d`: the coin of autonomy bound the case for review. Autonomy 0 binds every case, whatever else speaks against it. */
export const HELD = sql`(d.reasons @? '$[*] ? (@.code == "autonomy" && !exists(@.detail))')`;
/** Decisions with their cases, as `c`: the quality coin, the cold coin or the coin of autonomy bound it for review. */
const BOUND = sql`(c.qa or c.cold or ${HELD})`;

/**
 * Answered cases with the label that counts, earliest first; without more words those that a coin bound for review. `columns`
 * begins with a comma.
 */
export async function boundCases<C extends BoundCase = BoundCase>(
  database: Queryable,
  request: SampleRequest,
  { columns, bound }: { columns: Sql; bound: Sql } = { columns: sql``, bound: BOUND },
): Promise<C[]> {
  const { workflow, release, step, simulated, category } = request;
  const newest = await database.all<C>(sql`
    select c.id, c.thread, d.confidence, ${RULED} as ruled, c.facets ->> ${facetOf(category)} as category, a.model_answered, a.model_version,
      l.source, l.wrong, l.simulated, exists (
        select from label p where p.case_id = c.id and p.simulated and p.superseded_by is null and p.withdrawn_at is null) as played${columns}
    from case_ c
    join decision d on d.case_id = c.id
    join attempt a on a.case_id = c.id and a.no = d.attempt
    left join lateral (
      select k.source, k.wrong, k.simulated from label k
      where k.case_id = c.id and k.release = c.release and k.superseded_by is null and k.withdrawn_at is null
        and k.source in ('cold', 'qa', 'review') and (${simulated}::boolean or not k.simulated)
      order by array_position(array['cold', 'qa', 'review'], k.source) limit 1) l on true
    where c.workflow = ${workflow} and c.release = ${release} and not c.drill and d.step = ${step} and ${arrivedSince(request)}
      and ${bound}
    order by c.id desc limit ${MOST_CASES}`);
  return newest.reverse();
}

/** All answered cases of that span, labelled or not, counted by the step of the grid that their confidence reaches. */
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
    select case when ${RULED} then 0 else coalesce(width_bucket(d.confidence, ${rising}::float8[]), 0) end as reached,
      c.facets ->> ${facetOf(category)} as category, count(*) as cases
    from case_ c
    join decision d on d.case_id = c.id
    join attempt a on a.case_id = c.id and a.no = d.attempt
    where c.workflow = ${workflow} and c.release = ${release} and not c.drill and d.step = ${step} and c.id between ${from} and ${to}
      and a.model_answered is not distinct from ${model.answered} and a.model_version is not distinct from ${model.version}
    group by 1, 2`);
  return found.map((row) => ({
    score: row.reached === 0 ? BELOW_EVERY_THRESHOLD : rising[row.reached - 1]!,
    category: row.category ?? undefined,
    cases: row.cases,
  }));
}

/** Decisions, as `d`, of cases that a rule of the release sends to a person. */
export const RULED = sql`(d.reasons @? '$[*] ? (@.code == "rule" || @.code == "rule_failed")')`;

function facetOf(category: string | undefined): string {
  return category === undefined ? "" : `output.${category}`;
}

function withoutZeros(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
