/**
 * What was agreed with the works council, workflow by workflow, and what follows from it.
 *
 * Until an agreement is recorded, or that there is no council, nothing is measured of single persons and no case is
 * planted. Figures of single persons take a named agreement and two people (compliance and owner); another agreement, or
 * none, ends them at once, and one person is enough for that. What was on record before is kept.
 */
import type { Standing } from "../access/standing.ts";
import type { Audit } from "../audit/record.ts";
import type { ChangeRow, PairedAct, WorkflowSettings } from "../cases/workflow/apply.ts";
import { lockForChange, type Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

export const COUNCIL_STATES = ["informed", "agreed", "none_exists"] as const;
export type CouncilState = (typeof COUNCIL_STATES)[number];

export interface CouncilRecord {
  state: CouncilState;
  /** Name and date of the agreement. */
  reference: string | null;
  individuals: boolean;
}

/** The change that a second person approves. */
export const INDIVIDUALS = "works_council.individuals";

export async function councilRecord(
  database: Queryable,
  workflow: string,
): Promise<CouncilRecord | undefined> {
  return database.maybe<CouncilRecord>(
    sql`select state, reference, individuals from works_council where workflow = ${workflow}`,
  );
}

/** Whether something may be measured that could be traced to one person: agreed with the council, or there is none. */
export function isSettled(record: CouncilRecord | undefined): boolean {
  return record !== undefined && record.state !== "informed";
}

/** Whether figures of single persons may be shown. */
export function allowsIndividuals(record: CouncilRecord | undefined): boolean {
  return record !== undefined && record.individuals && record.state === "agreed" && record.reference !== null;
}

/** What holds for a workflow, for whoever it is about. */
export interface CouncilShown {
  record:
    | (CouncilRecord & {
        recordedAt: number;
        recordedBy: string;
        /** The two who switched figures of single persons on; null while these are off. */
        allowed: { askedBy: string; approvedBy: string; at: number } | null;
      })
    | null;
  /** Figures of single persons that wait for their second person. */
  pending: { change: string; askedBy: string; at: number } | null;
  /** What was on record before, latest first. */
  past: (CouncilRecord & { recordedAt: number; recordedBy: string; replacedAt: number })[];
}

export interface WorksCouncil {
  show(workflow: string): Promise<CouncilShown>;
  /** Puts on record what was agreed; what it takes a second person for waits, and `pending` says so. */
  record(
    workflow: string,
    given: { state: CouncilState; reference: string | undefined; individuals: boolean },
    by: Standing,
  ): Promise<CouncilRecord & { pending: boolean }>;
}

export function openWorksCouncil(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
  settings: Pick<WorkflowSettings, "askForTwo">;
}): WorksCouncil {
  const { database, registry, clock, audit, settings } = parts;
  return {
    async show(workflow) {
      await registry.workflow(database, workflow);
      return shownOf(database, workflow);
    },

    async record(workflow, { state, reference = null, individuals }, by) {
      await registry.workflow(database, workflow);
      if (individuals && (state !== "agreed" || reference === null))
        throw new PilotageError(
          "bad_request",
          "Figures of single persons take an agreement with the works council, by name and date; nothing was recorded.",
          {
            hint: 'Send the state `agreed` and a `reference` such as "Works agreement on Pilotage, 2026-03-01".',
          },
        );
      return database.transaction(async (tx) => {
        await lockForChange(tx);
        const before = await councilRecord(tx, workflow);
        // What two people allowed holds for the agreement that they named, and for no other.
        const kept =
          individuals && allowsIndividuals(before) && before!.reference === reference && state === "agreed";
        await tx.run(sql`
          insert into works_council_past (workflow, state, reference, individuals, recorded_at, recorded_by, replaced_at)
          select workflow, state, reference, individuals, recorded_at, recorded_by, ${time(clock.now())} from works_council where workflow = ${workflow}`);
        await tx.run(sql`
          insert into works_council (workflow, state, reference, individuals, recorded_at, recorded_by)
          values (${workflow}, ${state}, ${reference}, ${kept}, ${time(clock.now())}, ${by.actor.name})
          on conflict (workflow) do update set state = excluded.state, reference = excluded.reference,
            individuals = excluded.individuals, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by`);
        audit.record(tx, [
          {
            kind: "works_council.recorded",
            actor: by.actor,
            workflow,
            data: { state, reference, individuals: kept },
          },
        ]);
        const pending = individuals && !kept;
        if (pending)
          await settings.askForTwo(
            tx,
            workflow,
            { setting: INDIVIDUALS, before: false, after: { reference }, reason: reference ?? undefined },
            by,
          );
        return { state, reference, individuals: kept, pending };
      });
    },
  };
}

const PAST_SHOWN = 20;

async function shownOf(database: Queryable, workflow: string): Promise<CouncilShown> {
  type Recorded = CouncilRecord & { recorded_at: number; recorded_by: string };
  const recorded = await database.maybe<Recorded>(
    sql`select state, reference, individuals, recorded_at, recorded_by from works_council where workflow = ${workflow}`,
  );
  const past = await database.all<Recorded & { replaced_at: number }>(sql`
    select state, reference, individuals, recorded_at, recorded_by, replaced_at from works_council_past
    where workflow = ${workflow} order by replaced_at desc limit ${PAST_SHOWN}`);
  // Only what names the agreement on record: whatever was asked for an earlier one can no longer be approved.
  const changes = await database.all<{
    id: string;
    state: "pending" | "applied";
    requested_by: string;
    requested_at: number;
    decided_by: string | null;
    decided_at: number | null;
  }>(sql`
    select id, state, requested_by, requested_at, decided_by, decided_at from workflow_setting_change
    where workflow = ${workflow} and setting = ${INDIVIDUALS} and state in ('pending', 'applied')
      and after ->> 'reference' = ${recorded?.reference ?? null} order by id desc`);
  const waits = recorded?.state === "agreed" && changes.find((one) => one.state === "pending");
  const applied = allowsIndividuals(recorded) && changes.find((one) => one.state === "applied");
  const shown = ({ state, reference, individuals, recorded_at, recorded_by }: Recorded) => ({
    state,
    reference,
    individuals,
    recordedAt: recorded_at,
    recordedBy: recorded_by,
  });
  return {
    record: recorded
      ? {
          ...shown(recorded),
          allowed: applied
            ? { askedBy: applied.requested_by, approvedBy: applied.decided_by!, at: applied.decided_at! }
            : null,
        }
      : null,
    pending: waits ? { change: waits.id, askedBy: waits.requested_by, at: waits.requested_at } : null,
    past: past.map((one) => ({ ...shown(one), replacedAt: one.replaced_at })),
  };
}

/** How the second person's approval comes into force. */
export const allowIndividuals: PairedAct = {
  async demandStillFits(tx: Tx, change: ChangeRow) {
    const record = await councilRecord(tx, change.workflow);
    const { reference } = change.after as { reference: string };
    if (record?.state === "agreed" && record.reference === reference) return;
    throw new PilotageError(
      "wrong_state",
      `The change ${change.id} can no longer be approved: the agreement that it names is not the one on record any more. Nothing was changed.`,
      { hint: "Refuse it, and record the agreement anew." },
    );
  },
  async putInForce(tx: Tx, change: ChangeRow) {
    await tx.run(sql`update works_council set individuals = true where workflow = ${change.workflow}`);
  },
};
