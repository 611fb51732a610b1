/** Every endpoint of the program. Handlers are in http/, one file per resource; a test compares both lists. */
import { z } from "zod";
import { ACCESS_ENDPOINTS } from "./access-endpoints.ts";
import { AUDIT_ENDPOINTS } from "./audit.ts";
import { CERTIFICATE_ENDPOINTS } from "./certificate-endpoints.ts";
import { CORRECTION_ENDPOINTS } from "./correction-endpoints.ts";
import { COST_ENDPOINTS } from "./cost-endpoints.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { EVALUATION_ENDPOINTS } from "./evaluation-endpoints.ts";
import { EVALUATION_SET_ENDPOINTS } from "./evaluation-set-endpoints.ts";
import { FEEDBACK_ENDPOINTS } from "./feedback-endpoints.ts";
import { GATE_ENDPOINTS } from "./gate-endpoints.ts";
import { GATEWAY_ENDPOINTS } from "./gateway-endpoints.ts";
import { MODEL_ENDPOINTS } from "./model-endpoints.ts";
import { OPERATION_ENDPOINTS } from "./operation-endpoints.ts";
import { POLICY_ENDPOINTS } from "./policy-endpoints.ts";
import { OVERVIEW_ENDPOINTS } from "./overview-endpoints.ts";
import { QUALITY_ENDPOINTS } from "./quality-endpoints.ts";
import { REVIEW_ENDPOINTS } from "./review-endpoints.ts";
import { REVIEW_FIGURES_ENDPOINTS } from "./review-figures-endpoints.ts";
import { ROLLOUT_ENDPOINTS } from "./rollout-endpoints.ts";
import { named } from "./named.ts";
import {
  applyBody,
  applyReply,
  batchLine,
  caseList,
  caseQuery,
  caseReply,
  changeList,
  changeReply,
  publishBody,
  receipt,
  releaseList,
  releaseReply,
  shareBody,
  submitBody,
  waiverBody,
  workflowList,
  workflowReply,
} from "./schemas.ts";

const MEGABYTE = 1024 * 1024;

