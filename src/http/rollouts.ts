/** Handlers of rollouts. */
import type { Registry } from "../cases/workflow/registry.ts";
import { idBorder } from "../contract/ids.ts";
import { PilotageError } from "../contract/errors.ts";
import { GUARDS, type GuardName } from "../contract/rollout.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { maybeIso } from "../cases/view.ts";
import { forecastOf } from "../releases/rollout-forecast.ts";
import { judgeLooks, readLooks, type LookShown } from "../releases/rollout-looks.ts";
import { readDelivered, recallDelivered } from "../releases/rollout-delivered.ts";
import { mcnemar } from "../statistics/comparison.ts";
import type { GuardVerdict } from "../statistics/guard.ts";
import type { Promotion } from "../statistics/promotion.ts";
import { facetsOf } from "./cases.ts";
import type { Audit } from "../audit/record.ts";
import { recheckMove, type Leaving, type Verdicts } from "../releases/rollout-judge.ts";
import { followingStage, movesFrom, stageName, stageShare } from "../releases/rollout-path.ts";
import { atOf, type Judged, type Rollouts } from "../releases/rollout.ts";
import type { MoveRow, RolloutRow } from "../releases/rollout-store.ts";
import { rolloutSentence } from "../releases/rollout-words.ts";
import type { Clock } from "../platform/clock.ts";
import type { Caller } from "../access/caller.ts";
import type { Handlers } from "./bind.ts";
import { seeThrough } from "./see.ts";
import { deciding, showChange } from "./workflows.ts";

type Names =
  | "startRollout"
  | "listRollouts"
  | "getRollout"
  | "advanceRollout"
  | "holdRollout"
  | "resumeRollout"
  | "rollBack"
  | "abortRollout"
  | "rolledOutCases"
  | "recallDelivered"
  | "rolloutLooks";

export function rolloutHandlers(parts: {
  database: Database;
  clock: Clock;
  audit: Audit;
  registry: Registry;
  rollouts: Rollouts;
}): Pick<Handlers, Names> {
  const { database, clock, rollouts } = parts;

  async function seen(caller: Caller, id: string): Promise<RolloutRow> {
    const found = await rollouts.get(id);
    seeThrough(
      caller,
      found.workflow,
      () => new PilotageError("not_found", `There is no rollout ${id.slice(0, 60)}.`),
    );
    return found;
  }

  return {
    async startRollout({ params, body, caller }) {
      const { release, ...plan } = body;
      return show(await rollouts.start(params.workflow, release, plan, deciding(caller, params.workflow)));
    },
    async listRollouts({ params, query }) {
      const { before, release, limit } = query;
      const found = await rollouts.list(params.workflow, { before, release, limit });
      return { rollouts: found.map(show), next: found.length === limit ? found.at(-1)!.id : null };
    },
    async getRollout({ params, caller }) {
      const rollout = await seen(caller, params.rollout);
      const judged = await rollouts.judged(rollout);
      const moves = await rollouts.moves(rollout.id);
      return {
        ...show(rollout),
        guards: judged ? guardsShown(judged.verdicts, judged) : [],
        cases: judged?.evidence.cases ?? [],
        promotion: judged?.promotion ? promotionShown(judged.promotion) : null,
        pairs: pairsShown(judged, moves),
        forecast: await forecastOf(database, rollout, clock.now()),
        history: historyShown(rollout, moves),
      };
    },
    async advanceRollout({ params, body, caller }) {
      const by = deciding(caller, params.workflow);
      const pending = await rollouts.advance(
        params.workflow,
        { undecided: body.undecided, reason: body.reason },
        by,
      );
      return { rollout: show(await rollouts.last(params.workflow)), pending: showChange(pending) };
    },
    async holdRollout({ params, body, caller }) {
      return show(await rollouts.hold(params.workflow, body.reason, deciding(caller, params.workflow)));
    },
    async resumeRollout({ params, body, caller }) {
      const { rollout, pending } = await rollouts.resume(
        params.workflow,
        body.reason,
        deciding(caller, params.workflow),
      );
      return { rollout: show(rollout), pending: pending ? showChange(pending) : null };
    },
    async rollBack({ params, body, caller }) {
      const { rollout, already } = await rollouts.rollBack(
        params.workflow,
        body,
        deciding(caller, params.workflow),
      );
      return { ...show(rollout), already };
    },
    async abortRollout({ params, body, caller }) {
      return show(await rollouts.abort(params.workflow, body.reason, deciding(caller, params.workflow)));
    },
    async rolledOutCases({ params, query, caller }) {
      const rollout = await seen(caller, params.rollout);
      const { before, limit, recall } = query;
      const { cases, ...counts } = await readDelivered(database, rollout, { before, limit, recall });
      return {
        ...counts,
        cases: cases.map(({ external_id, received_at, ...one }) => ({
          ...one,
          externalId: external_id,
          receivedAt: isoTime(received_at),
        })),
        next: cases.length === limit ? cases.at(-1)!.id : null,
      };
    },
    async recallDelivered({ params, body, caller }) {
      const rollout = await seen(caller, params.rollout);
      const { since, facet, reason } = body;
      const asked = {
        since: since === undefined ? undefined : Date.parse(since),
        facets: facet === undefined ? {} : facetsOf(facet),
        reason,
      };
      return recallDelivered(parts, rollout, asked, deciding(caller, rollout.workflow));
    },
    async rolloutLooks({ params, caller }) {
      const rollout = await seen(caller, params.rollout);
      return { looks: judgeLooks(rollout, await readLooks(database, rollout.id)).map(lookShown(rollout)) };
    },
  };
}

