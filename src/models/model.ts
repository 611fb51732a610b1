/**
 * The one interface through which a model is asked, whoever provides it.
 *
 * A provider file turns a request into a call and the reply into an answer, and throws a `PilotageError`
 * (`model_unavailable`, `model_refused`, `model_bad_answer`) when there is none. Retries, repair and fallback are not
 * here: the path of the case owns them. A provider never sees more than what stands in the request: the policy has
 * already been applied.
 */
import type { AnswerForm } from "../contract/connection-trial.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";

export interface ModelRequest {
  caseId: string;
  /** Digest of the release that asks. */
  release: string;
  /** Chat messages for language models: the rendered prompt, and on repair the earlier answer with what was wrong. */
  messages: { role: "system" | "user" | "assistant"; content: string }[];
  /** The case input after the data policy; what `http` and `local` models get. */
  input: JsonObject;
  /** JSON Schema that the output must meet. */
  outputSchema: JsonObject;
  attachments: { name: string; mediaType: string; bytes: Uint8Array }[];
  /** The field whose confidence is wanted, when the release asks for log-probabilities. */
  confidenceOf?: string;
  /** The trace that the call belongs to, as W3C writes it; only services of one's own get it. */
  traceparent?: string;
}

export interface ModelAnswer {
  /** The parsed output; not yet checked against the schema. */
  output: JsonValue | undefined;
  /** The text as it came, kept for the record and for repair. */
  text: string;
  /** The provider's name for this answer. */
  id?: string;
  /** The model that answered, by its own words; not the one asked for. */
  model: string;
  version?: string;
  /** Probability that the output is right, 0 to 1, by the method that the release names. Never from the output text. */
  confidence?: number;
  finish: "stop" | "length" | "refusal" | "other";
  /** `cachedTokens`: of the input, what the provider had in its own cache. The last two are for telemetry only. */
  usage?: {
    inputTokens: number;
    outputTokens: number;
    cachedTokens?: number;
    cacheWriteTokens?: number;
    reasoningTokens?: number;
  };
  /** Until the first token, where the answer was streamed on its way. */
  firstTokenMs?: number;
}

export interface Model {
  /** For records and messages, e.g. "openai mistral-small at mistral-eu". */
  readonly describe: string;
  ask(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
  /** How it is told the form of its answer, as far as has been learnt; left out where it answers by a schema of its own. */
  form?(): AnswerForm;
  close?(): Promise<void>;
}
