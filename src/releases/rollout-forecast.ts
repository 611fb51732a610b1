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
  const baseline = n === 0 ? plan.ceiling / 2 : Math.min(0.4, Math.max(wrong, 0.5) / n);
  const next = stages.find((one, i) => i >= Math.max(0, stage) && one !== "shadow");
  const { share, team } = stageShare(next);
  const ofCandidate = team === null ? share : 1;
  // Where a fourfold rise is a collapse already, it is told once.
  const rates = [
    ...new Set([...MULTIPLES.map((multiple) => Math.min(COLLAPSE, multiple * baseline)), COLLAPSE]),
  ];
  // In shadow every label tells of both; errors that fall on the same cases, as they often do, are told apart sooner.
  const inShadow =
    stages[stage] !== "shadow" || control === "manual"
      ? []
      : rates.map((rate) => {
          const chances = {
            onlyCandidateWrong: rate * (1 - baseline),
            onlyStableWrong: baseline * (1 - rate),
          };
          const { median } = untilPaired(chances, plan.alpha, 2_000);
          return { rate, labels: median ?? null, days: daysFor(median, labelsPerDay) ?? null };
        });
  const found = rates.map((rate) => {
    const { median } =
      control === "manual" || ofCandidate === 1
        ? untilCeiling(rate, plan.ceiling, plan.alpha, 2_000)
        : untilMixed(
            { share: ofCandidate, stableRate: baseline, candidateRate: rate },
            { alpha: plan.alpha, ceiling: plan.ceiling, tolerated: plan.tolerated },
            { chance: mulberry32(SEED), runs: 200 },
          );
    const days = daysFor(median, labelsPerDay * ofCandidate);
    return { rate, labels: median ?? null, days: days ?? null };
  });
  return { labelsPerDay, baseline, share: ofCandidate, found, inShadow };
}
