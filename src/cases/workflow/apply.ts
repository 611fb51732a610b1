/**
 * Applying a workflow document: files own the structure, the installation owns the dials.
 *
 * The first apply makes the workflow on the manual release, with the file's dials. Later ones take the structure and
 * only show where dials differ; with `takeFile` they follow the file, and what loosens waits for a second person. Fields
 * that a file newly blocks are blocked at once. The record of changes is in change-record.ts.
 */
import { randomBytes } from "node:crypto";
import type { Audit } from "../../audit/record.ts";
import { PilotageError } from "../../contract/errors.ts";
import type { ChangeId } from "../../contract/ids.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { Actor } from "../../contract/scopes.ts";
import { demandAlone, demandOneOfTwo, type Standing } from "../../access/standing.ts";
import { canonical, digestOf } from "../../definition/digest.ts";
import { checkDocuments } from "../../definition/check.ts";
import type { WorkflowDocument } from "../../definition/document.ts";
import { definitionInvalid } from "../../definition/problem.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database, Tx } from "../../platform/database.ts";
import { sameJson } from "../../definition/path.ts";
import { sql, time } from "../../platform/sql.ts";
import {
  COLUMNS,
  openChanges,
  readChange,
  text,
  waitingAlready,
  type ChangeRow,
  type Wanted,
} from "./change-record.ts";
import { freezeCriteria } from "./criteria-version.ts";
import { dialValue } from "./dial-value.ts";
import { dialDifferences, DIALS, dialsOf, newlyBlocked, type DialDifference } from "./dials.ts";
import { demandMayRefuse, demandSecond } from "./second-person.ts";
import { GO_WAIVER, ruleAlone, ruleForTwo } from "./rule.ts";
import { lockForChange, lockWorkflow, type Registry } from "./registry.ts";

export type { ChangeRow } from "./change-record.ts";

export interface Applied {
  workflow: string;
  created: boolean;
  changed: boolean;
  digest: string;
  differences: DialDifference[];
  taken: string[];
  pending: ChangeId[];
}

export interface WorkflowSettings {
  apply(
    name: string,
    document: unknown,
    options: { takeFile: boolean; dryRun: boolean; by: Standing },
  ): Promise<Applied>;
  /** Asks to waive the go; in force when a second person approves. */
  waiveGo(workflow: string, waiver: GoWaiver, by: Standing): Promise<ChangeRow>;
  /** Asks for what two people decide and what is no dial; in force by its act (`acts`) when a second person approves. */
  askForTwo(
    tx: Tx,
    workflow: string,
    wanted: { setting: string; before: JsonValue; after: JsonValue; reason?: string | undefined },
    by: Standing,
  ): Promise<ChangeRow>;
  /** Lowers the autonomy at once; raising it takes the workflow's go, and waits for a second person. */
  setAutonomy(workflow: string, autonomy: number, by: Standing, reason?: string): Promise<ChangeRow>;
  /** Changes one dial of `DIALS`: what tightens at once, what loosens when a second person approves. Null unsets an optional one. */
  setDial(
    workflow: string,
    setting: string,
    value: JsonValue,
    by: Standing,
    reason?: string,
  ): Promise<ChangeRow>;
  change(id: string): Promise<ChangeRow>;
  changes(workflow: string): Promise<ChangeRow[]>;
  /** Approved by whoever makes the pair of its rule; refused by whoever could, and taken back by whoever asked. */
  decideChange(id: string, decision: "applied" | "refused", by: Standing): Promise<ChangeRow>;
}

export interface SettingsParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  /** Whether the workflow has its go. Handed in from releases/. */
  hasGo(tx: Tx, workflow: string): Promise<boolean>;
  /** Puts a waiver of the go in force, in the name of the one who asked. Handed in from releases/. */
  grantGo(tx: Tx, workflow: string, waiver: GoWaiver, person: string, by: Actor): Promise<void>;
  /** By the name of their setting. */
  acts: Readonly<Record<string, PairedAct>>;
}

/** What a second person's approval does when the change is no dial. Handed in from above. */
export interface PairedAct {
  /** Throws `wrong_state` when what was asked for no longer means what it meant. */
  demandStillFits(tx: Tx, change: ChangeRow): Promise<void>;
  putInForce(tx: Tx, change: ChangeRow, by: Actor): Promise<void>;
}

export interface GoWaiver {
  reason: string;
  days: number;
}

