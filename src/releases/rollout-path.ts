/**
 * The path of a rollout: which move leads from which state where. Pure.
 *
 *   draft | shadow -> running (stage by stage) -> promoted
 *        \-> aborted      \-> held -> running
 *                          \-> rolled_back, also from promoted
 *
 * Held in shadow it has no cases that could be taken away: from there it goes on in shadow, or is aborted. Held by a person it
 * keeps its cases, so the program may hold it once more, and takes them away.
 *
 * Machines only step back: of these moves the program itself makes `hold` and `roll_back`. Who may make the others is
 * decided in rollout.ts, what the evidence says in rollout-judge.ts.
 */
import { PilotageError } from "../contract/errors.ts";
import { ROLLOUT_STATES, type Move, type RolloutState, type Stage } from "../contract/rollout.ts";

/** Where a rollout stands on its path. */
export interface Standing {
  state: RolloutState;
  /** -1 before the first stage. */
  stage: number;
}

const ALLOWED: Readonly<Record<RolloutState, readonly Move[]>> = {
  draft: ["advance", "abort"],
  shadow: ["advance", "hold", "abort"],
  running: ["advance", "promote", "hold", "roll_back"],
  held: ["resume", "roll_back"],
  // Watching does not end with 100 %: what turns out later is taken back by a person.
  promoted: ["roll_back"],
  rolled_back: [],
  aborted: [],
};

/** The moves that a person can ask for now: what a screen offers, and what a refusal names. */
export function movesFrom(at: Standing, stages: readonly Stage[]): Move[] {
  const last = at.stage === stages.length - 1;
  if (at.state === "held" && inShadow(at, stages)) return ["resume", "abort"];
  return ALLOWED[at.state].filter((move) => (move === "advance" ? !last : move !== "promote" || last));
}

/** Whether its stage gives it no cases, but those of the others to answer unseen. */
export function inShadow({ stage }: Pick<Standing, "stage">, stages: readonly Stage[]): boolean {
  return stage === 0 && stages[0] === "shadow";
}

/** Where a move leads; throws `wrong_state` when it cannot be made from here. */
export function after(
  move: Exclude<Move, "start">,
  at: Standing,
  stages: readonly Stage[],
  by: "person" | "program" = "person",
): Standing {
  const again = by === "program" && move === "hold" && at.state === "held";
  if (!again && !movesFrom(at, stages).includes(move)) throw notFromHere(move, at, stages);
  switch (move) {
    case "advance":
      return { state: "running", stage: nextStage(at, stages) };
    case "promote":
      return { ...at, state: "promoted" };
    case "hold":
      return { ...at, state: "held" };
    case "resume":
      return { ...at, state: inShadow(at, stages) ? "shadow" : "running" };
    case "roll_back":
      return { ...at, state: "rolled_back" };
    case "abort":
      return { ...at, state: "aborted" };
  }
}

/** Where a rollout begins: in shadow, where that is its first stage. */
export function beginning(stages: readonly Stage[]): Standing {
  return stages[0] === "shadow" ? { state: "shadow", stage: 0 } : { state: "draft", stage: -1 };
}

/** The next stage with cases: one in shadow that comes later is passed over, for the share never falls on the way. */
export function nextStage({ stage }: Pick<Standing, "stage">, stages: readonly Stage[]): number {
  const next = stages.findIndex((one, i) => i > stage && one !== "shadow");
  return next === -1 ? stages.length - 1 : next;
}

/** The stage that an advance leads to from this one; undefined after the last. */
export function followingStage(stages: readonly Stage[], stage: number): Stage | undefined {
  return stage === stages.length - 1 ? undefined : stages[nextStage({ stage }, stages)];
}

/** What part of the new cases a stage gives to the candidate, and which team's. */
export function stageShare(stage: Stage | undefined): { share: number; team: string | null } {
  if (typeof stage === "number") return { share: stage, team: null };
  return { share: 0, team: typeof stage === "object" ? stage.team : null };
}

export function stageName(stage: Stage | undefined): string {
  if (stage === undefined) return "not begun";
  if (stage === "shadow") return "shadow";
  return typeof stage === "number" ? `${Number((stage * 100).toFixed(2))} %` : `team ${stage.team}`;
}

function notFromHere(move: Move, at: Standing, stages: readonly Stage[]): PilotageError {
  const possible = movesFrom(at, stages).map((one) => one.replace("_", " "));
  return new PilotageError(
    "wrong_state",
    `The rollout ${ROLLOUT_STATES[at.state]} (${at.state}, stage: ${stageName(stages[at.stage])}); it cannot ${move.replace("_", " ")} from there. Nothing was changed.`,
    {
      hint:
        possible.length === 0
          ? "It has ended. A new rollout begins with evidence of its own."
          : move === "roll_back" && possible.includes("abort")
            ? 'It has had no case, so nothing is to be rolled back. To end it: pilotage rollout abort <workflow> --reason "..." --as <person>'
            : `From here it can: ${possible.join(", ")}.`,
    },
  );
}
