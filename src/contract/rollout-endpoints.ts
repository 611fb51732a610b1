/** Endpoints of rollouts, with their bodies and replies: start, forward, back, what is known of them. */
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import { named } from "./named.ts";
import {
  HOLDS,
  type HoldReason,
  GUARDS,
  HEALTH,
  RECALL_STATES,
  ROLLOUT_STATES,
  type Alarm,
  type GuardName,
  type RolloutState,
} from "./rollout.ts";
import { changeReply, facetFilter, listQuery } from "./schemas.ts";

const time = z.string().describe("UTC, e.g. 2026-01-05T08:00:00.000Z");
const keys = <K extends string>(of: Record<K, unknown>) => Object.keys(of) as [K, ...K[]];
const state = z.enum(keys<RolloutState>(ROLLOUT_STATES));
const guardName = z.enum(keys<GuardName>(GUARDS));
const alarm = z.enum(keys<Alarm>({ ...GUARDS, ...HEALTH }));
const stage = z.union([z.literal("shadow"), z.number(), z.object({ team: z.string() })]);
const reason = z.string().min(3).max(500);

export const rolloutPlan = z.strictObject({
  ceiling: z
    .number()
    .min(0.0001)
    .max(0.5)
    .describe("The error rate that the release must not exceed, and must prove to stay under"),
  tolerated: z
    .number()
    .min(1)
    .max(3)
    .default(1)
    .describe("How many times as many errors as the stable release are tolerated; 1: none more"),
  alpha: z
    .number()
    .min(0.001)
    .max(0.2)
    .default(0.05)
    .describe("The probability of rolling back a sound release, over the whole rollout"),
  leastLabelled: z
    .number()
    .int()
    .min(30)
    .max(100_000)
    .default(30)
    .describe("Labelled cases of the release before a stage may be left"),
  latency: z
    .number()
    .positive()
    .max(86_400_000)
    .nullable()
    .default(null)
    .describe("Milliseconds that an answer may take"),
  cost: z
    .number()
    .positive()
    .max(10_000)
    .nullable()
    .default(null)
    .describe("What the model calls of a case may cost"),
  inFlight: z
    .enum(["review", "finish"])
    .default("review")
    .describe("What happens to cases under way when the release is taken out"),
  simulated: z.boolean().default(false).describe("Count labels of programs that play a person, too"),
});

const counted = z.object({ errors: z.number(), n: z.number() });
const steps = z.array(z.object({ share: z.number(), candidate: counted, stable: counted }));
const guard = z.object({
  name: guardName,
  sentence: z.string(),
  action: z.enum(["roll_back", "hold"]),
  kind: z
    .enum(["no-data", "failed", "quiet", "tripped"])
    .describe("`failed`: its counts contradict each other"),
  evidence: z.number().nullable().describe("E: the guard trips when it reaches the limit; null without data"),
  limit: z.number().nullable(),
  steps: steps.describe("Its whole numbers, by the share under which the cases were assigned"),
});

export const rolloutReply = z.object({
  id: z.string(),
  workflow: z.string(),
  release: z.string(),
  control: z
    .string()
    .describe(
      "The stable release beside it when it began, which it is compared with; `manual` while people do the work",
    ),
  backTo: z
    .string()
    .describe(
      "Where the other cases go, and its own once it is taken out: `control`, unless that was taken out since",
    ),
  state,
  stages: z.array(stage),
  stage: z.number().describe("Which of the stages; -1 before the first"),
  stageName: z.string(),
  share: z.number().describe("Of new cases, while it runs"),
  plan: rolloutPlan,
  reviewedWhole: z
    .boolean()
    .describe("Every case of both arms was reviewed, so every review counts as a label"),
  tripped: alarm.nullable(),
  accepted: z.array(alarm).describe("Alarms that named persons took on themselves"),
  startedAt: time,
  startedBy: z.string(),
  stageAt: time,
  endedAt: time.nullable(),
  moves: z.array(z.string()).describe("What a person can ask for now"),
  sentence: z.string(),
});

