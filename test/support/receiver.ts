/**
 * A webhook receiver as a company would run one: a process of its own that checks signatures, commits each effect
 * durably to its own file, and acts once by key. It can be told to fail, and to die after it committed and before it
 * replied, which is what a sender must survive.
 *
 *     node test/support/receiver.ts --port 0 --file effects.log --secret whsec_... --die-before-reply 0.02 --fail 0.1 --seed 1
 *
 * Prints `listening <port>` as its first line. Tests start it with `startReceiver`, which starts it again when it died.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, fdatasync, ftruncateSync, openSync, readFileSync, write } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Webhook } from "standardwebhooks";

export interface ReceiverOptions {
  /** Where effects are committed; kept over restarts. */
  file: string;
  secret?: string;
  /** Probability, 0 to 1, of dying by SIGKILL after the commit and before the reply. */
  dieBeforeReply?: number;
  /** Probability, 0 to 1, of answering 500 without an effect. */
  fail?: number;
  seed?: number;
  /** Accepts signatures of any time, for senders on a simulated clock. */
  anyTime?: boolean;
  /** Does not look whether a key was seen before: a receiver that acts at each request, to see what a sender repeats. */
  actsEachTime?: boolean;
}

export interface Receiver {
  readonly url: string;
  readonly secret: string;
  /** How often it died and was started again. */
  readonly restarts: number;
  /** Effects per key, read from its file. */
  effects(): Promise<Map<string, number>>;
  /** The committed bodies in their order. */
  bodies(): Promise<{ key: string; body: string }[]>;
  /** Resolves when it listens, after a death that was noticed. */
  ready(): Promise<void>;
  /** Kills it with SIGKILL; it is started again. Resolves when it listens. */
  kill(): Promise<void>;
  /** Ends it for good; the file stays. */
  stop(): Promise<void>;
}

const SECRET = `whsec_${Buffer.from("a receiver used only in tests").toString("base64")}`;

/** Starts the receiver as a child process and keeps it running on one port until `stop`. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const secret = options.secret ?? SECRET;
  let restarts = 0;
  let stopped = false;
  let port = 0;
  let child: ChildProcess;
  let listening: Promise<void>;

  async function start(): Promise<void> {
    const args = ["--port", String(port), "--file", options.file, "--secret", secret];
    args.push("--die-before-reply", String(options.dieBeforeReply ?? 0), "--fail", String(options.fail ?? 0));
    args.push("--seed", String((options.seed ?? 1) + restarts));
    if (options.anyTime) args.push("--any-time");
    if (options.actsEachTime) args.push("--acts-each-time");
    child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const mine = child;
    mine.once("exit", () => {
      if (stopped) return;
      restarts++;
      listening = start();
    });
    const ended = once(mine, "exit").then(() => undefined);
    const [line] = (await Promise.race([
      once(createInterface(mine.stdout!), "line"),
      ended.then(() => []),
    ])) as string[];
    if (line === undefined) return;
    port = Number(/^listening (\d+)$/.exec(line)?.[1]);
    if (!port) throw new Error(`The receiver said "${line}" instead of its port.`);
  }

  listening = start();
  await listening;
  if (port === 0) throw new Error("The receiver ended before it listened.");
  return {
    url: `http://127.0.0.1:${port}/effects`,
    secret,
    get restarts() {
      return restarts;
    },
    async effects() {
      const counts = new Map<string, number>();
      for (const { key } of readEffects(await readFile(options.file)))
        counts.set(key, (counts.get(key) ?? 0) + 1);
      return counts;
    },
    async bodies() {
      return readEffects(await readFile(options.file));
    },
    ready: () => listening,
    async kill() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      await listening;
    },
    async stop() {
      stopped = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

interface Effect {
  key: string;
  body: string;
}

/** Whole lines only: a torn last line was never acknowledged. */
function readEffects(bytes: Buffer): Effect[] {
  const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1).toString("utf8");
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Effect);
}

/** Appends effects, those of the same moment with one flush. */
function effectLog(file: string): { keys: Set<string>; commit(effect: Effect): Promise<void> } {
  const fd = openSync(file, "a+", 0o600);
  const bytes = readFileSync(file);
  ftruncateSync(fd, bytes.lastIndexOf(10) + 1);
  const keys = new Set(readEffects(bytes).map(({ key }) => key));
  let queue: { line: string; done(): void }[] = [];
  let busy = false;
  async function flush(): Promise<void> {
    busy = true;
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      await promisify(write)(fd, batch.map(({ line }) => line).join(""));
      await promisify(fdatasync)(fd);
      for (const one of batch) one.done();
    }
    busy = false;
  }
  process.once("exit", () => closeSync(fd));
  return {
    keys,
    commit(effect) {
      return new Promise((done) => {
        queue.push({ line: `${JSON.stringify(effect)}\n`, done });
        if (!busy) void flush();
      });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** A small seeded generator (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function serve(): void {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      file: { type: "string" },
      secret: { type: "string", default: SECRET },
      "die-before-reply": { type: "string", default: "0" },
      fail: { type: "string", default: "0" },
      seed: { type: "string", default: "1" },
      "any-time": { type: "boolean", default: false },
      "acts-each-time": { type: "boolean", default: false },
    },
  });
  if (values.file === undefined) throw new Error("Say with --file where effects are committed.");
  const webhook = new Webhook(values.secret);
  const log = effectLog(values.file);
  const chance = seeded(Number(values.seed));
  const inFlight = new Map<string, Promise<void>>();

  /** The key when the signature is right. */
  function verified(request: IncomingMessage, body: string): string | undefined {
    const headers = request.headers as Record<string, string>;
    const key = headers["webhook-id"];
    try {
      if (!values["any-time"]) webhook.verify(body, headers, { jsonParse: false });
      else {
        const time = new Date(Number(headers["webhook-timestamp"]) * 1000);
        const right = webhook.sign(key ?? "", time, body);
        if (!headers["webhook-signature"]?.split(" ").includes(right)) return undefined;
      }
      return key;
    } catch {
      return undefined;
    }
  }

  async function act(key: string, body: string): Promise<void> {
    if (!values["acts-each-time"]) {
      if (log.keys.has(key)) return;
      const other = inFlight.get(key);
      if (other) return await other;
    }
    const commit = log.commit({ key, body }).then(() => {
      log.keys.add(key);
      inFlight.delete(key);
    });
    inFlight.set(key, commit);
    await commit;
    if (chance() < Number(values["die-before-reply"])) process.kill(process.pid, "SIGKILL");
  }

  async function answer(request: IncomingMessage): Promise<number> {
    const body = await bodyOf(request);
    const key = verified(request, body);
    if (key === undefined) return 401;
    if (chance() < Number(values.fail)) return 500;
    await act(key, body);
    return 200;
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (status) => response.writeHead(status).end(),
      () => response.destroy(),
    );
  });
  server.listen(Number(values.port), "127.0.0.1", () => {
    console.log(`listening ${(server.address() as AddressInfo).port}`);
  });
  process.once("SIGTERM", () => process.exit(0));
}

if (import.meta.main) serve();
