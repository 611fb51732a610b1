/**
 * Calls an OpenAI-compatible endpoint with a chat body that is built already, plain or streamed.
 *
 * The raw layer: what the server sends is checked for being what it says and handed on with every key. One call is one
 * question, except that a parameter which the server does not take may be left out and the question asked again at once.
 * Every failure is a `PilotageError` with its class (error-class.ts). openai.ts asks for a case with it, the endpoint for its
 * callers. Never retries.
 */
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { type Clock, stopwatch, systemClock } from "../platform/clock.ts";
import type { Leaving } from "../platform/leaving.ts";
import {
  assembleChat,
  type ChatAssembly,
  type Chunk,
  choicesOf,
  chunkOf,
  isToken,
  usageOf,
} from "./chat-stream.ts";
import type { Deadlines } from "./deadlines.ts";
import { modelFailure } from "./error-class.ts";
import { type ErrorReply, failureInside, failureOf, readError } from "./failures.ts";
import {
  endpointOf,
  type EventStream,
  openUpstream,
  type StreamReply,
  stopped,
  tooLate,
  type UpstreamOptions,
} from "./upstream.ts";

/** After the finish, how long the usage is waited for; and with it, how long the end of the stream. */
const USAGE_WITHIN_MS = 1_000;
const END_WITHIN_MS = 250;

export interface ChatCallerOptions extends Pick<UpstreamOptions, "describe" | "maxReplyBytes" | "egress"> {
  /** Up to and without `/chat/completions`; a query is kept. */
  baseUrl: string;
  apiKey?: string;
  headers?: Record<string, string>;
  /** Those of the connection's calls; a call may set its own, the one of the connection apart. */
  deadlines: Omit<Deadlines, "connectMs"> & { connectMs?: number };
  clock?: Clock;
}

export interface ChatCall {
  /** As it is sent; `stream` and `stream_options` are set by the way of asking. */
  body: JsonObject;
  /** Beside those of the connection, which win. */
  headers?: Record<string, string>;
  deadlines?: Partial<Omit<Deadlines, "connectMs">>;
  signal: Leaving;
  /** For a refusal by status: the body to ask with at once instead; undefined: it is a failure. */
  again?: (reply: ErrorReply) => JsonObject | undefined;
}

/** A chat completion, whole. */
export interface ChatReply {
  /** Every key that came. */
  body: JsonObject;
  /** The body as it came; undefined for one that was put together from a stream. */
  text: string | undefined;
  /** The name that answered, by the server's own words; undefined when it gave none. */
  model: string | undefined;
  usage: JsonObject | undefined;
  /** One for each answer, in their order; null where a server gives none. */
  finishReasons: (string | null)[];
  /** When the first token came, for calls that were streamed inside. */
  firstTokenMs: number | undefined;
  milliseconds: number;
}

/** What is known of a stream so far; of a whole one everything. */
export interface StreamSummary extends ChatReply {
  /** Every answer has its end. A stream that was left early is not complete. */
  complete: boolean;
  /** How much text came, for an estimate where the usage is lost. */
  characters: number;
}

export interface ChatStreaming {
  /** Throws when the stream is cut, says an error, or holds an event that is no chunk: that event is not given out. */
  chunks: AsyncIterable<Chunk>;
  summary(): StreamSummary;
  /** Ends the call, and with a failure whoever is still reading. Leaving the loop ends it, too. */
  close(): void;
}

export interface ChatCaller {
  readonly describe: string;
  plain(call: ChatCall): Promise<ChatReply>;
  /** Streamed inside, so that silence is noticed early, and given as a plain reply: whole or not at all. */
  buffered(call: ChatCall): Promise<ChatReply>;
  /** Resolves when the server has begun to answer; throws its refusal. A model that does not stream gives its whole as one chunk. */
  streamed(call: ChatCall): Promise<ChatStreaming>;
  close(): Promise<void>;
}

