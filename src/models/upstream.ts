/**
 * The connections to one provider: sends a request, reads the reply whole or event by event, keeps time and size limits.
 *
 * Shared by the providers that speak HTTP. Whatever the network does ends in a `PilotageError` within the time-out;
 * a reply with any status is returned, and what it means is decided in failures.ts. A reply that is read whole within one
 * limit goes over exchange.ts, everything else over undici. The clocks are in deadlines.ts, the cutting of a stream into
 * events is in sse.ts, the errors are in upstream-errors.ts. Never retries.
 */
import { type Dispatcher, Pool } from "undici";
import { PilotageError } from "../contract/errors.ts";
import { type Egress, strictEgress } from "../platform/egress.ts";
import type { Leaving } from "../platform/leaving.ts";
import { type Deadlines, LONGEST_TIMER, type Watch, watchCall } from "./deadlines.ts";
import { openExchange } from "./exchange.ts";
import type { ErrorReply } from "./failures.ts";
import type { WireReply } from "./http-reply.ts";
import { type SseEvent, sseReader } from "./sse.ts";
import { broken, stopped, struckBy, tooLate } from "./upstream-errors.ts";

export { stopped, tooLate };

const MEGABYTE = 1024 * 1024;
/** A stream writes much around each token. */
const STREAM_FACTOR = 8;
/** How long a connection may take to end a stream whose end has been said; then it is not kept. */
const END_WITHIN_MS = 250;

export interface UpstreamOptions {
  /** Full address of the endpoint; a query is kept. */
  url: string;
  /** Who is called, for messages. */
  describe: string;
  /** The longest time from the start of a call to the last byte of its reply. */
  timeoutMs: number;
  /** The longest time to a connection; ten seconds unless told. */
  connectMs?: number;
  /** Where connections may lead; public addresses and loopback when left out. */
  egress?: Egress;
  /** Larger replies are refused; 8 MB unless told. A stream may have eight times as many. */
  maxReplyBytes?: number;
}

export interface UpstreamCall extends Partial<Pick<Deadlines, "firstTokenMs" | "idleMs">> {
  signal: Leaving;
  /** What is left of the time-out for this call. */
  leftMs?: number;
}

export interface StreamCall extends UpstreamCall {
  /** Whether an event is a token, asked until the first one is; every event unless told. */
  isToken?: (data: string) => boolean;
}

export type StreamReply =
  /** Not a stream: an error, or a server that answers whole although it was asked for a stream. */
  | { kind: "whole"; reply: ErrorReply }
  | { kind: "events"; headers: ErrorReply["headers"]; events: EventStream };

/** Throws when the stream breaks off or a limit strikes. Leaving the loop ends the call. */
export interface EventStream extends AsyncIterable<SseEvent> {
  /** What was asked for is here: from now on silence for so long, or a break, is an end like any other. */
  ending(withinMs: number): void;
  /** From the start of the call to the first token; undefined before it. */
  readonly firstTokenMs: number | undefined;
  /** Ends the call, also where the loop was never begun. */
  close(): void;
}

export interface Upstream {
  /**
   * Posts a JSON text and reads the reply. Throws `model_unavailable` when there is no whole reply in time, and
   * `model_bad_answer` when there is one that cannot be read as HTTP, as UTF-8, or is too large.
   */
  post(body: string, headers: Record<string, string>, call: UpstreamCall): Promise<ErrorReply>;
  /** Reads what lies at the address. Throws like `post`. */
  get(headers: Record<string, string>, call: UpstreamCall): Promise<ErrorReply>;
  /** Posts a JSON text and reads the reply as server-sent events; resolves with the head of the reply. Throws like `post`. */
  stream(body: string, headers: Record<string, string>, call: StreamCall): Promise<StreamReply>;
  close(): Promise<void>;
}

/** A call on its way: its reply's head has come. */
interface Open {
  status: number;
  headers: ErrorReply["headers"];
  body: Dispatcher.ResponseData["body"];
  watch: Watch;
  /** Breaks the connection off. */
  stop(): void;
  /** What an error means, by the limit that struck or the caller that left. */
  failure(error: unknown): PilotageError;
  end(): void;
}

