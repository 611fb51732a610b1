/** What a failed call says about the next try and about the model's breaker, by the table of classes. Pure. */
import { PilotageError, type ErrorCode } from "../contract/errors.ts";
import type { CallOutcome } from "./breaker.ts";
import { CLASSES, classIn, type ErrorClass } from "./error-class.ts";
import type { PastTry } from "./next-try.ts";

export interface FailureEffect extends Pick<PastTry, "same" | "next"> {
  outcome: CallOutcome;
  /** The class of the failure, or its code. */
  because: string;
}

/** What a model's error without a class counts as: one of a script, which names none. */
const BY_CODE: Partial<Record<ErrorCode, ErrorClass>> = {
  model_unavailable: "overloaded",
  model_bad_answer: "malformed",
  model_refused: "refused_request",
};

/** What follows from an error that a call threw; one that is not a model's is ours and says nothing about it. */
export function effectOf(error: unknown): FailureEffect {
  const code = error instanceof PilotageError ? error.code : "internal";
  const found = classIn(error) ?? BY_CODE[code];
  if (found === undefined) return { outcome: "nothing", same: false, next: "any", because: code };
  const { breaker, again, next } = CLASSES[found];
  return { outcome: breaker, same: again === "soon", next, because: found };
}
