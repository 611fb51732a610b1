/**
 * What a decision asks of a certificate: whether it is in force, and which threshold it sets for an answer.
 *
 * Pure. Certificates are earned in releases/; here they only hold, or hold no longer. The same question is asked when a
 * case is decided and again before its delivery (recheck.ts), so it is answered here alone.
 */
import type { JsonObject } from "../../contract/json.ts";
import { valueAt } from "../../definition/path.ts";
import type { Identity } from "../../models/canary.ts";
import type { DialValues } from "../workflow/dials.ts";
import type { Certificate } from "./decide.ts";

export interface CertificateRow {
  id: string;
  release: string;
  step: number;
  /** The model that the promise is about, by its own words. */
  model_answered: string | null;
  model_version: string | null;
  per: "all" | "category";
  /** For all cases, or for those whose category is not named; null: none of them goes out alone. */
  threshold: number | null;
  /** By category; null: none of them goes out alone. */
  thresholds: Record<string, number | null>;
  target: number;
  confidence: number;
  expires_at: number;
  suspended_at: number | null;
  superseded_by: string | null;
}

/** Why a certificate is not in force. */
export const LAPSES = {
  superseded: "a newer certificate took its place",
  suspended: "it is suspended",
  expired: "its 90 days are over",
  stricter_error_rate: "the workflow now allows fewer errors than it promises (automation.maxErrorRate)",
  stricter_confidence:
    "the workflow now asks for more confidence than it was made with (automation.confidence)",
  other_per: "the workflow now certifies over other cases (automation.per)",
} as const;
export type Lapse = keyof typeof LAPSES;

/** Why the certificate does not hold under these dials at this time; undefined when it is in force. */
export function lapseOf(
  certificate: Pick<
    CertificateRow,
    "superseded_by" | "suspended_at" | "expires_at" | "target" | "confidence" | "per"
  >,
  dials: DialValues,
  now: number,
): Lapse | undefined {
  if (certificate.superseded_by !== null) return "superseded";
  if (certificate.suspended_at !== null) return "suspended";
  // Written so that a figure that is no number counts as missing.
  if (!(now < certificate.expires_at)) return "expired";
  if (!(certificate.target <= Number(dials["automation.maxErrorRate"]))) return "stricter_error_rate";
  if (!(certificate.confidence >= Number(dials["automation.confidence"]))) return "stricter_confidence";
  if (certificate.per !== dials["automation.per"]) return "other_per";
  return undefined;
}

/** The value of an output field as a category; undefined where it is missing or no single value. */
export function categoryOf(output: JsonObject, field: string): string | undefined {
  const value = valueAt(output, field);
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}

/** The answer of a step, as far as a certificate is about it. */
export interface Answered {
  release: string;
  step: number;
  model: string | undefined;
  version: string | undefined;
  /** The value of the field that the confidence is about; only where categories are certified by themselves. */
  category: string | undefined;
}

export type Found =
  | { kind: "none" }
  | { kind: "in_force"; certificate: Certificate }
  /** Another model answered than the one that was certified. */
  | { kind: "model_changed"; id: string; before: Identity };

/** The certificate under which an answer could go out alone. */
export function certificateFor(
  certificates: readonly CertificateRow[],
  answered: Answered,
  dials: DialValues,
  now: number,
): Found {
  const row = certificates.find(
    (one) => one.release === answered.release && one.step === answered.step && !lapseOf(one, dials, now),
  );
  if (!row) return { kind: "none" };
  if (
    (row.model_answered ?? undefined) !== answered.model ||
    (row.model_version ?? undefined) !== answered.version
  )
    return {
      kind: "model_changed",
      id: row.id,
      before: { model: row.model_answered ?? "", version: row.model_version },
    };
  return { kind: "in_force", certificate: { id: row.id, threshold: thresholdOf(row, answered.category) } };
}

/** Undefined where no threshold could be certified: no confidence is high enough then. */
function thresholdOf(row: CertificateRow, category: string | undefined): number | undefined {
  if (row.per === "category") {
    // A case without its category belongs to no group that was looked at.
    if (category === undefined) return undefined;
    if (Object.hasOwn(row.thresholds, category)) return row.thresholds[category] ?? undefined;
  }
  return row.threshold ?? undefined;
}