export function openChatCaller(options: ChatCallerOptions): ChatCaller {
  const { describe, apiKey, deadlines, clock = systemClock } = options;
  const upstream = openUpstream({
    url: endpointOf(options.baseUrl, "/chat/completions"),
    describe,
    timeoutMs: deadlines.totalMs,
    ...(deadlines.connectMs === undefined ? {} : { connectMs: deadlines.connectMs }),
    ...(options.maxReplyBytes === undefined ? {} : { maxReplyBytes: options.maxReplyBytes }),
    ...(options.egress === undefined ? {} : { egress: options.egress }),
  });
  const own = { ...options.headers, ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) };
  const headersOf = ({ headers }: ChatCall) => (headers === undefined ? own : { ...headers, ...own });
  const secrets = [...(apiKey === undefined ? [] : [apiKey]), ...Object.values(options.headers ?? {})];
  /** Some servers do not take the wish for usage; learnt for as long as the caller lives. */
  let asksUsage = true;
  /** Models that do not stream, or not for us; learnt likewise. */
  const notStreamed = new Set<unknown>();

  /** What is left of the limits of a call, each time that it asks. */
  function limitsOf(call: ChatCall, elapsed: () => number) {
    const { connectMs: _, ...limits } = call.deadlines ? { ...deadlines, ...call.deadlines } : deadlines;
    const { totalMs } = limits;
    return () => {
      const leftMs = Math.ceil(totalMs - elapsed());
      if (leftMs <= 0) throw tooLate(describe, totalMs);
      return { ...limits, leftMs, signal: call.signal };
    };
  }

  function failed(reply: ErrorReply) {
    return failureOf(reply, describe, secrets, clock.now());
  }

  /** The body of a successful reply. */
  function completion(text: string): JsonObject {
    const body = readBody(text, describe);
    const { error } = body;
    if (isJsonObject(error) || typeof error === "string")
      throw failureInside(error, describe, secrets, "malformed");
    const choices = choicesOf(body);
    if (choices.length === 0 || !choices.every(({ message }) => isJsonObject(message)))
      throw badAnswer(`${describe} answered with JSON that is not a chat completion: it has no choices.`);
    return body;
  }

  async function plain(call: ChatCall): Promise<ChatReply> {
    const elapsed = stopwatch();
    const limits = limitsOf(call, elapsed);
    let body = unstreamed(call.body);
    for (;;) {
      const reply = await upstream.post(JSON.stringify(body), headersOf(call), limits());
      if (isSuccess(reply)) return replyOf(completion(reply.text), undefined, elapsed(), reply.text);
      const lower = call.again?.(reply);
      if (lower === undefined) throw failed(reply);
      body = lower;
    }
  }

  /** The head of a stream, after whatever had to be left out. Usage is always asked for: what a call cost is known by it. */
  async function begin(call: ChatCall): Promise<StreamReply> {
    const limits = limitsOf(call, stopwatch());
    let body = call.body;
    for (;;) {
      if (notStreamed.has(body["model"])) {
        const { leftMs, signal } = limits();
        const reply = await upstream.post(JSON.stringify(unstreamed(body)), headersOf(call), {
          leftMs,
          signal,
        });
        if (isSuccess(reply)) return { kind: "whole", reply };
        const lower = call.again?.(reply);
        if (lower === undefined) throw failed(reply);
        body = lower;
        continue;
      }
      const wish = asksUsage;
      const asked = { ...body, stream: true, stream_options: { ...optionsOf(body), include_usage: true } };
      const { stream_options: _, ...without } = asked;
      const begun = await upstream.stream(JSON.stringify(wish ? asked : without), headersOf(call), {
        ...limits(),
        isToken,
      });
      if (begun.kind === "events" || isSuccess(begun.reply)) return begun;
      if (wish && refusesUsage(begun.reply)) {
        asksUsage = false;
        continue;
      }
      if (refusesStream(begun.reply)) {
        notStreamed.add(body["model"]);
        continue;
      }
      const lower = call.again?.(begun.reply);
      if (lower === undefined) throw failed(begun.reply);
      body = lower;
    }
  }

  async function streamed(call: ChatCall): Promise<ChatStreaming> {
    const elapsed = stopwatch();
    const begun = await begin(call);
    const answers = typeof call.body["n"] === "number" ? call.body["n"] : 1;
    const assembly = assembleChat(answers);
    if (begun.kind === "whole") return streamOfWhole(completion(begun.reply.text), assembly, elapsed);
    const { events } = begun;
    let closed = false;
    const summary = (): StreamSummary => ({
      ...replyOf(assembly.whole(), events.firstTokenMs, elapsed()),
      complete: assembly.finished,
      characters: assembly.characters,
    });
    return {
      chunks: chunksOf(events, assembly, () => closed),
      summary,
      close() {
        closed = true;
        events.close();
      },
    };
  }

  async function* chunksOf(
    events: EventStream,
    assembly: ChatAssembly,
    isClosed: () => boolean,
  ): AsyncGenerator<Chunk> {
    let came = false;
    for await (const { data, unfinished } of events) {
      const taken = assembly.take(data, unfinished);
      // What a server still says after the end of its answer changes nothing any more.
      if (taken.kind === "malformed" && assembly.finished) continue;
      if (taken.kind === "malformed")
        throw badAnswer(`${describe} sent an event that is not a chunk of a chat completion.`);
      if (taken.kind === "error") throw failureInside(taken.error, describe, secrets, "overloaded");
      if (taken.kind === "other") continue;
      came = true;
      if (assembly.finished) events.ending(assembly.usage ? END_WITHIN_MS : USAGE_WITHIN_MS);
      if (taken.kind === "done") break;
      yield taken.chunk;
    }
    if (assembly.finished) return;
    if (isClosed()) throw stopped(describe, undefined);
    if (!came) throw badAnswer(`${describe} answered with a stream that holds no event of an answer.`);
    throw modelFailure("cut", `${describe} ended its stream in the middle of the answer.`);
  }

  return {
    describe,
    plain,
    streamed,
    async buffered(call) {
      const stream = await streamed(call);
      for await (const _ of stream.chunks);
      return stream.summary();
    },
    close: () => upstream.close(),
  };
}

