/**
 * Endpoints of shadow runs and of runs over evaluation sets, with their bodies and replies: what a release would have answered.
 * The sets themselves are in evaluation-set-endpoints.ts.
 */
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import { runComparison, runFigures } from "./evaluation-figures.ts";
import { setKinds, setReply } from "./evaluation-set-endpoints.ts";
import { named } from "./named.ts";

export const RUN_STATES = ["waiting", "running", "done", "failed"] as const;
export type RunState = (typeof RUN_STATES)[number];
export const SCORE_STATES = ["answered", "failed", "left_out"] as const;

const time = z.string().describe("UTC, e.g. 2026-01-05T08:00:00.000Z");

const shadowReply = z.object({
  workflow: z.string(),
  release: z.string().nullable(),
  waiting: z.number().describe("Cases that it has not answered yet"),
  answered: z.number(),
  failed: z.number(),
  compared: z.number().describe("Answers that a label of their case was compared with"),
  wrong: z.number(),
  open: z.number().describe("Answers to cases whose label has no answer to compare with"),
});

const run = z.object({
  id: z.string(),
  workflow: z.string(),
  set: z.string(),
  setName: z.string(),
  setVersion: z.number(),
  kind: z.enum(setKinds),
  release: z.string(),
  step: z.number().describe("0 is the release's model, 1 its first fallback, and so on"),
  state: z.enum(RUN_STATES),
  problem: z.string().nullable(),
  repeats: z.number().int().describe("Answers asked for each item; the majority counts"),
  metrics: z.array(z.string()).describe("What is measured besides what counts as wrong"),
  progress: z.object({
    asked: z.number().int(),
    of: z.number().int(),
    secondsLeft: z.number().nullable().describe("At the speed so far; null while nobody can tell"),
  }),
  items: z.number(),
  answered: z.number().describe("Items with an answer; of repeated answers the first"),
  failed: z.number().describe("Items without an answer that can be used"),
  unusable: z
    .number()
    .describe(
      "Of those that failed: the model answered, but nothing that the output schema allows; they are wrong",
    ),
  leftOut: z.number().describe("Items that the release was trained with"),
  right: z.number(),
  wrong: z.number(),
  accuracy: z
    .object({ value: z.number(), lower: z.number(), upper: z.number() })
    .nullable()
    .describe("Share of right ones among right and wrong with its exact 95 % range; null without answers"),
  meanMilliseconds: z.number().nullable(),
  cost: z
    .object({ amount: z.string().nullable(), currency: z.string().nullable(), unknown: z.number().int() })
    .describe("What its calls cost; `unknown` counts items whose cost is unknown, they are in no sum"),
  startedAt: time,
  startedBy: z.string(),
  finishedAt: time.nullable(),
  notes: z
    .array(z.string())
    .default([])
    .describe("What its figures are worth: a worn-out set, other classes, items that are gone"),
});

const workflow = { workflow: "support-triage" };

export const EVALUATION_ENDPOINTS = {
  getShadow: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/shadow",
    params: named("workflow"),
    reply: shadowReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Which release answers in shadow, and how far it is; never what it said.",
    example: { params: workflow },
  }),
  setShadow: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/shadow",
    params: named("workflow"),
    body: z.strictObject({ release: z.string().nullable().describe("null stops it") }),
    reply: shadowReply,
    scope: "operate",
    action: ["shadow.start", "shadow.stop"],
    errors: ["not_found", "wrong_state"],
    sentence:
      "Lets a release answer the new cases in shadow: nobody sees its output and nothing uses it. With null, stops that.",
    example: { params: workflow, body: { release: "rel_..." } },
  }),
  getEvaluationSet: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/evaluation-sets/:set",
    params: named("workflow", "set"),
    reply: setReply.extend({ runs: z.array(run) }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "One evaluation set with the runs over it. A name means its newest version, `name@2` a certain one.",
    example: { params: { ...workflow, set: "tickets-may" } },
  }),
  startEvaluation: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/evaluations",
    params: named("workflow"),
    body: z.strictObject({
      set: z.string().min(1).max(200),
      release: z.string().min(1).max(200),
      step: z.number().int().min(0).max(50).default(0),
      repeats: z.number().int().min(1).max(9).default(1).describe("How often each item is asked about"),
      atOnce: z.number().int().min(1).max(64).default(8).describe("Questions under way at the same time"),
      metrics: z
        .array(z.string().min(1).max(1_200))
        .max(50)
        .default([])
        .describe("What is measured besides what counts as wrong, e.g. `recall category = billing`"),
    }),
    reply: run,
    scope: "operate",
    action: "evaluation.run",
    errors: ["bad_request", "not_found", "wrong_state"],
    sentence:
      "Lets a release answer every item of a set, in the background; the answers are compared with the truth by the release's own `error`.",
    created: true,
    example: { params: workflow, body: { set: "tickets-may", release: "rel_...", step: 0 } },
  }),
  getEvaluation: endpoint({
    method: "GET",
    path: "/api/v1/evaluations/:run",
    params: named("run"),
    reply: run.extend({ figures: runFigures.nullable().describe("null until it is done") }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "One run of a release over a set: how far it is, and its figures.",
    example: { params: { run: "evr_..." } },
  }),
  compareEvaluations: endpoint({
    method: "GET",
    path: "/api/v1/evaluations/:run/compared",
    params: named("run"),
    query: z.object({
      with: z.string().min(1).max(200).describe("The run of the old release"),
      metric: z
        .string()
        .min(1)
        .max(1_200)
        .default("accuracy")
        .describe("One on fields or texts that the run does not measure itself takes the scope content:read"),
      margin: z.coerce
        .number()
        .min(0)
        .max(0.5)
        .default(0.02)
        .describe("How much worse still counts as not worse"),
    }),
    reply: runComparison,
    scope: "read",
    action: "workflow.see",
    errors: ["bad_request", "not_found", "wrong_state"],
    sentence:
      "A run beside an older one over the same version of a set: McNemar's exact test, the difference with its range, whether it is not worse, and the items that changed.",
    example: { params: { run: "evr_..." }, query: { with: "evr_..." } },
  }),
};
