/**
 * How good what goes out alone is, week by week, and where people and the release disagree: read for the page Quality.
 *
 * The rate of each week is that of cases that would have gone out alone but for a coin; what else people found wrong is in the
 * list of disagreements, not in the rate. Beside it stands what confidence alone would make one expect.
 */
import type { Registry } from "../cases/workflow/registry.ts";
import { idBorder, type CaseId } from "../contract/ids.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { dayIn, mondayOf } from "../reviews/local-day.ts";
import { alwaysValidInterval, exactInterval, type Interval } from "../statistics/proportion.ts";
import { calibrated, type Curve } from "./calibration.ts";
import { newestCalibration } from "./calibration-store.ts";
import { HELD_BY_COIN } from "./certificate-watch.ts";

const DAY = 86_400_000;
const WEEKS = 13;
/** Screens show ranges of 80 %; what may be read after every case holds with 95 %. */
const SHOWN = 0.8;
const ALPHA = 0.05;
const MOST_GROUPS = 50;
const EXPECTED_OVER = 28 * DAY;

export interface QualityWeek {
  /** Its Monday. */
  week: string;
  /** Cases that went out alone. */
  alone: number;
  /** Labelled cases that would have, and the wrong ones among them. */
  labels: number;
  errors: number;
  exact: Interval | null;
  alwaysValid: Interval | null;
}

export interface Quality {
  weeks: QualityWeek[];
  total: Omit<QualityWeek, "week">;
  /** Wrong ones to be expected by confidence alone, over four weeks; null without a calibration of the release. */
  expected: { errorRate: number; cases: number; agrees: boolean | null } | null;
}

export async function qualityOf(
  { database, registry, clock }: { database: Database; registry: Registry; clock: Clock },
  workflow: string,
): Promise<Quality> {
  const { row, document } = await registry.workflow(database, workflow);
  const { zone } = document.calendar;
  const now = clock.now();
  const found = await countWeeks(database, workflow, mondayOf(now, WEEKS - 1, zone), zone);
  const weeks = Array.from({ length: WEEKS }, (_, i): QualityWeek => {
    const week = dayIn(mondayOf(now, WEEKS - 1 - i, zone), zone);
    const { alone, labels, errors } = found.find((one) => one.week === week) ?? NOTHING;
    return { week, ...withBounds({ alone, labels, errors }) };
  });
  const sum = (of: (week: QualityWeek) => number) => weeks.reduce((all, week) => all + of(week), 0);
  const total = withBounds({
    alone: sum((week) => week.alone),
    labels: sum((week) => week.labels),
    errors: sum((week) => week.errors),
  });
  const release = row.candidate_release ?? row.stable_release;
  return { weeks, total, expected: await expectedOf(database, { workflow, release, now, total }) };
}

const NOTHING = { alone: 0, labels: 0, errors: 0 };

function withBounds(counts: Pick<QualityWeek, "alone" | "labels" | "errors">): Omit<QualityWeek, "week"> {
  const { labels, errors } = counts;
  return {
    ...counts,
    exact: labels === 0 ? null : exactInterval(errors, labels, SHOWN),
    alwaysValid: labels === 0 ? null : alwaysValidInterval(errors, labels, ALPHA),
  };
}

function countWeeks(
  database: Queryable,
  workflow: string,
  since: number,
  zone: string,
): Promise<{ week: string; alone: number; labels: number; errors: number }[]> {
  return database.all(sql`
    select date_trunc('week', timezone(${zone}, d.decided_at))::date::text as week, count(*) filter (where d.outcome = 'auto')::int as alone,
      count(l.wrong) filter (where d.outcome = 'review')::int as labels, count(*) filter (where d.outcome = 'review' and l.wrong)::int as errors
    from case_ c join decision d on d.case_id = c.id
    left join lateral (
      select coalesce(k.wrong, true) as wrong from label k
      where k.case_id = c.id and k.release = c.release and k.superseded_by is null and k.withdrawn_at is null
        and k.source in ('cold', 'qa', 'review')
      order by array_position(array['cold', 'qa', 'review'], k.source) limit 1) l on d.outcome = 'review'
    where c.workflow = ${workflow} and c.id >= ${idBorder("case", since)} and not c.drill and (d.outcome = 'auto' or ${HELD_BY_COIN})
    group by 1`);
}

