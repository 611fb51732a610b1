/**
 * Runs PostgreSQL's programs as the account of the server, with an environment of its own.
 *
 * Every program is a session leader (`detached`): Ctrl-C in a terminal reaches the process group of Pilotage, and must
 * not end the database before the graceful stop has run.
 */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import type { DataHome } from "./data-home.ts";

/** Starts a program; it outlives this process unless it ends by itself. */
export function spawnProgram(
  program: string,
  args: readonly string[],
  home: DataHome,
  stdio: SpawnOptions["stdio"],
): ChildProcess {
  return spawn(program, args, {
    cwd: home.path,
    detached: true,
    stdio: stdio ?? "ignore",
    env: serverEnvironment(process.env),
    ...home.account.ids,
  });
}

/** Runs a program to its end and returns its exit code and all that it wrote. A program that cannot be started has code 127. */
export async function runProgram(
  program: string,
  args: readonly string[],
  home: DataHome,
  input = "",
): Promise<{ code: number; output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; output: string }>();
  const child = spawnProgram(program, args, home, ["pipe", "pipe", "pipe"]);
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text));
  // A program that ends early closes its input; the exit code says why.
  child.stdin?.on("error", () => undefined).end(input);
  child.on("error", (error) => resolve({ code: 127, output: error.message }));
  child.on("close", (code) => resolve({ code: code ?? 128, output }));
  return promise;
}

/** Nothing of the caller's PG* variables, language or home; only what finds programs and libraries. */
function serverEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH } = own;
  return {
    LC_ALL: "C",
    TZ: "UTC",
    ...(PATH === undefined ? {} : { PATH }),
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
  };
}
