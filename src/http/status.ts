/**
 * The pages beside the API: `/` for people who look in, `/healthz`, `/readyz` and `/metrics` for programs that watch.
 *
 * Read-only, without content and without a key, so it belongs on loopback or behind a proxy that knows who may look.
 * Their figures count whole tables: they are up to two seconds old, so that nobody can make the database count at will.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { auditFigures } from "../audit/status.ts";
import { countStates } from "../cases/view.ts";
import { lapseOf } from "../cases/decision/certificate.ts";
import type { Registry, WorkflowRow } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Metrics } from "../platform/metrics.ts";
import { endsWithin } from "../platform/deadline.ts";
import { recent } from "../platform/recent.ts";
import type { Workers } from "../platform/workers.ts";
import { sql } from "../platform/sql.ts";
import { standingCertificates, type IssuedCertificate } from "../releases/certificate-records.ts";
import {
  LATEST_CASES,
  type StatusCase,
  type StatusCertificate,
  type StatusData,
  type StatusRun,
} from "./status-data.ts";
import { STATUS_POLICY, statusPage, type StatusView } from "./status-page.ts";
import { STATUS_CSS } from "./status-style.ts";
import { pickLanguage } from "./status-words.ts";

export interface StatusParts {
  database: Database;
  registry: Registry;
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
  const { database, metrics, workers } = parts;
  const figures = recent(FIGURES_AGE, () => figuresOf(database));
  const status = recent(FIGURES_AGE, async () => statusData(parts, await figures()));
  metrics.beforeScrape(async ({ cases, quarantine, dead, atWork }) => {
    if (workers.atWork !== undefined) atWork.set(workers.atWork);
    cases.reset();
    quarantine.reset();
    dead.reset();
    const { counts, quarantined, deadLetters } = await figures();
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
  app.get("/status.css", async (_request, reply) => reply.type("text/css; charset=utf-8").send(STATUS_CSS));
  app.get("/", async (request, reply) => {
    const shown = { ...(await status()), workers: workers.atWork ?? null, now: parts.clock.now() };
    const page = statusPage(shown, viewOf(request));
    return reply.type("text/html; charset=utf-8").header("content-security-policy", STATUS_POLICY).send(page);
  });
}

function viewOf(request: FastifyRequest): StatusView {
  const { lang, hold } = request.query as { lang?: unknown; hold?: unknown };
  return {
    language: pickLanguage(typeof lang === "string" ? lang : undefined, request.headers["accept-language"]),
    held: hold !== undefined,
  };
}

interface Figures {
  counts: Map<string, Record<string, number>>;
  quarantined: Map<string, number>;
  deadLetters: Map<string, number>;
}

async function figuresOf(database: Database): Promise<Figures> {
  const [counts, quarantined, deadLetters] = await Promise.all([
    countStates(database),
    openQuarantine(database),
    countDeadLetters(database),
  ]);
  return { counts, quarantined, deadLetters };
}

async function statusData(
  { database, registry, clock }: StatusParts,
  { counts, quarantined, deadLetters }: Figures,
): Promise<Omit<StatusData, "now" | "workers">> {
  const views = await registry.workflows(database);
  const [audit, issued, problems, runs, latest] = await Promise.all([
    auditFigures(database),
    standingCertificates(
      database,
      views.map((view) => view.row.name),
    ),
    database.all<{ workflow: string; name: string; problem: string | null }>(
      sql`select workflow, name, problem from feed order by name`,
    ),
    lastRuns(database),
    latestCases(database),
  ]);
  return {
    workflows: views.map(({ row, document }) => ({
      name: row.name,
      purpose: document.purpose,
      stableRelease: row.stable_release,
      candidateRelease: row.candidate_release,
      share: row.candidate_share,
      autonomy: row.autonomy,
      certificate: certificateOf(row, issued, clock.now()),
      rung: row.rung,
      counts: counts.get(row.name) ?? {},
      quarantined: quarantined.get(row.name) ?? 0,
      deadLetters: deadLetters.get(row.name) ?? 0,
      feeds: problems
        .filter((feed) => feed.workflow === row.name)
        .map((feed) => ({
          name: feed.name,
          problem: feed.problem,
          last: runs.get(`${row.name}/${feed.name}`) ?? null,
        })),
    })),
    audit,
    latest,
  };
}

/** The one in force for the model of the release that gets cases. */
function certificateOf(
  row: WorkflowRow,
  issued: readonly IssuedCertificate[],
  now: number,
): StatusCertificate | null {
  const release = row.candidate_release ?? row.stable_release;
  const found = issued.find(
    (one) => one.release === release && one.step === 0 && lapseOf(one, row.dials, now) === undefined,
  );
  if (!found) return null;
  const { per, threshold, bound, source, labels, accepted, errors, simulated } = found;
  return {
    threshold: per === "all" ? threshold : null,
    bound,
    source,
    labels,
    accepted,
    errors,
    certifiedAt: found.certified_at,
    expiresAt: found.expires_at,
    simulated,
  };
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

async function lastRuns(database: Database): Promise<Map<string, StatusRun>> {
  const found = await database.all<
    { workflow: string; feed: string; started_at: number; finished_at: number | null } & Omit<
      StatusRun,
      "startedAt" | "finishedAt"
    >
  >(sql`
    select distinct on (workflow, feed) workflow, feed, started_at, finished_at, read, admitted, quarantined, duplicate, skipped
    from feed_run order by workflow, feed, id desc`);
  return new Map(
    found.map(({ workflow, feed, started_at, finished_at, ...counts }) => [
      `${workflow}/${feed}`,
      { ...counts, startedAt: started_at, finishedAt: finished_at },
    ]),
  );
}

async function latestCases(database: Database): Promise<StatusCase[]> {
  const found = await database.all<
    Omit<StatusCase, "externalId" | "receivedAt"> & { external_id: string; received_at: number }
  >(sql`
    select c.id, c.external_id, c.workflow, c.state, c.arm, c.verdict, c.received_at,
      coalesce((select r.simulated from review r where r.case_id = c.id and r.state = 'decided' order by r.no desc limit 1), false) as simulated
    from case_ c where not c.drill order by c.id desc limit ${LATEST_CASES}`);
  return found.map(({ external_id, received_at, ...rest }) => ({
    ...rest,
    externalId: external_id,
    receivedAt: received_at,
  }));
}
