/**
 * A watched folder: which files in it are ready, and a private copy of one to read from.
 *
 * Looks only by polling, because change notices do not reach network mounts. A file is ready when two looks in a row
 * saw the same size and the same time of change; it is then copied and hashed in one pass, and the copy is read.
 * What a file means is in records.ts; when to look, and what was read before, belongs to the intake.
 */
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import type { BigIntStats } from "node:fs";
import { access, lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { PilotageError } from "../../contract/errors.ts";

export interface FolderFile {
  name: string;
  path: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970, as the file system says. */
  modified: number;
  /** Size, time of change to the nanosecond, and inode: equal in two looks means unchanged. */
  mark: string;
}

export interface FolderScan {
  /** Hand this to the next scan as `previous`. */
  look: ReadonlyMap<string, string>;
  /** Unchanged since the previous look, in the order of their names. */
  stable: FolderFile[];
  /** New or changed since the previous look: still being written, as far as one can tell. */
  changing: FolderFile[];
  /** Files that cannot be read, each with its reason; they do not hide the others. */
  unreadable: { name: string; error: PilotageError }[];
}

/**
 * Lists a folder's candidate files. Throws `feed_unreadable` when the folder is missing, is no folder or may not be
 * read. Hidden files, lock files of Office (`~$`), unfinished transfers, folders and devices are no candidates.
 */
export async function scanFolder(
  folder: string,
  previous?: ReadonlyMap<string, string>,
): Promise<FolderScan> {
  const names = await list(folder);
  const look = new Map<string, string>();
  const scan: FolderScan = { look, stable: [], changing: [], unreadable: [] };
  for (const name of names.filter(isCandidate).sort()) {
    const path = join(folder, name);
    try {
      // The link itself: whoever may write into the folder could else have any file read that this account may read.
      const stats = await lstat(path, { bigint: true });
      if (stats.isSymbolicLink()) {
        scan.unreadable.push({
          name,
          error: unreadable(`The file "${name}" in the feed folder`, { code: LINK }),
        });
        continue;
      }
      if (!stats.isFile()) continue;
      await access(path, constants.R_OK);
      const file = {
        name,
        path,
        size: Number(stats.size),
        modified: Number(stats.mtimeMs),
        mark: markOf(stats),
      };
      look.set(name, file.mark);
      (previous?.get(name) === file.mark ? scan.stable : scan.changing).push(file);
    } catch (cause) {
      // Gone between listing and looking: somebody took it away, which is their right.
      if (codeOf(cause) === "ENOENT" && !name.includes("\ufffd")) continue;
      scan.unreadable.push({ name, error: unreadable(`The file "${name}" in the feed folder`, cause) });
    }
  }
  return scan;
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw unreadable(`The feed folder ${folder}`, cause);
  }
}

function isCandidate(name: string): boolean {
  return !/^(\.|~\$)|\.(tmp|part|filepart|crdownload)$/i.test(name);
}

function markOf(stats: BigIntStats): string {
  return `${stats.size}:${stats.mtimeNs}:${stats.dev}:${stats.ino}`;
}

export interface FeedCopy {
  path: string;
  /** SHA-256 of the bytes, in hex. */
  digest: string;
  /** Bytes. */
  size: number;
  dispose(): Promise<void>;
}

/**
 * Copies a file into the spool folder (readable by this account only) and hashes it on the way.
 *
 * Throws `feed_unreadable`: with `details.reason` `changed` when the file changed meanwhile (look again later),
 * `spool` when the copy could not be written, else `source`. A failed copy leaves nothing behind.
 */
export async function copyForReading(path: string, spoolFolder: string): Promise<FeedCopy> {
  const source = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    (cause: unknown) => {
      throw unreadable(`The feed file ${path}`, cause);
    },
  );
  const copy = join(spoolFolder, `${randomUUID()}.copy`);
  const dispose = () => rm(copy, { force: true });
  try {
    const before = await source.stat({ bigint: true });
    if (!before.isFile()) throw unreadable(`The feed file ${path}`, { code: "EISDIR" });
    const { digest, size } = await pour(source, path, copy, spoolFolder);
    const after = await source.stat({ bigint: true });
    const there = await lstat(path, { bigint: true }).catch(() => undefined);
    const same = BigInt(size) === before.size && markOf(after) === markOf(before);
    if (!same || !there || markOf(there) !== markOf(before))
      throw new PilotageError("feed_unreadable", `The feed file ${path} changed while it was being copied.`, {
        hint: "Nothing was read. It is tried again when the file has been still for two looks.",
        details: { reason: "changed" },
      });
    return { path: copy, digest, size, dispose };
  } catch (error) {
    await dispose().catch(() => undefined);
    throw error;
  } finally {
    await source.close();
  }
}

async function pour(
  source: FileHandle,
  path: string,
  copy: string,
  spoolFolder: string,
): Promise<{ digest: string; size: number }> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const target = await spooling(async () => {
    await mkdir(spoolFolder, { recursive: true, mode: 0o700 });
    return await open(copy, "wx", 0o600);
  });
  try {
    for (let size = 0; ;) {
      const { bytesRead } = await source.read(buffer, 0, buffer.length, size).catch((cause: unknown) => {
        throw unreadable(`The feed file ${path}`, cause);
      });
      if (bytesRead === 0) return { digest: hash.digest("hex"), size };
      const bytes = buffer.subarray(0, bytesRead);
      hash.update(bytes);
      await spooling(() => target.writeFile(bytes));
      size += bytesRead;
    }
  } finally {
    await target.close();
  }
}

async function spooling<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const full = codeOf(cause) === "ENOSPC" || codeOf(cause) === "EDQUOT";
    throw new PilotageError(
      "feed_unreadable",
      full
        ? "There is no room left for the working copy of a feed file."
        : `The working copy of a feed file cannot be written (${codeOf(cause)}).`,
      {
        cause,
        hint: "Make room or give write permission in the data home; the file is tried again.",
        details: { reason: "spool" },
      },
    );
  }
}

/** Removes the copies that an earlier process left when it was killed. Call it before the first copy is made. */
export async function emptySpool(spoolFolder: string): Promise<void> {
  const names = await readdir(spoolFolder).catch(() => []);
  for (const name of names) if (name.endsWith(".copy")) await rm(join(spoolFolder, name), { force: true });
}

/** What opening a link with O_NOFOLLOW answers. */
const LINK = "ELOOP";

function unreadable(what: string, cause: unknown): PilotageError {
  const code = codeOf(cause);
  const reasons: Record<string, [string, string]> = {
    ENOENT: ["does not exist", "Create it, or correct the path. Is the network drive mounted?"],
    ENOTDIR: ["is not a folder", "Name the folder that holds the files, not a file."],
    EISDIR: ["is not an ordinary file", "Only ordinary files are read."],
    [LINK]: [
      "is a link, which a feed does not follow",
      "Put the file itself into the folder. The folder may be a link.",
    ],
    EACCES: ["may not be read", "Give the account that runs Pilotage read permission."],
    EPERM: ["may not be read", "Give the account that runs Pilotage read permission."],
    EBUSY: ["is locked by another program", "Close it there; it is tried again."],
    ESTALE: ["is on a network drive that went away", "Mount the drive again; it is tried again."],
    EIO: ["cannot be read because of an input/output error", "Check the disk or the network drive."],
  };
  const [says, hint] = reasons[code] ?? [`cannot be read (${code})`, "Check the path and its permissions."];
  return new PilotageError("feed_unreadable", `${what} ${says}.`, {
    hint,
    cause,
    details: { reason: "source", code },
  });
}

function codeOf(cause: unknown): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown";
}
