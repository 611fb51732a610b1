/** One question of an evaluation, asked again where that may help: a busy provider, a breaker that is open for a while. */
import { setTimeout as pause } from "node:timers/promises";
import type { CallParts } from "../cases/model/call.ts";
import { answerOnce, type Once } from "../cases/model/once.ts";
import type { Questioning } from "../cases/model/telling.ts";
import type { ReleaseView, WorkflowView } from "../cases/workflow/registry.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Clock } from "../platform/clock.ts";

export type Ended = Extract<Once, { kind: "answered" | "failed" }>;

/** Who is asked. */
export interface Asked {
  release: ReleaseView;
  step: number;
  /** The workflow as it stands. */
  workflow(): Promise<WorkflowView>;
}

const TRIES = 3;
const PAUSES = [1_000, 4_000];
const LONGEST_PAUSE = 60_000;
/** How long an item waits for a breaker, twice the longest time to its next trial; and how soon it looks while one runs. */
const SHUT_WAIT = 2 * LONGEST_PAUSE;
const LOOK = 1_000;

/** Asks again where that may help; undefined when the process stops. */
export async function askPatiently(
  parts: CallParts & { clock: Clock },
  { release, step, workflow }: Asked,
  about: { id: string; input: JsonObject },
  telling: Questioning,
): Promise<Ended | undefined> {
  let waited = 0;
  for (let tries = 1; ;) {
    // Read for each call: a blocked field counts at once.
    const view = await workflow();
    const matter = { ...about, attachments: [], release, workflow: view };
    const once = await answerOnce(parts, matter, step, telling);
    if (once.kind === "stopped") return undefined;
    if (once.kind === "over_budget") return overBudget(once.budget);
    let wait: number;
    if (once.kind === "shut") {
      if (waited >= SHUT_WAIT) return stillShut(waited);
      const ahead = Math.max(1, once.until - parts.clock.now());
      waited += wait = Math.min(LONGEST_PAUSE, once.trying ? Math.min(LOOK, ahead) : ahead);
    } else {
      if (once.kind === "answered" || !once.retryable || tries >= TRIES) return once;
      wait = Math.min(LONGEST_PAUSE, Math.max(PAUSES[tries - 1]!, once.retryAfterMs ?? 0));
      tries++;
    }
    await pause(wait, undefined, { signal: parts.stopped }).catch(() => undefined);
    if (parts.stopped.aborted) return undefined;
  }
}

function stillShut(waited: number): Ended {
  return {
    kind: "failed",
    code: "model_unavailable",
    message: `The model failed so often that nobody asks it at the moment (its breaker is open); this item waited ${Math.round(waited / 1000)} s for it.`,
    retryable: true,
    retryAfterMs: undefined,
    milliseconds: 0,
    cost: undefined,
  };
}

function overBudget(budget: string): Ended {
  return {
    kind: "failed",
    code: "budget_spent",
    message: `The budget leaves no room for this call (${budget}). Raise it, or run the evaluation when it begins anew.`,
    retryable: false,
    retryAfterMs: undefined,
    milliseconds: 0,
    cost: undefined,
  };
}
