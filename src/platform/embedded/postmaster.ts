/**
 * One PostgreSQL server as a process: its pid file, whether it lives, starting it, stopping it.
 *
 * A process id alone proves nothing (ids are reused, and the account of the server could write any number into the file),
 * so a process counts as our server only when it is a PostgreSQL that works in the database folder, as far as /proc tells.
 * Paths here are absolute and without links.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { stopwatch } from "../clock.ts";
import type { Binaries } from "./binaries.ts";
import type { DataHome } from "./data-home.ts";
import { spawnProgram } from "./program.ts";
import { codeOf } from "./refusal.ts";
import { clusterName, serverArguments } from "./server-settings.ts";

export interface PidFile {
  readonly pid: number;
  /** 0 while the server has not written it yet. */
  readonly port: number;
  readonly ready: boolean;
}

/** How long a killed process may take to go. */
const KILL_MS = 10_000;
const POLL_MS = 5;

/** Reads PostgreSQL's postmaster.pid: line 1 the process, line 4 the port, line 8 its state. */
export function readPidFile(database: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(database, "postmaster.pid"), "utf8").split("\n");
    // A server in single-user mode writes its id negative.
    const pid = Math.abs(Number.parseInt(lines[0] ?? "", 10));
    return {
      pid: pid || 0,
      port: Number.parseInt(lines[3] ?? "", 10) || 0,
      ready: lines[7]?.trim() === "ready",
    };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Drops a pid file whose process id now belongs to something else. Call only when no process works in the folder. */
export function dropPidFile(database: string): void {
  rmSync(join(database, "postmaster.pid"), { force: true });
}

/** What the process with this id is: our server, something else, or gone. A dead process nobody waited for is gone. */
export function lookAt(pid: number, database: string): "server" | "other" | "gone" {
  if (pid <= 1 || !exists(pid)) return "gone";
  if (process.platform !== "linux") return "server";
  const name = programName(pid);
  if (name === undefined) return "gone";
  if (name !== "postgres") return "other";
  // A PostgreSQL of which nothing more can be learnt counts as the server of the folder whose pid file names it.
  return worksIn(pid, database) === false ? "other" : "server";
}

/** Processes of a server that work in the database folder, its children included. */
export function processesIn(database: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => programName(pid) === "postgres" && worksIn(pid, database) === true);
}

/**
 * Waits until no process of an earlier server works in the folder, and kills what has not ended after `patience` milliseconds.
 *
 * Children of a killed server end by themselves unless they are busy; a new server beside them would damage the data.
 */
export async function orphansGone(database: string, patience = 5_000): Promise<void> {
  const elapsed = stopwatch();
  for (let orphans = processesIn(database); orphans.length > 0; orphans = processesIn(database)) {
    if (elapsed() >= patience) for (const pid of orphans) signal(pid, "SIGKILL");
    await pause(POLL_MS);
  }
}

export type Started =
  | { readonly kind: "ready"; readonly child: ChildProcess; readonly pid: number }
  | { readonly kind: "ended"; readonly output: string };

/** Starts a server on a port and waits until it takes connections, through crash recovery if it must; or until it ends. */
export async function startPostmaster(home: DataHome, binaries: Binaries, port: number): Promise<Started> {
  const log = openSync(home.log, "a", 0o600);
  const from = statSync(home.log).size;
  const end: { said?: string } = {};
  let child: ChildProcess;
  try {
    child = spawnProgram(binaries.postgres, serverArguments(home.database, port), home, ["ignore", log, log]);
  } finally {
    closeSync(log);
  }
  child.on("error", (error) => (end.said = error.message));
  child.on("exit", () => (end.said ??= ""));
  child.unref();
  while (end.said === undefined) {
    const file = readPidFile(home.database);
    if (file?.ready === true && file.pid === child.pid) return { kind: "ready", child, pid: file.pid };
    await pause(POLL_MS);
  }
  return { kind: "ended", output: end.said + readFileSync(home.log).subarray(from).toString("utf8") };
}

/**
 * Stops a server: fast (open transactions are rolled back, all is written), then at once, then by force.
 *
 * Nothing acknowledged is lost in any of them; the later ones cost a recovery at the next start. Returns what it took.
 */
export async function stopPostmaster(
  pid: number,
  database: string,
  deadlines: { fast: number; immediate: number } = { fast: 15_000, immediate: 5_000 },
): Promise<"fast" | "immediate" | "killed"> {
  if (await endedAfter(pid, database, "SIGINT", deadlines.fast)) return "fast";
  if (await endedAfter(pid, database, "SIGQUIT", deadlines.immediate)) return "immediate";
  // A process that the kernel is still taking down counts as living: the next start must not meet it.
  await endedAfter(pid, database, "SIGKILL", KILL_MS);
  await orphansGone(database, 0);
  return "killed";
}

async function endedAfter(
  pid: number,
  database: string,
  name: NodeJS.Signals,
  milliseconds: number,
): Promise<boolean> {
  signal(pid, name, database);
  const elapsed = stopwatch();
  while (lookAt(pid, database) === "server") {
    if (elapsed() > milliseconds) return false;
    await pause(POLL_MS);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals, database?: string): void {
  if (database !== undefined && lookAt(pid, database) !== "server") return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

/** The name of a living process; `undefined` when it is gone or only waits to be collected. */
function programName(pid: number): string | undefined {
  const stat = readProc(pid, "stat");
  if (stat === undefined) return undefined;
  const end = stat.lastIndexOf(")");
  return /^\) [ZX]/.test(stat.slice(end)) ? undefined : stat.slice(stat.indexOf("(") + 1, end);
}

/**
 * Whether a process works in the database folder; `undefined` when that cannot be learnt.
 *
 * Root in a container may not see the working directory of another account's process. Its command line can always be
 * read: that of the server names the folder, the titles of its children name the cluster.
 */
function worksIn(pid: number, database: string): boolean | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "") === database;
  } catch {
    const words = readProc(pid, "cmdline")?.split("\0") ?? [];
    if (words[0]?.startsWith("postgres:")) return words[0].startsWith(`postgres: ${clusterName(database)}: `);
    const folder = words[words.indexOf("-D") + 1];
    return words.includes("-D") && folder?.startsWith("/") ? folder === database : undefined;
  }
}

function readProc(pid: number, file: "stat" | "cmdline"): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
