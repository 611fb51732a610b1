/**
 * Sign-in, people, roles, sessions, invitations and mail.
 *
 * A person signs in with a password or through an OpenID provider and has a session: an opaque cookie, `HttpOnly`,
 * `SameSite=Lax`. Requests that change something and come with the cookie must carry `x-pilotage-csrf: 1` and come from
 * the console's own origin. Nothing about a person or a token is told to a stranger.
 */
import { z } from "zod";
import { ACTIONS, ROLES, type Action, type Role } from "./access.ts";
import { ANSWER_FORMS, TRIAL_OUTCOMES } from "./connection-trial.ts";
import { endpoint, type Endpoint } from "./endpoint.ts";
import { named } from "./named.ts";

const time = z.string();
const maybeTime = time.nullable();
const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]];

export const role = z.enum(keysOf<Role>(ROLES));
export const action = z.enum(keysOf<Action>(ACTIONS));
/** `workflow` null: the whole installation. */
export const grant = z.object({ role, workflow: z.string().nullable() });

export const LOCALES = ["de-DE", "de-AT", "de-CH", "en-GB", "en-US"] as const;
const emailText = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  .regex(/^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/, "an e-mail address is expected");
const password = z.string().min(1).max(1_000);
const personName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((name) => name.isWellFormed() && !/\p{Cc}/u.test(name), "ordinary characters are expected");
const locale = z.enum(LOCALES);

/** How a person wants the console; stored with the person, so that it follows to every machine. */
export const preferences = z.object({
  theme: z.enum(["system", "light", "dark"]).default("system"),
  shortcuts: z.boolean().default(true),
  screenReader: z
    .boolean()
    .default(false)
    .describe("Shortcuts need a modifier: browse mode uses the letters"),
  keys: z.record(z.string(), z.string().max(20)).default({}).describe("Remapped shortcuts"),
  workflow: z.string().nullable().default(null).describe("The workflow that was last open"),
});

const support = z
  .object({ contact: z.string(), answerHours: z.number().nullable() })
  .nullable()
  .describe("Whom to ask, and within how many working hours they answer");

const person = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  locale: z.string(),
  state: z.enum(["invited", "active", "disabled"]).describe("`invited`: has never signed in"),
  grants: z.array(grant.extend({ from: z.enum(["granted", "workflow", "provider"]) })),
  awayUntil: maybeTime,
  lastSeenAt: maybeTime,
  mayChange: z.boolean().describe("Whether the reader may change this person's roles or state"),
  mayGetLink: z.boolean().describe("Whether the reader may make a new link for this person"),
});

export const me = z.object({
  /** Null for a key. */
  person: person.omit({ mayChange: true, mayGetLink: true }).extend({ preferences }).nullable(),
  workflows: z.array(
    z.object({
      name: z.string(),
      purpose: z.string(),
      unit: z.string(),
      rung: z.number(),
      roles: z.array(role),
      actions: z.array(action).describe("What the reader may do there, alone or as one of two"),
      zone: z.string(),
      support,
    }),
  ),
  installation: z.array(action).describe("What the reader may do for the whole installation"),
  support: support.describe("Whom the installation names, where the workflow names nobody"),
  sessionEndsAt: maybeTime,
  version: z.string(),
});

const invitation = z.object({
  person,
  /** Shown once; the token stands behind `#`, so that no server log holds it. */
  link: z.string(),
  expiresAt: time,
  mailed: z.enum(["sent", "not_configured", "failed"]),
  problem: z.string().nullable(),
});
const session = z.object({
  id: z.string(),
  current: z.boolean(),
  device: z.string(),
  startedAt: time,
  seenAt: time,
  endsAt: time,
});

