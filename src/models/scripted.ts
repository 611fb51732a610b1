/**
 * A model that answers from a script: for tests and rehearsals, faults included.
 *
 * The first rule whose conditions all hold decides, else the default. The same request gets the same step, in whatever
 * order cases are asked; only `first` counts, and it counts per case. Nothing leaves the process.
 */
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { PilotageError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { modelFailure } from "./error-class.ts";
import type { Model, ModelAnswer, ModelRequest } from "./model.ts";
import { readAnswer } from "./parse.ts";
import { stopped, tooLate } from "./upstream.ts";

const waits = { delayMs: z.number().int().min(0).max(600_000).exactOptional() };

const stepSchema = z.union([
  z
    .strictObject({
      answer: z.record(z.string(), z.json()),
      confidence: z.number().min(0).max(1).exactOptional(),
      model: z.string().min(1).exactOptional(),
      version: z.string().min(1).exactOptional(),
      usage: z
        .strictObject({
          inputTokens: z.int().min(0),
          outputTokens: z.int().min(0),
          cachedTokens: z.int().min(0).exactOptional(),
        })
        .exactOptional(),
      ...waits,
    })
    .describe(
      "Answers with this output; `model` is the name it answers under, `usage` the tokens it counts.",
    ),
  z
    .strictObject({ text: z.string(), ...waits })
    .describe("Answers with this text, read like any model's: for answers that break the form."),
  z
    .strictObject({
      fault: z.enum(["unavailable", "refused", "bad_answer", "silent", "length", "refusal"]),
      retryAfterMs: z.number().int().min(0).exactOptional(),
      ...waits,
    })
    .describe(
      "Fails: unavailable, refused, bad_answer throw; silent never answers until the time-out; length is a cut answer, refusal one that the model declines.",
    ),
]);

const conditionSchema = z
  .strictObject({
    field: z.string().min(1).describe("Dotted path into the case input."),
    contains: z
      .string()
      .min(1)
      .exactOptional()
      .describe("The field is text and holds this; upper and lower case alike."),
    equals: z.union([z.string(), z.number(), z.boolean(), z.null()]).exactOptional(),
  })
  .refine(({ contains, equals }) => (contains === undefined) !== (equals === undefined), {
    error: "A condition has exactly one of `contains` and `equals`.",
  });

/** What a script may say. */
export const scriptSchema = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        when: z
          .union([conditionSchema, z.array(conditionSchema)])
          .describe("Conditions that must all hold; an empty list always holds."),
        repair: z
          .boolean()
          .exactOptional()
          .describe("Holds only when the earlier answer is to be repaired (true), or only when not (false)."),
        first: z
          .number()
          .int()
          .min(1)
          .exactOptional()
          .describe("Holds only the first so many times for each case."),
        do: stepSchema,
      }),
    )
    .default([]),
  otherwise: stepSchema,
});

export type Script = z.output<typeof scriptSchema>;
export type ScriptText = z.input<typeof scriptSchema>;
type Rule = Script["rules"][number];
type Step = z.output<typeof stepSchema>;

/** Counts for `first` are kept for so many cases; the longest unasked is forgotten. */
const MOST_COUNTED = 10_000;

/** A model that answers from a script. Throws `definition_invalid` when the script does not have the form of `scriptSchema`. */
export function scriptedModel(options: { script: ScriptText; name: string; timeoutMs?: number }): Model {
  const { name, timeoutMs = 30_000 } = options;
  const describe = `scripted ${name}`;
  const read = scriptSchema.safeParse(options.script);
  if (!read.success)
    throw new PilotageError(
      "definition_invalid",
      `The script of ${describe} has problems: ${z.prettifyError(read.error)}`,
      { details: { problems: read.error.issues.map(({ path, message }) => ({ path, message })) } },
    );
  const { rules, otherwise } = read.data;
  const counts = new Map<string, number>();

  const holds = (rule: Rule, index: number, request: ModelRequest): boolean => {
    const conditions = Array.isArray(rule.when) ? rule.when : [rule.when];
    if (rule.repair !== undefined && rule.repair !== isRepair(request)) return false;
    if (!conditions.every((condition) => meets(request.input, condition))) return false;
    if (rule.first === undefined) return true;
    const key = `${index} ${request.caseId}`;
    const count = (counts.get(key) ?? 0) + 1;
    if (count > rule.first) return false;
    counts.delete(key);
    counts.set(key, count);
    if (counts.size > MOST_COUNTED) counts.delete(counts.keys().next().value!);
    return true;
  };

  return {
    describe,
    async ask(request, signal) {
      const step = rules.find((rule, index) => holds(rule, index, request))?.do ?? otherwise;
      await pause(step, { describe, timeoutMs, signal });
      return perform(step, name, describe);
    },
  };
}

/** Waits as the step says; ends with an error at the time-out or when the caller breaks off. */
async function pause(
  step: Step,
  call: { describe: string; timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const { describe, timeoutMs, signal } = call;
  if (signal.aborted) throw stopped(describe, signal.reason);
  const asked = "fault" in step && step.fault === "silent" ? Infinity : (step.delayMs ?? 0);
  if (asked === 0) return;
  try {
    await wait(Math.min(asked, timeoutMs), undefined, { signal });
  } catch {
    throw stopped(describe, signal.reason);
  }
  if (asked >= timeoutMs) throw tooLate(describe, timeoutMs);
}

const CLASS_OF = {
  unavailable: "overloaded",
  refused: "refused_request",
  bad_answer: "malformed",
  silent: "timeout_total",
} as const;

function perform(step: Step, name: string, describe: string): ModelAnswer {
  if ("answer" in step) {
    const output = step.answer as JsonObject;
    const answer: ModelAnswer = {
      output,
      text: JSON.stringify(output),
      model: step.model ?? name,
      finish: "stop",
    };
    if (step.version !== undefined) answer.version = step.version;
    if (step.confidence !== undefined) answer.confidence = step.confidence;
    if (step.usage !== undefined) answer.usage = step.usage;
    return answer;
  }
  if ("text" in step) return { output: readAnswer(step.text), text: step.text, model: name, finish: "stop" };
  const { fault, retryAfterMs } = step;
  if (fault === "length") return { output: undefined, text: '{"', model: name, finish: fault };
  if (fault === "refusal")
    return { output: undefined, text: "I cannot help with that.", model: name, finish: fault };
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  throw modelFailure(CLASS_OF[fault], `${describe} gave no answer: its script says ${fault}.`, { details });
}

/** A repair shows the model its earlier answer. */
const isRepair = (request: ModelRequest) => request.messages.some(({ role }) => role === "assistant");

function meets(input: JsonObject, { field, contains, equals }: z.output<typeof conditionSchema>): boolean {
  let value: JsonValue | undefined = input;
  for (const step of field.split("."))
    value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  if (contains === undefined) return value === equals;
  return typeof value === "string" && value.toLowerCase().includes(contains.toLowerCase());
}
