/**
 * One step of a rollout in one transaction: its state, the workflow's arms, the record with its evidence, the audit event.
 *
 * So no decision stands without its change of traffic, and no change without its reason. The caller holds the lock of the
 * workflow's row. Which step may be made is in rollout-path.ts; people ask for steps in rollout.ts, guards in rollout-watch.ts.
 */
import { randomBytes } from "node:crypto";
import type { Audit } from "../audit/record.ts";
import { suspendCertificates } from "../cases/decision/certificate-store.ts";
import type { WorkflowRow } from "../cases/workflow/registry.ts";
import { idBorder } from "../contract/ids.ts";
import type { Alarm, Move } from "../contract/rollout.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Tx } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { leadsBackTo } from "./rollout-back.ts";
import { after, inShadow, stageShare } from "./rollout-path.ts";
import {
  insertMove,
  leadElsewhere,
  openRollout,
  promotions,
  updateRollout,
  type MoveEvidence,
  type RolloutRow,
} from "./rollout-store.ts";
import { leadThreads } from "./thread-ways.ts";

export interface Step {
  move: Exclude<Move, "start">;
  actor: Actor;
  askedBy?: string;
  reason?: string | undefined;
  found: MoveEvidence;
  /** The alarm that made it; only for steps of the program. */
  alarm?: Alarm;
}

/** Makes the step; answers the rollout as it stands then. Throws `wrong_state` when it cannot be made from here. */
export async function makeStep(
  tx: Tx,
  audit: Audit,
  workflow: WorkflowRow,
  rollout: RolloutRow,
  { move, actor, askedBy, reason, found, alarm }: Step,
  now: number,
): Promise<RolloutRow> {
  const by = alarm === undefined ? "person" : "program";
  const { state, stage } = after(move, rollout, rollout.stages, by);
  const begins = move === "advance" && rollout.first_case === null;
  const next: RolloutRow = {
    ...rollout,
    state,
    stage,
    first_case: begins ? idBorder("case", now) : rollout.first_case,
    reviewed_whole: begins ? workflow.autonomy === 0 : rollout.reviewed_whole,
    stage_at: move === "advance" ? now : rollout.stage_at,
    tripped: move === "hold" ? (alarm ?? null) : null,
    accepted:
      move === "resume" && rollout.tripped !== null
        ? [...rollout.accepted, rollout.tripped]
        : rollout.accepted,
    ended_at: ["promote", "roll_back", "abort"].includes(move) ? now : null,
  };
  const back = move === "roll_back" ? await wayBack(tx, workflow, rollout) : undefined;
  if (back) next.back_to = back.to;
  const share = await putTraffic(tx, audit, workflow, next, { move, actor, alarm, begins, back }, now);
  await updateRollout(tx, next);
  await insertMove(tx, rollout.id, {
    move,
    at: now,
    actor,
    asked_by: askedBy ?? null,
    from_state: rollout.state,
    to_state: state,
    stage,
    share,
    reason: reason ?? null,
    evidence: found,
  });
  audit.record(tx, [
    {
      kind: "rollout.moved",
      actor,
      workflow: rollout.workflow,
      data: {
        rollout: rollout.id,
        release: rollout.release,
        move,
        from: rollout.state,
        to: state,
        stage,
        share: String(share),
        ...(askedBy === undefined ? {} : { askedBy }),
        ...(alarm === undefined ? {} : { alarm }),
        ...(back === undefined ? {} : { backTo: back.to }),
        ...(back?.beside === undefined ? {} : { leavesAlone: back.beside.id }),
        ...(reason === undefined ? {} : { reason }),
      },
    },
  ]);
  return next;
}