/** A server that answers whole although a stream was asked for. */
function streamOfWhole(completion: JsonObject, assembly: ChatAssembly, elapsed: () => number): ChatStreaming {
  const body = chunkOf(completion);
  const milliseconds = elapsed();
  return {
    chunks: (async function* () {
      const taken = assembly.take(JSON.stringify(body));
      if (taken.kind === "chunk") yield taken.chunk;
    })(),
    summary: () => ({
      ...replyOf(completion, milliseconds, milliseconds),
      complete: true,
      characters: assembly.characters,
    }),
    close() {},
  };
}

function replyOf(
  body: JsonObject,
  firstTokenMs: number | undefined,
  milliseconds: number,
  text?: string,
): ChatReply {
  const { model } = body;
  return {
    body,
    text,
    model: typeof model === "string" && model !== "" ? model : undefined,
    usage: usageOf(body),
    finishReasons: choicesOf(body).map(({ finish_reason: reason }) =>
      typeof reason === "string" ? reason : null,
    ),
    firstTokenMs,
    milliseconds,
  };
}

function unstreamed(body: JsonObject): JsonObject {
  if (!("stream" in body) && !("stream_options" in body)) return body;
  const { stream: _, stream_options: __, ...rest } = body;
  return rest;
}

function optionsOf(body: JsonObject): JsonObject {
  return isJsonObject(body["stream_options"]) ? body["stream_options"] : {};
}

function refusesUsage({ status, text }: ErrorReply): boolean {
  if (status !== 400 && status !== 422) return false;
  const { param, message = text } = readError(text);
  return param === undefined ? /stream_options|include_usage/.test(message) : /^stream_options\b/.test(param);
}

/** Of a model that answers whole only, or streams only for those whom it knows better. */
function refusesStream({ status, text }: ErrorReply): boolean {
  return (status === 400 || status === 422) && readError(text).param === "stream";
}

const isSuccess = ({ status }: ErrorReply) => status >= 200 && status < 300;

function readBody(text: string, describe: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is content.
    const kind = /^\s*</.test(text) ? "a web page" : text.trim() === "" ? "nothing" : "text that is not JSON";
    throw badAnswer(`${describe} answered with ${kind}. Check that the address is that of an API.`);
  }
  if (!isJsonObject(body)) throw badAnswer(`${describe} answered with JSON that is not an object.`);
  return body;
}

function badAnswer(message: string) {
  return modelFailure("malformed", message);
}
