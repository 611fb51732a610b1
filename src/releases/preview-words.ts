/** Previews, forecasts and calibrations in English sentences, as replies and the command line show them. Pure. */
import { isoTime } from "../platform/clock.ts";
import { forecastWords } from "./automation-forecast.ts";
import type { CalibrationRow } from "./calibration-store.ts";
import type { AutomationForecast, Preview } from "./preview.ts";

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

export function previewSentence({ ground, now, missing, look }: Preview): string {
  const labels = ground.sample.labels.length;
  if (missing > 0)
    return `about ${missing} more labels are needed before a look tests anything (${labels} are there)`;
  if (!now)
    return `a look would test thresholds on ${labels} labels; what was wrong among them it alone tells (it would be number ${look})`;
  if (now.result === "certified")
    return `a look now would certify ${now.threshold?.toFixed(2) ?? "some categories"}: coverage ${percent(now.coverage)}, bound ${percent(now.bound)}`;
  return now.moreLabels === undefined
    ? "a look now would certify nothing, and more labels of this release would not help: among the surest cases too many are wrong"
    : `a look now would certify nothing; about ${Math.max(1, now.moreLabels)} more labels are needed`;
}

export function forecastSentence(found: AutomationForecast): string {
  const { certificate, inForce, next, afterChange, measured } = found;
  const now =
    inForce && certificate
      ? `certified until ${isoTime(certificate.expires_at).slice(0, 10)}; labels for the next certificate: ${forecastWords(next)}`
      : `not certified; until it is: ${forecastWords(next)}`;
  const basis = certificate
    ? "at the share of errors of its certificate"
    : "assumed that half of the cases are sure enough and half the target is wrong";
  return `${now}; after a change to a new release automation returns in ${forecastWords(afterChange)} (${measured.labels.toFixed(1)} labels a day, ${basis})`;
}

export function calibrationSentence(row: CalibrationRow): string {
  const how =
    row.curve.method === "temperature"
      ? `temperature ${row.curve.temperature.toFixed(2)}`
      : `${row.curve.steps.length} rising steps`;
  const figures = `Brier ${row.before.brier.toFixed(3)} before, ${row.after.brier.toFixed(3)} after; calibration error ${percent(row.before.equalWidth.error)} before, ${percent(row.after.equalWidth.error)} after`;
  const text = `${how} on ${row.n} labels; ${figures}`;
  return row.simulated ? `on simulated labels: ${text}` : text;
}
