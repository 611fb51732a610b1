/** Endpoints of criteria and gates, with their bodies and replies: what was frozen, what came of it, who signed. */
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import {
  CRITERION_REASONS,
  GATE_REASONS,
  GROUPS,
  SIGNED,
  SIGNED_AS,
  VERDICTS,
  type CriterionReason,
  type GateReason,
  type Verdict,
} from "./gate.ts";
import { named } from "./named.ts";
import { listQuery } from "./schemas.ts";

const keys = <K extends string>(of: Record<K, unknown>) => Object.keys(of) as [K, ...K[]];
const time = z.string().describe("UTC, e.g. 2026-01-05T08:00:00.000Z");
const group = z.enum(GROUPS);
const verdict = z.enum(keys<Verdict>(VERDICTS));
const levels = z.object({
  minimum: z.number().nullable(),
  target: z.number().nullable(),
  stretch: z.number().nullable(),
});
const unit = z
  .string()
  .nullable()
  .describe("`share`, `ms`, a currency; null for a proof. Levels and figures are in it");

const criterion = z.object({
  name: z.string(),
  group,
  must: z.boolean(),
  about: z.string().describe("What is measured, asked, or shown"),
  unit,
  ...levels.shape,
  set: z.string().nullable().describe("The evaluation set; null: the one that the run is made over"),
  slices: z.array(z.string()).describe("Parts of the cases that must not lie under the minimum on their own"),
});

const version = z.object({
  id: z.string(),
  workflow: z.string(),
  version: z.number(),
  digest: z.string(),
  frozenAt: time,
  frozenBy: z.string(),
  criteria: z.array(criterion),
});

const attestation = z.object({
  id: z.string(),
  criterion: z.string(),
  holds: z.boolean(),
  said: z.string(),
  person: z.string(),
  at: time,
  until: time,
});

const inForce = z.object({
  workflow: z.string(),
  inForce: version.nullable().describe("Null: the workflow has no criteria"),
  attested: z.array(attestation).describe("What named persons said of its proofs, while it holds"),
  repeats: z.number().describe("How often a run must ask each item, so that every criterion can be judged"),
  lacks: z.string().nullable().describe("What keeps the workflow from a signed go, whatever its evidence"),
});

const reason = <R extends string>(code: z.ZodType<R>) => z.object({ code, about: z.string().optional() });

const judged = z.object({
  name: z.string(),
  group,
  must: z.boolean(),
  about: z.string(),
  unit,
  ...levels.shape,
  verdict,
  n: z.number().describe("Cases, groups or answers behind it"),
  estimate: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  proven: z.enum(["minimum", "target", "stretch"]).nullable(),
  missing: z
    .number()
    .nullable()
    .describe(
      "About how many more cases, groups or answers until the verdict moves on; null where no number helps",
    ),
  reasons: z.array(reason(z.enum(keys<CriterionReason>(CRITERION_REASONS)))),
});

const signature = z.object({
  as: z.enum(SIGNED_AS),
  decision: z.enum(SIGNED),
  person: z.string(),
  note: z.string().nullable(),
  digest: z.string(),
  at: time,
});

export const gateReply = z.object({
  id: z.string(),
  workflow: z.string(),
  release: z.string(),
  groups: z.array(group).describe("The groups of criteria that it is about"),
  runs: z.array(z.string()),
  verdict,
  sentence: z.string(),
  judgedAt: time,
  judgedBy: z.string(),
  digest: z.string().describe("Of all that it follows from and all that came of it: what is signed"),
  signatures: z.array(signature),
  newest: z.boolean().describe("No later gate of its release takes its place"),
  rolledBackAt: time
    .nullable()
    .describe("When its release was rolled back after it was judged: it cannot be signed as go any more"),
});

export const gateShown = gateReply.extend({
  reasons: z.array(reason(z.enum(keys<GateReason>(GATE_REASONS)))),
  criteria: z.array(judged),
  version: version.omit({ criteria: true }).nullable().describe("The criteria that it was judged by"),
  input: z.record(z.string(), z.any()).describe("The whole numbers that the verdict follows from"),
  lacks: z.string().nullable().describe("What keeps the workflow from a signed go, whatever its evidence"),
});

