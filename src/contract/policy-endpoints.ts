/** Data policies of models that programs ask: changing one, and those that wait for a second person. */
import { z } from "zod";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { named } from "./named.ts";
import { LOOSENINGS, POLICY_CHANGE_STATES, type Loosening } from "./policy-change.ts";
import { keysOf } from "./schemas.ts";

const letsOn = z.object({
  images: z.boolean(),
  policy: z.any().nullable().describe("Null: none, so that everything goes on"),
});

export const policyChange = z.object({
  id: z.string(),
  connection: z.string(),
  model: z.string(),
  before: letsOn.nullable().describe("In force until then; null: the model is not offered until then"),
  after: letsOn,
  why: z
    .array(
      z.object({
        what: z.enum(keysOf<Loosening["what"]>(LOOSENINGS)),
        name: z.string().nullable(),
        to: z.string().nullable(),
      }),
    )
    .describe("What it would let on"),
  state: z.enum(POLICY_CHANGE_STATES),
  requestedAt: z.string(),
  requestedBy: z.string(),
  decidedAt: z.string().nullable(),
  decidedBy: z.string().nullable(),
});

export const savedConnection = z.object({
  name: z.string(),
  kind: z.string(),
  warnings: z
    .array(z.string())
    .describe(
      "What was stored and may not be meant so: a fallback that is not there, a model without a data policy; and what waits",
    ),
  waiting: z
    .array(policyChange)
    .describe(
      "All looser data policies of this connection that are not in force before a second person confirms them, those of earlier saves included",
    ),
});

export const POLICY_ENDPOINTS = {
  setModelPolicy: endpoint({
    method: "PUT",
    path: "/api/v1/connections/:name/policy",
    params: named("name"),
    body: z.strictObject({
      model: z.string().min(1).max(200).describe("As the connection offers it"),
      policy: z.any().describe("As in passThrough[].policy; null: none"),
    }),
    reply: savedConnection,
    scope: "operate",
    action: ["connection.manage", "connection.loosen_policy"],
    errors: ["not_found"],
    sentence:
      "Changes the data policy of one offered model: at once where it lets nothing more on, otherwise when a second person confirms it.",
    example: { params: { name: "mistral-eu" }, body: { model: "mistral-small", policy: { tools: false } } },
  }),
  listPolicyChanges: endpoint({
    method: "GET",
    path: "/api/v1/policy-changes",
    reply: z.object({ changes: z.array(policyChange) }),
    scope: "operate",
    action: ["connection.manage", "connection.loosen_policy"],
    sentence: "Lists looser data policies of offered models, those that wait for a second person first.",
  }),
  approvePolicyChange: endpoint({
    method: "POST",
    path: "/api/v1/policy-changes/:change/approve",
    params: named("change"),
    reply: policyChange,
    scope: "operate",
    action: "connection.loosen_policy",
    errors: ["not_found", "wrong_state", "second_person_needed"],
    sentence: "Puts a looser data policy in force, as its second person.",
    example: { params: { change: "pch_..." } },
  }),
  refusePolicyChange: endpoint({
    method: "POST",
    path: "/api/v1/policy-changes/:change/refuse",
    params: named("change"),
    reply: policyChange,
    scope: "operate",
    action: "connection.loosen_policy",
    errors: ["not_found", "wrong_state"],
    sentence: "Refuses a looser data policy that waits; who asked for it may take it back.",
    example: { params: { change: "pch_..." } },
  }),
} satisfies Record<string, Endpoint>;
