/**
 * Which models of a connection are offered over the OpenAI-compatible endpoint, and how each is asked.
 *
 * Part of a connection's settings (connection.ts). A model that is not listed cannot be asked for; a fallback is named as
 * `connection/model` and need not be listed itself.
 */
import { z } from "zod";
import { offeredPolicySchema } from "./offered-policy.ts";

const modelName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, "A model's name has visible characters without spaces.");

/** `connection/model`; what the provider calls the model may hold slashes of its own. */
const target = z
  .string()
  .max(300)
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*\/[\x21-\x7e]+$/,
    "Name it as connection/model, e.g. second-provider/small-1.",
  );

const MINUTE = 60_000;
const milliseconds = (fallback: number) =>
  z
    .int()
    .min(100)
    .max(10 * MINUTE)
    .default(fallback);

const limits = z.strictObject({
  firstTokenMs: milliseconds(10_000).describe("Of a stream, to its first token"),
  idleMs: milliseconds(15_000).describe("Of a stream, between two tokens"),
  wholeMs: milliseconds(MINUTE).describe("Of an answer that is asked for as it is"),
  totalMs: milliseconds(2 * MINUTE).describe("Of a stream, to its end"),
});

export const passThroughSchema = z
  .array(
    z.strictObject({
      name: modelName.describe("As the provider calls it"),
      fallback: z
        .array(target)
        .max(5)
        .exactOptional()
        .describe("Asked in this order when the model does not answer"),
      larger: target
        .exactOptional()
        .describe("Asked when the request is too long for the model, and for nothing else"),
      images: z.boolean().default(false).describe("Whether messages may hold images"),
      mode: z
        .enum(["buffered", "live"])
        .default("buffered")
        .describe(
          "How streams are passed on, where the request does not say: whole and with every fallback, or as they come",
        ),
      whole: z
        .enum(["asked", "streamed"])
        .default("streamed")
        .describe(
          "How an answer that is not streamed is asked for: as a stream inside, so that silence is noticed early, or as it is, so that it comes as the provider wrote it",
        ),
      limits: limits.prefault({}).describe("How long a model may take before the next one is asked"),
      shutdownDate: z.iso
        .date()
        .exactOptional()
        .describe("When the provider retires it; GET /v1/models passes it on"),
      policy: offeredPolicySchema
        .exactOptional()
        .describe("What of a request may leave the house; without it everything that came"),
    }),
  )
  .min(1)
  .max(200)
  .refine((models) => new Set(models.map((one) => one.name)).size === models.length, {
    error: "Each model is listed once.",
  });

export type PassThroughModel = z.output<typeof passThroughSchema>[number];

/** The two parts of `connection/model`. */
export function splitTarget(name: string): { connection: string; model: string } | undefined {
  const at = name.indexOf("/");
  return at > 0 && at < name.length - 1
    ? { connection: name.slice(0, at), model: name.slice(at + 1) }
    : undefined;
}

/**
 * Where a connection leads, however its address is written: the same model of the same place is the same model. What stands
 * after a question mark says how it is asked (a version of the API), not what is there.
 */
export function placeOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address;
  // The scheme says how it is reached, not what is there.
  const port = ["", "80", "443"].includes(url.port) ? "" : `:${url.port}`;
  return `${url.hostname.replace(/\.$/, "")}${port}${plainPath(url.pathname)}`;
}

/** A place that was stored, also by a program that told places by more than this one does. */
export function storedPlace(place: string): string {
  return placeOf(`https://${place}`);
}

/** Without doubled slashes and one at the end, and with no letter, digit, `-`, `.`, `_` or `~` behind a percent sign. */
function plainPath(path: string): string {
  return path
    .replace(/%[0-9a-f]{2}/gi, (escape) => {
      const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
    })
    .replace(/\/+/g, "/")
    .replace(/\/$/, "");
}
