/**
 * The share by hand, outside of rollouts: which part of the new cases a release gets, as in a pilot.
 *
 * An AI release leaves shadow only when the baseline is frozen or waived by name, and when the works council was heard
 * or that is waived; with criteria its gate lets it, too, once cases may go out alone. Lowering is always allowed. Cases that
 * have an arm keep it.
 */
import { randomBytes } from "node:crypto";
import type { Audit } from "../audit/record.ts";
import { demandAlone, demandOneOfTwo, type Standing } from "../access/standing.ts";
import type { ChangeRow, PairedAct, WorkflowSettings } from "../cases/workflow/apply.ts";
import { lockWorkflow, type Registry, type WorkflowRow } from "../cases/workflow/registry.ts";
import { SHARE } from "../cases/workflow/rule.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import { sameJson } from "../definition/path.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { councilRecord } from "../reviews/works-council.ts";
import { demandReady } from "./ready.ts";
import { openRollout } from "./rollout-store.ts";
import { endingCommand } from "./rollout-words.ts";

export interface Waiver {
  item: string;
  reason: string;
  days: number;
}

export interface Shares {
  /**
   * At once where it goes down, and up while every case is reviewed; up while cases may go out alone it waits for a second
   * person. Answers the change that waits.
   */
  setShare(
    workflow: string,
    release: string,
    share: number,
    by: Standing,
    reason?: string,
  ): Promise<ChangeRow | undefined>;
  /** Takes the share of a release back within a transaction that holds the workflow; nothing where it has none. */
  takeBack(tx: Tx, row: WorkflowRow, release: string, by: Actor): Promise<void>;
  /** How the second person's approval comes into force. */
  raise: PairedAct;
  /** Waives what one person may; the go takes two (cases/workflow/apply.ts). */
  waive(
    workflow: string,
    waiver: { item: "baseline" | "works_council"; reason: string; days: number },
    by: Actor,
  ): Promise<void>;
  /** Puts a waiver in force that was decided already: `person` answers for it, `by` is who decided. */
  grant(tx: Tx, workflow: string, waiver: Waiver, person: string, by: Actor): Promise<void>;
  /** Throws `wrong_state` unless an AI release may get cases: baseline and works council. */
  demandReadiness(tx: Queryable, workflow: string): Promise<void>;
  /** Whether a requirement is waived now. */
  waived(database: Queryable, workflow: string, item: string): Promise<boolean>;
}

const DAY = 86_400_000;
const NEEDED: Record<string, string> = {
  baseline: "its baseline is not waived (a measured baseline comes later)",
  works_council: "it is neither recorded that the works council was informed, nor waived",
};

/** What a change of the share asks for. */
interface Wanted {
  release: string;
  share: number;
}

function shareOf(row: WorkflowRow, release: string): number {
  return row.candidate_release === release ? row.candidate_share : 0;
}

/** Which release has a share, and which: what the second person approves a step from. */
function standing(row: WorkflowRow): JsonObject {
  return { release: row.candidate_release, share: row.candidate_share };
}

