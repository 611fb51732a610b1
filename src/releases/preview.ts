/**
 * What an owner sees before a certificate is asked for: thresholds with what they would let out and which queue they would
 * make, and about how many days it takes until cases go out alone again after a change.
 *
 * Only reads; nothing is spent from the error budget, and nothing is told of labels that do not lie open (0025 of the
 * decisions). The reckoning is in certification-preview.ts and automation-forecast.ts.
 */
import type { Registry } from "../cases/workflow/registry.ts";
import { lapseOf } from "../cases/decision/certificate.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { capacityOf, staffedAround } from "../reviews/capacity.ts";
import { noAnswers, whatIsAsked, type Asked, type SampleOf } from "./asked.ts";
import { forecastOf, type Forecast } from "./automation-forecast.ts";
import * as records from "./certificate-records.ts";
import type { IssuedCertificate } from "./certificate-records.ts";
import { fewRows, previewOf, type Previewed, type PreviewRow } from "./certification-preview.ts";
import { groundOf, type Ground } from "./certification-ground.ts";
import type { SampleSources } from "./certification-sample.ts";
import { costOfCases, measuredDays, type MeasuredDays } from "./preview-figures.ts";

export interface PreviewParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  sources: SampleSources;
  reviewers(workflow: string): Promise<number>;
}

export interface PreviewAsked extends SampleOf {
  /** A threshold that shall be among the rows, calibrated where there is a calibration. */
  threshold: number | undefined;
  /** In the place of what is measured. */
  minutesPerCase: number | undefined;
  /** What an hour of a reviewer costs. */
  hourlyCost: number | undefined;
}

/** What a threshold makes of the days of people. */
export interface Queued extends PreviewRow {
  reviewsPerDay: number;
  minutesPerDay: number | null;
  peopleNeeded: number | null;
  reviewCostPerDay: number | null;
}

export interface Preview {
  asked: Asked;
  ground: Ground;
  look: number;
  rows: Queued[];
  /** Every case with a person, for comparison. */
  all: Omit<Queued, keyof PreviewRow>;
  now: Previewed["now"];
  missing: number;
  measured: MeasuredDays & { minutesPerCase: number | null };
  autonomy: number;
  /** What the calls of a model cost in a day, whatever the threshold. */
  modelCostPerDay: { amount: number; currency: string } | null;
}

export interface AutomationForecast {
  release: string;
  step: number;
  /** What stands, and whether it holds now. */
  certificate: IssuedCertificate | undefined;
  inForce: boolean;
  measured: MeasuredDays;
  /** By what the share of errors and the coverage were chosen. */
  basis: "certificate" | "assumed";
  coverage: number;
  errorShare: number;
  labels: number;
  /** Until a certificate of this release, by its next look. */
  next: Forecast;
  /** Until one of a new release, which begins without a label. */
  afterChange: Forecast;
}

/** For a release of which nothing is known yet: half of the cases are sure enough, and half of the target wrong. */
const ASSUMED_COVERAGE = 0.5;

