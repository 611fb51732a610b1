/**
 * Group commit: many small writes, one transaction.
 *
 * Writes that arrive within a millisecond or two, or up to a few hundred, are committed together; each caller is
 * answered after the commit. An operation works on an array of items and answers one result per item. When a group
 * fails for a reason of one item, every item is tried alone, so that a bad neighbour harms nobody.
 */
import { PilotageError } from "../contract/errors.ts";
import type { Database, Tx } from "./database.ts";

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

interface Waiting {
  operation: Operation<unknown, unknown>;
  item: unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const MOST_ITEMS = 200;
const MOST_AT_ONCE = 6;
/** While a commit runs, the next one begins when so many wait, or after so long (milliseconds). */
const ENOUGH = 100;
const GATHER = 2;

/** `atOnce`: commits under way at the same time at most; fewer where they would wait for each other's locks. */
export function openGroupCommit(database: Database, options: { atOnce?: number } = {}): GroupCommit {
  const { atOnce = MOST_AT_ONCE } = options;
  const waiting: Waiting[] = [];
  let inFlight = 0;
  let items = 0;
  let scheduled = false;
  let gathering: NodeJS.Timeout | undefined;
  const idle: (() => void)[] = [];

  function schedule() {
    if (scheduled || waiting.length === 0 || inFlight >= atOnce) return;
    if (inFlight > 0 && waiting.length < ENOUGH) {
      gathering ??= setTimeout(begin, GATHER);
      return;
    }
    begin();
  }

  function begin() {
    clearTimeout(gathering);
    gathering = undefined;
    if (scheduled || waiting.length === 0 || inFlight >= atOnce) return;
    scheduled = true;
    // Whatever else this turn of the event loop brings comes along.
    setImmediate(() => {
      scheduled = false;
      void flush(waiting.splice(0, MOST_ITEMS));
    });
  }

  async function flush(group: Waiting[]) {
    inFlight++;
    try {
      await commit(group);
    } finally {
      inFlight--;
      items -= group.length;
      schedule();
      if (items === 0) for (const done of idle.splice(0)) done();
    }
  }

  async function commit(group: Waiting[]): Promise<void> {
    try {
      const results = await database.transaction(
        (tx) => runAll(tx, group),
        group.map((one) => one.operation.name),
      );
      group.forEach((one, i) => one.resolve(results[i]));
    } catch (error) {
      const lost = error instanceof PilotageError && error.code === "database_unavailable";
      if (group.length === 1 || lost) for (const one of group) one.reject(error);
      else for (const one of group) await commit([one]);
    }
  }

  return {
    do<Item, Result>(operation: Operation<Item, Result>, item: Item) {
      return new Promise<Result>((resolve, reject) => {
        items++;
        waiting.push({ operation, item, resolve, reject });
        schedule();
      });
    },
    get load() {
      return items;
    },
    drain: () => (items === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

/** Runs each operation once over its items, in the order in which the operations first appear. */
async function runAll(tx: Tx, group: Waiting[]): Promise<unknown[]> {
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
