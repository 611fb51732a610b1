/**
 * About how many days until cases go out alone again: told before a change takes a certificate away, and before one ends.
 *
 * Pure: the labels that a look needs at the error share of now (statistics/certification.ts), over the coin labels that come in
 * a day. Reading those figures is in preview.ts.
 */
import { labelsToProve } from "../statistics/certification.ts";
import { deltaOf } from "./certification.ts";

export interface ForecastGiven {
  target: number;
  confidence: number;
  /** The number of the look that will decide; 1 for a new release. */
  look: number;
  /** Whether it is made at open labels. */
  open: boolean;
  /** The share of cases at or above the threshold that is hoped for, and the share of wrong ones among them. */
  coverage: number;
  errorShare: number;
  /** Labels that count already, and those that come in a day. */
  labels: number;
  labelsPerDay: number;
}

export interface Forecast {
  /** Labels that are needed in all: so that it is as likely as not, and in nine of ten cases. */
  needed: { median: number; likely: number } | null;
  /** Days until they are there; null: never at this rate, or at this share of errors. */
  days: { median: number; likely: number } | null;
  /** Why there are no days. */
  because: "too_many_errors" | "no_labels" | null;
}

export function forecastOf(given: ForecastGiven): Forecast {
  const { target, confidence, look, open, coverage, errorShare, labels, labelsPerDay } = given;
  const plan = { target, delta: deltaOf(look, confidence), look: open ? "anytime" : "once" } as const;
  const accepted = [0.5, 0.9].map((power) => labelsToProve(errorShare, plan, power));
  const [median, likely] = accepted.map((n) =>
    n === undefined || !(coverage > 0) ? undefined : Math.ceil(n / coverage),
  );
  if (median === undefined || likely === undefined)
    return { needed: null, days: null, because: "too_many_errors" };
  const needed = { median, likely };
  const days = (n: number) => Math.ceil(Math.max(0, n - labels) / labelsPerDay);
  if (!(labelsPerDay > 0) && labels < likely) return { needed, days: null, because: "no_labels" };
  if (!(labelsPerDay > 0)) return { needed, days: { median: 0, likely: 0 }, because: null };
  return { needed, days: { median: days(median), likely: days(likely) }, because: null };
}

/** "about 12 days (in nine of ten cases 21)", or why nobody can say. */
export function forecastWords({ days, because }: Forecast): string {
  if (days === null)
    return because === "no_labels"
      ? "nobody can say: no coin labels came in the last two weeks"
      : "no number of days: at the share of errors of now it cannot be proved";
  if (days.likely === 0) return "at once: the labels are there";
  return `about ${days.median} ${days.median === 1 ? "day" : "days"} (in nine of ten cases at most ${days.likely})`;
}
