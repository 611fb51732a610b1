/**
 * The way of the evidence: what each look of the watch counted, in whole numbers, so that it can be drawn and recomputed.
 *
 * A look is kept where labels had changed since the one before. When there are too many, every second of the older ones
 * goes: what happened lately is known exactly, what was long ago in its outline. Alarms are stored with their moves,
 * not here (rollout-step.ts).
 */
import type { GuardName } from "../contract/rollout.ts";
import type { Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import type { GuardVerdict } from "../statistics/guard.ts";
import { judgeGuards, type Evidence } from "./rollout-judge.ts";
import type { RolloutRow } from "./rollout-store.ts";

const MOST_LOOKS = 240;

export interface LookRow {
  no: number;
  at: number;
  stage: number;
  guards: Evidence["guards"];
}

/** What the evidence of labels was at a look. */
export interface LookShown extends Omit<LookRow, "guards"> {
  guard: GuardName;
  candidate: { errors: number; n: number };
  verdict: GuardVerdict;
}

/** The guards that labels move: the others count every case. */
const BY_LABELS = ["paired", "errors"] as const;

/** Keeps this look, unless its labels are those of the one before. */
export async function keepLook(
  tx: Tx,
  { id, stage }: Pick<RolloutRow, "id" | "stage">,
  guards: Evidence["guards"],
  now: number,
): Promise<void> {
  const labels = Object.fromEntries(
    BY_LABELS.flatMap((name) => (guards[name] ? [[name, guards[name]]] : [])),
  );
  const seen = Object.values(labels).some((steps) => steps.some(({ candidate }) => candidate.n > 0));
  if (!seen) return;
  const { kept, no } = await tx.one<{ kept: number; no: number }>(sql`
    with before as (select no, stage, guards from rollout_look where rollout = ${id} order by no desc limit 1),
    added as (
      insert into rollout_look (rollout, no, at, stage, guards)
      select ${id}, coalesce((select no from before), 0) + 1, ${time(now)}, ${stage}, ${JSON.stringify(labels)}::jsonb
      where not exists (select from before where stage = ${stage} and guards = ${JSON.stringify(labels)}::jsonb) returning no)
    select (select count(*)::int from rollout_look where rollout = ${id}) as kept, coalesce((select no from added), 0) as no`);
  if (no === 0 || kept < MOST_LOOKS) return;
  await tx.run(sql`
    delete from rollout_look l using (select no, row_number() over (order by no) as place from rollout_look where rollout = ${id}) o
    where l.rollout = ${id} and l.no = o.no and o.place % 2 = 0 and o.no < ${no}`);
}

export function readLooks(database: Queryable, rollout: string): Promise<LookRow[]> {
  return database.all<LookRow>(
    sql`select no, at, stage, guards from rollout_look where rollout = ${rollout} order by no`,
  );
}

/** Each look judged from its numbers, as the stage that it was in has it. */
export function judgeLooks(rollout: RolloutRow, looks: readonly LookRow[]): LookShown[] {
  return looks.flatMap(({ guards, ...look }) => {
    const at = { stage: rollout.stages[look.stage], control: rollout.control, accepted: [] };
    const verdicts = judgeGuards(rollout.plan, at, guards);
    const guard = BY_LABELS.find((name) => verdicts[name] !== undefined && guards[name] !== undefined);
    if (!guard) return [];
    const candidate = guards[guard]!.reduce(
      (sum, step) => ({ errors: sum.errors + step.candidate.errors, n: sum.n + step.candidate.n }),
      { errors: 0, n: 0 },
    );
    return [{ ...look, guard, candidate, verdict: verdicts[guard]! }];
  });
}
