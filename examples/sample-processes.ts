/** The processes of the sample: started with their output told apart, ended one after the other. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves when the process is gone: its exit code, or the name of the signal that ended it. */
  readonly gone: Promise<number | NodeJS.Signals>;
  /** Asks it to stop and waits; ends it for good when it takes longer. */
  stop(milliseconds: number): Promise<void>;
}

/**
 * Starts a Node program in a process group of its own, so that Ctrl-C reaches only us and we end them in order.
 *
 * Its standard input stays open as long as we live: a program that watches it ends when we are killed.
 */
export function startProcess(options: {
  name: string;
  arguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  /** Takes each line that the program writes, from both outputs. */
  onLine: (line: string) => void;
}): Running {
  const child = spawn(process.execPath, options.arguments, {
    env: options.environment,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  eachLine(child.stdout, options.onLine);
  eachLine(child.stderr, options.onLine);
  // Its input closes with it; that is no fault.
  child.stdin.on("error", () => undefined);
  const gone = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("error", (error) => {
      options.onLine(error.message);
      resolve(1);
    });
    child.once("close", (code, signal) => resolve(code ?? signal ?? 1));
  });
  return {
    name: options.name,
    child,
    gone,
    async stop(milliseconds) {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), milliseconds);
      await gone;
      clearTimeout(late);
    },
  };
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on("line", onLine);
}

/** A line of the program's log as a person reads it; other lines as they are. */
export function readableLog(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { level, msg, time: _time, pid: _pid, ...more } = JSON.parse(line) as Record<string, unknown>;
    if (typeof level !== "number" || typeof msg !== "string") return line;
    const details = Object.entries(more).map(
      ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    return `${level >= 50 ? "Error: " : ""}${msg}${details.length > 0 ? ` (${details.join(", ")})` : ""}`;
  } catch {
    return line;
  }
}
