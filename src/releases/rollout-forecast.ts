/**
 * How long a worse release would stay unnoticed at the workflow's own volume: what is told before a stage begins.
 *
 * Reads the labels of the last two weeks that a guard would count; the reckoning is in statistics/detection.ts.
 */
import type { Queryable } from "../platform/database.ts";
import { idBorder } from "../contract/ids.ts";
import { sql } from "../platform/sql.ts";
import { mulberry32 } from "../statistics/bootstrap.ts";
import { daysFor, untilCeiling, untilMixed, untilPaired } from "../statistics/detection.ts";
import { stageShare } from "./rollout-path.ts";
import type { RolloutRow } from "./rollout-store.ts";

const DAYS = 14;
const DAY = 86_400_000;
/** A doubling, a fourfold rise, a collapse. */
const MULTIPLES = [2, 4];
const COLLAPSE = 0.5;
const SEED = 20_261_129;

export interface Forecast {
  labelsPerDay: number;
  baseline: number;
  share: number;
  found: Found[];
  /** In the stage in shadow, where it stands there. */
  inShadow: Found[];
}

interface Found {
  rate: number;
  labels: number | null;
  days: number | null;
}

/** For the stage that runs, or the first one with cases. */
export async function forecastOf(database: Queryable, rollout: RolloutRow, now: number): Promise<Forecast> {
  const { workflow, plan, control, stages, stage, reviewed_whole } = rollout;
  const { n, wrong } = await database.one<{ n: number; wrong: number }>(sql`
    select count(*)::int as n, count(*) filter (where l.wrong)::int as wrong
    from label l join case_ c on c.id = l.case_id
    where l.workflow = ${workflow} and l.case_id >= ${idBorder("case", Math.max(0, now - DAYS * DAY))} and l.source in ('cold', 'qa', 'review')
      and l.superseded_by is null and l.withdrawn_at is null and l.wrong is not null and not c.drill and (c.qa or c.cold or ${reviewed_whole}::boolean)
      and (${plan.simulated}::boolean or not l.simulated)`);
  const labelsPerDay = n / DAYS;
  // Without labels half of the ceiling is taken for the rate of today, and the reply says so.
  const measured = n === 0 ? plan.ceiling / 2 : Math.min(0.4, Math.max(wrong, 0.5) / n);
  const baseline = Number(measured.toPrecision(2));
  const next = stages.find((one, i) => i >= Math.max(0, stage) && one !== "shadow");
  const { share, team } = stageShare(next);
  const ofCandidate = team === null ? share : 1;
  const pairs = stages[stage] === "shadow" && control !== "manual";
  const { alpha, ceiling, tolerated } = plan;
  const compares = control !== "manual";
  const reckoned = reckon({ baseline, share: ofCandidate, pairs, compares, alpha, ceiling, tolerated });
  const inDays = (labels: number | undefined, perDay: number) => daysFor(labels, perDay) ?? null;
  return {
    labelsPerDay,
    baseline,
    share: ofCandidate,
    found: reckoned.map(({ rate, found }) => ({
      rate,
      labels: found ?? null,
      days: inDays(found, labelsPerDay * ofCandidate),
    })),
    inShadow: pairs
      ? reckoned.map(({ rate, paired }) => ({
          rate,
          labels: paired ?? null,
          days: inDays(paired, labelsPerDay),
        }))
      : [],
  };
}

interface Reckoning {
  baseline: number;
  share: number;
  /** Whether its stage is in shadow beside another release, and whether the errors are judged beside one. */
  pairs: boolean;
  compares: boolean;
  alpha: number;
  ceiling: number;
  tolerated: number;
}

interface Reckoned {
  rate: number;
  found: number | undefined;
  paired: number | undefined;
}

/** What was reckoned lately: it takes a while, hangs on its input alone, and pages ask every few seconds. */
const KEPT = new Map<string, Reckoned[]>();
const MOST_KEPT = 50;

function reckon(given: Reckoning): Reckoned[] {
  const key = JSON.stringify(given);
  const known = KEPT.get(key);
  if (known) return known;
  const { baseline, share, pairs, compares, alpha, ceiling, tolerated } = given;
  // Where a fourfold rise is a collapse already, it is told once.
  const rates = [
    ...new Set([...MULTIPLES.map((multiple) => Math.min(COLLAPSE, multiple * baseline)), COLLAPSE]),
  ];
  const found = rates.map((rate) => {
    const { median } = compares
      ? untilMixed(
          { share, stableRate: baseline, candidateRate: rate },
          { alpha, ceiling, tolerated },
          { chance: mulberry32(SEED), runs: 200 },
        )
      : untilCeiling(rate, ceiling, alpha, 2_000);
    // In shadow every label tells of both; errors that fall on the same cases, as they often do, are told apart sooner.
    const apart = { onlyCandidateWrong: rate * (1 - baseline), onlyStableWrong: baseline * (1 - rate) };
    return { rate, found: median, paired: pairs ? untilPaired(apart, alpha, 2_000).median : undefined };
  });
  KEPT.set(key, found);
  if (KEPT.size > MOST_KEPT) KEPT.delete(KEPT.keys().next().value!);
  return found;
}
