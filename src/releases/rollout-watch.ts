/**
 * The program's own part of a rollout: it counts, judges, and steps back by itself when an alarm says so.
 *
 * A duty of the workers, one look at a rollout at a time. Counting, the decision and the change of traffic are one
 * transaction. It never steps forward: leaving a stage takes people (rollout.ts).
 */
import type { Audit } from "../audit/record.ts";
import { lockWorkflow, type Registry } from "../cases/workflow/registry.ts";
import type { Alarm } from "../contract/rollout.ts";
import { stopwatch, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { evidenceOf } from "./rollout-counts.ts";
import { keepLook } from "./rollout-looks.ts";
import { alarmOf, judgeGuards } from "./rollout-judge.ts";
import { atOf } from "./rollout.ts";
import { makeStep } from "./rollout-step.ts";
import * as store from "./rollout-store.ts";
import type { RolloutRow } from "./rollout-store.ts";

export interface SteppedBack {
  rollout: RolloutRow;
  alarm: Alarm;
}

export interface WatchParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
  worker: string;
  /** Called after the step is stored. */
  tell(step: SteppedBack): void;
}

/** A look may take this part of the time at most: where a rollout has many labels, they are counted less often. */
const PART_OF_TIME = 0.05;

/** The duty: looks at every open rollout. */
export function watchRollouts(parts: WatchParts): () => Promise<void> {
  /** Until when a rollout is left alone, by its id: milliseconds that the last look took, and since when. */
  const resting = new Map<string, { took: number; since: () => number }>();
  return async () => {
    const open = await store.openRollouts(parts.database);
    for (const { id } of open) {
      const rest = resting.get(id);
      if (rest && rest.since() < rest.took / PART_OF_TIME) continue;
      const watch = stopwatch();
      const stepped = await lookAt(parts, id);
      resting.set(id, { took: watch(), since: stopwatch() });
      if (stepped) parts.tell(stepped);
    }
    for (const id of resting.keys()) if (!open.some((one) => one.id === id)) resting.delete(id);
  };
}

/** One look; answers the step back that it made, if any. */
export async function lookAt(parts: WatchParts, id: string): Promise<SteppedBack | undefined> {
  const { database, registry, clock, audit, worker } = parts;
  await noticeAutonomy(database, id);
  return database.transaction(async (tx) => {
    // One worker looks; and people who move the rollout never wait for it.
    const { mine } = await tx.one<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`rollout ${id}`}, 0)) as mine`,
    );
    if (!mine) return undefined;
    const rollout = (await store.readRollout(tx, id))!;
    if (rollout.state === "draft" || rollout.ended_at !== null) return undefined;
    await tx.planForMany();
    const now = clock.now();
    const evidence = await evidenceOf(tx, rollout, now);
    const at = atOf(rollout);
    const verdicts = judgeGuards(rollout.plan, at, evidence.guards);
    await store.storeCounts(tx, id, evidence.guards, now);
    await keepLook(tx, rollout, evidence.guards, now);
    const alarm = alarmOf(verdicts, at, evidence);
    // One that a person held keeps its cases; one that an alarm held has none left to take away.
    if (!alarm || (alarm.action === "hold" && rollout.tripped !== null)) return undefined;
    const { row } = await lockWorkflow(tx, registry, rollout.workflow);
    // Somebody may have moved it while this transaction counted and waited: the next look judges what stands then.
    const still = (await store.readRollout(tx, id))!;
    if (
      still.state !== rollout.state ||
      still.stage !== rollout.stage ||
      still.alone_from !== rollout.alone_from ||
      still.back_to !== rollout.back_to
    )
      return undefined;
    const stepped = await makeStep(
      tx,
      audit,
      row,
      rollout,
      {
        move: alarm.action,
        actor: { kind: "system", name: worker },
        reason: alarm.name,
        alarm: alarm.name,
        found: { evidence, verdicts },
      },
      now,
    );
    return { rollout: stepped, alarm: alarm.name };
  });
}

/** From the moment on in which a case could go out alone, not every case is reviewed, and only coins ask for labels. */
async function noticeAutonomy(database: Database, id: string): Promise<void> {
  await database.run(sql`
    update rollout r set reviewed_whole = false from workflow w
    where r.id = ${id} and r.reviewed_whole and w.name = r.workflow and w.autonomy > 0`);
}
