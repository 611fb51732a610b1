/**
 * The policy and model stage: asks the chain for one case until there is an output, a reason to wait, or none left.
 *
 * Each call is reserved before it is made and recorded when it ended; the call itself, with policy, schema check and
 * the one repair where the model can be talked to, is in call.ts. What follows from the answer is decided in
 * cases/decision.
 */
import type { JsonObject } from "../../contract/json.ts";
import type { Clock } from "../../platform/clock.ts";
import { stopwatch } from "../../platform/clock.ts";
import type { GroupCommit, Operation } from "../../platform/group-commit.ts";
import type { ContentKey } from "../../platform/secrets.ts";
import type { ModelAnswer } from "../../models/model.ts";
import type { CaseRow, Lease } from "../case-row.ts";
import { sealJson } from "../content.ts";
import type { Answer } from "../decision/decide.ts";
import type { Attachment } from "../intake/intake.ts";
import type { ReleaseView, WorkflowView } from "../workflow/registry.ts";
import {
  callModel,
  canBeTalkedTo,
  chainOf,
  costOfCall,
  costOfFailedCall,
  breakerOf,
  failureOf,
  leaveToCall,
  prepareCall,
  readAnswer,
  repairCall,
  type Call,
  type CallParts,
  type Leave,
} from "./call.ts";
import type { Room } from "./budget.ts";
import {
  nextCall,
  takenUpAgain,
  type NextCall,
  type NoAnswer,
  type PastAttempt,
  type Shut,
} from "./next-call.ts";
import type { AttemptEnd, Failure, Reservation } from "./record.ts";

/** When the process stops, calls on their way are broken off and their cases given back. */
export interface AskParts extends CallParts {
  group: GroupCommit;
  clock: Clock;
  reserve: Operation<Reservation, boolean>;
  fail: Operation<Failure, boolean>;
}

/** A case with everything that asking needs. */
export interface Question {
  case_: CaseRow;
  lease: Lease;
  key: ContentKey;
  input: JsonObject;
  attachments: Attachment[];
  attempts: PastAttempt[];
  release: ReleaseView;
  workflow: WorkflowView;
}

export type Outcome =
  | {
      kind: "answered";
      answer: Answer;
      output: JsonObject;
      end: AttemptEnd;
      model: { step: number; confidence: number | undefined };
    }
  | { kind: "unanswered"; answer: Answer }
  /** Recorded already: the case waits, or another process has it. */
  | { kind: "left" };

interface Try {
  end: AttemptEnd;
  output: JsonObject | undefined;
  /** What was wrong with the output, for the repair. */
  wrong: string | undefined;
  text: string;
  retryAfterMs: number | undefined;
}

export async function ask(parts: AskParts, question: Question): Promise<Outcome> {
  const { case_, attempts } = question;
  const chain = chainOf(question.release);
  const nameOf = (step: number) => {
    const { connection = "", model = "" } = breakerOf(question.release, step) ?? {};
    return model === "" ? connection : `${connection} ${model}`;
  };
  const shutAt = (step: number): Shut | undefined => {
    const key = breakerOf(question.release, step);
    const found = key && parts.breakers.look(key);
    return found?.kind === "shut" ? found : undefined;
  };
  /** Told of a wait that has an end of its own; not of each look while somebody tries. */
  const waitsFor = (next: NextCall) =>
    next.kind === "wait" && next.shut !== undefined && shutAt(next.shut)?.trying === false
      ? nameOf(next.shut)
      : undefined;
  /** Steps that are left out because a budget is spent, and which; looked at anew whenever the case is taken up. */
  const spent = new Map<number, string>();
  const times = () => ({
    now: parts.clock.now(),
    receivedAt: case_.received_at,
    dueAt: case_.due_at ?? undefined,
  });
  for (;;) {
    if (parts.stopped.aborted) {
      await giveBackAtStop(parts, question);
      return { kind: "left" };
    }
    const next = nextCall(chain, attempts, times(), shutAt, new Set(spent.keys()));
    const passedOver = next.kind === "wait" ? [] : (next.passedOver ?? []).map(nameOf);
    if (next.kind === "give_up")
      return { kind: "unanswered", answer: noAnswer(next.because, passedOver, spent) };
    if (next.kind === "wait") {
      await parts.group.do(parts.fail, {
        lease: question.lease,
        workflow: case_.workflow,
        end: undefined,
        again: next.until,
        waitsFor: waitsFor(next),
      });
      return { kind: "left" };
    }
    const leftOut = { passedOver, overBudget: [...spent.keys()].map(nameOf) };
    const result = await askStep(parts, question, next.step, leftOut);
    if (result.kind === "spent") {
      spent.set(next.step, result.budget);
      continue;
    }
    // Opened, or taken by another call's trial, in this moment: what is left is decided anew.
    if (result.kind === "shut") continue;
    if (result.kind !== "failed") return result.outcome;
    attempts.push(...result.attempts);
    const following = nextCall(chain, attempts, times(), shutAt, new Set(spent.keys()));
    const again =
      following.kind === "wait" ? takenUpAgain(following.until, result.retryAfterMs, times()) : undefined;
    const kept = await parts.group.do(parts.fail, {
      lease: question.lease,
      workflow: case_.workflow,
      end: result.end,
      again,
      waitsFor: waitsFor(following),
    });
    if (!kept || again !== undefined) return { kind: "left" };
  }
}