export const rolloutShown = rolloutReply.extend({
  guards: z.array(guard),
  cases: z.array(z.object({ share: z.number(), candidate: z.number(), stable: z.number() })),
  promotion: z
    .object({
      kind: z.enum(["hold", "ready", "undecided"]),
      reasons: z.array(z.enum(keys<HoldReason>(HOLDS))),
      interval: z.object({ lower: z.number(), upper: z.number() }).nullable(),
    })
    .nullable()
    .describe(
      "Whether the stage may be left, of shadow beside a stable release without an interval; null where nothing can be judged yet",
    ),
  pairs: z
    .object({
      n: z.number().describe("Cases that both answered and a label was compared with"),
      onlyCandidate: z.number().describe("Only the candidate was wrong"),
      onlyStable: z.number().describe("Only the stable release was wrong"),
      p: z.number().describe("McNemar's exact p for these counts, as if one had looked once"),
    })
    .nullable()
    .describe("What was compared in shadow; null where nothing was, or people did the work"),
  forecast: z
    .object({
      labelsPerDay: z.number(),
      baseline: z.number().describe("The error rate that is taken for the stable release"),
      share: z.number(),
      found: z.array(
        z.object({
          rate: z.number(),
          labels: z
            .number()
            .nullable()
            .describe("Labelled cases of the candidate until it is found, in half of all runs"),
          days: z.number().nullable(),
        }),
      ),
      inShadow: z
        .array(z.object({ rate: z.number(), labels: z.number().nullable(), days: z.number().nullable() }))
        .describe(
          "The same for the stage in shadow, of cases that both answer; empty where it has none to come",
        ),
    })
    .describe("At the workflow's own volume: how long a worse release stays unnoticed"),
  history: z.array(
    z.object({
      no: z.number(),
      move: z.string(),
      at: time,
      by: z.string(),
      askedBy: z.string().nullable(),
      from: state.nullable(),
      to: state,
      stageName: z.string(),
      share: z.number(),
      reason: z.string().nullable(),
      agrees: z.boolean().describe("Its judgement comes out the same from its stored numbers"),
      differences: z.array(z.string()),
    }),
  ),
});

const recallCounts = z
  .object({ open: z.number(), confirmed: z.number(), corrected: z.number() })
  .describe("Of the cases that were put before people after the rollback");
const errors = ["not_found", "wrong_state"] as const;
const moved = z.object({ rollout: rolloutReply, pending: changeReply.nullable() });
const back = { wire: "json", scope: "operate", errors } as const;

