/**
 * Delivery into a folder: one file per delivery, named after its key.
 *
 * A file appears under its name only when it is whole and on the disk: written beside, flushed, renamed, and the
 * folder flushed. A repeated delivery finds the file and does nothing. Whoever takes files away must remember their
 * names: a retry after a crash brings the same name again.
 */
import { createHash, randomUUID } from "node:crypto";
import { access, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { diskFailure, flushFolder } from "./disk.ts";
import type { DeliveryItem, Receipt, Target } from "../target.ts";

export function folderTarget({ path, name }: { path: string; name: string }): Target {
  const describe = `folder ${name} at ${path}`;

  async function deliver(item: DeliveryItem, signal: AbortSignal): Promise<Receipt> {
    const file = fileName(item.key);
    const final = join(path, file);
    const beside = join(path, `.${file}.${randomUUID()}.tmp`);
    try {
      signal.throwIfAborted();
      if (item.attempt > 1) await removeLeftOvers(path, file);
      const there = await access(final).then(
        () => true,
        () => false,
      );
      if (!there) {
        await writeFlushed(beside, item.body);
        await rename(beside, final);
      }
      // Also when it was there: the process that wrote it may have died before this line.
      await flushFolder(path);
      return { detail: { file, repeated: there } };
    } catch (cause) {
      await rm(beside, { force: true }).catch(() => undefined);
      throw diskFailure(describe, cause);
    }
  }

  return { describe, actsOnceByKey: true, deliver };
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "wx", 0o660);
  await file.writeFile(bytes);
  await file.sync();
}

/** What a killed process left of this very delivery. */
async function removeLeftOvers(path: string, file: string): Promise<void> {
  const names = await readdir(path);
  for (const name of names)
    if (name.startsWith(`.${file}.`) && name.endsWith(".tmp")) await rm(join(path, name), { force: true });
}

/** Keys that are no plain file name on every system (also where case does not count) are replaced by their hash. */
function fileName(key: string): string {
  const plain = /^[a-z0-9][a-z0-9_-]{4,150}$/.test(key);
  return `${plain ? key : `key-${createHash("sha256").update(key).digest("hex")}`}.json`;
}
