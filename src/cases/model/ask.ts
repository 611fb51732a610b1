/**
 * The policy and model stage: asks the chain for one case until there is an output, a reason to wait, or none left.
 *
 * Each call is an attempt (attempt.ts), reserved before it is made and recorded when it ended; an answer that breaks its
 * schema is repaired once where the model can be talked to. How sure an answer is may take more calls (confidence.ts). What
 * follows from it is decided in cases/decision.
 */
import type { JsonObject } from "../../contract/json.ts";
import type { Identity } from "../../models/canary.ts";
import type { ModelAnswer } from "../../models/model.ts";
import type { Answer } from "../decision/decide.ts";
import { giveBackAtStop, tryOnce, withLeave } from "./attempt.ts";
import type { AskParts, LeftOut, Question, Ready, Try } from "./attempt.ts";
import {
  breakerOf,
  canBeTalkedTo,
  chainOf,
  prepareCall,
  readAnswer,
  repairCall,
  seenOf,
  type Matter,
} from "./call.ts";
import type { Kept } from "./cached.ts";
import { confidenceIn, methodOf, type Beside, type Found } from "./confidence.ts";
import {
  nextCall,
  takenUpAgain,
  type NextCall,
  type NoAnswer,
  type PastAttempt,
  type Purpose,
  type Shut,
} from "./next-call.ts";
import type { AttemptEnd } from "./record.ts";

interface Answered {
  kind: "answered";
  answer: Extract<Answer, { kind: "output" }>;
  output: JsonObject;
  end: AttemptEnd;
  model: { step: number; confidence: number | undefined };
  /** How the model calls itself that verified it; undefined where none did. */
  verifiedBy: Identity | undefined;
  /** Under which request the answer is kept for later; undefined where it is not. */
  kept: Kept | undefined;
}

export type Outcome =
  | Answered
  | { kind: "unanswered"; answer: Answer }
  /** Recorded already: the case waits, or another process has it. */
  | { kind: "left" };

