/**
 * One durable attempt of a live case: reserved before the call, its end told after it.
 *
 * The call itself is in call.ts, the transactions are in record.ts. Whoever asks (ask.ts) records the end, alone or with the
 * decision. Here is also what every call needs first: its breaker's leave, a place, and room in the budgets.
 */
import type { JsonObject } from "../../contract/json.ts";
import type { Clock } from "../../platform/clock.ts";
import { stopwatch } from "../../platform/clock.ts";
import type { GroupCommit, Operation } from "../../platform/group-commit.ts";
import type { ContentKey } from "../../platform/secrets.ts";
import type { BreakerKey } from "../../models/breaker-board.ts";
import { modelFailure } from "../../models/error-class.ts";
import type { ModelAnswer } from "../../models/model.ts";
import type { CaseRow, Lease } from "../case-row.ts";
import { sealJson } from "../content.ts";
import type { Attachment } from "../intake/intake.ts";
import type { ReleaseView, WorkflowView } from "../workflow/registry.ts";
import type { Room } from "./budget.ts";
import {
  callModel,
  costOfCall,
  costOfFailedCall,
  failureOf,
  leaveToCall,
  type Call,
  type CallParts,
  type Leave,
  type Read,
} from "./call.ts";
import type { CachedAnswers } from "./cached.ts";
import type { PastAttempt, Purpose } from "./next-call.ts";
import type { AttemptEnd, Failure, Reservation } from "./record.ts";
import type { Questioning } from "./telling.ts";

/** When the process stops, calls on their way are broken off and their cases given back. */
export interface AskParts extends CallParts {
  group: GroupCommit;
  clock: Clock;
  reserve: Operation<Reservation, boolean>;
  fail: Operation<Failure, boolean>;
  cached: CachedAnswers;
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
  telling: Questioning;
}

export interface Try {
  end: AttemptEnd;
  output: JsonObject | undefined;
  /** What was wrong with the output, for the repair. */
  wrong: string | undefined;
  text: string;
  retryAfterMs: number | undefined;
}

/** Models that come before a step and are not asked. */
export type LeftOut = Pick<Reservation, "passedOver" | "overBudget">;

/** A call that may be made, or why there is none: a model that cannot be opened, a prompt that cannot be written. */
export type Ready =
  { call: Call; leave: Leave; room: Room } | { call: Error; leave?: undefined; room?: undefined };

/** Past its breaker, with a place and room for the call; or what is in the way. */
export async function withLeave<T>(
  parts: AskParts,
  question: Question,
  { call, breaker }: { call: Call; breaker: BreakerKey | undefined },
  use: (ready: Ready) => Promise<T>,
): Promise<
  | { kind: "used"; value: T }
  | { kind: "shut" }
  | { kind: "spent"; budget: string }
  /** Given back, because the process stops. */
  | { kind: "left" }
> {
  let leave: Leave | undefined;
  try {
    const admitted = await leaveToCall(parts, question.case_.workflow, breaker, call);
    if (admitted.kind === "shut") return { kind: "shut" };
    leave = admitted;
    const room = await parts.budgets.take(call, question.workflow);
    if (room.kind === "spent") return { kind: "spent", budget: room.budget };
    return { kind: "used", value: await use({ call, leave, room }) };
  } catch (error) {
    if (leave || !parts.stopped.aborted) throw error;
    await giveBackAtStop(parts, question);
    return { kind: "left" };
  } finally {
    await leave?.end();
  }
}

/** Asks once, with the attempt reserved before; `lost` when the case is no longer ours. `read` judges the answer. */
export async function tryOnce(
  parts: AskParts,
  question: Question,
  given: {
    no: number;
    step: number;
    purpose: Purpose;
    ready: Ready;
    leftOut?: LeftOut;
    read: (answer: ModelAnswer) => Read;
  },
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
    cachedFrom: call instanceof Error ? undefined : call.cachedFrom,
    running: case_.state === "running",
    startedAt: parts.clock.now(),
    sealedRequest: sealJson(
      key,
      `request.${no}`,
      call instanceof Error ? {} : { messages: call.request.messages, input: call.request.input },
    ),
    passedOver: given.leftOut?.passedOver ?? [],
    overBudget: given.leftOut?.overBudget ?? [],
  });
  if (!reserved) {
    void ready.room?.settle("nothing");
    return "lost";
  }
  const elapsed = stopwatch();
  const told = ready.leave && question.telling.begin(ready.call, given.purpose);
  try {
    if (!ready.leave || !told) throw call as Error;
    const answer = await callModel({ ...ready.call, request: told.request }, ready.leave, parts.stopped);
    const read = given.read(answer);
    const found = judge(parts, question, { no, call: ready.call, answer, read }, elapsed());
    told.ended({ answer, read, cost: found.end.cost });
    void ready.room.settle(found.end);
    return found;
  } catch (error) {
    const failure = failureOf(error);
    const cost = costOfFailedCall(parts.prices, call, failure);
    // Broken off by us: no failure of the model, so it is not recorded as one.
    if (parts.stopped.aborted) {
      told?.ended({ failure: modelFailure("aborted", "The program stops."), cost });
      await giveBackAtStop(parts, question);
      return "lost";
    }
    told?.ended({ failure, cost });
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
export async function giveBackAtStop(parts: AskParts, { lease, case_ }: Question): Promise<void> {
  await parts.group.do(parts.fail, {
    lease,
    workflow: case_.workflow,
    end: undefined,
    again: parts.clock.now(),
  });
}

/** What an answer that was read makes of its attempt. */
function judge(
  parts: AskParts,
  question: Question,
  { no, call, answer, read }: { no: number; call: Call; answer: ModelAnswer; read: Read },
  milliseconds: number,
): Try {
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
