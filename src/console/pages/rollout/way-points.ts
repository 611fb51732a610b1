/** The looks at a rollout as points of a line: how far the evidence had come at so many labelled cases. Pure. */
import type { Look } from "./way.tsx";

export interface WayPoint {
  labelled: number;
  errors: number;
  evidence: number;
  limit: number;
  /** From 0 to 100 and beyond, by factors. */
  part: number;
}

/** One point for each number of labelled cases: where a label was corrected, the newest look counts. */
export function wayOf(looks: readonly Look[], guard: "paired" | "errors"): WayPoint[] {
  const points = new Map<number, WayPoint>();
  for (const { guard: of, candidate, evidence, limit } of looks) {
    if (of !== guard || evidence === null || limit === null) continue;
    const part = (100 * Math.log(Math.max(1, evidence))) / Math.log(limit);
    points.set(candidate.n, {
      labelled: candidate.n,
      errors: candidate.errors,
      evidence,
      limit,
      part: Math.round(part * 10) / 10,
    });
  }
  return [...points.values()].toSorted((a, b) => a.labelled - b.labelled);
}
