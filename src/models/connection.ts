/**
 * The settings of a connection, by kind, and the way from a connection to a model.
 *
 * A connection belongs to the installation: it holds addresses and secrets, a release only names it. Plain http is
 * taken for loopback and private addresses only, so that a secret or a case never crosses a foreign network in clear.
 */
import { BlockList, isIP } from "node:net";
import { z } from "zod";
import { grant } from "../contract/access-endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { httpModel } from "./http.ts";
import type { Model } from "./model.ts";
import { type ConfidenceSource, openaiModel, type OpenaiOptions } from "./openai.ts";
import { scriptedModel, scriptSchema } from "./scripted.ts";

const NEAR = new BlockList();
for (const [net, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  NEAR.addSubnet(net, bits, "ipv4");
NEAR.addAddress("::1", "ipv6");
NEAR.addSubnet("fc00::", 7, "ipv6");

/** Whether a host is this machine or a private address. Names other than localhost are not looked up, so they are not. */
export function isNear(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const kind = isIP(host);
  if (kind === 0) return host === "localhost" || host.endsWith(".localhost");
  return NEAR.check(host, kind === 6 ? "ipv6" : "ipv4");
}

const address = z.string().superRefine((text, ctx) => {
  const problem = addressProblem(text);
  if (problem !== undefined) ctx.addIssue({ code: "custom", message: problem });
});

/** Why an address cannot be one of a connection; undefined when it can. */
export function addressProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    return "This is not an address that begins with https:// or http://.";
  if (url.username !== "" || url.password !== "")
    return "An address holds no user name or password; put the key into its own field.";
  if (url.hash !== "") return "An address of an API has no part after #.";
  if (url.protocol === "http:" && !isNear(url.hostname))
    return "Plain http is only for loopback and private addresses; use https.";
  return undefined;
}

/** Visible ASCII: what a header can carry. */
const headerText = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, "Use visible ASCII characters without line breaks.");

const signingSecret = z
  .string()
  .refine(
    (text) => /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text) && Buffer.from(text.slice(6), "base64").length >= 24,
    { error: "A signing secret is whsec_ and at least 24 random bytes in base64." },
  );

/** Headers that the call itself sets, or that would change its meaning. */
const OWN_HEADERS = new Set([
  "authorization",
  "content-type",
  "content-length",
  "host",
  "connection",
  "transfer-encoding",
]);

const extraHeaders = z
  .record(
    z.string().regex(/^[A-Za-z0-9-]{1,100}$/, "A header name has letters, digits and hyphens."),
    headerText,
  )
  .refine((headers) => Object.keys(headers).every((name) => !OWN_HEADERS.has(name.toLowerCase())), {
    error: `These headers are set by the call itself: ${[...OWN_HEADERS].join(", ")}.`,
  });

const hostname = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9:]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, "This is not the name or address of a machine.");

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
  }),
  z.strictObject({ kind: z.literal("http"), url: address, secret: signingSecret }),
  z.strictObject({ kind: z.literal("scripted"), script: scriptSchema }),
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
  confidence: ConfidenceSource;
}

/** Opens the model that a release asks for. Throws `definition_invalid` when the connection cannot be that. */
export function openModel(connection: Connection, settings: ModelSettings, clock?: Clock): Model {
  const { connection: known, name, timeoutMs, confidence } = settings;
  const timed = clock === undefined ? {} : { clock };
  if (connection.kind === "openai") return openaiModel({ ...chatSettings(connection, settings), ...timed });
  if (connection.kind === "scripted")
    return scriptedModel({ script: connection.script, name: name ?? known, timeoutMs });
  if (connection.kind === "http") {
    const { url, secret } = connection;
    const takeConfidence = confidence.from === "model";
    return httpModel({
      url,
      secret,
      timeoutMs,
      takeConfidence,
      name: name ?? known,
      connection: known,
      ...timed,
    });
  }
  throw new PilotageError(
    "definition_invalid",
    `The connection ${known} is of the kind ${connection.kind}: it takes no questions.`,
    { hint: "Name a connection of the kind openai, http or scripted." },
  );
}

function chatSettings(
  connection: Extract<Connection, { kind: "openai" }>,
  settings: ModelSettings,
): OpenaiOptions {
  const { kind: _, ...address } = connection;
  const { name, ...asked } = settings;
  if (name === undefined)
    throw new PilotageError(
      "definition_invalid",
      `The release names no model for the connection ${asked.connection}.`,
      { hint: "Add `name` beside `connection`, as the provider calls the model." },
    );
  return { ...address, ...asked, name };
}
