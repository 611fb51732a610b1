/**
 * One answer of one step of a release, apart from a live case: shadow runs and evaluations ask here.
 *
 * The same policy, prompt, time limit, schema check and single repair as for a live case (ask.ts), and nothing else: no
 * attempt is recorded, no fallback is asked. Who asked stores what came.
 */
import type { ErrorCode } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { facetsOf, type FacetValue } from "../../definition/facets.ts";
import { stopwatch } from "../../platform/clock.ts";
import type { ModelAnswer } from "../../models/model.ts";
import {
  callModel,
  canBeTalkedTo,
  failureOf,
  prepareCall,
  readAnswer,
  repairCall,
  type Call,
  type CallParts,
  type Matter,
  type Read,
} from "./call.ts";

export type Once =
  | {
      kind: "answered";
      output: JsonObject;
      confidence: number | undefined;
      /** A rule of the release matched, or could not be evaluated: for real, a person would get the case. */
      byRule: boolean;
      /** Those of the output. */
      facets: Record<string, FacetValue>;
      /** The model that answered, by its own words. */
      model: string;
      version: string | undefined;
      milliseconds: number;
    }
  | {
      kind: "failed";
      code: ErrorCode;
      /** In the words of the model's side: it may quote the input, so it is content. */
      message: string;
      retryable: boolean;
      retryAfterMs: number | undefined;
      milliseconds: number;
    }
  /** The process stops: no failure of the model, and nothing to record. */
  | { kind: "stopped" };

/** Asks a step of the release's chain about an input; never throws. `milliseconds` cover both calls when one was repaired. */
export async function answerOnce(parts: CallParts, matter: Matter, step: number): Promise<Once> {
  const elapsed = stopwatch();
  try {
    const call = await prepareCall(parts, matter, step);
    const { answer, read } = await askAndRead(parts, matter, call);
    if (read.wrong === undefined) return answered(matter, read, elapsed());
    if (!canBeTalkedTo(matter.release, step)) return badAnswer(read.wrong, elapsed());
    const said = { text: answer.text, wrong: read.wrong };
    const repaired = await askAndRead(parts, matter, repairCall(call, said));
    return repaired.read.wrong === undefined
      ? answered(matter, repaired.read, elapsed())
      : badAnswer(repaired.read.wrong, elapsed());
  } catch (error) {
    if (parts.stopped.aborted) return { kind: "stopped" };
    const { code, message, retryable, retryAfterMs } = failureOf(error);
    return { kind: "failed", code, message, retryable, retryAfterMs, milliseconds: elapsed() };
  }
}

async function askAndRead(
  parts: CallParts,
  { release }: Matter,
  call: Call,
): Promise<{ answer: ModelAnswer; read: Read }> {
  const answer = await callModel(call, parts.stopped);
  return { answer, read: readAnswer(release, answer) };
}

function answered({ release, input }: Matter, read: Read, milliseconds: number): Once {
  const { confidence, model, version } = read;
  const output = read.output!;
  const { matched, failed } = release.rules.review(input, output);
  const byRule = matched.length + failed.length > 0;
  const facets = facetsOf(release.document, undefined, output);
  return { kind: "answered", output, confidence, byRule, facets, model, version, milliseconds };
}

/** Asked once more it would say the same: a live case's chain does not try such an answer again either. */
function badAnswer(message: string, milliseconds: number): Once {
  return {
    kind: "failed",
    code: "model_bad_answer",
    message,
    retryable: false,
    retryAfterMs: undefined,
    milliseconds,
  };
}
