/** The check of where a release has its confidence from: each method with what it needs, and nothing that it would not read. */
import { checkTemplate, type PartialRelease } from "./check-release.ts";
import type { RemoteStep } from "./document.ts";
import { isScalar } from "./fields.ts";
import type { PathPart } from "./source.ts";
import { fieldNamed, type Scope } from "./scope.ts";

export function checkConfidence(scope: Scope, release: PartialRelease, promptFile: string | undefined): void {
  const { confidence, model } = release;
  if (confidence === undefined) return;
  const { of, from } = confidence;
  if (of !== undefined) {
    const field = fieldNamed(scope, "output", of, ["confidence", "of"]);
    if (field !== undefined && !isScalar(field)) {
      scope.at(["confidence", "of"], `${of} has no single value`, { expected: "a field with one value" });
    }
  }
  checkStrangers(scope, confidence);
  if (from === "none" || from === "model") return;
  if (of === undefined && from !== "verifier") {
    const [why, use] =
      from === "logprob"
        ? ["log-probabilities belong to a field", "whose tokens are looked at"]
        : ["samples agree on a field", "whose values are compared"];
    scope.at(["confidence", "from"], why, { expected: `of: <output field>, the field ${use}` });
  }
  if (model !== undefined && "local" in model) {
    const why = {
      logprob: "the local model has no log-probabilities",
      agreement: "the local model always gives the same answer, so its samples say nothing",
      verifier: "the local model gives a calibrated probability itself",
    }[from];
    scope.at(["confidence", "from"], why, { expected: "model or none", suggestion: "model" });
    return;
  }
  if (from === "agreement") checkAgreement(scope, release);
  if (from === "verifier") checkVerifier(scope, release, promptFile);
}

/** What belongs to another method would be read by nobody. */
function checkStrangers(scope: Scope, confidence: NonNullable<PartialRelease["confidence"]>): void {
  const { from } = confidence;
  for (const [key, method] of [
    ["samples", "agreement"],
    ["prompt", "verifier"],
    ["model", "verifier"],
  ] as const) {
    if (confidence[key] === undefined || from === method) continue;
    scope.at(
      ["confidence", key],
      `${key} belongs to from: ${method}, not to ${from}`,
      { expected: `from: ${method}, or no ${key}` },
      "key",
    );
  }
}

/** Samples of a model without chance are one answer, told several times. */
function checkAgreement(scope: Scope, release: PartialRelease): void {
  for (const { step, place } of remoteSteps(release)) {
    if (step.name === undefined) {
      scope.at(place, "agreement asks a language model several times, and this step names none", {
        expected: "name beside connection, or confidence from model",
      });
    } else if (step.temperature === undefined || step.temperature === 0) {
      const stated = step.temperature !== undefined;
      scope.at(
        stated ? [...place, "temperature"] : place,
        stated
          ? "at temperature 0 all samples are alike, so their agreement says nothing"
          : "the samples for agreement are drawn at a stated temperature, and this step states none",
        { expected: "a temperature above 0, e.g. 0.7" },
      );
    }
  }
}

function checkVerifier(scope: Scope, release: PartialRelease, promptFile: string | undefined): void {
  const { confidence, policy } = release;
  const { prompt, model } = confidence!;
  if (prompt === undefined) {
    scope.at(["confidence", "from"], "a verifier needs a prompt", {
      expected: "prompt: <file>, which shows input and output and asks whether the answer is right",
    });
  } else if (promptFile !== undefined) {
    const roots = checkTemplate(scope, { text: prompt, kind: "verifier", file: promptFile, policy });
    if (!roots.has("output")) {
      const expected = "{{ output }} or fields of it in the prompt";
      scope.at(["confidence", "prompt"], "the verifier never sees the answer", { expected });
    }
  }
  const nameless =
    model === undefined
      ? remoteSteps(release).filter(({ step }) => step.name === undefined)
      : model.name === undefined
        ? [{ place: ["confidence", "model"] }]
        : [];
  for (const { place } of nameless)
    scope.at(place, "a verifier is a language model, and this step names none", {
      expected: "name beside connection, or confidence.model with a connection and a name",
    });
}

function remoteSteps({ model, fallback = [] }: PartialRelease): { step: RemoteStep; place: PathPart[] }[] {
  return [
    { step: model, place: ["model"] as PathPart[] },
    ...fallback.map((step, index) => ({ step, place: ["fallback", index] as PathPart[] })),
  ].flatMap(({ step, place }) => (typeof step === "object" && "connection" in step ? [{ step, place }] : []));
}
