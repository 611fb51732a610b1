/**
 * The addresses beside the API for programs that watch: `/healthz`, `/readyz` and `/metrics`.
 *
 * Read-only, without content and without a key, so they belong on loopback or behind a proxy that knows who may look.
 * Their figures count whole tables: they are up to two seconds old, so that nobody can make the database count at will.
 * What people look at is the console (console.ts).
 */
import type { FastifyInstance } from "fastify";
import { countStates } from "../cases/view.ts";
import { readBreakers, type BreakerRow } from "../models/breaker-board.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Database } from "../platform/database.ts";
import { endsWithin } from "../platform/deadline.ts";
import { stoppedRollouts } from "../releases/rollout-stopped.ts";
import type { Clock } from "../platform/clock.ts";
import type { Metrics } from "../platform/metrics.ts";
import { recent } from "../platform/recent.ts";
import { sql } from "../platform/sql.ts";
import type { Workers } from "../platform/workers.ts";

export interface StatusParts {
  database: Database;
  clock: Clock;
  metrics: Metrics;
  workers: Pick<Workers, "atWork">;
  /** Whether this process has left word where it is and who may command it. */
  announced: () => boolean;
}

const FIGURES_AGE = 2_000;
/** Whoever asks for readiness waits no longer; milliseconds. */
const ANSWERS_WITHIN = 3_000;

export function serveStatus(app: FastifyInstance, parts: StatusParts): void {
  const { database, clock, metrics, workers } = parts;
  const figures = recent(FIGURES_AGE, () => figuresOf(database, clock.now()));
  metrics.beforeScrape(async ({ cases, quarantine, dead, atWork, breakers, rollouts }) => {
    if (workers.atWork !== undefined) atWork.set(workers.atWork);
    cases.reset();
    quarantine.reset();
    dead.reset();
    breakers.reset();
    rollouts.reset();
    const { counts, quarantined, deadLetters, models, stopped } = await figures();
    for (const { connection, model, state } of models)
      breakers.set({ connection, model }, state === "open" ? 1 : 0);
    for (const one of stopped) rollouts.set({ ...one }, 1);
    for (const [workflow, states] of counts)
      for (const [state, count] of Object.entries(states)) cases.set({ workflow, state }, count);
    for (const [workflow, records] of quarantined) quarantine.set({ workflow }, records);
    for (const [workflow, records] of deadLetters) dead.set({ workflow }, records);
  });
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    if (!(await endsWithin(ANSWERS_WITHIN, database.one(sql`select 1 as ready`))))
      throw new PilotageError(
        "database_unavailable",
        "The database takes connections and answers nothing; Pilotage keeps trying.",
      );
    if (!parts.announced()) return reply.code(503).send({ status: "starting" });
    return { status: "ready", workers: workers.atWork ?? null };
  });
  app.get("/metrics", async (_request, reply) => {
    const { type, body } = await metrics.text();
    return reply.type(type).send(body);
  });
}

interface Figures {
  stopped: Awaited<ReturnType<typeof stoppedRollouts>>;
  counts: Map<string, Record<string, number>>;
  quarantined: Map<string, number>;
  deadLetters: Map<string, number>;
  models: BreakerRow[];
}

async function figuresOf(database: Database, now: number): Promise<Figures> {
  const [counts, quarantined, deadLetters, models, stopped] = await Promise.all([
    countStates(database),
    openQuarantine(database),
    countDeadLetters(database),
    readBreakers(database),
    stoppedRollouts(database, now),
  ]);
  return { counts, quarantined, deadLetters, models, stopped };
}

async function openQuarantine(database: Database): Promise<Map<string, number>> {
  return byWorkflow(
    await database.all(
      sql`select workflow, count(*)::int as records from quarantine where state = 'open' group by workflow`,
    ),
  );
}

async function countDeadLetters(database: Database): Promise<Map<string, number>> {
  return byWorkflow(
    await database.all(
      sql`select c.workflow, count(*)::int as records from delivery d join case_ c on c.id = d.case_id where d.state = 'dead' and not c.drill group by c.workflow`,
    ),
  );
}

function byWorkflow(found: { workflow: string; records: number }[]): Map<string, number> {
  return new Map(found.map((row) => [row.workflow, row.records]));
}
