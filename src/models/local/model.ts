/**
 * The local model as a `Model`: predicts the heads, writes the drafts from Liquid templates, needs no key and no network.
 *
 * Templates see `input` (after the data policy), `case` and `output` (the predicted heads, not other drafts); what a template
 * may do is in definition/prompt.ts.
 */
import { createHash } from "node:crypto";
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { compileDraft, type Draft } from "../../definition/prompt.ts";
import type { Model } from "../model.ts";
import { loadLocal } from "./predict.ts";

export interface LocalModelOptions {
  /** Name as answered and recorded, e.g. "triage-classifier". */
  name: string;
  /** SHA-256 of the bytes in hex: what the release names, and the version that is answered. */
  digest: string;
  bytes: Uint8Array;
  /** Output field to Liquid template. */
  drafts: Record<string, string>;
}

/**
 * Makes the model from stored bytes.
 *
 * Throws `model_unavailable`, not to be tried again, when the bytes do not have the digest or cannot be read, and
 * `definition_invalid` when a draft template has a fault or is for a field that is predicted. `ask` throws
 * `model_bad_answer`, not to be tried again, when a template fails on this input, and the signal's reason when aborted.
 */
export function localModel({ name, digest, bytes, drafts }: LocalModelOptions): Model {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== digest) {
    throw new PilotageError(
      "model_unavailable",
      `The stored bytes of local model "${name}" are not those of its release: their SHA-256 is ${found}, expected ${digest}.`,
      { hint: "Publish the release again: that trains the model anew from its examples.", retryable: false },
    );
  }
  const classifier = loadLocal(bytes);
  const write = draftWriter(name, drafts, classifier.heads);

  return {
    describe: `local ${name}`,
    ask(request, signal) {
      return new Promise((resolve) => {
        signal.throwIfAborted();
        const { output: heads, confidence } = classifier.predict(request.input);
        const output: JsonObject = {
          ...heads,
          ...write({ input: request.input, case: { id: request.caseId }, output: heads }),
        };
        resolve({
          output,
          text: JSON.stringify(output),
          model: name,
          version: digest,
          confidence,
          finish: "stop",
        });
      });
    },
  };
}

/** Compiles all templates now, so that a fault shows when the release is published and not at the first case. */
function draftWriter(
  name: string,
  drafts: Record<string, string>,
  heads: string[],
): (about: Parameters<Draft["render"]>[0]) => Record<string, string> {
  const compiled = Object.entries(drafts).map(([field, text]) => ({
    field,
    draft: draftFor(name, field, text, heads),
  }));
  return (about) =>
    Object.fromEntries(compiled.map(({ field, draft }) => [field, written(name, field, draft, about)]));
}

function draftFor(name: string, field: string, text: string, heads: string[]): Draft {
  if (heads.includes(field)) {
    throw new PilotageError(
      "definition_invalid",
      `Local model "${name}" has a draft for "${field}", but this field is predicted.`,
      { hint: "Take the draft out, or take the field out of `error: { equal: [...] }`." },
    );
  }
  try {
    return compileDraft(text);
  } catch (cause) {
    throw new PilotageError(
      "definition_invalid",
      `The draft for "${field}" of local model "${name}" has a fault. ${messageOf(cause)}`,
      { cause },
    );
  }
}

function written(name: string, field: string, draft: Draft, about: Parameters<Draft["render"]>[0]): string {
  try {
    return draft.render(about);
  } catch (cause) {
    throw new PilotageError(
      "model_bad_answer",
      `Local model "${name}" could not write "${field}". ${messageOf(cause)} The case has no answer from this model.`,
      { retryable: false, cause },
    );
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
