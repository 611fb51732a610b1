/**
 * Two locks in the data home that the operating system releases when their holder dies, however it dies.
 *
 * `supervisor.lock` is held alone by the process that starts, watches and stops the server. `users.lock` is held
 * together by every process that uses the server, so that a supervisor can learn whether it is the last one.
 *
 * Why SQLite: Node has no `flock`, but brings SQLite, whose transactions hold POSIX record locks on the file. Against a
 * file with process id and start time this needs no judgement whether a holder is alive (process ids are reused and
 * differ between containers that share a volume), has no race in taking over, and works where a socket path would be
 * over 107 bytes. The files stay empty. One duty: nothing else in this process may open and close them, since closing
 * any descriptor of a file drops all POSIX locks that the process holds on it.
 */
import { accessSync, closeSync, constants, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { codeOf } from "./refusal.ts";

/** Held until released, or until nothing refers to it any more: keep it. */
export interface Lock {
  release(): void;
}

/** Takes the lock alone; `undefined` when any other holder lives. Throws when the file system has no locks. */
export function tryLockAlone(path: string): Lock | undefined {
  return tryLock(path, "begin exclusive");
}

/** Takes the lock together with others; `undefined` when somebody holds it alone. */
export function tryLockTogether(path: string): Lock | undefined {
  return tryLock(path, "begin; select count(*) from sqlite_schema");
}

const SQLITE_BUSY = 5;

function tryLock(path: string, sql: string): Lock | undefined {
  makePrivate(path);
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(path, { timeout: 0 });
    file.exec("pragma journal_mode = memory");
    file.exec(sql);
  } catch (error) {
    file?.close();
    if (error instanceof Error && "errcode" in error && Number(error.errcode) % 256 === SQLITE_BUSY)
      return undefined;
    // SQLite says only that it could not open the file; this says why.
    accessSync(path, constants.R_OK | constants.W_OK);
    throw error;
  }
  const held = file;
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
}

/** Made for its owner alone: anybody who may read it could hold it. An existing file is never opened here (see above). */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}
