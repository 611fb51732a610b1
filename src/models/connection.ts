/**
 * The settings of a connection, by kind, and the way from a connection to a model.
 *
 * A connection belongs to the installation: it holds addresses and secrets, a release only names it. Plain http is
 * taken for loopback and private addresses only, so that a secret or a case never crosses a foreign network in clear.
 */
import { z } from "zod";
import { grant } from "../contract/access-endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Egress } from "../platform/egress.ts";
import {
  address,
  extraHeaders,
  headerText,
  hostname,
  isNear,
  mostInFlight,
  notes,
  signingSecret,
} from "./connection-fields.ts";
import type { Deadlines } from "./deadlines.ts";
import { httpModel } from "./http.ts";
import type { Model } from "./model.ts";
import { nativeKinds, openNative } from "./native-connection.ts";
import { type ConfidenceSource, openaiModel } from "./openai.ts";
import { passThroughSchema } from "./pass-through.ts";
import type { Billed } from "./price-list.ts";
import { scriptedModel, scriptSchema } from "./scripted.ts";

/** The server through which this installation sends mail. */
const smtp = z
  .strictObject({
    kind: z.literal("smtp"),
    host: hostname,
    port: z.int().min(1).max(65_535).default(587),
    security: z
      .enum(["starttls", "tls", "none"])
      .default("starttls")
      .describe(
        "starttls: in clear first, then encrypted or not at all; tls: from the first byte (port 465)",
      ),
    user: z.string().min(1).max(300).exactOptional(),
    password: z.string().min(1).max(1_000).exactOptional(),
    from: z
      .string()
      .max(300)
      .regex(
        /^(?:[^\s@,;<>"]+@[^\s@,;<>"]+|[^\p{Cc}<>"@,;]+ <[^\s@,;<>"]+@[^\s@,;<>"]+>)$/u,
        "A sender is an address, or a name and an address: Pilotage <pilotage@example.com>.",
      ),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    error: "User and password go together: give both or neither.",
  })
  .refine(({ security, host }) => security !== "none" || isNear(host), {
    error: "Mail without encryption is only for loopback and private addresses; use starttls or tls.",
  });

/** An OpenID provider through which people sign in. */
const oidc = z.strictObject({
  kind: z.literal("oidc"),
  name: z.string().trim().min(1).max(60).describe("What stands on the button: Continue with ..."),
  issuer: address.describe("As the provider writes it; its description lies below it"),
  clientId: headerText,
  clientSecret: headerText.exactOptional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "A scope is one word."))
    .max(20)
    .default(["email", "profile"])
    .describe("Beside openid, which is always asked for"),
  groupsClaim: z.string().min(1).max(200).default("groups"),
  groups: z
    .record(z.string(), z.array(grant.strict()).max(50))
    .default({})
    .describe("Which roles members of a group have; set anew at each sign-in"),
  makePeople: z
    .boolean()
    .default(false)
    .describe("Whether somebody whom nobody invited gets an account at their first sign-in"),
  trustEmail: z
    .boolean()
    .default(false)
    .describe(
      "For a provider of your own that says nothing of whether it verified an address; what it calls unverified stays refused",
    ),
});

export const connectionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("openai"),
    baseUrl: address.describe("Up to and without /chat/completions, e.g. https://api.example.com/v1"),
    apiKey: headerText.exactOptional(),
    headers: extraHeaders.exactOptional().describe("For gateways that ask for more, e.g. api-key"),
    mostInFlight,
    ...notes,
    passThrough: passThroughSchema
      .exactOptional()
      .describe("Models that are offered over the OpenAI-compatible endpoint"),
  }),
  z.strictObject({ kind: z.literal("http"), url: address, secret: signingSecret, mostInFlight, ...notes }),
  ...nativeKinds,
  z.strictObject({ kind: z.literal("scripted"), script: scriptSchema, mostInFlight }),
  z.strictObject({ kind: z.literal("webhook"), url: address, secret: signingSecret }),
  smtp,
  oidc,
]);

export type Connection = z.output<typeof connectionSchema>;
export type SmtpConnection = Extract<Connection, { kind: "smtp" }>;
export type OidcConnection = Extract<Connection, { kind: "oidc" }>;
export type ConnectionKind = Connection["kind"];

/** What a release says about the model that it wants from a connection. */
export interface ModelSettings {
  /** The connection's name, for messages. */
  connection: string;
  name?: string;
  temperature?: number;
  maxTokens?: number;
  timeoutMs: number;
  /** Limits on silence, for kinds that can stream. */
  deadlines?: Partial<Pick<Deadlines, "firstTokenMs" | "idleMs">>;
  confidence: ConfidenceSource;
}

/** Who bills a call over a connection, for the price list; a connection that is one model stands for it with its own name. */
export function billedBy(name: string, connection: Connection, model: string | undefined): Billed {
  return { connection: name, kind: connection.kind, host: hostOf(connection), model: model ?? name };
}

/** Kept, because every call asks for it. */
const hosts = new WeakMap<Connection, { host: string | undefined }>();

function hostOf(connection: Connection): string | undefined {
  let known = hosts.get(connection);
  if (known === undefined) {
    const address = "baseUrl" in connection ? connection.baseUrl : "url" in connection ? connection.url : "";
    hosts.set(connection, (known = { host: URL.parse(address)?.hostname }));
  }
  return known.host;
}

/** Opens the model that a release asks for. Throws `definition_invalid` when the connection cannot be that. */
export function openModel(
  connection: Connection,
  settings: ModelSettings,
  around: { clock?: Clock; egress?: Egress } = {},
): Model {
  const { connection: known, name, timeoutMs, confidence } = settings;
  switch (connection.kind) {
    case "openai": {
      const { baseUrl, apiKey, headers } = connection;
      return openaiModel({
        baseUrl,
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(headers === undefined ? {} : { headers }),
        ...named(settings),
        ...around,
      });
    }
    case "anthropic":
    case "bedrock":
    case "google":
      return openNative(connection, { ...named(settings), ...around });
    case "http": {
      const { url, secret } = connection;
      const takeConfidence = confidence.from === "model";
      return httpModel({
        url,
        secret,
        timeoutMs,
        takeConfidence,
        name: name ?? known,
        connection: known,
        ...around,
      });
    }
    case "scripted":
      return scriptedModel({ script: connection.script, name: name ?? known, timeoutMs });
    case "webhook":
    case "smtp":
    case "oidc":
      throw new PilotageError(
        "definition_invalid",
        `The connection ${known} is of the kind ${connection.kind}: it takes no questions.`,
        { hint: "Name a connection of the kind openai, anthropic, bedrock, google, http or scripted." },
      );
  }
}

/** The settings with the name of a model, which these kinds cannot do without. */
function named(settings: ModelSettings): ModelSettings & { name: string } {
  const { name } = settings;
  if (name === undefined)
    throw new PilotageError(
      "definition_invalid",
      `The release names no model for the connection ${settings.connection}.`,
      { hint: "Add `name` beside `connection`, as the provider calls the model." },
    );
  return { ...settings, name };
}
