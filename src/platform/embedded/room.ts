/**
 * Whether the disk of the data home has room for a server to start on.
 *
 * A PostgreSQL that cannot write its log stops at once. Started again on the same full disk it would stop again, for as
 * long as the disk is full; so it is not started below this much, and started by itself as soon as there is more.
 */
import { statfsSync } from "node:fs";
import type { DataHome } from "./data-home.ts";
import type { Refusal } from "./refusal.ts";

/** Bytes: two segments of the server's log, one that recovery may need and one to go on with. */
export const LEAST_ROOM = 32 * 1024 * 1024;

/** The refusal when there is too little room, else undefined. */
export function diskRefusal(home: DataHome): Refusal | undefined {
  const free = freeBytes(home.database);
  if (free === undefined || free >= LEAST_ROOM) return undefined;
  return { kind: "disk-full", path: home.path, said: `${Math.floor(free / 1024 ** 2)} MB are free` };
}

function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    // Whatever keeps us from looking, the server will say it better.
    return undefined;
  }
}
