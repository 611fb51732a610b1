/**
 * The rollout of a release, as people move it: start, advance, promote, hold, resume, roll back, abort.
 *
 * Forward takes two people (owner and release approver), and evidence that allows it; back takes one and is at once. What
 * the program itself does is in rollout-watch.ts; each step is made in rollout-step.ts. One open rollout a workflow.
 */
import { demandAlone, type Standing } from "../access/standing.ts";
import type { Audit } from "../audit/record.ts";
import type { ChangeRow, PairedAct, WorkflowSettings } from "../cases/workflow/apply.ts";
import { lockWorkflow, type Registry, type WorkflowView } from "../cases/workflow/registry.ts";
import { ROLLOUT } from "../cases/workflow/rule.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Stage } from "../contract/rollout.ts";
import type { Actor } from "../contract/scopes.ts";
import { sameJson } from "../definition/path.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import type { Promotion } from "../statistics/promotion.ts";
import { demandReady } from "./ready.ts";
import { meant } from "./rollout-back.ts";
import { evidenceOf } from "./rollout-counts.ts";
import {
  judgeGuards,
  judgeShadow,
  judgeStage,
  type At,
  type Evidence,
  type Leaving,
  type Plan,
  type Verdicts,
} from "./rollout-judge.ts";
import { after, beginning, followingStage, inShadow, movesFrom, stageName } from "./rollout-path.ts";
import { makeStep, type Step } from "./rollout-step.ts";
import { noRollout, notYet, unclear } from "./rollout-refusals.ts";
import * as store from "./rollout-store.ts";
import type { RolloutRow } from "./rollout-store.ts";
import { endingCommand } from "./rollout-words.ts";

export interface Rollouts {
  /** In shadow where that is the first stage: nobody gets a case of it before two people let it. */
  start(workflow: string, release: string, plan: Plan, by: Standing): Promise<RolloutRow>;
  /** Asks for the next stage, or after the last one for the promotion; answers the change that waits for a second person. */
  advance(
    workflow: string,
    ask: { undecided: boolean; reason: string | undefined },
    by: Standing,
  ): Promise<ChangeRow>;
  hold(workflow: string, reason: string, by: Standing): Promise<RolloutRow>;
  /** At once where it raises nothing; back to a share that the program took away it waits for a second person. */
  resume(
    workflow: string,
    reason: string,
    by: Standing,
  ): Promise<{ rollout: RolloutRow; pending: ChangeRow | undefined }>;
  /**
   * At once, on every process: the transaction that assigns the next case reads it. Takes back the rollout that is named, or
   * what is meant without a name (rollout-back.ts); `already` where it had been taken back before, and nothing was changed.
   */
  rollBack(
    workflow: string,
    asked: { rollout?: string | undefined; reason: string },
    by: Standing,
  ): Promise<{ rollout: RolloutRow; already: boolean }>;
  abort(workflow: string, reason: string, by: Standing): Promise<RolloutRow>;
  /**
   * Ends the rollout of a release, or takes it back after it, in a transaction that holds the workflow, also while another
   * release's rollout is open or took its place: nothing leads back to it. Nothing where it has no rollout.
   */
  takeOut(tx: Tx, workflow: string, release: string, reason: string, by: Actor): Promise<void>;
  /** What a second person's approval does. */
  forward: PairedAct;
  /** The newest rollout of a workflow. */
  last(workflow: string): Promise<RolloutRow>;
  get(id: string): Promise<RolloutRow>;
  list(workflow: string, page: store.RolloutPage): Promise<RolloutRow[]>;
  moves(id: string): Promise<store.MoveRow[]>;
  /** What is known of it now, counted and judged; nothing of one that has neither cases nor a shadow. */
  judged(rollout: RolloutRow): Promise<Judged | undefined>;
}

export interface Judged {
  evidence: Evidence;
  verdicts: Verdicts;
  /** Whether the stage may be left, and why not; nothing in shadow beside people, where nothing is compared. */
  promotion: Promotion | Leaving | undefined;
}

