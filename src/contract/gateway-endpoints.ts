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

/** The error of a call whose process was killed in its middle, or whose end could not be stored: what it asked nobody knows. */
export const INTERRUPTED = "interrupted";

const count = z.number().int().nullable();

const counts = z.record(z.string(), z.number().int());
const policyReport = z.object({
  dropped: z.array(z.string()).describe("Names of fields that were left out"),
  masked: counts.describe("How many, by kind or by the name of an own pattern"),
  pseudonymised: counts,
  refused: counts.describe("What kept the whole call here"),
});

const call = z.object({
  id: z.string(),
  key: z.string().describe("The id of the key it came with"),
  keyName: z.string().nullable().describe("Its name today"),
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
  policy: policyReport
    .nullable()
    .describe("What the data policy of the model kept back; null: it has none, or the answer was a kept one"),
  tries: z.array(
    z.object({
      no: z.number().int(),
      connection: z.string(),
      modelAsked: z.string(),
      modelAnswered: z.string().nullable(),
      startedAt: z.string(),
      milliseconds: z.number(),
      firstTokenMs: count,
      status: count,
      error: z.string().nullable().describe("The class of its failure; null: it answered"),
      inputTokens: count,
      outputTokens: count,
      tokensEstimated: z.boolean(),
      finish: z.string().nullable(),
      cost: z.string().nullable().describe("Decimal; null: not known"),
      currency: z.string().nullable(),
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
      model: z
        .string()
        .max(300)
        .optional()
        .describe("A part of a model's name: of the one asked, or that answered"),
      key: z.string().max(60).optional(),
      case: z.string().max(60).optional(),
      outcome: z.enum(Object.keys(CALL_OUTCOMES) as [CallOutcome, ...CallOutcome[]]).optional(),
      from: z.iso.datetime({ offset: true }).optional().describe("Begun from this moment on"),
      to: z.iso.datetime({ offset: true }).optional().describe("Begun before this moment"),
    }),
    reply: z.object({
      calls: z.array(call),
      next: z.string().nullable(),
      keptDays: z.number().int().describe("For so many days records are kept"),
    }),
    scope: "read",
    action: "calls.see",
    sentence:
      "Lists calls over the OpenAI-compatible endpoint, newest first, with their tries at providers; never what was said. Whoever sees single workflows only sees the calls of those; whoever manages connections sees theirs.",
    example: { query: { outcome: "failed" } },
  }),
  getModelCall: endpoint({
    method: "GET",
    path: "/api/v1/model-calls/:call",
    params: z.object({ call: z.string().max(60) }),
    reply: call,
    scope: "read",
    action: "calls.see",
    errors: ["not_found"],
    sentence: "One call over the OpenAI-compatible endpoint, with its tries; never what was said.",
    example: { params: { call: "mcl_01hzy3v7k2e8t9qxw4m5n6p7r8" } },
  }),
};
