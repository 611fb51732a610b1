/**
 * A model that is another one by now: it calls itself otherwise, or answers otherwise. Noticed by a case or by the canary.
 *
 * Certificates about it are suspended in the same transaction, and each workflow that it concerns gets one record, of which
 * its owner is told. Nothing here makes a certificate hold again: that takes new labels, or a named person.
 */
import type { Audit } from "../../audit/record.ts";
import type { Actor } from "../../contract/scopes.ts";
import type { BreakerKey } from "../../models/breaker-board.ts";
import type { Change, Identity } from "../../models/canary.ts";
import type { Database, Queryable, Tx } from "../../platform/database.ts";
import { rows, sql, time } from "../../platform/sql.ts";
import type { Registry } from "../workflow/registry.ts";
import type { definitionOf } from "./call.ts";
import { modelsOf } from "./used.ts";

/** Who noticed it. */
export const FINDERS = ["case", "canary"] as const;

export interface ModelChange {
  id: string;
  workflow: string;
  /** Undefined for what is no model of a connection. */
  connection: string | undefined;
  model: string;
  change: Change["kind"];
  before: string;
  after: string;
  found: { by: "case"; caseId: string } | { by: "canary"; run: string };
  /** Those that were suspended because of it. */
  certificates: readonly string[];
}

/** For how long the same change of a model is not told twice. */
const TOLD_LATELY = 2 * 86_400_000;

/** Records changes with their audit events; an owner who was told of the same change lately is not told again. */
export async function recordChanges(
  tx: Tx,
  audit: Audit,
  changes: readonly ModelChange[],
  { by, now }: { by: Actor; now: number },
): Promise<void> {
  if (changes.length === 0) return;
  await tx.run(sql`
    insert into model_change (id, workflow, connection, model, change, before_it, after_it, found_by, case_id, run, certificates, at, told_at)
    select r.id, r.workflow, r.connection, r.model, r.change, r.before_it, r.after_it, r.found_by, r.case_id, r.run,
      array(select json_array_elements_text(r.certificates)), ${time(now)},
      case when exists (
        select from model_change m where m.workflow = r.workflow and m.connection is not distinct from r.connection and m.model = r.model
          and m.after_it = r.after_it and r.change <> 'behaviour' and m.at > ${time(now - TOLD_LATELY)}) then ${time(now)}::timestamptz end
    from json_to_recordset(${rows(
      changes.map((one) => ({
        id: one.id,
        workflow: one.workflow,
        connection: one.connection ?? null,
        model: one.model,
        change: one.change,
        before_it: one.before,
        after_it: one.after,
        found_by: one.found.by,
        case_id: one.found.by === "case" ? one.found.caseId : null,
        run: one.found.by === "canary" ? one.found.run : null,
        certificates: one.certificates,
      })),
    )}::json) as r (id text, workflow text, connection text, model text, change text, before_it text, after_it text, found_by text, case_id text, run text, certificates json)`);
  audit.record(
    tx,
    changes.map(({ id, workflow, found, certificates, ...about }) => ({
      kind: "model.changed",
      actor: by,
      workflow,
      ...(found.by === "case" ? { caseId: found.caseId } : {}),
      data: {
        change: id,
        connection: about.connection ?? null,
        model: about.model,
        what: about.change,
        before: about.before,
        after: about.after,
        certificates: [...certificates],
        ...(found.by === "canary" ? { run: found.run } : {}),
      },
    })),
  );
}

/** The certificates in force whose answers come from this model, or are verified by it; not those that were earned by what it is now. */
export async function certificatesAbout(
  tx: Queryable,
  registry: Registry,
  key: BreakerKey,
  now: readonly Identity[],
): Promise<{ id: string; workflow: string }[]> {
  const live = await tx.all<{
    id: string;
    workflow: string;
    release: string;
    step: number;
    model_answered: string | null;
    model_version: string | null;
  }>(sql`
    select id, workflow, release, step, model_answered, model_version from certificate
    where superseded_by is null and suspended_at is null order by id`);
  const about: { id: string; workflow: string }[] = [];
  for (const { id, workflow, release: of, step, ...its } of live) {
    const release = await registry.release(tx, of);
    const named = modelsOf(release).filter(
      (one) => one.step === step && one.connection === key.connection && one.model === key.model,
    );
    const earnedNow = now.some(
      (one) => one.model === its.model_answered && one.version === its.model_version,
    );
    if (named.some((one) => one.role === "verifies" || !earnedNow)) about.push({ id, workflow });
  }
  return about;
}

/** What a step is, for a record: a model of a connection, a local one, or a kept answer. */
export function placeOf(
  definition: ReturnType<typeof definitionOf>,
): Pick<ModelChange, "connection" | "model"> {
  if (typeof definition !== "object") return { connection: undefined, model: definition ?? "" };
  return "connection" in definition
    ? { connection: definition.connection, model: definition.name ?? "" }
    : { connection: undefined, model: `local ${definition.local}` };
}

export interface ChangeRow {
  id: string;
  workflow: string;
  connection: string | null;
  model: string;
  change: Change["kind"];
  before_it: string;
  after_it: string;
  certificates: string[];
  at: number;
}

/** Of a workflow, newest first. */
export function changesSince(database: Queryable, workflow: string, since: number): Promise<ChangeRow[]> {
  return database.all<ChangeRow>(sql`
    select id, workflow, connection, model, change, before_it, after_it, certificates, at from model_change
    where workflow = ${workflow} and at > ${time(since)} order by at desc, id desc limit 20`);
}

/** Takes the changes of which nobody was told yet, for whoever tells of them now: each of them once. */
export function takeUntold(database: Database, now: number): Promise<ChangeRow[]> {
  return database.all<ChangeRow>(sql`
    update model_change set told_at = ${time(now)} where told_at is null
    returning id, workflow, connection, model, change, before_it, after_it, certificates, at`);
}

/** When a model was noticed last to be another one, for a workflow. */
export async function lastChangeOf(
  database: Queryable,
  workflow: string,
  { connection, model }: BreakerKey,
): Promise<number | undefined> {
  const { at } = await database.one<{ at: number | null }>(sql`
    select max(at) as at from model_change where workflow = ${workflow} and connection = ${connection} and model = ${model}`);
  return at ?? undefined;
}
