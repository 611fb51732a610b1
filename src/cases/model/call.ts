/**
 * One call of a model for one input, the same for a live case, a shadow run and an evaluation.
 *
 * Only what the data policy lets through goes out, the call has its time limit, and the answer is read against the
 * output schema. Nothing is recorded here: ask.ts reserves and records the attempts of a live case around it, once.ts
 * answers apart from one.
 */
import { checkValue } from "../../connectors/feed/json.ts";
import { PilotageError } from "../../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../../contract/json.ts";
import { openScrubber } from "../../definition/personal/scrub.ts";
import { applyPolicy, ATTACHMENTS, MASK, type Transforms } from "../../definition/policy.ts";
import type { BreakerBoard, BreakerKey } from "../../models/breaker-board.ts";
import type { Admission, CallOutcome } from "../../models/breaker.ts";
import type { Bulkhead } from "../../models/bulkhead.ts";
import { effectOf } from "../../models/failure-effect.ts";
import type { Model, ModelAnswer, ModelRequest } from "../../models/model.ts";
import type { Billed, PriceList } from "../../models/price-list.ts";
import { bytesOfRequest, costOfAnswer, costOfFailure, type Cost } from "../../models/prices.ts";
import type { Vault } from "../../platform/secrets.ts";
import type { Attachment } from "../intake/intake.ts";
import type { ReleaseView, WorkflowView } from "../workflow/registry.ts";
import type { Budgets } from "./budget.ts";
import type { Chain } from "./next-call.ts";
import type { Telling } from "./telling.ts";

export interface CallParts {
  vault: Vault;
  prices: PriceList;
  budgets: Budgets;
  /** The model behind a step of the chain of a release, or the one that verifies the answers of this step. */
  modelFor(release: ReleaseView, step: number, role?: Role): Promise<StepModel>;
  breakers: BreakerBoard;
  telling: Telling;
  /** Aborted when the process stops: calls on their way are broken off. */
  stopped: AbortSignal;
}

export type Role = "answers" | "verifies";

/** The model of a step, open. */
export interface StepModel {
  model: Model;
  /** As connections and definitions name it; a model of the house has no connection. */
  asked: { connection: string | undefined; model: string };
  timeoutMs: number;
  /** Who bills its calls; undefined for a model of the house. */
  billed: Billed | undefined;
  /** The longest answer that the release allows. */
  maxTokens: number | undefined;
  /** The places of its connection, where they are limited. */
  places: Bulkhead | undefined;
}

/** An input and who is asked about it. */
export interface Matter {
  /** The case's id, or that of an item of an evaluation set. */
  id: string;
  input: JsonObject;
  attachments: Attachment[];
  release: ReleaseView;
  workflow: WorkflowView;
}

/** A request and the model that it goes to. */
export interface Call extends StepModel {
  request: ModelRequest;
  /** The case whose answer is taken up again, where nobody is asked. */
  cachedFrom?: string;
}

/** Leave to call a model: past its breaker, with a place at its connection. It is to be ended, whatever happens. */
export interface Leave {
  kind: "leave";
  /** Tells the breaker how a call ended. */
  tell(outcome: CallOutcome, because?: string): Promise<void>;
  end(): Promise<void>;
}

/** A call is over by its time limit; what else belongs to a trial takes less than this. */
const LEASE_BEYOND = 10_000;

/** What an answer holds; nothing of a server's words about itself is taken as it stands. */
export interface Read {
  /** Undefined when something is wrong with it. */
  output: JsonObject | undefined;
  /** What is wrong with the output, for the repair. */
  wrong: string | undefined;
  confidence: number | undefined;
  model: string;
  version: string | undefined;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  cachedTokens: number | undefined;
}

const LONGEST_NAME = 100;
const MOST_TOKENS = 1_000_000_000;

/** The chain of a release: its model first, then its fallbacks. */
export function chainOf(release: ReleaseView): Chain {
  return [release.document.model, ...release.document.fallback];
}

/** Throws when the model cannot be opened or the prompt not be written. */
export async function prepareCall(
  parts: CallParts,
  matter: Matter,
  step: number,
  role?: Role,
): Promise<Call> {
  const request = requestFor(parts, matter);
  return { request, ...(await parts.modelFor(matter.release, step, role)) };
}

