/**
 * What the console's pages ask beside single things: the overview, operations, the safe-stop ladder, live news, dials.
 *
 * Sentences come as codes with values, so that each language says them itself. Every number has its n and its date.
 */
import { z } from "zod";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { modelWatch } from "./model-endpoints.ts";
import { named } from "./named.ts";
import { changeReply, stoppedRollout } from "./schemas.ts";

const time = z.string();
const maybeTime = time.nullable();
const text = (most: number) => z.string().trim().min(1).max(most);

/** From one station of the path to the next; thickness on screen is `share`. */
const station = z.object({
  id: z.enum(["feed", "checks", "policy", "model", "decision", "review", "delivery"]),
  today: z.number(),
  waiting: z.number(),
  sick: z.string().nullable().describe("A code of what is wrong here, such as feed_problem or dead_letters"),
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
});
const branch = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(["automatic", "review", "manual", "quarantine", "rejected", "shadow"]),
  count: z.number(),
  share: z.number(),
});
const verdictSentence = z.object({
  question: z.enum(["runs", "good", "used", "worth"]),
  state: z.enum(["good", "attention", "bad", "unknown"]),
  code: z.string().describe("Which sentence; the console has it in each language"),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  n: z.number().nullable(),
  since: maybeTime,
});
const needed = z.object({
  kind: z.enum([
    "change",
    "policy",
    "report",
    "stop_request",
    "waiver_ends",
    "certificate",
    "model",
    "dead_letters",
    "quarantine",
    "budget",
    "orphan",
    "second_person",
    "rollout",
    "gate",
  ]),
  id: z.string(),
  code: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  at: time,
  link: z.string().describe("The page of the console where it is settled"),
});
const hour = z.object({
  at: time,
  received: z.number(),
  automatic: z.number(),
  reviewed: z.number(),
  delivered: z.number(),
});
const queue = z.object({
  name: z.enum(["model", "review", "escalated", "asked", "undo", "delivery", "shadow"]),
  waiting: z.number(),
  oldestAt: maybeTime,
  overdue: z.number(),
});

