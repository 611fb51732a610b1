/** What the targets that write to a disk share: flushing a folder, and saying what went wrong. */
import { open } from "node:fs/promises";
import { PilotageError } from "../../contract/errors.ts";

/** Makes new names in a folder durable. */
export async function flushFolder(path: string): Promise<void> {
  // Windows cannot open folders; its file systems keep names without this.
  if (process.platform === "win32") return;
  await using folder = await open(path, "r");
  await folder.sync();
}

/** Turns an error of the file system into `delivery_failed`: a disk can be repaired, so the delivery is tried again. */
export function diskFailure(describe: string, cause: unknown): PilotageError {
  if (cause instanceof PilotageError) return cause;
  if (cause instanceof Error && cause.name === "AbortError")
    return new PilotageError("delivery_failed", `The delivery to ${describe} was stopped before it began.`, {
      cause,
    });
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const reasons: Record<string, [string, string]> = {
    ENOSPC: ["the disk is full", "Make room; deliveries wait and go out by themselves."],
    EDQUOT: [
      "the disk quota is used up",
      "Raise the quota or make room; deliveries wait and go out by themselves.",
    ],
    EFBIG: ["the file is as large as the system allows", "Move the file away; a new one is begun."],
    ENOENT: ["the folder does not exist", "Create it. Is the network drive mounted?"],
    ENOTDIR: ["a part of the path is not a folder", "Correct the path in the connection."],
    EISDIR: ["the path is a folder", "Name a file in the connection."],
    EACCES: ["writing is not permitted", "Give the account that runs Pilotage write permission."],
    EPERM: ["writing is not permitted", "Give the account that runs Pilotage write permission."],
    EROFS: ["the disk is read-only", "Mount it writable."],
  };
  const [says, hint] = reasons[code] ?? [`the write failed (${code})`, "Check the disk and the path."];
  return new PilotageError("delivery_failed", `Nothing was delivered to ${describe}: ${says}.`, {
    hint,
    cause,
    details: { code },
  });
}
