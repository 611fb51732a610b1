/**
 * Parts that the settings of connections share: addresses, what a header can carry, signing secrets, notes.
 *
 * Plain http is taken for loopback and private addresses only, so that a secret or a case never crosses a foreign network
 * in clear. Whether a private address may be reached at all is judged when a connection is made (platform/egress.ts).
 */
import { z } from "zod";
import { addressKind, isLoopback } from "../platform/egress.ts";

/** Whether a host is this machine or a private address. Names other than localhost are not looked up, so they are not. */
export function isNear(hostname: string): boolean {
  return isLoopback(hostname) || addressKind(hostname) === "private";
}

export const address = z.string().superRefine((text, ctx) => {
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
export const headerText = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, "Use visible ASCII characters without line breaks.");

export const signingSecret = z
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

export const extraHeaders = z
  .record(
    z.string().regex(/^[A-Za-z0-9-]{1,100}$/, "A header name has letters, digits and hyphens."),
    headerText,
  )
  .refine((headers) => Object.keys(headers).every((name) => !OWN_HEADERS.has(name.toLowerCase())), {
    error: `These headers are set by the call itself: ${[...OWN_HEADERS].join(", ")}.`,
  });

export const hostname = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9:]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, "This is not the name or address of a machine.");

export const mostInFlight = z
  .int()
  .min(1)
  .max(10_000)
  .exactOptional()
  .describe(
    "Calls at once, over all processes, shared fairly between workflows and keys; without it there is no limit",
  );

/** What whoever answers for the data wants to see beside a model: notes for people, which change nothing. */
export const notes = {
  region: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .exactOptional()
    .describe("Where the model runs, as the contract says, e.g. EU (Frankfurt)"),
  shutdownDates: z
    .record(z.string().min(1).max(200), z.iso.date())
    .refine((dates) => Object.keys(dates).length <= 200, { error: "Note at most 200 models." })
    .exactOptional()
    .describe(
      "When models retire, by their names, e.g. { small-1: 2027-06-30 }; for an own service by the connection's name",
    ),
  contract: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .exactOptional()
    .describe("What was agreed, e.g. processing agreement of 2026-03-01, no training, nothing kept"),
};
