/**
 * One PostgreSQL for the whole test run, with a template that has every migration; each test file clones its own.
 *
 * The embedded server in a folder of its own, or the server that PILOTAGE_TEST_DATABASE_URL names.
 */
import { mkdtempSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { consoleBuilt } from "../../build/console.ts";
import { startEmbedded } from "../../src/platform/embedded/embedded.ts";
import { migrateJobs } from "../../src/platform/jobs.ts";
import { silentLog } from "../../src/platform/log.ts";
import { migrate } from "../../src/platform/migrations.ts";
import { removeFolder } from "./folders.ts";

declare module "vitest" {
  export interface ProvidedContext {
    serverUrl: string;
    template: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const built = consoleBuilt();
  // Waited for below; what goes wrong before then must not count as unnoticed.
  built.catch(() => undefined);
  const own = process.env["PILOTAGE_TEST_DATABASE_URL"];
  const folder = mkdtempSync(join(tmpdir(), "pilotage-test-"));
  // Started as root, the server runs as another account, which must be able to come in.
  chmodSync(folder, 0o755);
  const embedded =
    own === undefined ? await startEmbedded({ dataHome: join(folder, "home"), log: silentLog }) : undefined;
  const serverUrl = own ?? embedded!.url;
  const template = `pilotage_template_${process.pid}`;
  await onServer(serverUrl, `create database ${template}`);
  const url = withDatabase(serverUrl, template);
  await migrate(url);
  await migrateJobs(url);
  await built;
  project.provide("serverUrl", serverUrl);
  project.provide("template", template);
  return async () => {
    if (own !== undefined) await onServer(serverUrl, `drop database ${template} with (force)`);
    await embedded?.stop();
    removeFolder(folder);
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export function withDatabase(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}
