/** For tests: a case of the model in force that a person reviewed and found right; a test says only what is otherwise. */
import type { BoundCase } from "./label-sample.ts";

export const MODEL = { answered: "m", version: "1" };

let made = 0;

/** Cases come in the order in which they are made. */
export function bound(more: Partial<BoundCase> = {}): BoundCase {
  return {
    id: `case_${String(made++).padStart(6, "0")}`,
    thread: null,
    confidence: 0.9,
    ruled: false,
    category: null,
    model_answered: MODEL.answered,
    model_version: MODEL.version,
    source: "review",
    wrong: false,
    simulated: false,
    played: false,
    ...more,
  };
}
