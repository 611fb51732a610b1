/**
 * A whole installation in the test's own process: database, web and worker, a client, and a small workflow.
 *
 * Everything is the real program; only the model answers from a script unless a test says otherwise.
 */
import { join } from "node:path";
import { afterAll } from "vitest";
import { openApp, type App, type AppOptions, type Role } from "../../src/app.ts";
import { openClient, type Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { SCOPES, type Scope } from "../../src/contract/scopes.ts";
import { openLog, type Log } from "../../src/platform/log.ts";
import { readSettings } from "../../src/platform/settings.ts";
import { freshDatabase } from "./database.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";

export interface Installation {
  app: App;
  /** Acts as a named local operator. */
  client: Client;
  url: string;
  databaseUrl: string;
  dataHome: string;
  key: string;
  /** A client with another key. */
  clientFor(
    scopes: Scope[],
    more?: { workflow?: string; maker?: string; simulated?: boolean },
  ): Promise<Client>;
  stop(): Promise<void>;
}

export async function install(
  options: {
    settings?: Record<string, string>;
    role?: Role;
    databaseUrl?: string;
    dataHome?: string;
    boundary?: AppOptions["boundary"];
    log?: Log;
  } = {},
): Promise<Installation> {
  const databaseUrl = options.databaseUrl ?? (await freshDatabase());
  const dataHome = options.dataHome ?? temporaryFolder("installation");
  // Few connections: many installations share the one server of a test run.
  const settings = readSettings({
    PILOTAGE_PORT: "0",
    PILOTAGE_DATABASE_CONNECTIONS: "5",
    ...options.settings,
  });
  const app = await openApp({
    settings,
    role: options.role ?? "all",
    databaseUrl,
    dataHome,
    log: options.log ?? openLog(process.env["PILOTAGE_TEST_LOG"] ?? "error"),
    boundary: options.boundary,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= app.stop());
  afterAll(async () => {
    await stop();
    if (options.dataHome === undefined) removeFolder(dataHome);
  });
  const by = { kind: "system", name: "test" } as const;
  const key = (
    await app.keys.make(
      {
        name: "operator",
        scopes: Object.keys(SCOPES) as Scope[],
        workflow: undefined,
        days: 30,
        simulated: false,
      },
      by,
    )
  ).secret;
  const url = app.url ?? "";
  return {
    app,
    client: openClient({ url, key, as: "E. Brandt" }),
    url,
    databaseUrl,
    dataHome,
    key,
    async clientFor(scopes, more = {}) {
      const made = await app.keys.make(
        {
          name: scopes.join("+"),
          scopes,
          workflow: more.workflow,
          days: 30,
          simulated: more.simulated ?? false,
        },
        // Keys of different people, unless a test says otherwise: who made a key stands behind it.
        {
          kind: "person",
          name: more.maker ?? `${scopes.join(".")}${more.simulated ? ".played" : ""}@example.com`,
        },
      );
      return openClient({ url, key: made.secret });
    },
    stop,
  };
}

/** A workflow document with what a test wants to be different. */
export function workflowDocument(more: JsonObject = {}): JsonObject {
  return {
    workflow: "tickets",
    purpose: "Sort tickets",
    unit: "ticket",
    people: { owner: "e.brandt@example.com", sponsor: "m.keller@example.com" },
    automation: { maxErrorRate: 0.05 },
    cold: { share: 0 },
    qa: { share: 0 },
    undo: 0,
    deliveries: [{ name: "results", kind: "file", path: "results.jsonl" }],
    ...more,
  };
}

/** A release whose model answers from the connection `script`. */
export function releaseDocument(more: JsonObject = {}): JsonObject {
  return {
    workflow: "tickets",
    model: { connection: "script", timeout: 5_000 },
    input: {
      type: "object",
      properties: {
        text: { type: "string" },
        amount: { type: "number" },
        customer: { type: "string" },
        secret: { type: "string" },
      },
      required: ["text"],
      additionalProperties: false,
    },
    output: {
      type: "object",
      properties: { category: { enum: ["billing", "technical", "other"] }, note: { type: "string" } },
      required: ["category"],
      additionalProperties: false,
    },
    policy: { text: "allow", amount: "allow", customer: "pseudonymise", secret: "drop" },
    error: { equal: ["category"] },
    suggestions: ["note"],
    facets: { input: ["amount"], output: ["category"] },
    fallback: ["manual"],
    ...more,
  };
}

export const BILLING_SCRIPT: JsonObject = {
  rules: [
    {
      when: { field: "text", contains: "cable" },
      do: { answer: { category: "technical" }, confidence: 0.8 },
    },
  ],
  otherwise: { answer: { category: "billing" }, confidence: 0.9 },
};

/** Applies, publishes, waives what an AI release needs, and gives it its share. Answers the release's id. */
export async function launch(
  { client }: Pick<Installation, "client">,
  options: {
    workflow?: JsonObject;
    release?: JsonObject;
    script?: JsonObject | null;
    share?: number;
    examples?: string;
  } = {},
): Promise<string> {
  const document = workflowDocument(options.workflow);
  const workflow = document["workflow"] as string;
  if (options.script !== null)
    await client.saveConnection({
      params: { name: "script" },
      body: { settings: { kind: "scripted", script: options.script ?? BILLING_SCRIPT } },
    });
  await client.applyWorkflow({ params: { workflow }, body: { document } });
  const published = await client.publishRelease({
    params: { workflow },
    body: {
      document: releaseDocument(options.release),
      ...(options.examples === undefined ? {} : { examples: options.examples }),
    },
  });
  for (const item of ["baseline", "works_council"] as const)
    await client.waive({ params: { workflow }, body: { item, reason: "a test" } });
  const share = options.share ?? 1;
  if (share > 0) await client.setShare({ params: { workflow }, body: { release: published.id, share } });
  return published.id;
}

/** Waits until a condition holds, looking often, every so many milliseconds; fails with the last value seen. */
export async function until<T>(
  look: () => Promise<T>,
  holds: (value: T) => boolean,
  within = 50_000,
  every = 15,
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (performance.now() > end)
      throw new Error(`waited ${within} ms in vain; last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

export function resultsPath(installation: Pick<Installation, "dataHome">): string {
  return join(installation.dataHome, "files", "tickets", "results.jsonl");
}
