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
import { applyPolicy, ATTACHMENTS } from "../../definition/policy.ts";
import type { Model, ModelAnswer, ModelRequest } from "../../models/model.ts";
import type { Vault } from "../../platform/secrets.ts";
import type { Attachment } from "../intake/intake.ts";
import type { ReleaseView, WorkflowView } from "../workflow/registry.ts";
import type { Chain } from "./next-call.ts";

export interface CallParts {
  vault: Vault;
  /** The model behind a step of the chain of a release. */
  modelFor(release: ReleaseView, step: number): Promise<{ model: Model; timeoutMs: number }>;
  /** Aborted when the process stops: calls on their way are broken off. */
  stopped: AbortSignal;
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
export interface Call {
  request: ModelRequest;
  model: Model;
  timeoutMs: number;
}

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
}

const LONGEST_NAME = 100;
const MOST_TOKENS = 1_000_000_000;

/** The chain of a release: its model first, then its fallbacks. */
export function chainOf(release: ReleaseView): Chain {
  return [release.document.model, ...release.document.fallback];
}

/** Throws when the model cannot be opened or the prompt not be written. */
export async function prepareCall(parts: CallParts, matter: Matter, step: number): Promise<Call> {
  const request = requestFor(parts, matter);
  return { request, ...(await parts.modelFor(matter.release, step)) };
}

/** The model's answer; throws when there is none in time, or when the process stops. */
export function callModel({ model, request, timeoutMs }: Call, stopped: AbortSignal): Promise<ModelAnswer> {
  return model.ask(request, AbortSignal.any([AbortSignal.timeout(timeoutMs), stopped]));
}

/** Whatever a call threw, as an error with a code. */
export function failureOf(error: unknown): PilotageError {
  return error instanceof PilotageError
    ? error
    : new PilotageError("internal", `Asking the model failed: ${String(error)}`, { cause: error });
}

/** The answer against the output schema of its release. */
export function readAnswer(release: ReleaseView, answer: ModelAnswer): Read {
  const wrong = outputProblems(release, answer);
  return {
    output: wrong === undefined ? (answer.output as JsonObject) : undefined,
    wrong,
    confidence: wrong === undefined ? answer.confidence : undefined,
    model: nameFrom(answer.model),
    version: answer.version === undefined ? undefined : nameFrom(answer.version),
    inputTokens: countFrom(answer.usage?.inputTokens),
    outputTokens: countFrom(answer.usage?.outputTokens),
  };
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

function requestFor({ vault }: CallParts, matter: Matter): ModelRequest {
  const { release, workflow, input, id } = matter;
  const pseudonym = (path: string, value: string) =>
    `p_${vault.digest(`pseudonym:${workflow.row.name}:${path}`, value).toString("hex").slice(0, 16)}`;
  const { allowed } = applyPolicy(release.document.policy, workflow.document.blockFields, input, pseudonym);
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
