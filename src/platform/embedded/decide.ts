/**
 * What a supervisor does with what it finds in the data home. Pure; looking is inspect.ts, doing is supervise.ts.
 */
import type { Refusal } from "./refusal.ts";

export interface Found {
  /** `other`: there are files, but no database. */
  readonly folder: "missing" | "empty" | "other" | "database";
  /** The content of PG_VERSION. */
  readonly major: string | undefined;
  /** User id of the database folder. */
  readonly owner: number | undefined;
  readonly postmaster: Postmaster;
  /** What the connection file says, when there is one. */
  readonly connection: { readonly pid: number; readonly version: string } | undefined;
}

export type Postmaster =
  /** No postmaster.pid. */
  | { readonly state: "none" }
  /** postmaster.pid of a process that is gone. */
  | { readonly state: "dead" }
  /** postmaster.pid of a living process that is not this folder's server: the id was reused. */
  | { readonly state: "reused" }
  /** `silent`: it runs on our folder and answers nothing at all. */
  | {
      readonly state: "running";
      readonly pid: number;
      readonly port: number;
      readonly answer: "ours" | "refused" | "silent";
    };

export type Step =
  | { readonly kind: "create" }
  | { readonly kind: "adopt"; readonly pid: number; readonly port: number }
  /** Start a server; before that stop the old one, drop a pid file that would mislead the new one, or set a new password. */
  | {
      readonly kind: "start";
      readonly stopFirst: number | undefined;
      readonly dropPidFile: boolean;
      readonly newPassword: boolean;
    }
  | { readonly kind: "refuse"; readonly why: Refusal };

export interface Wanted {
  readonly path: string;
  readonly major: string;
  readonly version: string;
  /** User id that the server runs as; `undefined` where the system has none. */
  readonly uid: number | undefined;
}

/** Decides the next step of a supervisor. A server or folder that may not be ours is refused, never touched. */
export function decide(found: Found, wanted: Wanted): Step {
  const { path } = wanted;
  const refusal = (why: Refusal): Step => ({ kind: "refuse", why });

  switch (found.folder) {
    case "missing":
    case "empty":
      // A database that once ran and is gone (an unmounted disk, a careless hand) must not come back empty in silence.
      return (found.connection?.pid ?? 0) > 0
        ? refusal({ kind: "database-missing", path })
        : { kind: "create" };
    case "other":
      return refusal({ kind: "not-a-database", path });
    case "database":
  }
  if (found.major !== wanted.major)
    return refusal({ kind: "other-major", path, found: found.major ?? "unknown", wanted: wanted.major });
  if (wanted.uid !== undefined && found.owner !== undefined && found.owner !== wanted.uid) {
    return refusal({ kind: "other-owner", path, owner: found.owner, uid: wanted.uid });
  }

  const start = {
    kind: "start",
    stopFirst: undefined,
    dropPidFile: false,
    newPassword: found.connection === undefined,
  } as const;
  const server = found.postmaster;
  if (server.state === "reused") return { ...start, dropPidFile: true };
  if (server.state !== "running") return start;

  const restart = { ...start, stopFirst: server.pid };
  switch (server.answer) {
    case "refused":
      return refusal({ kind: "foreign-server", path, pid: server.pid });
    case "silent":
      // A server that hangs is stopped only when our own file says that we started it.
      return found.connection?.pid === server.pid
        ? restart
        : refusal({ kind: "foreign-server", path, pid: server.pid });
    case "ours":
      // Binaries of another release: the server moves on with them.
      if (found.connection?.version !== wanted.version) return restart;
      return { kind: "adopt", pid: server.pid, port: server.port };
    default:
      return server.answer satisfies never;
  }
}
