/**
 * The embedded PostgreSQL server of one data home, shared by every process that uses it.
 *
 * The first process takes the supervisor lock: it starts the server, watches it, restarts it. The others read the
 * connection file. The server outlives a supervisor that is killed; whoever gets the lock next adopts it as it runs.
 * The last process that stops gracefully stops the server. No global state: each call has its own.
 */
import { setTimeout as pause } from "node:timers/promises";
import { PilotageError } from "../../contract/errors.ts";
import { stopwatch } from "../clock.ts";
import { findPackage, type Package } from "./binaries.ts";
import { passwordOf, readConnection, type Connection } from "./connection.ts";
import { openDataHome, whoRuns, type DataHome } from "./data-home.ts";
import { tryLockAlone, tryLockTogether, type Lock } from "./lock.ts";
import { rotateLog } from "./log-file.ts";
import { lookAt, readPidFile, stopPostmaster } from "./postmaster.ts";
import { explainFileError, refuse } from "./refusal.ts";
import { diskRefusal } from "./room.ts";
import { askServer } from "./session.ts";
import { bringUp } from "./supervise.ts";

/** What the supervisor writes to; a pino logger fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface EmbeddedServer {
  /** `postgres://...` on loopback TCP, with the password. Changes when the server had to move to another port. */
  readonly url: string;
  readonly role: "supervisor" | "client";
  /** What keeps the server from running, in a sentence for people; undefined while nothing is known to. */
  readonly trouble: string | undefined;
  /** Lets go of the server. The last process that does stops it (fast); otherwise another process takes over. */
  stop(): Promise<void>;
  /** Calls the listener when `url` has changed; the returned function ends that. */
  onChange(listener: (url: string) => void): () => void;
}

/** How often a process looks whether the server lives, and whether there is a supervisor to replace. */
const TICK_MS = 250;
const SLOWEST_RETRY_MS = 10_000;
const HAND_OVER_MS = 2_000;
const JOIN_SECONDS = 60;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * Starts the server of a data home, or joins the one that runs.
 *
 * Throws `data_home_unusable` with a message that says what to do. Keeps no process alive by itself.
 */
export async function startEmbedded(options: { dataHome: string; log: Log }): Promise<EmbeddedServer> {
  const home = openDataHome(options.dataHome);
  const member = new Member(home, findPackage(), options.log);
  await member.join();
  return member;
}

