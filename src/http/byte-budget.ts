/**
 * How many bytes of request bodies may be in the program's hands at once.
 *
 * A body is counted before it is read and until its answer is out, because it stands in memory several times on its way:
 * as bytes, as text, as a value, sealed. Counting requests alone would let a dozen large ones take all memory.
 */
import type { IncomingMessage } from "node:http";
import { PilotageError } from "../contract/errors.ts";

export interface ByteBudget {
  /**
   * Counts the body of a request, until what it answers is called: when the answer is out. Throws `too_many_requests` when
   * there is no room for it.
   */
  take(request: IncomingMessage, mostBytes: number): () => void;
}

/** A body without a stated length counts as the largest that its endpoint takes. */
export function byteBudget(most: number): ByteBudget {
  let taken = 0;
  return {
    take(request, mostBytes) {
      const stated = Number(request.headers["content-length"] ?? mostBytes);
      const bytes = Number.isSafeInteger(stated) && stated >= 0 ? Math.min(stated, mostBytes) : mostBytes;
      // Alone, any body that its endpoint takes has room.
      if (taken > 0 && taken + bytes > most)
        throw new PilotageError(
          "too_many_requests",
          "More is being sent in at the same time than the program can hold; this request was not read.",
          { hint: "Wait for the time in Retry-After and send it again." },
        );
      taken += bytes;
      return () => void (taken -= bytes);
    },
  };
}
