/**
 * Places in flight, shared fairly: whoever fills them keeps nobody else out.
 *
 * A party is a workflow or a key. A free place goes to whoever waits and has the fewest in hand, the longest waiting first;
 * so a party that floods waits behind its own calls only. Per process; over all of them see shared-places.ts. The lanes of
 * the worker have their own places (cases/places.ts); these are those of one connection.
 */

export interface Bulkhead {
  /**
   * A place for one call; `leave` gives it back. Rejects with the signal's reason when the caller goes away first.
   * Undefined when the party has `mostWaiting` callers waiting already.
   */
  enter(party: string, signal: AbortSignal, mostWaiting?: number): Promise<Place | undefined>;
  readonly taken: number;
}

export interface Place {
  /** May be called more than once. */
  leave(): void;
}

interface Waiting {
  party: string;
  take(place: Place): void;
}

export function openBulkhead(most: number): Bulkhead {
  const taken = new Map<string, number>();
  const queue = new Set<Waiting>();
  let total = 0;

  function place(party: string): Place {
    total++;
    taken.set(party, (taken.get(party) ?? 0) + 1);
    let left = false;
    return {
      leave() {
        if (left) return;
        left = true;
        total--;
        const rest = taken.get(party)! - 1;
        if (rest === 0) taken.delete(party);
        else taken.set(party, rest);
        admit();
      },
    };
  }

  function admit(): void {
    while (total < most && queue.size > 0) {
      const next = nextOf(queue, taken);
      queue.delete(next);
      next.take(place(next.party));
    }
  }

  return {
    get taken() {
      return total;
    },
    async enter(party, signal, mostWaiting = Infinity) {
      signal.throwIfAborted();
      if (total < most && queue.size === 0) return place(party);
      if (countOf(queue, party) >= mostWaiting) return undefined;
      return new Promise<Place>((resolve, reject) => {
        const onAbort = () => {
          queue.delete(waiting);
          reject(signal.reason as Error);
        };
        const waiting: Waiting = {
          party,
          take(given) {
            signal.removeEventListener("abort", onAbort);
            resolve(given);
          },
        };
        signal.addEventListener("abort", onAbort, { once: true });
        queue.add(waiting);
        admit();
      });
    },
  };
}

/** The places of all connections: whoever calls one, for a case or for a client, shares them. */
export interface Bulkheads {
  /** Undefined without a limit. One that was changed holds for calls that begin after it. */
  of(connection: string, most: number | undefined): Bulkhead | undefined;
}

/** The waiting caller whose party has the fewest places; among equals the one that came first. */
function nextOf(queue: Iterable<Waiting>, taken: ReadonlyMap<string, number>): Waiting {
  let best: Waiting | undefined;
  let fewest = Infinity;
  const seen = new Set<string>();
  for (const one of queue) {
    if (seen.has(one.party)) continue;
    seen.add(one.party);
    const places = taken.get(one.party) ?? 0;
    if (places < fewest) [best, fewest] = [one, places];
  }
  return best!;
}

function countOf(queue: Iterable<Waiting>, party: string): number {
  let count = 0;
  for (const one of queue) if (one.party === party) count++;
  return count;
}
