/** The real program for a proof: `pilotage serve` as a process of its own on its own data home, and its command line. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openClient, type Client } from "../../src/contract/client.ts";
import { PilotageError } from "../../src/contract/errors.ts";
import { openDatabase, type Database } from "../../src/platform/database.ts";
import { readConnection } from "../../src/platform/embedded/connection.ts";
import { silentLog } from "../../src/platform/log.ts";
import { unlock } from "../../src/platform/master-key.ts";
import type { Vault } from "../../src/platform/secrets.ts";
import { freePort } from "../support/ports.ts";
import type { Context } from "./point.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = join(ROOT, "bin", "pilotage.js");

/** The person in whose name the proofs act. */
export const PERSON = "proof@example.com";

export interface Program {
  url: string;
  dataHome: string;
  pid: number;
  /** Milliseconds from the start of the process until it answered ready. */
  readyAfter: number;
  /** Acts as the local operator. */
  client: Client;
  key: string;
  /** True until the process has ended. */
  readonly alive: boolean;
  /** Runs a command of the command line as the local operator; answers its JSON document. Throws when it fails. */
  cli(...words: string[]): Promise<unknown>;
  /** Asks it to stop and waits; answers its exit code. */
  stop(): Promise<number | null>;
}

export interface ProgramOptions {
  dataHome: string;
  settings?: Record<string, string>;
  /** Runs the program as another account. */
  ids?: { uid: number; gid: number };
  /** Which part of the program runs; all of it unless told. */
  role?: "web" | "worker";
}

/** Starts the program and waits until it is ready; it is stopped when the point has ended. */
export async function startProgram(
  context: Pick<Context, "after">,
  options: ProgramOptions,
): Promise<Program> {
  const { dataHome, ids, role } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = environment({
    PILOTAGE_DATA: dataHome,
    PILOTAGE_PORT: String(port),
    PILOTAGE_LOG_LEVEL: "warn",
    ...options.settings,
  });
  const started = performance.now();
  const child = spawn(process.execPath, [PROGRAM, "serve", ...(role === undefined ? [] : ["--role", role])], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    ...ids,
  });
  const said = lastWords(child);
  const exit = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.once("error", () => resolve(null));
  });
  const alive = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    if (alive()) child.kill("SIGTERM");
    return exit;
  };
  context.after(async () => void (await stop()));
  await ready(url, alive, said);
  const readyAfter = performance.now() - started;
  // Written behind the first answer: where the command line finds the program, with its key.
  await until(
    "the program to say where it is",
    async () => existsSync(join(dataHome, "server.json")) && existsSync(join(dataHome, "operator.key")),
    Boolean,
    30,
  );
  const key = readFileSync(join(dataHome, "operator.key"), "utf8").trim();
  return {
    url,
    dataHome,
    pid: child.pid!,
    readyAfter,
    client: openClient({ url, key, as: PERSON }),
    key,
    get alive() {
      return alive();
    },
    cli: (...words) => command({ url, key }, words),
    stop,
  };
}

/** The store of a running program, read apart from it: its database, and the vault that opens what lies there. Close the database. */
export async function openStore({ dataHome }: Program): Promise<{ database: Database; vault: Vault }> {
  const connection = readConnection(join(dataHome, "connection.json"));
  if (connection === undefined) throw new Error(`The program left no connection.json in ${dataHome}.`);
  const database = openDatabase({ url: connection.url, log: silentLog });
  try {
    return { database, vault: await unlock({ fromSetting: undefined, dataHome, database, log: silentLog }) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What every process of a proof gets: where programs are found, and nothing of the caller's own settings. */
export function environment(more: Record<string, string> = {}): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG", "TZ"].flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), ...more };
}

async function ready(url: string, alive: () => boolean, said: () => string): Promise<void> {
  for (;;) {
    if (!alive()) throw new Error(`The program ended before it was ready:\n${said()}`);
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Keeps the end of what a process says, so that it can be shown when something goes wrong. */
export function lastWords(child: ChildProcess, most = 8_000): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (part: Buffer) => (text = `${text}${part.toString("utf8")}`.slice(-most)));
  return () => text;
}

async function command({ url, key }: { url: string; key: string }, words: string[]): Promise<unknown> {
  const { code, stdout, said } = await runProcess(
    process.execPath,
    [PROGRAM, ...words, "--json", "--as", PERSON],
    { PILOTAGE_URL: url, PILOTAGE_KEY: key },
  );
  if (code !== 0) throw new Error(`pilotage ${words.join(" ")} ended with ${code}:\n${said}`);
  return JSON.parse(stdout) as unknown;
}

/** Runs a process to its end. Its standard error is handed to `hear` line by line when given. */
export async function runProcess(
  file: string,
  words: string[],
  more: Record<string, string> = {},
  hear?: (line: string) => void,
): Promise<{ code: number | null; stdout: string; said: string }> {
  const child = spawn(file, words, { cwd: ROOT, env: environment(more), stdio: ["ignore", "pipe", "pipe"] });
  const said = lastWords(child);
  let stdout = "";
  child.stdout.on("data", (part: Buffer) => (stdout += part.toString("utf8")));
  child.stderr.on("data", (part: Buffer) => {
    if (hear) for (const line of part.toString("utf8").split("\n")) if (line.trim() !== "") hear(line.trim());
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, said: said() };
}

/** Looks until something holds; fails with what was seen last. A look that a busy program puts off is made again. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  holds: (value: T) => boolean,
  withinSeconds: number,
): Promise<T> {
  const end = performance.now() + withinSeconds * 1_000;
  for (;;) {
    const found = await look().then(
      (value) => ({ value }),
      (error: unknown) => {
        if (error instanceof PilotageError && error.retryable) return undefined;
        throw error;
      },
    );
    if (found && holds(found.value)) return found.value;
    if (performance.now() > end)
      throw new Error(
        `Waited ${withinSeconds} s in vain for ${what}; last seen: ${(JSON.stringify(found?.value) ?? "nothing").slice(0, 2_000)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
