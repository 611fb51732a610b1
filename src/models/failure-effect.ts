/** What a failed call says about the next try and about the model's breaker. Pure. */
import { PilotageError } from "../contract/errors.ts";
import type { CallOutcome } from "./breaker.ts";
import type { PastTry } from "./next-try.ts";

export interface FailureEffect extends Pick<PastTry, "same" | "next"> {
  outcome: CallOutcome;
  /** The class of the failure, or its code. */
  because: string;
}

/** What follows from an error that a model threw; anything else than a failure of the model's side says nothing. */
export function effectOf(error: unknown): FailureEffect {
  if (!(error instanceof PilotageError)) return { ...OURS, because: "internal" };
  const details = (error.details ?? {}) as { code?: unknown; timeoutMs?: unknown; aborted?: unknown };
  switch (error.code) {
    case "model_unavailable": {
      // A route that kept silent is not asked again: it would only use up the time of the next one.
      const silent = details.timeoutMs !== undefined || details.aborted === true;
      return { outcome: "failed", same: error.retryable && !silent, next: "any", because: error.code };
    }
    case "model_bad_answer":
      return { outcome: "failed", same: true, next: "any", because: error.code };
    case "model_refused": {
      const code = typeof details.code === "string" ? details.code : "";
      const next = code === "context_length_exceeded" ? "larger" : /^content_/.test(code) ? "none" : "any";
      // It answers, whatever it says.
      return { outcome: "answered", same: false, next, because: error.code };
    }
    default:
      return { ...OURS, because: error.code };
  }
}

const OURS = { outcome: "nothing", same: false, next: "any" } as const;
