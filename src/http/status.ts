/** The pages beside the API: `/` for people who look in, `/healthz`, `/readyz` and `/metrics` for programs that watch. */
import type { FastifyInstance } from "fastify";
import { countStates } from "../cases/view.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Metrics } from "../platform/metrics.ts";
import { sql } from "../platform/sql.ts";

export interface StatusParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  metrics: Metrics;
}

export function serveStatus(app: FastifyInstance, parts: StatusParts): void {
  const { database, metrics } = parts;
  metrics.beforeScrape(async ({ cases, quarantine, dead }) => {
    cases.reset();
    quarantine.reset();
    dead.reset();
    for (const [workflow, states] of await countStates(database)) for (const [state, count] of Object.entries(states)) cases.set({ workflow, state }, count);
    for (const row of await openQuarantine(database)) quarantine.set({ workflow: row.workflow }, row.records);
    for (const row of await deadLetters(database)) dead.set({ workflow: row.workflow }, row.records);
  });
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async () => {
    await database.one(sql`select 1 as ready`);
    return { status: "ready" };
  });
  app.get("/metrics", async (_request, reply) => {
    const { type, body } = await metrics.text();
    return reply.type(type).send(body);
  });
}

function openQuarantine(database: Database): Promise<{ workflow: string; records: number }[]> {
  return database.all(sql`select workflow, count(*)::int as records from quarantine where state = 'open' group by workflow`);
}

function deadLetters(database: Database): Promise<{ workflow: string; records: number }[]> {
  return database.all(sql`select c.workflow, count(*)::int as records from delivery d join case_ c on c.id = d.case_id where d.state = 'dead' group by c.workflow`);
}