export function openWorkflowSettings(parts: SettingsParts): WorkflowSettings {
  const { database, registry, clock, audit } = parts;
  const { insertChange, enforce } = openChanges(parts);

  /** One change, by the rule that it falls under: in force at once, or waiting, once however often it is asked for. */
  async function change(tx: Tx, workflow: string, wanted: Wanted, by: Standing): Promise<ChangeRow> {
    if (!wanted.needsSecond) demandAlone(by, ruleAlone(wanted.setting));
    else {
      demandOneOfTwo(by, ruleForTwo(wanted.setting));
      const waits = await waitingAlready(tx, workflow, wanted);
      if (waits) return waits;
    }
    return insertChange(tx, workflow, wanted, by);
  }

  return {
    async apply(name, given, { takeFile, dryRun, by }) {
      const document = parseDocument(name, given);
      const digest = digestOf(document);
      return database.transaction(async (tx) => {
        await lockForChange(tx);
        const known = await tx.maybe<{ digest: string }>(
          sql`select digest from workflow where name = ${name} for update`,
        );
        const inForce = known ? (await registry.workflow(tx, name)).row.dials : dialsOf(document);
        const proposed = dialsOf(document);
        const result: Applied = {
          workflow: name,
          created: !known,
          changed: known?.digest !== digest,
          digest,
          differences: dialDifferences(inForce, proposed),
          taken: [],
          pending: [],
        };
        if (dryRun) return result;
        if (!known) await insertWorkflow(tx, document, digest, by.actor);
        else if (result.changed)
          await tx.run(
            sql`update workflow set document = ${canonical(document)}, digest = ${digest}, applied_at = ${time(clock.now())}, applied_by = ${by.actor.name} where name = ${name}`,
          );
        await tx.run(sql`
          insert into feed (workflow, name, next_at) select ${name}, unnest(${document.feeds.map((feed) => feed.name)}::text[]), ${time(clock.now())} on conflict do nothing`);
        if (result.created || result.changed)
          audit.record(tx, [
            {
              kind: "workflow.applied",
              actor: by.actor,
              workflow: name,
              data: { digest, created: result.created },
            },
          ]);
        await freezeCriteria(tx, parts, name, document.criteria ?? [], by.actor);
        const blocked = newlyBlocked(inForce, proposed);
        if (blocked.length > 0) {
          const before = inForce["blockFields"] ?? [];
          const after = [...(before as JsonValue[]), ...blocked];
          // By the file alone, as the structure is: whoever applies it may always block.
          await insertChange(tx, name, { setting: "blockFields", before, after, needsSecond: false }, by);
          result.taken.push("blockFields");
          result.differences = dialDifferences({ ...inForce, blockFields: after }, proposed);
        }
        if (takeFile)
          for (const difference of result.differences) {
            const { id, state } = await change(tx, name, difference, by);
            if (state === "pending") result.pending.push(id);
            else result.taken.push(difference.setting);
          }
        return result;
      });
    },

    waiveGo(workflow, { reason, days }, by) {
      return database.transaction(async (tx) => {
        await lockWorkflow(tx, registry, workflow);
        const wanted = {
          setting: GO_WAIVER,
          before: null,
          after: { reason, days },
          needsSecond: true,
          reason,
        };
        return change(tx, workflow, wanted, by);
      });
    },

    async askForTwo(tx, workflow, wanted, by) {
      await lockWorkflow(tx, registry, workflow);
      return change(tx, workflow, { ...wanted, needsSecond: true }, by);
    },

    setAutonomy(workflow, autonomy, by, reason) {
      return database.transaction(async (tx) => {
        const { row } = await lockWorkflow(tx, registry, workflow);
        const raises = autonomy > row.autonomy;
        if (raises) {
          demandOneOfTwo(by, ruleForTwo("autonomy"));
          await demandGo(tx, workflow);
        } else demandAlone(by, ruleAlone("autonomy"));
        return insertChange(
          tx,
          workflow,
          { setting: "autonomy", before: row.autonomy, after: autonomy, needsSecond: raises, reason },
          by,
        );
      });
    },

    async setDial(workflow, setting, value, by, reason) {
      return database.transaction(async (tx) => {
        const { row, document } = await lockWorkflow(tx, registry, workflow);
        const before = row.dials[setting];
        const after = dialValue(document, setting, value);
        if (sameJson(before, after))
          throw new PilotageError(
            "wrong_state",
            `${setting} of ${workflow} is ${text(before ?? null)} already. Nothing was changed.`,
          );
        return change(
          tx,
          workflow,
          {
            setting,
            before: before ?? null,
            after: after ?? null,
            needsSecond: DIALS[setting]!.loosens(before, after),
            reason,
          },
          by,
        );
      });
    },

    async change(id) {
      const change = await database.maybe<ChangeRow>(
        sql`select ${COLUMNS} from workflow_setting_change where id = ${id}`,
      );
      if (!change) throw noChange(id);
      return change;
    },

    async changes(workflow) {
      await registry.workflow(database, workflow);
      return database.all<ChangeRow>(sql`
        select ${COLUMNS} from workflow_setting_change where workflow = ${workflow} order by (state = 'pending') desc, id desc limit 200`);
    },

    decideChange(id, decision, by) {
      return database.transaction(async (tx) => {
        const change = await tx.maybe<ChangeRow>(
          sql`select ${COLUMNS} from workflow_setting_change where id = ${id} for update`,
        );
        if (!change) throw noChange(id);
        if (change.state !== "pending")
          throw new PilotageError("wrong_state", `The change ${id} is ${change.state} already.`);
        if (decision === "refused") demandMayRefuse(change, by);
        else {
          demandSecond(change, by);
          await demandStillFits(tx, change);
        }
        await tx.run(
          sql`update workflow_setting_change set state = ${decision}, decided_at = ${time(clock.now())}, decided_by = ${by.actor.name} where id = ${id}`,
        );
        if (decision === "applied" && change.setting === GO_WAIVER)
          await parts.grantGo(
            tx,
            change.workflow,
            change.after as unknown as GoWaiver,
            change.requested_by,
            by.actor,
          );
        else if (decision === "applied" && parts.acts[change.setting])
          await parts.acts[change.setting]!.putInForce(tx, change, by.actor);
        else if (decision === "applied")
          await enforce(tx, change.workflow, change.setting, change.after, by.actor);
        audit.record(tx, [
          {
            kind: decision === "applied" ? "setting.changed" : "setting.refused",
            actor: by.actor,
            workflow: change.workflow,
            data: {
              change: id,
              setting: change.setting,
              after: text(change.after),
              requestedBy: change.requested_by,
            },
          },
        ]);
        return readChange(tx, id);
      });
    },
  };

  async function demandGo(tx: Tx, workflow: string): Promise<void> {
    if (await parts.hasGo(tx, workflow)) return;
    throw new PilotageError(
      "wrong_state",
      `Autonomy of ${workflow} is locked until the workflow has its go, or two persons waive that by name. Nothing was changed.`,
      {
        hint: `Owner and sponsor sign a gate that is go (pilotage gate list ${workflow}). Without one: pilotage waive ${workflow} go --reason "..." --as <person>, and a second person approves it`,
      },
    );
  }

  /** What was asked for must still mean what it meant: the second person approves the step from what is in force. */
  async function demandStillFits(tx: Tx, change: ChangeRow): Promise<void> {
    // A waiver starts from nothing: its days are counted from the approval.
    if (change.setting === GO_WAIVER) return;
    const act = parts.acts[change.setting];
    if (act) return act.demandStillFits(tx, change);
    const { row } = await lockWorkflow(tx, registry, change.workflow);
    const inForce = change.setting === "autonomy" ? row.autonomy : (row.dials[change.setting] ?? null);
    if (!sameJson(inForce, change.before))
      throw new PilotageError(
        "wrong_state",
        `The change ${change.id} can no longer be approved: ${change.setting} was changed after it was asked for. Nothing was changed.`,
        { hint: "Refuse it, and ask for the change anew." },
      );
    if (change.setting === "autonomy") await demandGo(tx, change.workflow);
  }

  async function insertWorkflow(
    tx: Tx,
    document: WorkflowDocument,
    digest: string,
    by: Actor,
  ): Promise<void> {
    await tx.run(sql`
      insert into workflow (name, document, digest, applied_at, applied_by, salt, dials)
      values (${document.workflow}, ${canonical(document)}, ${digest}, ${time(clock.now())}, ${by.name}, ${randomBytes(12).toString("hex")}, ${JSON.stringify(dialsOf(document))}::jsonb)`);
  }
}

function parseDocument(name: string, given: unknown): WorkflowDocument {
  const { problems, workflow } = checkDocuments({ workflow: given });
  if (workflow === undefined) throw definitionInvalid("workflow", problems, "Nothing was applied.");
  if (workflow.workflow !== name)
    throw new PilotageError(
      "conflict",
      `The document is of workflow "${workflow.workflow}", not "${name}". Nothing was applied.`,
    );
  return workflow;
}

function noChange(id: string): PilotageError {
  return new PilotageError("not_found", `There is no change ${id.slice(0, 60)}.`, {
    hint: "`pilotage changes <workflow>` lists them.",
  });
}
