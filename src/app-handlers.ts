/**
 * The handlers of all endpoints, put together for the web role. Like app.ts, from which it is apart only for its length,
 * it sees everything.
 */
import { stillThere } from "./access/still.ts";
import type { Keys } from "./access/keys.ts";
import type { Desk } from "./app-desk.ts";
import type { Audit } from "./audit/record.ts";
import type { Intake } from "./cases/intake/intake.ts";
import type { Replays } from "./cases/intake/replay.ts";
import type { Connections } from "./cases/model/connections.ts";
import { tryConnection } from "./cases/model/try.ts";
import type { WorkflowSettings } from "./cases/workflow/apply.ts";
import type { Registry } from "./cases/workflow/registry.ts";
import { accessHandlers, type SupportContact } from "./http/access.ts";
import { auditHandlers } from "./http/audit.ts";
import type { Handlers } from "./http/bind.ts";
import { caseHandlers } from "./http/cases.ts";
import { certificateHandlers } from "./http/certificates.ts";
import { connectionHandlers } from "./http/connections.ts";
import { costHandlers } from "./http/cost.ts";
import { evaluationSetHandlers } from "./http/evaluation-sets.ts";
import { evaluationHandlers } from "./http/evaluations.ts";
import { feedbackHandlers } from "./http/feedback.ts";
import { figureHandlers } from "./http/figures.ts";
import { gateHandlers } from "./http/gates.ts";
import { ladderHandlers } from "./http/ladder.ts";
import { liveHandlers } from "./http/live.ts";
import { modelCallHandlers } from "./http/model-calls.ts";
import { modelHandlers } from "./http/models.ts";
import { openApiDocument } from "./http/openapi.ts";
import { operationHandlers } from "./http/operations.ts";
import { overviewHandlers } from "./http/overview.ts";
import { peopleHandlers } from "./http/people.ts";
import { qualityHandlers } from "./http/quality.ts";
import { reviewHandlers } from "./http/reviews.ts";
import { rolloutHandlers } from "./http/rollouts.ts";
import { providerHandlers } from "./http/sign-in-providers.ts";
import { workflowHandlers } from "./http/workflows.ts";
import type { Limits } from "./models/limit-store.ts";
import type { PriceList } from "./models/price-list.ts";
import type { openCounts } from "./monitoring/counts.ts";
import type { openNewsroom } from "./monitoring/news.ts";
import type { Egress } from "./platform/egress.ts";
import type { NewId } from "./platform/chance.ts";
import type { Clock, SimulatedClock } from "./platform/clock.ts";
import type { Database } from "./platform/database.ts";
import type { Log } from "./platform/log.ts";
import type { Vault } from "./platform/secrets.ts";
import type { Settings } from "./platform/settings.ts";
import { programVersion } from "./platform/version.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";
import type { Workers } from "./platform/workers.ts";
import type { openTrials } from "./releases/beside.ts";
import type { Calibrations } from "./releases/calibrate.ts";
import type { Certificates } from "./releases/certify.ts";
import type { Gates } from "./releases/gates.ts";
import type { SampleSources } from "./releases/certification-sample.ts";
import type { openingLabels } from "./releases/label-opening.ts";
import type { Releases } from "./releases/publish.ts";
import type { Rollouts } from "./releases/rollout.ts";
import type { Shares } from "./releases/share.ts";
import type { SetParts } from "./releases/evaluation-writer.ts";

export interface HandlerParts extends Desk {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  log: Log;
  settings: Settings;
  simulated: SimulatedClock | undefined;
  /** Aborted when the process stops. */
  stopped: AbortSignal;
  /** What keeps the database from protecting the audit log; null: nothing. */
  missingProtection: string | null;
  intake: Intake;
  replays: Replays;
  releases: Releases;
  shares: Shares;
  rollouts: Rollouts;
  gates: Gates;
  certificates: Certificates;
  sources: SampleSources;
  calibrations: Calibrations;
  layLabelsOpen: ReturnType<typeof openingLabels>;
  trials: ReturnType<typeof openTrials>;
  sets: SetParts;
  workflowSettings: WorkflowSettings;
  connections: Connections;
  egress: Egress;
  telemetry: Telemetry;
  prices: PriceList;
  limits: Limits;
  keys: Keys;
  workers: Workers;
  counts: ReturnType<typeof openCounts>;
  news: ReturnType<typeof openNewsroom>;
  poke(workflow: string): void;
  /** Where people find this installation. */
  publicUrl(): string;
}

