/**
 * What people outside the inbox say: feedback on delivered results, answers of senders, reports of reviewers, the list of
 * improvements that comes of it, and the anonymous pulse.
 *
 * A signed page (`/say#<token>`) needs no account; opening it changes nothing, only the form's POST does.
 */
import { z } from "zod";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { named } from "./named.ts";
import { REVIEW_REASONS } from "./states.ts";

const time = z.string();
const maybeTime = time.nullable();
const json = z.record(z.string(), z.any());
const text = (most: number) => z.string().trim().min(1).max(most);
const reasonCode = z.enum(REVIEW_REASONS);
const token = z.string().min(20).max(400);

export const IMPROVEMENT_STATES = {
  open: "nobody has looked at it yet",
  planned: "somebody owns it",
  fixed: "a release fixed it",
  declined: "it stays as it is, and the reporter knows why",
} as const;
export type ImprovementState = keyof typeof IMPROVEMENT_STATES;

export const REPORT_KINDS = {
  wrong_result: "a delivered result is wrong",
  same_mistake: "the same mistake again and again",
  invented: "the text invents facts",
  personal_data: "personal data is visible",
  wrong_customer: "the wrong customer",
  slow_or_strange: "the system is slow or strange",
  other: "something else",
} as const;
export type ReportKind = keyof typeof REPORT_KINDS;
const reportKind = z.enum(Object.keys(REPORT_KINDS) as [ReportKind, ...ReportKind[]]);

const improvement = z.object({
  id: z.string(),
  workflow: z.string(),
  kind: reportKind,
  reason: z.string().nullable(),
  field: z
    .string()
    .nullable()
    .describe("The output field that it is about, or `input.` and one of what came in"),
  title: z.string(),
  state: z.enum(Object.keys(IMPROVEMENT_STATES) as [ImprovementState, ...ImprovementState[]]),
  rank: z.number().describe("1 is the most urgent; by reports, age and what an owner set"),
  reports: z.number(),
  reporters: z.number(),
  cases: z.array(z.string()).describe("The newest cases behind it, fifty at most"),
  owner: z.string().nullable(),
  fixedBy: z.string().nullable().describe("The release that fixed it"),
  answer: z.string().nullable().describe("What everybody who reported it is told"),
  answeredAt: maybeTime,
  firstAt: time,
  lastAt: time,
  settledAt: maybeTime,
});

const oneSaid = z.object({
  id: z.string(),
  at: time,
  door: z
    .enum(["page", "key", "inbox", "second_look"])
    .describe("A signed page, a key of the API, a colleague, or a blind second look"),
  by: z
    .string()
    .nullable()
    .describe("Who said it, where the reader may know: colleagues for those who may read the audit log"),
  own: z.boolean().describe("The reader said it"),
  reason: z.string().nullable(),
  field: z.string().nullable(),
  caseId: z.string().nullable(),
  text: z.string().nullable().describe("In their words; for those who may read what cases hold"),
  withheld: z.boolean().describe("Words are kept from this reader"),
  alike: z.array(z.string()).describe("Cases attached because they look alike"),
});