export interface RolloutParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  askForTwo: WorkflowSettings["askForTwo"];
  /** Throws where a workflow is not ready for an AI release, or its gate does not let it leave shadow. Handed in from share.ts and gates.ts. */
  demandReadiness(tx: Queryable, workflow: string, release: string): Promise<void>;
}

/** What two people decide: from where, and how. */
interface Asked {
  rollout: string;
  move: "advance" | "promote" | "resume";
  undecided: boolean;
}

/** The stage after this one; undefined after the last. */
export function nextOf({ stage, stages }: RolloutRow): Stage | undefined {
  return followingStage(stages, stage);
}

export function atOf({ stage, stages, control, accepted, alone_from }: RolloutRow): At {
  return { stage: stages[stage], control, accepted, alone: alone_from !== null };
}

export function openRollouts(parts: RolloutParts): Rollouts {
  const { database, registry, clock, newId, audit } = parts;

  async function judged(queryable: Queryable, rollout: RolloutRow): Promise<Judged | undefined> {
    const unseen = rollout.first_case === null;
    if (unseen && !inShadow(rollout, rollout.stages)) return undefined;
    const evidence = await evidenceOf(queryable, rollout, clock.now());
    const { plan, state, control } = rollout;
    const at = atOf(rollout);
    const verdicts = judgeGuards(plan, at, evidence.guards);
    if (!unseen)
      return { evidence, verdicts, promotion: judgeStage(plan, { ...at, next: nextOf(rollout) }, evidence) };
    const compared = state === "shadow" && control !== "manual";
    return { evidence, verdicts, promotion: compared ? judgeShadow(plan, at, evidence) : undefined };
  }

  async function open(tx: Queryable, workflow: string): Promise<RolloutRow> {
    const found = await store.openRollout(tx, workflow);
    if (!found)
      throw new PilotageError("wrong_state", `No rollout is open in ${workflow}. Nothing was changed.`, {
        hint: `pilotage rollout start ${workflow} <release> --ceiling <percent> --as <person>`,
      });
    return found;
  }

  async function step(
    tx: Tx,
    view: WorkflowView,
    rollout: RolloutRow,
    made: Omit<Step, "found">,
  ): Promise<RolloutRow> {
    // Back is at once: intake waits for this lock, and counting the cases of months takes long. The looks keep what was known.
    const isBack = made.move === "hold" || made.move === "roll_back" || made.move === "abort";
    if (!isBack) await tx.planForMany();
    const known = isBack ? undefined : await judged(tx, rollout);
    const found = { evidence: known?.evidence ?? null, verdicts: known?.verdicts ?? {} };
    return makeStep(tx, audit, view.row, rollout, { ...made, found }, clock.now());
  }

  /** A step that one person makes at once. */
  function alone(
    workflow: string,
    move: "hold" | "abort",
    reason: string,
    by: Standing,
  ): Promise<RolloutRow> {
    return database.transaction(async (tx) => {
      demandAlone(by, "share.lower");
      const view = await lockWorkflow(tx, registry, workflow);
      return step(tx, view, await open(tx, workflow), { move, actor: by.actor, reason });
    });
  }

  /** Throws unless this step may be made now, by what is known. */
  async function demandForward(tx: Tx, rollout: RolloutRow, { move, undecided }: Asked): Promise<void> {
    after(move, rollout, rollout.stages);
    await demandReady(tx, rollout.workflow, rollout.release, "The rollout did not go on.");
    if (move === "resume") return;
    await tx.planForMany();
    const promotion = (await judged(tx, rollout))?.promotion;
    if (promotion && promotion.kind !== "ready" && !(promotion.kind === "undecided" && undecided))
      throw notYet(rollout, promotion);
    if (rollout.first_case === null) await parts.demandReadiness(tx, rollout.workflow, rollout.release);
  }

  function ask(tx: Tx, rollout: RolloutRow, asked: Asked, reason: string | undefined, by: Standing) {
    return parts.askForTwo(
      tx,
      rollout.workflow,
      { setting: ROLLOUT, before: placeOf(rollout), after: { ...asked }, reason },
      by,
    );
  }

  return {
    start(workflow, release, plan, by) {
      return database.transaction(async (tx) => {
        demandAlone(by, "shadow.start");
        const { row, document } = await lockWorkflow(tx, registry, workflow);
        await demandReady(tx, workflow, release, "No rollout was started.");
        const { digest } = await tx.one<{ digest: string }>(
          sql`select digest from release where id = ${release}`,
        );
        await demandFree(tx, row, release);
        const stages = document.rollout;
        const now = clock.now();
        const rollout: RolloutRow = {
          id: newId("rollout"),
          workflow,
          release,
          digest,
          control: row.stable_release,
          back_to: null,
          alone_from: null,
          stages,
          ...beginning(stages),
          plan,
          first_case: null,
          reviewed_whole: row.autonomy === 0,
          tripped: null,
          accepted: [],
          stage_at: now,
          started_at: now,
          started_by: by.actor.name,
          ended_at: null,
        };
        await store.insertRollout(tx, rollout);
        if (rollout.state === "shadow")
          await tx.run(sql`update workflow set shadow_release = ${release} where name = ${workflow}`);
        await store.insertMove(tx, rollout.id, {
          move: "start",
          at: now,
          actor: by.actor,
          asked_by: null,
          from_state: null,
          to_state: rollout.state,
          stage: rollout.stage,
          share: 0,
          reason: null,
          evidence: { evidence: null, verdicts: {} },
        });
        audit.record(tx, [
          {
            kind: "rollout.moved",
            actor: by.actor,
            workflow,
            data: {
              rollout: rollout.id,
              release,
              move: "start",
              to: rollout.state,
              stage: rollout.stage,
              share: "0",
            },
          },
        ]);
        return rollout;
      });
    },

    advance(workflow, { undecided, reason }, by) {
      return database.transaction(async (tx) => {
        await lockWorkflow(tx, registry, workflow);
        const rollout = await open(tx, workflow);
        const move = movesFrom(rollout, rollout.stages).includes("promote") ? "promote" : "advance";
        const asked: Asked = { rollout: rollout.id, move, undecided };
        await demandForward(tx, rollout, asked);
        return ask(tx, rollout, asked, reason, by);
      });
    },

    hold: (workflow, reason, by) => alone(workflow, "hold", reason, by),
    abort: (workflow, reason, by) => alone(workflow, "abort", reason, by),

    resume(workflow, reason, by) {
      return database.transaction(async (tx) => {
        const view = await lockWorkflow(tx, registry, workflow);
        const rollout = await open(tx, workflow);
        after("resume", rollout, rollout.stages);
        if (rollout.tripped !== null) {
          const asked: Asked = { rollout: rollout.id, move: "resume", undecided: false };
          return { rollout, pending: await ask(tx, rollout, asked, reason, by) };
        }
        demandAlone(by, "share.pilot");
        return {
          rollout: await step(tx, view, rollout, { move: "resume", actor: by.actor, reason }),
          pending: undefined,
        };
      });
    },

    rollBack(workflow, { rollout: id, reason }, by) {
      return database.transaction(async (tx) => {
        demandAlone(by, "share.lower");
        const view = await lockWorkflow(tx, registry, workflow);
        const asked =
          id === undefined
            ? { newestFirst: await store.allRollouts(tx, workflow) }
            : { named: await named(tx, workflow, id) };
        const answer = meant(asked, view.row.stable_release, clock.now());
        switch (answer.kind) {
          case "take": {
            const made = { move: "roll_back", actor: by.actor, reason } as const;
            return { rollout: await step(tx, view, answer.rollout, made), already: false };
          }
          case "done":
            return { rollout: answer.rollout, already: true };
          case "unclear":
            throw unclear(answer);
          case "replaced":
            throw new PilotageError(
              "wrong_state",
              `${workflow} no longer runs on ${answer.rollout.release}. Nothing was changed.`,
              { hint: `pilotage rollout list ${workflow} says what came after it.` },
            );
          case "nothing":
            throw noRollout(workflow);
        }
      });
    },

    async takeOut(tx, workflow, release, reason, actor) {
      const open = await store.openRollout(tx, workflow);
      const promoted = await store.promotedRollout(tx, workflow, release);
      const its = [open?.release === release ? open : undefined, promoted].filter((one) => one !== undefined);
      for (const rollout of its) {
        const move = rollout.first_case === null ? "abort" : "roll_back";
        // Read anew: the step before changed it.
        const view = await registry.workflow(tx, workflow);
        await step(tx, view, rollout, { move, actor, reason });
      }
    },

    forward: {
      async demandStillFits(tx, { id, workflow, before, after: wanted }) {
        await lockWorkflow(tx, registry, workflow);
        const rollout = await open(tx, workflow);
        if (!sameJson(placeOf(rollout), before))
          throw new PilotageError(
            "wrong_state",
            `The change ${id} can no longer be approved: the rollout has moved since it was asked for. Nothing was changed.`,
            { hint: "Refuse it, and ask for the next step anew." },
          );
        await demandForward(tx, rollout, wanted as unknown as Asked);
      },
      async putInForce(tx, { workflow, after: wanted, requested_by, reason }, by) {
        const view = await registry.workflow(tx, workflow);
        const { move } = wanted as unknown as Asked;
        await step(tx, view, await open(tx, workflow), {
          move,
          actor: by,
          askedBy: requested_by,
          reason: reason ?? undefined,
        });
      },
    },

    async last(workflow) {
      const found = await store.lastRollout(database, workflow);
      if (!found) throw noRollout(workflow);
      return found;
    },
    async get(id) {
      const found = await store.readRollout(database, id);
      if (!found) throw new PilotageError("not_found", `There is no rollout ${id.slice(0, 60)}.`);
      return found;
    },
    async list(workflow, page) {
      await registry.workflow(database, workflow);
      return store.listRollouts(database, workflow, page);
    },
    moves: (id) => store.movesOf(database, id),
    judged: (rollout) => judged(database, rollout),
  };

  /** Of this workflow; of another one's nobody learns here. */
  async function named(tx: Queryable, workflow: string, id: string): Promise<RolloutRow> {
    const found = await store.readRollout(tx, id);
    if (found?.workflow === workflow) return found;
    throw new PilotageError(
      "not_found",
      `${workflow} has no rollout ${id.slice(0, 60)}. Nothing was changed.`,
      { hint: `pilotage rollout list ${workflow}` },
    );
  }

  /** One candidate at a time, and none that a person gave a share by hand. */
  async function demandFree(tx: Tx, row: WorkflowView["row"], release: string): Promise<void> {
    const known = await store.openRollout(tx, row.name);
    const why =
      known !== undefined
        ? `its rollout of ${known.release} is open (${known.state}, stage: ${stageName(known.stages[known.stage])})`
        : row.candidate_share > 0
          ? `${row.candidate_release} has ${row.candidate_share * 100} % of its cases by hand`
          : row.stable_release === release
            ? "that release is the stable one already"
            : undefined;
    if (why === undefined) return;
    throw new PilotageError(
      "wrong_state",
      `${row.name} cannot begin a rollout: ${why}. Nothing was started.`,
      {
        hint: known
          ? `End it first: ${endingCommand(known)}`
          : `Take the share back first: pilotage share ${row.name} <release> 0 --as <person>`,
      },
    );
  }
}

/** Another place once the release beside it was taken out: what was asked for before had other evidence. */
function placeOf({ id, state, stage, alone_from }: RolloutRow): JsonObject {
  return { rollout: id, state, stage, ...(alone_from === null ? {} : { aloneFrom: alone_from }) };
}
