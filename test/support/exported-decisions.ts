/**
 * Decisions of the program as JSON, and made again from the whole numbers in it: moves of rollouts, looks at labels with their
 * certificates, gates. Nothing but the pure functions is used, and nothing but the export is read.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Alarm } from "../../src/contract/rollout.ts";
import type { Queryable } from "../../src/platform/database.ts";
import {
  readCertificates,
  readLooks,
  type IssuedCertificate,
  type LookRow,
} from "../../src/releases/certificate-records.ts";
import { recheckLook } from "../../src/releases/certification.ts";
import { listGates } from "../../src/releases/gate-store.ts";
import { recheckGate, type GateInput, type GateVerdict } from "../../src/releases/gate.ts";
import { recheckMove, type At } from "../../src/releases/rollout-judge.ts";
import { followingStage } from "../../src/releases/rollout-path.ts";
import { listRollouts, movesOf, type MoveRow, type RolloutRow } from "../../src/releases/rollout-store.ts";

export interface ExportedRollout {
  rollout: Pick<RolloutRow, "id" | "plan" | "stages" | "control">;
  moves: MoveRow[];
}

export interface ExportedLook {
  look: LookRow;
  certificate: IssuedCertificate | null;
}

export interface ExportedGate {
  input: GateInput;
  verdict: GateVerdict;
}

export interface Exported {
  rollouts: ExportedRollout[];
  looks: ExportedLook[];
  gates: ExportedGate[];
}

const ALL = { before: undefined, limit: 10_000 };

export async function exportRollouts(database: Queryable, workflow: string): Promise<ExportedRollout[]> {
  const found: ExportedRollout[] = [];
  for (const { id, plan, stages, control } of await listRollouts(database, workflow, ALL))
    found.push({ rollout: { id, plan, stages, control }, moves: await movesOf(database, id) });
  return found;
}

export async function exportLooks(database: Queryable, workflow: string): Promise<ExportedLook[]> {
  const looks = await readLooks(database, workflow, ALL);
  const issued = await readCertificates(database, { looks: looks.map(({ id }) => id) });
  return looks.map((look) => ({
    look,
    certificate: issued.find(({ certification }) => certification === look.id) ?? null,
  }));
}

/** The gates that the program judged and keeps. */
export async function exportGates(database: Queryable, workflow: string): Promise<ExportedGate[]> {
  const found = await listGates(database, workflow, ALL);
  return found.map(({ input, judgement }) => ({ input, verdict: judgement }));
}

/** All that is kept of decisions about these workflows. */
export async function exportAll(database: Queryable, workflows: readonly string[]): Promise<Exported> {
  const made: Exported = { rollouts: [], looks: [], gates: [] };
  for (const workflow of workflows) {
    made.rollouts.push(...(await exportRollouts(database, workflow)));
    made.looks.push(...(await exportLooks(database, workflow)));
    made.gates.push(...(await exportGates(database, workflow)));
  }
  return made;
}

/** Each move judged again as it was then; answers what comes out otherwise than it was stored. */
export function recomputeRollout({ rollout, moves }: ExportedRollout): string[] {
  let stage = -1;
  const accepted: Alarm[] = [];
  return moves.flatMap((row, i) => {
    const at: At = { stage: rollout.stages[stage], control: rollout.control, accepted: [...accepted] };
    const differences = recomputeMove(rollout, at, stage, row);
    stage = row.stage;
    const before = moves[i - 1];
    if (row.move === "resume" && before?.move === "hold" && before.actor.kind === "system")
      accepted.push(before.reason as Alarm);
    return differences.map((one) => `${row.move} ${row.no} of ${rollout.id}: ${one}`);
  });
}

function recomputeMove(
  { plan, stages }: ExportedRollout["rollout"],
  at: At,
  stage: number,
  { move, actor, reason, evidence: stored }: MoveRow,
): string[] {
  const differences = recheckMove(plan, at, {
    move,
    alarm: actor.kind === "system" ? (reason ?? undefined) : undefined,
    next: followingStage(stages, stage),
    stored,
  });
  // The labels of both arms are stored twice: by the guard, and for the gap between the arms.
  for (const { share, candidate, stable } of stored.evidence?.guards.errors ?? []) {
    const other = stored.evidence?.labelled.find((one) => one.share === share);
    if (other?.candidate !== candidate.n || other.stable !== stable.n)
      differences.push(`the labels at share ${share} are counted in two ways`);
  }
  return differences;
}

