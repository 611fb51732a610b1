/**
 * Group commit: many small writes, one transaction.
 *
 * Writes are gathered (gather.ts) and committed together; each caller is answered after the commit. An operation works on
 * an array of items and answers one result per item. Operations of several kinds share their transactions.
 */
import type { Database, Tx } from "./database.ts";
import { gathered } from "./gather.ts";

/** A write that works on many items at once: one result per item, in order. */
export interface Operation<Item, Result> {
  readonly name: string;
  run(tx: Tx, items: Item[]): Promise<Result[]>;
}

export interface GroupCommit {
  do<Item, Result>(operation: Operation<Item, Result>, item: Item): Promise<Result>;
  /** Items waiting and in flight: what intake looks at before it takes more. */
  readonly load: number;
  /** Resolves when everything handed in so far is answered. */
  drain(): Promise<void>;
}

interface Work {
  operation: Operation<unknown, unknown>;
  item: unknown;
}

/** `atOnce`: commits under way at the same time at most; fewer where they would wait for each other's locks. */
export function openGroupCommit(database: Database, options: { atOnce?: number } = {}): GroupCommit {
  const commits = gathered<Work, unknown>(
    (group) =>
      database.transaction(
        (tx) => runAll(tx, group),
        group.map((one) => one.operation.name),
        { inHope: true },
      ),
    options,
  );
  return {
    do: <Item, Result>(operation: Operation<Item, Result>, item: Item) =>
      commits.do({ operation, item }) as Promise<Result>,
    get load() {
      return commits.load;
    },
    drain: () => commits.drain(),
  };
}

/** Runs each operation once over its items, in the order in which the operations first appear. */
async function runAll(tx: Tx, group: Work[]): Promise<unknown[]> {
  const results = Array.from({ length: group.length });
  const operations = new Set(group.map((one) => one.operation));
  for (const operation of operations) {
    const places = group.flatMap((one, i) => (one.operation === operation ? [i] : []));
    const answers = await operation.run(
      tx,
      places.map((i) => group[i]!.item),
    );
    places.forEach((place, i) => (results[place] = answers[i]));
  }
  return results;
}
