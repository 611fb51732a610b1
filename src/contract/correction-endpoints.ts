/**
 * Corrections after delivery: making one, and being the second person of one that somebody proposed.
 *
 * Where an answer takes several people, so does its correction: it is kept as proposed until another person approves or
 * refuses it. Nobody approves their own; whoever proposed one may take it back.
 */
import { z } from "zod";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { named } from "./named.ts";
import { REVIEW_REASONS } from "./states.ts";

const MEGABYTE = 1024 * 1024;
const json = z.record(z.string(), z.any());
const words = z.string().trim().min(1).max(2_000);
const proposal = z.number().int().min(1).max(30_000).describe("As in `corrections` of the case");

/** A correction that waits for another person, as the inbox lists it. */
export const correctionWaiting = z.object({
  caseId: z.string(),
  externalId: z.string(),
  proposal: z.number(),
  person: z.string(),
  own: z.boolean().describe("The reader stands behind it already, and may not approve it"),
  reason: z.string(),
  fields: z.array(z.string()),
  at: z.string(),
});

export const CORRECTION_ENDPOINTS = {
  correctCase: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/correct",
    params: named("case"),
    body: z.strictObject({ output: json, reason: z.enum(REVIEW_REASONS), text: words.optional() }),
    reply: z.object({
      caseId: z.string(),
      correction: z.number(),
      undoUntil: z.string(),
      differs: z.array(z.string()),
    }),
    scope: "review",
    action: "case.correct",
    errors: ["not_found", "wrong_state", "bad_output", "second_person_needed"],
    sentence:
      "Corrects what was delivered: a linked record with a delivery and a key of its own; counts as rework. Where it takes several people it is kept as proposed.",
    example: { params: { case: "case_..." }, body: { output: {}, reason: "wrong_value" } },
    bodyLimit: 12 * MEGABYTE,
  }),
  confirmRecalled: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/recall/confirm",
    params: named("case"),
    body: z.strictObject({}),
    reply: z.object({
      caseId: z.string(),
      open: z.number().describe("Cases of that rollout that still wait for a look"),
    }),
    scope: "review",
    action: "case.correct",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Says that what was delivered is right, of a case that was put before people again after a rollback. Where it is not, correct it.",
    example: { params: { case: "case_..." }, body: {} },
  }),
  approveCorrection: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/correction/approve",
    params: named("case"),
    body: z.strictObject({ proposal }),
    reply: z.object({
      caseId: z.string(),
      correction: z.number().nullable().describe("Null: it waits for one more person"),
      undoUntil: z.string().nullable(),
      differs: z.array(z.string()),
    }),
    scope: "review",
    action: "case.correct",
    errors: ["not_found", "wrong_state", "second_person_needed"],
    sentence: "Approves a correction that somebody else proposed: it goes out as if this person had made it.",
    example: { params: { case: "case_..." }, body: { proposal: 1 } },
  }),
  refuseCorrection: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/correction/refuse",
    params: named("case"),
    body: z.strictObject({
      proposal,
      text: words.optional().describe("Why; needed unless it is the own one"),
    }),
    reply: z.object({ caseId: z.string(), state: z.enum(["refused", "withdrawn"]) }),
    scope: "review",
    action: "case.correct",
    errors: ["not_found", "wrong_state", "bad_request"],
    sentence:
      "Refuses a proposed correction with a reason, or takes the own one back; what was delivered stays.",
    example: {
      params: { case: "case_..." },
      body: { proposal: 1, text: "The customer meant the old contract." },
    },
  }),
} satisfies Record<string, Endpoint>;
