/** API keys on the wire: what one may do, until when, and how much it may use. */
import { z } from "zod";
import { SCOPES, type Scope } from "./scopes.ts";

const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]];
const time = z.string().describe("UTC, e.g. 2026-01-05T08:00:00.000Z");

const most = z.int().min(1).max(1_000_000_000_000);
const mostCost = z
  .string()
  .regex(
    /^(?!0+(\.0+)?$)\d{1,9}(\.\d{1,6})?$/,
    "an amount above zero such as 2.50, with six decimals at most",
  );
const inPeriods = <T extends z.ZodType>(amount: T) =>
  z.strictObject({
    minute: amount.exactOptional(),
    day: amount.exactOptional(),
    month: amount.exactOptional(),
  });
export const keyLimits = z
  .strictObject({
    requests: inPeriods(most).exactOptional(),
    tokens: inPeriods(most).exactOptional(),
    cost: inPeriods(mostCost).exactOptional().describe("In the currency of the price list"),
  })
  .refine((limits) => Object.values(limits).some((one) => Object.keys(one).length > 0), {
    error: "Name at least one limit, or none at all (null).",
  })
  .describe(
    "What the key may use over the OpenAI-compatible endpoint, in a minute, a day and a month in UTC",
  );
export type KeyLimits = z.output<typeof keyLimits>;
export const keyLimitsBody = z.strictObject({ limits: keyLimits.nullable() });
export const keyBody = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(z.enum(keysOf<Scope>(SCOPES))).min(1),
  workflow: z.string().optional().describe("Binds the key to one workflow"),
  days: z.number().min(0.0001).max(3650).default(365),
  simulated: z
    .boolean()
    .default(false)
    .describe("The key stands for a program that plays a person; shown wherever its work appears"),
  limits: keyLimits.nullable().default(null),
});
const key = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  workflow: z.string().nullable(),
  simulated: z.boolean(),
  madeAt: time,
  madeBy: z.string(),
  expiresAt: time,
  revoked: z.boolean(),
  limits: keyLimits.nullable().describe("Null: as much as it likes"),
});
export const keyShown = key;
export const keyReply = key.extend({ secret: z.string().describe("The key itself; shown this once") });
export const keyList = z.object({ keys: z.array(key) });
