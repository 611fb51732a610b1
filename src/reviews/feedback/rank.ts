/** The order of the list of improvements: what people say often and lately comes first, unless an owner says otherwise. Pure. */
import type { ImprovementState } from "../../contract/feedback-endpoints.ts";
import type { Urgency } from "./store.ts";

export interface Ranked {
  id: string;
  state: ImprovementState;
  urgency: Urgency;
  /** Reports, the recent ones more than the old (see store.ts). */
  weight: number;
  last_at: number;
}

const URGENCY: Record<Urgency, number> = { first: 0, usual: 1, last: 2 };

/** Most urgent first. What is settled comes after everything that is not, whatever was set of it. */
export function inOrder<T extends Ranked>(list: readonly T[]): T[] {
  const settled = (one: Ranked) => Number(one.state === "fixed" || one.state === "declined");
  return list.toSorted(
    (a, b) =>
      settled(a) - settled(b) ||
      URGENCY[a.urgency] - URGENCY[b.urgency] ||
      b.weight - a.weight ||
      b.last_at - a.last_at ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Over so many days, and above this share of the edits that gave a reason, `other` hides something that wants a name. */
export const OTHER_DAYS = 14;
const OTHER_SHARE = 0.1;
/** Below this many a single `other` would be a tenth. */
const OTHER_LEAST = 10;

export function wantsNewReason({ edits, other }: { edits: number; other: number }): boolean {
  return edits >= OTHER_LEAST && other > edits * OTHER_SHARE;
}
