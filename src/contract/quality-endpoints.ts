/** Endpoints around certificates: what a threshold would mean, how sure confidence is, what went out alone, where people disagree. */
import { z } from "zod";
import { certifyBody } from "./certificate-endpoints.ts";
import { endpoint } from "./endpoint.ts";
import { named } from "./named.ts";
import { listQuery } from "./schemas.ts";

const time = z.string().describe("UTC, e.g. 2026-01-05T08:00:00.000Z");
const from = z.enum(["labels", "shadow"]);
const interval = z.object({ lower: z.number(), upper: z.number() }).nullable();
const days = z.object({ median: z.number(), likely: z.number() }).nullable();

/** Which labels: as for a look, in a query. */
const ofLabels = z.object({
  release: z.string().max(60).optional().describe("Default: the candidate, else the stable release"),
  step: z.coerce.number().int().min(0).max(20).default(0),
  from: from.default("labels"),
  simulated: z
    .enum(["true", "false"])
    .default("false")
    .describe("Count labels of programs that play a person, too"),
});

const queue = {
  reviewsPerDay: z.number(),
  minutesPerDay: z.number().nullable().describe("null: too few cases were timed, and no minutes were given"),
  peopleNeeded: z.number().nullable().describe("The fewest with whom the queue does not grow"),
  reviewCostPerDay: z.number().nullable().describe("null: no cost of an hour was given"),
};

export const previewReply = z.object({
  workflow: z.string(),
  release: z.string(),
  step: z.number(),
  from,
  target: z.number(),
  confidence: z.number(),
  look: z.number().describe("The number of the look that would come next"),
  open: z.boolean().describe("The labels lie open: looks use a test that may be read at any time"),
  calibration: z.string().nullable(),
  labels: z.number(),
  rows: z.array(
    z.object({
      threshold: z.number().describe("In the model's own confidence"),
      calibrated: z.number().nullable(),
      coverage: z.number(),
      labels: z.number(),
      mayBeWrong: z
        .number()
        .describe(
          "How many of these labels may be wrong at the next look; -1: too few, even without a wrong one",
        ),
      seen: z
        .object({
          n: z.number(),
          errors: z.number(),
          lower: z.number(),
          upper: z.number(),
          of: z.enum(["look", "open"]),
        })
        .nullable()
        .describe(
          "What was wrong there, with bounds that may be read at any time: of the last look, or of open labels",
        ),
      ...queue,
    }),
  ),
  allReviewed: z.object(queue),
  assumes: z.object({
    casesPerDay: z.number(),
    labelsPerDay: z.number(),
    minutesPerCase: z.number().nullable(),
    autonomy: z.number(),
  }),
  modelCostPerDay: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  now: z
    .object({
      result: z.enum(["certified", "none"]),
      threshold: z.number().nullable(),
      coverage: z.number(),
      bound: z.number(),
      moreLabels: z.number().nullable(),
    })
    .nullable()
    .describe("What a look would find now; null while only a look may tell"),
  missing: z.number().describe("Labels that are missing before a look tests anything; 0: it would test"),
  sentence: z.string(),
});

const openingReply = z.object({
  id: z.string(),
  workflow: z.string(),
  release: z.string(),
  step: z.number(),
  from,
  look: z.number(),
  calibration: z.string().nullable(),
  person: z.string(),
  at: time,
  endsAt: time,
  sentence: z.string(),
});

const forecast = z.object({
  needed: days.describe("Labels, so that it is as likely as not, and in nine of ten cases"),
  days: days.describe("null: see `because`"),
  because: z.enum(["too_many_errors", "no_labels"]).nullable(),
});

const forecastReply = z.object({
  workflow: z.string(),
  release: z.string(),
  step: z.number(),
  inForce: z.boolean(),
  certificate: z.string().nullable(),
  expiresAt: time.nullable(),
  casesPerDay: z.number(),
  labelsPerDay: z.number(),
  basis: z
    .enum(["certificate", "assumed"])
    .describe("Whether share of errors and coverage are those of the certificate, or assumed"),
  coverage: z.number(),
  errorShare: z.number(),
  labels: z.number().describe("Labels of this release that count now"),
  next: forecast.describe("Until its next certificate"),
  afterChange: forecast.describe("Until one of a new release, which begins without a label"),
  sentence: z.string(),
});

const bin = z.object({ n: z.number(), meanConfidence: z.number(), right: z.number() });
const figures = z.object({
  n: z.number(),
  brier: z.number(),
  logLoss: z.number(),
  error: z.number().describe("ECE over ten bins of equal width; too large for few labels"),
  errorOfEqualBins: z.number().describe("ECE over five bins of equal numbers"),
  bins: z.array(bin),
});

