/**
 * The inbox: taking reviews, every verb that ends a turn, undo, and bulk. Corrections are in correction-endpoints.ts.
 *
 * A review is one task in one of these states: waiting, claimed, snoozed, asked (waits for the sender), decided, undone.
 * `turn` says why a person is asked: the first look, a second pair of eyes before delivery, an escalation, or a blind
 * second look after it, for measurement. Everything that ends a turn carries the lease; what comes late is refused, and
 * its text is kept. A reviewer cannot tell a QA case, a blind second look or a planted case from any other.
 * What reviewing measures is in review-figures-endpoints.ts.
 */
import { z } from "zod";
import { correctionWaiting } from "./correction-endpoints.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { named } from "./named.ts";
import { REVIEW_REASONS, VERDICTS, type Verdict } from "./states.ts";

const MEGABYTE = 1024 * 1024;
const time = z.string();
const maybeTime = time.nullable();
const json = z.record(z.string(), z.any());
const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]];
const text = (most: number) => z.string().trim().min(1).max(most);
const reasonCode = z.enum(REVIEW_REASONS);
const reason = z.object({ code: z.string(), detail: z.string().optional() });

export const TURNS = {
  first: "the first look at the case",
  second: "a second pair of eyes before it goes out",
  escalated: "somebody asked for another person",
} as const;
export type Turn = keyof typeof TURNS;

/** Why a field of the output is doubtful, as far as the program knows. */
export const DOUBTS = {
  below_threshold: "the model was less sure of it than the certificate demands",
  no_threshold: "nothing is certified for this category",
  rule: "a rule of the release is about it; `detail` is the rule",
  no_evidence: "its value does not stand in the input",
  fallback_answer: "another step than the release's model answered; `detail` is the step",
} as const;
export type DoubtCode = keyof typeof DOUBTS;

/** Milliseconds of work on this task, idle time left out; kept only as the works council's rule allows. */
const active = z.number().int().min(0).max(86_400_000).default(0);

export const claimBody = z.strictObject({
  count: z.number().int().min(1).max(100).default(1),
  leaseSeconds: z.number().int().min(5).max(3600).default(600),
  soft: z
    .boolean()
    .default(false)
    .describe("A hold of 60 s for a page that loads ahead; `renew` makes it a lease"),
});

export const reviewTask = z.object({
  caseId: z.string(),
  workflow: z.string(),
  lease: z.string(),
  leaseUntil: time,
  dueAt: maybeTime,
  receivedAt: time,
  source: z.string(),
  externalId: z.string(),
  team: z.string().nullable(),
  turn: z.enum(keysOf<Turn>(TURNS)),
  reasons: z.array(reason),
  doubts: z
    .array(
      z.object({
        field: z.string().describe("Empty: the whole output"),
        code: z.enum(keysOf<DoubtCode>(DOUBTS)),
        detail: z.string().nullable(),
      }),
    )
    .describe("Output fields that are doubtful, and why, as far as the program knows"),
  notes: z
    .array(
      z.object({
        kind: z.enum(["escalated", "answer", "question", "skipped", "snoozed"]),
        text: z.string(),
        person: z.string().nullable(),
        at: time,
      }),
    )
    .describe("What colleagues and the sender said so far"),
  earlier: z
    .object({ output: json, person: z.string(), verdict: z.string() })
    .nullable()
    .describe("What the first person decided, on a second turn that is not blind"),
  input: json,
  attachments: z.array(
    z.object({ no: z.number(), name: z.string(), mediaType: z.string(), size: z.number() }),
  ),
  output: json.nullable(),
  withheld: z.enum(["cold", "none"]).nullable(),
  outputSchema: json,
  inputSchema: json,
  suggestions: z.array(z.string()).describe("Fields that reach the target as a draft only"),
  facets: z.object({ input: z.array(z.string()), output: z.array(z.string()) }),
  instructions: z.object({ de: z.string().nullable(), en: z.string().nullable() }),
  unit: z.string(),
});
export const reviewTasks = z.object({ reviews: z.array(reviewTask) });

export const verdictBody = z.strictObject({
  lease: z.string(),
  verdict: z.enum(keysOf<Verdict>(VERDICTS)),
  output: json.optional(),
  reason: reasonCode.optional().describe("Needed to reject and to edit from the console; `other` needs text"),
  text: text(2_000).optional(),
  activeMilliseconds: active,
});
export const verdictReply = z.object({
  caseId: z.string(),
  state: z
    .enum(["decided", "in_review"])
    .describe("`in_review`: a second person is needed before it goes out"),
  verdict: z.string(),
  undoUntil: maybeTime.describe("Null: nothing is left to take back"),
  modelOutput: json.nullable(),
  differs: z.array(z.string()),
  planted: z
    .object({ caught: z.boolean(), fields: z.array(z.string()) })
    .nullable()
    .describe(
      "The case was planted: known-wrong fields, and whether they were noticed; nothing is delivered",
    ),
});
const alike = z.object({
  bulk: z.string(),
  cases: z.array(z.object({ caseId: z.string(), externalId: z.string() })),
  open: z.array(reviewTask).describe("Three at random that must be looked at first"),
  leaseUntil: time,
});
const turnEnded = z.object({ caseId: z.string(), state: z.string() });

