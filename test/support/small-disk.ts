/** A file system of its own, small enough to be filled: for what a full disk does. Needs the right to mount. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

export interface SmallDisk {
  /** Writes until nothing fits any more; leaves so many bytes when told. */
  fill(leave?: number): void;
  /** Removes what `fill` wrote. */
  empty(): void;
  readonly free: number;
  unmount(): void;
}

/** Mounts one at a folder, which is made when it is missing; undefined where this account may not. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  const options = `size=${megabytes}m,mode=755`;
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status !== 0) return undefined;
  const ballast = join(folder, "ballast");
  const free = () => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    get free() {
      return free();
    },
    fill(leave = 0) {
      const file = openSync(ballast, "a");
      const block = Buffer.alloc(64 * 1024, 1);
      try {
        for (;;) if (writeSync(file, block) < block.length) break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        if (leave > 0) ftruncateSync(file, Math.max(0, fstatSync(file).size - leave));
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    unmount: () => void spawnSync("umount", ["-l", folder]),
  };
}
