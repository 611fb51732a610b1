/** For tests: one answer of every endpoint, in the form of the contract; those of reviews, people and trials are beside it. */
import type { Verdict } from "../contract/audit.ts";
import type { Client } from "../contract/client.ts";
import type { EndpointName } from "../contract/endpoints.ts";
import { GATES, RELEASES } from "./gate-samples.fixture.ts";
import { MODELS } from "./model-samples.fixture.ts";
import { MODEL_CALLS } from "./call-samples.fixture.ts";
import { PEOPLE } from "./people-samples.fixture.ts";
import { POLICIES } from "./policy-samples.fixture.ts";
import { QUALITY, SEALED, UNWATCHED } from "./quality-samples.fixture.ts";
import { REVIEWS } from "./review-samples.fixture.ts";
import { IN_FORCE, QUIET, ROLLOUTS, SET_LINES, TRIALS } from "./trial-samples.fixture.ts";

const AT = "2026-01-05T08:00:00.000Z";
export const CASE = "case_01hzy3v7k2e8t9qxw4m5n6p7r8";
export const RELEASE = "rel_01hzy3v7k2e8t9qxw4m5n6p7r8";

const summary = {
  id: CASE,
  workflow: "support-triage",
  state: "in_review" as const,
  arm: "candidate",
  release: RELEASE,
  source: "api",
  externalId: "T-1001",
  facets: {},
  receivedAt: AT,
  dueAt: null,
  decidedAt: null,
  deliveredAt: null,
  verdict: null,
  drill: false,
};

const workflow = {
  name: "support-triage",
  purpose: "Classify and route support tickets.",
  unit: "ticket",
  stableRelease: "manual",
  candidateRelease: RELEASE,
  shadowRelease: null,
  stoppedRollout: null,
  share: 0.2,
  autonomy: 0,
  rung: 0,
  counts: { delivered: 4, in_review: 2 },
  waivers: [{ item: "baseline", person: "j.okafor@example.com", reason: "sample", until: AT }],
  pendingChanges: 1,
  certificates: [
    {
      id: "cert_1",
      release: RELEASE,
      step: 0,
      inForce: true,
      standing: "in force",
      sentence:
        "certified at 0.71, bound 4.7 %, coverage 48 %, until 2026-04-05; 4 wrong of 193 among 400 coin labels, 2026-01-05",
    },
  ],
  dials: {},
};

const certificate = {
  id: "cert_1",
  certification: "look_1",
  workflow: "support-triage",
  release: RELEASE,
  step: 0,
  model: { answered: "classifier", version: "ab12" },
  per: "all" as const,
  threshold: 0.71,
  thresholds: {},
  ...UNWATCHED,
  from: "labels" as const,
  labels: 400,
  accepted: 193,
  errors: 4,
  coverage: 0.48,
  bound: 0.0468,
  target: 0.05,
  confidence: 0.95,
  simulated: false,
  certifiedAt: AT,
  expiresAt: AT,
  suspendedAt: null,
  suspendedBecause: null,
  supersededBy: null,
  inForce: true,
  standing: "in force",
  sentence:
    "certified at 0.71, bound 4.7 %, coverage 48 %, until 2026-04-05; 4 wrong of 193 among 400 coin labels, 2026-01-05",
};

const look = {
  id: "look_1",
  workflow: "support-triage",
  release: RELEASE,
  step: 0,
  from: "labels" as const,
  set: null,
  model: certificate.model,
  per: "all" as const,
  simulated: false,
  look: 1,
  spent: 0.025,
  ...SEALED,
  target: 0.05,
  confidence: 0.95,
  counted: { cold: 20, qa: 20, review: 360 },
  leftOut: {},
  tests: [{ category: null, threshold: 0.71, n: 193, errors: 4, p: 0.0333 }],
  result: "certified" as const,
  moreLabels: null,
  person: "j.okafor@example.com",
  at: AT,
  certificate,
  sentence: certificate.sentence,
};

const change = {
  id: "chg_1",
  workflow: "support-triage",
  setting: "autonomy",
  before: 0,
  after: 0.2,
  state: "pending" as const,
  requestedAt: AT,
  requestedBy: "j.okafor@example.com",
  decidedBy: null,
  needsSecond: true,
  note: null,
};

const record = {
  id: "qua_1",
  workflow: "support-triage",
  door: "batch",
  source: "api",
  externalId: null,
  place: "line 3",
  reason: "schema_mismatch" as const,
  message: "text: must be a string",
  details: [{ path: "text", message: "must be a string" }],
  state: "open",
  keptAt: AT,
  settledBy: null,
  caseId: null,
};