const listed = z.object({
  caseId: z.string(),
  externalId: z.string(),
  turn: z.string(),
  facets: json,
  dueAt: maybeTime,
  until: maybeTime.describe("When it comes back by itself"),
  note: z.string().nullable(),
  at: time,
});

export const REVIEW_ENDPOINTS = {
  getInbox: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/inbox",
    params: named("workflow"),
    reply: z.object({
      open: z.number().describe("Waiting or claimed; what was put off is not open until it wakes"),
      free: z.number().describe("What the reader could take now"),
      held: z.number().describe("Claimed by others"),
      forOthers: z
        .number()
        .describe(
          "Held by nobody, and not the reader's to take: for owners, another person or a colleague first",
        ),
      causes: z
        .object({
          risk: z.number().describe("A rule of the release sends it to people"),
          unsure: z.number().describe("The model was less sure than the certificate demands"),
          noSuggestion: z.number().describe("No model answered"),
          escalated: z.number(),
          second: z.number().describe("A second pair of eyes before it goes out"),
          returned: z.number().describe("The sender was asked, and it is back"),
          routine: z.number().describe("Everything else; what a coin chose is not told apart"),
        })
        .describe("The open ones by why they wait; they add up to `open`"),
      mine: z.array(
        z.object({ caseId: z.string(), externalId: z.string(), lease: z.string(), leaseUntil: time }),
      ),
      dueToday: z.number(),
      overdue: z.number(),
      atRisk: z.number().describe("Due within an hour"),
      snoozed: z.array(listed),
      asked: z.array(listed),
      returned: z
        .array(listed)
        .describe("Came back to the reader: an answer, an end of a snooze, a refused second look"),
      escalated: z.array(listed).describe("For people who may take escalated cases"),
      corrections: z
        .array(correctionWaiting)
        .describe("Corrections that wait for a second person; empty for who may not correct"),
      recalled: z
        .object({
          open: z.number(),
          cases: z.array(
            z.object({ caseId: z.string(), externalId: z.string(), facets: json, deliveredAt: time }),
          ),
        })
        .describe(
          "Delivered by a release that was rolled back, to be confirmed or corrected; the first of them",
        ),
      team: z.object({
        decidedToday: z.number().nullable().describe("Null while fewer than five people decided today"),
        arrivedToday: z.number(),
      }),
      own: z.object({ decidedToday: z.number() }),
      away: maybeTime,
    }),
    scope: "review",
    action: "review.work",
    errors: ["not_found"],
    sentence: "The truth about the queue, by cause, for the one who asks.",
    example: { params: { workflow: "support-triage" } },
  }),
  claimReviews: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/reviews/claim",
    params: named("workflow"),
    body: claimBody,
    reply: reviewTasks,
    scope: "review",
    action: "review.work",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Leases the next reviews, the most urgent first: by due time, what is here for a risk sooner. A cold case comes without the model's output.",
    example: { params: { workflow: "support-triage" }, body: { count: 1 } },
  }),
  claimReview: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/review/claim",
    params: named("case"),
    body: claimBody,
    reply: reviewTask,
    scope: "review",
    action: "review.work",
    errors: ["not_found", "wrong_state"],
    sentence: "Leases the review of a given case.",
    example: { params: { case: "case_..." }, body: {} },
  }),
  renewReview: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/review/renew",
    params: named("case"),
    body: z.strictObject({ lease: z.string(), leaseSeconds: z.number().int().min(5).max(3600).default(600) }),
    reply: z.object({ leaseUntil: time }),
    scope: "review",
    action: "review.work",
    errors: ["not_found", "lease_lost"],
    sentence: "Makes the own lease longer while somebody works, and a soft hold a lease.",
    example: { params: { case: "case_..." }, body: { lease: "lse_..." } },
  }),
  releaseReview: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/review/release",
    params: named("case"),
    body: z.strictObject({
      lease: z.string(),
      reason: text(500).optional(),
      skip: z.boolean().default(false),
      activeMilliseconds: active,
    }),
    reply: z.object({ released: z.boolean(), escalated: z.boolean() }),
    scope: "review",
    action: "review.work",
    errors: ["not_found", "lease_lost", "bad_request"],
    sentence: "Gives a leased review back undecided. A skip says why; the third one escalates the case.",
    example: { params: { case: "case_..." }, body: { lease: "lse_..." } },
  }),
  giveVerdict: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/review/verdict",
    params: named("case"),
    body: verdictBody,
    reply: verdictReply,
    scope: "review",
    action: "review.work",
    errors: ["not_found", "wrong_state", "lease_lost", "bad_output"],
    sentence:
      "Gives the verdict on a leased case: approve, edit (with the whole output) or reject (with a reason).",
    example: { params: { case: "case_..." }, body: { lease: "lse_...", verdict: "approve" } },
    bodyLimit: 12 * MEGABYTE,
  }),
  undoVerdict: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/review/undo",
    params: named("case"),
    reply: z.object({ state: z.enum(["in_review", "delivered", "failed_delivery"]) }),
    scope: "review",
    action: "review.work",
    errors: ["not_found", "wrong_state"],
    sentence: "Takes the own verdict, or the own correction, back while the undo window is open.",
    example: { params: { case: "case_..." } },
  }),
  snoozeReview: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/review/snooze",
    params: named("case"),
    body: z.strictObject({
      lease: z.string(),
      until: z.iso.datetime(),
      text: text(500).optional(),
      activeMilliseconds: active,
    }),
    reply: turnEnded,
    scope: "review",
    action: "review.work",
    errors: ["not_found", "lease_lost", "bad_request"],
    sentence: "Puts a case off until a time, at most fourteen days; it comes back to the same person first.",
    example: { params: { case: "case_..." }, body: { lease: "lse_...", until: "2026-01-06T07:00:00.000Z" } },
  }),
  escalateReview: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/review/escalate",
    params: named("case"),
    body: z.strictObject({
      lease: z.string(),
      reason: reasonCode,
      text: text(2_000),
      activeMilliseconds: active,
    }),
    reply: turnEnded,
    scope: "review",
    action: "review.work",
    errors: ["not_found", "lease_lost"],
    sentence:
      "Hands a case to the owner's group with a reason; it never comes back to the same person by itself.",
    example: {
      params: { case: "case_..." },
      body: { lease: "lse_...", reason: "other", text: "Unsure about the contract." },
    },
  }),
  askSender: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/review/ask",
    params: named("case"),
    body: z.strictObject({
      lease: z.string(),
      reason: reasonCode,
      question: text(4_000),
      activeMilliseconds: active,
    }),
    reply: turnEnded.extend({
      mailed: z.enum(["sent", "not_configured", "failed"]),
      answerLink: z.string().describe("The signed page on which the sender can answer"),
    }),
    scope: "review",
    action: "review.work",
    errors: ["not_found", "lease_lost"],
    sentence:
      "Asks the sender a question: the case waits as `returned` and comes back with the answer, or after seven days without.",
    example: {
      params: { case: "case_..." },
      body: { lease: "lse_...", reason: "missing", question: "Which order is it about?" },
    },
  }),
  recordAnswer: endpoint({
    method: "POST",
    path: "/api/v1/cases/:case/answer",
    params: named("case"),
    body: z.strictObject({ text: text(20_000) }),
    reply: turnEnded,
    scope: "review",
    action: "review.work",
    errors: ["not_found", "wrong_state"],
    sentence: "Records what the sender answered by another way; the case waits for a verdict again.",
    example: { params: { case: "case_..." }, body: { text: "Order 4711." } },
  }),
  claimAlike: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/reviews/alike",
    params: named("workflow"),
    body: z.strictObject({ like: z.string(), most: z.number().int().min(3).max(100).default(50) }),
    reply: alike,
    scope: "review",
    action: "review.work",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Leases the cases with the identical suggestion and the identical reasons as a given one, itself among them.",
    example: { params: { workflow: "support-triage" }, body: { like: "case_..." } },
  }),
  resumeAlike: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/reviews/resume",
    params: named("workflow"),
    reply: z.object({
      batches: z.array(alike),
      approving: z.array(z.string()).describe("Cases of a batch that is being approved at this moment"),
      givenBack: z.number().describe("Cases that were given back, because their batch could not go on"),
    }),
    scope: "review",
    action: "review.work",
    errors: ["not_found"],
    sentence:
      "The own batches that are open, as they were taken; one that cannot go on is given back as a whole.",
    example: { params: { workflow: "support-triage" } },
  }),
  approveAlike: endpoint({
    method: "POST",
    path: "/api/v1/reviews/bulk/:bulk/approve",
    params: named("bulk"),
    body: z.strictObject({
      opened: z.array(z.string()).max(3),
      leave: z.array(z.string()).max(100).default([]),
    }),
    reply: z.object({ approved: z.number(), left: z.number(), undoUntil: time }),
    scope: "review",
    action: "review.work",
    errors: ["not_found", "wrong_state", "lease_lost"],
    sentence: "Approves all of them as suggested, once the three were opened.",
    example: { params: { bulk: "blk_..." }, body: { opened: ["case_a", "case_b", "case_c"] } },
  }),
  undoAlike: endpoint({
    method: "POST",
    path: "/api/v1/reviews/bulk/:bulk/undo",
    params: named("bulk"),
    reply: z.object({ undone: z.number() }),
    scope: "review",
    action: "review.work",
    errors: ["not_found", "wrong_state"],
    sentence: "Takes the whole batch back while its undo window is open.",
    example: { params: { bulk: "blk_..." } },
  }),
  releaseAlike: endpoint({
    method: "POST",
    path: "/api/v1/reviews/bulk/:bulk/release",
    params: named("bulk"),
    reply: z.object({ released: z.number() }),
    scope: "review",
    action: "review.work",
    errors: ["not_found"],
    sentence: "Gives the whole batch back undecided.",
    example: { params: { bulk: "blk_..." } },
  }),
} satisfies Record<string, Endpoint>;
