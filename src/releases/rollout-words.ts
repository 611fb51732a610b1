/** A rollout in one sentence, for people who look at it. Pure. */
import { GUARDS, HEALTH } from "../contract/rollout.ts";
import { movesFrom, stageName, stageShare } from "./rollout-path.ts";
import type { RolloutRow } from "./rollout-store.ts";

export function rolloutSentence({ release, state, stages, stage, tripped, ...its }: RolloutRow): string {
  const here = stages[stage];
  const control = its.back_to ?? its.control;
  switch (state) {
    case "draft":
      return `${release} waits for its first stage, ${stageName(stages[0])}.`;
    case "shadow":
      return `${release} answers in shadow; nobody sees or uses what it says.`;
    case "running": {
      const { share, team } = stageShare(here);
      if (team !== null) return `${release} gets all new cases of team ${team}, the others go to ${control}.`;
      return share === 1
        ? `${release} gets every new case; there is nobody left to compare it with, so from here on the ceiling guards it.`
        : `${release} gets ${stageName(here)} of the new cases, the others go to ${control}.${its.alone_from === null ? "" : ` ${its.control}, which was beside it, was taken out: from here on the ceiling guards it.`}`;
    }
    case "held":
      return tripped === null
        ? `${release} is held at ${stageName(here)} by a person.`
        : `${release} is held and gets no new case: ${{ ...GUARDS_WORDS, ...HEALTH }[tripped]}.`;
    case "promoted":
      return `${release} is the stable release; before it was ${control}.`;
    case "rolled_back":
      return `${release} was rolled back at ${stageName(here)}; new cases go to ${control}.`;
    case "aborted":
      return `The rollout of ${release} was ended before it got a case.`;
  }
}

/** What a person types to end an open one now: before it has had cases there is nothing to roll back. */
export function endingCommand({ workflow, stages, ...at }: RolloutRow): string {
  const command = movesFrom(at, stages).includes("abort") ? "rollout abort" : "rollback";
  return `pilotage ${command} ${workflow} --reason "..." --as <person>`;
}

const GUARDS_WORDS = Object.fromEntries(
  Object.entries(GUARDS).map(([name, { sentence }]) => [name, `too many ${sentence}`]),
) as Record<keyof typeof GUARDS, string>;
