/** The roles that a person holds, each once, with everything that it comes from. Pure. */
import type { Role } from "../../../contract/access.ts";

export type Origin = "granted" | "workflow" | "provider";

export interface HeldRole {
  role: Role;
  workflow: string | null;
  from: Origin[];
}

/** In the order in which they first appear. */
export function heldRoles(
  grants: readonly { role: Role; workflow: string | null; from: Origin }[],
): HeldRole[] {
  const groups = Map.groupBy(grants, ({ role, workflow }) => JSON.stringify([role, workflow]));
  return [...groups.values()].map((same) => ({
    role: same[0]!.role,
    workflow: same[0]!.workflow,
    from: [...new Set(same.map((one) => one.from))],
  }));
}
