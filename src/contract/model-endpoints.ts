/**
 * Models in use: what the daily canary says of each, when it retires, and the runs of the canary.
 *
 * What a model answers to the fixed questions is no content of any case; of own services only keyed digests are shown.
 */
import { z } from "zod";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { named } from "./named.ts";
import { listQuery } from "./schemas.ts";

const time = z.string();

export const CANARY_OUTCOMES = ["baseline", "same", "changed", "inconclusive"] as const;
export const MODEL_CHANGES = ["name", "version", "behaviour"] as const;

const canaryRun = z.object({
  id: z.string(),
  connection: z.string(),
  model: z.string().describe("Empty where the connection is one model"),
  outcome: z
    .enum(CANARY_OUTCOMES)
    .describe("baseline: its answers are the known ones from now on; inconclusive: it could not be asked"),
  because: z
    .string()
    .nullable()
    .describe(
      "Of an inconclusive run: no_questions, breaker_open, budget_spent, or the class of the failure. answers_vary: only name and version are compared",
    ),
  change: z.enum(MODEL_CHANGES).nullable(),
  compared: z.number().int().describe("Answers that were held against the known ones"),
  differing: z.number().int(),
  changedFrom: z.number().int().nullable().describe("From so many differing ones on it counts as changed"),
  answered: z.array(z.object({ model: z.string(), version: z.string().nullable() })),
  calls: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cost: z
    .object({ amount: z.string(), currency: z.string(), estimated: z.boolean() })
    .nullable()
    .describe("Null: unknown, or nobody was asked"),
  askedBy: z.string().nullable().describe("Who asked for it ahead of its time; null: it was due"),
  startedAt: time,
  finishedAt: time,
});

/** What is known of a model beside its breaker. */
export const modelWatch = {
  canary: canaryRun.nullable().describe("Its last run; null: none yet"),
  lastChange: canaryRun.nullable().describe("The newest run that found another model; null: none did"),
  nextCanaryAt: time.nullable().describe("Null: it is never asked"),
  retiresAt: z
    .string()
    .nullable()
    .describe("A day such as 2027-06-30, by its provider or by hand; null: none is known"),
  retiresIn: z.number().int().nullable().describe("Days until then; negative when that is over"),
};

export const MODEL_ENDPOINTS = {
  listModels: endpoint({
    method: "GET",
    path: "/api/v1/models",
    reply: z.object({
      models: z.array(
        z.object({
          connection: z.string(),
          model: z.string().describe("Empty where the connection is one model"),
          workflows: z.array(z.string()),
          ...modelWatch,
        }),
      ),
    }),
    scope: "operate",
    action: "connection.manage",
    sentence: "The models that releases in use name, over all workflows, with canary and retirement.",
  }),
  listCanaryRuns: endpoint({
    method: "GET",
    path: "/api/v1/canary-runs",
    query: listQuery.extend({
      connection: z.string().max(100).optional(),
      model: z.string().max(200).optional(),
    }),
    reply: z.object({ runs: z.array(canaryRun), next: z.string().nullable() }),
    scope: "operate",
    action: "connection.manage",
    sentence: "Runs of the canary, newest first.",
    example: { query: { connection: "mistral-eu" } },
  }),
  runCanary: endpoint({
    method: "POST",
    path: "/api/v1/connections/:name/canary",
    params: named("name"),
    body: z.strictObject({
      model: z.string().max(200).optional().describe("Without it every model in use of this connection"),
    }),
    reply: z.object({ due: z.array(z.object({ connection: z.string(), model: z.string() })) }),
    scope: "operate",
    action: "connection.manage",
    errors: ["not_found"],
    sentence: "Has the canary ask models of a connection now instead of at its next time.",
    example: { params: { name: "mistral-eu" }, body: { model: "mistral-small" } },
  }),
} satisfies Record<string, Endpoint>;