export const ROLLOUT_ENDPOINTS = {
  startRollout: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/rollouts",
    params: named("workflow"),
    body: rolloutPlan.extend({ release: z.string().max(60) }),
    reply: rolloutReply,
    scope: "operate",
    action: "shadow.start",
    errors,
    created: true,
    sentence:
      "Starts the rollout of a release with its plan: in shadow, where the workflow's stages begin so. It gets no case before two people let it.",
    example: { params: { workflow: "support-triage" }, body: { release: "rel_...", ceiling: 0.08 } },
  }),
  listRollouts: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/rollouts",
    params: named("workflow"),
    query: listQuery.extend({
      release: z.string().max(60).optional().describe("Only those of this release"),
    }),
    reply: z.object({ rollouts: z.array(rolloutReply), next: z.string().nullable() }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the rollouts of a workflow, or of one of its releases, newest first.",
    example: { params: { workflow: "support-triage" } },
  }),
  getRollout: endpoint({
    method: "GET",
    path: "/api/v1/rollouts/:rollout",
    params: named("rollout"),
    reply: rolloutShown,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "One rollout with the counts of its guards, whether its stage may be left and why not, how long a worse release would stay unnoticed, and every move, each judged again from its stored numbers.",
    example: { params: { rollout: "roll_..." } },
  }),
  advanceRollout: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/rollout/advance",
    params: named("workflow"),
    body: z.strictObject({
      undecided: z
        .boolean()
        .default(false)
        .describe("Go on although the evidence does not settle it; two people take that on themselves"),
      reason: reason.optional(),
    }),
    reply: moved,
    action: "share.raise",
    ...back,
    sentence:
      "Asks for the next stage, after the last one for the promotion. Refused while its conditions are not met; in force when a second person approves.",
    example: { params: { workflow: "support-triage" }, body: {} },
  }),
  holdRollout: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/rollout/hold",
    params: named("workflow"),
    body: z.strictObject({ reason }),
    reply: rolloutReply,
    action: "share.lower",
    ...back,
    sentence: "Holds the rollout where it stands: it keeps its share and goes no further.",
    example: { params: { workflow: "support-triage" }, body: { reason: "Waiting for the vendor's answer" } },
  }),
  resumeRollout: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/rollout/resume",
    params: named("workflow"),
    body: z.strictObject({ reason }),
    reply: moved,
    action: ["share.pilot", "share.raise"],
    ...back,
    sentence:
      "Lets a held rollout go on. After an alarm it takes two people, who take that alarm on themselves for the rest of the rollout.",
    example: {
      params: { workflow: "support-triage" },
      body: { reason: "The target was slow, not the model" },
    },
  }),
  rollBack: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/rollback",
    params: named("workflow"),
    body: z.strictObject({
      reason,
      rollout: z
        .string()
        .max(60)
        .optional()
        .describe(
          "What is taken back, as it was shown: no second request takes out more. Without it the newest that was not aborted and has had cases",
        ),
    }),
    reply: rolloutReply.extend({
      already: z.boolean().describe("It had been taken back before, and nothing was changed"),
    }),
    action: "share.lower",
    ...back,
    sentence:
      "Takes the candidate out at once, also after its promotion: every process gives the next case to the release before it. Asked for once more it is answered as done.",
    example: {
      params: { workflow: "support-triage" },
      body: { rollout: "roll_...", reason: "Two customers got wrong answers" },
    },
  }),
  abortRollout: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/rollout/abort",
    params: named("workflow"),
    body: z.strictObject({ reason }),
    reply: rolloutReply,
    action: "share.lower",
    ...back,
    sentence: "Ends a rollout that has had no case yet.",
    example: { params: { workflow: "support-triage" }, body: { reason: "Published by mistake" } },
  }),
  rolledOutCases: endpoint({
    method: "GET",
    path: "/api/v1/rollouts/:rollout/delivered",
    params: named("rollout"),
    query: listQuery.extend({
      recall: z.enum(RECALL_STATES).optional().describe("Only those that stand so"),
    }),
    reply: z.object({
      total: z.number(),
      alone: z.number().describe("Those of them that nobody had reviewed"),
      unseen: z.number().describe("Those of `alone` that were not put before people either"),
      recall: recallCounts,
      cases: z.array(
        z.object({
          id: z.string(),
          externalId: z.string(),
          state: z.string(),
          verdict: z.string().nullable(),
          receivedAt: time,
          recall: z.enum(RECALL_STATES).nullable(),
        }),
      ),
      next: z.string().nullable(),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "What the release of a rollout delivered while it had cases, newest first, how many nobody reviewed, and how far people came with looking through them.",
    example: { params: { rollout: "roll_..." } },
  }),
  recallDelivered: endpoint({
    method: "POST",
    path: "/api/v1/rollouts/:rollout/recall",
    params: named("rollout"),
    body: z.strictObject({
      since: z.iso.datetime({ offset: true }).optional().describe("Only what was delivered at or after"),
      facet: facetFilter,
      reason,
    }),
    reply: z.object({ added: z.number(), recall: recallCounts }),
    action: "share.lower",
    ...back,
    sentence:
      "After a rollback: puts what the release delivered without a person's eyes before people, who confirm or correct it. Asked for again it adds what came since, and nothing twice.",
    example: {
      params: { rollout: "roll_..." },
      body: { reason: "Categories may be wrong", facet: "output.category=billing" },
    },
  }),
  rolloutLooks: endpoint({
    method: "GET",
    path: "/api/v1/rollouts/:rollout/looks",
    params: named("rollout"),
    reply: z.object({
      looks: z.array(
        z.object({
          at: time,
          stageName: z.string(),
          guard: guardName.describe("`paired` in shadow, then `errors`"),
          candidate: counted,
          evidence: z.number().nullable(),
          limit: z.number().nullable(),
        }),
      ),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "How the evidence of labels went, look by look, each judged from its stored whole numbers; older looks are thinned out.",
    example: { params: { rollout: "roll_..." } },
  }),
};
