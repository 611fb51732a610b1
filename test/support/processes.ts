/**
 * Processes of an installation that are started again whenever they end, as a service manager would.
 *
 * Each is a real `serve` in a process of its own. It can be killed from outside, or told to kill itself at a
 * transaction boundary. How each run ended is kept.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { KillPlan } from "./kill-plan.ts";

const ENTRY = fileURLToPath(new URL("serve-with-kills.ts", import.meta.url));
const LINES_KEPT = 400;
/** The last thing that a process says when it starts. */
const UP = { web: '"Pilotage serves"', worker: '"Pilotage is up"' };
const STOP_WITHIN = 30_000;

export interface Ending {
  /** It was killed by `kill`. */
  byHand: boolean;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Whether it had come up. */
  wasUp: boolean;
  /** Its last words. */
  log: string[];
}

export interface Kept {
  readonly role: "web" | "worker";
  readonly pid: number;
  readonly starts: number;
  readonly endings: Ending[];
  /** The present process's log, latest lines. */
  readonly log: string[];
  /** Resolves when a process is up: at once when the present one is. */
  up(): Promise<void>;
  /** SIGKILL; resolves when it is gone. It is started again. */
  kill(): Promise<void>;
  /** Another signal, such as SIGSTOP. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it in order and for good; killed when that takes too long. */
  stop(): Promise<void>;
  /** Kills it for good. */
  end(): Promise<void>;
}

/** Settings of the surroundings that must not leak into an installation under test are left out. */
export function environmentFor(settings: Record<string, string>): Record<string, string> {
  const own = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(PILOTAGE_|DATABASE_|VITEST|NODE_OPTIONS)/.test(name),
  );
  return { ...(Object.fromEntries(own) as Record<string, string>), ...settings };
}

/** Deaths that nobody ordered, with last words; a process that could not start, because the database was away, is none. */
export function unorderedDeaths(processes: readonly Kept[]): string[] {
  return processes.flatMap(({ role, endings }) =>
    endings
      .filter(({ byHand, wasUp, code }) => !byHand && wasUp && code !== 0)
      .map(({ code, signal, log }) => `a ${role} ended with ${code ?? signal}: ${log.slice(-40).join("\n")}`),
  );
}

/** Starts the process, again and again; the plan tells each start whom to kill. */
export function keepRunning(options: {
  role: "web" | "worker";
  environment: Record<string, string>;
  plan?: KillPlan | undefined;
}): Kept {
  const endings: Ending[] = [];
  let starts = 0;
  let child: ChildProcess | undefined;
  let log: string[] = [];
  let up = Promise.withResolvers<void>();
  let stopping = false;
  let byHand = false;
  // A test run that is broken off leaves nothing behind.
  const endWithUs = () => void child?.kill("SIGKILL");
  process.once("exit", endWithUs);
  const life = live();

  async function live(): Promise<void> {
    while (!stopping) {
      const ending = await runOnce();
      endings.push(ending);
      // It could not start, because the database was away for example: not again at once.
      if (!ending.wasUp && !stopping) await pause(200);
    }
    process.off("exit", endWithUs);
    up.promise.catch(() => undefined);
    up.reject(new Error(`the ${options.role} was ended for good; its last words:\n${log.join("\n")}`));
  }

  async function runOnce(): Promise<Ending> {
    starts++;
    byHand = false;
    log = [];
    let wasUp = false;
    const mine = spawn(
      process.execPath,
      [ENTRY, options.role, ...(options.plan?.arguments(options.role) ?? [])],
      { stdio: ["ignore", "pipe", "pipe"], env: options.environment },
    );
    child = mine;
    createInterface(mine.stdout).on("line", (line) => options.plan?.said(options.role, line));
    createInterface(mine.stderr).on("line", (line) => {
      log.push(line);
      if (log.length > LINES_KEPT) log.shift();
      if (line.includes(UP[options.role])) {
        wasUp = true;
        up.resolve();
      }
    });
    mine.once("exit", () => {
      if (wasUp) up = Promise.withResolvers();
    });
    // "close" comes when its last words are read, too.
    const [code, signal] = (await once(mine, "close")) as [number | null, NodeJS.Signals | null];
    return { byHand, code, signal, wasUp, log };
  }

  async function endBy(signal: NodeJS.Signals): Promise<void> {
    const mine = child;
    if (!mine || mine.exitCode !== null || mine.signalCode !== null) return;
    const gone = once(mine, "exit");
    mine.kill(signal);
    await gone;
  }

  return {
    role: options.role,
    get pid() {
      return child?.pid ?? 0;
    },
    get starts() {
      return starts;
    },
    endings,
    get log() {
      return log;
    },
    up: () => up.promise,
    async kill() {
      byHand = true;
      await endBy("SIGKILL");
    },
    signal: (signal) => void child?.kill(signal),
    async stop() {
      stopping = true;
      const mine = child;
      const late = setTimeout(() => mine?.kill("SIGKILL"), STOP_WITHIN);
      await endBy("SIGTERM");
      clearTimeout(late);
      await life;
    },
    async end() {
      stopping = true;
      await endBy("SIGKILL");
      await life;
    },
  };
}
