/** Debian's PostgreSQL as a company's own server: found under /usr/lib/postgresql, started in a folder, stopped. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./ports.ts";

export interface DebianPostgres {
  url: string;
  version: string;
  stop(): void;
}

/** Starts one in a folder that its account may enter; undefined where no PostgreSQL 15 or newer is installed. */
export async function startDebianPostgres(folder: string): Promise<DebianPostgres | undefined> {
  const binaries = findBinaries();
  if (binaries === undefined) return undefined;
  const data = join(folder, "data");
  const port = await freePort();
  const root = process.getuid?.() === 0;
  /** PostgreSQL refuses to run as root: then its own account runs it. */
  const asServer = (program: string, args: string[]) => {
    const path = join(binaries, program);
    const [command, list] = root
      ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, ...args]]
      : [path, args];
    execFileSync(command, list, { stdio: ["ignore", "ignore", "inherit"] });
  };
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
  return {
    url: `postgres://pilotage@127.0.0.1:${port}/postgres`,
    version: /(\d+)\/bin$/.exec(binaries)![1]!,
    stop: () => asServer("pg_ctl", ["-D", data, "-m", "immediate", "stop"]),
  };
}

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