const receipt = { status: "admitted" as const, caseId: CASE, externalId: "T-1001", dropped: [] };
/** No answer to play: two send a browser elsewhere, one is a stream without an end. */
type ForBrowsers = "beginProviderSignIn" | "endProviderSignIn" | "live";

type Samples = {
  [
    N in Exclude<
      EndpointName,
      "submitBatch" | keyof typeof SET_LINES | "exportAudit" | "getAttachment" | "openApi" | ForBrowsers
    >
  ]: Awaited<ReturnType<Client[N]>>;
};

const auditStatus = {
  origin: "pilotage.local/0123456789abcdef",
  keyId: "01234567",
  verifier: "pilotage.local/0123456789abcdef+01234567+AQ==",
  size: 12,
  checkpoint: { size: 12, at: AT, note: "pilotage.local/0123456789abcdef\n12\n" },
  pending: { count: 0, oldestAt: null, oldestSeconds: null },
  putAside: 0,
  gaps: 0,
  sequencer: "wrk_1",
  problem: null,
  protection: { role: "pilotage_program", enforced: true, missing: null },
};

const JSON_SAMPLES: Samples = {
  submitCase: receipt,
  listCases: { cases: [summary], next: null },
  getCase: {
    ...summary,
    share: 0.2,
    autonomyCoin: 0.5,
    qa: null,
    cold: false,
    team: null,
    decision: {
      outcome: "review",
      reasons: [{ code: "no_certificate" }],
      confidence: 0.8,
      threshold: null,
      certificate: null,
      step: 0,
      at: AT,
    },
    attempts: [
      {
        no: 1,
        step: 0,
        purpose: "answer",
        state: "answered",
        modelAsked: "classifier",
        modelAnswered: "classifier",
        error: null,
        confidence: 0.8,
        milliseconds: 3,
        startedAt: AT,
        inputTokens: 310,
        outputTokens: 12,
        cost: { amount: "0.0000536", currency: "USD", estimated: false },
      },
    ],
    cost: { amount: "0.0000536", currency: "USD", estimated: false, unknown: 0 },
    reviews: [
      {
        no: 1,
        state: "waiting",
        person: null,
        simulated: false,
        verdict: null,
        reason: null,
        fields: null,
        decidedAt: null,
      },
    ],
    deliveries: [{ target: "crm", key: "dlv_1", state: "pending", tries: 0, sentAt: null, error: null }],
    labels: [],
    shadow: [{ release: RELEASE, state: "answered" as const, confidence: 0.7, wrong: null }],
    attachments: [{ no: 1, mediaType: "application/pdf", size: 12 }],
    history: [{ id: "evt_1", kind: "case.admitted", at: AT, actor: {}, data: {} }],
    recall: null,
    corrections: [
      {
        id: "c1",
        correction: 1,
        proposal: 1,
        state: "delivered",
        person: "e.brandt@example.com",
        simulated: false,
        reason: "wrong_value",
        fields: ["category"],
        at: AT,
        second: "d.schutzbach@example.com",
        endedAt: AT,
        own: false,
      },
    ],
    content: {
      input: { subject: "No coffee" },
      output: { category: "fault" },
      final: null,
      late: [],
      failures: [],
      shadow: [],
      corrections: [
        {
          id: "c1",
          before: { category: "fault" },
          after: { category: "order" },
          text: "They called again.",
          answer: null,
        },
      ],
      said: [{ kind: "verdict", review: 1, text: "It is a fault.", person: "e.brandt@example.com", at: AT }],
      withheld: false,
    },
  },
  listWorkflows: { workflows: [workflow], workers: 1 },
  getWorkflow: workflow,
  applyWorkflow: {
    workflow: "support-triage",
    created: false,
    changed: true,
    digest: "ab".repeat(32),
    differences: [{ setting: "qa.share", before: 0.05, after: 0.01, needsSecond: true }],
    taken: [],
    pending: [],
  },
  setShare: { ...workflow, pending: null },
  setAutonomy: change,
  waive: workflow,
  listChanges: { changes: [change] },
  approveChange: { ...change, state: "applied", decidedBy: "e.brandt@example.com" },
  refuseChange: { ...change, state: "refused", decidedBy: "e.brandt@example.com" },
  listQuarantine: { records: [record], next: null },
  getQuarantined: { ...record, raw: '{"text": 5}', input: { text: 5 } },
  replayQuarantined: receipt,
  discardQuarantined: { state: "discarded" },
  listFeeds: {
    feeds: [{ name: "helpdesk", kind: "folder", path: "inbox/", nextAt: AT, problem: null }],
    runs: [
      {
        id: "run_1",
        feed: "helpdesk",
        file: "a.csv",
        startedAt: AT,
        finishedAt: AT,
        read: 3,
        admitted: 1,
        quarantined: 1,
        duplicate: 1,
        skipped: 0,
        dropped: ["fax"],
        problem: null,
      },
    ],
  },
  runFeed: { due: true },
  listDeadLetters: { letters: [{ caseId: CASE, target: "crm", key: "dlv_1", tries: 9, error: "410 Gone" }] },
  replayDelivery: { replayed: ["crm"] },
  replayTarget: { cases: 3 },
  setDial: change,
  moveLadder: { rung: 1, before: 0 },
  requestStop: { id: "stp_1", told: ["e.brandt@example.com"] },
  settleStopRequest: { settled: true },
  getOverview: {
    stations: [],
    branches: [],
    sentences: ["runs", "good", "used", "worth"].map((question) => ({
      question: question as "runs",
      state: "good",
      code: "runs_well",
      values: { received: 3, delivered: 2 },
      n: 3,
      since: AT,
    })),
    needs: [],
    hours: [],
    today: { received: 3, delivered: 2, automatic: 0, open: 1, overdue: 0 },
    releases: IN_FORCE,
    people: { owner: "e.brandt@example.com", deputy: null, sponsor: null, orphaned: false },
    at: AT,
  },
  getOperations: {
    ...QUIET,
    models: [],
    ladder: { rung: 0, since: null, by: null, reason: null, effects: [{ rung: 1, cases: 2 }] },
    requests: [
      { id: "stp_1", person: "clerk@example.com", text: "It invents numbers", caseId: null, at: AT },
    ],
    workers: 1,
    audit: { size: 12, waiting: 0, problem: null, checkpointAt: AT },
    lastChange: null,
  },
  listConnections: {
    connections: [
      {
        name: "crm",
        kind: "webhook",
        shown: { url: "https://crm.example.com" },
        savedAt: AT,
        savedBy: "j.okafor@example.com",
      },
    ],
  },
  saveConnection: { name: "crm", kind: "webhook", warnings: [], waiting: [] },
  ...POLICIES,
  ...MODEL_CALLS,
  ...TRIALS,
  ...ROLLOUTS,
  ...GATES,
  ...RELEASES,
  ...QUALITY,
  ...MODELS,
  ...REVIEWS,
  ...PEOPLE,
  getAudit: auditStatus,
  verifyAudit: {
    ok: true,
    events: 12,
    checkpoint: 12,
    signedBy: auditStatus.verifier,
    problem: null,
    milliseconds: 3,
  },
  listAuditEvents: {
    events: [{ seq: 7, id: "evt_1", kind: "case.admitted", at: AT, body: '{"actor":{"name":"helpdesk"}}' }],
    next: null,
  },
  advanceClock: { now: AT },
  certify: look,
  listCertifications: { certifications: [look], next: null },
  recheckCertification: { id: "look_1", agrees: true, differences: [], sentence: "It comes out the same." },
  listCertificates: { certificates: [certificate], next: null },
  suspendCertificate: {
    ...certificate,
    inForce: false,
    suspendedAt: AT,
    suspendedBecause: "Two customers complained",
    standing: "not in force: suspended, Two customers complained",
  },
};

/** What a verification says of a sound export. */
export const VERDICT: Verdict = {
  ok: true,
  origin: auditStatus.origin,
  keyId: auditStatus.keyId,
  keyFrom: "given",
  of: 12,
  checked: 12,
  first: 1,
  last: 12,
  leftOut: 0,
  checkpoints: 2,
  older: [],
};

/** By endpoint, as the server that plays the contract takes them. */
export const SAMPLES = {
  ...JSON_SAMPLES,
  exportAudit: [
    {
      head: {
        format: "pilotage-audit/1",
        origin: auditStatus.origin,
        verifier: auditStatus.verifier,
        size: 0,
        since: 0,
        filter: null,
        exportedAt: AT,
      },
    },
    { end: { events: 0, checkpoints: 0 } },
  ],
  submitBatch: [
    { line: 1, ...receipt },
    { summary: { read: 1, admitted: 1, duplicate: 0, quarantined: 0, skipped: 0, failed: 0 } },
  ],
  ...SET_LINES,
  getAttachment: Buffer.from("%PDF-1.7"),
  openApi: { openapi: "3.1.0" },
};
