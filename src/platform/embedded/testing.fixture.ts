/** What the tests of the embedded server share: data homes that are cleaned up, processes that use them, plain sessions. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterEach } from "vitest";
import type { Log } from "./embedded.ts";
import { processesIn } from "./postmaster.ts";

export const asRoot = process.getuid?.() === 0;
export const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const cleanups: (() => Promise<void> | void)[] = [];

/** Runs after the test, last one first. */
export function cleanUp(work: () => Promise<void> | void): void {
  cleanups.unshift(work);
}

afterEach(async () => {
  for (const work of cleanups.splice(0)) await work();
});

/** An empty folder that every account may enter, removed after the test with the servers that still run in it. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pilotage-embedded-"));
  chmodSync(folder, 0o711);
  cleanUp(() => {
    endServers(join(folder, "home"));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return folder;
}

/** A data home that does not exist yet. */
export function newHome(): string {
  return join(emptyFolder(), "home");
}

export function endServers(home: string): void {
  for (const pid of processesIn(join(home, "database"))) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}

export interface MemberEvent {
  event: string;
  url?: string;
  role?: string;
  code?: string;
  message?: string;
  details?: { kind?: string };
}

export class MemberProcess {
  readonly process: ChildProcess;
  readonly events: MemberEvent[] = [];
  #wake = Promise.withResolvers<void>();

  constructor(child: ChildProcess) {
    this.process = child;
    createInterface(child.stdout!).on("line", (line) => {
      this.events.push(JSON.parse(line) as MemberEvent);
      this.#signal();
    });
    child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => this.events.push({ event: "stderr", message: text }));
    child.on("close", () => {
      this.events.push({ event: "closed" });
      this.#signal();
    });
  }

  /** The next event that fits, from the first one on. */
  async until(fits: (event: MemberEvent) => boolean): Promise<MemberEvent> {
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) return found;
      if (this.events.some(({ event }) => event === "closed")) {
        throw new Error(`the process ended: ${JSON.stringify(this.events)}`);
      }
      await this.#wake.promise;
    }
  }

  async ready(): Promise<MemberEvent & { url: string }> {
    const event = await this.until(({ event }) => event === "ready" || event === "failed");
    if (event.url === undefined) throw new Error(event.message);
    return { ...event, url: event.url };
  }

  say(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    this.say("stop");
    await this.until(({ event }) => event === "stopped");
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }

  #signal(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}

const FIXTURE = join(import.meta.dirname, "member.fixture.ts");

/** Starts a process on a data home; `through` puts other programs in front, `detached` gives it a process group. */
export function startMember(
  home: string,
  options: { uid?: number; through?: string[]; detached?: boolean } = {},
): MemberProcess {
  const [program, ...args] = [...(options.through ?? []), process.execPath, FIXTURE, home];
  const ids = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const member = new MemberProcess(
    spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: "/",
      detached: options.detached ?? false,
      ...ids,
    }),
  );
  cleanUp(() => member.kill());
  return member;
}

/** Whether a process of another account can run this checkout at all (not from a home with mode 700). */
export function othersCanRunUs(uid: number): boolean {
  const code = "require('node:fs').readFileSync(process.argv[1])";
  return spawnSync(process.execPath, ["-e", code, FIXTURE], { uid, gid: uid, cwd: "/" }).status === 0;
}

/** Runs one statement in a session of its own. */
export async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The same, tried until the server takes connections again. */
export async function queryWhenBack<T extends object>(url: () => string, sql: string): Promise<T[]> {
  return eventually(() => query<T>(url(), sql));
}

/** Repeats until it does not throw; the test's own time limit ends it. */
export async function eventually<T>(work: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await pause(10);
    }
  }
}

export function postmasterOf(home: string): number {
  return Number.parseInt(readFileSync(join(home, "database/postmaster.pid"), "utf8"), 10);
}
