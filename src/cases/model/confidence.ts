/**
 * How sure an answer is, where that takes more calls: samples that agree, or a model that verifies.
 *
 * Each of these calls is one like any other, with its own attempt, cost, budget, breaker and time limit; who asks makes
 * them (ask.ts for a live case, once.ts apart from one) and this file says which, and what follows. An answer for which one
 * of them is missing has no confidence, so that a person looks at it: never one from fewer samples than the release states.
 * Nothing that a verifier writes is believed but its verdict in the given form.
 */
import type { JsonObject } from "../../contract/json.ts";
import { sameJson, valueAt } from "../../definition/path.ts";
import { compileSchema } from "../../definition/schema.ts";
import type { ModelAnswer } from "../../models/model.ts";
import type { ConfidenceSource } from "../../models/openai.ts";
import type { ReleaseView } from "../workflow/registry.ts";
import {
  definitionOf,
  prepareCall,
  readAgainst,
  readAnswer,
  type Call,
  type CallParts,
  type Matter,
  type Read,
  type Role,
} from "./call.ts";

/** The form of a verdict. */
const VERDICT: JsonObject = {
  type: "object",
  properties: {
    verdict: { type: "string", enum: ["yes", "no"], description: "yes: the answer is right; no: it is not" },
    probability: {
      type: "number",
      minimum: 0,
      maximum: 1,
      description: "How probable it is that the answer is right, from 0 to 1",
    },
  },
  required: ["verdict", "probability"],
  additionalProperties: false,
};
const checkVerdict = compileSchema(VERDICT);

/** The answer is the first of so many samples; part of what a release means, so it never changes. */
const SAMPLES = 3;

/** A call beside the answer. */
export interface Beside {
  purpose: "sample" | "verify";
  role: Role;
  /** Throws like `prepareCall`. */
  prepare(): Promise<Call>;
  read(answer: ModelAnswer): Read;
}

/** What came of it: an answer, useful or not; `none` where there was none; `left` when the case is no longer ours. */
export type Found = Pick<Read, "output" | "confidence"> | "none" | "left";

type Method = { from: "agreement"; of: string; samples: number } | { from: "verifier" };

/** Undefined where the answer brings its confidence along, as that of a local model always does. */
export function methodOf(release: ReleaseView, step: number): Method | undefined {
  const { from, of = "", samples = SAMPLES } = release.document.confidence;
  const definition = definitionOf(release, step);
  if (typeof definition !== "object" || !("connection" in definition)) return undefined;
  if (from === "agreement") return { from, of, samples };
  return from === "verifier" ? { from } : undefined;
}

/** What a model is to say about its own answer. */
export function sourceOf({ document }: ReleaseView, role: Role): ConfidenceSource {
  if (role === "verifies") return { from: "logprob", of: "verdict" };
  const { from, of } = document.confidence;
  const own = from === "agreement" || from === "verifier" ? "none" : from;
  return { from: own, ...(of === undefined ? {} : { of }) };
}

/** The confidence in an output of a step by the method of its release; `left` as soon as a call says so. */
export async function confidenceIn(
  output: JsonObject,
  method: Method,
  { parts, matter, step }: { parts: CallParts; matter: Matter; step: number },
  ask: (beside: Beside) => Promise<Found>,
): Promise<number | undefined | "left"> {
  const { release } = matter;
  if (method.from === "verifier") {
    const found = await ask({
      purpose: "verify",
      role: "verifies",
      prepare: () => prepareVerification(parts, matter, step, output),
      read: readVerdict,
    });
    if (found === "left") return found;
    return found === "none" ? undefined : found.confidence;
  }
  const { of, samples } = method;
  const value = valueAt(output, of);
  let agreeing = 1;
  for (let no = 2; no <= samples; no++) {
    const found = await ask({
      purpose: "sample",
      role: "answers",
      prepare: () => prepareCall(parts, matter, step),
      read: (answer) => readAnswer(release, answer),
    });
    if (found === "left") return found;
    if (found === "none") return undefined;
    // A sample that cannot be used is one that does not agree.
    if (found.output && sameJson(valueAt(found.output, of), value)) agreeing++;
  }
  return agreeing / samples;
}

/** What the asked model saw, with its answer; nothing that the policy keeps back. */
async function prepareVerification(
  parts: CallParts,
  matter: Matter,
  step: number,
  output: JsonObject,
): Promise<Call> {
  const { request, ...model } = await prepareCall(parts, matter, step, "verifies");
  const { input } = request;
  const shown = { input, output, case: { id: matter.id } };
  return {
    ...model,
    request: {
      ...request,
      messages: matter.release.verifierPrompt?.render(shown) ?? [],
      input: { input, output },
      outputSchema: VERDICT,
      confidenceOf: "verdict",
    },
  };
}

/** The log-probability of the verdict where the provider gives one, else the probability that the verifier states. */
export function readVerdict(answer: ModelAnswer): Read {
  const read = readAgainst(checkVerdict, answer);
  if (read.output === undefined) return read;
  const { verdict, probability } = read.output as { verdict: "yes" | "no"; probability: number };
  const right = verdict === "yes";
  if (right ? probability < 0.5 : probability > 0.5) {
    const wrong = "the verdict and its probability contradict each other";
    return { ...read, output: undefined, confidence: undefined, wrong };
  }
  const sure = read.confidence;
  return { ...read, confidence: sure === undefined ? probability : right ? sure : 1 - sure };
}
