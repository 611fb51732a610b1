/** Timed duties of a process: each runs again so long after it ended, whatever became of it, until the process stops. */
import type { Log } from "./log.ts";

export interface Duties {
  every(milliseconds: number, duty: string, work: () => Promise<void>): void;
  /** No duty begins any more; what is under way goes on to its end. */
  end(): void;
}

export function openDuties(log: Log): Duties {
  const timers: NodeJS.Timeout[] = [];
  let ended = false;
  return {
    every(milliseconds, duty, work) {
      const place = timers.length;
      const again = () => {
        timers[place] = setTimeout(() => {
          work()
            .catch((error: unknown) =>
              log.warn(
                { err: error instanceof Error ? error.message : String(error), duty },
                "a duty failed; it is tried again",
              ),
            )
            .finally(() => {
              if (!ended) again();
            });
        }, milliseconds);
      };
      again();
    },
    end() {
      ended = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