export const ENDPOINTS = {
  submitCase: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/cases",
    params: named("workflow"),
    body: submitBody,
    reply: receipt,
    scope: "intake",
    action: "case.hand_in",
    errors: ["not_found", "bad_input", "conflict", "too_many_requests", "intake_stopped", "wrong_state"],
    sentence:
      "Hands in one case; answered when it is stored. The same external id with the same content answers as a duplicate.",
    created: { status: "admitted" },
    example: {
      params: { workflow: "support-triage" },
      body: { externalId: "T-1001", input: { subject: "No coffee", body: "The machine shows E04." } },
    },
    bodyLimit: 48 * MEGABYTE,
  }),
  submitBatch: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/cases/batch",
    params: named("workflow"),
    reply: batchLine,
    wire: "ndjson",
    scope: "intake",
    action: "case.hand_in",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Hands in many cases, one JSON object a line; each line is answered by a line of its own, the last line counts.",
    example: { params: { workflow: "support-triage" } },
    bodyLimit: 1024 * MEGABYTE,
  }),
  listCases: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/cases",
    params: named("workflow"),
    query: caseQuery,
    reply: caseList,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "Lists cases, newest first, without content, by what lies in clear. A page may hold fewer than asked for and still have a next one: a rare thing is looked for in some thousand cases at a time.",
    example: { params: { workflow: "support-triage" }, query: { state: "in_review" } },
  }),
  getCase: endpoint({
    method: "GET",
    path: "/api/v1/cases/:case",
    params: named("case"),
    query: z.object({ content: z.enum(["true", "false"]).optional() }),
    reply: caseReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence:
      "One case with its attempts, decision, reviews, deliveries and history; with `content=true` and the scope content:read also what it holds.",
    example: { params: { case: "case_..." }, query: { content: "true" } },
  }),
  getAttachment: endpoint({
    method: "GET",
    path: "/api/v1/cases/:case/attachments/:no",
    params: named("case", "no"),
    reply: z.any(),
    wire: "raw",
    scope: "content:read",
    action: "case.read",
    errors: ["not_found"],
    sentence: "The bytes of one attachment, for download only.",
    example: { params: { case: "case_...", no: "1" } },
  }),

  listWorkflows: endpoint({
    method: "GET",
    path: "/api/v1/workflows",
    reply: workflowList,
    scope: "read",
    sentence: "Lists the workflows with their counts.",
  }),
  getWorkflow: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow",
    params: named("workflow"),
    reply: workflowReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "One workflow: what is in force, and how many cases stand where.",
    example: { params: { workflow: "support-triage" } },
  }),
  applyWorkflow: endpoint({
    method: "PUT",
    path: "/api/v1/workflows/:workflow/definition",
    params: named("workflow"),
    body: applyBody,
    reply: applyReply,
    scope: "operate",
    action: "workflow.apply",
    errors: ["definition_invalid", "conflict"],
    sentence:
      "Applies a workflow document. Dials that are in force stay, unless `takeFile` says otherwise; differences are shown.",
    example: { params: { workflow: "support-triage" }, body: { document: {}, takeFile: false } },
  }),
  publishRelease: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/releases",
    params: named("workflow"),
    body: publishBody,
    reply: releaseReply,
    scope: "operate",
    action: "release.publish",
    errors: ["not_found", "definition_invalid"],
    sentence:
      "Publishes an immutable release; the same document answers with the release that it already is. A local model is trained in the background.",
    example: { params: { workflow: "support-triage" }, body: { document: {}, examples: "" } },
    bodyLimit: 128 * MEGABYTE,
  }),
  listReleases: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/releases",
    params: named("workflow"),
    reply: releaseList,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the releases of a workflow, newest first.",
    example: { params: { workflow: "support-triage" } },
  }),
  getRelease: endpoint({
    method: "GET",
    path: "/api/v1/releases/:release",
    params: named("release"),
    reply: releaseReply,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "One release with its document and the report of its local model.",
    example: { params: { release: "rel_..." } },
  }),
  setShare: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/share",
    params: named("workflow"),
    body: shareBody,
    reply: workflowReply.extend({
      pending: changeReply
        .nullable()
        .default(null)
        .describe("While cases may go out alone, a raise waits for a second person: this change"),
    }),
    scope: "operate",
    action: ["share.lower", "share.pilot", "share.raise"],
    errors: ["not_found", "wrong_state"],
    sentence:
      "Sets which share of new cases a release gets; the rest stays with the stable release or with people. While cases may go out alone, raising it waits for a second person.",
    example: { params: { workflow: "support-triage" }, body: { release: "rel_...", share: 0.2 } },
  }),
  setAutonomy: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/autonomy",
    params: named("workflow"),
    body: z.strictObject({
      autonomy: z.number().min(0).max(1),
      reason: z.string().min(3).max(500).optional(),
    }),
    reply: changeReply,
    scope: "operate",
    action: ["autonomy.lower", "autonomy.raise"],
    errors: ["not_found", "wrong_state"],
    sentence:
      "Sets which part of an AI release's cases may go out unreviewed. Raising it waits for a second person.",
    example: { params: { workflow: "support-triage" }, body: { autonomy: 0 } },
  }),
  waive: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/waivers",
    params: named("workflow"),
    body: waiverBody,
    reply: workflowReply,
    scope: "operate",
    action: ["waiver.grant", "go.grant"],
    errors: ["not_found"],
    sentence: "Waives a requirement by name, with a reason and an end; the go waits for a second person.",
    example: {
      params: { workflow: "support-triage" },
      body: { item: "baseline", reason: "Sample with made-up tickets", days: 30 },
    },
  }),
  listChanges: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/changes",
    params: named("workflow"),
    reply: changeList,
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the changes of dials, the waiting ones first.",
    example: { params: { workflow: "support-triage" } },
  }),
  approveChange: endpoint({
    method: "POST",
    path: "/api/v1/changes/:change/approve",
    params: named("change"),
    reply: changeReply,
    scope: "operate",
    action: ["dial.loosen", "autonomy.raise", "share.raise", "go.grant", "data.change"],
    errors: ["not_found", "wrong_state", "second_person_needed"],
    sentence: "Puts a waiting change in force, as its second person.",
    example: { params: { change: "chg_..." } },
  }),
  refuseChange: endpoint({
    method: "POST",
    path: "/api/v1/changes/:change/refuse",
    params: named("change"),
    reply: changeReply,
    scope: "operate",
    action: "change.refuse",
    errors: ["not_found", "wrong_state"],
    sentence: "Refuses a waiting change; who asked for it may take it back.",
    example: { params: { change: "chg_..." } },
  }),

  ...REVIEW_ENDPOINTS,
  ...CORRECTION_ENDPOINTS,
  ...REVIEW_FIGURES_ENDPOINTS,
  ...FEEDBACK_ENDPOINTS,
  ...OVERVIEW_ENDPOINTS,
  ...ACCESS_ENDPOINTS,
  ...OPERATION_ENDPOINTS,
  ...GATEWAY_ENDPOINTS,
  ...COST_ENDPOINTS,
  ...MODEL_ENDPOINTS,
  ...POLICY_ENDPOINTS,
  ...CERTIFICATE_ENDPOINTS,
  ...QUALITY_ENDPOINTS,
  ...ROLLOUT_ENDPOINTS,
  ...GATE_ENDPOINTS,
  ...EVALUATION_SET_ENDPOINTS,
  ...EVALUATION_ENDPOINTS,
  ...AUDIT_ENDPOINTS,
} satisfies Record<string, Endpoint>;

export type Endpoints = typeof ENDPOINTS;
export type EndpointName = keyof Endpoints;
