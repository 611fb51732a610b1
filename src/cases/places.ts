/**
 * How many more cases a workflow may have in hand: the places of a lane, shared among those that want them.
 *
 * Pure. The runner (runner.ts) has a lane for model work and one for delivery work, so that neither waits for the
 * other, and asks here before each claim.
 */

export interface Places {
  /** Of the whole lane. */
  most: number;
  /** Places taken, by workflow. */
  taken: ReadonlyMap<string, number>;
  /** Workflows that have, or may have, cases to claim now. */
  wanting: ReadonlySet<string>;
  /** Workflows that this process has worked on in this lane, ever. */
  known: ReadonlySet<string>;
}

/**
 * Places that a workflow may take now.
 *
 * While others want places, too, it holds at most its equal part. Alone it may take the rest as well, except an eighth
 * when there are other workflows: a call may hang for minutes, and the next workflow should not wait for that.
 */
export function roomFor(workflow: string, { most, taken, wanting, known }: Places): number {
  const free = most - [...taken.values()].reduce((sum, places) => sum + places, 0);
  const others = [...wanting].filter((one) => one !== workflow).length;
  const kept = [...known].some((one) => one !== workflow) ? Math.floor(most / 8) : 0;
  const part = others > 0 ? Math.max(1, Math.floor(most / (others + 1))) : most - kept;
  return Math.max(0, Math.min(free, part - (taken.get(workflow) ?? 0)));
}
