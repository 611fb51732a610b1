/**
 * Which calls are under way, kept where a killed process leaves it: a file of this process in the data home.
 *
 * A call's record is written once, with its end. Before anybody is asked for a call, one line about it is in the file, so
 * that whoever comes next can record the calls that never came to an end. The line survives the end of the process, not that
 * of the machine; it holds no content. A call whose record failed keeps its line, and this process takes it up itself. Lines of many calls are written together, and the file begins anew when it has grown.
 */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Log } from "../platform/log.ts";
import type { CallRow } from "./record.ts";

/** What is known of a call when it is taken. */
export type Taken = Pick<CallRow, "id" | "key" | "about" | "asked" | "streamed" | "mode" | "startedAt">;

export interface UnderWay {
  /** Resolves when the line is written. */
  begin(call: Taken): Promise<void>;
  /** The call is on record, or needs none; one that was left stays so. */
  end(id: string): void;
  /** The call is over, and its record failed: it is left to whoever looks next, this process or one after it. */
  leave(id: string): void;
  /**
   * The calls that were left: by other processes when they were killed, and by this one; `gone` when they are on record. Asked
   * for regularly, for it also shows that this process lives.
   */
  left(): Promise<{ calls: Taken[]; gone(): void }[]>;
  close(): void;
}

const MOST_BYTES = 4 * 1024 * 1024;
/** A file that nobody touched for so long belongs to a process that is gone, wherever it ran. */
const GONE_AFTER = 5 * 60_000;
const NAME = /^(.+)~(\d+)~[^~]+\.calls$/;

export function openUnderWay(parts: { folder: string; process: string; log: Log }): UnderWay {
  const { folder, log } = parts;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = `${hostname()}~${process.pid}~${parts.process}.calls`;
  const path = join(folder, own);
  const open = new Map<string, string>();
  /** Of those the ones that were left. */
  const over = new Set<string>();
  let file: number | undefined;
  let bytes = 0;
  /** The lines that go to the file together, and whoever waits for them. */
  let coming: { text: string; written: Promise<void> } | undefined;
  let complained = false;

  /** Only the calls that are still under way, in a file that takes the old one's place. */
  function beginAnew(): void {
    const next = `${path}.next`;
    const fresh = openSync(next, "w", 0o600);
    const text = [...open.values()].join("");
    if (text !== "") writeSync(fresh, text);
    renameSync(next, path);
    if (file !== undefined) closeSync(file);
    file = fresh;
    bytes = text.length;
  }

  function write(): void {
    const text = coming?.text ?? "";
    coming = undefined;
    try {
      if (file === undefined || bytes > MOST_BYTES) beginAnew();
      else {
        writeSync(file, text);
        bytes += text.length;
      }
    } catch (error) {
      // The call itself is recorded in the database as ever; only a kill would go unnoticed.
      if (!complained)
        log.warn(
          { file: path, err: error instanceof Error ? error.message : String(error) },
          "calls under way cannot be noted; those that a kill breaks off will not be on record",
        );
      complained = true;
    }
  }

  /** An empty line, for the time that the file system notes with it. */
  async function touched(): Promise<number> {
    if (file === undefined) beginAnew();
    writeSync(file!, "\n");
    return (await stat(path)).mtimeMs;
  }

  function ownLeft() {
    const ids = [...over];
    const gone = () => {
      for (const id of ids) {
        over.delete(id);
        open.delete(id);
      }
    };
    return { calls: callsIn(ids.map((id) => open.get(id)).join("")), gone };
  }

  function isGone(name: string, silentMs: number): boolean {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host === undefined || name === own) return false;
    if (silentMs > GONE_AFTER) return true;
    return host === hostname() && (Number(pid) === process.pid || !isAlive(Number(pid)));
  }

  return {
    begin(call) {
      const text = `${JSON.stringify(call)}\n`;
      open.set(call.id, text);
      coming ??= {
        text: "",
        written: new Promise((resolve) => {
          setImmediate(() => {
            write();
            resolve();
          });
        }),
      };
      coming.text += text;
      return coming.written;
    },
    end(id) {
      if (!over.has(id)) open.delete(id);
    },
    leave(id) {
      if (open.has(id)) over.add(id);
    },
    async left() {
      const now = await touched();
      const found = over.size > 0 ? [ownLeft()] : [];
      for (const name of await readdir(folder)) {
        const at = join(folder, name);
        const about = await stat(at).catch(() => undefined);
        if (!about || !isGone(name, now - about.mtimeMs)) continue;
        found.push({ calls: callsIn(await readFile(at, "utf8")), gone: () => rmSync(at, { force: true }) });
      }
      return found;
    },
    close() {
      if (file === undefined) return;
      closeSync(file);
      file = undefined;
      if (open.size === 0) rmSync(path, { force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The last line may have been cut by the kill: its call had asked nobody. */
function callsIn(text: string): Taken[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as Taken];
    } catch {
      return [];
    }
  });
}