/** Which cases go to the candidate from here on; answers its share. */
async function putTraffic(
  tx: Tx,
  audit: Audit,
  workflow: WorkflowRow,
  rollout: RolloutRow,
  {
    move,
    actor,
    alarm,
    begins,
    back,
  }: Pick<Step, "move" | "actor"> & { alarm: Alarm | undefined; begins: boolean; back: Back | undefined },
  now: number,
): Promise<number> {
  const { workflow: name, release } = rollout;
  const stage = stageShare(rollout.stages[rollout.stage]);
  switch (move) {
    case "advance":
    case "resume": {
      if (inShadow(rollout, rollout.stages)) {
        await tx.run(sql`update workflow set shadow_release = ${release} where name = ${name}`);
        return 0;
      }
      // A rollout draws with a salt of its own; raising the share then only adds units.
      const salt = begins ? randomBytes(12).toString("hex") : workflow.salt;
      await tx.run(sql`
        update workflow set candidate_release = ${release}, candidate_share = ${stage.share}, candidate_team = ${stage.team}, salt = ${salt},
          reference_release = ${release}, shadow_release = nullif(shadow_release, ${release})
        where name = ${name}`);
      return stage.share;
    }
    case "hold": {
      // A person freezes what is; the program takes a step back.
      if (alarm === undefined) return workflow.candidate_share;
      await tx.run(sql`
        update workflow set candidate_share = 0, candidate_team = null, shadow_release = nullif(shadow_release, ${release}) where name = ${name}`);
      return 0;
    }
    case "promote":
      await tx.run(sql`
        update workflow set stable_release = ${release}, candidate_release = null, candidate_share = 0, candidate_team = null where name = ${name}`);
      return 1;
    case "abort":
      await tx.run(
        sql`update workflow set shadow_release = nullif(shadow_release, ${release}) where name = ${name}`,
      );
      return 0;
    case "roll_back": {
      const { to, promoted, takesCandidate, describes } = back!;
      const candidate = takesCandidate
        ? sql`candidate_release = null, candidate_share = 0, candidate_team = null,`
        : sql``;
      const reference = to === "manual" || describes ? workflow.reference_release : to;
      await tx.run(
        sql`update workflow set ${candidate} stable_release = ${to}, reference_release = ${reference} where name = ${name}`,
      );
      if (promoted) await leadElsewhere(tx, name, { release, to, from: idBorder("case", now) });
      // A thread keeps its arm, but not a release that was taken out.
      await leadThreads(tx, { workflow: name, release, to });
      if (rollout.plan.inFlight === "review") await suspendItsCertificates(tx, audit, rollout, actor, now);
      return 0;
    }
  }
}

interface Back {
  /** The stable release from then on: cases of this rollout's release go to it. */
  to: string;
  /** Whether it is one that made its release the stable one. */
  promoted: boolean;
  /** The open rollout of another release whose other cases went to this one. */
  beside: RolloutRow | undefined;
  /** Whether nobody is the candidate from then on. */
  takesCandidate: boolean;
  /** Whether a candidate has cases from then on, and goes on describing them. */
  describes: boolean;
}

/** A candidate leaves what is stable; the stable release leaves what was so before it, and the candidate beside it stays. */
async function wayBack(tx: Tx, workflow: WorkflowRow, rollout: RolloutRow): Promise<Back> {
  const { name, stable_release, candidate_release, candidate_share } = workflow;
  if (rollout.state !== "promoted")
    return { to: stable_release, promoted: false, beside: undefined, takesCandidate: true, describes: false };
  const others = stable_release !== rollout.release;
  const open = await openRollout(tx, name);
  return {
    to: others ? stable_release : leadsBackTo(rollout, await promotions(tx, name), open?.release),
    promoted: true,
    beside: open && (open.back_to ?? open.control) === rollout.release ? open : undefined,
    takesCandidate: open === undefined && !others,
    describes: open
      ? open.first_case !== null
      : others && candidate_share > 0 && candidate_release !== rollout.release,
  };
}

/** Without a certificate nothing goes out alone: what is under way goes to people, also what is about to be delivered. */
async function suspendItsCertificates(
  tx: Tx,
  audit: Audit,
  { workflow, release }: RolloutRow,
  by: Actor,
  now: number,
): Promise<void> {
  const held = await tx.all<{ id: string }>(sql`
    select id from certificate where workflow = ${workflow} and release = ${release} and suspended_at is null and superseded_by is null`);
  await suspendCertificates(
    tx,
    audit,
    { ids: held.map((one) => one.id) },
    { because: "the release was rolled back", by, now },
  );
}
