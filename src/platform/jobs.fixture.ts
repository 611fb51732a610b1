/**
 * A process with the job queue, for tests that kill one: takes jobs of the task `hold` and never ends them.
 *
 * `node jobs.fixture.ts <database url> <worker>` prints one line per job that it holds.
 */
import { systemClock } from "./clock.ts";
import { openDatabase } from "./database.ts";
import { openJobs } from "./jobs.ts";
import { silentLog } from "./log.ts";

const [url = "", worker = ""] = process.argv.slice(2);
const database = openDatabase({ url, log: silentLog });
const jobs = openJobs({
  url: () => url,
  database,
  worker,
  clock: systemClock,
  log: silentLog,
  release: async () => undefined,
  beatEvery: 50,
});
await jobs.start({
  hold: async ({ no }) => {
    console.log(`holds ${JSON.stringify(no)}`);
    await new Promise(() => undefined);
  },
});
