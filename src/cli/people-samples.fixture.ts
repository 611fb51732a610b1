/** For tests: answers of the endpoints of sign-in, people, rights, keys and connections, in the form of the contract. */
import type { Client } from "../contract/client.ts";
import type { EndpointName } from "../contract/endpoints.ts";

const AT = "2026-01-05T08:00:00.000Z";

const kim = {
  id: "prs_1",
  email: "k.adler@example.com",
  name: "Kim",
  locale: "de-DE",
  state: "active" as "active" | "disabled",
  grants: [
    { role: "reviewer" as const, workflow: "support-triage", from: "granted" as const },
    { role: "on_call" as const, workflow: "support-triage", from: "workflow" as const },
  ],
  awayUntil: null,
  lastSeenAt: AT,
};
const listed = { ...kim, mayChange: true, mayGetLink: false };

const invitation = {
  person: listed,
  link: "https://pilotage.example.com/link#pin_2",
  expiresAt: AT,
  mailed: "not_configured" as const,
  problem: null,
};

const me = {
  person: {
    ...kim,
    preferences: {
      theme: "system" as const,
      shortcuts: true,
      screenReader: false,
      keys: {},
      workflow: "support-triage",
    },
  },
  workflows: [
    {
      name: "support-triage",
      purpose: "Classify and route support tickets.",
      unit: "ticket",
      rung: 0,
      roles: ["reviewer" as const, "on_call" as const],
      actions: ["workflow.see" as const, "review.work" as const],
      zone: "Europe/Berlin",
      support: { contact: "support@example.com", answerHours: 4 },
    },
  ],
  installation: [],
  support: null,
  sessionEndsAt: AT,
  version: "0.0.0",
};

const key = {
  id: "key_1",
  name: "helpdesk",
  scopes: ["intake"],
  workflow: null,
  simulated: false,
  madeAt: AT,
  madeBy: "j.okafor@example.com",
  expiresAt: AT,
  revoked: false,
  limits: { requests: { minute: 60 }, cost: { day: "5" } },
};

export const PEOPLE = {
  signInMethods: {
    password: true,
    providers: [{ id: "company", name: "Company account" }],
    anybody: true,
    support: { contact: "it@example.com", answerHours: 8 },
  },
  signIn: me,
  openLink: { email: kim.email, name: kim.name, locale: kim.locale, kind: "invitation" },
  acceptInvitation: me,
  signOut: { signedOut: true },
  getMe: me,
  changeMe: me,
  changePassword: { otherSessionsEnded: 1 },
  setAway: { awayUntil: AT, returned: 2 },
  listSessions: {
    sessions: [
      { id: "ses_1", current: true, device: "Firefox on Linux", startedAt: AT, seenAt: AT, endsAt: AT },
    ],
  },
  endSession: { ended: true },
  listKeys: { keys: [key] },
  makeKey: { ...key, secret: "pil_key_1_secret" },
  limitKey: key,
  revokeKey: { revoked: true },
  makeSignInLink: { link: "https://pilotage.example.com/link#pin_1", expiresAt: AT, person: listed },
  listPeople: {
    people: [listed],
    staffs: ["support-triage"],
    lacking: [
      {
        workflow: "support-triage",
        code: "no_approver",
        sentence: "support-triage: no second person with the role approver",
      },
    ],
  },
  invitePerson: invitation,
  inviteAgain: invitation,
  setRoles: listed,
  disablePerson: { ...listed, state: "disabled" },
  listRules: {
    rules: [
      {
        action: "go.grant",
        sentence: "say go: unlock the autonomy",
        alone: [],
        pair: [["owner"], ["sponsor"]],
        scope: "operate",
        whole: false,
      },
    ],
  },
  testConnection: {
    ok: true,
    outcome: "answered",
    detail: "mistral-small-2603 answered. It takes the schema of the answer as a parameter.",
    milliseconds: 210,
    model: "mistral-small-2603",
    tokens: { input: 41, output: 6 },
    form: "json_schema",
    shutdownDate: null,
  },
  removeConnection: { removed: true },
  listBudgets: {
    currency: "EUR",
    budgets: [
      {
        connection: "mistral-eu",
        budget: { perMonth: 500, warnAt: 0.8 },
        standings: [
          { period: "month", most: "500", used: "410.5", unknown: 0, refused: false, state: "warning" },
        ],
        setAt: AT,
        setBy: "j.okafor@example.com",
      },
    ],
  },
  listConnectionCosts: {
    currency: "EUR",
    connections: [
      {
        connection: "mistral-eu",
        today: {
          gateway: { amount: "0.42", calls: 30, unknown: 0, estimated: 2 },
          canary: { amount: "0.01", calls: 16, unknown: 0, estimated: 0 },
        },
        month: {
          gateway: { amount: "11.07", calls: 900, unknown: 3, estimated: 2 },
          canary: { amount: "0.22", calls: 352, unknown: 0, estimated: 0 },
        },
        days: [
          {
            day: "2026-01-05",
            gateway: { amount: "0.42", calls: 30, unknown: 0, estimated: 2 },
            canary: { amount: "0.01", calls: 16, unknown: 0, estimated: 0 },
          },
        ],
        forecast: null,
      },
    ],
    at: AT,
  },
  setBudget: { connection: "mistral-eu", budget: { perMonth: 500, warnAt: 0.8 } },
  getCost: {
    currency: "EUR",
    priceDate: "2026-11-28",
    today: { amount: "0.42", calls: 30, unknown: 0, estimated: 2 },
    month: { amount: "11.07", calls: 900, unknown: 3, estimated: 2 },
    perCase: null,
    days: [],
    models: [],
    budget: {
      warnAt: 0.8,
      standings: [{ period: "month", most: "50", used: "11.07", unknown: 3, refused: false, state: "good" }],
    },
    forecast: null,
    forecastMissing: [{ code: "prices", have: 3, need: 0 }],
    at: AT,
  },
} satisfies { [N in EndpointName]?: Awaited<ReturnType<Client[N]>> };
