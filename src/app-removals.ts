/** What a worker removes every hour because its time is over; put together here, so that app.ts still reads as a page. */
import type { Audit } from "./audit/record.ts";
import { removeOldCalls } from "./gateway/old-calls.ts";
import { tidyWindows } from "./models/limit-store.ts";
import type { Clock } from "./platform/clock.ts";
import type { Database } from "./platform/database.ts";
import type { Duties } from "./platform/duties.ts";
import type { Settings } from "./platform/settings.ts";

const HOUR = 3_600_000;

export function removeHourly(parts: {
  database: Database;
  clock: Clock;
  audit: Audit;
  worker: string;
  settings: Settings;
  every: Duties["every"];
}): void {
  const { database, clock, settings, every } = parts;
  every(HOUR, "removing windows of limits", () => tidyWindows(database, clock.now()));
  every(HOUR, "removing records of old calls", async () => {
    await removeOldCalls({ ...parts, days: settings.PILOTAGE_CALLS_DAYS });
  });
}
