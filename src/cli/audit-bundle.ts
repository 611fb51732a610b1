/** Writes an export of the audit log to a folder, as it comes: events, checkpoints, the key that checks them, a manifest. */
import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdirSync, readdirSync, writeFileSync, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { join } from "node:path";
import { bundleHead, endLine, type BundleHead, type BundleManifest } from "../contract/audit.ts";
import { PilotageError } from "../contract/errors.ts";
import { misuse } from "./exit.ts";

/** Writes the bundle; answers its manifest. The manifest comes last: a folder without one was not finished. */
export async function writeBundle(
  folder: string,
  lines: AsyncIterable<string>,
  progress: (events: number, of: number) => void,
): Promise<BundleManifest> {
  let head: BundleHead | undefined;
  let end: { events: number; checkpoints: number } | undefined;
  let files: { events: Sink; checkpoints: Sink } | undefined;
  let events = 0;
  for await (const line of lines) {
    if (!head || !files) {
      head = bundleHead.parse((JSON.parse(line) as { head?: unknown }).head);
      // Only now: an export that is refused leaves no folder behind.
      files = makeFiles(folder);
      continue;
    }
    if (line.startsWith('{"end"')) end = endLine.parse(JSON.parse(line)).end;
    else if (line.startsWith('{"error"'))
      throw brokenOff((JSON.parse(line) as { error: { message: string } }).error.message);
    else if (line.startsWith('{"checkpoint"')) await files.checkpoints.write(line);
    else {
      await files.events.write(line);
      if (++events % 1_000 === 0) progress(events, head.size);
    }
  }
  const sums = files && {
    "events.ndjson": await files.events.close(),
    "checkpoints.ndjson": await files.checkpoints.close(),
  };
  if (!head || !sums || !end) throw brokenOff("the connection ended");
  const manifest: BundleManifest = { ...head, ...end, files: sums };
  writeFileSync(join(folder, "verifier.key"), `${head.verifier}\n`);
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

function brokenOff(why: string): PilotageError {
  return new PilotageError(
    "internal",
    `The export broke off: ${why}. The folder holds a part and no manifest.`,
    { hint: "Export again into another, empty folder." },
  );
}

function makeFiles(folder: string): { events: Sink; checkpoints: Sink } {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0)
      throw misuse(`${folder} is not empty; an export goes into a folder of its own`);
    return {
      events: openSink(join(folder, "events.ndjson")),
      checkpoints: openSink(join(folder, "checkpoints.ndjson")),
    };
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    throw new PilotageError("data_home_unusable", `${folder} cannot be written: ${error.message}.`, {
      hint: "Choose a folder that this account may write.",
    });
  }
}

interface Sink {
  write(line: string): Promise<void>;
  close(): Promise<{ bytes: number; sha256: string }>;
}

/** Lines are gathered before they are written: one by one they would take longer than all else. */
const GATHERED = 256 * 1024;

function openSink(path: string): Sink {
  const file: WriteStream = createWriteStream(path, { flags: "wx" });
  const hash: Hash = createHash("sha256");
  let bytes = 0;
  let text = "";
  // Kept until the file is waited for; an error that nobody waits for yet would end the process.
  const done = finished(file);
  done.catch(() => undefined);
  async function flush(): Promise<void> {
    const piece = Buffer.from(text);
    text = "";
    hash.update(piece);
    bytes += piece.length;
    if (!file.write(piece)) await Promise.race([once(file, "drain"), done]);
  }
  return {
    async write(line) {
      text += `${line}\n`;
      if (text.length >= GATHERED) await flush();
    },
    async close() {
      await flush();
      file.end();
      await done;
      return { bytes, sha256: hash.digest("hex") };
    },
  };
}
