/**
 * The only place where the parts are put together.
 *
 * `openApp` makes one process of an installation: web, worker, or both, over one database. It starts and stops things
 * in the right order and hands lower parts the functions that they need from above. What the parts do is in their own
 * folders; how `pilotage` is started is in main.ts and serve.ts.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openKeys, type Keys } from "./access/keys.ts";
import { type Sessions } from "./access/sessions.ts";
import { pageLink } from "./access/tokens.ts";
import { openDesk } from "./app-desk.ts";
import { openInForce } from "./app-in-force.ts";
import { handlersOf, type HandlerParts } from "./app-handlers.ts";
import { openModels } from "./app-models.ts";
import { removeHourly } from "./app-removals.ts";
import { openAudit, type Audit } from "./audit/record.ts";
import { openSequencer, type Sequencer } from "./audit/sequencer.ts";
import { openSigner } from "./audit/signing.ts";
import { dueWorkflows, releaseStrays, releaseWorker } from "./cases/case-row.ts";
import { liveCertificates } from "./cases/decision/certificate-store.ts";
import { settling } from "./cases/decision/settle.ts";
import { attempting, concluding, dispatching } from "./cases/delivery/record.ts";
import { openFeedDuty, type FeedDuty } from "./cases/feed/duty.ts";
import { admission } from "./cases/intake/admit.ts";
import { openIntake, type Intake } from "./cases/intake/intake.ts";
import { quarantining } from "./cases/intake/quarantine.ts";
import { openReplays } from "./cases/intake/replay.ts";
import { openConnections } from "./cases/model/connections.ts";
import { failing, reserving } from "./cases/model/record.ts";
import { openTelling } from "./cases/model/telling.ts";
import { openRunner, type Runner } from "./cases/runner.ts";
import { openRegistry, type Registry } from "./cases/workflow/registry.ts";
import { emptySpool } from "./connectors/feed/folder.ts";
import { bind, type Server } from "./http/bind.ts";
import { serveConsole } from "./http/console.ts";
import { serveGateway } from "./http/gateway.ts";
import { paced } from "./http/pace.ts";
import { serveStatus } from "./http/status.ts";
import { coalesced } from "./platform/coalesce.ts";
import { idSource, type NewId } from "./platform/chance.ts";
import { openDuties } from "./platform/duties.ts";
import { simulatedClock, systemClock, type Clock } from "./platform/clock.ts";
import { endsWithin } from "./platform/deadline.ts";
import { watchForSetBack } from "./monitoring/clock-set-back.ts";
import { openCounts } from "./monitoring/counts.ts";
import { countHours } from "./monitoring/hourly.ts";
import { countSpending } from "./monitoring/spend.ts";
import { openNewsroom } from "./monitoring/news.ts";
import { openDatabase, type Database, type DatabaseOptions, type Tx } from "./platform/database.ts";
import { openEgress } from "./platform/egress.ts";
import { openGroupCommit } from "./platform/group-commit.ts";
import { addJob, migrateJobs, openJobs } from "./platform/jobs.ts";
import { openLimits } from "./models/limit-store.ts";
import { ownPriceFile, readPriceList } from "./models/price-list.ts";
import type { Log } from "./platform/log.ts";
import { unlock } from "./platform/master-key.ts";
import { openMetrics } from "./platform/metrics.ts";
import { ensureMonths, migrate } from "./platform/migrations.ts";
import { prepareProgramRole } from "./platform/program-role.ts";
import type { Settings } from "./platform/settings.ts";
import { openTelemetry } from "./platform/telemetry/telemetry.ts";
import { followSimulatedTime, joinSimulatedTime } from "./platform/simulated-time.ts";
import { watchWorkers } from "./platform/workers.ts";
import { workBeside, type Beside } from "./releases/beside.ts";
import { PREPARE_JOB } from "./releases/publish.ts";
import { feedbackToken } from "./reviews/feedback/feedback.ts";
import { openLabelTelling } from "./reviews/told.ts";

export type Role = "all" | "web" | "worker";

export interface AppOptions {
  settings: Settings;
  role: Role;
  /** The database to use; the embedded server is started by the caller (serve.ts). */
  databaseUrl: string;
  dataHome: string;
  log: Log;
  boundary?: DatabaseOptions["boundary"];
  /** What is known on this machine about the database's trouble. */
  why?: DatabaseOptions["why"];
  /** Called when the web role listens; the program counts as ready when this has ended. */
  announce?: (app: { url: string; keys: Keys; database: Database }) => Promise<void>;
}

