/** Rollouts in the database: one open rollout a workflow, its moves, the integers of its guards. */
import type { Alarm, GuardName, Move, RolloutState, Stage } from "../contract/rollout.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { raw, rows, sql, time } from "../platform/sql.ts";
import type { StepCounts } from "../statistics/guard.ts";
import type { Evidence, Plan, Verdicts } from "./rollout-judge.ts";

export interface RolloutRow {
  id: string;
  workflow: string;
  release: string;
  digest: string;
  /** The release beside it, that it is compared with. */
  control: string;
  /** Where the cases that are not its own go, and all of them once it is taken out; null: to `control`. */
  back_to: string | null;
  /** The border of ids from which on the release beside it got no more cases; null: it gets them. */
  alone_from: string | null;
  state: RolloutState;
  stages: Stage[];
  stage: number;
  plan: Plan;
  first_case: string | null;
  reviewed_whole: boolean;
  tripped: Alarm | null;
  accepted: Alarm[];
  stage_at: number;
  started_at: number;
  started_by: string;
  ended_at: number | null;
}

/** What was known when a move was made, and what was concluded from it. */
export interface MoveEvidence {
  evidence: Evidence | null;
  verdicts: Verdicts;
}

export interface MoveRow {
  no: number;
  move: Move;
  at: number;
  actor: Actor;
  asked_by: string | null;
  from_state: RolloutState | null;
  to_state: RolloutState;
  stage: number;
  share: number;
  reason: string | null;
  evidence: MoveEvidence;
}

const COLUMNS = raw(
  "id, workflow, release, digest, control, back_to, alone_from, state, stages, stage, plan, first_case, reviewed_whole, tripped, accepted, stage_at, started_at, started_by, ended_at",
);

export function openRollout(database: Queryable, workflow: string): Promise<RolloutRow | undefined> {
  return database.maybe<RolloutRow>(
    sql`select ${COLUMNS} from rollout where workflow = ${workflow} and ended_at is null`,
  );
}

export function openRollouts(database: Queryable): Promise<RolloutRow[]> {
  return database.all<RolloutRow>(
    sql`select ${COLUMNS} from rollout where ended_at is null and state <> 'draft' order by id`,
  );
}

/** The newest, open or not. */
export function lastRollout(database: Queryable, workflow: string): Promise<RolloutRow | undefined> {
  return database.maybe<RolloutRow>(
    sql`select ${COLUMNS} from rollout where workflow = ${workflow} order by id desc limit 1`,
  );
}

/** All of a workflow, the newest first; a workflow has few. */
export function allRollouts(database: Queryable, workflow: string): Promise<RolloutRow[]> {
  return database.all<RolloutRow>(
    sql`select ${COLUMNS} from rollout where workflow = ${workflow} order by id desc`,
  );
}

/** Those of a workflow that ever made their release the stable one, the newest first, taken back since or not. */
export function promotions(database: Queryable, workflow: string): Promise<RolloutRow[]> {
  return database.all<RolloutRow>(sql`
    select ${COLUMNS} from rollout where workflow = ${workflow}
      and exists (select from rollout_move m where m.rollout = rollout.id and m.move = 'promote') order by id desc`);
}

/** The newest that made a release the stable one, and was not taken back. */
export function promotedRollout(
  database: Queryable,
  workflow: string,
  release: string,
): Promise<RolloutRow | undefined> {
  return database.maybe<RolloutRow>(sql`
    select ${COLUMNS} from rollout where workflow = ${workflow} and release = ${release} and state = 'promoted' order by id desc limit 1`);
}

export function readRollout(database: Queryable, id: string): Promise<RolloutRow | undefined> {
  return database.maybe<RolloutRow>(sql`select ${COLUMNS} from rollout where id = ${id}`);
}

export interface RolloutPage {
  before: string | undefined;
  /** Only those of this release. */
  release?: string | undefined;
  limit: number;
}

