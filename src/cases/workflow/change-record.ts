/**
 * The record of changes of dials: noted as applied or as waiting, and what a change that applies puts in force.
 *
 * Everything runs in the caller's transaction, with its audit event. Who may ask and who may approve was decided before
 * (apply.ts, second-person.ts).
 */
import type { Audit } from "../../audit/record.ts";
import type { Standing } from "../../access/standing.ts";
import type { Role } from "../../contract/access.ts";
import type { ChangeId } from "../../contract/ids.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { Actor } from "../../contract/scopes.ts";
import type { NewId } from "../../platform/chance.ts";
import { isoTime, type Clock } from "../../platform/clock.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import { sql, time } from "../../platform/sql.ts";
import { suspendCertificates } from "../decision/certificate-store.ts";
import type { DialDifference } from "./dials.ts";

export interface ChangeRow {
  id: ChangeId;
  workflow: string;
  setting: string;
  before: JsonValue;
  after: JsonValue;
  reason: string | null;
  state: "pending" | "applied" | "refused";
  requested_at: number;
  requested_by: string;
  decided_by: string | null;
  needs_second: boolean;
  /** With which roles it was asked for; null: from the machine itself. */
  requested_roles: Role[] | null;
}

export const COLUMNS = sql`id, workflow, setting, before, after, reason, state, requested_at, requested_by, decided_by, needs_second, requested_roles`;

/** What a change is to be; `reason` for the record. */
export interface Wanted extends DialDifference {
  reason?: string | undefined;
}

export interface Changes {
  /** Notes a change: in force at once, or waiting when it needs a second person. */
  insertChange(tx: Tx, workflow: string, wanted: Wanted, by: Standing): Promise<ChangeRow>;
  /** Puts the new value of a dial, or of the autonomy, in force. */
  enforce(tx: Tx, workflow: string, setting: string, after: JsonValue, by: Actor): Promise<void>;
}

export function openChanges({ clock, newId, audit }: { clock: Clock; newId: NewId; audit: Audit }): Changes {
  async function insertChange(tx: Tx, workflow: string, wanted: Wanted, by: Standing): Promise<ChangeRow> {
    const id = newId("change");
    const now = clock.now();
    const pending = wanted.needsSecond;
    const { actor, roles } = by;
    await tx.run(sql`
      insert into workflow_setting_change (id, workflow, setting, before, after, reason, state, requested_at, requested_by, requested_roles, decided_at, decided_by, needs_second)
      values (${id}, ${workflow}, ${wanted.setting}, ${JSON.stringify(wanted.before)}::jsonb, ${JSON.stringify(wanted.after)}::jsonb, ${wanted.reason ?? null},
        ${pending ? "pending" : "applied"}, ${time(now)}, ${actor.name}, ${roles}, ${pending ? null : time(now)}, ${pending ? null : actor.name}, ${pending})`);
    audit.record(tx, [
      {
        kind: pending ? "setting.requested" : "setting.changed",
        actor,
        workflow,
        data: { change: id, setting: wanted.setting, before: text(wanted.before), after: text(wanted.after) },
      },
    ]);
    if (!pending) await enforce(tx, workflow, wanted.setting, wanted.after, actor);
    return readChange(tx, id);
  }

  async function enforce(
    tx: Tx,
    workflow: string,
    setting: string,
    after: JsonValue,
    by: Actor,
  ): Promise<void> {
    const now = clock.now();
    await putInForce(tx, workflow, setting, after, now);
    // The model sees other input from now on: what was measured with the old one proves nothing about it.
    if (setting === "blockFields")
      await suspendCertificates(
        tx,
        audit,
        { workflow },
        { because: "the fields that the model sees were changed (blockFields)", by, now },
      );
  }

  return { insertChange, enforce };
}

async function putInForce(
  tx: Tx,
  workflow: string,
  setting: string,
  after: JsonValue,
  now: number,
): Promise<void> {
  // The day's probability was made from the old value; the next case makes it anew.
  if (setting.startsWith("qa."))
    await tx.run(
      sql`delete from workflow_day where workflow = ${workflow} and day >= ${isoTime(now).slice(0, 10)}`,
    );
  if (setting === "autonomy")
    await tx.run(sql`update workflow set autonomy = ${Number(after)} where name = ${workflow}`);
  else if (after === null)
    await tx.run(sql`update workflow set dials = dials - ${setting}::text where name = ${workflow}`);
  else
    await tx.run(
      sql`update workflow set dials = dials || jsonb_build_object(${setting}::text, ${JSON.stringify(after)}::jsonb) where name = ${workflow}`,
    );
}

export function readChange(database: Queryable, id: string): Promise<ChangeRow> {
  return database.one<ChangeRow>(sql`select ${COLUMNS} from workflow_setting_change where id = ${id}`);
}

/** The same change that waits already: asked for twice, it is approved once. */
export function waitingAlready(tx: Tx, workflow: string, wanted: Wanted): Promise<ChangeRow | undefined> {
  return tx.maybe<ChangeRow>(sql`
    select ${COLUMNS} from workflow_setting_change
    where workflow = ${workflow} and setting = ${wanted.setting} and state = 'pending'
      and before is not distinct from ${JSON.stringify(wanted.before)}::jsonb and after is not distinct from ${JSON.stringify(wanted.after)}::jsonb`);
}

/** Dials may hold fractions; the audit trail takes those as text. */
export function text(value: JsonValue): string {
  return JSON.stringify(value);
}
