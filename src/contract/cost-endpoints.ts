/**
 * What the calls of models cost: of a workflow today and this month, against its budget, and in twelve months; and the
 * budget of a connection over all workflows.
 *
 * Amounts are decimal text in the currency of the price list. What has no price is counted as unknown and is in no sum.
 */
import { z } from "zod";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { named } from "./named.ts";

const time = z.string();
const amount = z.string().describe("Decimal text");

const spent = z.object({
  amount: amount.nullable().describe("Null: no call has a known cost"),
  calls: z.number().int(),
  unknown: z.number().int().describe("Calls whose cost is unknown; they are in no sum"),
  estimated: z.number().int().describe("Calls whose tokens were estimated"),
});

const byPath = z.object({
  gateway: spent.describe("Calls over the endpoint that were passed on, every try that was made"),
  canary: spent,
});

export const BUDGET_STATES = ["good", "warning", "spent"] as const;

const standing = z.object({
  period: z.enum(["month", "day"]),
  most: amount,
  used: amount.describe("Calls on their way included, with what they may come to"),
  unknown: z.number().int(),
  refused: z.boolean().describe("A call was refused because what was left was not enough for it"),
  state: z.enum(BUDGET_STATES),
});

const budgetAmount = z.number().min(0.01).max(1e9);
const budget = z
  .strictObject({
    perMonth: budgetAmount.exactOptional(),
    perDay: budgetAmount.exactOptional(),
    warnAt: z.number().min(0.1).max(1).default(0.8),
  })
  .refine(({ perMonth, perDay }) => perMonth !== undefined || perDay !== undefined, {
    error: "A budget names an amount for a month, for a day, or both.",
  });

export const COST_ENDPOINTS = {
  getCost: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/cost",
    params: named("workflow"),
    reply: z.object({
      currency: z.string(),
      priceDate: z.string().describe("Of the newest price list"),
      today: spent,
      month: spent.describe("Since the first of the month, in UTC"),
      perCase: z
        .object({ amount, cases: z.number().int() })
        .nullable()
        .describe("Of the month; null without cases, or where a call has no known cost"),
      days: z.array(spent.extend({ day: z.string(), cases: z.number().int() })).describe("Oldest first"),
      models: z.array(spent.extend({ model: z.string() })).describe("Of the month, the dearest first"),
      budget: z.object({ warnAt: z.number(), standings: z.array(standing) }).nullable(),
      forecast: z
        .object({
          amount,
          lower: amount,
          upper: amount,
          days: z.number().int(),
          cases: z.number().int(),
          perCase: amount,
          casesPerDay: z.number(),
        })
        .nullable()
        .describe("For 365 days, with a range of 90 %, if the measured days go on"),
      forecastMissing: z.array(
        z.object({
          code: z.enum(["days", "cases", "prices", "abandoned"]),
          have: z.number(),
          need: z.number(),
        }),
      ),
      at: time,
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "What the workflow's calls of models cost, against its budget, and what they will cost in twelve months.",
    example: { params: { workflow: "support-triage" } },
  }),
  listBudgets: endpoint({
    method: "GET",
    path: "/api/v1/budgets",
    reply: z.object({
      currency: z.string(),
      budgets: z.array(
        z.object({
          connection: z.string(),
          budget,
          standings: z.array(standing),
          setAt: time,
          setBy: z.string(),
        }),
      ),
    }),
    scope: "operate",
    action: "connection.manage",
    sentence: "Lists the budgets of connections, over all workflows, with what is used of them.",
  }),
  listConnectionCosts: endpoint({
    method: "GET",
    path: "/api/v1/connection-costs",
    reply: z.object({
      currency: z.string(),
      connections: z.array(
        z.object({
          connection: z.string(),
          today: byPath,
          month: byPath.describe("Since the first of the month, in UTC"),
          days: z.array(byPath.extend({ day: z.string() })).describe("Oldest first"),
          forecast: z
            .object({ amount, lower: amount, upper: amount, days: z.number().int() })
            .nullable()
            .describe(
              "For 365 days, with a range of 90 %; null: too few days or calls, or one without a price",
            ),
        }),
      ),
      at: time,
    }),
    scope: "operate",
    action: "connection.manage",
    sentence:
      "What connections cost without a case: calls of programs that were passed on, and the canary, by day, without evaluations and connection tests. Cases are in the cost of their workflow.",
  }),
  setBudget: endpoint({
    method: "PUT",
    path: "/api/v1/connections/:name/budget",
    params: named("name"),
    body: z.strictObject({ budget: budget.nullable() }),
    reply: z.object({ connection: z.string(), budget: budget.nullable() }),
    scope: "operate",
    action: "connection.manage",
    errors: ["not_found"],
    sentence:
      "Sets what a connection may cost over all workflows, or takes that away; in force within a second. What records say of this month and day counts from the beginning.",
    example: { params: { name: "mistral-eu" }, body: { budget: { perMonth: 500, warnAt: 0.8 } } },
  }),
} as const satisfies Record<string, Endpoint>;