export function listRollouts(
  database: Queryable,
  workflow: string,
  { before, release, limit }: RolloutPage,
): Promise<RolloutRow[]> {
  return database.all<RolloutRow>(sql`
    select ${COLUMNS} from rollout where workflow = ${workflow} and (${before ?? null}::text is null or id < ${before ?? null})
      and (${release ?? null}::text is null or release = ${release ?? null})
    order by id desc limit ${limit}`);
}

export async function insertRollout(tx: Tx, row: RolloutRow): Promise<void> {
  await tx.run(sql`
    insert into rollout (id, workflow, release, digest, control, state, stages, stage, plan, stage_at, started_at, started_by)
    values (${row.id}, ${row.workflow}, ${row.release}, ${row.digest}, ${row.control}, ${row.state}, ${JSON.stringify(row.stages)}::jsonb,
      ${row.stage}, ${JSON.stringify(row.plan)}::jsonb, ${time(row.stage_at)}, ${time(row.started_at)}, ${row.started_by})`);
}

export async function updateRollout(tx: Tx, row: RolloutRow): Promise<void> {
  await tx.run(sql`
    update rollout set state = ${row.state}, stage = ${row.stage}, first_case = ${row.first_case}, tripped = ${row.tripped}, accepted = ${JSON.stringify(row.accepted)}::jsonb,
      reviewed_whole = ${row.reviewed_whole}, stage_at = ${time(row.stage_at)}, ended_at = ${row.ended_at === null ? null : time(row.ended_at)},
      back_to = ${row.back_to}
    where id = ${row.id}`);
}

/**
 * A stable release was taken out: what led to it leads to `to`, for the open rollout and for those that were rolled back. The
 * open one has nobody beside it from the border on.
 */
export async function leadElsewhere(
  tx: Tx,
  workflow: string,
  { release, to, from }: { release: string; to: string; from: string },
): Promise<void> {
  await tx.run(sql`
    update rollout set back_to = ${to}, alone_from = case when ended_at is null then coalesce(alone_from, ${from}) else alone_from end
    where workflow = ${workflow} and coalesce(back_to, control) = ${release} and (ended_at is null or state = 'rolled_back')`);
}

export async function insertMove(tx: Tx, rollout: string, move: Omit<MoveRow, "no">): Promise<void> {
  await tx.run(sql`
    insert into rollout_move (rollout, no, move, at, actor, asked_by, from_state, to_state, stage, share, reason, evidence)
    select ${rollout}, coalesce(max(no), 0) + 1, ${move.move}, ${time(move.at)}, ${JSON.stringify(move.actor)}::jsonb, ${move.asked_by}, ${move.from_state},
      ${move.to_state}, ${move.stage}, ${move.share}, ${move.reason}, ${JSON.stringify(move.evidence)}::jsonb
    from rollout_move where rollout = ${rollout}`);
}

export function movesOf(database: Queryable, rollout: string): Promise<MoveRow[]> {
  return database.all<MoveRow>(sql`
    select no, move, at, actor, asked_by, from_state, to_state, stage, share, reason, evidence from rollout_move where rollout = ${rollout} order by no`);
}

/** Takes the place of what stood: the counts are made anew at each look. */
export async function storeCounts(
  tx: Tx,
  rollout: string,
  guards: Partial<Record<GuardName, StepCounts[]>>,
  now: number,
): Promise<void> {
  const list = Object.entries(guards).flatMap(([guard, steps]) =>
    steps.map(({ share, candidate, stable }) => ({
      guard,
      share,
      candidate_n: candidate.n,
      candidate_errors: candidate.errors,
      stable_n: stable.n,
      stable_errors: stable.errors,
    })),
  );
  await tx.run(sql`delete from guard_state where rollout = ${rollout}`);
  await tx.run(sql`
    insert into guard_state (rollout, guard, share, candidate_n, candidate_errors, stable_n, stable_errors, looked_at)
    select ${rollout}, guard, share, candidate_n, candidate_errors, stable_n, stable_errors, ${time(now)}
    from json_populate_recordset(null::guard_state, ${rows(list)}::json)`);
}