type StepResult =
  | { kind: "done"; outcome: Outcome }
  /** Without an end: it is recorded already. */
  | { kind: "failed"; end: AttemptEnd | undefined; attempts: PastAttempt[]; retryAfterMs: number | undefined }
  | { kind: "shut" }
  | { kind: "spent"; budget: string };

/** Models that come before a step and are not asked. */
type LeftOut = Pick<Reservation, "passedOver" | "overBudget">;

function noAnswer(because: NoAnswer, shut: string[], spent: ReadonlyMap<number, string>): Answer {
  const budget = because === "budget_spent" ? [...new Set(spent.values())].join(", ") : undefined;
  return { kind: "none", because, shut, budget };
}

/** A call that may be made, or why there is none: a model that cannot be opened, a prompt that cannot be written. */
type Ready = { call: Call; leave: Leave; room: Room } | { call: Error; leave?: undefined; room?: undefined };

/** One step of the chain, if its breaker lets it be asked. */
async function askStep(
  parts: AskParts,
  question: Question,
  step: number,
  leftOut: LeftOut,
): Promise<StepResult> {
  const matter = { ...question, id: question.case_.id };
  const call = await prepareCall(parts, matter, step).catch((error: unknown) => error as Error);
  // The attempt fails, and the chain goes on.
  if (call instanceof Error) return askAndRepair(parts, question, { step, ready: { call }, leftOut });
  let leave: Leave | undefined;
  try {
    const admitted = await leaveToCall(parts, matter, step, call);
    if (admitted.kind === "shut") return admitted;
    leave = admitted;
    const room = await parts.budgets.take(call, question.workflow);
    if (room.kind === "spent") return { kind: "spent", budget: room.budget };
    return await askAndRepair(parts, question, { step, ready: { call, leave, room }, leftOut });
  } catch (error) {
    if (leave || !parts.stopped.aborted) throw error;
    await giveBackAtStop(parts, question);
    return { kind: "done", outcome: { kind: "left" } };
  } finally {
    await leave?.end();
  }
}

/** The answer, and where it broke the schema one repair. */
async function askAndRepair(
  parts: AskParts,
  question: Question,
  { step, ready, leftOut }: { step: number; ready: Ready; leftOut: LeftOut },
): Promise<StepResult> {
  const { release, attempts } = question;
  const first = attempts.length + 1;
  const { call, leave } = ready;
  const attempt = await tryOnce(parts, question, { no: first, step, purpose: "answer", ready, leftOut });
  if (attempt === "lost") return { kind: "done", outcome: { kind: "left" } };
  if (attempt.output) return { kind: "done", outcome: answered(question, attempt, step) };
  const past = pastOf(attempt.end, step, "answer");
  if (attempt.wrong === undefined || !leave || !canBeTalkedTo(release, step))
    return { kind: "failed", end: attempt.end, attempts: [past], retryAfterMs: attempt.retryAfterMs };

  const kept = await parts.group.do(parts.fail, {
    lease: question.lease,
    workflow: question.case_.workflow,
    end: attempt.end,
    again: undefined,
  });
  if (!kept) return { kind: "done", outcome: { kind: "left" } };
  const mended = repairCall(call, { text: attempt.text, wrong: attempt.wrong });
  const room = await parts.budgets.take(mended, question.workflow);
  if (room.kind === "spent")
    return { kind: "failed", end: undefined, attempts: [past], retryAfterMs: attempt.retryAfterMs };
  const repair = await tryOnce(parts, question, {
    no: first + 1,
    step,
    purpose: "repair",
    ready: { call: mended, leave, room },
    leftOut: { passedOver: [], overBudget: [] },
  });
  if (repair === "lost") return { kind: "done", outcome: { kind: "left" } };
  if (repair.output) return { kind: "done", outcome: answered(question, repair, step) };
  return {
    kind: "failed",
    end: repair.end,
    attempts: [past, pastOf(repair.end, step, "repair")],
    retryAfterMs: repair.retryAfterMs,
  };
}

