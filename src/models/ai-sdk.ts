/**
 * Language models behind the providers of the AI SDK: Anthropic, Amazon Bedrock, Google.
 *
 * The provider's package writes and reads its wire and signs; everything else is ours. Its one call is made over our own
 * connections, with our deadline, our rules of where connections may lead, and no retries: `doGenerate` has none. It gets
 * every secret that it needs as an argument, so that it looks for none on the machine. A package is loaded when the first
 * question is asked. A model that refuses the demanded form of the answer is asked again at once with the form in words.
 */
import type { LanguageModelV4 } from "@ai-sdk/provider";
import { PilotageError } from "../contract/errors.ts";
import { type Clock, stopwatch, systemClock } from "../platform/clock.ts";
import type { Egress } from "../platform/egress.ts";
import { answerOf, callOptions, type CallSettings, type Demand, refusesForm } from "./ai-sdk-wire.ts";
import { classIn, modelFailure } from "./error-class.ts";
import { type ErrorReply, failureOf } from "./failures.ts";
import type { Model, ModelRequest } from "./model.ts";
import { openUpstream, stopped, tooLate, type Upstream } from "./upstream.ts";

/** What is the same for all providers. */
export interface ProviderSettings extends CallSettings {
  /** The model's name as the provider knows it. */
  name: string;
  /** For the whole question, a second asking included. */
  timeoutMs: number;
  /** Sent along, for gateways that ask for more. */
  headers?: Record<string, string>;
  /** The name under which people know the connection. */
  connection: string;
  maxReplyBytes?: number;
  clock?: Clock;
  egress?: Egress;
}

/** What is the provider's own. */
export interface ProviderPart {
  kind: "anthropic" | "bedrock" | "google";
  /** Never to be repeated in a message. */
  secrets: readonly string[];
  /** Loads the package and makes its model, which calls over the `fetch` given. */
  load(fetch: typeof globalThis.fetch): Promise<LanguageModelV4>;
  /** The provider's error body in the form that failures.ts reads. */
  readError(reply: ErrorReply): ErrorReply;
}

/** Throws `model_unavailable`, `model_refused`, `model_bad_answer` as failures.ts says. */
export function aiSdkModel(settings: ProviderSettings, part: ProviderPart): Model {
  const { name, timeoutMs, clock = systemClock } = settings;
  const describe = `${part.kind} ${name} at ${settings.connection}`;
  const secrets = [...part.secrets, ...Object.values(settings.headers ?? {})];
  let demand: Demand = "json_schema";
  let open: { url: string; upstream: Upstream } | undefined;

  /** The provider's package decides the address; it is the same for every question to one model. */
  function upstreamAt(url: string): Upstream {
    if (open?.url === url) return open.upstream;
    if (open !== undefined)
      throw new PilotageError("internal", `${describe} is asked at two addresses; only one was expected.`);
    const { maxReplyBytes, egress } = settings;
    const upstream = openUpstream({
      url,
      describe,
      timeoutMs,
      ...(maxReplyBytes === undefined ? {} : { maxReplyBytes }),
      ...(egress === undefined ? {} : { egress }),
    });
    open = { url, upstream };
    return upstream;
  }

  /** What is left of the time-out. Loading the package counts, too. */
  function left(elapsed: () => number): number {
    const leftMs = Math.ceil(timeoutMs - elapsed());
    if (leftMs <= 0) throw tooLate(describe, timeoutMs);
    return leftMs;
  }

  async function askOnce(request: ModelRequest, signal: AbortSignal, elapsed: () => number, sent: Demand) {
    // What went wrong on our side of the package, which may wrap it; this is what is thrown in the end.
    let failure: unknown;
    let refusedForm = false;
    const model = await part.load(async (input, init) => {
      try {
        const url = input instanceof Request ? input.url : String(input);
        const { "user-agent": _, ...headers } = Object.fromEntries(new Headers(init?.headers));
        const body = typeof init?.body === "string" ? init.body : "";
        const reply = await upstreamAt(url).post(body, headers, { signal, leftMs: left(elapsed) });
        if (reply.status >= 200 && reply.status < 300)
          return new Response(reply.text, { headers: { "content-type": "application/json" } });
        const said = part.readError(reply);
        refusedForm = refusesForm(said);
        throw failureOf(said, describe, secrets, clock.now());
      } catch (error) {
        failure = classIn(error) === "timeout_total" ? tooLate(describe, timeoutMs) : error;
        throw error;
      }
    });
    try {
      const result = await model.doGenerate({ ...callOptions(request, settings, sent), abortSignal: signal });
      const answer = answerOf(result, name);
      if (answer === undefined) throw unread(describe, undefined);
      return { answer };
    } catch (error) {
      if (refusedForm && sent === "json_schema") return { refusedForm: true };
      if (failure !== undefined) throw failure;
      if (error instanceof PilotageError) throw error;
      if (signal.aborted) throw stopped(describe, signal.reason);
      throw unread(describe, error);
    }
  }

  return {
    describe,
    async ask(request, signal) {
      const elapsed = stopwatch();
      for (;;) {
        const { answer } = await askOnce(request, signal, elapsed, demand);
        if (answer !== undefined) return answer;
        demand = "words";
      }
    },
    form: () => demand,
    async close() {
      await open?.upstream.close();
    },
  };
}

/** What the package could not do with the request or the reply. Its own message may quote either, so it stays out. */
function unread(describe: string, error: unknown): PilotageError {
  const cause = error instanceof Error ? error.name : "empty";
  if (cause === "AI_UnsupportedFunctionalityError" || cause === "AI_InvalidPromptError")
    return modelFailure(
      "refused_request",
      `${describe} cannot be asked this: it does not take a part of the question.`,
      { hint: "Leave attachments out by the release's policy, or name another model.", details: { cause } },
    );
  return modelFailure(
    "malformed",
    `${describe} answered with something that is not an answer of this provider.`,
    { hint: "Check that the address of the connection is that of the provider's API.", details: { cause } },
  );
}
