/**
 * Delivery to a JSON Lines file: one line `{"key":...,"body":...}` per delivery, exactly one per key.
 *
 * Deliveries that come at the same time are written together and flushed once; each resolves after the flush. A torn
 * last line, left by a crash, is cut back before anything is appended. A retry first looks whether its line already
 * stands in the file, so a crash between write and acknowledgement repeats nothing. A first try looks at the end of the
 * file: its process may have stood still while another one made the retry.
 *
 * Several processes may write to one file: looking, cutting and writing happen under a lock (lock.ts). A single
 * append would be whole by itself, but cutting a torn line could hit a line that another process is still writing.
 */
import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PilotageError } from "../../contract/errors.ts";
import { stopwatch } from "../../platform/clock.ts";
import { diskFailure, flushFolder } from "./disk.ts";
import { ProcessLock } from "./lock.ts";
import type { DeliveryItem, Receipt, Target } from "../target.ts";

/** Most bytes and deliveries that are flushed together. */
const BATCH_BYTES = 16 * 1024 * 1024;
const BATCH_ITEMS = 1000;
/** So much of the file's end is known to every try: more than others write while a process stands still and is given up. */
const TAIL_BYTES = 1024 * 1024;
/** Milliseconds to wait for another process. */
const PATIENCE = 10_000;
const START = Buffer.from('{"key":');
const MIDDLE = Buffer.from(',"body":');
const LF = 10;

interface Waiting {
  item: DeliveryItem;
  /** The key as it stands in the file. */
  key: string;
  signal: AbortSignal;
  resolve(receipt: Receipt): void;
  reject(error: unknown): void;
}

export function fileTarget({ path, name }: { path: string; name: string }): Target {
  const describe = `file ${name} at ${path}`;
  const lock = new ProcessLock(`${path}.lock`);
  const file = new DeliveryFile(path);
  let queue: Waiting[] = [];
  let writer: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    let turn = stopwatch();
    // One tick, so that deliveries of the same moment share the first flush.
    await new Promise(setImmediate);
    while (queue.length > 0) {
      await writeBatch(takeBatch());
      if (turn() > 100 && queue.length > 0) {
        // Another process that waits for the lock gets its turn.
        await pause(10);
        turn = stopwatch();
      }
    }
    writer = undefined;
  }

  function takeBatch(): Waiting[] {
    let bytes = 0;
    const over = queue.findIndex(
      (one, i) => i >= BATCH_ITEMS || ((bytes += one.item.body.length) > BATCH_BYTES && i > 0),
    );
    const batch = over < 0 ? queue : queue.slice(0, over);
    queue = over < 0 ? [] : queue.slice(over);
    return batch;
  }

  async function writeBatch(batch: Waiting[]): Promise<void> {
    try {
      const done = await lock.hold(PATIENCE, () => file.append(batch));
      if (done === "busy")
        throw new PilotageError(
          "delivery_failed",
          `Another process held ${describe} for more than ${PATIENCE / 1000} s.`,
          {
            hint: "The delivery is tried again. Look for a second Pilotage that hangs or writes to a slow network drive.",
          },
        );
      for (const one of batch) {
        if (done.late.has(one)) one.reject(diskFailure(describe, one.signal.reason));
        else one.resolve({ detail: { repeated: done.there.has(one.key) } });
      }
    } catch (cause) {
      const error = diskFailure(describe, await realCause(cause));
      for (const one of batch) one.reject(error);
    }
  }

  /** The lock's own message says little; trying to open the file tells why. */
  async function realCause(cause: unknown): Promise<unknown> {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_SQLITE_ERROR")) return cause;
    try {
      await (await open(path, "a")).close();
      return cause;
    } catch (better) {
      return better;
    }
  }

  return {
    describe,
    actsOnceByKey: true,
    deliver(item, signal) {
      if (signal.aborted) return Promise.reject(diskFailure(describe, signal.reason));
      return new Promise((resolve, reject) => {
        queue.push({ item, key: JSON.stringify(item.key), signal, resolve, reject });
        writer ??= writeAll();
      });
    },
    async close() {
      await writer;
      lock.close();
    },
  };
}