async function expectedOf(
  database: Queryable,
  {
    workflow,
    release,
    now,
    total,
  }: { workflow: string; release: string; now: number } & Pick<Quality, "total">,
): Promise<Quality["expected"]> {
  const calibration = await newestCalibration(database, { release, step: 0, simulated: true });
  if (!calibration) return null;
  const out = await database.all<{ confidence: number; cases: number }>(sql`
    select round(d.confidence::numeric, 3)::float8 as confidence, count(*)::int as cases
    from case_ c join decision d on d.case_id = c.id
    where c.workflow = ${workflow} and c.release = ${release} and d.step = 0 and c.id >= ${idBorder("case", Math.max(0, now - EXPECTED_OVER))} and not c.drill
      and d.confidence is not null and (d.outcome = 'auto' or ${HELD_BY_COIN})
    group by 1`);
  const cases = out.reduce((sum, one) => sum + one.cases, 0);
  if (cases === 0) return null;
  const errorRate = meanDoubt(calibration.curve, out) / cases;
  const { alwaysValid: range } = total;
  return {
    errorRate,
    cases,
    agrees: range === null ? null : errorRate >= range.lower && errorRate <= range.upper,
  };
}

function meanDoubt(curve: Curve, out: readonly { confidence: number; cases: number }[]): number {
  return out.reduce((sum, { confidence, cases }) => sum + cases * (1 - calibrated(curve, confidence)), 0);
}

export interface Disagreements {
  /** By the value of the output field that confidence is about, or of its first facet. */
  field: string | null;
  groups: { category: string | null; labels: number; wrong: number; fields: Record<string, number> }[];
  cases: DisagreeingCase[];
}

export interface DisagreeingCase {
  label: string;
  caseId: CaseId;
  externalId: string;
  category: string | null;
  fields: string[];
  confidence: number | null;
  source: string;
  at: number;
}

/** Live labels that differ from what the release said, over 90 days: counts by category, and the newest cases. */
export async function disagreementsOf(
  { database, registry, clock }: { database: Database; registry: Registry; clock: Clock },
  workflow: string,
  page: { category: string | undefined; before: string | undefined; limit: number },
): Promise<Disagreements> {
  const { row } = await registry.workflow(database, workflow);
  const { document } = await registry.reference(database, row);
  const field = document.confidence.of ?? document.facets.output[0] ?? null;
  const since = idBorder("case", Math.max(0, clock.now() - 90 * DAY));
  const category = sql`c.facets ->> ${`output.${field ?? ""}`}`;
  const live = sql`l.workflow = ${workflow} and l.case_id >= ${since} and l.source in ('cold', 'qa', 'review', 'second_review') and not l.drill
    and l.superseded_by is null and l.withdrawn_at is null and l.wrong is not null`;
  const counted = await database.all<{ category: string | null; labels: number; wrong: number }>(sql`
    select ${category} as category, count(*)::int as labels, count(*) filter (where l.wrong)::int as wrong
    from label l join case_ c on c.id = l.case_id where ${live} group by 1 order by wrong desc, category limit ${MOST_GROUPS}`);
  const byField = await database.all<{ category: string | null; field: string; wrong: number }>(sql`
    select ${category} as category, f.field, count(*)::int as wrong
    from label l join case_ c on c.id = l.case_id cross join lateral unnest(l.wrong_fields) as f (field) where ${live} and l.wrong group by 1, 2`);
  const groups = counted.map((group) => ({
    ...group,
    fields: Object.fromEntries(
      byField.flatMap((one) => (one.category === group.category ? [[one.field, one.wrong]] : [])),
    ),
  }));
  const cases = await database.all<DisagreeingCase>(sql`
    select l.id as label, l.case_id as "caseId", c.external_id as "externalId", ${category} as category, coalesce(l.wrong_fields, '{}') as fields,
      l.confidence, l.source, l.labelled_at as at
    from label l join case_ c on c.id = l.case_id
    where ${live} and l.wrong and (${page.category ?? null}::text is null or ${category} = ${page.category ?? null})
      and (${page.before ?? null}::text is null or l.id < ${page.before ?? null})
    order by l.id desc limit ${page.limit}`);
  return { field, groups, cases };
}
