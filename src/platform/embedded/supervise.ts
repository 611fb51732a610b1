/**
 * Brings the server of a data home to the state "runs and takes connections", whatever is found there.
 *
 * Only for the holder of the supervisor lock. Look (inspect.ts), decide (decide.ts), do, write the connection file.
 */
import { randomBytes } from "node:crypto";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { dropOldCopies, majorOf, prepareBinaries, type Binaries, type Package } from "./binaries.ts";
import { createCluster, refuseOutput, setPassword } from "./cluster.ts";
import { passwordOf, readConnection, urlFor, writeConnection, type Connection } from "./connection.ts";
import { whoRuns, type DataHome } from "./data-home.ts";
import { decide } from "./decide.ts";
import { inspect } from "./inspect.ts";
import { diskRefusal } from "./room.ts";
import { dropPidFile, orphansGone, startPostmaster, stopPostmaster } from "./postmaster.ts";
import { freePort } from "./port.ts";
import { explainFileError, refuse } from "./refusal.ts";
import { ensureDatabase } from "./session.ts";

export interface Running {
  readonly connection: Connection;
  /** Only when this process started the server. */
  readonly child: ChildProcess | undefined;
  readonly how: "created" | "started" | "adopted";
}

/** Adopts, starts or first makes the server. Throws `data_home_unusable` when that may not or cannot be done. */
export async function bringUp(home: DataHome, found: Package): Promise<Running> {
  try {
    return await act(home, found);
  } catch (error) {
    throw explainFileError(error, home.path, whoRuns());
  }
}

async function act(home: DataHome, found: Package): Promise<Running> {
  const before = readConnection(home.connection);
  const state = await inspect(home, before);
  const uid = home.account.ids?.uid ?? process.getuid?.();
  const step = decide(state, {
    path: home.database,
    major: majorOf(found.version),
    version: found.version,
    uid,
  });

  switch (step.kind) {
    case "refuse":
      throw refuse(step.why);
    case "adopt": {
      const connection = { ...connectionOf(home), pid: step.pid };
      return finish(home, connection, step.port, undefined, "adopted");
    }
    case "create": {
      const binaries = await prepareBinaries(found, home);
      await createCluster(home, binaries, newPassword(), found.version);
      return start(home, binaries, found, "created");
    }
    case "start": {
      const full = diskRefusal(home);
      if (full !== undefined) throw refuse(full);
      const binaries = await prepareBinaries(found, home);
      if (step.stopFirst !== undefined) await stopPostmaster(step.stopFirst, home.database);
      if (state.postmaster.state !== "none") await orphansGone(home.database);
      if (step.dropPidFile) dropPidFile(home.database);
      if (step.newPassword) await setPassword(home, binaries, newPassword(), found.version);
      return start(home, binaries, found, "started");
    }
    default:
      return step satisfies never;
  }
}

/** Starts the server on its last port when that is free, else on another; a port can be lost between choosing and using. */
async function start(
  home: DataHome,
  binaries: Binaries,
  found: Package,
  how: "created" | "started",
): Promise<Running> {
  const before = connectionOf(home);
  let wanted = before.port;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(wanted);
    const started = await startPostmaster(home, binaries, port);
    if (started.kind === "ready") {
      try {
        const running = await finish(
          home,
          { ...before, pid: started.pid, version: found.version },
          port,
          started.child,
          how,
        );
        dropOldCopies(found, home);
        return running;
      } catch (error) {
        await stopPostmaster(started.pid, home.database);
        throw error;
      }
    }
    if (attempt === 40 || !mayPass(started.output)) throw refuseOutput(home, started.output);
    if (/Address already in use/.test(started.output)) wanted = 0;
    await pause(250);
  }
}

/** Causes that another try can outlive: a lost port, the memory of a server that is just going away. */
function mayPass(output: string): boolean {
  return /Address already in use|shared memory block .* is still in use/.test(output);
}

async function finish(
  home: DataHome,
  connection: Connection,
  port: number,
  child: ChildProcess | undefined,
  how: Running["how"],
): Promise<Running> {
  const password = passwordOf(connection);
  const now = { ...connection, port, url: urlFor(port, password) };
  await ensureDatabase(port, password);
  writeConnection(home.connection, now);
  return { connection: now, child, how };
}

function connectionOf(home: DataHome): Connection {
  const connection = readConnection(home.connection);
  if (connection === undefined) throw refuse({ kind: "foreign-cluster", path: home.database });
  return connection;
}

/** Letters, digits, "-" and "_" only, so it needs no quoting in a URL or in SQL. */
function newPassword(): string {
  return randomBytes(24).toString("base64url");
}
