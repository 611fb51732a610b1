/**
 * Keeps the server's log small: over the limit it becomes `.1`, the one before `.2`, and the file starts again empty.
 *
 * The server holds the file open for appending, so the text is copied and the file cut. What is written between the two
 * steps is lost; a log may lose a line, and the server needs no collector process for it.
 */
import { constants, copyFileSync, existsSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";

/** Rotates the log when it is over `limit` bytes. On a full disk nothing is kept of it: the room is worth more. */
export function rotateLog(path: string, limit: number): void {
  if (!existsSync(path) || statSync(path).size <= limit) return;
  if (existsSync(`${path}.1`)) renameSync(`${path}.1`, `${path}.2`);
  try {
    copyFileSync(path, `${path}.1`, constants.COPYFILE_EXCL);
  } catch {
    rmSync(`${path}.1`, { force: true });
  }
  truncateSync(path, 0);
}