export const ACCESS_ENDPOINTS = {
  signInMethods: endpoint({
    method: "GET",
    path: "/api/v1/sign-in",
    reply: z.object({
      password: z.boolean(),
      providers: z.array(z.object({ id: z.string(), name: z.string() })),
      anybody: z
        .boolean()
        .describe("Whether anybody can sign in yet; if not, the program printed a first link"),
      support: support.describe("The contact of PILOTAGE_SUPPORT_CONTACT, and no other"),
    }),
    scope: null,
    sentence: "How people can sign in here.",
  }),
  signIn: endpoint({
    method: "POST",
    path: "/api/v1/sign-in",
    body: z.strictObject({ email: emailText, password }),
    reply: me,
    scope: null,
    errors: ["unauthenticated", "too_many_requests"],
    sentence: "Signs a person in; the session is a cookie. Wrong ones are answered alike, and slowed down.",
    example: { body: { email: "m.lindacher@example.com", password: "..." } },
  }),
  openLink: endpoint({
    method: "POST",
    path: "/api/v1/sign-in/link",
    body: z.strictObject({ token: z.string().max(200) }),
    reply: z.object({
      email: z.string(),
      name: z.string(),
      locale: z.string(),
      kind: z
        .enum(["invitation", "sign_in"])
        .describe("An invitation wants a password; a sign-in link has signed in already"),
    }),
    scope: null,
    errors: ["unauthenticated", "too_many_requests"],
    sentence: "Opens a one-time link: looks at an invitation without using it up, or signs in.",
    example: { body: { token: "pin_..." } },
  }),
  acceptInvitation: endpoint({
    method: "POST",
    path: "/api/v1/invitations/accept",
    body: z.strictObject({
      token: z.string().max(200),
      password: z.string().min(12).max(1_000),
      name: personName,
      locale,
    }),
    reply: me,
    scope: null,
    errors: ["unauthenticated", "bad_request", "too_many_requests"],
    sentence: "Accepts an invitation: sets the password, uses the link up and signs in.",
    example: { body: { token: "pin_...", password: "...", name: "Maren Lindacher", locale: "de-DE" } },
  }),
  beginProviderSignIn: endpoint({
    method: "GET",
    path: "/api/v1/sign-in/providers/:provider",
    params: named("provider"),
    query: z.object({ to: z.string().max(300).optional() }),
    reply: z.any(),
    wire: "raw",
    scope: null,
    errors: ["not_found", "wrong_state"],
    sentence: "Sends the browser to an OpenID provider (authorisation code with PKCE).",
    example: { params: { provider: "company" } },
  }),
  endProviderSignIn: endpoint({
    method: "GET",
    path: "/api/v1/sign-in/providers/:provider/callback",
    params: named("provider"),
    query: z.looseObject({}),
    reply: z.any(),
    wire: "raw",
    scope: null,
    errors: ["not_found", "unauthenticated"],
    sentence: "Takes the provider's answer, makes the session, and sends the browser to the console.",
    example: { params: { provider: "company" } },
  }),
  signOut: endpoint({
    method: "POST",
    path: "/api/v1/sign-out",
    reply: z.object({ signedOut: z.boolean() }),
    scope: null,
    sentence: "Ends the session of the cookie.",
  }),
  getMe: endpoint({
    method: "GET",
    path: "/api/v1/me",
    reply: me,
    scope: "read",
    action: null,
    sentence: "Who asks, which workflows they see, and what they may do there.",
  }),
  changeMe: endpoint({
    method: "PUT",
    path: "/api/v1/me",
    body: z.strictObject({
      name: personName.optional(),
      locale: locale.optional(),
      preferences: preferences.optional(),
    }),
    reply: me,
    scope: "read",
    action: null,
    errors: ["wrong_state"],
    sentence: "Changes the own name, language and preferences.",
    example: { body: { locale: "de-AT" } },
  }),
  changePassword: endpoint({
    method: "POST",
    path: "/api/v1/me/password",
    body: z.strictObject({ current: password, wanted: z.string().min(12).max(1_000) }),
    reply: z.object({ otherSessionsEnded: z.number() }),
    scope: "read",
    action: null,
    errors: ["unauthenticated", "bad_request", "wrong_state", "too_many_requests"],
    sentence: "Changes the own password; every other session ends.",
    example: { body: { current: "...", wanted: "..." } },
  }),
  setAway: endpoint({
    method: "POST",
    path: "/api/v1/me/away",
    body: z.strictObject({ until: z.iso.datetime().nullable() }),
    reply: z.object({
      awayUntil: maybeTime,
      returned: z.number().describe("Leases that went back to the team"),
    }),
    scope: "review",
    action: null,
    errors: ["wrong_state"],
    sentence:
      "Says that the person is away until then (null: is back); its leases go back to the team at once.",
    example: { body: { until: "2026-01-12T06:00:00.000Z" } },
  }),
  listSessions: endpoint({
    method: "GET",
    path: "/api/v1/me/sessions",
    reply: z.object({ sessions: z.array(session) }),
    scope: "read",
    action: null,
    sentence: "The own live sessions.",
  }),
  endSession: endpoint({
    method: "DELETE",
    path: "/api/v1/me/sessions/:session",
    params: named("session"),
    reply: z.object({ ended: z.boolean() }),
    scope: "read",
    action: null,
    errors: ["not_found", "wrong_state"],
    sentence: "Ends one of the own sessions.",
    example: { params: { session: "ses_..." } },
  }),

  listPeople: endpoint({
    method: "GET",
    path: "/api/v1/people",
    query: z.object({ workflow: z.string().optional() }),
    reply: z.object({
      people: z.array(person),
      lacking: z
        .array(
          z.object({
            workflow: z.string(),
            code: z.enum(["no_owner", "no_approver", "no_sponsor", "no_reviewer"]),
            sentence: z.string(),
          }),
        )
        .describe("What the people of this installation cannot do for want of a second person"),
      staffs: z
        .array(z.string())
        .describe("Workflows in which the reader may give roles, also those whose work they do not see"),
    }),
    scope: "operate",
    action: "people.see",
    sentence: "People with their roles and where these come from.",
  }),
  invitePerson: endpoint({
    method: "POST",
    path: "/api/v1/people",
    body: z.strictObject({
      email: emailText,
      name: personName,
      locale: locale.optional().describe("Default: that of the installation, `PILOTAGE_LOCALE`"),
      grants: z.array(grant).max(50).default([]),
    }),
    reply: invitation,
    created: true,
    scope: "operator",
    action: "people.staff",
    errors: ["forbidden", "conflict", "not_found"],
    sentence: "Invites a person: the one-time link is shown here, and mailed where mail is set up.",
    example: {
      body: {
        email: "k.adler@example.com",
        name: "Kim Adler",
        grants: [{ role: "reviewer", workflow: "support-triage" }],
      },
    },
  }),
  inviteAgain: endpoint({
    method: "POST",
    path: "/api/v1/people/:person/invite",
    params: named("person"),
    reply: invitation,
    scope: "operator",
    action: "people.staff",
    errors: ["not_found", "wrong_state", "forbidden"],
    sentence: "Makes a new one-time link for a person, also to set a forgotten password; older links die.",
    example: { params: { person: "prs_..." } },
  }),
  setRoles: endpoint({
    method: "PUT",
    path: "/api/v1/people/:person/roles",
    params: named("person"),
    body: z.strictObject({ grants: z.array(grant).max(200) }),
    reply: person,
    scope: "operator",
    action: "people.staff",
    errors: ["not_found", "forbidden", "wrong_state"],
    sentence:
      "Sets the granted roles of a person. Nobody changes their own while another administrator could.",
    example: { params: { person: "prs_..." }, body: { grants: [{ role: "viewer", workflow: null }] } },
  }),
  disablePerson: endpoint({
    method: "POST",
    path: "/api/v1/people/:person/disable",
    params: named("person"),
    body: z.strictObject({ disabled: z.boolean() }),
    reply: person,
    scope: "operator",
    action: "people.manage",
    errors: ["not_found", "forbidden", "wrong_state"],
    sentence:
      "Disables a person, or takes that back: sessions end, leases go back, workflows without owner are said.",
    example: { params: { person: "prs_..." }, body: { disabled: true } },
  }),
  makeSignInLink: endpoint({
    method: "POST",
    path: "/api/v1/sign-in-links",
    body: z.strictObject({
      email: emailText,
      name: personName.optional(),
      locale: locale
        .optional()
        .describe("For a new person. Default: that of the installation, `PILOTAGE_LOCALE`"),
      grants: z.array(grant).max(50).default([]),
    }),
    reply: z.object({ link: z.string(), expiresAt: time, person }),
    created: true,
    scope: "operator",
    action: null,
    sentence:
      "Makes a one-time link that signs a person in; only from the machine itself. Makes the person when there is none.",
    example: { body: { email: "e.brandt@example.com" } },
  }),
  testConnection: endpoint({
    method: "POST",
    path: "/api/v1/connections/:name/test",
    params: named("name"),
    body: z.strictObject({
      to: emailText.optional().describe("For mail: where a test message goes"),
      model: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe("For language models: which to ask. Default: the one that the newest release asks over it"),
    }),
    reply: z.object({
      ok: z.boolean(),
      outcome: z.enum(TRIAL_OUTCOMES),
      detail: z.string().describe("What was found and what to do, in English"),
      milliseconds: z.number(),
      model: z.string().nullable().describe("The model that answered, by its own words"),
      tokens: z.object({ input: z.number(), output: z.number() }).nullable(),
      form: z
        .enum(ANSWER_FORMS)
        .nullable()
        .describe("How it is told the form of an answer: as a schema, as a wish for JSON, or in words"),
      shutdownDate: z
        .string()
        .nullable()
        .describe("The day on which the model retires, where its provider says so, e.g. 2027-06-30"),
    }),
    scope: "operate",
    action: "connection.manage",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Tries a connection: a model gets a tiny question, mail sends a message, a sign-in provider describes itself, the address of a webhook is only connected to. What came of it is on record.",
    example: { params: { name: "mistral-eu" }, body: { model: "mistral-small" } },
  }),
  removeConnection: endpoint({
    method: "DELETE",
    path: "/api/v1/connections/:name",
    params: named("name"),
    reply: z.object({ removed: z.boolean() }),
    scope: "operate",
    action: "connection.manage",
    errors: ["not_found", "wrong_state"],
    sentence: "Removes a connection that no workflow and no release in use names.",
    example: { params: { name: "mail" } },
  }),
  listRules: endpoint({
    method: "GET",
    path: "/api/v1/access/rules",
    reply: z.object({
      rules: z.array(
        z.object({
          action,
          sentence: z.string(),
          alone: z.array(role).describe("Roles that may do it alone, at once"),
          pair: z
            .array(z.array(role))
            .describe("Empty, or two lists: one person of each, and two different persons"),
          scope: z.string().nullable().describe("The scope with which a key may do it; null: no key may"),
          whole: z.boolean().describe("Concerns the whole installation, not one workflow"),
        }),
      ),
    }),
    scope: "read",
    action: null,
    sentence: "Who may do what: the table that the program itself obeys.",
  }),
} satisfies Record<string, Endpoint>;