/** What a release says about the model of a step, or about the one that verifies its answers: the same without one of its own. */
export function definitionOf(
  release: ReleaseView,
  step: number,
  role: Role = "answers",
): Chain[number] | undefined {
  const own = role === "verifies" ? release.document.confidence.model : undefined;
  return own ?? chainOf(release)[step];
}

/** Whose breaker a step has: a local model cannot be away, so it has none. */
export function breakerOf(release: ReleaseView, step: number, role?: Role): BreakerKey | undefined {
  const definition = definitionOf(release, step, role);
  if (typeof definition !== "object" || !("connection" in definition)) return undefined;
  return { connection: definition.connection, model: definition.name ?? "" };
}

/** Waits for a place at the connection, shared fairly between those who ask, then for the breaker. Rejects when the process stops. */
export async function leaveToCall(
  { breakers, stopped }: Pick<CallParts, "breakers" | "stopped">,
  asker: string,
  key: BreakerKey | undefined,
  call: Call,
): Promise<Leave | Extract<Admission, { kind: "shut" }>> {
  const place = await call.places?.enter(asker, stopped);
  try {
    const admitted = key && (await breakers.admit(key, call.timeoutMs + LEASE_BEYOND));
    if (admitted?.kind === "shut") {
      place?.leave();
      return admitted;
    }
    let told = false;
    const tell: Leave["tell"] = async (outcome, because) => {
      const { generation, ...trial } = admitted?.pass ?? { generation: 0 };
      // A trial ends with its first call; a repair after it is a call like any other.
      const pass = told ? { generation } : { generation, ...trial };
      told = true;
      if (key) await breakers.ended(key, pass, outcome, because);
    };
    return {
      kind: "leave",
      tell,
      async end() {
        place?.leave();
        if (!told) await tell("nothing");
      },
    };
  } catch (error) {
    place?.leave();
    throw error;
  }
}

/** The model's answer, of which its breaker is told; throws when there is none in time, or when the process stops. */
export async function callModel(
  { model, request, timeoutMs }: Call,
  leave: Leave,
  stopped: AbortSignal,
): Promise<ModelAnswer> {
  const limit = AbortSignal.timeout(timeoutMs);
  let answer: ModelAnswer;
  try {
    answer = await model.ask(request, AbortSignal.any([limit, stopped]));
  } catch (error) {
    const { outcome, because } = effectOf(error);
    if (stopped.aborted) await leave.tell("nothing");
    else if (limit.aborted) await leave.tell("failed", "timeout_total");
    else await leave.tell(outcome, because);
    throw error;
  }
  await leave.tell("answered");
  return answer;
}

/** Whatever a call threw, as an error with a code. */
export function failureOf(error: unknown): PilotageError {
  return error instanceof PilotageError
    ? error
    : new PilotageError("internal", `Asking the model failed: ${String(error)}`, { cause: error });
}

/** The answer against the output schema of its release. */
export function readAnswer(release: ReleaseView, answer: ModelAnswer): Read {
  return readAgainst(release.checkOutput, answer);
}

/** An answer against any schema. */
export function readAgainst(check: ReleaseView["checkOutput"], answer: ModelAnswer): Read {
  const wrong = outputProblems(check, answer);
  return {
    output: wrong === undefined ? (answer.output as JsonObject) : undefined,
    wrong,
    confidence: wrong === undefined ? answer.confidence : undefined,
    model: nameFrom(answer.model),
    version: answer.version === undefined ? undefined : nameFrom(answer.version),
    inputTokens: countFrom(answer.usage?.inputTokens),
    outputTokens: countFrom(answer.usage?.outputTokens),
    cachedTokens: countFrom(answer.usage?.cachedTokens),
  };
}

/** What a call cost that was answered, useful or not; undefined: unknown. */
export function costOfCall(
  prices: PriceList,
  { billed, request }: Call,
  text: string,
  { model, inputTokens, outputTokens, cachedTokens = 0 }: Read,
): Cost | undefined {
  const usage =
    inputTokens === undefined || outputTokens === undefined
      ? undefined
      : { inputTokens, outputTokens, cachedTokens };
  const sizes = { inputBytes: bytesOfRequest(request), outputBytes: Buffer.byteLength(text) };
  return costOfAnswer(prices, billed, { answered: model, usage, ...sizes });
}