export const calibrationReply = z.object({
  id: z.string(),
  workflow: z.string(),
  release: z.string(),
  step: z.number(),
  from,
  model: z.object({ answered: z.string().nullable(), version: z.string().nullable() }),
  simulated: z.boolean(),
  method: z.enum(["temperature", "isotonic"]),
  temperature: z.number().nullable(),
  steps: z
    .array(z.object({ from: z.number(), right: z.number(), n: z.number() }))
    .nullable()
    .describe("From this confidence on, `right` of `n` labels were right"),
  labels: z.number(),
  right: z.number(),
  before: figures.describe("With the model's own confidence"),
  after: figures.describe("Calibrated, on labels that the curve was not fitted on"),
  person: z.string(),
  at: time,
  sentence: z.string(),
});

const counts = {
  alone: z.number().describe("Cases that went out alone"),
  labels: z.number().describe("Labelled cases that would have, had no coin held them"),
  errors: z.number(),
  exact: interval.describe("80 %, for this count alone"),
  alwaysValid: interval.describe("95 %, may be read after every case"),
};

const qualityReply = z.object({
  weeks: z.array(z.object({ week: z.string().describe("Its Monday"), ...counts })),
  total: z.object(counts),
  target: z.number(),
  expected: z
    .object({ errorRate: z.number(), cases: z.number(), agrees: z.boolean().nullable() })
    .nullable()
    .describe(
      "What calibrated confidence alone makes one expect over four weeks; it cannot see that what is right has changed",
    ),
});

const disagreementsReply = z.object({
  field: z.string().nullable().describe("The output field by which they are grouped"),
  groups: z.array(
    z.object({
      category: z.string().nullable(),
      labels: z.number(),
      wrong: z.number(),
      fields: z.record(z.string(), z.number()),
    }),
  ),
  cases: z.array(
    z.object({
      label: z.string(),
      caseId: z.string(),
      externalId: z.string(),
      category: z.string().nullable(),
      fields: z.array(z.string()).describe("Where people said something else"),
      confidence: z.number().nullable(),
      source: z.enum(["cold", "qa", "review", "second_review"]),
      at: time,
    }),
  ),
  next: z.string().nullable(),
});

const workflow = { params: { workflow: "support-triage" } };

export const QUALITY_ENDPOINTS = {
  previewCertification: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/certifications/preview",
    params: named("workflow"),
    query: ofLabels.extend({
      threshold: z.coerce
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe("One more row at this threshold; calibrated, where there is a calibration"),
      minutesPerCase: z.coerce
        .number()
        .min(0.01)
        .max(1_000)
        .optional()
        .describe("In place of what is measured"),
      hourlyCost: z.coerce
        .number()
        .min(0)
        .max(10_000)
        .optional()
        .describe("What an hour of a reviewer costs"),
    }),
    reply: previewReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Shows what each threshold would let out, which queue and cost it would make, and what is missing for a certificate; spends nothing from the error budget.",
    example: { ...workflow, query: { threshold: "0.8" } },
  }),
  openLabels: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/label-openings",
    params: named("workflow"),
    body: certifyBody.omit({ set: true }).extend({ from: from.default("labels") }),
    reply: openingReply,
    scope: "operate",
    action: "certificate.ask",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Lays labels open in the name of a person, so that previews show what was wrong; from then on certificates are tested so that looking costs no certainty, which takes more labels.",
    created: true,
    example: { ...workflow, body: { from: "labels" } },
  }),
  automationForecast: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/automation-forecast",
    params: named("workflow"),
    query: ofLabels,
    reply: forecastReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found", "wrong_state"],
    sentence:
      "About how many days of labels it takes until cases go out alone: with this release, and again after a change to a new one.",
    example: workflow,
  }),
  calibrate: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/calibrations",
    params: named("workflow"),
    body: certifyBody.omit({ set: true }).extend({ from: from.default("labels") }),
    reply: calibrationReply,
    scope: "operate",
    action: "certificate.ask",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Fits the confidence of a release to what was right, on the part of the labels that certifies nothing; certificates after it go by the calibrated confidence.",
    created: true,
    example: { ...workflow, body: { from: "labels" } },
  }),
  listCalibrations: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/calibrations",
    params: named("workflow"),
    query: listQuery,
    reply: z.object({ calibrations: z.array(calibrationReply), next: z.string().nullable() }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the calibrations of a workflow, newest first, with their figures before and after.",
    example: workflow,
  }),
  qualityWeeks: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/quality",
    params: named("workflow"),
    reply: qualityReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "The share of wrong ones among what went out alone, by week over thirteen weeks, from coin labels, with its bounds.",
    example: workflow,
  }),
  listDisagreements: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/disagreements",
    params: named("workflow"),
    query: listQuery.extend({ category: z.string().max(200).optional() }),
    reply: disagreementsReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "Where people answered otherwise than the release, over 90 days: counts by category, and the cases, newest first.",
    example: workflow,
  }),
};
