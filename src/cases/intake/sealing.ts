/**
 * Seals the input of new cases and takes its digest: a third of what admitting a case costs this process.
 *
 * A few at a time are sealed here and at once; what comes in numbers goes to a thread of its own, so that the one that talks
 * with everybody has its hands free. The thread starts when it is first needed and ends when it was not needed for a
 * while. What it does not answer is sealed here: nothing depends on it.
 */
import { Worker } from "node:worker_threads";
import type { CaseId } from "../../contract/ids.ts";
import type { JsonObject } from "../../contract/json.ts";
import { freshBytes } from "../../platform/chance.ts";
import type { Log } from "../../platform/log.ts";
import type { ContentKey, Vault } from "../../platform/secrets.ts";
import type { Attachment } from "./intake.ts";
import { contentBytes, textsOf } from "./texts.ts";

export interface Plain {
  id: CaseId;
  input: JsonObject;
  attachments: Attachment[];
}

export interface Sealed {
  key: ContentKey;
  wrappedKey: Uint8Array;
  sealedInput: Uint8Array;
  /** Keyed digest of the canonical input and attachments. */
  digest: Buffer;
}

export interface Sealing {
  seal(plain: Plain): Promise<Sealed>;
  /** Records that wait for it. */
  readonly load: number;
}

/** To the thread: keys of 32 bytes, one behind the other, in the order of the records. */
export interface ToSeal {
  records: { id: CaseId; input: JsonObject }[];
  keys: Uint8Array;
}

/** From the thread: for each record the wrapped key, the digest, the sealed input. */
export interface AllSealed {
  bytes: Uint8Array;
  /** Three for each record. */
  sizes: number[];
}

/** Bytes of a case's key. */
export const KEY = 32;
/** Of each record: wrapped key, digest, sealed input. */
const PARTS = 3;
/** Fewer are sealed sooner than handed over. */
const FEW = 8;
/** So many go at once: the thread begins while the rest of them arrive. */
const MANY = 50;
const IDLE = 30_000;
// The build points it to the compiled file.
const THREAD = new URL("./sealing-thread.ts", import.meta.url);

interface Waiting {
  plain: Plain;
  resolve(sealed: Sealed): void;
  reject(error: unknown): void;
}

export function sealedHere(vault: Vault, { id, input, attachments }: Plain, bytes?: Uint8Array): Sealed {
  const { json, canonical } = textsOf(input);
  const { key, wrapped } = vault.newKey(id, bytes);
  return {
    key,
    wrappedKey: wrapped,
    sealedInput: key.seal("input", json),
    digest: vault.digest("content", contentBytes(canonical, attachments)),
  };
}

export function openSealing({ vault, log }: { vault: Vault; log: Log }): Sealing {
  const waiting: Waiting[] = [];
  let load = 0;
  let scheduled = false;
  let resting = false;
  let thread: ReturnType<typeof startThread> | undefined;

  function hereAll(list: Waiting[]): void {
    for (const { plain, resolve, reject } of list)
      try {
        resolve(sealedHere(vault, plain));
      } catch (error) {
        reject(error);
      }
  }

  function flush(): void {
    const list = waiting.splice(0);
    if (list.length === 0) return;
    // What comes behind others that are on their way goes with them, and so into one group of the writes that follow.
    if (!resting && (list.length >= FEW || thread?.busy))
      try {
        thread ??= startThread();
        return thread.seal(list);
      } catch (error) {
        failed(error);
      }
    load -= list.length;
    hereAll(list);
  }

  /** A thread that cannot work is not started again with every record that comes. */
  function failed(error: unknown): void {
    log.warn(
      { err: error },
      "the thread that seals new cases failed; they are sealed without it for a while",
    );
    resting = true;
    setTimeout(() => (resting = false), IDLE).unref();
  }

  function startThread() {
    const worker = new Worker(THREAD, { workerData: vault.keys, execArgv: [], name: "sealing" });
    worker.unref();
    const sent: { list: Waiting[]; keys: Uint8Array }[] = [];
    let idle: NodeJS.Timeout | undefined;

    function end(): void {
      if (thread === own) thread = undefined;
      clearTimeout(idle);
      for (const { list } of sent.splice(0)) {
        load -= list.length;
        hereAll(list);
      }
      void worker.terminate();
    }

    worker.on("message", ({ bytes, sizes }: AllSealed) => {
      const first = sent.shift();
      // It was given up meanwhile.
      if (!first) return;
      const { list, keys } = first;
      // Answers come in the order of asking: one that does not fit means that another was lost.
      if (sizes.length !== PARTS * list.length) {
        sent.unshift(first);
        return broken(new Error("an answer is missing"));
      }
      load -= list.length;
      let at = 0;
      let no = 0;
      const next = () => {
        const size = sizes[no++]!;
        at += size;
        return Buffer.from(bytes.buffer, bytes.byteOffset + at - size, size);
      };
      list.forEach(({ plain, resolve }, i) => {
        const key = vault.keyOf(plain.id, keys.subarray(i * KEY, (i + 1) * KEY));
        resolve({ key, wrappedKey: next(), digest: next(), sealedInput: next() });
      });
      if (sent.length === 0) idle = setTimeout(end, IDLE).unref();
    });
    function broken(error: unknown): void {
      failed(error);
      end();
    }
    worker.on("error", broken);
    worker.on("messageerror", broken);
    worker.on("exit", end);

    const own = {
      get busy() {
        return sent.length > 0;
      },
      seal(list: Waiting[]) {
        clearTimeout(idle);
        // A copy of its own: to hand over a part of a buffer hands over all of it.
        const keys = new Uint8Array(freshBytes(KEY * list.length));
        sent.push({ list, keys });
        const records = list.map(({ plain: { id, input } }) => ({ id, input }));
        try {
          worker.postMessage({ records, keys } satisfies ToSeal, []);
        } catch (error) {
          sent.pop();
          throw error;
        }
      },
    };
    return own;
  }

  return {
    seal: (plain) =>
      new Promise((resolve, reject) => {
        // Files are not handed over; what is thrown here is this record's answer, too.
        if (plain.attachments.length > 0) return resolve(sealedHere(vault, plain));
        load++;
        waiting.push({ plain, resolve, reject });
        if (waiting.length >= MANY) return flush();
        if (scheduled) return;
        scheduled = true;
        setImmediate(() => {
          scheduled = false;
          flush();
        });
      }),
    get load() {
      return load;
    },
  };
}
