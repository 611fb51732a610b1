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
import { connectionSchema, openModel, type Connection } from "../../models/connection.ts";
import { localModel } from "../../models/local/model.ts";
import type { Model } from "../../models/model.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database.ts";
import type { Vault } from "../../platform/secrets.ts";
import { sql } from "../../platform/sql.ts";
import type { ReleaseView, WorkflowView } from "../workflow/registry.ts";
import { chainOf } from "./ask.ts";

export interface Openers {
  modelFor(release: ReleaseView, step: number): Promise<{ model: Model; timeoutMs: number }>;
  targetFor(workflow: WorkflowView, name: string): Promise<Target>;
  /** Looks whether connections changed; what was opened with old settings is closed. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export function openOpeners(options: { database: Database; vault: Vault; clock: Clock; files: string }): Openers {
  const { database, vault, clock, files } = options;
  const models = new Map<string, Promise<{ model: Model; timeoutMs: number }>>();
  const targets = new Map<string, Promise<Target>>();
  let version = "";

  async function connection(name: string): Promise<Connection> {
    const row = await database.maybe<{ settings: Uint8Array }>(sql`select settings from connection where name = ${name}`);
    if (!row)
      throw new PilotageError("model_refused", `There is no connection "${name}", so nothing can be reached through it.`, {
        hint: `Store it: pilotage connection set ${name} --settings <file> --as <person>`,
        retryable: true,
      });
    return connectionSchema.parse(JSON.parse(Buffer.from(vault.open(`connection:${name}`, row.settings)).toString("utf8")));
  }

  async function openStep(release: ReleaseView, step: number): Promise<{ model: Model; timeoutMs: number }> {
    const definition = chainOf(release)[step];
    if (typeof definition !== "object") throw new PilotageError("internal", `Step ${step} of release ${release.id} has no model.`);
    if ("connection" in definition) {
      const settings = await connection(definition.connection);
      const { timeout, ...asked } = definition;
      return { model: openModel(settings, { ...asked, timeoutMs: timeout, confidence: release.document.confidence }, clock), timeoutMs: timeout };
    }
    const row = await database.maybe<{ digest: string; bytes: Uint8Array }>(sql`
      select a.digest, a.bytes from release_model m join artifact a on a.digest = m.digest where m.release = ${release.id} and m.name = ${definition.local}`);
    if (!row) throw new PilotageError("model_unavailable", `The local model ${definition.local} of release ${release.id} is not trained yet.`);
    const drafts = release.document.local?.[definition.local]?.drafts ?? {};
    return { model: localModel({ name: definition.local, digest: row.digest, bytes: row.bytes, drafts }), timeoutMs: definition.timeout };
  }

  async function openTarget(workflow: WorkflowView, name: string): Promise<Target> {
    const plan = workflow.document.deliveries.find((one) => one.name === name);
    if (!plan) throw new PilotageError("delivery_refused", `The workflow has no delivery "${name}" any more; the answer was not sent.`, { hint: "Apply a definition with this delivery, then replay the dead letter." });
    if (plan.kind === "webhook") {
      const settings = await connection(plan.connection ?? "");
      if (settings.kind !== "webhook") throw new PilotageError("delivery_refused", `The connection ${plan.connection} is of kind ${settings.kind}, not webhook.`);
      return webhookTarget({ name, url: settings.url, secret: settings.secret });
    }
    const path = join(files, workflow.row.name, plan.path ?? name);
    await mkdir(plan.kind === "folder" ? path : dirname(path), { recursive: true });
    return plan.kind === "file" ? fileTarget({ name, path }) : folderTarget({ name, path });
  }

  /** Keeps a promise by key, and forgets it when it fails. */
  function kept<T>(map: Map<string, Promise<T>>, key: string, open: () => Promise<T>): Promise<T> {
    const known = map.get(key);
    if (known) return known;
    const opening = open();
    map.set(key, opening);
    opening.catch(() => map.delete(key));
    return opening;
  }

  async function closeAll(): Promise<void> {
    const open = [...models.values(), ...targets.values()];
    models.clear();
    targets.clear();
    for (const one of open) {
      const value = await one.catch(() => undefined);
      const closable = value && "model" in value ? value.model : value;
      await closable?.close?.();
    }
  }

  return {
    modelFor: (release, step) => kept(models, `${release.id}:${step}`, () => openStep(release, step)),
    targetFor: (workflow, name) => kept(targets, `${workflow.row.name}:${workflow.row.digest}:${name}`, () => openTarget(workflow, name)),
    async refresh() {
      // By the row's version, not by its time: simulated time may stand still between two changes.
      const { now } = await database.one<{ now: string }>(sql`select coalesce(string_agg(name || ':' || xmin::text, ',' order by name), 'none') as now from connection`);
      if (version !== "" && version !== now) await closeAll();
      version = now;
    },
    close: closeAll,
  };
}