export const FEEDBACK_ENDPOINTS = {
  lookAtToken: endpoint({
    method: "POST",
    path: "/api/v1/say/look",
    body: z.strictObject({ token }),
    reply: z.object({
      kind: z.enum(["feedback", "answer"]),
      unit: z.string(),
      externalId: z.string(),
      deliveredAt: maybeTime,
      question: z.string().nullable().describe("What the sender is asked"),
      said: z.array(
        z.object({ at: time, text: z.string(), answer: z.string().nullable(), answeredAt: maybeTime }),
      ),
      open: z.boolean().describe("Whether something can be said now"),
      support: z.object({ contact: z.string(), answerHours: z.number().nullable() }).nullable(),
    }),
    scope: null,
    errors: ["not_found", "too_many_requests"],
    sentence: "What a signed page shows; changes nothing.",
    example: { body: { token: "..." } },
  }),
  sayWithToken: endpoint({
    method: "POST",
    path: "/api/v1/say",
    body: z.strictObject({
      token,
      reason: reasonCode.optional(),
      text: text(4_000),
      email: z.string().max(200).optional(),
    }),
    reply: z.object({ taken: z.boolean(), kind: z.enum(["feedback", "answer"]) }),
    scope: null,
    errors: ["not_found", "wrong_state", "too_many_requests", "bad_request"],
    sentence: "Says through the signed page that a result is wrong, or answers a question.",
    example: { body: { token: "...", reason: "wrong_class", text: "This was about the invoice." } },
  }),
  giveFeedback: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/feedback",
    params: named("case"),
    body: z.strictObject({
      reason: reasonCode,
      text: text(4_000),
      output: json.optional().describe("What would have been right"),
      reporter: text(200)
        .optional()
        .describe("Who says it; where this is an e-mail address, the answer goes there"),
    }),
    reply: z.object({ label: z.string(), improvement: z.string() }),
    created: true,
    scope: "feedback",
    action: "feedback.give",
    errors: ["not_found", "wrong_state", "bad_output"],
    sentence:
      "Says that a delivered result is wrong: a linked record and a label, never a change of the result.",
    example: {
      params: { case: "case_..." },
      body: { reason: "wrong_class", text: "This was about the invoice." },
    },
  }),
  feedbackLink: endpoint({
    method: "GET",
    path: "/api/v1/cases/:case/feedback-link",
    params: named("case"),
    reply: z.object({ link: z.string() }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found", "wrong_state"],
    sentence: "The signed page on which whoever receives this result can say that it is wrong.",
    example: { params: { case: "case_..." } },
  }),
  report: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/reports",
    params: named("workflow"),
    body: z.strictObject({
      kind: reportKind,
      caseId: z.string().optional(),
      reason: reasonCode.optional(),
      field: z
        .string()
        .max(200)
        .optional()
        .describe("The output field that it is about, or `input.` and one of what came in"),
      text: text(4_000).optional(),
    }),
    reply: z.object({
      improvement: z.string(),
      alike: z
        .array(z.string())
        .describe("Earlier cases of the same reason and field, attached to the report"),
      told: z.array(z.string()).describe("Who was told"),
      today: z.number().describe("Such reports today; the third raises an alert"),
    }),
    created: true,
    scope: "review",
    action: "review.work",
    errors: ["not_found"],
    sentence: "Reports what keeps going wrong; it goes onto the list of improvements and to the owner.",
    example: { params: { workflow: "support-triage" }, body: { kind: "same_mistake", caseId: "case_..." } },
  }),
  listImprovements: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/improvements",
    params: named("workflow"),
    query: z.object({
      state: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    reply: z.object({
      improvements: z.array(improvement),
      reasons: z
        .array(z.object({ reason: z.string(), count: z.number() }))
        .describe("Reasons of verdicts and reports of ninety days, the most frequent first"),
      wantsNewReason: z
        .boolean()
        .describe("More than a tenth of the edits of fourteen days gave `other`: a reason is missing"),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "One list of everything that was reported, ranked, with owner, the release that fixed it, and the answer.",
    example: { params: { workflow: "support-triage" } },
  }),
  getImprovement: endpoint({
    method: "GET",
    path: "/api/v1/improvements/:improvement",
    params: named("improvement"),
    reply: improvement.extend({
      said: z
        .array(oneSaid)
        .describe("The newest reports, two hundred at most, as far as the reader may know"),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "One improvement with what was said, in their words for those who may read cases, and the answer given.",
    example: { params: { improvement: "imp_..." } },
  }),
  settleImprovement: endpoint({
    method: "PUT",
    path: "/api/v1/improvements/:improvement",
    params: named("improvement"),
    body: z.strictObject({
      state: z.enum(Object.keys(IMPROVEMENT_STATES) as [ImprovementState, ...ImprovementState[]]).optional(),
      urgency: z.enum(["usual", "first", "last"]).optional(),
      owner: z.string().max(200).nullable().optional(),
      fixedBy: z.string().max(60).nullable().optional(),
      answer: text(4_000).nullable().optional(),
    }),
    reply: improvement.extend({
      told: z.number().describe("To how many an answer was mailed now; nobody gets the same words twice"),
    }),
    scope: "operate",
    action: "improvement.manage",
    errors: ["not_found", "bad_request", "wrong_state"],
    sentence:
      "Ranks, assigns, answers. `fixed` names a release; the answer reaches everybody who reported it.",
    example: {
      params: { improvement: "imp_..." },
      body: { state: "planned", owner: "m.lindacher@example.com" },
    },
  }),
  getPulse: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/pulse",
    params: named("workflow"),
    reply: z.object({
      due: z.boolean().describe("Whether the reader is asked now"),
      round: z.string().nullable(),
      rounds: z.array(
        z.object({
          round: z.string(),
          from: time,
          asked: z.number(),
          answered: z.number().nullable(),
          helps: z.number().nullable().describe("Mean of 1 to 5; null below five answers"),
          trust: z.number().nullable(),
          withheld: z.boolean(),
        }),
      ),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Two anonymous questions every two weeks; results of five or more answers only.",
    example: { params: { workflow: "support-triage" } },
  }),
  answerPulse: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/pulse",
    params: named("workflow"),
    body: z.strictObject({ helps: z.number().int().min(1).max(5), trust: z.number().int().min(1).max(5) }),
    reply: z.object({ taken: z.boolean() }),
    scope: "review",
    action: "pulse.answer",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Answers the pulse once a round. Who answered and what was answered are kept apart, without times.",
    example: { params: { workflow: "support-triage" }, body: { helps: 4, trust: 3 } },
  }),
} satisfies Record<string, Endpoint>;
