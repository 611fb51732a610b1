/** Roles from groups of a sign-in provider, as lines of a form and as its connection holds them. Pure. */
import type { Role } from "../../../contract/access.ts";

export interface GroupLine {
  group: string;
  /** Empty: not chosen yet. */
  role: Role | "";
  workflow: string | null;
}

type Groups = Record<string, readonly { role: string; workflow: string | null }[]>;

/** A connection that was stored long ago shows only the names of its groups: their roles are chosen anew. */
export function linesOf(shown: unknown): GroupLine[] {
  if (Array.isArray(shown)) return shown.map((group) => ({ group: String(group), role: "", workflow: null }));
  if (typeof shown !== "object" || shown === null) return [];
  return Object.entries(shown as Groups)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([group, grants]) =>
      grants.map(({ role, workflow }) => ({ group, role: role as Role, workflow })),
    );
}

/** Lines without a group are left out; a line that stands twice counts once. */
export function groupsOf(lines: readonly GroupLine[]): Groups {
  const named = lines.flatMap(({ group, role, workflow }) => {
    const name = group.trim();
    return name === "" || role === "" ? [] : [{ name, role, workflow }];
  });
  const groups = [...Map.groupBy(named, (line) => line.name)].map(([name, same]) => {
    const grants = new Map(
      same.map(({ role, workflow }) => [JSON.stringify([role, workflow]), { role, workflow }]),
    );
    return [name, [...grants.values()]] as const;
  });
  return Object.fromEntries(groups);
}
