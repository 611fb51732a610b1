/**
 * What happens with the model's output: it goes out alone, or a person looks at it, with every reason.
 *
 * Pure. Stands between the model and review or delivery. An output goes out alone only when nothing speaks against it:
 * one reason is enough for review, and missing evidence is a reason.
 */
import type { Arm, Reason } from "../../contract/states.ts";

export interface Certificate {
  id: string;
  /** The loosest confidence that keeps the promise; undefined where none does, as for a category that failed. */
  threshold: number | undefined;
}

export type Answer =
  | {
      kind: "output";
      step: number;
      confidence: number | undefined;
      rules: { matched: string[]; failed: string[] };
    }
  | {
      kind: "none";
      because: "model_failed" | "bad_output" | "abandoned" | "budget_spent" | "personal_data";
      /** Which budget is spent, or which kinds of identifiers no model may get. */
      detail?: string | undefined;
      /** Models that were not asked at the end, because their breakers are open. */
      shut?: string[];
    };

export interface Evidence {
  arm: Arm;
  /** Of the safe-stop ladder: from 1 on nothing goes out alone, from 2 on no model is asked. */
  rung: number;
  qa: boolean;
  cold: boolean;
  /** The draw at intake; below the autonomy in force the case may go out alone. */
  autonomyCoin: number;
  autonomy: number;
  answer: Answer | undefined;
  /** The certificate in force for the release and the step that answered. */
  certificate: Certificate | undefined;
  /** There is a certificate, and another model answered than the one it is about. */
  modelChanged: boolean;
}

export interface Decision {
  outcome: "auto" | "review" | "fallback" | "manual";
  reasons: Reason[];
  threshold: number | undefined;
  certificate: string | undefined;
}

export function decide(evidence: Evidence): Decision {
  const { answer, certificate } = evidence;
  if (evidence.arm === "manual") return without("manual", { code: "manual_arm" });
  if (answer === undefined) return without("fallback", { code: "safe_stop" });
  if (answer.kind === "none")
    return without(
      "fallback",
      { code: answer.because, ...(answer.detail === undefined ? {} : { detail: answer.detail }) },
      ...(answer.shut ?? []).map((model): Reason => ({ code: "breaker_open", detail: model })),
    );

  const reasons: Reason[] = [
    ...answer.rules.matched.map((rule): Reason => ({ code: "rule", detail: rule })),
    ...answer.rules.failed.map((rule): Reason => ({ code: "rule_failed", detail: rule })),
  ];
  if (evidence.cold) reasons.push({ code: "cold" });
  if (evidence.qa) reasons.push({ code: "qa" });
  if (evidence.rung >= 1) reasons.push({ code: "safe_stop" });
  if (evidence.modelChanged) reasons.push({ code: "model_changed" });
  else if (!certificate)
    reasons.push(
      answer.step > 0
        ? { code: "fallback_answer", detail: `step ${answer.step}` }
        : { code: "no_certificate" },
    );
  // Written so that a figure that is no number counts as missing.
  else if (!((answer.confidence ?? NaN) >= (certificate.threshold ?? NaN)))
    reasons.push({ code: "below_threshold" });
  // Autonomy 0 lets nothing out, autonomy 1 everything: the coin is from 0 up to, not including, 1.
  if (!(evidence.autonomyCoin < evidence.autonomy)) reasons.push({ code: "autonomy" });

  return {
    outcome: reasons.length === 0 ? "auto" : "review",
    reasons,
    threshold: certificate?.threshold,
    certificate: certificate?.id,
  };
}

/** Pilotage failed over the case too often: a person decides, without an output. */
export function afterFaults(): Decision {
  return without("fallback", { code: "internal_fault" });
}

function without(outcome: "fallback" | "manual", ...reasons: Reason[]): Decision {
  return { outcome, reasons, threshold: undefined, certificate: undefined };
}