export function recomputeLook({ look, certificate }: ExportedLook): string[] {
  return recheckLook(look, look, certificate ?? undefined).map((one) => `${look.id}: ${one}`);
}

export function recomputeGate({ input, verdict }: ExportedGate): string[] {
  return recheckGate(input, verdict);
}

export function recomputeAll({ rollouts, looks, gates }: Exported): string[] {
  return [
    ...rollouts.flatMap(recomputeRollout),
    ...looks.flatMap(recomputeLook),
    ...gates.flatMap(recomputeGate),
  ];
}

/** Decisions that were made again. */
export interface MadeAgain {
  recomputed: number;
  /** What came out otherwise than it was stored: how many, and each. */
  different: number;
  differences: string[];
  moves: number;
  looks: number;
  certificates: number;
  gates: number;
  /** Decisions with one number changed, and those of them that came out the same. */
  twins: number;
  unnoticed: string[];
}

/** Writes decisions to a file, reads it, and makes them again from what it holds and nothing else; then their twins. */
export function throughFile(path: string, made: Exported): { exported: Exported; decisions: MadeAgain } {
  writeFileSync(path, JSON.stringify(made));
  const exported = JSON.parse(readFileSync(path, "utf8")) as Exported;
  const { rollouts, looks, gates } = exported;
  const differences = recomputeAll(exported);
  const moves = rollouts.reduce((sum, one) => sum + one.moves.length, 0);
  const twins = changeByOne(exported);
  return {
    exported,
    decisions: {
      recomputed: moves + looks.length + gates.length,
      different: differences.length,
      differences,
      moves,
      looks: looks.length,
      certificates: looks.filter(({ certificate }) => certificate !== null).length,
      gates: gates.length,
      twins: twins.made,
      unnoticed: twins.unnoticed,
    },
  };
}

/**
 * The last share at which both arms were compared. Where all cases went to the candidate an error more weighs nothing beside a
 * gap of thousands of labels; only against people, who are not compared, that is where it counts.
 */
function decisive<S extends { stable: { n: number } }>(steps: readonly S[]): S {
  return steps.findLast(({ stable }) => stable.n > 0) ?? steps.at(-1)!;
}

/**
 * Twins of every decision with one whole number changed by one, each of which must come out otherwise: of a move the
 * candidate's errors in the guard that decided (`errors` where people did), of a look the errors at the last threshold
 * that was tested, of a gate the right answers. Answers those that were made, and those that nobody would notice.
 */
export function changeByOne(exported: Exported): { made: number; unnoticed: string[] } {
  const twins = [
    ...exported.rollouts.flatMap((one) =>
      one.moves.flatMap((move, i) => {
        const { actor, reason, evidence } = move;
        const guard = actor.kind === "system" ? (reason as keyof typeof evidence.verdicts) : "errors";
        const steps = evidence.evidence?.guards[guard];
        if (!steps?.length) return [];
        const twin = structuredClone(one);
        const counts = decisive(twin.moves[i]!.evidence.evidence!.guards[guard]!).candidate;
        counts.errors += counts.errors < counts.n ? 1 : -1;
        return counts.n === 0
          ? []
          : [{ of: `move ${move.no} of ${one.rollout.id}`, found: recomputeRollout(twin) }];
      }),
    ),
    ...exported.looks.flatMap((one) => {
      const twin = structuredClone(one);
      const group = twin.look.evidence.groups.find(({ tests }) => tests.length > 0);
      if (!group) return [];
      const at = group.at[twin.look.evidence.grid.indexOf(group.tests.at(-1)!.threshold)]!;
      at[1] += at[1] < at[0] ? 1 : -1;
      return [{ of: one.look.id, found: recomputeLook(twin) }];
    }),
    ...exported.gates.map((one, i) => {
      const twin = structuredClone(one);
      const accuracy = twin.input.evidence["accuracy"];
      if (accuracy?.kind !== "share") throw new Error("A gate without the share of right answers.");
      accuracy.right += accuracy.right < accuracy.n ? 1 : -1;
      return { of: `gate ${i + 1}`, found: recomputeGate(twin) };
    }),
  ];
  return {
    made: twins.length,
    unnoticed: twins.filter(({ found }) => found.length === 0).map(({ of }) => of),
  };
}
