/**
 * Many small writes handed over as few large ones: what arrives within a few milliseconds, or while another write is
 * under way, goes together, and each caller is answered for itself after the write.
 *
 * Knows nothing of what is written. A group that fails for a reason of one item is taken apart, and every item is tried
 * alone, so that a bad neighbour harms nobody. Transactions around such groups are in group-commit.ts.
 */
import { PilotageError } from "../contract/errors.ts";

export interface Gathered<Item, Result> {
  do(item: Item): Promise<Result>;
  /** Items waiting and in flight: what a door looks at before it takes more. */
  readonly load: number;
  /** Resolves when everything handed in so far is answered. */
  drain(): Promise<void>;
}

export interface Gathering {
  /** Writes under way at the same time at most; fewer where they would wait for each other's locks. */
  atOnce?: number;
  /**
   * While a write runs, the next one begins when so many wait, or after so long (milliseconds). Where little is under way, each
   * waits for the others: then it begins with as many as are under way, but no fewer than twenty.
   */
  enough?: number;
  gatherMs?: number;
  /**
   * Where a write costs much more than the items in it: after a group of at least `from` the next one waits for `enough`, or
   * for so long from its first item on. Where little comes nothing is waited for.
   */
  patient?: { from: number; enough: number; forMs: number };
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(value: Result): void;
  reject(error: unknown): void;
}

const MOST_ITEMS = 400;
const MOST_AT_ONCE = 4;
const ENOUGH = 300;
const FEW = 20;
const LITTLE = 100;
const GATHER = 3;

/** `write` stores all items or none, and answers one result per item, in order. */
export function gathered<Item, Result>(
  write: (items: Item[]) => Promise<Result[]>,
  { atOnce = MOST_AT_ONCE, enough = ENOUGH, gatherMs = GATHER, patient }: Gathering = {},
): Gathered<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let inFlight = 0;
  let items = 0;
  let scheduled = false;
  let gathering: NodeJS.Timeout | undefined;
  /** How many went together last. */
  let lastGroup = 0;
  const idle: (() => void)[] = [];

  function schedule() {
    if (scheduled || waiting.length === 0 || inFlight >= atOnce) return;
    const underWay = items - waiting.length;
    const wanted = underWay < LITTLE ? Math.min(enough, Math.max(FEW, underWay)) : enough;
    if (inFlight > 0 && waiting.length < wanted) {
      gathering ??= setTimeout(begin, gatherMs);
      return;
    }
    if (patient && lastGroup >= patient.from && waiting.length < patient.enough) {
      gathering ??= setTimeout(begin, patient.forMs);
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

  async function flush(group: Waiting<Item, Result>[]) {
    inFlight++;
    lastGroup = group.length;
    try {
      await store(group);
    } finally {
      inFlight--;
      items -= group.length;
      schedule();
      if (items === 0) for (const done of idle.splice(0)) done();
    }
  }

  /** Answers how the database was lost, if it was. */
  async function store(group: Waiting<Item, Result>[]): Promise<unknown> {
    try {
      const results = await write(group.map((one) => one.item));
      group.forEach((one, i) => one.resolve(results[i]!));
      return undefined;
    } catch (error) {
      const lost = error instanceof PilotageError && error.code === "database_unavailable";
      if (group.length === 1 || lost) {
        for (const one of group) one.reject(error);
        return lost ? error : undefined;
      }
    }
    let lost: unknown;
    for (const one of group)
      if (lost === undefined) lost = await store([one]);
      else one.reject(lost);
    return lost;
  }

  return {
    do: (item) =>
      new Promise((resolve, reject) => {
        items++;
        waiting.push({ item, resolve, reject });
        schedule();
      }),
    get load() {
      return items;
    },
    drain: () => (items === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}
