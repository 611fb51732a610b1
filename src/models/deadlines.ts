/**
 * How long a call of a model may take: to connect, to its first token, between two tokens, and in all.
 *
 * A limit counts only time that is spent waiting for the provider; whoever reads a stream slowly does not make the provider
 * late. The limit on the whole is the exception: it ends every call. The connection's own limit is kept by the pool
 * (upstream.ts).
 */
import { stopwatch } from "../platform/clock.ts";

export interface Deadlines {
  /** To the connection, TLS included. */
  connectMs: number;
  /** From the start of the call to the first token; what comes before it, headers too, does not count as one. */
  firstTokenMs?: number;
  /** Without anything new, after the first token. */
  idleMs?: number;
  /** From the start of the call to its end. */
  totalMs: number;
}

export type Limit = "connect" | "first_token" | "idle" | "total";

export interface Struck {
  limit: Limit;
  afterMs: number;
  /** The caller did not read when the limit on the whole struck: the provider may have kept its time. */
  unread: boolean;
}

export interface Watch {
  /** Something came that counts: from now on the time between two such moments is limited. */
  progress(): void;
  /** Everything asked for has come: silence for so long ends the call without blame. */
  ending(withinMs: number): void;
  /** Waits for the provider within the limits. */
  waitFor<T>(coming: Promise<T>): Promise<T>;
  readonly struck: Struck | undefined;
  /** From the start to the first progress, in milliseconds; undefined before it. */
  readonly firstMs: number | undefined;
  end(): void;
}

/** What a timer can hold; a longer one would strike at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Starts the clocks of one call; `stop` is called once, when the first limit strikes. */
export function watchCall(limits: Omit<Deadlines, "connectMs">, stop: () => void): Watch {
  const { firstTokenMs = Infinity, totalMs } = limits;
  let idleMs = limits.idleMs ?? Infinity;
  const elapsed = stopwatch();
  let struck: Struck | undefined;
  let firstMs: number | undefined;
  /** Waited for since the last progress. */
  let waitedMs = 0;
  let waiting = false;

  const strike = (limit: Limit, afterMs: number) => {
    if (struck) return;
    struck = { limit, afterMs, unread: !waiting };
    stop();
  };
  const total = setTimeout(() => strike("total", totalMs), Math.min(totalMs, LONGEST_TIMER));

  const progress = () => {
    firstMs ??= elapsed();
    waitedMs = 0;
  };

  return {
    progress,
    ending(withinMs) {
      progress();
      idleMs = Math.min(idleMs, withinMs);
    },
    async waitFor(coming) {
      const before = elapsed();
      const first = firstMs === undefined;
      const leftMs = first ? firstTokenMs - before : idleMs - waitedMs;
      const timer =
        leftMs === Infinity
          ? undefined
          : setTimeout(
              () => (first ? strike("first_token", firstTokenMs) : strike("idle", idleMs)),
              Math.max(0, leftMs),
            );
      waiting = true;
      try {
        return await coming;
      } finally {
        waiting = false;
        clearTimeout(timer);
        waitedMs += elapsed() - before;
      }
    },
    get struck() {
      return struck;
    },
    get firstMs() {
      return firstMs;
    },
    end: () => clearTimeout(total),
  };
}