export async function ask(parts: AskParts, question: Question): Promise<Outcome> {
  const { case_, attempts } = question;
  // No step may have it, those of the house neither: what people do with it is theirs.
  const refused = question.release.scanner === undefined ? [] : seenOf(parts, question).refused;
  if (refused.length > 0)
    return {
      kind: "unanswered",
      answer: { kind: "none", because: "personal_data", detail: refused.join(", ") },
    };
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
  /** Steps for which no kept answer was found; looked for anew then, too. */
  const unkept = new Set<number>();
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
    const next = nextCall(chain, attempts, times(), shutAt, new Set(spent.keys()), unkept);
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
    if (result.kind === "unkept") {
      unkept.add(next.step);
      continue;
    }
    // Opened, or taken by another call's trial, in this moment: what is left is decided anew.
    if (result.kind === "shut") continue;
    if (result.kind !== "failed") return result.outcome;
    attempts.push(...result.attempts);
    const following = nextCall(chain, attempts, times(), shutAt, new Set(spent.keys()), unkept);
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
  | { kind: "spent"; budget: string }
  /** No answer is kept for this request; nobody was asked. */
  | { kind: "unkept" };

function noAnswer(because: NoAnswer, shut: string[], spent: ReadonlyMap<number, string>): Answer {
  const budget = because === "budget_spent" ? [...new Set(spent.values())].join(", ") : undefined;
  return { kind: "none", because, shut, detail: budget };
}

/** One step of the chain, if its breaker lets it be asked. */
async function askStep(
  parts: AskParts,
  question: Question,
  step: number,
  leftOut: LeftOut,
): Promise<StepResult> {
  const matter = matterOf(question);
  const call =
    chainOf(question.release)[step] === "cached"
      ? await parts.cached.find(matter)
      : await prepareCall(parts, matter, step).catch((error: unknown) => error as Error);
  if (call === undefined) return { kind: "unkept" };
  // The attempt fails, and the chain goes on.
  if (call instanceof Error) return askAndRepair(parts, question, { step, ready: { call }, leftOut });
  const breaker = breakerOf(question.release, step);
  const asked = await withLeave(parts, question, { call, breaker }, (ready) =>
    askAndRepair(parts, question, { step, ready, leftOut }),
  );
  if (asked.kind === "left") return { kind: "done", outcome: { kind: "left" } };
  if (asked.kind !== "used") return asked;
  const result = asked.value;
  if (result.kind !== "done" || result.outcome.kind !== "answered") return result;
  return { kind: "done", outcome: await withConfidence(parts, question, result.outcome, step) };
}

/**
 * The answer with its confidence, where that takes more calls. Its attempt ends with the decision only, so that the death of
 * this process among the calls leaves it abandoned, and all of them are made anew.
 */
async function withConfidence(
  parts: AskParts,
  question: Question,
  outcome: Answered,
  step: number,
): Promise<Outcome> {
  const method = methodOf(question.release, step);
  if (!method) return outcome;
  let { no } = outcome.end;
  const about = { parts, matter: matterOf(question), step };
  let verifiedBy: Identity | undefined;
  const confidence = await confidenceIn(outcome.output, method, about, async (beside) => {
    const found = await askBeside(parts, question, { no: ++no, step, beside });
    if (beside.role === "verifies" && typeof found === "object") verifiedBy = found.by;
    return found;
  });
  if (confidence === "left") return { kind: "left" };
  return {
    ...outcome,
    verifiedBy,
    answer: { ...outcome.answer, confidence },
    end: { ...outcome.end, confidence },
    model: { step, confidence },
  };
}

/** With the name of the model that said so. */
type FoundBy = Exclude<Found, object> | (Extract<Found, object> & { by: Identity });

/** A sample or a verification, with an attempt of its own; no failure of it fails the case. */
async function askBeside(
  parts: AskParts,
  question: Question,
  { no, step, beside }: { no: number; step: number; beside: Beside },
): Promise<FoundBy> {
  const { purpose, read } = beside;
  const call = await beside.prepare().catch((error: unknown) => error as Error);
  const attempt = (ready: Ready) => tryOnce(parts, question, { no, step, purpose, ready, read });
  const breaker = breakerOf(question.release, step, beside.role);
  const asked =
    call instanceof Error
      ? { kind: "used" as const, value: await attempt({ call }) }
      : await withLeave(parts, question, { call, breaker }, attempt);
  if (asked.kind === "left") return "left";
  if (asked.kind !== "used") return "none";
  const tried = asked.value;
  if (tried === "lost") return "left";
  const kept = await parts.group.do(parts.fail, {
    lease: question.lease,
    workflow: question.case_.workflow,
    end: tried.end,
    again: undefined,
  });
  if (!kept) return "left";
  if (tried.output === undefined && tried.wrong === undefined) return "none";
  const { modelAnswered: model = "", modelVersion: version = null, confidence } = tried.end;
  return { output: tried.output, confidence, by: { model, version } };
}

function matterOf(question: Question): Matter {
  return { ...question, id: question.case_.id };
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
  const read = (answer: ModelAnswer) => readAnswer(release, answer);
  const attempt = await tryOnce(parts, question, {
    no: first,
    step,
    purpose: "answer",
    ready,
    leftOut,
    read,
  });
  if (attempt === "lost") return { kind: "done", outcome: { kind: "left" } };
  const kept = () =>
    call instanceof Error ? undefined : parts.cached.keeping(matterOf(question), step, call.request);
  if (attempt.output) return { kind: "done", outcome: answered(question, attempt, step, kept()) };
  const past = pastOf(attempt.end, step, "answer");
  if (attempt.wrong === undefined || !leave || !canBeTalkedTo(release, step))
    return { kind: "failed", end: attempt.end, attempts: [past], retryAfterMs: attempt.retryAfterMs };

  const ours = await parts.group.do(parts.fail, {
    lease: question.lease,
    workflow: question.case_.workflow,
    end: attempt.end,
    again: undefined,
  });
  if (!ours) return { kind: "done", outcome: { kind: "left" } };
  const mended = repairCall(call, { text: attempt.text, wrong: attempt.wrong });
  const room = await parts.budgets.take(mended, question.workflow);
  if (room.kind === "spent")
    return { kind: "failed", end: undefined, attempts: [past], retryAfterMs: attempt.retryAfterMs };
  const repair = await tryOnce(parts, question, {
    no: first + 1,
    step,
    purpose: "repair",
    ready: { call: mended, leave, room },
    read,
  });
  if (repair === "lost") return { kind: "done", outcome: { kind: "left" } };
  if (repair.output) return { kind: "done", outcome: answered(question, repair, step, kept()) };
  return {
    kind: "failed",
    end: repair.end,
    attempts: [past, pastOf(repair.end, step, "repair")],
    retryAfterMs: repair.retryAfterMs,
  };
}

function answered(question: Question, attempt: Try, step: number, kept: Kept | undefined): Answered {
  const output = attempt.output!;
  const rules = question.release.rules.review(question.input, output);
  const { confidence } = attempt.end;
  return {
    kind: "answered",
    answer: { kind: "output", step, confidence, rules },
    output,
    end: attempt.end,
    model: { step, confidence },
    verifiedBy: undefined,
    // A rehearsal's answer serves no real case.
    kept: question.case_.drill ? undefined : kept,
  };
}

function pastOf(end: AttemptEnd, step: number, purpose: Purpose): PastAttempt {
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
