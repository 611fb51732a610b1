/**
 * How the models of a workflow stand: those that its releases in force, in rollout and in shadow name,
 * verifiers included, with their breakers, their last canary, and the day on which they retire.
 */
import { readCanaries, type CanaryRun } from "../cases/model/canary-store.ts";
import { readRetirements } from "../cases/model/retirements.ts";
import { keyOfModel, modelsOf, releasesInUse } from "../cases/model/used.ts";
import type { Registry, WorkflowView } from "../cases/workflow/registry.ts";
import { readBreakers, type BreakerKey } from "../models/breaker-board.ts";
import { daysUntil, type Day } from "../models/retirement.ts";
import type { Database } from "../platform/database.ts";

export interface ModelNow extends BreakerKey {
  /** `open`: nobody asks it before its next trial; `trying`: one call finds out at this moment. */
  state: "closed" | "open" | "trying";
  /** Null: it never failed so often that it was left alone. */
  since: number | null;
  nextTrialAt: number | null;
  /** The class of the failure that opened it. */
  because: string | null;
  /** Its last run; null: none yet. */
  canary: CanaryRun | null;
  /** The newest run that found another model. */
  lastChange: CanaryRun | null;
  /** Null: it is not asked, as a script. */
  nextCanaryAt: number | null;
  retiresAt: Day | null;
  /** Negative when that is over. */
  retiresIn: number | null;
}

export async function modelsNow(
  { database, registry }: { database: Database; registry: Registry },
  { row }: WorkflowView,
  now: number,
): Promise<ModelNow[]> {
  const releases = await releasesInUse(database, registry, row);
  const named = new Map<string, BreakerKey>();
  for (const { connection, model } of releases.flatMap(modelsOf))
    named.set(keyOfModel({ connection, model }), { connection, model });
  const canaries = await readCanaries(database);
  const retiresOn = await readRetirements(database);
  const breakers = await readBreakers(database);
  return [...named.values()].map((key) => {
    const found = breakers.find((one) => one.connection === key.connection && one.model === key.model);
    const open = found?.state === "open";
    const canary = canaries.find((one) => one.connection === key.connection && one.model === key.model);
    const retiresAt = retiresOn(key);
    return {
      ...key,
      state: !open ? "closed" : (found.probe_until ?? 0) > now ? "trying" : "open",
      since: found?.since ?? null,
      nextTrialAt: open ? found.trial_at : null,
      because: open ? found.because : null,
      canary: canary?.last ?? null,
      lastChange: canary?.change ?? null,
      nextCanaryAt: canary?.next_at ?? null,
      retiresAt,
      retiresIn: retiresAt === null ? null : daysUntil(retiresAt, now),
    };
  });
}