export interface App {
  clock: Clock;
  database: Database;
  audit: Audit;
  newId: NewId;
  registry: Registry;
  keys: Keys;
  sessions: Sessions;
  intake: Intake;
  /** Cases in this process's hands. */
  runner: Runner | undefined;
  server: Server | undefined;
  /** Where the web role listens. */
  url: string | undefined;
  /** The database moved: another process restarted the embedded server. */
  moveTo(databaseUrl: string): void;
  stop(): Promise<void>;
}

const TICK = 500;
const STRAY = 15_000;
/** For everything that a stop waits for from outside; with what follows, a supervisor that kills after 45 s never has to. */
const STOP_WITHIN = 15_000;
const CLOSE_WITHIN = 2_000;
const DAY = 86_400_000;
const ADVANCE_JOB = "advance";

export async function openApp(options: AppOptions): Promise<App> {
  const { settings, role, dataHome, log } = options;
  let databaseUrl = options.databaseUrl;
  const directUrl = () => settings.DATABASE_DIRECT_URL ?? databaseUrl;
  const simulated =
    settings.PILOTAGE_CLOCK === "system" ? undefined : simulatedClock(settings.PILOTAGE_CLOCK);
  const clock: Clock = simulated ?? systemClock;
  const newId = idSource(clock);
  const files = settings.PILOTAGE_FILES ?? join(dataHome, "files");
  const spool = join(dataHome, "spool");
  mkdirSync(spool, { recursive: true, mode: 0o700 });

  const egress = openEgress(settings.PILOTAGE_EGRESS_ALLOW);
  const prices = readPriceList(ownPriceFile(settings.PILOTAGE_PRICES, join(dataHome, "prices.yaml")));

  await migrate(directUrl());
  await migrateJobs(directUrl());
  const under = await prepareProgramRole(directUrl());
  if (under.missing !== undefined)
    log.warn({}, `The program works as the owner of its tables. ${under.missing}`);
  const database = openDatabase({
    url: databaseUrl,
    log,
    size: settings.PILOTAGE_DATABASE_CONNECTIONS,
    patience: settings.PILOTAGE_DATABASE_PATIENCE,
    role: under.role,
    boundary: options.boundary,
    why: options.why,
  });
  const vault = await unlock({ fromSetting: settings.PILOTAGE_MASTER_KEY, dataHome, database, log });
  const signer =
    role === "web"
      ? undefined
      : await openSigner({
          keyFromSetting: settings.PILOTAGE_AUDIT_KEY,
          originFromSetting: settings.PILOTAGE_AUDIT_ORIGIN,
          dataHome,
          database,
          log,
        });
  if (simulated) await joinSimulatedTime(database, simulated);
  await ensureMonths(database, clock);

  const group = openGroupCommit(database);
  const audit = openAudit({ clock, newId });
  const registry = openRegistry();
  const keys = openKeys({ database, clock, newId, audit });
  const metrics = openMetrics();
  const telemetry = await openTelemetry(settings, metrics);
  const telling = openTelling({ telemetry, clock });
  const worker = newId("worker");
  let runner: Runner | undefined;
  let webUrl: string | undefined;
  const poke = (workflow: string) => runner?.poke(workflow);
  /** With a worker in this process its runner is told after the commit; else a job wakes a worker elsewhere. */
  const wake = async (tx: Tx, workflow: string) => {
    if (runner) tx.afterCommit(() => poke(workflow));
    else await addJob(tx, ADVANCE_JOB, { workflow }, `${ADVANCE_JOB}:${workflow}`);
  };

  const adoption = () =>
    runner && { worker, places: runner.placesForNew, adopt: runner.adopt, leavePlaces: runner.leavePlaces };
  const intake = openIntake({
    database,
    group,
    registry,
    vault,
    clock,
    newId,
    log,
    admit: admission({ audit, registry, wake, adoption }),
    quarantine: quarantining(audit),
    mostWaiting: settings.PILOTAGE_INTAKE_QUEUE,
  });
  const replays = openReplays({ database, registry, vault, intake, audit, clock, poke });
  const inForce = openInForce({ database, registry, vault, clock, newId, audit, telling });
  const { releases, sets, workflowSettings } = inForce;
  const limits = openLimits({ database, clock, currency: prices.currency });
  const connections = openConnections({ database, vault, clock, newId, audit });
  /** Where people find this installation. */
  const publicUrl = () => settings.PILOTAGE_PUBLIC_URL ?? webUrl ?? "http://127.0.0.1:4700";
  const desk = openDesk({
    database,
    group,
    registry,
    vault,
    clock,
    newId,
    audit,
    log,
    settings,
    egress,
    worker,
    connections,
    workflowSettings,
    limits,
    publicUrl,
    chance: Math.random,
    poke,
    labelled: openLabelTelling({ database, telling }),
  });
  const { tokens, sessions } = desk;
  const stop = new AbortController();
  const about = { database, registry, vault, clock, newId, audit, log, connections, worker };
  const models = openModels({ ...about, egress, limits, prices, files, telling, stopped: stop.signal });
  const { breakers, budgets, places, openers } = models;
  /** What every call of a model needs, whoever asks. */
  const calling = { modelFor: openers.modelFor, breakers, prices, budgets, telling, stopped: stop.signal };
  const patience = settings.PILOTAGE_DATABASE_PATIENCE;
  const jobs = openJobs({ url: directUrl, database, worker, clock, log, patience, release: releaseWorker });

  const { every, end: endDuties } = openDuties(log);
  let stopping = false;
  let feeds: FeedDuty | undefined;
  let beside: Beside | undefined;
  let sequencer: Sequencer | undefined;
  if (simulated) every(TICK, "following simulated time", () => followSimulatedTime(database, simulated));
  await breakers.refresh();
  every(2 * TICK, "keeping places of connections", places.beat);
  every(2 * TICK, "looking at breakers", () => breakers.refresh(openers.refresh));
  if (role !== "web") await startWorker();
  const server = role === "worker" ? undefined : await startWeb();
  log.info({ role, worker, simulated: simulated !== undefined }, "Pilotage is up");
  await database.transaction(async (tx) =>
    audit.record(tx, [
      { kind: "installation.started", actor: { kind: "system", name: worker }, data: { role } },
    ]),
  );

  return {
    clock,
    database,
    audit,
    newId,
    registry,
    keys,
    sessions,
    intake,
    runner,
    server: server?.bound,
    url: server?.url,
    moveTo(url) {
      databaseUrl = url;
      database.moveTo(url);
    },
    async stop() {
      stopping = true;
      stop.abort();
      endDuties();
      const closing = server?.bound.fastify.close();
      const inTime = await endsWithin(
        STOP_WITHIN,
        Promise.all([closing, runner?.stop(STOP_WITHIN), feeds?.ended(), beside?.ended()]),
      );
      if (!inTime) {
        log.warn(
          { cases: runner?.inFlight ?? 0, feeds: feeds?.reading ?? 0 },
          "stopping took too long; connections are closed by force, and what is under way is taken up by another process or at the next start",
        );
        server?.bound.fastify.server.closeAllConnections();
        await endsWithin(CLOSE_WITHIN, Promise.resolve(closing));
      }
      // Both need the database, which may be away or silent: what is not acknowledged then never is.
      await Promise.all([
        endsWithin(CLOSE_WITHIN, Promise.all([group.drain().then(endLog), limits.drain()])),
        role === "web" ? undefined : jobs.stop(),
      ]);
      telling.close();
      await endsWithin(CLOSE_WITHIN, Promise.all([openers.close(), telemetry.close(), places.close()]));
      await database.close();
    },
  };

  /** The last events are in the log, under a signed checkpoint, before this worker leaves. */
  async function endLog(): Promise<void> {
    await sequencer
      ?.stop()
      .catch((error: unknown) =>
        log.warn(
          { err: error instanceof Error ? error.message : String(error) },
          "the audit log could not be brought to its end; another worker or the next start goes on",
        ),
      );
  }

  async function startWorker(): Promise<void> {
    await emptySpool(spool);
    runner = openRunner({
      database,
      clock,
      worker,
      most: settings.PILOTAGE_IN_FLIGHT,
      log,
      parts: {
        database,
        audit,
        group,
        registry,
        vault,
        clock,
        newId,
        chance: Math.random,
        poke,
        reserve: reserving(audit, worker),
        fail: failing(audit, worker),
        settle: settling(audit, worker),
        knownAs: models.knownAs,
        certificates: coalesced((workflow) => liveCertificates(database, workflow)),
        dispatch: dispatching(audit, worker),
        attempt: attempting(),
        conclude: concluding(audit, worker),
        ...calling,
        cached: models.cached,
        targetFor: openers.targetFor,
        feedbackUrl: (workflow, caseId) =>
          settings.PILOTAGE_PUBLIC_URL !== undefined && workflow.document.feedback?.link
            ? pageLink(settings.PILOTAGE_PUBLIC_URL, feedbackToken(tokens, workflow, caseId, clock.now()))
            : undefined,
      },
    });
    await jobs.start({
      [ADVANCE_JOB]: async ({ workflow }) => poke(workflow as string),
      [PREPARE_JOB]: ({ release }) => releases.prepare(release as string),
    });
    await releases.resume();
    feeds = openFeedDuty({
      database,
      registry,
      intake,
      audit,
      clock,
      newId,
      worker,
      files,
      makeFolders: settings.PILOTAGE_FILES === undefined,
      spool,
      stopping: () => stopping,
      log,
      poke,
    });
    every(TICK, "looking for due cases", async () => {
      await openers.refresh();
      await runner?.freeLost();
      for (const workflow of await dueWorkflows(database, clock.now())) poke(workflow);
    });
    for (const [duty, work] of Object.entries({ ...desk.duties, ...models.duties })) every(TICK, duty, work);
    // A commit may land after it was given up, and after its worker was buried: nobody would know of its case.
    every(STRAY, "freeing cases that nobody works on", async () => {
      await runner?.freeLost(true);
      await releaseStrays(database);
    });
    every(TICK, "looking for due feeds", feeds.look);
    beside = workBeside({
      ...sets,
      whenAsked: inForce.trials.evaluations.whenAsked,
      ...calling,
      log,
      worker,
      // Live cases come first: what can wait goes on while they leave half of the places free.
      roomBeside: () => (runner?.inFlight ?? 0) * 2 <= settings.PILOTAGE_IN_FLIGHT,
    });
    for (const [duty, work] of Object.entries(beside.duties)) every(TICK, duty, work);
    every(DAY / 24, "removing unfinished imports", beside.tidy);
    every(DAY / 24, "forgetting what is over of signing in", desk.forgetSignIns);
    every(
      60 * TICK,
      "counting hours",
      async () => void (await countHours(database, clock, countSpending(settings.PILOTAGE_CALLS_DAYS))),
    );
    removeHourly({ database, clock, audit, worker, settings, every });
    if (!simulated)
      every(TICK, "watching the clock", watchForSetBack({ database, clock, audit, worker, log }));
    if (signer) sequencer = openSequencer({ database, audit, clock, worker, signer, log });
    every(TICK, "sequencing the audit log", async () => sequencer?.look());
    every(DAY / 4, "making month partitions", () => ensureMonths(database, clock));
  }

  async function startWeb(): Promise<{ bound: Server; url: string }> {
    const workers = watchWorkers(database);
    every(2 * TICK, "looking for workers", workers.look);
    const news = openNewsroom(database);
    every(2 * TICK, "looking for news", news.look);
    const parts: HandlerParts = {
      ...desk,
      database,
      registry,
      vault,
      clock,
      newId,
      audit,
      log,
      settings,
      egress,
      telemetry,
      prices,
      limits,
      simulated,
      stopped: stop.signal,
      missingProtection: under.missing ?? null,
      intake,
      replays,
      ...inForce,
      connections,
      keys,
      workers,
      counts: openCounts({ database, registry, clock }),
      news,
      poke,
      publicUrl,
    };
    const bound = bind({
      handlers: paced(handlersOf(parts), clock),
      keys,
      sessions,
      publicHost: URL.parse(settings.PILOTAGE_PUBLIC_URL ?? "")?.host,
      newId,
      log,
      mostBytes: settings.PILOTAGE_INTAKE_BYTES,
      observe: metrics.request,
    });
    let announced = false;
    serveStatus(bound.fastify, { database, clock, metrics, workers, announced: () => announced });
    const more = { calls: join(dataHome, "calls"), worker, every, chance: Math.random };
    const observe = metrics.request;
    serveGateway(bound, { ...parts, ...more, observe, breakers, limits, prices, places });
    await serveConsole(bound.fastify);
    const address = await bound.fastify.listen({
      host: settings.PILOTAGE_HOST,
      port: settings.PILOTAGE_PORT,
    });
    webUrl = address;
    await options.announce?.({ url: address, keys, database });
    announced = true;
    return { bound, url: address };
  }
}
