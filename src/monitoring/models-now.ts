/**
 * How the models of a workflow stand: those that its releases in force, in rollout and in shadow name,
 * verifiers included, with their breakers.
 */
import { chainOf } from "../cases/model/call.ts";
import type { Registry, WorkflowView } from "../cases/workflow/registry.ts";
import { readBreakers, type BreakerKey } from "../models/breaker-board.ts";
import type { Database } from "../platform/database.ts";

export interface ModelNow extends BreakerKey {
  /** `open`: nobody asks it before its next trial; `trying`: one call finds out at this moment. */
  state: "closed" | "open" | "trying";
  /** Null: it never failed so often that it was left alone. */
  since: number | null;
  nextTrialAt: number | null;
  /** The class of the failure that opened it. */
  because: string | null;
}

export async function modelsNow(
  { database, registry }: { database: Database; registry: Registry },
  { row }: WorkflowView,
  now: number,
): Promise<ModelNow[]> {
  const inUse = [row.stable_release, row.candidate_release, row.shadow_release];
  const releases = await Promise.all(
    inUse.flatMap((id) => (id === null || id === "manual" ? [] : [registry.release(database, id)])),
  );
  const named = new Map<string, BreakerKey>();
  const steps = releases.flatMap((one) => [...chainOf(one), one.document.confidence.model]);
  for (const step of steps)
    if (typeof step === "object" && "connection" in step) {
      const { connection, name: model = "" } = step;
      named.set(JSON.stringify([connection, model]), { connection, model });
    }
  const breakers = await readBreakers(database);
  return [...named.values()].map((key) => {
    const found = breakers.find((one) => one.connection === key.connection && one.model === key.model);
    const open = found?.state === "open";
    return {
      ...key,
      state: !open ? "closed" : (found.probe_until ?? 0) > now ? "trying" : "open",
      since: found?.since ?? null,
      nextTrialAt: open ? found.trial_at : null,
      because: open ? found.because : null,
    };
  });
}