/** Opens the pools; connections are made when calls need them, one per call in flight. */
export function openUpstream(options: UpstreamOptions): Upstream {
  const { describe, timeoutMs } = options;
  const maxReplyBytes = options.maxReplyBytes ?? 8 * MEGABYTE;
  const connectMs = Math.min(timeoutMs, options.connectMs ?? 10_000);
  const url = new URL(options.url);
  const connect = (options.egress ?? strictEgress).connector(url, { timeoutMs: connectMs });
  const exchange = openExchange({ url, connect, maxReplyBytes });
  const open = (maxResponseSize: number) =>
    new Pool(url.origin, {
      // No upper limit: a limit here would be a hidden queue. How many calls run at once is decided by the worker.
      connections: null,
      // One call per connection, so that a stalled reply holds up nobody else.
      pipelining: 1,
      maxResponseSize,
      // The deadlines cover the whole call; two clocks on one call would only make errors harder to read.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect,
    });
  const sentOf = keptHeaders();
  let pool: Pool | undefined;
  let streams: Pool | undefined;

  /** Asks and reads the whole reply, within one limit on all of it. */
  function ask(body: string, headers: Record<string, string>, call: UpstreamCall): Promise<ErrorReply> {
    const { signal, leftMs = timeoutMs } = call;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(stopped(describe, signal.reason));
      const breakOff = (error: PilotageError) => {
        end();
        stop();
        reject(error);
      };
      const onAbort = () => breakOff(stopped(describe, signal.reason));
      const timer = setTimeout(() => breakOff(tooLate(describe, leftMs)), Math.min(leftMs, LONGEST_TIMER));
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      let stop = () => {};
      try {
        stop = exchange.post(headers, body, (error, reply) => {
          end();
          if (reply === undefined) return reject(failureOf(error));
          try {
            resolve(new TextReply(reply));
          } catch (notText) {
            reject(failureOf(notText));
          }
        });
      } catch (error) {
        end();
        reject(failureOf(error));
      }
    });
    function failureOf(error: unknown): PilotageError {
      return broken(describe, error, { maxReplyBytes, connectMs, headersCame: false });
    }
  }

  /** Sends the request and waits for the head of its reply. */
  async function send(
    through: Pool,
    body: string | undefined,
    headers: Record<string, string>,
    call: UpstreamCall,
  ) {
    const { signal, leftMs = timeoutMs, firstTokenMs, idleMs } = call;
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    if (signal.aborted) stop.abort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const watch = watchCall(
      {
        totalMs: leftMs,
        ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
        ...(idleMs === undefined ? {} : { idleMs }),
      },
      onAbort,
    );
    let headersCame = false;
    const failure = (error: unknown) => {
      if (watch.struck) return struckBy(describe, watch.struck);
      if (signal.aborted) return stopped(describe, signal.reason);
      return broken(describe, error, { maxReplyBytes, connectMs, headersCame });
    };
    const end = () => {
      watch.end();
      signal.removeEventListener("abort", onAbort);
    };
    try {
      const reply = await watch.waitFor(
        through.request({
          method: body === undefined ? "GET" : "POST",
          path: `${url.pathname}${url.search}`,
          headers: body === undefined ? { ...ACCEPT, ...headers } : sentOf(headers),
          ...(body === undefined ? {} : { body }),
          signal: stop.signal,
        }),
      );
      headersCame = true;
      return {
        status: reply.statusCode,
        headers: flat(reply.headers),
        body: reply.body,
        watch,
        stop: onAbort,
        failure,
        end,
      } satisfies Open;
    } catch (error) {
      end();
      throw failure(error);
    }
  }

  async function askLimited(body: string, headers: Record<string, string>, call: UpstreamCall) {
    pool ??= open(maxReplyBytes);
    return readWhole(await send(pool, body, headers, call), true);
  }

  return {
    post: (body, headers, call) =>
      isLimited(call) ? askLimited(body, headers, call) : ask(body, sentOf(headers), call),
    async get(headers, call) {
      pool ??= open(maxReplyBytes);
      return readWhole(await send(pool, undefined, headers, call), isLimited(call));
    },
    async stream(body, headers, call) {
      streams ??= open(maxReplyBytes * STREAM_FACTOR);
      const accept = { accept: "text/event-stream", ...headers };
      const reply = await send(streams, body, accept, call);
      const isWhole = reply.status >= 300 || /\bjson\b/i.test(reply.headers["content-type"] ?? "");
      return isWhole
        ? { kind: "whole", reply: await readWhole(reply, isLimited(call)) }
        : { kind: "events", headers: reply.headers, events: eventsOf(reply, call.isToken ?? (() => true)) };
    },
    async close() {
      await Promise.all([exchange.close(), pool?.close(), streams?.close()]);
    },
  };
}

