/** What people are told when a step of a rollout is refused: what happened, what it means, what to do. Pure. */
import { PilotageError } from "../contract/errors.ts";
import { HOLDS } from "../contract/rollout.ts";
import { isoTime } from "../platform/clock.ts";
import type { Promotion } from "../statistics/promotion.ts";
import type { Answer } from "./rollout-back.ts";
import type { Leaving } from "./rollout-judge.ts";
import { stageName } from "./rollout-path.ts";
import type { RolloutRow } from "./rollout-store.ts";

export function noRollout(workflow: string): PilotageError {
  return new PilotageError("not_found", `${workflow} has had no rollout yet.`, {
    hint: `pilotage rollout start ${workflow} <release> --ceiling <percent> --as <person>`,
  });
}

export function unclear({ rollout, other }: Extract<Answer<RolloutRow>, { kind: "unclear" }>): PilotageError {
  const { workflow } = other;
  return new PilotageError(
    "wrong_state",
    `${rollout.release} was rolled back already (${isoTime(rollout.ended_at!)}); whether ${other.release}, the stable release since, is meant now was not said. Nothing was changed.`,
    {
      hint: `To take it out, too, at once: pilotage rollback ${workflow} --rollout ${other.id} --reason "..." --as <person>`,
    },
  );
}

export function notYet(
  { workflow, stages, stage }: RolloutRow,
  promotion: Promotion | Leaving,
): PilotageError {
  const place = `The rollout of ${workflow} cannot leave its stage (${stageName(stages[stage])})`;
  if (promotion.kind === "hold")
    return new PilotageError(
      "wrong_state",
      `${place} yet: ${promotion.reasons.map((reason) => HOLDS[reason]).join("; ")}. Nothing was changed.`,
      { hint: `pilotage rollout show ${workflow} has the counts.` },
    );
  if ("lacks" in promotion)
    return new PilotageError(
      "wrong_state",
      `${place} on its evidence: ${promotion.lacks.map((reason) => HOLDS[reason]).join("; ")}. Nothing was changed.`,
      {
        hint: 'Wait for more cases that both answer, or let two people decide all the same: --undecided --reason "...".',
      },
    );
  const { lower, upper } = promotion.interval;
  const percent = (value: number) => `${Number((value * 100).toPrecision(3))} %`;
  return new PilotageError(
    "wrong_state",
    `${place} on its evidence: it is undecided whether the errors stay under the ceiling (between ${percent(lower)} and ${percent(upper)}). Nothing was changed.`,
    { hint: "Wait for more labels, or let two people decide all the same: --undecided." },
  );
}
