/**
 * One connection pool to one provider: sends a request, reads the whole reply, keeps time and size limits.
 *
 * Shared by the providers that speak HTTP. Whatever the network does ends in a `PilotageError` within the time-out;
 * a reply with any status is returned, and what it means is decided in failures.ts. Never retries.
 */
import { Pool } from "undici";
import { PilotageError } from "../contract/errors.ts";
import type { ErrorReply } from "./failures.ts";

const MEGABYTE = 1024 * 1024;

export interface UpstreamOptions {
  /** Full address of the endpoint; a query is kept. */
  url: string;
  /** Who is called, for messages. */
  describe: string;
  /** The longest time from the start of a call to the last byte of its reply. */
  timeoutMs: number;
  /** Larger replies are refused; 8 MB unless told. */
  maxReplyBytes?: number;
}

export interface Upstream {
  /**
   * Posts a JSON text and reads the reply. Throws `model_unavailable` when there is no whole reply in time, and
   * `model_bad_answer` when there is one that cannot be read as HTTP, as UTF-8, or is too large.
   */
  post(
    body: string,
    headers: Record<string, string>,
    call: { signal: AbortSignal; leftMs?: number },
  ): Promise<ErrorReply>;
  close(): Promise<void>;
}

/** Opens the pool; connections are made when calls need them, one per call in flight. */
export function openUpstream(options: UpstreamOptions): Upstream {
  const { describe, timeoutMs } = options;
  const maxReplyBytes = options.maxReplyBytes ?? 8 * MEGABYTE;
  const url = new URL(options.url);
  const pool = new Pool(url.origin, {
    // No upper limit: a limit here would be a hidden queue. How many calls run at once is decided by the worker.
    connections: null,
    // One call per connection, so that a stalled reply holds up nobody else.
    pipelining: 1,
    allowH2: false,
    maxResponseSize: maxReplyBytes,
    // The deadline below covers the whole call; two clocks on one call would only make errors harder to read.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: Math.min(timeoutMs, 10_000),
  });

  return {
    async post(body, headers, { signal, leftMs }) {
      const limit = leftMs ?? timeoutMs;
      const stop = new AbortController();
      let timedOut = false;
      const onAbort = () => stop.abort();
      if (signal.aborted) stop.abort();
      else signal.addEventListener("abort", onAbort, { once: true });
      const timer = setTimeout(() => {
        timedOut = true;
        stop.abort();
      }, limit);
      try {
        const reply = await pool.request({
          method: "POST",
          path: `${url.pathname}${url.search}`,
          headers: {
            accept: "application/json",
            "accept-encoding": "identity",
            ...headers,
            "content-type": "application/json",
          },
          body,
          signal: stop.signal,
        });
        const bytes = await reply.body.bytes();
        return {
          status: reply.statusCode,
          headers: flat(reply.headers),
          text: utf8(bytes, reply.statusCode),
        };
      } catch (error) {
        if (timedOut) throw tooLate(describe, limit);
        if (signal.aborted) throw stopped(describe, signal.reason);
        throw broken(describe, error, maxReplyBytes);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
    },
    close: () => pool.close(),
  };
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

/** The text of a reply. A success must be real UTF-8; of an error page the readable part is enough. */
function utf8(bytes: Uint8Array, status: number): string {
  return new TextDecoder("utf-8", { fatal: status < 300 }).decode(bytes);
}

/** The error for a call that took longer than its limit. */
export function tooLate(describe: string, limitMs: number): PilotageError {
  return new PilotageError("model_unavailable", `${describe} gave no whole answer within ${limitMs} ms.`, {
    hint: "If this happens often, raise the release's time-out or use a faster model.",
    details: { timeoutMs: limitMs },
  });
}

/** The error for a call that Pilotage itself broke off. */
export function stopped(describe: string, cause: unknown): PilotageError {
  return new PilotageError(
    "model_unavailable",
    `The call of ${describe} was broken off before an answer came.`,
    { details: { aborted: true }, cause },
  );
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "nothing listens at its address",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed before the reply was complete",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  ETIMEDOUT: "no connection in time",
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name cannot be looked up at the moment",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its network cannot be reached",
};

/** Names a network failure by its code. The error itself is left out: it can hold bytes of the reply, which are content. */
function broken(describe: string, error: unknown, maxReplyBytes: number): PilotageError {
  const code = codeOf(error);
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE")
    return new PilotageError(
      "model_bad_answer",
      `${describe} answered with more than ${maxReplyBytes} bytes.`,
      { hint: "Limit the length of the answer (maxTokens)." },
    );
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA")
    return new PilotageError("model_bad_answer", `${describe} answered with bytes that are not UTF-8.`);
  if (
    code.startsWith("HPE_") ||
    code === "HTTPParserError" ||
    code === "UND_ERR_HEADERS_OVERFLOW" ||
    code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"
  )
    return new PilotageError(
      "model_bad_answer",
      `${describe} answered with something that is not HTTP (${code}).`,
    );
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/.test(code))
    return new PilotageError(
      "model_unavailable",
      `${describe} cannot be trusted: its certificate is not valid (${code}).`,
      {
        retryable: false,
        hint: "Check the address; for an own certificate authority set NODE_EXTRA_CA_CERTS.",
        details: { cause: code },
      },
    );
  if (code === "UND_ERR_INVALID_ARG" || code === "ERR_INVALID_CHAR")
    return new PilotageError(
      "model_refused",
      `The request to ${describe} cannot be sent: a header or the address is not valid.`,
      { hint: "Check the key and the headers of the connection for line breaks and special characters." },
    );
  return new PilotageError(
    "model_unavailable",
    `${describe} did not answer: ${REASONS[code] ?? `the call failed (${code})`}.`,
    { details: { cause: code } },
  );
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : "unknown";
}
