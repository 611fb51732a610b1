/**
 * One request to the endpoint as node:http gives it, and its answer: body, errors, answers whole and as a stream.
 *
 * Apart from the framework of the other routes, which costs as much as everything else that such a call needs (decision
 * 0018). Every way out ends the request once. A reader that takes nothing is let go after a while; what a client still
 * sends of a body that is too large is read and thrown away, so that it hears why.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { LiveReply, WholeReply } from "../gateway/call.ts";
import { errorBody, GatewayError, wireErrorOf } from "../gateway/wire-error.ts";
import type { Leave } from "../platform/leaving.ts";
import type { Log } from "../platform/log.ts";

export interface GatewayRequest {
  id: string;
  /** As the log and the figures name it. */
  route: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the client is gone before its answer is out. */
  left: Leave;
  /** Gives back the room that its body took; called when the request is over. */
  release: (() => void) | undefined;
  elapsed(): number;
  /** The server takes no more: its connections end with their answers. */
  closing(): boolean;
}

export const MOST_BYTES = 20 * 1024 * 1024;
/** A reader that takes nothing for so long is given up; milliseconds. */
const WRITE_WITHIN = 30_000;

const JSON_TYPE = "application/json; charset=utf-8";
const STREAM = { "x-accel-buffering": "no", "content-type": "text/event-stream; charset=utf-8" };

/** The bytes of a JSON body. Rejects what is none, what is too large, and a request that ends in the middle. */
export function bodyOf({ request }: GatewayRequest): Promise<Buffer> {
  const {
    "content-type": type = "",
    "content-length": length,
    "transfer-encoding": coding,
  } = request.headers;
  const isEmpty = coding === undefined && (length === undefined || length === "0");
  if (!JSON_BODY.test(type) && !(isEmpty && type === ""))
    return Promise.reject(
      new GatewayError(
        415,
        "unsupported_media_type",
        "Send the body as JSON, with the header `Content-Type: application/json`.",
      ),
    );
  if (Number(length) > MOST_BYTES) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    let parts: Buffer[] = [];
    let bytes = 0;
    request
      .on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes <= MOST_BYTES) return void parts.push(part);
        parts = [];
        reject(tooLarge());
      })
      .on("end", () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
      .on("error", () =>
        reject(new GatewayError(400, "invalid_value", "The request ended in the middle of its body.")),
      );
  });
}

const JSON_BODY = /^\s*application\/json\s*(?:;|$)/i;

function tooLarge(): GatewayError {
  return new GatewayError(
    400,
    "request_too_large",
    `The request is larger than ${MOST_BYTES} bytes; nothing of it was used.`,
    { param: "messages" },
  );
}

/**
 * While a call waits for its answer nothing crosses its connection, which therefore would be cut after a while of silence;
 * every wait of a call has an end of its own.
 */
export function waits({ response }: GatewayRequest): void {
  response.on("timeout", goOn);
}

const goOn = () => undefined;

/** From here on a reader that takes nothing is let go. */
function mustRead({ request, response }: GatewayRequest): void {
  response.off("timeout", goOn);
  // Usually everything is on its way at once. An answer that queues behind others has no socket yet: its reader takes those first.
  if (response.socket === null || request.socket.writableLength > 0) request.socket.setTimeout(WRITE_WITHIN);
}

/** Sends a whole answer. */
export function send(
  one: GatewayRequest,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  const { response } = one;
  if (response.headersSent || response.destroyed) return;
  const typed = "content-type" in headers ? headers : { "content-type": JSON_TYPE, ...headers };
  response.writeHead(status, headersOf(one, typed, body));
  response.end(body);
  mustRead(one);
}

export function sendReply(one: GatewayRequest, reply: WholeReply): void {
  if (reply.kind === "json") send(one, 200, reply.headers, reply.body);
  else send(one, 200, { ...reply.headers, ...STREAM }, reply.text);
}

/** Tells a failure in the shape of the wire; of a fault of the program no more than where to look for it. */
export function sendError(one: GatewayRequest, error: unknown, log: Log): void {
  const known = wireErrorOf(error);
  if (known === undefined) log.error({ err: error, request: one.id, route: one.route }, "a request failed");
  const failure =
    known ??
    new GatewayError(
      500,
      "internal_error",
      `A fault in Pilotage kept it from answering. The log has more under ${one.id}.`,
    );
  send(
    one,
    failure.status,
    { ...(failure.status === 401 ? { "www-authenticate": "Bearer" } : {}), ...failure.more.headers },
    JSON.stringify(errorBody(failure)),
  );
  // The client may be sending still: what is left is read and thrown away, so that it hears this answer.
  one.request.resume();
}

/** Passes events on as the reader takes them; what follows a reader that left is that the source is told to end. */
export async function pass(one: GatewayRequest, { headers, events }: LiveReply, log: Log): Promise<void> {
  const { response } = one;
  response.writeHead(200, headersOf(one, { ...headers, ...STREAM }, undefined));
  try {
    for await (const text of events) {
      if (response.destroyed) break;
      if (!response.write(text) && !(await drained(response))) break;
    }
    response.end();
    mustRead(one);
  } catch (error) {
    // The source tells every failure that it knows in the stream itself; without its end the reader knows that it is cut.
    log.error({ err: error, request: one.id }, "a stream failed");
    response.destroy();
  }
}

/** Names and values in turn, the form that costs the server least. */
function headersOf(
  { id, closing }: GatewayRequest,
  more: Readonly<Record<string, string>>,
  body: string | undefined,
): string[] {
  const headers = [
    "x-request-id",
    id,
    "x-content-type-options",
    "nosniff",
    "referrer-policy",
    "no-referrer",
    "cache-control",
    "no-store",
  ];
  for (const name in more) headers.push(name, more[name]!);
  if (body !== undefined) headers.push("content-length", String(Buffer.byteLength(body)));
  if (closing()) headers.push("connection", "close");
  return headers;
}

/** Whether the reader took what was written, in time; one that does not is given up. */
function drained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (taken: boolean) => () => {
      clearTimeout(timer);
      response.off("drain", onDrain).off("close", onClose);
      if (!taken) response.destroy();
      resolve(taken);
    };
    const onDrain = end(true);
    const onClose = end(false);
    const timer = setTimeout(onClose, WRITE_WITHIN);
    response.once("drain", onDrain).once("close", onClose);
  });
}
