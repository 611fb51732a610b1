/**
 * Which judged cases an evaluation set is made of, and whether the set stands for the cases of its workflow. Pure.
 *
 * Choosing is blind to what the labels say. Only what a coin drew when the case arrived can stand for the workflow, and only
 * while hardly anything of it is missing: what nobody could judge, or what says the same as another case, is no chance.
 */
import type { BentBy, CaseSource } from "../contract/evaluation-set-endpoints.ts";
import { cutOff } from "./label-sample.ts";

/** A case that can be part of a set, with the label that speaks for it. */
export interface JudgedCase {
  id: string;
  thread: string | null;
  /** Null where it has none. */
  label: string | null;
  source: string | null;
  probability: number | null;
  simulated: boolean;
  /** Nobody has judged it yet: a person still may. */
  open: boolean;
  /** It came with files that a model may see, and an item has none. */
  withFiles: boolean;
}

/** Why a case that was looked at is not in the set. */
export const LEFT_OUT = {
  thread: "another case of its thread",
  early: "not all judged yet",
  erased: "content is gone",
  answer: "no answer that would have been right",
  classes: "outside the classes or the schema",
  files: "came with files",
  unseen: "nothing that a model may see",
  where: "does not fit the condition",
  perClass: "enough of its class",
} as const;
export type LeftOutBy = keyof typeof LEFT_OUT;

/** Of what was drawn so much may be missing, as of a sample of coin labels. */
const MOST_MISSING = 0.01;

/** The cases to be looked at, newest first: one of a thread, and for coins an end that quick verdicts cannot bend. */
export function chooseCases(
  found: readonly JudgedCase[],
  from: CaseSource,
): { cases: JudgedCase[]; leftOut: Partial<Record<LeftOutBy, number>> } {
  const threads = new Set<string>();
  const first = found
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .filter(({ thread }) => {
      if (thread === null) return true;
      if (threads.has(thread)) return false;
      threads.add(thread);
      return true;
    });
  const end = from === "coins" ? cutOff(first.map(({ open }) => open)) : first.length;
  return {
    cases: first.slice(0, end).reverse(),
    leftOut: { thread: found.length - first.length, early: first.length - end },
  };
}

/** Why the set does not stand for the cases of its workflow; empty where it does. */
export function bentBy(made: {
  from: CaseSource;
  filtered: boolean;
  perClass: boolean;
  simulated: boolean;
  items: number;
  duplicates: number;
  leftOut: Partial<Record<LeftOutBy, number>>;
}): BentBy[] {
  const { from, leftOut } = made;
  const { answer = 0, classes = 0, files = 0, unseen = 0 } = leftOut;
  // Erased cases were not left out for what they say.
  const missing = answer + classes + files + unseen + made.duplicates;
  const found: Record<BentBy, boolean> = {
    chosen: from !== "coins",
    filtered: made.filtered,
    per_class: made.perClass,
    missing: missing > MOST_MISSING * (made.items + missing),
    simulated: made.simulated,
    // Where the labels come from says how they were drawn.
    unstated: false,
  };
  return (Object.keys(found) as BentBy[]).filter((code) => found[code]);
}

/** The counts as people read them, without zeros. */
export function leftOutTold(leftOut: Partial<Record<LeftOutBy, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(leftOut)
      .filter(([, count]) => count > 0)
      .map(([code, count]) => [LEFT_OUT[code as LeftOutBy], count]),
  );
}

export interface FacetEquals {
  side: "input" | "output";
  path: string;
  value: string;
}

/** `output.category=billing`; undefined where it is an expression. */
export function facetIn(condition: string): FacetEquals | undefined {
  const [, side, path, value] = /^(input|output)\.([\w.-]+)\s*=(?!=)\s*(.*)$/s.exec(condition) ?? [];
  if (side === undefined || path === undefined || value === undefined) return undefined;
  return { side: side as FacetEquals["side"], path, value: value.trim() };
}
