/**
 * What reviewing measures: figures, agreement between people, the queue to expect, and what the works council agreed to.
 *
 * Figures of a team come from five or more people, one's own are for oneself, those of other single persons take a
 * recorded agreement. A value that too few cases stand behind is null and says how many are missing. The work itself is
 * in review-endpoints.ts.
 */
import { z } from "zod";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { named } from "./named.ts";

const time = z.string();

const range = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.number(),
  missing: z.number().describe("How many more are needed before the value says anything; 0 when it does"),
});
const reviewFigures = z.object({
  decided: z.number(),
  unchanged: range,
  edited: range,
  rejected: range,
  escalated: z.number(),
  asked: z.number(),
  undone: z.number(),
  corrected: z.number(),
  activeSecondsMedian: range,
  plantedCaught: range,
});

const councilRecord = z.object({
  state: z.enum(["informed", "agreed", "none_exists"]),
  reference: z.string().nullable().describe("Name and date of the agreement"),
  individuals: z.boolean().describe("Whether figures of single persons may be shown"),
  recordedAt: time,
  recordedBy: z.string(),
});

export const REVIEW_FIGURES_ENDPOINTS = {
  getReviewFigures: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/reviews/figures",
    params: named("workflow"),
    query: z.object({
      days: z.enum(["7", "30", "90"]).default("30"),
      individuals: z.enum(["true", "false"]).default("false"),
    }),
    reply: z.object({
      team: reviewFigures
        .nullable()
        .describe("Of whole weeks in which five or more people worked; null where there is none"),
      teamWithheld: z.enum(["few_people"]).nullable(),
      teamSince: time,
      teamUntil: time.describe("The end of the last whole week"),
      own: reviewFigures.nullable().describe("Only the reader's own"),
      individuals: z
        .array(reviewFigures.omit({ plantedCaught: true }).extend({ person: z.string() }))
        .nullable()
        .describe(
          "Only when asked for, under a recorded works agreement; looking is recorded, and those shown see it. Who noticed what was planted is nobody else's to see",
        ),
      seenBy: z
        .array(z.object({ person: z.string(), at: time }))
        .describe("Who looked at the reader's own figures in the last ninety days"),
      people: z.number().describe("Who worked in the whole weeks of the team's figures"),
      since: time,
    }),
    scope: "read",
    action: "figures.team",
    errors: ["not_found", "wrong_state"],
    sentence:
      "What reviewing measures: of teams of five or more, of oneself, of nobody else without an agreement.",
    example: { params: { workflow: "support-triage" }, query: { days: "30" } },
  }),
  getAgreement: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/agreement",
    params: named("workflow"),
    query: z.object({ days: z.coerce.number().int().min(1).max(400).default(90) }),
    reply: z.object({
      pairs: z.number(),
      fields: z.array(
        z.object({
          field: z.string(),
          n: z.number(),
          same: range,
          kappa: range,
          alpha: range,
          missing: z.number(),
        }),
      ),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "How far people agree who judged the same case blind: kappa and alpha with 95 % intervals.",
    example: { params: { workflow: "support-triage" } },
  }),
  getCapacity: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/capacity",
    params: named("workflow"),
    query: z.object({
      people: z.coerce.number().int().min(1).max(500).optional(),
      reviewShare: z.coerce.number().min(0).max(1).optional(),
      minutesPerCase: z.coerce.number().min(0.01).max(1_000).optional(),
    }),
    reply: z.object({
      arrivalsPerHour: range,
      reviewShare: range,
      minutesPerCase: range,
      people: z.number(),
      utilisation: z.number().nullable(),
      waitMinutes: z
        .number()
        .nullable()
        .describe("Null: the queue grows without end, or nothing is measured yet"),
      peopleNeeded: z
        .number()
        .nullable()
        .describe(
          "The fewest people with whom the queue does not grow; null while something is not measured",
        ),
      byPeople: z
        .array(z.object({ people: z.number(), utilisation: z.number(), waitMinutes: z.number().nullable() }))
        .describe("The same for a few people fewer and more"),
      sentence: z.string(),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "The queue to expect from arrivals, review share and handling time (Erlang C).",
    example: { params: { workflow: "support-triage" }, query: { people: "3" } },
  }),
  getWorksAgreement: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/works-council",
    params: named("workflow"),
    reply: z.object({
      record: councilRecord
        .extend({
          allowed: z
            .object({ askedBy: z.string(), approvedBy: z.string(), at: time })
            .nullable()
            .describe("The two who switched figures of single persons on; null while these are off"),
        })
        .nullable()
        .describe("Null until something is recorded: nothing of single persons is measured"),
      pending: z
        .object({ change: z.string(), askedBy: z.string(), at: time })
        .nullable()
        .describe("Figures of single persons that wait for their second person"),
      past: z
        .array(councilRecord.extend({ replacedAt: time }))
        .describe("What was on record before, latest first"),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "What was agreed with the works council, by whom it was recorded, and what was on record before.",
    example: { params: { workflow: "support-triage" } },
  }),
  recordWorksAgreement: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/works-council",
    params: named("workflow"),
    body: z.strictObject({
      state: z.enum(["informed", "agreed", "none_exists"]),
      reference: z
        .string()
        .trim()
        .min(1)
        .max(300)
        .optional()
        .describe("Name and date of the agreement; needed for figures of single persons"),
      individuals: z.boolean().default(false),
    }),
    reply: z.object({
      state: z.string(),
      reference: z.string().nullable(),
      individuals: z.boolean(),
      pending: z.boolean(),
    }),
    scope: "operate",
    action: "works_council.record",
    errors: ["not_found", "bad_request"],
    sentence:
      "Records what was agreed with the works council. Figures of single persons take a reference and a second person.",
    example: { params: { workflow: "support-triage" }, body: { state: "none_exists" } },
  }),
} satisfies Record<string, Endpoint>;
