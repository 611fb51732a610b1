/** Which models of connections a release names, and those that the releases in use name, over all workflows. */
import type { BreakerKey } from "../../models/breaker-board.ts";
import type { Queryable } from "../../platform/database.ts";
import type { Registry, ReleaseView, WorkflowRow } from "../workflow/registry.ts";
import { chainOf, definitionOf, type Role } from "./call.ts";

export interface NamedModel extends BreakerKey {
  role: Role;
  /** The step at which it answers, or whose answers it verifies. */
  step: number;
}

export interface UsedModel extends BreakerKey {
  workflows: string[];
  /** Of those that have it answer, the newest. */
  release: ReleaseView | undefined;
}

export const keyOfModel = ({ connection, model }: BreakerKey) => JSON.stringify([connection, model]);

/** The models of connections that a release asks, verifiers included. */
export function modelsOf(release: ReleaseView): NamedModel[] {
  const verified = release.document.confidence.from === "verifier";
  return chainOf(release).flatMap((_, step) => [
    ...named(release, step, "answers"),
    ...(verified && named(release, step, "answers").length > 0 ? named(release, step, "verifies") : []),
  ]);
}

function named(release: ReleaseView, step: number, role: Role): NamedModel[] {
  const definition = definitionOf(release, step, role);
  if (typeof definition !== "object" || !("connection" in definition)) return [];
  return [{ connection: definition.connection, model: definition.name ?? "", role, step }];
}

/** The releases of a workflow that answer cases now, or do so in shadow. */
export async function releasesInUse(
  database: Queryable,
  registry: Registry,
  row: Pick<WorkflowRow, "stable_release" | "candidate_release" | "shadow_release">,
): Promise<ReleaseView[]> {
  const ids = [row.stable_release, row.candidate_release, row.shadow_release];
  const wanted = [...new Set(ids)].filter((id): id is string => id !== null && id !== "manual");
  return Promise.all(wanted.map((id) => registry.release(database, id)));
}

/** All models in use, by `keyOfModel`. */
export async function modelsInUse(database: Queryable, registry: Registry): Promise<Map<string, UsedModel>> {
  const found = new Map<string, UsedModel>();
  for (const { row } of await registry.workflows(database))
    for (const release of await releasesInUse(database, registry, row))
      for (const { connection, model, role } of modelsOf(release)) {
        const key = keyOfModel({ connection, model });
        const used = found.get(key) ?? { connection, model, workflows: [], release: undefined };
        found.set(key, used);
        if (!used.workflows.includes(row.name)) used.workflows.push(row.name);
        if (role === "answers" && (used.release?.id ?? "") < release.id) used.release = release;
      }
  return found;
}
