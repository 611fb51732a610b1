/** The duty that looks for due feeds and reads each of them beside the others. How one is read is in run.ts. */
import type { Log } from "../../platform/log.ts";
import { runFeed, type FeedParts, type Looks } from "./run.ts";
import { dueFeeds } from "./store.ts";

export interface FeedDuty {
  look(): Promise<void>;
  /** Ends when every look that is under way has ended. */
  ended(): Promise<unknown>;
  /** How many feeds this process is reading now. */
  readonly reading: number;
}

export function openFeedDuty(parts: FeedParts & { log: Log }): FeedDuty {
  const looks: Looks = new Map();
  const reading = new Map<string, Promise<void>>();
  return {
    async look() {
      // Each feed by itself: a long file or a slow folder of one never keeps another waiting.
      for (const { workflow, name } of await dueFeeds(parts.database, parts.worker, parts.clock.now())) {
        const feed = `${workflow}/${name}`;
        if (reading.has(feed)) continue;
        const run = runFeed(parts, looks, workflow, name)
          .catch((error: unknown) =>
            parts.log.warn(
              { err: error instanceof Error ? error.message : String(error), feed },
              "a look of a feed failed; it is tried again",
            ),
          )
          .finally(() => reading.delete(feed));
        reading.set(feed, run);
      }
    },
    ended: () => Promise.all(reading.values()),
    get reading() {
      return reading.size;
    },
  };
}
