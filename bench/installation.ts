/**
 * An installation for a bench: the embedded server in a folder of its own and the real program over it, in this process.
 *
 * Nothing is tuned for the bench: the settings are the defaults, but for the log level and the port.
 */
import { join } from "node:path";
import { openApp, type App, type AppOptions } from "../src/app.ts";
import { openClient, type Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { SCOPES, type Scope } from "../src/contract/scopes.ts";
import { startEmbedded } from "../src/platform/embedded/embedded.ts";
import { openLog, silentLog } from "../src/platform/log.ts";
import { readSettings } from "../src/platform/settings.ts";
import { removeFolder, temporaryFolder } from "../test/support/folders.ts";
import { cpuSecondsOf, postmasterOf } from "../test/support/process-table.ts";
import { ticketText } from "./measure.ts";

export interface Ground {
  dataHome: string;
  databaseUrl: string;
  /** CPU seconds of the database server so far. */
  serverCpu(): number;
  serverPid: number;
  stop(): Promise<void>;
}

const grounds = new Set<Ground>();

/** Stops every server that a bench still has: it was told to end before it was done. */
export async function stopGrounds(): Promise<void> {
  await Promise.all([...grounds].map((ground) => ground.stop()));
}

/** A data home with a running embedded server and nothing in it. */
export async function openGround(): Promise<Ground> {
  const folder = temporaryFolder("bench");
  const dataHome = join(folder, "home");
  const embedded = await startEmbedded({ dataHome, log: silentLog });
  const postmaster = postmasterOf(dataHome);
  const ground: Ground = {
    dataHome,
    databaseUrl: embedded.url,
    serverCpu: () => cpuSecondsOf([postmaster]),
    serverPid: postmaster,
    async stop() {
      grounds.delete(ground);
      await embedded.stop();
      removeFolder(folder);
    },
  };
  grounds.add(ground);
  return ground;
}

export interface Bench {
  app: App;
  key: string;
  /** Acts for a person by name. */
  as(person: string): Client;
  stop(): Promise<void>;
}

export async function openBench(
  ground: Ground,
  more: { settings?: Record<string, string>; boundary?: AppOptions["boundary"] } = {},
): Promise<Bench> {
  const app = await openApp({
    settings: readSettings({ PILOTAGE_PORT: "0", ...more.settings }),
    role: "all",
    databaseUrl: ground.databaseUrl,
    dataHome: ground.dataHome,
    log: openLog("error"),
    boundary: more.boundary,
  });
  const { secret } = await app.keys.make(
    { name: "bench", scopes: Object.keys(SCOPES) as Scope[], workflow: undefined, days: 1, simulated: false },
    { kind: "system", name: "bench" },
  );
  return {
    app,
    key: secret,
    as: (person) => openClient({ url: app.url!, key: secret, as: person }),
    stop: () => app.stop(),
  };
}

export const WORKFLOW = "tickets";
export const PEOPLE = {
  owner: "e.brandt@example.com",
  sponsor: "m.keller@example.com",
  approver: "j.okafor@example.com",
};

/** What the model answers to everything. */
export const ANSWER = { category: "billing" };

/** A workflow with nothing but the path: no coins, no deliveries outside, an AI release that gets every case. Answers its id. */
export async function launchPath({ as }: Bench): Promise<string> {
  const client = as(PEOPLE.owner);
  const params = { workflow: WORKFLOW };
  const document: JsonObject = {
    workflow: WORKFLOW,
    purpose: "Sort tickets",
    unit: "ticket",
    people: PEOPLE,
    automation: { maxErrorRate: 0.05 },
    cold: { share: 0 },
    qa: { share: 0 },
    undo: 0,
    deliveries: [],
  };
  await client.saveConnection({
    params: { name: "script" },
    body: {
      settings: { kind: "scripted", script: { rules: [], otherwise: { answer: ANSWER, confidence: 0.99 } } },
    },
  });
  await client.applyWorkflow({ params, body: { document } });
  const release = await client.publishRelease({
    params,
    body: {
      document: {
        workflow: WORKFLOW,
        model: { connection: "script", timeout: 5_000 },
        input: {
          type: "object",
          properties: { text: { type: "string" }, amount: { type: "number" } },
          required: ["text"],
          additionalProperties: false,
        },
        output: {
          type: "object",
          properties: { category: { enum: ["billing", "technical", "other"] } },
          required: ["category"],
          additionalProperties: false,
        },
        policy: { text: "allow", amount: "allow" },
        error: { equal: ["category"] },
        facets: { input: ["amount"], output: ["category"] },
        confidence: { of: "category", from: "model" },
        fallback: ["manual"],
      },
    },
  });
  for (const item of ["baseline", "works_council"] as const)
    await client.waive({ params, body: { item, reason: "a bench" } });
  await client.setShare({ params, body: { release: release.id, share: 1 } });
  return release.id;
}

/** One ticket into intake, as the HTTP door hands it over. */
export function submit({ app }: Bench, i: number): Promise<unknown> {
  return app.intake.receive({
    workflow: WORKFLOW,
    door: "http",
    source: "bench",
    externalId: `t-${i}`,
    input: { text: ticketText(i), amount: i },
    attachments: [],
    raw: "",
    textOnly: false,
    drill: false,
    actor: { kind: "system", name: "bench" },
  });
}
