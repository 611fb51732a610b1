/**
 * One answer of one step of a release, apart from a live case: shadow runs and evaluations ask here.
 *
 * The same policy, prompt, time limit, schema check and single repair as for a live case (ask.ts), and nothing else: no
 * attempt is recorded, no fallback is asked. Who asked stores what came.
 */
import type { ErrorCode } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { sumOfCosts, type Cost } from "../../models/prices.ts";
import { facetsOf, type FacetValue } from "../../definition/facets.ts";
import { stopwatch } from "../../platform/clock.ts";
import type { ModelAnswer } from "../../models/model.ts";
import type { Room } from "./budget.ts";
import {
  callModel,
  canBeTalkedTo,
  costOfCall,
  costOfFailedCall,
  failureOf,
  leaveToCall,
  prepareCall,
  readAnswer,
  repairCall,
  type Call,
  type CallParts,
  type Leave,
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
      /** Of both calls when one was repaired; undefined: unknown. */
      cost: Cost | undefined;
    }
  | {
      kind: "failed";
      code: ErrorCode;
      /** In the words of the model's side: it may quote the input, so it is content. */
      message: string;
      retryable: boolean;
      retryAfterMs: number | undefined;
      milliseconds: number;
      cost: Cost | undefined;
    }
  /** Its breaker lets nobody ask the model before then; nothing was asked, so it counts as no try. */
  | { kind: "shut"; since: number; until: number; trying: boolean }
  /** A budget leaves no room for the call before then; nothing was asked. */
  | { kind: "over_budget"; budget: string; until: number }
  /** The process stops: no failure of the model, and nothing to record. */
  | { kind: "stopped" };

/** Asks a step of the release's chain about an input; never throws. `milliseconds` cover both calls when one was repaired. */
export async function answerOnce(parts: CallParts, matter: Matter, step: number): Promise<Once> {
  const elapsed = stopwatch();
  const costs: (Cost | undefined)[] = [];
  const spent = () => ({ milliseconds: elapsed(), cost: sumOfCosts(costs) });
  let leave: Leave | undefined;
  try {
    const call = await prepareCall(parts, matter, step);
    const admitted = await leaveToCall(parts, matter, step, call);
    if (admitted.kind === "shut") return admitted;
    leave = admitted;
    const room = await parts.budgets.take(call, matter.workflow);
    if (room.kind === "spent") return { ...room, kind: "over_budget" };
    const { answer, read } = await askAndRead(parts, matter, { call, leave, room }, costs);
    if (read.wrong === undefined) return answered(matter, read, spent());
    if (!canBeTalkedTo(matter.release, step)) return badAnswer(read.wrong, spent());
    const said = { text: answer.text, wrong: read.wrong };
    const mended = repairCall(call, said);
    const more = await parts.budgets.take(mended, matter.workflow);
    if (more.kind === "spent") return badAnswer(read.wrong, spent());
    const repaired = await askAndRead(parts, matter, { call: mended, leave, room: more }, costs);
    return repaired.read.wrong === undefined
      ? answered(matter, repaired.read, spent())
      : badAnswer(repaired.read.wrong, spent());
  } catch (error) {
    if (parts.stopped.aborted) return { kind: "stopped" };
    const { code, message, retryable, retryAfterMs } = failureOf(error);
    return { kind: "failed", code, message, retryable, retryAfterMs, ...spent() };
  } finally {
    await leave?.end();
  }
}

/** Adds what the call cost to `costs`, whatever became of it. */
async function askAndRead(
  parts: CallParts,
  { release }: Matter,
  { call, leave, room }: { call: Call; leave: Leave; room: Room },
  costs: (Cost | undefined)[],
): Promise<{ answer: ModelAnswer; read: Read }> {
  let answer: ModelAnswer;
  try {
    answer = await callModel(call, leave, parts.stopped);
  } catch (error) {
    const cost = costOfFailedCall(parts.prices, call, failureOf(error));
    costs.push(cost);
    void room.settle({ cost, inputTokens: 0, outputTokens: 0 });
    throw error;
  }
  const read = readAnswer(release, answer);
  const cost = costOfCall(parts.prices, call, answer.text, read);
  costs.push(cost);
  void room.settle({ ...read, cost });
  return { answer, read };
}

type Spent = Pick<Extract<Once, { kind: "failed" }>, "milliseconds" | "cost">;

function answered({ release, input }: Matter, read: Read, spent: Spent): Once {
  const { confidence, model, version } = read;
  const output = read.output!;
  const { matched, failed } = release.rules.review(input, output);
  const byRule = matched.length + failed.length > 0;
  const facets = facetsOf(release.document, undefined, output);
  return { kind: "answered", output, confidence, byRule, facets, model, version, ...spent };
}

/** Asked once more it would say the same: a live case's chain does not try such an answer again either. */
function badAnswer(message: string, spent: Spent): Once {
  return {
    kind: "failed",
    code: "model_bad_answer",
    message,
    retryable: false,
    retryAfterMs: undefined,
    ...spent,
  };
}
