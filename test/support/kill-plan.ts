/**
 * Which process kills whom at which transaction boundary, until every boundary has had its kills.
 *
 * Each start of a process asks here for its arguments (see serve-with-kills.ts) and each kill is reported here before
 * it is done. With the victim `itself` a process dies at one boundary and its successor at the next.
 */

export type Role = "web" | "worker";
export type Victim = "itself" | "database";

export interface KillPlan {
  /** Kills go to this victim from the next start of each process on; undefined: nobody kills. Ends an earlier `done`. */
  aimAt(victim: Victim | undefined): void;
  /** Arguments for a process that starts now. */
  arguments(role: Role): string[];
  /** A line that a process wrote. */
  said(role: Role, line: string): void;
  /** Kills that are still to be made of the present victim. */
  readonly left: number;
  /** Resolves when none is left; false when that takes longer. */
  done(milliseconds: number): Promise<boolean>;
  /** Kills by boundary and victim, such as `worker settle:before` -> { itself: 5, database: 6 }. */
  table(): Record<string, Record<Victim, number>>;
}

/** `boundaries`: names of transactions by role; each is a boundary before and one after the commit. */
export function openKillPlan(options: {
  boundaries: Partial<Record<Role, string[]>>;
  kills: number;
  chance: () => number;
}): KillPlan {
  const rows = (["web", "worker"] as const).flatMap((role) =>
    (options.boundaries[role] ?? []).flatMap((name) =>
      ["before", "after"].map((moment) => ({ role, point: `${name}:${moment}`, itself: 0, database: 0 })),
    ),
  );
  let victim: Victim | undefined;
  let finished = Promise.withResolvers<boolean>();

  const left = (row: Record<Victim, number>) =>
    victim === undefined ? 0 : Math.max(0, options.kills - row[victim]);
  const total = () => rows.reduce((sum, row) => sum + left(row), 0);

  return {
    aimAt(next) {
      victim = next;
      finished.resolve(false);
      finished = Promise.withResolvers();
    },
    arguments(role) {
      const open = rows.filter((row) => row.role === role && left(row) > 0);
      if (victim === undefined || open.length === 0) return [];
      if (victim === "database") return [victim, open.map((row) => `${row.point}:${left(row)}`).join(",")];
      // Any of those that are still to be reached; how often it is passed before is left to chance, too.
      const { point } = open[Math.floor(options.chance() * open.length)]!;
      return [victim, `${point}:${1 + Math.floor(options.chance() * 3)}`];
    },
    said(role, line) {
      const [who, point] = line.split(" at ");
      const row = rows.find((one) => one.role === role && one.point === point);
      if (!row || (who !== "itself" && who !== "database")) return;
      row[who]++;
      if (total() === 0) finished.resolve(true);
    },
    get left() {
      return total();
    },
    async done(milliseconds) {
      const late = setTimeout(() => finished.resolve(false), milliseconds);
      if (total() === 0) finished.resolve(true);
      const reached = await finished.promise;
      clearTimeout(late);
      return reached;
    },
    table: () =>
      Object.fromEntries(
        rows.map(({ role, point, itself, database }) => [`${role} ${point}`, { itself, database }]),
      ),
  };
}

/** A small seeded generator (mulberry32), so that a run can be made again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
