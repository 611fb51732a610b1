/** What a case holds, and what was put right after its delivery: the shapes that its page shows. */
import { z } from "zod";
import { shadowContent } from "./shadow.ts";

const time = z.string();

/** How far a correction has come. */
export const CORRECTION_STATES = {
  waiting: "waits for another person",
  refused: "another person refused it",
  withdrawn: "whoever proposed it took it back before anybody agreed",
  replaced: "another correction took its place before anybody agreed",
  made: "made; goes out when its undo window is over",
  delivered: "the targets have it",
  failed: "no target took it; it is a dead letter",
  undone: "taken back in its undo window; nothing was sent",
} as const;
export type CorrectionState = keyof typeof CORRECTION_STATES;

/** What somebody said of a case: with a verdict, or in place of one. */
export const SAID_KINDS = ["verdict", "escalated", "skipped", "snoozed", "question", "answer"] as const;

export const caseCorrections = z
  .array(
    z.object({
      id: z.string().describe("Names it on this case: `c1`, or `p1` for one that was proposed and not made"),
      correction: z.number().nullable().describe("Its number, as targets get it; null: not made"),
      proposal: z
        .number()
        .nullable()
        .describe("Its number among those that took another person; null: took none"),
      state: z.enum(Object.keys(CORRECTION_STATES) as [CorrectionState, ...CorrectionState[]]),
      person: z.string().nullable().describe("Who corrected, or proposed it"),
      simulated: z.boolean(),
      reason: z.string(),
      fields: z.array(z.string()),
      at: time,
      second: z.string().nullable().describe("Who agreed to it, refused it, or put another in its place"),
      endedAt: time.nullable(),
      own: z.boolean().describe("The reader stands behind it, and may not approve it"),
    }),
  )
  .describe("What was corrected after the delivery, and what waits or was refused; oldest first");

export const caseContent = z.object({
  input: z.any(),
  output: z.any(),
  final: z.any(),
  late: z
    .array(z.object({ lease: z.string(), answer: z.any() }))
    .describe("Answers that came too late to count"),
  failures: z
    .array(z.object({ attempt: z.number(), message: z.string() }))
    .describe("Why attempts brought no answer, in the words of the model's side"),
  shadow: shadowContent,
  corrections: z
    .array(
      z.object({
        id: z.string().describe("As in `corrections` of the case"),
        before: z.any().describe("What was delivered until then"),
        after: z.any().describe("What takes its place"),
        text: z.string().nullable().describe("Why, in the words of whoever corrected"),
        answer: z.string().nullable().describe("What the second person said"),
      }),
    )
    .describe("What corrections say, and why"),
  said: z
    .array(
      z.object({
        kind: z.enum(SAID_KINDS),
        review: z.number(),
        text: z.string(),
        person: z.string().nullable(),
        at: time.nullable(),
      }),
    )
    .describe("Words of people: with a verdict, an escalation, a skip, a snooze, a question, an answer"),
  withheld: z.boolean(),
});
