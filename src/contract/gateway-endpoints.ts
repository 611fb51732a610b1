/**
 * What is told about calls over the OpenAI-compatible endpoint. The endpoint itself speaks the wire of OpenAI and is no
 * endpoint of this contract: http/gateway.ts, docs/reference/gateway.md.
 */
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import { listQuery } from "./schemas.ts";

/** What became of a call. */
export const CALL_OUTCOMES = {
  answered: "the answer went out whole",
  draft: "the answer went out, marked as a draft that no person decided",
  in_review: "the case waits for a person, or a person kept the answer back",
  pending: "the case was not decided in the time for which the caller waits",
  refused: "the request could not be taken: input, limits, or the provider's own refusal of it",
  failed: "no provider gave a whole answer, or Pilotage failed",
  aborted: "the client left before the answer was out",
} as const;
export type CallOutcome = keyof typeof CALL_OUTCOMES;

const count = z.number().int().nullable();

const call = z.object({
  id: z.string(),
  key: z.string().describe("The id of the key it came with"),
  workflow: z.string().nullable(),
  case: z.string().nullable(),
  connection: z.string().nullable(),
  modelAsked: z.string(),
  modelAnswered: z.string().nullable(),
  streamed: z.boolean(),
  mode: z.enum(["buffered", "live"]),
  startedAt: z.string(),
  milliseconds: z.number(),
  firstTokenMs: count,
  inputTokens: count,
  outputTokens: count,
  tokensEstimated: z.boolean(),
  finish: z.string().nullable(),
  outcome: z.enum(Object.keys(CALL_OUTCOMES) as [CallOutcome, ...CallOutcome[]]),
  status: z.number().int(),
  error: z.string().nullable(),
  cost: z.string().nullable().describe("Decimal; null: not known. Of a case, its attempts have it"),
  currency: z.string().nullable(),
  tries: z.array(
    z.object({
      no: z.number().int(),
      connection: z.string(),
      modelAsked: z.string(),
      modelAnswered: z.string().nullable(),
      milliseconds: z.number(),
      status: count,
      error: z.string().nullable().describe("The class of its failure; null: it answered"),
      inputTokens: count,
      outputTokens: count,
      cost: z.string().nullable(),
    }),
  ),
});

export const GATEWAY_ENDPOINTS = {
  listModelCalls: endpoint({
    method: "GET",
    path: "/api/v1/model-calls",
    query: listQuery.extend({
      workflow: z.string().max(100).optional(),
      connection: z.string().max(100).optional(),
      key: z.string().max(60).optional(),
      case: z.string().max(60).optional(),
      outcome: z.enum(Object.keys(CALL_OUTCOMES) as [CallOutcome, ...CallOutcome[]]).optional(),
    }),
    reply: z.object({ calls: z.array(call), next: z.string().nullable() }),
    scope: "read",
    action: "workflow.see",
    sentence:
      "Lists calls over the OpenAI-compatible endpoint, newest first, with their tries at providers; never what was said. Whoever sees single workflows only sees the calls of those.",
    example: { query: { outcome: "failed" } },
  }),
};
