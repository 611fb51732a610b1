/**
 * `npm run test:own-postgres`: the whole suite on Debian's PostgreSQL (or on the one that PILOTAGE_TEST_DATABASE_URL
 * names) instead of the embedded one. Starts a server of its own in a temporary folder and stops it afterwards.
 */
import { spawnSync } from "node:child_process";
import { startDebianPostgres } from "./debian-postgres.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";

const named = process.env["PILOTAGE_TEST_DATABASE_URL"];
if (named !== undefined) process.exit(runTests(named));

const folder = temporaryFolder("own-postgres");
const server = await startDebianPostgres(folder);
if (server === undefined) {
  console.error(
    "No PostgreSQL 15 or newer was found under /usr/lib/postgresql. Install one (apt-get install postgresql), or set PILOTAGE_TEST_DATABASE_URL.",
  );
  removeFolder(folder);
  process.exit(1);
}
let status = 1;
try {
  status = runTests(server.url);
} finally {
  server.stop();
  removeFolder(folder);
}
process.exit(status);

function runTests(url: string): number {
  const run = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)],
    { stdio: "inherit", env: { ...process.env, PILOTAGE_TEST_DATABASE_URL: url } },
  );
  return run.status ?? 1;
}
