/**
 * An installation that is there to be killed: web and workers as processes of their own, on a database of its own that
 * can be killed too, and a workflow whose answers go to a webhook receiver that sometimes dies before it replies.
 *
 * For proofs and tests of durability; runs with and without a test runner.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { openClient, type Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { readConnection } from "../../src/platform/embedded/connection.ts";
import { lookAt, processesIn, readPidFile } from "../../src/platform/embedded/postmaster.ts";
import { readOperatorKey } from "../../src/platform/operator.ts";
import { launch, until } from "./installation.ts";
import type { KillPlan } from "./kill-plan.ts";
import { freePort } from "./ports.ts";
import { environmentFor, keepRunning, type Kept } from "./processes.ts";
import { startReceiver, type Receiver } from "./receiver.ts";

export interface Wreck {
  readonly web: Kept;
  readonly workers: Kept[];
  readonly receiver: Receiver;
  client: Client;
  /** Where the web process answers. */
  readonly address: string;
  readonly dataHome: string;
  /** Where the folder feed `drop` looks; JSON Lines with the column `id`. */
  readonly dropFolder: string;
  addWorker(): Kept;
  /** SIGKILL to the database server, or to all its children, too; resolves when its process is gone. */
  killDatabase(children?: boolean): Promise<void>;
  /** Resolves when the database answers. */
  databaseBack(): Promise<void>;
  /** One statement over a connection of its own, tried again while the database is away. */
  query<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  stop(): Promise<void>;
}

export interface WreckOptions {
  /** An empty folder for everything that this installation keeps. */
  folder: string;
  /** A database that others own; without it the embedded one is started, and can be killed. */
  databaseUrl?: string;
  workers?: number;
  /** Tells each start of a process whom to kill. */
  plan?: KillPlan;
  receiver?: { dieBeforeReply?: number; fail?: number; actsEachTime?: boolean; anyTime?: boolean };
  seed?: number;
  workflow?: JsonObject;
  settings?: Record<string, string>;
}

/** What the scripted model does: takes its time, and for some cases does not answer at first. */
const SCRIPT: JsonObject = {
  rules: [
    { when: { field: "text", contains: "flaky" }, first: 1, do: { fault: "unavailable", delayMs: 20 } },
    {
      when: { field: "text", contains: "cable" },
      do: { answer: { category: "technical" }, confidence: 0.8, delayMs: 120 },
    },
  ],
  otherwise: { answer: { category: "billing" }, confidence: 0.9, delayMs: 40 },
};

export const WORKFLOW = "tickets";

export async function launchWreck(options: WreckOptions): Promise<Wreck> {
  const { folder, databaseUrl } = options;
  const dataHome = join(folder, "home");
  const files = join(folder, "files");
  const dropFolder = join(files, WORKFLOW, "drop");
  mkdirSync(dropFolder, { recursive: true });
  const port = await freePort();
  const environment = environmentFor({
    PILOTAGE_DATA: dataHome,
    PILOTAGE_FILES: files,
    PILOTAGE_PORT: String(port),
    PILOTAGE_LOG_LEVEL: "info",
    PILOTAGE_DATABASE_CONNECTIONS: "6",
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...options.settings,
  });
  const start = (role: "web" | "worker") => keepRunning({ role, environment, plan: options.plan });
  const receiver = await startReceiver({
    file: join(folder, "effects.log"),
    seed: options.seed ?? 1,
    ...options.receiver,
  });
  const web = start("web");
  const workers: Kept[] = [];
  const databaseFolder = join(dataHome, "database");
  const addressNow = () => databaseUrl ?? readConnection(join(dataHome, "connection.json"))?.url;

  async function ask<T extends object>(text: string, values?: unknown[]): Promise<T[]> {
    const address = addressNow();
    if (address === undefined) throw new Error("there is no database yet");
    const client = new pg.Client({
      connectionString: address,
      connectionTimeoutMillis: 2_000,
      query_timeout: 30_000,
    });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  const query = async <T extends object>(text: string, values?: unknown[]): Promise<T[]> => {
    const answered = await until(
      () => ask<T>(text, values).catch((error: Error & { severity?: string }) => error),
      // A statement that is wrong stays wrong; everything else is a database that comes back.
      (found) => Array.isArray(found) || ((found as { code?: string }).code ?? "").startsWith("42"),
      60_000,
    );
    if (!Array.isArray(answered)) throw answered;
    return answered;
  };

  const wreck: Wreck = {
    web,
    workers,
    receiver,
    client: openClient({ url: `http://127.0.0.1:${port}` }),
    address: `http://127.0.0.1:${port}`,
    dataHome,
    dropFolder,
    addWorker() {
      const worker = start("worker");
      workers.push(worker);
      return worker;
    },
    async killDatabase(children = false) {
      const pid = readPidFile(databaseFolder)?.pid ?? 0;
      for (const one of children ? processesIn(databaseFolder) : [pid])
        if (lookAt(one, databaseFolder) === "server") process.kill(one, "SIGKILL");
      await until(
        async () => lookAt(pid, databaseFolder),
        (state) => state !== "server",
      );
    },
    async databaseBack() {
      await query("select 1");
    },
    query,
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await web.stop();
      await receiver.stop();
      for (const pid of databaseUrl === undefined ? processesIn(databaseFolder) : [])
        process.kill(pid, "SIGKILL");
    },
  };

  for (let i = 0; i < (options.workers ?? 1); i++) wreck.addWorker();
  try {
    await web.up();
    wreck.client = openClient({
      url: `http://127.0.0.1:${port}`,
      key: readOperatorKey(dataHome),
      as: "E. Brandt",
    });
    await wreck.client.saveConnection({
      params: { name: "receiver" },
      body: { settings: { kind: "webhook", url: receiver.url, secret: receiver.secret } },
    });
    await launch(wreck, definitions(options.workflow));
  } catch (error) {
    await wreck.stop();
    throw error;
  }
  return wreck;
}

function definitions(workflow: JsonObject = {}): {
  workflow: JsonObject;
  release: JsonObject;
  script: JsonObject;
} {
  return {
    workflow: {
      feeds: [{ name: "drop", kind: "folder", path: "drop", format: "jsonl", key: "id", schedule: 1_000 }],
      deliveries: [{ name: "results", kind: "webhook", connection: "receiver" }],
      ...workflow,
    },
    release: {
      input: {
        type: "object",
        properties: { text: { type: "string" }, id: { type: "string" } },
        required: ["text"],
        additionalProperties: false,
      },
      policy: { text: "allow", id: "drop" },
      facets: { input: [], output: ["category"] },
    },
    script: SCRIPT,
  };
}