/** The preview of a look at these labels. */
export async function previewLook(
  parts: PreviewParts,
  workflow: string,
  request: PreviewAsked,
): Promise<Preview> {
  const { database, registry, clock } = parts;
  const { asked, ground, key } = await groundFor(parts, workflow, request);
  const { automation, qa, cold } = asked.view.document;
  const now = clock.now();
  const { maxErrorRate: target, confidence, per } = automation;
  const look =
    ground.opening?.look ?? Math.max((await records.looksSpent(database, key)) + 1, ground.sample.leastLook);
  const last = await records.lastLook(database, key);
  const found = previewOf({
    sample: ground.sample,
    grid: ground.grid,
    curve: ground.calibration?.curve,
    starts: ground.opening?.starts,
    look,
    target,
    confidence,
    per,
    last: last?.evidence,
  });
  const days = await measuredDays(database, workflow, { now, simulated: request.simulated });
  const capacity = await capacityOf(
    { database, registry, clock },
    workflow,
    { people: undefined, reviewShare: undefined, minutesPerCase: request.minutesPerCase },
    await parts.reviewers(workflow),
  );
  const minutes = capacity.minutesPerCase.value;
  const autonomy = asked.view.row.autonomy > 0 ? asked.view.row.autonomy : 1;
  const queueOf = (automatic: number): Preview["all"] => {
    const share = 1 - automatic;
    const minutesPerDay = minutes === null ? null : days.cases * share * minutes;
    return {
      reviewsPerDay: days.cases * share,
      minutesPerDay,
      peopleNeeded: staffedAround({
        arrivals: capacity.arrivalsPerHour.value,
        share,
        minutes,
        people: capacity.people,
      }).peopleNeeded,
      reviewCostPerDay:
        minutesPerDay === null || request.hourlyCost === undefined
          ? null
          : (minutesPerDay / 60) * request.hourlyCost,
    };
  };
  const unsampled = (1 - qa.share) * (1 - cold.share);
  const cost = await costOfCases(database, { workflow, release: asked.release.id }, now);
  return {
    asked,
    ground,
    look,
    rows: fewRows(found.rows, request.threshold).map((row) => ({
      ...row,
      ...queueOf(row.coverage * autonomy * unsampled),
    })),
    all: queueOf(0),
    now: found.now,
    missing: found.missing,
    measured: { ...days, minutesPerCase: minutes },
    autonomy,
    modelCostPerDay: cost && { ...cost, amount: cost.amount * days.cases },
  };
}

/** Days until cases go out alone: of this release, and of a new one. */
export async function forecastAutomation(
  parts: PreviewParts,
  workflow: string,
  request: SampleOf,
): Promise<AutomationForecast> {
  const { database, registry, clock } = parts;
  const now = clock.now();
  const asked = await whatIsAsked(database, registry, workflow, request);
  const { maxErrorRate: target, confidence } = asked.view.document.automation;
  const source = parts.sources[request.from];
  const ground = source && (await groundOf(database, source, asked, now));
  const standing = await records.standingCertificates(database, [workflow]);
  const certificate = standing.find((one) => one.release === asked.release.id && one.step === request.step);
  const measured = await measuredDays(database, workflow, { now, simulated: request.simulated });
  const key = ground && keyOf(asked, ground);
  const common = {
    target,
    confidence,
    // One wrong one more than seen, for none would promise too much.
    errorShare: certificate ? (certificate.errors + 0.5) / (certificate.accepted + 1) : target / 2,
    coverage: certificate ? certificate.coverage : ASSUMED_COVERAGE,
    labelsPerDay: measured.labels,
  };
  const labels = ground?.sample.labels.length ?? 0;
  const { errorShare, coverage } = common;
  return {
    release: asked.release.id,
    step: request.step,
    certificate,
    inForce: certificate !== undefined && lapseOf(certificate, asked.view.row.dials, now) === undefined,
    measured,
    basis: certificate ? "certificate" : "assumed",
    coverage,
    errorShare,
    labels,
    next: forecastOf({
      ...common,
      labels,
      look: ground?.opening?.look ?? (key ? (await records.looksSpent(database, key)) + 1 : 1),
      open: ground?.opening !== undefined || ground?.wasOpen === true,
    }),
    afterChange: forecastOf({ ...common, labels: 0, look: 1, open: false }),
  };
}

async function groundFor(parts: PreviewParts, workflow: string, request: SampleOf) {
  const { database, registry, clock } = parts;
  const source = parts.sources[request.from];
  if (!source)
    throw new PilotageError("wrong_state", `This program has no labels "${request.from}" to look at.`);
  return database.transaction(async (tx) => {
    const asked = await whatIsAsked(tx, registry, workflow, request);
    await tx.planForMany();
    const ground = await groundOf(tx, source, asked, clock.now());
    if (!ground) throw noAnswers(asked);
    return { asked, ground, key: keyOf(asked, ground) };
  });
}

function keyOf({ release, request }: Asked, { sample }: Ground) {
  return {
    release: release.id,
    step: request.step,
    model_answered: sample.model.answered,
    model_version: sample.model.version,
  };
}
