/**
 * The duty that notices a clock that was set back, and wakes what would wait for nothing.
 *
 * Every part keeps its own due times; each wakes its own in one transaction, and the audit log says that it happened,
 * because the times in it go back there. Several workers may notice and do it each: the second finds nothing to do.
 */
import type { Audit } from "../audit/record.ts";
import { wakeAfterSetBack } from "../cases/set-back.ts";
import { behindTheStore, watchClock } from "../platform/clock-fall.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { wakeJobs } from "../platform/jobs.ts";
import type { Log } from "../platform/log.ts";
import { wakeShadows } from "../releases/shadow-answer.ts";
import { shortenLeases } from "../reviews/store.ts";

/** The duty: looks at the clock, and at its first look at the times that are stored. */
export function watchForSetBack(parts: {
  database: Database;
  clock: Clock;
  audit: Audit;
  worker: string;
  log: Log;
}): () => Promise<void> {
  const { database, clock, audit, worker, log } = parts;
  const setBack = watchClock(clock);
  /** Noticed and not dealt with yet; the clock may have been set back while no process ran. */
  let fell: number | undefined;
  return async () => {
    fell = Math.max(setBack(), fell ?? (await behindTheStore(database, clock)));
    if (fell === 0) return;
    const seconds = Math.round(fell / 1000);
    const woken = await database.transaction(async (tx) => {
      const now = clock.now();
      const { cases, feeds } = await wakeAfterSetBack(tx, now);
      const reviews = await shortenLeases(tx, now);
      await wakeShadows(tx, now);
      await wakeJobs(tx, now);
      audit.record(tx, [
        {
          kind: "clock.set_back",
          actor: { kind: "system", name: worker },
          data: { seconds, cases, feeds, reviews },
        },
      ]);
      return { cases, feeds, reviews };
    });
    fell = 0;
    log.warn(
      { seconds, ...woken },
      "the clock was set back; what would have waited for the time to come round again goes on now",
    );
  };
}
