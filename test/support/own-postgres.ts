/**
 * `npm run test:own-postgres`: the whole suite on Debian's PostgreSQL (or on the one that PILOTAGE_TEST_DATABASE_URL
 * names) instead of the embedded one. Starts a server of its own in a temporary folder and stops it afterwards.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";

const named = process.env["PILOTAGE_TEST_DATABASE_URL"];
if (named !== undefined) process.exit(runTests(named));

const binaries = findBinaries();
if (binaries === undefined) {
  console.error(
    "No PostgreSQL 15 or newer was found under /usr/lib/postgresql. Install one (apt-get install postgresql), or set PILOTAGE_TEST_DATABASE_URL.",
  );
  process.exit(1);
}
const folder = temporaryFolder("own-postgres");
const data = join(folder, "data");
const port = await freePort();
const root = process.getuid?.() === 0;
let status = 1;
try {
  if (root) execFileSync("chown", ["postgres", folder]);
  asServer("initdb", ["-D", data, "-U", "pilotage", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
  asServer("pg_ctl", [
    "-D",
    data,
    "-w",
    "-l",
    join(folder, "log"),
    "-o",
    `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200`,
    "start",
  ]);
  status = runTests(`postgres://pilotage@127.0.0.1:${port}/postgres`);
} finally {
  asServer("pg_ctl", ["-D", data, "-m", "immediate", "stop"]);
  removeFolder(folder);
}
process.exit(status);

/** The folder with the newest server's programs, 15 or later. */
function findBinaries(): string | undefined {
  const base = "/usr/lib/postgresql";
  if (!existsSync(base)) return undefined;
  const versions = readdirSync(base)
    .map(Number)
    .filter((version) => version >= 15)
    .sort((a, b) => b - a);
  return versions
    .map((version) => join(base, String(version), "bin"))
    .find((path) => existsSync(join(path, "initdb")));
}

/** PostgreSQL refuses to run as root: then its own account runs it. */
function asServer(program: string, args: string[]): void {
  const path = join(binaries!, program);
  const [command, list] = root
    ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, ...args]]
    : [path, args];
  execFileSync(command, list, { stdio: ["ignore", "ignore", "inherit"] });
}

function runTests(url: string): number {
  const run = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)],
    { stdio: "inherit", env: { ...process.env, PILOTAGE_TEST_DATABASE_URL: url } },
  );
  return run.status ?? 1;
}
