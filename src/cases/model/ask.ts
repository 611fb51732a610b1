/**
 * The policy and model stage: asks the chain for one case until there is an output, a reason to wait, or none left.
 *
 * Only what the data policy lets through reaches a model. The output is checked against its schema, with one repair
 * attempt where the model can be talked to. What follows from the answer is decided in cases/decision.
 */
import { checkValue } from "../../connectors/feed/json.ts";
import { PilotageError } from "../../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../../contract/json.ts";
import { applyPolicy, ATTACHMENTS } from "../../definition/policy.ts";
import type { Clock } from "../../platform/clock.ts";
import { stopwatch } from "../../platform/clock.ts";
import type { GroupCommit, Operation } from "../../platform/group-commit.ts";
import type { ContentKey, Vault } from "../../platform/secrets.ts";
import type { Model, ModelAnswer, ModelRequest } from "../../models/model.ts";
import type { CaseRow, Lease } from "../case-row.ts";
import { sealJson } from "../content.ts";
import type { Answer } from "../decision/decide.ts";
import type { ReleaseView, WorkflowView } from "../workflow/registry.ts";
import { nextCall, takenUpAgain, type Chain, type PastAttempt } from "./next-call.ts";
import type { AttemptEnd, Failure, Reservation } from "./record.ts";

export interface AskParts {
  group: GroupCommit;
  clock: Clock;
  vault: Vault;
  reserve: Operation<Reservation, boolean>;
  fail: Operation<Failure, boolean>;
  /** The model behind a step of the chain of a release. */
  modelFor(release: ReleaseView, step: number): Promise<{ model: Model; timeoutMs: number }>;
  /** Aborted when the process stops: calls on their way are broken off and their cases given back. */
  stopped: AbortSignal;
}

/** A case with everything that asking needs. */
export interface Question {
  case_: CaseRow;
  lease: Lease;
  key: ContentKey;
  input: JsonObject;
  attachments: { name: string; mediaType: string; bytes: Uint8Array }[];
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

const LONGEST_NAME = 100;
const MOST_TOKENS = 1_000_000_000;

/** The chain of a release: its model first, then its fallbacks. */
export function chainOf(release: ReleaseView): Chain {
  return [release.document.model, ...release.document.fallback];
}

export async function ask(parts: AskParts, question: Question): Promise<Outcome> {
  const { case_, attempts } = question;
  const chain = chainOf(question.release);
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
    const next = nextCall(chain, attempts, times());
    if (next.kind === "give_up")
      return { kind: "unanswered", answer: { kind: "none", because: next.because } };
    if (next.kind === "wait") {
      await parts.group.do(parts.fail, {
        lease: question.lease,
        workflow: case_.workflow,
        end: undefined,
        again: next.until,
      });
      return { kind: "left" };
    }
    const result = await askStep(parts, question, next.step);
    if (result.kind !== "failed") return result.outcome;
    attempts.push(...result.attempts);
    const following = nextCall(chain, attempts, times());
    const again =
      following.kind === "wait" ? takenUpAgain(following.until, result.retryAfterMs, times()) : undefined;
    const kept = await parts.group.do(parts.fail, {
      lease: question.lease,
      workflow: case_.workflow,
      end: result.end,
      again,
    });
    if (!kept || again !== undefined) return { kind: "left" };
  }
}

type StepResult =
  | { kind: "done"; outcome: Outcome }
  | { kind: "failed"; end: AttemptEnd; attempts: PastAttempt[]; retryAfterMs: number | undefined };

