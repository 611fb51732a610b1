/**
 * The data policy of a model that is offered over the endpoint: what of a request may leave the house, and for which keys.
 *
 * Part of pass-through.ts; gateway/request-policy.ts applies it. Without one a request goes on as it came, as it always
 * did; with one, what is not named here stays.
 */
import { z } from "zod";
import {
  kindNames,
  PERSONAL_ACTIONS,
  type PersonalAction,
  type PersonalKind,
} from "../definition/personal/kinds.ts";
import { compilePattern, isBounded } from "../definition/regex.ts";

const pattern = z
  .string()
  .min(1)
  .max(1_000)
  .superRefine((text, ctx) => {
    const problem = problemOf(text);
    if (problem !== undefined) ctx.addIssue({ code: "custom", message: problem });
  });

function problemOf(text: string): string | undefined {
  try {
    compilePattern(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return isBounded(text)
    ? undefined
    : "A pattern of a policy repeats nothing without an end, so that long requests take no longer than they must: write {1,40} in place of + and {0,40} in place of *.";
}

const actions = z.enum(PERSONAL_ACTIONS);
const scan = z.strictObject(
  Object.fromEntries(kindNames.map((kind) => [kind, actions.exactOptional()])) as Record<
    PersonalKind,
    z.ZodExactOptional<typeof actions>
  >,
);

export const offeredPolicySchema = z.strictObject({
  fields: z
    .array(
      z
        .string()
        .regex(
          /^(?:messages\.(?:content\.)?)?[A-Za-z][A-Za-z_-]{0,39}\d{0,2}$/,
          "Name a field as it stands in the request, e.g. metadata, messages.reasoning_content or messages.content.cache_control.",
        ),
    )
    .max(100)
    .default([])
    .describe("Fields that may go on beside the usual ones"),
  unknownFields: z
    .enum(["drop", "refuse"])
    .default("drop")
    .describe(
      "What becomes of a field that may not go on: it is left out and reported, or the call is refused",
    ),
  files: z
    .boolean()
    .default(false)
    .describe("Whether messages may hold files; what is in them is not looked through"),
  audio: z.boolean().default(false).describe("The same for sound"),
  tools: z
    .boolean()
    .default(true)
    .describe("Whether the model may be given tools, and messages their results"),
  scan: scan
    .prefault({})
    .describe("What is done with identifiers in texts, by kind; a kind that is not named is masked"),
  mask: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z]([a-z-]{0,28}[a-z])?$/, "A name has lower-case letters and hyphens."),
        pattern,
      }),
    )
    .max(50)
    .default([])
    .refine((own) => new Set(own.map(({ name }) => name)).size === own.length, {
      error: "Each name stands for one pattern.",
    })
    .refine((own) => own.every(({ name }) => !(kindNames as string[]).includes(name)), {
      error: `These names are taken by what is looked for anyway: ${kindNames.join(", ")}.`,
    })
    .describe("Own patterns (RE2), masked wherever they stand"),
  keys: z
    .array(z.string().min(1).max(200))
    .max(200)
    .exactOptional()
    .describe("Names or ids of the API keys that may use the model; without it all may"),
});

export type OfferedPolicy = z.output<typeof offeredPolicySchema>;
export type ScanRules = Partial<Record<PersonalKind, PersonalAction>>;

/** Whether this API key may use a model with this policy. */
export function mayUse(
  policy: OfferedPolicy | undefined,
  key: { id: string; name: string } | undefined,
): boolean {
  const keys = policy?.keys;
  return keys === undefined || (key !== undefined && (keys.includes(key.name) || keys.includes(key.id)));
}