async function tryOnce(
  parts: AskParts,
  question: Question,
  given: { no: number; step: number; purpose: "answer" | "repair"; ready: Ready; leftOut: LeftOut },
): Promise<Try | "lost"> {
  const { case_, lease, key } = question;
  const { ready, no } = given;
  const { call } = ready;
  const reserved = await parts.group.do(parts.reserve, {
    lease,
    workflow: case_.workflow,
    release: case_.release,
    no,
    step: given.step,
    purpose: given.purpose,
    modelAsked: call instanceof Error ? "unknown" : call.model.describe,
    running: case_.state === "running",
    startedAt: parts.clock.now(),
    sealedRequest: sealJson(
      key,
      `request.${no}`,
      call instanceof Error ? {} : { messages: call.request.messages, input: call.request.input },
    ),
    ...given.leftOut,
  });
  if (!reserved) {
    void ready.room?.settle("nothing");
    return "lost";
  }
  const elapsed = stopwatch();
  try {
    if (!ready.leave) throw ready.call;
    const answer = await callModel(ready.call, ready.leave, parts.stopped);
    const found = judge(parts, question, { no, call: ready.call }, answer, elapsed());
    void ready.room.settle(found.end);
    return found;
  } catch (error) {
    // Broken off by us: no failure of the model, so it is not recorded as one.
    if (parts.stopped.aborted) {
      await giveBackAtStop(parts, question);
      return "lost";
    }
    const failure = failureOf(error);
    const cost = costOfFailedCall(parts.prices, call, failure);
    void ready.room?.settle({ cost, inputTokens: 0, outputTokens: 0 });
    return {
      end: ended(parts, no, elapsed(), {
        state: "failed",
        error: failure.code,
        retryable: failure.retryable,
        cost,
        sealedReply: sealJson(key, `reply.${no}`, { failure: failure.message }),
      }),
      output: undefined,
      wrong: undefined,
      text: "",
      retryAfterMs: failure.retryAfterMs,
    };
  }
}

/** Another process takes the case up at once; an attempt that stays reserved is marked there as abandoned. */
async function giveBackAtStop(parts: AskParts, { lease, case_ }: Question): Promise<void> {
  await parts.group.do(parts.fail, {
    lease,
    workflow: case_.workflow,
    end: undefined,
    again: parts.clock.now(),
  });
}

/** The answer against the output schema. */
function judge(
  parts: AskParts,
  question: Question,
  { no, call }: { no: number; call: Call },
  answer: ModelAnswer,
  milliseconds: number,
): Try {
  const read = readAnswer(question.release, answer);
  const common = {
    modelAnswered: read.model,
    modelVersion: read.version,
    inputTokens: read.inputTokens,
    outputTokens: read.outputTokens,
    cachedTokens: read.cachedTokens,
    cost: costOfCall(parts.prices, call, answer.text, read),
    confidence: read.confidence,
    sealedReply: sealJson(question.key, `reply.${no}`, { text: answer.text, finish: answer.finish }),
  };
  const wrong = { state: "failed", error: "model_bad_answer", retryable: false } as const;
  return {
    end: ended(
      parts,
      no,
      milliseconds,
      read.wrong === undefined ? { state: "answered", ...common } : { ...wrong, ...common },
    ),
    output: read.output,
    wrong: read.wrong,
    text: answer.text,
    retryAfterMs: undefined,
  };
}

function answered(question: Question, attempt: Try, step: number): Outcome {
  const output = attempt.output!;
  const rules = question.release.rules.review(question.input, output);
  const { confidence } = attempt.end;
  return {
    kind: "answered",
    answer: { kind: "output", step, confidence, rules },
    output,
    end: attempt.end,
    model: { step, confidence },
  };
}

function ended(
  parts: AskParts,
  no: number,
  milliseconds: number,
  end: Partial<AttemptEnd> & { state: "answered" | "failed" },
): AttemptEnd {
  return {
    no,
    error: undefined,
    retryable: undefined,
    modelAnswered: undefined,
    modelVersion: undefined,
    confidence: undefined,
    inputTokens: undefined,
    outputTokens: undefined,
    cachedTokens: undefined,
    cost: undefined,
    sealedReply: undefined,
    finishedAt: parts.clock.now(),
    milliseconds,
    ...end,
  };
}

function pastOf(end: AttemptEnd, step: number, purpose: "answer" | "repair"): PastAttempt {
  return {
    no: end.no,
    step,
    purpose,
    state: end.state,
    error: end.error ?? null,
    retryable: end.retryable ?? null,
    finishedAt: end.finishedAt,
  };
}
