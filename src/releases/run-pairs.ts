/**
 * Two releases on the same items, by one metric: pure. Reading the runs is in run-comparison.ts, the tests in statistics/comparison.ts.
 *
 * An item without an answer is not right: who uses a release gets nothing for it either. Items that only one run measured say
 * nothing about the difference, and are left out and counted.
 */
import { compareReleases, notWorse, type Compared, type Paired } from "../statistics/comparison.ts";
import type { rightness } from "./measure.ts";
import { drawnFrom } from "./run-figures.ts";
import type { RunItem } from "./run-items.ts";

type Look = (item: RunItem) => ReturnType<typeof rightness>;

export interface PairedRuns extends Omit<Compared, "interval" | "onlyNewWrong" | "onlyOldWrong"> {
  onlyOldRight: number;
  onlyNewRight: number;
  /** Of the difference; null without items. */
  interval: { lower: number; upper: number } | null;
  notWorse: boolean | null;
  unanswered: { old: number; new: number };
  /** Items that only one of them measured. */
  leftOut: number;
  changes: { no: number; right: "old" | "new" }[];
}

/** Compares the new run with the old one; `margin`: how much worse still counts as not worse. */
export function pairRuns(
  old: { items: readonly RunItem[]; look: Look },
  fresh: { items: readonly RunItem[]; look: Look },
  margin: number,
): PairedRuns {
  const before = new Map(old.items.map((item) => [item.no, old.look(item)]));
  const unanswered = { old: 0, new: 0 };
  const changes: PairedRuns["changes"] = [];
  const pairs: Paired[] = [];
  for (const item of fresh.items) {
    const [was, is] = [before.get(item.no), fresh.look(item)];
    if (was === undefined || is === undefined) continue;
    if (was === "unanswered") unanswered.old++;
    if (is === "unanswered") unanswered.new++;
    const [oldRight, newRight] = [was === true, is === true];
    pairs.push({ oldRight, newRight, group: item.group });
    if (oldRight !== newRight) changes.push({ no: item.no, right: oldRight ? "old" : "new" });
  }
  const measured = new Set([
    ...[...before].flatMap(([no, found]) => (found === undefined ? [] : [no])),
    ...fresh.items.flatMap((item) => (fresh.look(item) === undefined ? [] : [item.no])),
  ]);
  const groups = new Set(pairs.map(({ group }) => group)).size;
  const found = compareReleases(pairs, drawnFrom(groups));
  const { onlyNewWrong, onlyOldWrong, interval, ...counts } = found ?? NONE;
  return {
    ...counts,
    onlyOldRight: onlyNewWrong,
    onlyNewRight: onlyOldWrong,
    interval: interval ?? null,
    notWorse: (found && notWorse(found, margin)) ?? null,
    unanswered,
    leftOut: measured.size - pairs.length,
    changes,
  };
}

const NONE: Compared = {
  n: 0,
  both: 0,
  neither: 0,
  onlyNewWrong: 0,
  onlyOldWrong: 0,
  difference: 0,
  interval: undefined,
  p: 1,
};
