/** Handlers of workflows, releases, dials and waivers. */
import { isOperator, sees, type Caller } from "../access/caller.ts";
import { demandAlone, standingOf, type Standing } from "../access/standing.ts";
import { countStates, maybeIso } from "../cases/view.ts";
import type { ChangeRow, WorkflowSettings } from "../cases/workflow/apply.ts";
import type { Registry, WorkflowView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isoTime } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { showStopped, stoppedRollout } from "../releases/rollout-stopped.ts";
import type { Workers } from "../platform/workers.ts";
import type { ReleaseModelRow, ReleaseRow, Releases } from "../releases/publish.ts";
import type { Certificates } from "../releases/certify.ts";
import type { Shares } from "../releases/share.ts";
import type { Handlers } from "./bind.ts";
import { standingOf as certificatesOf } from "./certificates.ts";
import { seeThrough } from "./see.ts";

type Names =
  | "listWorkflows"
  | "getWorkflow"
  | "applyWorkflow"
  | "publishRelease"
  | "listReleases"
  | "getRelease"
  | "setShare"
  | "setAutonomy"
  | "setDial"
  | "waive"
  | "listChanges"
  | "approveChange"
  | "refuseChange";

export function workflowHandlers(parts: {
  database: Database;
  registry: Registry;
  settings: WorkflowSettings;
  releases: Releases;
  shares: Shares;
  certificates: Certificates;
  clock: Clock;
  workers: Pick<Workers, "atWork">;
}): Pick<Handlers, Names> {
  const { database, registry, settings, releases, shares, certificates, clock, workers } = parts;

  async function show(view: WorkflowView, counts: Record<string, number>) {
    const { row, document } = view;
    const waivers = await database.all<{ item: string; person: string; reason: string; until: number }>(
      sql`select item, person, reason, until from waiver where workflow = ${row.name} and until > ${isoTime(clock.now())} order by item`,
    );
    const { pending } = await database.one<{ pending: number }>(
      sql`select count(*)::int as pending from workflow_setting_change where workflow = ${row.name} and state = 'pending'`,
    );
    return {
      name: row.name,
      purpose: document.purpose,
      unit: document.unit,
      stableRelease: row.stable_release,
      candidateRelease: row.candidate_release,
      shadowRelease: row.shadow_release,
      stoppedRollout: showStopped(await stoppedRollout(database, row.name, clock.now())),
      share: row.candidate_share,
      autonomy: row.autonomy,
      rung: row.rung,
      counts,
      waivers: waivers.map((one) => ({ ...one, until: isoTime(one.until) })),
      pendingChanges: pending,
      certificates: certificatesOf(row, await certificates.standing([row.name]), clock.now()),
      dials: row.dials,
    };
  }

  /** A key that is bound to one workflow learns nothing about the changes of others. */
  async function seeChange(caller: Caller, id: string): Promise<string> {
    const { workflow } = await settings.change(id);
    seeThrough(
      caller,
      workflow,
      () => new PilotageError("not_found", `There is no change ${id.slice(0, 60)}.`),
    );
    return workflow;
  }

  /** Autonomy lets nothing out by itself, and whoever turns it should know. */
  async function withNote(row: ChangeRow) {
    if (row.setting !== "autonomy" || Number(row.after) === 0) return showChange(row);
    const view = await registry.workflow(database, row.workflow);
    const standing = certificatesOf(view.row, await certificates.standing([row.workflow]), clock.now());
    if (standing.some((one) => one.inForce)) return showChange(row);
    return showChange(
      row,
      `No certificate is in force for ${row.workflow}, so every case is reviewed, whatever the autonomy.`,
    );
  }

  async function showOne(name: string) {
    const view = await registry.workflow(database, name);
    return show(view, (await countStates(database, name)).get(name) ?? {});
  }

  return {
    async listWorkflows({ caller }) {
      const counts = await countStates(database);
      const views = (await registry.workflows(database)).filter((view) => sees(caller, view.row.name));
      return {
        workflows: await Promise.all(views.map((view) => show(view, counts.get(view.row.name) ?? {}))),
        workers: workers.atWork ?? null,
      };
    },
    getWorkflow: ({ params }) => showOne(params.workflow),
    async applyWorkflow({ params, body, caller }) {
      return settings.apply(params.workflow, body.document, {
        takeFile: body.takeFile,
        dryRun: body.dryRun,
        by: { ...standingOf(caller, params.workflow), actor: body.takeFile ? named(caller) : signer(caller) },
      });
    },
    async publishRelease({ params, body, caller }) {
      const row = await releases.publish(
        params.workflow,
        body.document,
        body.examples,
        body.provenance as JsonObject,
        signer(caller),
      );
      return showRelease(row, await releases.models([row.id]));
    },
    async listReleases({ params }) {
      const list = await releases.list(params.workflow);
      const models = await releases.models(list.map((row) => row.id));
      return { releases: list.map((row) => showRelease(row, models)) };
    },
    async getRelease({ params, caller }) {
      const row = await releases.get(params.release);
      seeThrough(
        caller,
        row.workflow,
        () => new PilotageError("not_found", `There is no release ${params.release.slice(0, 60)}.`),
      );
      return {
        ...showRelease(row, await releases.models([row.id])),
        document: JSON.parse(row.document) as JsonObject,
      };
    },
    async setShare({ params, body, caller }) {
      const pending = await shares.setShare(
        params.workflow,
        body.release,
        body.share,
        deciding(caller, params.workflow),
      );
      return { ...(await showOne(params.workflow)), pending: pending ? showChange(pending) : null };
    },
    async setAutonomy({ params, body, caller }) {
      const by = deciding(caller, params.workflow);
      return withNote(await settings.setAutonomy(params.workflow, body.autonomy, by, body.reason));
    },
    async setDial({ params, body, caller }) {
      const by = deciding(caller, params.workflow);
      return showChange(
        await settings.setDial(params.workflow, body.setting, body.value as JsonValue, by, body.reason),
      );
    },
    async waive({ params, body, caller }) {
      const { item, ...waiver } = body;
      const by = deciding(caller, params.workflow);
      if (item === "go") {
        await settings.waiveGo(params.workflow, waiver, by);
        return showOne(params.workflow);
      }
      demandAlone(by, "waiver.grant");
      await shares.waive(params.workflow, { item, ...waiver }, named(caller));
      return showOne(params.workflow);
    },
    async listChanges({ params }) {
      return { changes: (await settings.changes(params.workflow)).map((row) => showChange(row)) };
    },
    async approveChange({ params, caller }) {
      const workflow = await seeChange(caller, params.change);
      return withNote(await settings.decideChange(params.change, "applied", deciding(caller, workflow)));
    },
    async refuseChange({ params, caller }) {
      const workflow = await seeChange(caller, params.change);
      return showChange(await settings.decideChange(params.change, "refused", deciding(caller, workflow)));
    },
  };
}