/** The same for one that failed, or that could not even be made. */
export function costOfFailedCall(
  prices: PriceList,
  call: Call | Error,
  failure: PilotageError,
): Cost | undefined {
  if (call instanceof Error) return costOfFailure(prices, undefined, failure, { inputBytes: 0 });
  return costOfFailure(prices, call.billed, failure, { inputBytes: bytesOfRequest(call.request) });
}

/** Whether a model of this step reads messages, so that it can be told what was wrong with its answer. */
export function canBeTalkedTo(release: ReleaseView, step: number): boolean {
  const definition = chainOf(release)[step];
  return release.prompt !== undefined && typeof definition === "object" && "connection" in definition;
}

/** The same call once more: says to the model what was wrong; its own words, cut to a bearable length, stand before it. */
export function repairCall(call: Call, said: { text: string; wrong: string }): Call {
  return {
    ...call,
    request: {
      ...call.request,
      messages: [
        ...call.request.messages,
        { role: "assistant", content: said.text.slice(0, 20_000) },
        {
          role: "user",
          content: `Your answer cannot be used: ${said.wrong.slice(0, 2_000)}. Answer again with one JSON object that meets the schema, and nothing else.`,
        },
      ],
    },
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

function outputProblems(check: ReleaseView["checkOutput"], answer: ModelAnswer): string | undefined {
  if (answer.finish === "refusal") return "the model refused to answer";
  if (answer.finish === "length") return "the answer was cut off at the length limit";
  if (!isJsonObject(answer.output)) return "the answer holds no JSON object";
  const form = checkValue(answer.output);
  if (form) return form.message;
  const problems = check(answer.output);
  return problems.length === 0
    ? undefined
    : problems.map((one) => `${one.path || "output"}: ${one.message}`).join("; ");
}

/** Takes identifiers out of the texts of one input. Without a scanner, where no field is looked through, nothing may pass. */
export function scrubbing({ scanner }: Pick<ReleaseView, "scanner">): {
  scrub: Transforms["scrub"];
  /** The kinds that keep the input here. */
  refused(): string[];
} {
  const scrubber = scanner && openScrubber(scanner, {});
  return {
    scrub: (text, lead, rules) => scrubber?.text(text, lead, rules) ?? MASK,
    refused: () => Object.keys(scrubber?.counts.refused ?? {}),
  };
}

/** What the data policy lets a model see, and the kinds of identifiers that let it see nothing. */
export function seenOf(
  { vault }: Pick<CallParts, "vault">,
  { release, workflow, input }: Pick<Matter, "release" | "workflow" | "input">,
): { allowed: JsonObject; dropped: string[]; refused: string[] } {
  const pseudonym = pseudonymsOf(vault, workflow.row.name);
  const { scrub, refused } = scrubbing(release);
  const { blockFields } = workflow.document;
  const { allowed, dropped } = applyPolicy(release.document.policy, blockFields, input, { pseudonym, scrub });
  return { allowed, dropped, refused: refused() };
}

/** Everything that a model may see of a case; the same for each step of a chain. */
export function requestFor(parts: Pick<CallParts, "vault">, matter: Matter): ModelRequest {
  const { release, workflow, id } = matter;
  const { allowed, refused } = seenOf(parts, matter);
  if (refused.length > 0)
    throw new PilotageError(
      "personal_data_refused",
      `The input holds what may not leave for a model: ${refused.join(", ")}. Nothing was sent; a person does this one.`,
    );
  const { of } = release.document.confidence;
  return {
    caseId: id,
    release: release.digest,
    messages: release.prompt?.render({ input: allowed, case: { id } }) ?? [],
    input: allowed,
    outputSchema: release.document.output,
    // Default deny holds for attachments too: they go only where the policy names them.
    attachments:
      release.document.policy[ATTACHMENTS] === "allow" && !workflow.document.blockFields.includes(ATTACHMENTS)
        ? matter.attachments
        : [],
    ...(of === undefined ? {} : { confidenceOf: of }),
  };
}

/** What stands for a value of a field in everything that leaves the house: within a workflow always the same. */
function pseudonymsOf(
  vault: Pick<Vault, "digest">,
  workflow: string,
): (path: string, value: string) => string {
  return (path, value) =>
    `p_${vault.digest(`pseudonym:${workflow}:${path}`, value).toString("hex").slice(0, 16)}`;
}