/** An address below a base; a query is kept. */
export function endpointOf(baseUrl: string, path: string): string {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${path}`;
  return url.href;
}

const ACCEPT = { accept: "application/json", "accept-encoding": "identity" };
const JSON_BODY = { "content-type": "application/json" };

class TextReply implements ErrorReply {
  readonly status: number;
  readonly text: string;
  readonly #reply: WireReply;

  constructor(reply: WireReply) {
    this.status = reply.status;
    this.text = utf8(reply.body, reply.status);
    this.#reply = reply;
  }

  get headers(): ErrorReply["headers"] {
    return this.#reply.headers;
  }
}

/** The headers that are sent; the same ones stay the same object, so that they are written once (exchange.ts). */
function keptHeaders(): (headers: Record<string, string>) => Record<string, string> {
  let last: { given: Record<string, string>; sent: Record<string, string> } | undefined;
  return (given) => {
    if (last?.given !== given) last = { given, sent: { ...ACCEPT, ...given, ...JSON_BODY } };
    return last.sent;
  };
}

function isLimited({ firstTokenMs, idleMs }: UpstreamCall): boolean {
  return firstTokenMs !== undefined || idleMs !== undefined;
}

/** The whole reply. Piece by piece only where the time between the pieces is limited. */
async function readWhole(open: Open, limited: boolean): Promise<ErrorReply> {
  const { status, headers, body, watch } = open;
  try {
    if (!limited) return { status, headers, text: utf8(await watch.waitFor(body.bytes()), status) };
    const chunks = body.iterator() as AsyncIterableIterator<Uint8Array>;
    const parts: Uint8Array[] = [];
    for (;;) {
      const next = await watch.waitFor(chunks.next());
      if (next.done) return { status, headers, text: utf8(Buffer.concat(parts), status) };
      watch.progress();
      parts.push(next.value);
    }
  } catch (error) {
    throw open.failure(error);
  } finally {
    open.end();
  }
}

function eventsOf(open: Open, isToken: (data: string) => boolean): EventStream {
  const { body, watch } = open;
  let ending = false;
  let closed = false;

  async function* events(): AsyncGenerator<SseEvent> {
    const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>;
    const reader = sseReader();
    let over = false;
    try {
      while (!over) {
        const next = await watch.waitFor(chunks.next());
        over = next.done === true;
        for (const event of next.done ? reader.end() : reader.push(next.value)) {
          // A reader who is too slow is not given what is left of a call that is over.
          if (watch.struck && !ending) throw open.failure(undefined);
          if (watch.firstMs !== undefined || isToken(event.data)) watch.progress();
          yield event;
        }
      }
    } catch (error) {
      over = true;
      open.stop();
      if (!ending && !closed) throw error instanceof PilotageError ? error : open.failure(error);
    } finally {
      open.end();
      if (!over && ending) void drain(chunks, open.stop);
      else if (!over) open.stop();
    }
  }

  return {
    [Symbol.asyncIterator]: events,
    ending(withinMs) {
      ending = true;
      watch.ending(withinMs);
    },
    get firstTokenMs() {
      return watch.firstMs;
    },
    close() {
      closed = true;
      open.end();
      open.stop();
    },
  };
}

/** Reads what little may still come, so that the connection can be used again; whatever takes longer loses it. */
async function drain(chunks: AsyncIterableIterator<Uint8Array>, stop: () => void): Promise<void> {
  const timer = setTimeout(stop, END_WITHIN_MS);
  try {
    while (!(await chunks.next()).done);
  } catch {
    // The answer is whole; how its connection ends changes nothing.
  } finally {
    clearTimeout(timer);
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

const strict = new TextDecoder("utf-8", { fatal: true });
const lenient = new TextDecoder("utf-8");

/** The text of a reply. A success must be real UTF-8; of an error page the readable part is enough. */
function utf8(bytes: Uint8Array, status: number): string {
  return (status < 300 ? strict : lenient).decode(bytes);
}
