/**
 * Rollouts, streams and windows played through with seeded chance, judged by the guards as the program judges them: how
 * often an innocent release is rolled back, how soon a bad one is found, how often nothing is called something.
 *
 * Labels come late, out of order, twice, corrected, or never. The real state machine and database are played through by a
 * proof of their own; here it is the judgement alone, so that hundreds of runs take seconds.
 */
import type { Chance } from "../../src/statistics/bootstrap.ts";
import { changeLevel, unwatched, watch, type ChangePlan } from "../../src/statistics/change.ts";
import { driftAlerts, testCategories, testNumbers, type ColumnTest } from "../../src/statistics/drift.ts";
import { countOutcomes, judgeGuard, type Guard, type Outcome } from "../../src/statistics/guard.ts";
import { alwaysValidInterval } from "../../src/statistics/proportion.ts";
import { RATIO_LIMIT, ratioEvidence, type CasesByArm } from "../../src/statistics/sample-ratio.ts";

export interface World {
  chance: Chance;
  /** Cases that are played through; what changes at half of them is the share or the season. */
  cases: number;
  shares: readonly [number, number];
  /** Error rates of the stable release in both halves, and how many times as often the candidate errs. */
  rates: readonly [number, number];
  harm: number;
  /** The part of the cases whose label comes, by arm. */
  labelled: { candidate: number; stable: number };
  /** Cases that pass before a label comes, at most. */
  delay: number;
  guard: Guard;
}

export interface Played {
  tripped: boolean;
  /** Labelled cases of the candidate when the guard tripped. */
  candidateLabels: number;
  /** Whether the labels were found to be asked for at different rates, before the guard tripped. */
  gapFound: boolean;
}

/** Plays one rollout to its end or to the first trip, with a look whenever a label comes. */
export function playRollout(world: World): Played {
  const { chance, cases } = world;
  const waiting = new Map<number, Outcome[]>();
  const came: Outcome[] = [];
  const seen = new Set<string>();
  const labels: Record<number, CasesByArm> = {};
  let gapFound = false;
  for (let now = 0; now < cases + world.delay + 1; now++) {
    if (now < cases) {
      const outcome = drawCase(world, now);
      if (outcome) {
        const due = now + Math.floor(chance() * (world.delay + 1));
        // One in twenty is told twice.
        for (let times = chance() < 0.05 ? 2 : 1; times > 0; times--)
          waiting.set(due + times - 1, [...(waiting.get(due + times - 1) ?? []), outcome]);
      }
    }
    const arriving = waiting.get(now) ?? [];
    waiting.delete(now);
    came.push(...arriving);
    for (const { label, arm, share } of arriving) {
      if (seen.has(label)) continue;
      seen.add(label);
      const arms = (labels[share] ??= { share, candidate: 0, stable: 0 });
      arms[arm]++;
    }
    gapFound ||= ratioEvidence(Object.values(labels)) >= Math.log(RATIO_LIMIT);
    if (!arriving.some(({ wrong }) => wrong)) continue;
    const steps = countOutcomes(came);
    if (judgeGuard(world.guard, steps).kind !== "tripped") continue;
    return {
      tripped: true,
      candidateLabels: steps.reduce((sum, { candidate }) => sum + candidate.n, 0),
      gapFound,
    };
  }
  return { tripped: false, candidateLabels: 0, gapFound };
}

function drawCase({ chance, cases, shares, rates, harm, labelled }: World, now: number): Outcome | undefined {
  const half = now < cases / 2 ? 0 : 1;
  const arm = chance() < shares[half] ? "candidate" : "stable";
  const wrong = chance() < rates[half] * (arm === "candidate" ? harm : 1);
  if (chance() >= labelled[arm]) return undefined;
  return { label: `l${now}`, unit: `c${now}`, place: now, arm, share: shares[half], wrong };
}

/** Plays so many rollouts; the share that tripped, and the median labels of the candidate until then. */
export function playRollouts(world: World, runs: number) {
  const played = Array.from({ length: runs }, () => playRollout(world));
  const tripped = played.filter((one) => one.tripped);
  const labels = tripped.map(({ candidateLabels }) => candidateLabels).sort((a, b) => a - b);
  return {
    runs,
    tripped: tripped.length / runs,
    /** Over all runs; null where fewer than half tripped. */
    median: labels[Math.ceil(runs / 2) - 1] ?? null,
    gapFound: played.filter((one) => one.gapFound).length / runs,
  };
}

/** Watches a stream that changes from p₀ to `after` at `change`; the cases until the alarm, from the change on, or null. */
export function watchStream(
  chance: Chance,
  plan: ChangePlan,
  limit: number,
  { change, after, cases }: { change: number; after: number; cases: number },
): number | null {
  let state = unwatched(plan);
  for (let i = 0; i < cases; i++) {
    state = watch(state, chance() < (i < change ? plan.rate : after), plan);
    if (changeLevel(state, plan) >= Math.log(limit)) return i + 1 - change;
  }
  return null;
}

/** The share of streams whose always-valid interval missed the truth at any of the cases. */
export function missedAtAnyCase(
  chance: Chance,
  { rate, cases, runs, alpha }: { rate: number; cases: number; runs: number; alpha: number },
): number {
  let missed = 0;
  for (let run = 0; run < runs; run++) {
    let errors = 0;
    for (let n = 1; n <= cases; n++) {
      errors += chance() < rate ? 1 : 0;
      const { lower, upper } = alwaysValidInterval(errors, n, alpha);
      if (lower <= rate && rate <= upper) continue;
      missed++;
      break;
    }
  }
  return missed / runs;
}

/**
 * Windows of a program in which nothing changes: some columns of categories, some of numbers, each against its frozen
 * reference. Answers the alerts among so many windows, and how often one column was significant before everything else.
 */
export function quietWindows(
  chance: Chance,
  {
    windows,
    columns,
    reference,
    current,
  }: { windows: number; columns: number; reference: number; current: number },
): { alerts: number; significant: number } {
  const category = () => Math.min(9, Math.floor(-Math.log1p(-chance()) * 2.5));
  const amount = () => Math.exp(normalDraw(chance));
  const counts = (n: number) => {
    const list = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < n; i++) list[category()]!++;
    return list;
  };
  const amounts = (n: number) => Array.from({ length: n }, amount);
  const frozen = Array.from({ length: columns }, () => ({
    counts: counts(reference),
    amounts: amounts(reference),
  }));
  const last: ColumnTest[][] = [];
  let [alerts, significant] = [0, 0];
  for (let window = 0; window < windows; window++) {
    const tests = frozen.flatMap((one, i) => [
      testCategories(`category ${i}`, one.counts, counts(current)) ?? [],
      testNumbers(`amount ${i}`, one.amounts, amounts(current)) ?? [],
    ]);
    last.push(tests.flat());
    significant += last.at(-1)!.filter(({ p }) => p <= 0.05).length;
    alerts += driftAlerts(last).length;
  }
  return { alerts, significant: significant / (windows * columns * 2) };
}

/** Box and Muller. */
function normalDraw(chance: Chance): number {
  return Math.sqrt(-2 * Math.log1p(-chance())) * Math.cos(2 * Math.PI * chance());
}
