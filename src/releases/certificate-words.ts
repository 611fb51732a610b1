/** Certificates and looks in one English sentence, as replies and the command line show them. Pure. */
import { LAPSES, type Lapse } from "../cases/decision/certificate.ts";
import type { CertificationSource } from "../contract/certificate-endpoints.ts";
import { calibrated, type Curve } from "./calibration.ts";
import { isoTime } from "../platform/clock.ts";

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const day = (at: number) => isoTime(at).slice(0, 10);

export interface Promised {
  per: "all" | "category";
  threshold: number | null;
  curve: Curve | null;
  thresholds: Record<string, number | null>;
  coverage: number;
  bound: number;
  simulated: boolean;
  source: CertificationSource;
  labels: number;
  accepted: number;
  errors: number;
  certified_at: number;
  expires_at: number;
}

const SOURCES: Record<CertificationSource, string> = {
  labels: "coin labels",
  shadow: "labels in shadow",
  set: "labels of a sealed set",
};

/** "certified at 0.71, bound 4.7 %, coverage 48 %, until 2027-02-18; 4 wrong of 193 among 400 coin labels, 2026-11-20". */
export function certificateSentence(row: Promised): string {
  const at =
    row.per === "all"
      ? `certified at ${shown(row.threshold)}${worth(row)}`
      : `certified by category: ${Object.entries(row.thresholds)
          .map(([category, threshold]) => `${category} ${shown(threshold)}`)
          .concat(
            `${Object.keys(row.thresholds).length === 0 ? "all" : "all others"} ${shown(row.threshold)}`,
          )
          .join(", ")}`;
  const text = `${at}, bound ${percent(row.bound)}, coverage ${percent(row.coverage)}, until ${day(row.expires_at)}; ${row.errors} wrong of ${row.accepted} among ${row.labels} ${SOURCES[row.source]}, ${day(row.certified_at)}`;
  return row.simulated ? `on simulated labels: ${text}` : text;
}

/** What the threshold is worth by the calibration on whose grid it was found; null without one. */
export function calibratedThreshold({
  threshold,
  curve,
}: Pick<Promised, "threshold" | "curve">): number | null {
  return threshold === null || curve === null ? null : calibrated(curve, threshold);
}

function worth(row: Pick<Promised, "threshold" | "curve">): string {
  const found = calibratedThreshold(row);
  return found === null ? "" : ` (calibrated ${found.toFixed(2)})`;
}

function shown(threshold: number | null): string {
  return threshold === null ? "always reviewed" : threshold.toFixed(2);
}

/** "no threshold can be certified; about 140 more labels are needed". */
export function refusalSentence(given: {
  spent: boolean;
  moreLabels: number | null;
  simulated: boolean;
}): string {
  const more =
    given.moreLabels === null
      ? "among the surest cases too many are wrong, so more labels of this release will not help"
      : given.moreLabels === 0
        ? "more labels may do at the next look"
        : `about ${given.moreLabels} more labels are needed`;
  const text = `no threshold can be certified; ${more}${given.spent ? "" : " (nothing was spent from the error budget)"}`;
  return given.simulated ? `on simulated labels: ${text}` : text;
}

/** What was left out of a sample, where the asker could count it in. */
export function leftOutSentence(leftOut: Record<string, number>): string {
  const simulated = leftOut["simulated"] ?? 0;
  return simulated === 0
    ? ""
    : `; ${simulated} simulated ${simulated === 1 ? "label was" : "labels were"} left out, and the sample begins after them`;
}

/** "in force", or why not. */
export function standingSentence(lapse: Lapse | undefined, suspendedBecause: string | null): string {
  if (lapse === undefined) return "in force";
  return lapse === "suspended" && suspendedBecause !== null
    ? `not in force: suspended, ${suspendedBecause}`
    : `not in force: ${LAPSES[lapse]}`;
}
