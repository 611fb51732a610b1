/**
 * The criteria of a workflow as they are written: what is measured, and from where on it passes.
 *
 * Exactly one of metric, figure, survey and proof says what a criterion is about; what fits together is checked in
 * check-criteria.ts, how a criterion is judged is in releases/criterion.ts.
 */
import { z } from "zod";
import { GROUPS, LIVE_FIGURES, SURVEYS, type LiveFigure } from "../contract/gate.ts";
import { report, type Reading } from "./reading.ts";

function oneLine(max: number) {
  return z.string().superRefine((text, ctx) => {
    const expected = `one line of text of at most ${max} characters, not empty`;
    if (text.length > max || !/^[^\r\n\0]*\S[^\r\n\0]*$/.test(text))
      report(ctx, `${JSON.stringify(text.slice(0, 60))} is not that`, { expected });
  });
}

export function criterionSection<D, P, T, J, E, L>(read: Reading<D, P, T, J, E, L>) {
  return z.strictObject({
    name: oneLine(100),
    group: z.enum(GROUPS),
    must: z.boolean().default(true),
    metric: oneLine(200).exactOptional(),
    figure: z.enum(Object.keys(LIVE_FIGURES) as [LiveFigure, ...LiveFigure[]]).exactOptional(),
    days: z.number().int().min(1).max(366).exactOptional(),
    survey: z.enum(SURVEYS).exactOptional(),
    favourable: z.number().int().min(2).max(5).exactOptional(),
    proof: oneLine(500).exactOptional(),
    minimum: read.level().exactOptional(),
    target: read.level().exactOptional(),
    stretch: read.level().exactOptional(),
    slices: z
      .record(z.string().min(1).max(200), z.array(z.string().min(1).max(200)).min(1).max(50))
      .exactOptional(),
    set: oneLine(80).exactOptional(),
  });
}
