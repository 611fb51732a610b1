/**
 * A lock between processes that ends with its holder, also when that is killed.
 *
 * Node offers no file locks, and a lock file that a process creates and removes outlives a `kill -9`. SQLite takes a
 * real lock of the operating system on its file; that is all it is used for here, and the file stays empty.
 */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { stopwatch } from "../../platform/clock.ts";

const BUSY = 5;

export class ProcessLock {
  readonly #path: string;
  #database: DatabaseSync | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Runs the task while no other holder of this path does, in this or any process of this machine. Gives `busy` when
   * the lock was not free within `patience` milliseconds. Throws what the task or the system throws.
   */
  async hold<T>(patience: number, task: () => Promise<T>): Promise<T | "busy"> {
    const waited = stopwatch();
    for (let wait = 1; !this.#try(); wait = Math.min(wait + 1, 5)) {
      if (waited() > patience) return "busy";
      await pause(wait);
    }
    try {
      return await task();
    } finally {
      this.#database?.exec("rollback");
    }
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  #try(): boolean {
    try {
      this.#database ??= openLock(this.#path);
      this.#database.exec("begin exclusive");
      return true;
    } catch (error) {
      if (error instanceof Error && "errcode" in error && error.errcode === BUSY) return false;
      this.close();
      throw error;
    }
  }
}

function openLock(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // No journal file beside the lock: nothing is ever written.
    database.exec("pragma journal_mode = memory");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
