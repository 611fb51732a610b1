/**
 * Opens the models of a release and the targets of a workflow, and keeps them open while nothing changes.
 *
 * Connections hold addresses and secrets of the installation, sealed; a stored change closes what was opened with the
 * old settings. Local models are read from the bytes that were stored when the release was published.
 */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PilotageError } from "../../contract/errors.ts";
import { fileTarget } from "../../connectors/deliver/file.ts";
import { folderTarget } from "../../connectors/deliver/folder.ts";
import { webhookTarget } from "../../connectors/deliver/webhook.ts";
import type { Target } from "../../connectors/target.ts";
import type { Bulkheads } from "../../models/bulkhead.ts";
import { billedBy, connectionSchema, openModel, type Connection } from "../../models/connection.ts";
import { localModel } from "../../models/local/model.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database.ts";
import type { Egress } from "../../platform/egress.ts";
import type { Log } from "../../platform/log.ts";
import type { Vault } from "../../platform/secrets.ts";
import { sql } from "../../platform/sql.ts";
import type { ReleaseView, WorkflowView } from "../workflow/registry.ts";
import { sourceOf } from "./confidence.ts";
import { definitionOf, type Role, type StepModel } from "./call.ts";

export interface Openers {
  modelFor(release: ReleaseView, step: number, role?: Role): Promise<StepModel>;
  targetFor(workflow: WorkflowView, name: string): Promise<Target>;
  /** Looks which connections changed; what was opened with old settings is closed when its last call ends. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Something open, and the connection with whose settings it was opened. */
interface Opened<T> {
  value: T;
  close: (() => Promise<void>) | undefined;
  connection: { name: string; version: string } | undefined;
}
type Open<T> = Map<string, Promise<Opened<T>>>;

export function openOpeners(options: {
  database: Database;
  vault: Vault;
  clock: Clock;
  files: string;
  log: Log;
  egress: Egress;
  places: Bulkheads;
}): Openers {
  const { database, vault, clock, files, log, egress, places } = options;
  const models: Open<StepModel> = new Map();
  const targets: Open<Target> = new Map();

  async function connection(name: string): Promise<{ settings: Connection; version: string }> {
    // The row's version, not its time: simulated time may stand still between two changes.
    const row = await database.maybe<{ settings: Uint8Array; version: string }>(
      sql`select settings, xmin::text as version from connection where name = ${name}`,
    );
    if (!row)
      throw new PilotageError(
        "model_refused",
        `There is no connection "${name}", so nothing can be reached through it.`,
        {
          hint: `Store it: pilotage connection set ${name} --settings <file> --as <person>`,
          retryable: true,
        },
      );
    const settings = connectionSchema.parse(
      JSON.parse(Buffer.from(vault.open(`connection:${name}`, row.settings)).toString("utf8")),
    );
    return { settings, version: row.version };
  }

  async function openStep(release: ReleaseView, step: number, role: Role): Promise<Opened<StepModel>> {
    const definition = definitionOf(release, step, role);
    if (typeof definition !== "object")
      throw new PilotageError("internal", `Step ${step} of release ${release.id} has no model.`);
    if ("connection" in definition) {
      const { settings, version } = await connection(definition.connection);
      const { timeout, firstToken, silence, ...asked } = definition;
      const deadlines = {
        ...(firstToken === undefined ? {} : { firstTokenMs: firstToken }),
        ...(silence === undefined ? {} : { idleMs: silence }),
      };
      const model = openModel(
        settings,
        { ...asked, timeoutMs: timeout, deadlines, confidence: sourceOf(release, role) },
        { clock, egress },
      );
      const billed = billedBy(definition.connection, settings, asked.name);
      return {
        value: {
          model,
          asked: { connection: definition.connection, model: billed.model },
          timeoutMs: timeout,
          billed,
          maxTokens: asked.maxTokens,
          places: places.of(
            definition.connection,
            "mostInFlight" in settings ? settings.mostInFlight : undefined,
          ),
        },
        close: model.close?.bind(model),
        connection: { name: definition.connection, version },
      };
    }
    const row = await database.maybe<{ digest: string; bytes: Uint8Array }>(sql`
      select a.digest, a.bytes from release_model m join artifact a on a.digest = m.digest where m.release = ${release.id} and m.name = ${definition.local}`);
    if (!row)
      throw new PilotageError(
        "model_unavailable",
        `The local model ${definition.local} of release ${release.id} is not trained yet.`,
      );
    const drafts = release.document.local?.[definition.local]?.drafts ?? {};
    const model = localModel({ name: definition.local, digest: row.digest, bytes: row.bytes, drafts });
    return {
      value: {
        model,
        asked: { connection: undefined, model: definition.local },
        timeoutMs: definition.timeout,
        billed: undefined,
        maxTokens: undefined,
        places: undefined,
      },
      close: model.close?.bind(model),
      connection: undefined,
    };
  }

  async function openTarget(workflow: WorkflowView, name: string): Promise<Opened<Target>> {
    const plan = workflow.document.deliveries.find((one) => one.name === name);
    if (!plan)
      throw new PilotageError(
        "delivery_refused",
        `The workflow has no delivery "${name}" any more; the answer was not sent.`,
        { hint: "Apply a definition with this delivery, then replay the dead letter." },
      );
    if (plan.kind === "webhook") {
      const { settings, version } = await connection(plan.connection ?? "");
      if (settings.kind !== "webhook")
        throw new PilotageError(
          "delivery_refused",
          `The connection ${plan.connection} is of kind ${settings.kind}, not webhook.`,
        );
      const target = webhookTarget({ name, url: settings.url, secret: settings.secret, egress });
      return {
        value: target,
        close: target.close?.bind(target),
        connection: { name: plan.connection ?? "", version },
      };
    }
    const path = join(files, workflow.row.name, plan.path ?? name);
    await mkdir(plan.kind === "folder" ? path : dirname(path), { recursive: true });
    const target = plan.kind === "file" ? fileTarget({ name, path }) : folderTarget({ name, path });
    return { value: target, close: target.close?.bind(target), connection: undefined };
  }

  /** Keeps a promise by key, and forgets it when it fails. */
  async function kept<T>(map: Open<T>, key: string, open: () => Promise<Opened<T>>): Promise<T> {
    const known = map.get(key);
    if (known) return (await known).value;
    const opening = open();
    map.set(key, opening);
    opening.catch(() => map.delete(key));
    return (await opening).value;
  }

  /** Closes and forgets what was opened with settings that are no longer those of its connection. */
  async function closeStale<T>(map: Open<T>, versions: Map<string, string>): Promise<void> {
    for (const [key, opening] of map) {
      const opened = await opening.catch(() => undefined);
      if (!opened?.connection || versions.get(opened.connection.name) === opened.connection.version) continue;
      map.delete(key);
      // Waits for the calls that are under way, so nobody waits for it.
      void closeOne(opened);
    }
  }

  async function closeAll(): Promise<void> {
    const open = [...models.values(), ...targets.values()];
    models.clear();
    targets.clear();
    for (const one of open) {
      const opened = await one.catch(() => undefined);
      if (opened) await closeOne(opened);
    }
  }

  /** One that does not close keeps no other from closing. */
  async function closeOne({ close, connection }: Opened<unknown>): Promise<void> {
    try {
      await close?.();
    } catch (error) {
      log.warn(
        { err: error instanceof Error ? error.message : String(error), connection: connection?.name },
        "a model or target could not be closed; what it holds is freed when this process ends",
      );
    }
  }

  return {
    modelFor: (release, step, role = "answers") =>
      kept(models, `${release.id}:${step}:${role}`, () => openStep(release, step, role)),
    targetFor: (workflow, name) =>
      kept(targets, `${workflow.row.name}:${workflow.row.digest}:${name}`, () => openTarget(workflow, name)),
    async refresh() {
      const found = await database.all<{ name: string; version: string }>(
        sql`select name, xmin::text as version from connection`,
      );
      const versions = new Map(found.map((row) => [row.name, row.version]));
      await closeStale(models, versions);
      await closeStale(targets, versions);
    },
    close: closeAll,
  };
}
