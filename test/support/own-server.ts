/**
 * A PostgreSQL that nobody watches: for restarts that last as long as a test wants. The installation under test meets it
 * as a company's own server, by DATABASE_URL.
 */
import { randomBytes } from "node:crypto";
import { findPackage, prepareBinaries } from "../../src/platform/embedded/binaries.ts";
import { createCluster } from "../../src/platform/embedded/cluster.ts";
import { urlFor } from "../../src/platform/embedded/connection.ts";
import { openDataHome } from "../../src/platform/embedded/data-home.ts";
import { lookAt, orphansGone, processesIn, startPostmaster } from "../../src/platform/embedded/postmaster.ts";
import { ensureDatabase } from "../../src/platform/embedded/session.ts";
import { until } from "./installation.ts";
import { freePort } from "./ports.ts";

export interface OwnServer {
  readonly url: string;
  start(): Promise<void>;
  /** As an administrator does: `fast` ends sessions in order, `immediate` leaves a recovery to the next start. */
  stop(how: "fast" | "immediate"): Promise<void>;
  end(): Promise<void>;
}

/** Makes one in a folder and starts it. */
export async function startOwnServer(folder: string): Promise<OwnServer> {
  const found = findPackage();
  const home = openDataHome(folder);
  const binaries = await prepareBinaries(found, home);
  const password = randomBytes(12).toString("hex");
  await createCluster(home, binaries, password, found.version);
  const port = await freePort();
  let pid = 0;

  async function start(): Promise<void> {
    const started = await startPostmaster(home, binaries, port);
    if (started.kind === "ended") throw new Error(`the server did not start: ${started.output}`);
    pid = started.pid;
  }

  await start();
  await ensureDatabase(port, password);
  return {
    url: urlFor(port, password),
    start,
    async stop(how) {
      process.kill(pid, how === "fast" ? "SIGINT" : "SIGQUIT");
      await until(
        async () => lookAt(pid, home.database) === "server" || processesIn(home.database).length > 0,
        (runs) => !runs,
      );
    },
    async end() {
      // Children end by themselves with their server, one by one.
      await orphansGone(home.database, 0);
    },
  };
}
