/** Commands of this machine as processes of their own, with their time and the most memory that they took. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Context } from "../point.ts";
import { environment, lastWords, ROOT } from "../program.ts";

export interface Run {
  seconds: number;
  /** Most resident memory of the process, by the system's own account; 0 where it gives none. */
  megabytes: number;
  result: JsonObject;
}

const LOOK_EVERY = 100;

/** Runs the program's entry with --json; throws with its last words when it fails. */
export async function runCommand(
  context: Context,
  settings: Record<string, string>,
  words: string[],
): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "src", "main.ts"), ...words, "--json"], {
    cwd: ROOT,
    env: environment({ ...settings }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = lastWords(child);
  let stdout = "";
  child.stdout.on("data", (part: Buffer) => (stdout += part.toString("utf8")));
  child.stderr.on("data", (part: Buffer) => {
    for (const line of part.toString("utf8").split("\n"))
      if (line.trim() !== "") context.progress(line.trim());
  });
  let kilobytes = 0;
  const looking = setInterval(() => (kilobytes = Math.max(kilobytes, peakOf(child.pid!))), LOOK_EVERY);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(looking);
  if (code !== 0) throw new Error(`pilotage ${words.join(" ")} ended with ${code}:\n${said()}`);
  return {
    seconds: Math.round(performance.now() - started) / 1_000,
    megabytes: Math.round(kilobytes / 1024),
    result: JSON.parse(stdout) as JsonObject,
  };
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