/** Dials, shares, waivers and approvals take a named person; a key alone has none. */
export function named(caller: Caller): Caller["actor"] {
  if (caller.actor.kind === "person") return caller.actor;
  throw new PilotageError(
    "bad_request",
    "This takes a named person, and the request names none; nothing was changed.",
    { hint: "Run it on the machine itself with `--as <person>`." },
  );
}

/** The same with the roles that count there; a change judges them under its lock. */
export function deciding(caller: Caller, workflow: string | null): Standing {
  return { ...standingOf(caller, workflow), actor: named(caller) };
}

/** Who applies and publishes: a named person, or a pipeline's own key. The operator's key is nobody by itself. */
export function signer(caller: Caller): Caller["actor"] {
  return isOperator(caller) ? named(caller) : caller.actor;
}

function showRelease(row: ReleaseRow, models: ReleaseModelRow[]) {
  return {
    id: row.id,
    workflow: row.workflow,
    digest: row.digest,
    state: row.state,
    problem: row.problem,
    publishedAt: isoTime(row.published_at),
    publishedBy: row.published_by,
    commit: row.provenance.commit ?? null,
    pipeline: row.provenance.pipeline ?? null,
    models: models
      .filter((model) => model.release === row.id)
      .map(({ name, digest, report }) => ({ name, digest, report })),
  };
}

export function showChange(row: ChangeRow, note: string | null = null) {
  return {
    id: row.id,
    workflow: row.workflow,
    setting: row.setting,
    before: row.before,
    after: row.after,
    state: row.state,
    requestedAt: maybeIso(row.requested_at)!,
    requestedBy: row.requested_by,
    decidedBy: row.decided_by,
    needsSecond: row.needs_second,
    note,
  };
}
