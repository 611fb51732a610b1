/** Endpoints of certificates, with their bodies and replies: looking at labels, what was issued, suspending. */
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import { named } from "./named.ts";
import { listQuery } from "./schemas.ts";

export const CERTIFICATION_SOURCES = {
  labels: "coin labels of cases that the release answered",
  shadow: "what a candidate answered in shadow, against coin labels of the same cases",
  set: "a sealed evaluation set",
} as const;
export type CertificationSource = keyof typeof CERTIFICATION_SOURCES;

const time = z.string().describe("UTC, e.g. 2026-01-05T08:00:00.000Z");
const maybeTime = time.nullable();
const from = z.enum(Object.keys(CERTIFICATION_SOURCES) as [CertificationSource, ...CertificationSource[]]);
const per = z.enum(["all", "category"]);
const model = z
  .object({ answered: z.string().nullable(), version: z.string().nullable() })
  .describe("The model that answered, by its own words");
const counts = z.record(z.string(), z.number());

export const certifyBody = z.strictObject({
  release: z.string().optional().describe("Default: the candidate, else the stable release"),
  step: z.number().int().min(0).max(20).default(0).describe("0 is the release's model, 1 its first fallback"),
  from: from.default("labels"),
  set: z.string().max(200).optional().describe("The run over a sealed evaluation set, for `from: set`"),
  simulated: z.boolean().default(false).describe("Count labels of programs that play a person, too"),
});

export const certificateReply = z.object({
  id: z.string(),
  certification: z.string(),
  workflow: z.string(),
  release: z.string(),
  step: z.number(),
  model,
  per,
  threshold: z
    .number()
    .nullable()
    .describe("For all cases, or for categories without an own entry; null: always reviewed"),
  thresholds: z.record(z.string(), z.number().nullable()).describe("By category; null: always reviewed"),
  calibration: z.string().nullable().describe("The calibration on whose grid the threshold was found"),
  calibrated: z.number().nullable().describe("What the threshold is worth by it"),
  from,
  labels: z.number().describe("The labelled cases that were looked at"),
  accepted: z.number().describe("Those of them that it would have let out"),
  errors: z.number().describe("The wrong ones among those"),
  coverage: z.number().describe("The share of the labelled cases that it would have let out"),
  bound: z.number().describe("Upper bound of the error share among them"),
  target: z.number(),
  confidence: z.number(),
  simulated: z.boolean().describe("Its labels, or some of them, come from a program that plays a person"),
  certifiedAt: time,
  expiresAt: time,
  watch: z
    .object({
      labels: z
        .number()
        .describe("Labelled cases that would have gone out alone under it, had no coin held them"),
      errors: z.number(),
      lower: z.number(),
      upper: z.number(),
      evidence: z.number().describe("E against its promise; at the limit the program takes it back"),
      limit: z.number(),
      lookedAt: time,
    })
    .nullable()
    .describe(
      "What the watch counted since, with bounds that may be read at any time; null before its first look",
    ),
  suspendedAt: maybeTime,
  suspendedBecause: z.string().nullable(),
  supersededBy: z.string().nullable(),
  inForce: z.boolean(),
  standing: z.string().describe("In force, or why not"),
  sentence: z.string(),
});

const tests = z.array(
  z.object({
    category: z.string().nullable(),
    threshold: z.number(),
    n: z.number().describe("Labelled cases at or above the threshold"),
    errors: z.number(),
    p: z.number().describe("The probability of so few errors if the share were at the target"),
  }),
);

export const certificationReply = z.object({
  id: z.string(),
  workflow: z.string(),
  release: z.string(),
  step: z.number(),
  from,
  set: z.string().nullable(),
  model,
  per,
  simulated: z.boolean(),
  look: z
    .number()
    .describe(
      "Over those before it that spent from the error budget of this release, step and model, whatever the labels came from",
    ),
  spent: z
    .number()
    .describe(
      "What this look took from 1 - confidence; 0 when no threshold was tested. Looks at open labels share one part",
    ),
  open: z.boolean().describe("Made at open labels, with a test that may be read at any time"),
  calibration: z.string().nullable(),
  target: z.number(),
  confidence: z.number(),
  counted: counts.describe("Cases by the source of their label; `open` have none and count as wrong"),
  leftOut: counts.describe("Cases that were not counted, by the reason"),
  tests,
  result: z.enum(["certified", "none"]),
  moreLabels: z
    .number()
    .nullable()
    .describe("About how many more would do; null: certified, or none would help"),
  person: z.string(),
  at: time,
  certificate: certificateReply.nullable(),
  sentence: z.string(),
});

export const recheckReply = z.object({
  id: z.string(),
  agrees: z.boolean(),
  differences: z.array(z.string()),
  sentence: z.string(),
});

export const CERTIFICATE_ENDPOINTS = {
  certify: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/certifications",
    params: named("workflow"),
    body: certifyBody,
    reply: certificationReply,
    scope: "operate",
    action: "certificate.ask",
    errors: ["not_found", "wrong_state", "conflict"],
    sentence:
      "Looks at labels in the name of a person and issues a certificate when they prove the workflow's error rate. Each look that tests a threshold spends from the error budget.",
    created: { result: "certified" },
    example: { params: { workflow: "support-triage" }, body: { from: "labels" } },
  }),
  listCertifications: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/certifications",
    params: named("workflow"),
    query: listQuery,
    reply: z.object({ certifications: z.array(certificationReply), next: z.string().nullable() }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the looks at labels, newest first, with what each tested, spent and issued.",
    example: { params: { workflow: "support-triage" } },
  }),
  recheckCertification: endpoint({
    method: "POST",
    path: "/api/v1/certifications/:certification/recheck",
    params: named("certification"),
    reply: recheckReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "Runs a stored look again from its whole numbers and says whether it comes out the same; nothing changes.",
    example: { params: { certification: "look_..." } },
  }),
  listCertificates: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/certificates",
    params: named("workflow"),
    query: listQuery,
    reply: z.object({ certificates: z.array(certificateReply), next: z.string().nullable() }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the certificates of a workflow, newest first, each in force or with the reason why not.",
    example: { params: { workflow: "support-triage" } },
  }),
  suspendCertificate: endpoint({
    method: "POST",
    path: "/api/v1/certificates/:certificate/suspend",
    params: named("certificate"),
    body: z.strictObject({ reason: z.string().min(3).max(500) }),
    reply: certificateReply,
    scope: "operate",
    action: "certificate.suspend",
    errors: ["not_found"],
    sentence: "Suspends a certificate at once and for good: its cases are reviewed from now on.",
    example: { params: { certificate: "cert_..." }, body: { reason: "Two customers complained today" } },
  }),
};