export function openShares(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
  askForTwo: WorkflowSettings["askForTwo"];
  /** Throws where its gates keep a release from more cases of the workflow. Handed in from gates.ts. */
  demandGate(tx: Queryable, row: WorkflowRow, release: string): Promise<void>;
}): Shares {
  const { database, registry, clock, audit } = parts;

  async function waived(queryable: Queryable, workflow: string, item: string): Promise<boolean> {
    return (
      (await queryable.maybe(
        sql`select 1 from waiver where workflow = ${workflow} and item = ${item} and until > ${time(clock.now())}`,
      )) !== undefined
    );
  }

  return {
    waived,
    demandReadiness,
    setShare(workflow, release, share, by, reason) {
      return database.transaction(async (tx) => {
        const { row } = await lockWorkflow(tx, registry, workflow);
        const before = shareOf(row, release);
        const raises = share > before;
        const alone = raises ? "share.pilot" : "share.lower";
        if (raises && row.autonomy > 0) demandOneOfTwo(by, "share.raise");
        else demandAlone(by, alone);
        await demandReady(tx, workflow, release, "The share was not changed.");
        await demandNoRollout(tx, workflow);
        // A release that is not the candidate has no share: there is nothing to take from it, and the candidate keeps its own.
        if (share === 0 && row.candidate_release !== release) return undefined;
        if (raises) await demandMore(tx, row, release);
        if (raises && row.autonomy > 0)
          return parts.askForTwo(
            tx,
            workflow,
            { setting: SHARE, before: standing(row), after: { release, share }, reason },
            by,
          );
        await change(tx, row, release, share, by.actor);
        return undefined;
      });
    },
    async takeBack(tx, row, release, by) {
      if (shareOf(row, release) > 0) await change(tx, row, release, 0, by);
    },
    raise: {
      async demandStillFits(tx, { id, workflow, before, after }) {
        const { row } = await lockWorkflow(tx, registry, workflow);
        if (!sameJson(standing(row), before))
          throw new PilotageError(
            "wrong_state",
            `The change ${id} can no longer be approved: the share was changed after it was asked for. Nothing was changed.`,
            { hint: "Refuse it, and ask for the change anew." },
          );
        const { release } = after as unknown as Wanted;
        await demandReady(tx, workflow, release, "The share was not changed.");
        await demandNoRollout(tx, workflow);
        await demandMore(tx, row, release);
      },
      async putInForce(tx, { workflow, after }) {
        const { row } = await registry.workflow(tx, workflow);
        await put(tx, row, (after as unknown as Wanted).release, (after as unknown as Wanted).share);
      },
    },
    async waive(workflow, waiver, by) {
      await database.transaction(async (tx) => {
        await registry.workflow(tx, workflow);
        await grant(tx, workflow, waiver, by.name, by);
      });
    },
    grant,
  };

  /** Throws unless a release may get more cases than it has. */
  async function demandMore(tx: Queryable, row: WorkflowRow, release: string): Promise<void> {
    await demandReadiness(tx, row.name);
    await parts.demandGate(tx, row, release);
  }

  /** A change that one person makes, with its event. */
  async function change(
    tx: Tx,
    row: WorkflowRow,
    release: string,
    share: number,
    actor: Actor,
  ): Promise<void> {
    const before = shareOf(row, release);
    await put(tx, row, release, share);
    audit.record(tx, [
      {
        kind: "setting.changed",
        actor,
        workflow: row.name,
        data: { setting: SHARE, release, before: String(before), after: String(share) },
      },
    ]);
  }

  async function put(tx: Tx, row: WorkflowRow, release: string, share: number): Promise<void> {
    // Another candidate begins its own draw: a new salt, so that its cases are not the old one's.
    const salt = row.candidate_release === release ? row.salt : randomBytes(12).toString("hex");
    await tx.run(sql`
      update workflow set candidate_release = ${release}, candidate_share = ${share}, salt = ${salt},
        reference_release = case when ${share}::numeric > 0 then ${release} else reference_release end
      where name = ${row.name}`);
  }

  async function grant(
    tx: Tx,
    workflow: string,
    { item, reason, days }: Waiver,
    person: string,
    by: Actor,
  ): Promise<void> {
    const until = clock.now() + days * DAY;
    await tx.run(sql`
      insert into waiver (workflow, item, person, reason, granted_at, until)
      values (${workflow}, ${item}, ${person}, ${reason}, ${time(clock.now())}, ${time(until)})
      on conflict (workflow, item) do update set person = excluded.person, reason = excluded.reason, granted_at = excluded.granted_at, until = excluded.until`);
    audit.record(tx, [{ kind: "waiver.granted", actor: by, workflow, data: { item, person, reason, days } }]);
  }

  /** Its stages set the share, and its evidence holds for them alone. */
  async function demandNoRollout(tx: Queryable, workflow: string): Promise<void> {
    const rollout = await openRollout(tx, workflow);
    if (!rollout) return;
    throw new PilotageError(
      "wrong_state",
      `A rollout is open in ${workflow}, and its stages set the share. The share was not changed.`,
      { hint: `To take the candidate out at once: ${endingCommand(rollout)}` },
    );
  }

  async function demandReadiness(tx: Queryable, workflow: string): Promise<void> {
    const missing: string[] = [];
    for (const item of Object.keys(NEEDED)) {
      const met = item === "works_council" && (await councilRecord(tx, workflow)) !== undefined;
      if (!met && !(await waived(tx, workflow, item))) missing.push(item);
    }
    if (missing.length > 0)
      throw new PilotageError(
        "wrong_state",
        `An AI release cannot get cases of ${workflow} yet: ${missing.map((item) => NEEDED[item]).join(", and ")}. The share was not changed.`,
        {
          hint: `Waive by name with a reason:\n${missing.map((item) => `  pilotage waive ${workflow} ${item} --reason "..." --as <person>`).join("\n")}`,
        },
      );
  }
}
