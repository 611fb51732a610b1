/** What is shown of shadow runs: the states of a run, and what one case had to do with it. */
import { z } from "zod";

export const SHADOW_STATES = ["waiting", "answered", "failed"] as const;

export const caseShadow = z
  .array(
    z.object({
      release: z.string(),
      state: z.enum(SHADOW_STATES),
      confidence: z.number().nullable(),
      wrong: z.boolean().nullable(),
    }),
  )
  .describe("What releases in shadow made of it; empty until no verdict can be given or taken back");

export const shadowContent = z.array(z.object({ release: z.string(), output: z.any() }));
