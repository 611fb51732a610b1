/** The figures of evaluation runs, and of two runs beside each other, as the API tells them. */
import { z } from "zod";

/** A figure with its 95 % range. */
export const figure = z.object({ value: z.number(), lower: z.number(), upper: z.number() });

const counted = {
  right: z.number().int(),
  n: z.number().int(),
  unanswered: z.number().int().describe("Items that no answer came back for; not among the n"),
  share: figure.nullable().describe("Of the right ones, with its exact 95 % range; null without items"),
};

const items = z
  .array(z.object({ no: z.number().int(), case: z.string().nullable() }))
  .describe("The first 100 items, and the case that each was made of");

const classTable = z.object({
  field: z.string(),
  n: z.number().int(),
  accuracy: figure.nullable(),
  macroF1: figure.nullable().describe("Its range draws whole threads again, 2,000 times"),
  classes: z.array(
    z.object({
      name: z.string(),
      truths: z.number().int(),
      answers: z.number().int(),
      hits: z.number().int(),
      precision: figure.nullable(),
      recall: figure.nullable(),
      f1: z.number().nullable(),
    }),
  ),
  confusions: z
    .array(z.object({ truth: z.string(), answer: z.string().nullable(), n: z.number().int(), items }))
    .describe("What was taken for what, most often first; null: nothing that can be used"),
  unanswered: z.number().int(),
  unknown: z.number().int().describe("Items whose truth is no class of this release"),
});

export const runFigures = z.object({
  items: z.number().int(),
  trained: z.number().int().describe("Left out: the release was trained with them"),
  destroyed: z.number().int().describe("Left out: nobody can read them any more"),
  repeats: z.number().int(),
  measures: z.array(
    z.object({
      metric: z.string(),
      ...counted,
      slices: z.array(z.object({ facet: z.string(), value: z.string(), ...counted })),
    }),
  ),
  classes: z.array(classTable),
  flips: z
    .object({ flipped: z.number().int(), n: z.number().int(), share: figure.nullable() })
    .nullable()
    .describe(
      "Items whose repeated answers differ by the release's own `error`; null for a run that asks once",
    ),
  judges: z
    .array(
      z.object({
        judge: z.string(),
        bothYes: z.number().int(),
        onlyPerson: z.number().int(),
        onlyJudge: z.number().int(),
        bothNo: z.number().int(),
        cases: z.number().int(),
        alpha: z.number().describe("Krippendorff's alpha; 0 where nobody ever said anything else"),
        kappa: figure.nullable(),
      }),
    )
    .describe("Each judging model beside people; in a gate it counts from 100 cases and an alpha of 0.67 on"),
  latency: z
    .object({
      n: z.number().int(),
      mean: figure.nullable(),
      p50: figure.nullable(),
      p95: figure.nullable(),
      p99: figure.nullable(),
    })
    .describe("Milliseconds of one answer"),
  cost: z
    .object({
      n: z.number().int(),
      unknown: z.number().int(),
      currency: z.string().nullable(),
      mean: z.object({ value: z.string(), lower: z.string(), upper: z.string() }).nullable(),
    })
    .describe("Of one answer"),
});

export const runComparison = z.object({
  old: z.string(),
  new: z.string(),
  set: z.string(),
  metric: z.string(),
  n: z.number().int(),
  both: z.number().int(),
  neither: z.number().int(),
  onlyOldRight: z.number().int(),
  onlyNewRight: z.number().int(),
  unanswered: z.object({ old: z.number().int(), new: z.number().int() }).describe("They count as not right"),
  leftOut: z.number().int().describe("Items that only one of the runs measured"),
  difference: figure
    .nullable()
    .describe("Share of right ones, new minus old; its 95 % range draws whole threads again, 2,000 times"),
  p: z.number().describe("McNemar's exact two-sided test"),
  margin: z.number(),
  notWorse: z
    .boolean()
    .nullable()
    .describe("The lower end of the range lies above minus the margin; null where nobody can tell"),
  sameRule: z
    .boolean()
    .describe("Both releases state the same `error`; if not, both are measured by that of the new one"),
  changes: z
    .array(z.object({ no: z.number().int(), case: z.string().nullable(), right: z.enum(["old", "new"]) }))
    .describe("Items that one of them has right and the other wrong; at most 1,000"),
});