/** One step of the chain: the answer, and where it broke the schema one repair. */
async function askStep(parts: AskParts, question: Question, step: number): Promise<StepResult> {
  const { release, attempts } = question;
  const first = attempts.length + 1;
  const call = await prepare(parts, question, step).catch((error: unknown) => error as Error);
  const attempt = await tryOnce(parts, question, { no: first, step, purpose: "answer", call });
  if (attempt === "lost") return { kind: "done", outcome: { kind: "left" } };
  if (attempt.output) return { kind: "done", outcome: answered(question, attempt, step) };
  const past = pastOf(attempt.end, step, "answer");
  if (attempt.wrong === undefined || call instanceof Error || !canBeTalkedTo(release, step))
    return { kind: "failed", end: attempt.end, attempts: [past], retryAfterMs: attempt.retryAfterMs };

  const kept = await parts.group.do(parts.fail, {
    lease: question.lease,
    workflow: question.case_.workflow,
    end: attempt.end,
    again: undefined,
  });
  if (!kept) return { kind: "done", outcome: { kind: "left" } };
  const repair = await tryOnce(parts, question, {
    no: first + 1,
    step,
    purpose: "repair",
    call: { ...call, request: repairRequest(call.request, attempt) },
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

/** A request and the model that it goes to. */
interface Call {
  request: ModelRequest;
  model: Model;
  timeoutMs: number;
}

/** Throws when the model cannot be opened or the prompt not be written: then the attempt fails, and the chain goes on. */
async function prepare(parts: AskParts, question: Question, step: number): Promise<Call> {
  const request = requestFor(parts, question);
  return { request, ...(await parts.modelFor(question.release, step)) };
}

async function tryOnce(
  parts: AskParts,
  question: Question,
  given: { no: number; step: number; purpose: "answer" | "repair"; call: Call | Error },
): Promise<Try | "lost"> {
  const { case_, lease, key } = question;
  const { call, no } = given;
  const reserved = await parts.group.do(parts.reserve, {
    lease,
    workflow: case_.workflow,
    release: case_.release,
    no,
    step: given.step,
    purpose: given.purpose,
    modelAsked: call instanceof Error ? "unknown" : call.model.describe,
    startedAt: parts.clock.now(),
    sealedRequest: sealJson(
      key,
      `request.${no}`,
      call instanceof Error ? {} : { messages: call.request.messages, input: call.request.input },
    ),
  });
  if (!reserved) return "lost";
  const elapsed = stopwatch();
  try {
    if (call instanceof Error) throw call;
    const answer = await call.model.ask(
      call.request,
      AbortSignal.any([AbortSignal.timeout(call.timeoutMs), parts.stopped]),
    );
    return judge(parts, question, no, answer, elapsed());
  } catch (error) {
    // Broken off by us: no failure of the model, so it is not recorded as one.
    if (parts.stopped.aborted) {
      await giveBackAtStop(parts, question);
      return "lost";
    }
    const failure =
      error instanceof PilotageError
        ? error
        : new PilotageError("internal", `Asking the model failed: ${String(error)}`, { cause: error });
    return {
      end: ended(parts, no, elapsed(), {
        state: "failed",
        error: failure.code,
        retryable: failure.retryable,
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
  no: number,
  answer: ModelAnswer,
  milliseconds: number,
): Try {
  const problems = outputProblems(question.release, answer);
  const common = {
    modelAnswered: nameFrom(answer.model),
    modelVersion: answer.version === undefined ? undefined : nameFrom(answer.version),
    inputTokens: countFrom(answer.usage?.inputTokens),
    outputTokens: countFrom(answer.usage?.outputTokens),
    confidence: problems === undefined ? answer.confidence : undefined,
    sealedReply: sealJson(question.key, `reply.${no}`, { text: answer.text, finish: answer.finish }),
  };
  const wrong = { state: "failed", error: "model_bad_answer", retryable: false } as const;
  return {
    end: ended(
      parts,
      no,
      milliseconds,
      problems === undefined ? { state: "answered", ...common } : { ...wrong, ...common },
    ),
    output: problems === undefined ? (answer.output as JsonObject) : undefined,
    wrong: problems,
    text: answer.text,
    retryAfterMs: undefined,
  };
}

/** What a server calls itself is stored in clear: short, and letters of a name only, whatever it says. */
function nameFrom(text: string): string {
  return text.replaceAll(/[^\w.:/@+-]+/g, "-").slice(0, LONGEST_NAME);
}

/** A count of tokens that can be one; a figure out of all bounds is none. */
function countFrom(tokens: number | undefined): number | undefined {
  return tokens !== undefined && tokens <= MOST_TOKENS ? tokens : undefined;
}

/** Whether a model of this step reads messages, so that it can be told what was wrong with its answer. */
function canBeTalkedTo(release: ReleaseView, step: number): boolean {
  const definition = chainOf(release)[step];
  return release.prompt !== undefined && typeof definition === "object" && "connection" in definition;
}

function outputProblems(release: ReleaseView, answer: ModelAnswer): string | undefined {
  if (answer.finish === "refusal") return "the model refused to answer";
  if (answer.finish === "length") return "the answer was cut off at the length limit";
  if (!isJsonObject(answer.output)) return "the answer holds no JSON object";
  const form = checkValue(answer.output);
  if (form) return form.message;
  const problems = release.checkOutput(answer.output);
  return problems.length === 0
    ? undefined
    : problems.map((one) => `${one.path || "output"}: ${one.message}`).join("; ");
}

function requestFor(parts: AskParts, question: Question): ModelRequest {
  const { release, workflow, case_ } = question;
  const pseudonym = (path: string, value: string) =>
    `p_${parts.vault.digest(`pseudonym:${case_.workflow}:${path}`, value).toString("hex").slice(0, 16)}`;
  const { allowed } = applyPolicy(
    release.document.policy,
    workflow.document.blockFields,
    question.input,
    pseudonym,
  );
  const { of } = release.document.confidence;
  return {
    caseId: case_.id,
    release: release.digest,
    messages: release.prompt?.render({ input: allowed, case: { id: case_.id } }) ?? [],
    input: allowed,
    outputSchema: release.document.output,
    // Default deny holds for attachments too: they go only where the policy names them.
    attachments:
      release.document.policy[ATTACHMENTS] === "allow" && !workflow.document.blockFields.includes(ATTACHMENTS)
        ? question.attachments
        : [],
    ...(of === undefined ? {} : { confidenceOf: of }),
  };
}

/** Says to the model what was wrong; its own words, cut to a bearable length, stand before it. */
function repairRequest(request: ModelRequest, attempt: Try): ModelRequest {
  return {
    ...request,
    messages: [
      ...request.messages,
      { role: "assistant", content: attempt.text.slice(0, 20_000) },
      {
        role: "user",
        content: `Your answer cannot be used: ${attempt.wrong?.slice(0, 2_000)}. Answer again with one JSON object that meets the schema, and nothing else.`,
      },
    ],
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
