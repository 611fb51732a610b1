/**
 * One answer of one step of a release, apart from a live case: shadow runs and evaluations ask here.
 *
 * The same policy, prompt, time limit, schema check, single repair and confidence as for a live case (ask.ts), and nothing else:
 * no attempt is recorded, no fallback is asked. Who asked stores what came.
 */
import type { ErrorCode } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { sumOfCosts, type Cost } from "../../models/prices.ts";
import { facetsOf, type FacetValue } from "../../definition/facets.ts";
import { stopwatch } from "../../platform/clock.ts";
import type { BreakerKey } from "../../models/breaker-board.ts";
import type { ModelAnswer } from "../../models/model.ts";
import type { Room } from "./budget.ts";
import {
  breakerOf,
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
import { confidenceIn, methodOf, type Beside, type Found } from "./confidence.ts";
import type { Purpose } from "./next-call.ts";
import type { Questioning } from "./telling.ts";

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
      /** Of all calls; undefined: unknown. */
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

/** Asks a step of the release's chain about an input; never throws. `milliseconds` cover all calls: a repair, samples, a verification. */
export async function answerOnce(
  parts: CallParts,
  matter: Matter,
  step: number,
  telling: Questioning,
): Promise<Once> {
  const elapsed = stopwatch();
  const costs: (Cost | undefined)[] = [];
  const spent = () => ({ milliseconds: elapsed(), cost: sumOfCosts(costs) });
  try {
    const read = await askAndRepair(parts, matter, step, { costs, telling });
    if ("kind" in read) return read;
    if (read.output === undefined) return badAnswer(read.wrong ?? "there is no output", spent());
    const method = methodOf(matter.release, step);
    if (!method) return answered(matter, read, spent());
    const confidence = await confidenceIn(read.output, method, { parts, matter, step }, (beside) =>
      askBeside(parts, matter, { step, beside }, { costs, telling }),
    );
    if (confidence === "left") return { kind: "stopped" };
    return answered(matter, { ...read, confidence }, spent());
  } catch (error) {
    if (parts.stopped.aborted) return { kind: "stopped" };
    const { code, message, retryable, retryAfterMs } = failureOf(error);
    return { kind: "failed", code, message, retryable, retryAfterMs, ...spent() };
  }
}

type InTheWay = Extract<Once, { kind: "shut" | "over_budget" }>;
/** What each call adds to. */
interface Ledger {
  costs: (Cost | undefined)[];
  telling: Questioning;
}

/** The answer, repaired where it can be. */
async function askAndRepair(
  parts: CallParts,
  matter: Matter,
  step: number,
  ledger: Ledger,
): Promise<Read | InTheWay> {
  const { release } = matter;
  const call = await prepareCall(parts, matter, step);
  const readIt = (answer: ModelAnswer) => readAnswer(release, answer);
  return admitted(parts, matter, { call, breaker: breakerOf(release, step) }, async (leave, room) => {
    const asked = { call, leave, room, purpose: "answer" } as const;
    const { answer, read } = await askAndRead(parts, asked, readIt, ledger);
    if (read.wrong === undefined || !canBeTalkedTo(release, step)) return read;
    const mended = repairCall(call, { text: answer.text, wrong: read.wrong });
    const more = await parts.budgets.take(mended, matter.workflow);
    if (more.kind === "spent") return read;
    const repair = { call: mended, leave, room: more, purpose: "repair" } as const;
    return (await askAndRead(parts, repair, readIt, ledger)).read;
  });
}

/** A sample or a verification; no failure of it fails the answer. */
async function askBeside(
  parts: CallParts,
  matter: Matter,
  { step, beside }: { step: number; beside: Beside },
  ledger: Ledger,
): Promise<Found> {
  try {
    const call = await beside.prepare();
    const breaker = breakerOf(matter.release, step, beside.role);
    const read = await admitted(parts, matter, { call, breaker }, async (leave, room) => {
      const { purpose, read: readIt } = beside;
      return (await askAndRead(parts, { call, leave, room, purpose }, readIt, ledger)).read;
    });
    return "kind" in read ? "none" : read;
  } catch {
    return parts.stopped.aborted ? "left" : "none";
  }
}

/** Past its breaker, with a place and room for the call; or what is in the way. */
async function admitted(
  parts: CallParts,
  matter: Matter,
  { call, breaker }: { call: Call; breaker: BreakerKey | undefined },
  use: (leave: Leave, room: Room) => Promise<Read>,
): Promise<Read | InTheWay> {
  const leave = await leaveToCall(parts, matter.workflow.row.name, breaker, call);
  if (leave.kind === "shut") return leave;
  try {
    const room = await parts.budgets.take(call, matter.workflow);
    return room.kind === "spent" ? { ...room, kind: "over_budget" } : await use(leave, room);
  } finally {
    await leave.end();
  }
}

/** Tells the call, and adds what it cost, whatever became of it. */
async function askAndRead(
  parts: CallParts,
  { call, leave, room, purpose }: { call: Call; leave: Leave; room: Room; purpose: Purpose },
  readIt: (answer: ModelAnswer) => Read,
  { costs, telling }: Ledger,
): Promise<{ answer: ModelAnswer; read: Read }> {
  const told = telling.begin(call, purpose);
  let answer: ModelAnswer;
  try {
    answer = await callModel({ ...call, request: told.request }, leave, parts.stopped);
  } catch (error) {
    const failure = failureOf(error);
    const cost = costOfFailedCall(parts.prices, call, failure);
    told.ended({ failure, cost });
    costs.push(cost);
    void room.settle({ cost, inputTokens: 0, outputTokens: 0 });
    throw error;
  }
  const read = readIt(answer);
  const cost = costOfCall(parts.prices, call, answer.text, read);
  told.ended({ answer, read, cost });
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