/** The file itself; used by one process at a time. */
class DeliveryFile {
  readonly #path: string;
  /** Keys that stood nowhere before this offset, from attempts that failed here: a retry looks only behind it. */
  readonly #absentUpTo = new Map<string, number>();
  /** Keys of the lines at the end of the file, as far as `#size`, with the offset behind each line. */
  readonly #tail = new Map<string, number>();
  #inode = 0;
  #size = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Appends what is not there yet, durably; gives the keys that were there, and who gave up before the append. After an
   * error nothing new stands there.
   */
  async append(batch: readonly Waiting[]): Promise<{ there: Set<string>; late: Set<Waiting> }> {
    const isNew = await stat(this.#path).then(
      () => false,
      () => true,
    );
    // Opened for each batch, so that a file that was moved away or replaced is noticed.
    await using file = await open(
      this.#path,
      constants.O_RDWR | constants.O_CREAT | constants.O_APPEND,
      0o660,
    );
    const end = await this.#ready(file);
    const there = await this.#find(file, end, batch);
    // Only now: the lock and the look took time, and whoever gave up has its delivery tried again by somebody.
    const late = new Set(batch.filter(({ key, signal }) => signal.aborted && !there.has(key)));
    const lines = new Map<string, Buffer>();
    for (const one of batch)
      if (!there.has(one.key) && !late.has(one)) lines.set(one.key, line(one.key, one.item.body));
    try {
      const bytes = Buffer.concat([...lines.values()]);
      if (bytes.length > 0) await file.writeFile(bytes);
      await file.datasync();
      if (isNew) await flushFolder(dirname(this.#path));
      this.#known(lines, end);
    } catch (error) {
      // Should cutting fail too, the next batch finds torn or whole lines and deals with both.
      await file.truncate(end).catch(() => undefined);
      for (const key of lines.keys()) this.#remember(key, end);
      throw error;
    }
    for (const { key } of batch) this.#absentUpTo.delete(key);
    return { there, late };
  }

  /** Checks that the file is ours and ends with a whole line; gives its length. */
  async #ready(file: FileHandle): Promise<number> {
    const { size, ino } = await file.stat();
    if (ino !== this.#inode || size < this.#size) {
      this.#absentUpTo.clear();
      this.#tail.clear();
      this.#size = 0;
    }
    this.#inode = ino;
    if (size === 0) return 0;
    const head = (await file.read(Buffer.alloc(START.length), 0, Math.min(START.length, size), 0)).buffer;
    const ours = head[0] === 0 || head.subarray(0, size).equals(START.subarray(0, size));
    if (!ours)
      throw new PilotageError(
        "delivery_refused",
        `${this.#path} holds something else than deliveries; nothing was written to it.`,
        { hint: "Name a file of its own in the connection, then replay the dead letters." },
      );
    const whole = await endOfLastLine(file, size);
    if (whole < size) await file.truncate(whole);
    return whole;
  }

  /**
   * Which deliveries of the batch already stand in the file: retries anywhere, first tries in its tail. One pass serves
   * them all, and reads nothing when there is no retry and nobody else wrote.
   */
  async #find(file: FileHandle, end: number, batch: readonly Waiting[]): Promise<Set<string>> {
    const wanted = new Set(batch.map(({ key }) => key));
    const found = new Set([...wanted].filter((key) => this.#tail.has(key)));
    const retries = batch.filter(({ key, item }) => item.attempt > 1 && !found.has(key));
    // A tail that begins inside a line begins with the next one: what it holds of the first is no line of ours.
    const tail = this.#size >= end - TAIL_BYTES ? this.#size : await lineStart(file, end - TAIL_BYTES);
    let at = Math.min(end, tail, ...retries.map(({ key }) => this.#absentUpTo.get(key) ?? 0));
    const block = Buffer.allocUnsafe(1024 * 1024);
    for (let rest = Buffer.alloc(0); at < end;) {
      const { bytesRead } = await file.read(block, 0, Math.min(block.length, end - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const bytes = Buffer.concat([rest, block.subarray(0, bytesRead)]);
      let start = 0;
      for (let stop = bytes.indexOf(LF); stop >= 0; stop = bytes.indexOf(LF, start)) {
        const key = keyOf(bytes, start, stop);
        const behind = at - bytes.length + stop + 1;
        if (key !== undefined && wanted.has(key)) found.add(key);
        if (key !== undefined && behind > tail) this.#tail.set(key, behind);
        start = stop + 1;
      }
      rest = Buffer.from(bytes.subarray(start));
    }
    this.#known(new Map(), end);
    return found;
  }

  /** The file is known up to here and these lines; what lies further back than the tail is forgotten. */
  #known(lines: ReadonlyMap<string, Buffer>, end: number): void {
    this.#size = end;
    for (const [key, { length }] of lines) this.#tail.set(key, (this.#size += length));
    for (const [key, behind] of this.#tail) {
      if (behind > this.#size - TAIL_BYTES) break;
      this.#tail.delete(key);
    }
  }

  #remember(key: string, offset: number): void {
    this.#absentUpTo.delete(key);
    this.#absentUpTo.set(key, offset);
    const [oldest] = this.#absentUpTo.keys();
    if (this.#absentUpTo.size > 50_000 && oldest !== undefined) this.#absentUpTo.delete(oldest);
  }
}

function line(key: string, body: Uint8Array): Buffer {
  const bytes = Buffer.from(body);
  // Outside its texts JSON may hold line ends, inside it cannot: a space instead changes nothing and keeps one line.
  for (let i = bytes.indexOf(LF); i >= 0; i = bytes.indexOf(LF, i + 1)) bytes[i] = 0x20;
  return Buffer.concat([START, Buffer.from(key), MIDDLE, bytes, Buffer.from("}\n")]);
}

function keyOf(bytes: Buffer, start: number, stop: number): string | undefined {
  const from = start + START.length;
  if (from > stop) return undefined;
  if (bytes.compare(START, 0, START.length, start, from) !== 0) return undefined;
  const to = bytes.indexOf(MIDDLE, from);
  return to < 0 || to > stop ? undefined : bytes.toString("utf8", from, to);
}

/** The first offset from here on at which a line begins. */
async function lineStart(file: FileHandle, from: number): Promise<number> {
  const block = Buffer.allocUnsafe(64 * 1024);
  for (let at = from - 1; at >= 0;) {
    const { bytesRead } = await file.read(block, 0, block.length, at);
    if (bytesRead === 0) return at;
    const found = block.subarray(0, bytesRead).indexOf(LF);
    if (found >= 0) return at + found + 1;
    at += bytesRead;
  }
  return 0;
}

/** Offset behind the last line end. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const block = Buffer.allocUnsafe(64 * 1024);
  for (let stop = size; stop > 0;) {
    const from = Math.max(0, stop - block.length);
    const { bytesRead } = await file.read(block, 0, stop - from, from);
    const found = block.subarray(0, bytesRead).lastIndexOf(LF);
    if (found >= 0) return from + found + 1;
    stop = from;
  }
  return 0;
}