class Member implements EmbeddedServer {
  readonly #home: DataHome;
  readonly #package: Package;
  readonly #log: Log;
  readonly #listeners = new Set<(url: string) => void>();
  #connection: Connection | undefined;
  /** Held from joining to stopping. */
  #presence: Lock | undefined;
  /** Held while this process is the supervisor. */
  #supervision: Lock | undefined;
  #failures = 0;
  /** Why the last try to bring the server up failed. */
  #trouble: string | undefined;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(home: DataHome, found: Package, log: Log) {
    this.#home = home;
    this.#package = found;
    this.#log = log;
  }

  get url(): string {
    if (this.#connection === undefined)
      throw new PilotageError(
        "internal",
        "The embedded server was asked for its address before it had started. Wait for startEmbedded.",
      );
    return this.#connection.url;
  }

  get role(): "supervisor" | "client" {
    return this.#supervision === undefined ? "client" : "supervisor";
  }

  get trouble(): string | undefined {
    if (this.#trouble !== undefined) return this.#trouble;
    const full = diskRefusal(this.#home);
    return full === undefined ? undefined : refuse(full).message;
  }

  onChange(listener: (url: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Becomes the supervisor of the server, or a client of a server that answers. */
  async join(): Promise<void> {
    let elapsed = stopwatch();
    try {
      for (;;) {
        const outcome = await this.#tryJoin();
        if (outcome === "joined") break;
        // A server that says it is recovering or stopping is worth waiting for, however long.
        if (outcome === "busy") elapsed = stopwatch();
        if (elapsed() > JOIN_SECONDS * 1000)
          throw refuse({ kind: "held-elsewhere", path: this.#home.path, seconds: JOIN_SECONDS });
        await pause(20);
      }
    } catch (error) {
      this.#letGo();
      throw error;
    }
    this.#schedule(TICK_MS);
  }

  async stop(): Promise<void> {
    if (this.#stopped) return this.#turn;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#turn = this.#turn.then(() => this.#leave());
    return this.#turn;
  }

  async #tryJoin(): Promise<"joined" | "busy" | "nothing yet"> {
    this.#presence ??= this.#lock(tryLockTogether, this.#home.usersLock);
    // Somebody holds it alone: the last user is stopping the server. Come when that is done.
    if (this.#presence === undefined) return "nothing yet";
    this.#supervision = this.#lock(tryLockAlone, this.#home.supervisorLock);
    if (this.#supervision !== undefined) {
      await this.#bringUp();
      return "joined";
    }
    const connection = this.#readConnection();
    if (connection === undefined) return "nothing yet";
    const answer = await askServer(connection.port, passwordOf(connection), this.#home.database);
    if (answer !== "ours") return answer === "busy" ? answer : "nothing yet";
    this.#use(connection);
    this.#log.info(
      { port: connection.port, server: connection.pid },
      "Using the embedded database of another process",
    );
    return "joined";
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#turn = this.#turn.then(() => this.#watch());
    }, milliseconds).unref();
  }

  /** One look: a client tries to become the supervisor, a supervisor looks whether the server lives. Never throws. */
  async #watch(): Promise<void> {
    if (this.#stopped) return;
    try {
      await (this.role === "client" ? this.#watchAsClient() : this.#watchAsSupervisor());
      this.#failures = 0;
      this.#trouble = undefined;
    } catch (error) {
      this.#failures++;
      this.#trouble = error instanceof PilotageError ? error.message : undefined;
      this.#log.error(
        { err: error, failures: this.#failures },
        "The embedded database cannot be brought up; trying again",
      );
    }
    this.#schedule(Math.min(TICK_MS * 2 ** this.#failures, SLOWEST_RETRY_MS));
  }

  async #watchAsClient(): Promise<void> {
    this.#supervision = this.#lock(tryLockAlone, this.#home.supervisorLock);
    if (this.#supervision !== undefined) {
      this.#log.warn({}, "The process that supervised the embedded database is gone; taking over");
      return this.#bringUp();
    }
    const connection = this.#readConnection();
    if (connection !== undefined && connection.url !== this.#connection?.url) this.#use(connection);
  }

  async #watchAsSupervisor(): Promise<void> {
    const pid = this.#connection?.pid ?? 0;
    if (lookAt(pid, this.#home.database) === "server") return rotateLog(this.#home.log, LOG_LIMIT_BYTES);
    this.#log.warn({ server: pid }, "The embedded database is gone; starting it again");
    await this.#bringUp();
  }

  async #bringUp(): Promise<void> {
    const elapsed = stopwatch();
    const { connection, child, how } = await bringUp(this.#home, this.#package);
    // Noticed at once when it is our child; one that was adopted is noticed by the next look.
    child?.once("exit", () => this.#schedule(0));
    this.#use(connection);
    this.#log.info(
      { port: connection.port, server: connection.pid, milliseconds: Math.round(elapsed()) },
      `Embedded database ${how}`,
    );
  }

  #use(connection: Connection): void {
    const moved = this.#connection !== undefined && this.#connection.url !== connection.url;
    this.#connection = connection;
    if (moved) for (const listener of this.#listeners) listener(connection.url);
  }

  async #leave(): Promise<void> {
    try {
      // A client has no duty: the supervisor, or whoever follows it, sees to the server.
      if (this.role === "supervisor") await this.#stopOrHandOver();
    } finally {
      this.#letGo();
    }
  }

  async #stopOrHandOver(): Promise<void> {
    const outcome = await this.#lastOrReplaced();
    // From PostgreSQL's own file: while we waited, another process may have restarted the server.
    const pid = readPidFile(this.#home.database)?.pid ?? 0;
    if (outcome !== "last") {
      this.#log.info(
        { server: pid, outcome },
        "Leaving the embedded database to the other processes that use it",
      );
      return;
    }
    if (lookAt(pid, this.#home.database) !== "server") return;
    const elapsed = stopwatch();
    const how = await stopPostmaster(pid, this.#home.database);
    const fields = { pid, how, milliseconds: Math.round(elapsed()) };
    if (how === "fast") this.#log.info(fields, "Embedded database stopped");
    else this.#log.warn(fields, "Embedded database had to be forced to stop; the next start recovers it");
  }

  /**
   * Waits until nobody uses the server, or another process supervises it; "abandoned" when neither comes about.
   *
   * Processes often stop together: one that leaves without waiting would count on a client that is leaving, too.
   */
  async #lastOrReplaced(): Promise<"last" | "replaced" | "abandoned"> {
    this.#presence?.release();
    const elapsed = stopwatch();
    do {
      // Alone on the users' lock means that nobody uses the server, and that nobody can join until it is down.
      this.#presence = this.#lock(tryLockAlone, this.#home.usersLock);
      this.#supervision ??= this.#lock(tryLockAlone, this.#home.supervisorLock);
      if (this.#presence !== undefined) return "last";
      if (this.#supervision === undefined) return "replaced";
      this.#supervision.release();
      this.#supervision = undefined;
      await pause(20);
    } while (elapsed() < HAND_OVER_MS);
    return "abandoned";
  }

  #letGo(): void {
    // Supervision first: who joins next must find the server in the state in which we leave it.
    this.#supervision?.release();
    this.#supervision = undefined;
    this.#presence?.release();
    this.#presence = undefined;
  }

  #lock(take: (path: string) => Lock | undefined, path: string): Lock | undefined {
    try {
      return take(path);
    } catch (error) {
      const explained = explainFileError(error, this.#home.path, whoRuns());
      if (explained !== error) throw explained;
      throw refuse(
        {
          kind: "no-locks",
          path: this.#home.path,
          said: error instanceof Error ? error.message : String(error),
        },
        error,
      );
    }
  }

  #readConnection(): Connection | undefined {
    try {
      return readConnection(this.#home.connection);
    } catch (error) {
      throw explainFileError(error, this.#home.path, whoRuns());
    }
  }
}