export function handlersOf(parts: HandlerParts): Handlers {
  const { database, registry, vault, clock, newId, audit, log, settings, simulated, stopped } = parts;
  const { intake, replays, releases, shares, certificates, trials, sets, workflowSettings } = parts;
  const { connections, egress, telemetry, keys, ladder, stops, workers, counts, news, missingProtection } =
    parts;
  const { sessions, people, mailer, providers, reviews, improvements, feedback, figures } = parts;
  const { worksCouncil, pulse, countWith, publicUrl, poke } = parts;
  return {
    ...caseHandlers({ database, registry, vault, clock, intake, stopped }),
    ...accessHandlers({
      database,
      registry,
      vault,
      clock,
      audit,
      people,
      sessions,
      providers: providers.list,
      support: supportOf(settings),
      version: programVersion(),
    }),
    ...providerHandlers({ database, clock, newId, audit, providers, sessions, support: supportOf(settings) }),
    ...connectionHandlers({
      connections,
      mail: mailer.attempt,
      askProvider: providers.test,
      tellSecond: parts.tellSecond,
      tryOut: (name, connection, model) =>
        tryConnection(name, connection, model, { clock, egress, telemetry }),
    }),
    ...peopleHandlers({
      database,
      clock,
      people,
      address: () => publicUrl().replace(/\/$/, ""),
      mail: mailer.attempt,
    }),
    ...figureHandlers({
      database,
      registry,
      vault,
      clock,
      figures,
      worksCouncil,
      reviewers: (workflow) => countWith(workflow, ["reviewer"]),
    }),
    ...costHandlers({
      database,
      registry,
      clock,
      audit,
      prices: parts.prices,
      limits: parts.limits,
      callsDays: settings.PILOTAGE_CALLS_DAYS,
    }),
    ...feedbackHandlers({ database, registry, clock, feedback, improvements, pulse }),
    ...reviewHandlers({ database, reviews }),
    ...workflowHandlers({
      database,
      registry,
      settings: workflowSettings,
      releases,
      shares,
      certificates,
      clock,
      workers,
    }),
    ...gateHandlers({ database, registry, clock, gates: parts.gates }),
    ...rolloutHandlers({ database, clock, audit, registry, rollouts: parts.rollouts }),
    ...certificateHandlers({ database, registry, certificates, clock }),
    ...qualityHandlers({
      database,
      registry,
      clock,
      sources: parts.sources,
      calibrations: parts.calibrations,
      layLabelsOpen: parts.layLabelsOpen,
      reviewers: (workflow) => countWith(workflow, ["reviewer"]),
    }),
    ...operationHandlers({ database, registry, replays, connections, keys, audit, clock, simulated, poke }),
    ...ladderHandlers({ ladder, stops }),
    ...modelHandlers({ database, registry, clock, audit }),
    ...modelCallHandlers({ database, keptDays: settings.PILOTAGE_CALLS_DAYS }),
    ...overviewHandlers({
      database,
      registry,
      clock,
      audit,
      figures: counts,
      ladder,
      stops,
      workers,
      limits: parts.limits,
      poke,
    }),
    ...liveHandlers({
      news,
      clock,
      stopped,
      again: (caller) => stillThere(database, clock, caller, settings.PILOTAGE_SESSION_IDLE_HOURS),
    }),
    ...auditHandlers({ database, clock, log, stopped, missingProtection }),
    ...evaluationHandlers({ database, registry, clock, ...trials }),
    ...evaluationSetHandlers({ sets, stopped, evaluations: trials.evaluations }),
    openApi: async () => openApiDocument(),
  };
}

function supportOf(settings: Settings): SupportContact | null {
  const contact = settings.PILOTAGE_SUPPORT_CONTACT;
  if (contact === undefined) return null;
  return { contact, answerHours: settings.PILOTAGE_SUPPORT_ANSWER_HOURS ?? null };
}