export const OVERVIEW_ENDPOINTS = {
  getOverview: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/overview",
    params: named("workflow"),
    query: z.object({ hours: z.coerce.number().int().min(1).max(720).default(24) }),
    reply: z.object({
      stations: z.array(station),
      branches: z.array(branch),
      sentences: z.array(verdictSentence).length(4),
      needs: z.array(needed).describe("What waits for the reader's decision, the most urgent first"),
      hours: z.array(hour),
      today: z.object({
        received: z.number(),
        delivered: z.number(),
        automatic: z.number(),
        open: z.number(),
        overdue: z.number(),
      }),
      releases: z.object({
        stable: z.string(),
        candidate: z.string().nullable(),
        shadow: z.string().nullable(),
        share: z.number(),
        autonomy: z.number(),
        stoppedRollout,
      }),
      people: z.object({
        owner: z.string(),
        deputy: z.string().nullable(),
        sponsor: z.string().nullable(),
        orphaned: z.boolean(),
      }),
      at: time,
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Is it running, is it good, is it used, is it worth it; and what waits for a decision.",
    example: { params: { workflow: "support-triage" } },
  }),
  getOperations: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/operations",
    params: named("workflow"),
    reply: z.object({
      queues: z.array(queue),
      states: z.record(z.string(), z.number()),
      feeds: z.array(
        z.object({
          name: z.string(),
          problem: z.string().nullable(),
          lastAt: maybeTime,
          nextAt: time,
          read: z.number(),
          quarantined: z.number(),
        }),
      ),
      quarantine: z.array(z.object({ reason: z.string(), count: z.number(), newestAt: time })),
      deadLetters: z.array(
        z.object({
          target: z.string(),
          count: z.number(),
          error: z.string().nullable(),
          newestAt: maybeTime,
        }),
      ),
      models: z
        .array(
          z.object({
            connection: z.string(),
            model: z.string().describe("Empty where the connection is one model"),
            state: z.enum(["closed", "open", "trying"]),
            since: maybeTime.describe("Null: it never failed so often that it was left alone"),
            nextTrialAt: maybeTime,
            because: z.string().nullable().describe("The class of the failure that opened its breaker"),
            ...modelWatch,
          }),
        )
        .describe("The models that the workflow's releases name: breakers, canary, and the day they retire"),
      stoppedRollout,
      ladder: z.object({
        rung: z.number(),
        since: maybeTime,
        by: z.string().nullable(),
        reason: z.string().nullable(),
        effects: z.array(
          z.object({ rung: z.number(), cases: z.number().describe("Open cases that it would concern now") }),
        ),
      }),
      requests: z.array(
        z.object({
          id: z.string(),
          person: z.string(),
          text: z.string().nullable(),
          caseId: z.string().nullable(),
          at: time,
        }),
      ),
      workers: z.number().nullable(),
      audit: z.object({
        size: z.number(),
        waiting: z.number(),
        problem: z.string().nullable(),
        checkpointAt: maybeTime,
      }),
      lastChange: z.object({ what: z.string(), by: z.string(), at: time }).nullable(),
    }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "Queues, states, feeds, quarantine, dead letters, models and the safe-stop ladder, by consequence.",
    example: { params: { workflow: "support-triage" } },
  }),
  moveLadder: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/ladder",
    params: named("workflow"),
    body: z.strictObject({ rung: z.number().int().min(0).max(4), reason: text(500).optional() }),
    reply: z.object({ rung: z.number(), before: z.number() }),
    scope: "operate",
    action: "ladder.tighten",
    errors: ["not_found", "forbidden", "bad_request"],
    sentence:
      "Moves the safe-stop ladder. Towards stop needs no reason first; back takes the owner and a reason.",
    example: { params: { workflow: "support-triage" }, body: { rung: 1 } },
  }),
  requestStop: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/stop-requests",
    params: named("workflow"),
    body: z.strictObject({ text: text(1_000).optional(), caseId: z.string().optional() }),
    reply: z.object({ id: z.string(), told: z.array(z.string()) }),
    created: true,
    scope: "review",
    action: "stop.request",
    errors: ["not_found"],
    sentence:
      "Asks for a stop: owner and on-call are told at once, and it stands on their pages until they settle it.",
    example: { params: { workflow: "support-triage" }, body: { text: "It invents order numbers." } },
  }),
  settleStopRequest: endpoint({
    method: "POST",
    path: "/api/v1/stop-requests/:request/settle",
    params: named("request"),
    body: z.strictObject({ rung: z.number().int().min(0).max(4).optional(), answer: text(1_000) }),
    reply: z.object({ settled: z.boolean() }),
    scope: "operate",
    action: "ladder.tighten",
    errors: ["not_found", "wrong_state", "forbidden"],
    sentence: "Answers a request to stop, with or without moving the ladder.",
    example: {
      params: { request: "stp_..." },
      body: { answer: "Stopped the automatic part, we look at it." },
    },
  }),
  setDial: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/dials",
    params: named("workflow"),
    body: z.strictObject({ setting: z.string().max(60), value: z.any(), reason: text(500).optional() }),
    reply: changeReply,
    scope: "operate",
    action: ["dial.tighten", "dial.loosen", "people.appoint", "data.change"],
    errors: ["not_found", "bad_request", "forbidden", "wrong_state"],
    sentence:
      "Changes one dial. What tightens is in force at once; what loosens waits for its second person.",
    example: { params: { workflow: "support-triage" }, body: { setting: "qa.share", value: 0.1 } },
  }),
  live: endpoint({
    method: "GET",
    path: "/api/v1/live",
    query: z.object({ workflow: z.string().optional() }),
    reply: z.object({
      topics: z.array(z.enum(["cases", "reviews", "operations", "settings", "people"])),
      workflow: z.string().nullable(),
      at: time,
    }),
    wire: "sse",
    scope: "read",
    action: null,
    sentence: "Server-sent events: which kinds of things changed, never what; at most two a second.",
    example: { query: { workflow: "support-triage" } },
  }),
  verifyAudit: endpoint({
    method: "POST",
    path: "/api/v1/audit/verify",
    body: z.strictObject({ days: z.number().int().min(1).max(4_000).optional() }),
    reply: z.object({
      ok: z.boolean(),
      events: z.number(),
      checkpoint: z.number(),
      signedBy: z.string(),
      problem: z.string().nullable(),
      milliseconds: z.number(),
    }),
    scope: "audit",
    action: "audit.read",
    errors: ["wrong_state"],
    sentence: "Verifies the audit log here and now, as the offline verifier does with an export.",
    example: { body: {} },
  }),
  replayTarget: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/dead-letters/replay",
    params: named("workflow"),
    body: z.strictObject({ target: z.string().max(60) }),
    reply: z.object({ cases: z.number() }),
    scope: "operate",
    action: "delivery.replay",
    errors: ["not_found"],
    sentence: "Sends all dead letters of one target again, under their old keys.",
    example: { params: { workflow: "support-triage" }, body: { target: "crm" } },
  }),
} satisfies Record<string, Endpoint>;