const errors = ["not_found", "wrong_state"] as const;
const workflow = { params: { workflow: "support-triage" } };

export const GATE_ENDPOINTS = {
  getCriteria: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/criteria",
    params: named("workflow"),
    reply: inForce,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "The criteria in force with the version that froze them, and what was attested of their proofs.",
    example: workflow,
  }),
  listCriteria: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/criteria/versions",
    params: named("workflow"),
    query: listQuery,
    reply: z.object({ versions: z.array(version), next: z.string().nullable() }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the versions of a workflow's criteria, newest first.",
    example: workflow,
  }),
  attestCriterion: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/attestations",
    params: named("workflow"),
    body: z.strictObject({
      criterion: z.string().min(1).max(100),
      holds: z.boolean(),
      said: z.string().min(3).max(1_000).describe("What was shown, where, and when"),
      days: z.number().int().min(1).max(366).default(90).describe("How long that holds"),
    }),
    reply: inForce,
    scope: "operate",
    action: "criterion.attest",
    errors,
    created: true,
    sentence: "Says in one's own name that the proof of a criterion holds, or does not, and for how long.",
    example: {
      ...workflow,
      body: { criterion: "fallback rehearsed", holds: true, said: "Drill of 3 March: nothing was lost" },
    },
  }),
  judgeGate: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/gates",
    params: named("workflow"),
    body: z.strictObject({
      release: z.string().min(1).max(60),
      runs: z
        .array(z.string().min(1).max(60))
        .max(50)
        .default([])
        .describe(
          "Evaluations of the release; the first one's set is that of criteria without a set of their own",
        ),
      groups: z.array(group).min(1).max(4).optional().describe("Which groups it is about; all without"),
    }),
    reply: gateShown,
    scope: "operate",
    action: "evaluation.run",
    errors: ["not_found", "wrong_state", "conflict"],
    created: true,
    sentence:
      "Judges a release by the criteria in force over its evaluations and what else is known now, and keeps the verdict with all that it follows from.",
    example: { ...workflow, body: { release: "rel_...", runs: ["evr_..."] } },
  }),
  listGates: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/gates",
    params: named("workflow"),
    query: listQuery,
    reply: z.object({
      gates: z.array(gateReply),
      next: z.string().nullable(),
      toSign: z
        .object({ gate: z.string(), release: z.string(), missing: z.array(z.enum(SIGNED_AS)) })
        .nullable()
        .describe(
          "The gate that waits for signatures, and for whose, on whatever page of the list it stands",
        ),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the gates of a workflow, newest first, and says which one waits for signatures.",
    example: workflow,
  }),
  getGate: endpoint({
    method: "GET",
    path: "/api/v1/gates/:gate",
    params: named("gate"),
    reply: gateShown,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "One gate with each criterion, its bounds and what is missing, and who signed it.",
    example: { params: { gate: "gate_..." } },
  }),
  recheckGate: endpoint({
    method: "GET",
    path: "/api/v1/gates/:gate/recheck",
    params: named("gate"),
    reply: z.object({
      gate: z.string(),
      agrees: z.boolean(),
      differences: z.array(z.string()).describe("What comes out otherwise than it was stored"),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Judges a stored gate again from its whole numbers, and says what comes out otherwise.",
    example: { params: { gate: "gate_..." } },
  }),
  signGate: endpoint({
    method: "POST",
    path: "/api/v1/gates/:gate/signatures",
    params: named("gate"),
    body: z.strictObject({
      decision: z.enum(SIGNED),
      digest: z.string().min(1).max(64).describe("Of the gate as it was seen"),
      as: z.enum(SIGNED_AS).optional().describe("For whoever has both roles"),
      note: z.string().max(1_000).optional(),
    }),
    reply: gateShown,
    scope: "operate",
    action: "go.grant",
    errors: ["not_found", "wrong_state", "conflict", "second_person_needed", "forbidden"],
    created: true,
    sentence:
      "Signs what was seen, go or no-go, as owner or as sponsor, each in their own name. Both are needed for go, and they are two persons.",
    example: { params: { gate: "gate_..." }, body: { decision: "go", digest: "3f2a..." } },
  }),
};
