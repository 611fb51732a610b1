/** One role without the other: what a web process shows when no worker runs, and that work goes on when one comes. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "../support/database.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { install, launch, until } from "../support/installation.ts";
import { freePort } from "../support/ports.ts";
import { environmentFor, keepRunning } from "../support/processes.ts";

test("web without a worker takes cases in and says that nobody works; a worker that comes finds them, one that goes is missed", async () => {
  const web = await install({ role: "web" });
  onTestFinished(() => web.stop());
  await launch(web, {});
  const ready = async () => {
    const response = await fetch(`${web.url}/readyz`);
    return {
      status: response.status,
      body: (await response.json()) as { status: string; workers: number | null },
    };
  };
  await until(ready, ({ body }) => body.workers === 0);
  // Ready: what it is there for, it does.
  expect(await ready()).toEqual({ status: 200, body: { status: "ready", workers: 0 } });
  expect((await web.client.listWorkflows()).workers).toBe(0);
  expect(await (await fetch(`${web.url}/metrics`)).text()).toMatch(/^pilotage_workers 0$/m);

  const { caseId } = await web.client.submitCase({
    params: { workflow: "tickets" },
    body: { externalId: "waits", input: { text: "a bill" } },
  });
  const state = async () => (await web.client.getCase({ params: { case: caseId }, query: {} })).state;
  expect(await state()).toBe("received");

  const place = { databaseUrl: web.databaseUrl, dataHome: web.dataHome };
  const workers = await Promise.all([
    install({ role: "worker", ...place }),
    install({ role: "worker", ...place }),
  ]);
  await until(state, (found) => found === "in_review", 15_000);
  await until(ready, ({ body }) => body.workers === 2);
  await Promise.all(workers.map((worker) => worker.stop()));
  await until(ready, ({ body }) => body.workers === 0, 20_000);
});

test("a worker without web works off what is there", async () => {
  const web = await install({ role: "web" });
  onTestFinished(() => web.stop());
  await launch(web, {});
  const ids = await Promise.all(
    Array.from({ length: 5 }, async (_, i) => {
      const body = { externalId: `left-${i}`, input: { text: "a bill" } };
      return (await web.client.submitCase({ params: { workflow: "tickets" }, body })).caseId;
    }),
  );
  await web.stop();
  const worker = await install({ role: "worker", databaseUrl: web.databaseUrl, dataHome: web.dataHome });
  onTestFinished(() => worker.stop());
  expect(worker.app.url).toBeUndefined();
  await until(
    () =>
      worker.app.database.pool
        .query<{ n: number }>("select count(*) as n from case_ where state = 'in_review' and id = any($1)", [
          ids,
        ])
        .then(({ rows }) => rows[0]!.n),
    (n) => n === ids.length,
    15_000,
  );
});

test("a web process counts as ready only when the command line of its machine finds it", async () => {
  const home = temporaryFolder("ready");
  const port = await freePort();
  const web = keepRunning({
    role: "web",
    environment: environmentFor({
      DATABASE_URL: await freshDatabase(),
      PILOTAGE_DATA: home,
      PILOTAGE_PORT: String(port),
      PILOTAGE_DATABASE_CONNECTIONS: "3",
    }),
  });
  onTestFinished(async () => {
    await web.end();
    removeFolder(home);
  });
  const written = () => ["operator.key", "server.json"].map((name) => existsSync(join(home, name)));
  // Asked as often as it goes: whatever it answered first, with the first 200 both files are there.
  const first = await until(
    async () => {
      const status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
        (response) => response.status,
        () => 0,
      );
      return { status, written: written() };
    },
    ({ status }) => status === 200,
  );
  expect(first.written).toEqual([true, true]);
});