function show(row: RolloutRow) {
  const running = row.state === "running" || (row.state === "held" && row.tripped === null);
  return {
    id: row.id,
    workflow: row.workflow,
    release: row.release,
    control: row.control,
    backTo: row.back_to ?? row.control,
    state: row.state,
    stages: row.stages,
    stage: row.stage,
    stageName: stageName(row.stages[row.stage]),
    share: running ? stageShare(row.stages[row.stage]).share : 0,
    plan: row.plan,
    reviewedWhole: row.reviewed_whole,
    tripped: row.tripped,
    accepted: row.accepted,
    startedAt: isoTime(row.started_at),
    startedBy: row.started_by,
    stageAt: isoTime(row.stage_at),
    endedAt: maybeIso(row.ended_at),
    moves: movesFrom(row, row.stages),
    sentence: rolloutSentence(row),
  };
}

function guardsShown(verdicts: Verdicts, { evidence }: Judged) {
  return (Object.keys(GUARDS) as GuardName[]).flatMap((name) => {
    const verdict = verdicts[name];
    if (!verdict) return [];
    return [
      {
        name,
        ...GUARDS[name],
        kind: verdict.kind,
        ...evidenceShown(verdict),
        steps: evidence.guards[name] ?? [],
      },
    ];
  });
}

/** Beyond what a number holds it is far beyond any limit. */
function evidenceShown(verdict: GuardVerdict): { evidence: number | null; limit: number | null } {
  if (!("logEvidence" in verdict)) return { evidence: null, limit: null };
  return {
    evidence: Math.min(Math.exp(verdict.logEvidence), Number.MAX_SAFE_INTEGER),
    limit: Math.exp(verdict.limit),
  };
}

function lookShown({ stages }: RolloutRow) {
  return ({ at, stage, guard, candidate, verdict }: LookShown) => ({
    at: isoTime(at),
    stageName: stageName(stages[stage]),
    guard,
    candidate,
    ...evidenceShown(verdict),
  });
}

/** What was compared in shadow: now, or when it left. */
function pairsShown(judged: Judged | undefined, moves: readonly MoveRow[]) {
  const known = [judged?.evidence, ...moves.toReversed().map((move) => move.evidence.evidence)];
  const pairs = known.find((one) => one?.guards.paired?.length)?.guards.paired?.[0];
  if (!pairs || pairs.candidate.n === 0) return null;
  const [onlyCandidate, onlyStable] = [pairs.candidate.errors, pairs.stable.errors];
  return { n: pairs.candidate.n, onlyCandidate, onlyStable, p: mcnemar(onlyCandidate, onlyStable) };
}

function promotionShown(promotion: Promotion | Leaving) {
  if (promotion.kind === "hold") return { kind: promotion.kind, reasons: promotion.reasons, interval: null };
  if ("lacks" in promotion) return { kind: promotion.kind, reasons: promotion.lacks, interval: null };
  return { kind: promotion.kind, reasons: [], interval: promotion.interval };
}

/** Each move is judged again as it was then: at its stage, with the alarms accepted before it. */
function historyShown(rollout: RolloutRow, moves: readonly MoveRow[]) {
  let stage = -1;
  const accepted: RolloutRow["accepted"] = [];
  return moves.map((row) => {
    const at = {
      ...atOf(rollout),
      stage: rollout.stages[stage],
      accepted: [...accepted],
      alone: rollout.alone_from !== null && idBorder("case", row.at) >= rollout.alone_from,
    };
    const differences = recheckMove(rollout.plan, at, {
      move: row.move,
      alarm: row.actor.kind === "system" ? (row.reason ?? undefined) : undefined,
      next: followingStage(rollout.stages, stage),
      stored: row.evidence,
    });
    stage = row.stage;
    const held = moves[row.no - 2];
    const alarm = held?.move === "hold" && held.actor.kind === "system" ? held.reason : null;
    if (row.move === "resume" && alarm !== null) accepted.push(alarm as RolloutRow["accepted"][number]);
    return {
      no: row.no,
      move: row.move,
      at: isoTime(row.at),
      by: row.actor.name,
      askedBy: row.asked_by,
      from: row.from_state,
      to: row.to_state,
      stageName: stageName(rollout.stages[row.stage]),
      share: row.share,
      reason: row.reason,
      agrees: differences.length === 0,
      differences,
    };
  });
}
