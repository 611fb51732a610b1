/** For tests: answers of the endpoints around certificates, in the form of the contract. */

const AT = "2026-01-05T08:00:00.000Z";
const RELEASE = "rel_01hzy3v7k2e8t9qxw4m5n6p7r8";
const queue = { reviewsPerDay: 26, minutesPerDay: 91, peopleNeeded: 1, reviewCostPerDay: null };
const figures = {
  n: 100,
  brier: 0.12,
  logLoss: 0.4,
  error: 0.08,
  errorOfEqualBins: 0.06,
  bins: [{ n: 20, meanConfidence: 0.7, right: 0.65 }],
};
const calibration = {
  id: "cal_1",
  workflow: "support-triage",
  release: RELEASE,
  step: 0,
  from: "labels" as const,
  model: { answered: "classifier", version: "ab12" },
  simulated: false,
  method: "temperature" as const,
  temperature: 1.3,
  steps: null,
  labels: 100,
  right: 84,
  before: figures,
  after: { ...figures, error: 0.03 },
  person: "j.okafor@example.com",
  at: AT,
  sentence: "temperature 1.30 on 100 labels; Brier 0.120 before, 0.120 after",
};
const forecast = { needed: { median: 432, likely: 594 }, days: { median: 12, likely: 21 }, because: null };
const counted = {
  alone: 120,
  labels: 20,
  errors: 1,
  exact: { lower: 0.005, upper: 0.18 },
  alwaysValid: { lower: 0.001, upper: 0.31 },
};

/** Of a certificate that nobody looked at since, and of a look without calibration at labels that do not lie open. */
export const UNWATCHED = { calibration: null, calibrated: null, watch: null };
export const SEALED = { open: false, calibration: null };

export const QUALITY = {
  previewCertification: {
    workflow: "support-triage",
    release: RELEASE,
    step: 0,
    from: "labels" as const,
    target: 0.05,
    confidence: 0.95,
    look: 1,
    open: false,
    calibration: null,
    labels: 400,
    rows: [
      {
        threshold: 0.8,
        calibrated: null,
        coverage: 0.48,
        labels: 190,
        mayBeWrong: 3,
        seen: { n: 180, errors: 3, lower: 0.002, upper: 0.06, of: "look" as const },
        ...queue,
      },
    ],
    allReviewed: { ...queue, reviewsPerDay: 50 },
    assumes: { casesPerDay: 50, labelsPerDay: 20, minutesPerCase: 3.5, autonomy: 1 },
    modelCostPerDay: { amount: 0.4, currency: "EUR" },
    now: null,
    missing: 0,
    sentence: "a look would test thresholds on 400 labels",
  },
  openLabels: {
    id: "opn_1",
    workflow: "support-triage",
    release: RELEASE,
    step: 0,
    from: "labels" as const,
    look: 1,
    calibration: null,
    person: "j.okafor@example.com",
    at: AT,
    endsAt: AT,
    sentence: "The labels lie open.",
  },
  automationForecast: {
    workflow: "support-triage",
    release: RELEASE,
    step: 0,
    inForce: true,
    certificate: "cert_1",
    expiresAt: AT,
    casesPerDay: 50,
    labelsPerDay: 20,
    basis: "certificate" as const,
    coverage: 0.48,
    errorShare: 0.02,
    labels: 400,
    next: forecast,
    afterChange: forecast,
    sentence: "certified until 2026-04-05",
  },
  calibrate: calibration,
  listCalibrations: { calibrations: [calibration], next: null },
  qualityWeeks: {
    weeks: [{ week: "2026-01-05", ...counted }],
    total: counted,
    target: 0.05,
    expected: { errorRate: 0.03, cases: 240, agrees: true },
  },
  listDisagreements: {
    field: "category",
    groups: [{ category: "billing", labels: 40, wrong: 3, fields: { category: 3 } }],
    cases: [
      {
        label: "lab_1",
        caseId: "case_01hzy3v7k2e8t9qxw4m5n6p7r8",
        externalId: "T-1001",
        category: "billing",
        fields: ["category"],
        confidence: 0.91,
        source: "qa" as const,
        at: AT,
      },
    ],
    next: null,
  },
};
