/** What waits to be told: never more than its bound, with one batch on its way at a time; what finds no room is counted. */

export interface Queue<T> {
  add(item: T): void;
  flush(): Promise<void>;
  /** Sends what waits, once. */
  close(): Promise<void>;
}

const QUEUE = 2_048;
const BATCH = 256;
const EVERY = 1_000;

/** `send` answers whether a batch arrived. */
export function queued<T>(
  send: (batch: T[]) => Promise<boolean>,
  dropped: (count: number) => void,
): Queue<T> {
  let waiting: T[] = [];
  let underWay: Promise<void> | undefined;
  const timer = setInterval(() => void flush(), EVERY);
  timer.unref();

  function flush(): Promise<void> {
    return (underWay ??= drain().finally(() => (underWay = undefined)));
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      const arrived = await send(batch).catch(() => false);
      if (!arrived) dropped(batch.length);
    }
  }

  return {
    add(item) {
      if (waiting.length >= QUEUE) return dropped(1);
      waiting.push(item);
      if (waiting.length >= BATCH) void flush();
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
