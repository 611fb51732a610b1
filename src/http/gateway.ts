/**
 * The OpenAI-compatible endpoint: `/v1/chat/completions`, `/v1/models`, with keys of the scope `gateway`.
 *
 * Beside the routes of bind.ts because its wire is not ours: errors always have the shape of that wire, bodies are kept
 * open for keys that nobody knows here, and answers may be streams. A reader that is slow holds up nobody but itself, and
 * not for ever; one that leaves ends what is done for it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import { demandSomewhere, type Caller } from "../access/caller.ts";
import type { Keys } from "../access/keys.ts";
import type { ChatCall, ChatReply } from "../gateway/call.ts";
import { openGateway, type GatewayParts } from "../gateway/gateway.ts";
import type { Mode } from "../gateway/record.ts";
import { readRequest } from "../gateway/request.ts";
import { badRequest, errorBody, GatewayError, unknownModel, wireErrorOf } from "../gateway/wire-error.ts";
import type { NewId } from "../platform/chance.ts";
import { stopwatch, type Clock } from "../platform/clock.ts";
import type { Duties } from "../platform/duties.ts";
import { byteBudget } from "./byte-budget.ts";

export interface GatewayDoor extends Omit<GatewayParts, "mostWaiting"> {
  keys: Keys;
  clock: Clock;
  newId: NewId;
  every: Duties["every"];
  settings: { PILOTAGE_INTAKE_QUEUE: number; PILOTAGE_INTAKE_BYTES: number };
}

const MOST_BYTES = 20 * 1024 * 1024;
/** A reader of a stream that takes nothing for so long is given up; milliseconds. */
const WRITE_WITHIN = 30_000;

interface Body {
  text: Buffer;
  value: unknown;
}

export function serveGateway(app: FastifyInstance, door: GatewayDoor): void {
  const { keys, clock, newId, log, settings } = door;
  const gateway = openGateway({ ...door, mostWaiting: settings.PILOTAGE_INTAKE_QUEUE });
  const budget = byteBudget(settings.PILOTAGE_INTAKE_BYTES);

  void app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, bytes, done) => {
        try {
          done(null, parsed(bytes as Buffer));
        } catch (error) {
          done(error as Error);
        }
      });
      scope.addHook("onRequest", async (request, reply) => {
        void reply.header("x-request-id", request.id);
      });
      scope.setErrorHandler((error, request, reply) => sendError(error, request, reply));
      scope.setNotFoundHandler((request, reply) => sendError(unknown(request), request, reply));

      scope.post(
        "/chat/completions",
        {
          bodyLimit: MOST_BYTES,
          // Before the body is read: a stranger sends nothing.
          onRequest: async (request, reply) => {
            mark(request, await callerOf(request));
            budget.take(request, reply, MOST_BYTES);
          },
        },
        async (request, reply) => {
          const call = callOf(request, reply);
          // While it waits for its answer nothing crosses the connection; every wait here has an end of its own.
          request.raw.socket.setTimeout(0);
          return send(await gateway.chat(call), reply);
        },
      );
      scope.get("/chat/completions/:id", async (request, reply) => {
        const { id } = request.params as { id: string };
        return send(await gateway.look(id, await callerOf(request)), reply);
      });
      scope.get("/models", async (request) => ({
        object: "list",
        data: await gateway.models(await callerOf(request)),
      }));
      scope.get("/models/*", async (request) => {
        const name = (request.params as { "*": string })["*"];
        const found = (await gateway.models(await callerOf(request))).find((model) => model["id"] === name);
        if (!found) throw unknownModel(name);
        return found;
      });
      // What this wire has and Pilotage has not: told in its own shape.
      for (const method of ["GET", "POST"] as const)
        scope.route({
          method,
          url: "/*",
          handler: async (request) => {
            throw unknown(request);
          },
        });
    },
    { prefix: "/v1" },
  );
  // The last answer is out by then, or its connection was cut.
  app.server.once("close", () => void gateway.close());
  door.every(10_000, "recording calls that were broken off", gateway.recordBrokenOff);

  async function callerOf(request: FastifyRequest): Promise<Caller> {
    const caller = await keys.authenticate(request.headers.authorization, undefined);
    demandSomewhere(caller, null, "gateway");
    return caller;
  }

  function callOf(request: FastifyRequest, reply: FastifyReply): ChatCall {
    const body = request.body as Body | undefined;
    if (body === undefined) throw badRequest("The body must be one JSON object with `model` and `messages`.");
    const key = request.headers["idempotency-key"];
    return {
      id: newId("modelCall"),
      request: readRequest(body.value),
      bytes: body.text.length,
      digest: () => hash("sha256", body.text, "base64"),
      caller: marked(request),
      idempotencyKey: typeof key === "string" && key !== "" ? key : undefined,
      mode: modeOf(request),
      startedAt: clock.now(),
      elapsed: stopwatch(),
      traceparent: request.headers["traceparent"]?.toString(),
      signal: leaving(reply),
    };
  }

  function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const known = wireErrorOf(error) ?? wireErrorOf(framework(error));
    if (known === undefined)
      log.error({ err: error, request: request.id, route: request.routeOptions.url }, "a request failed");
    const failure =
      known ??
      new GatewayError(
        500,
        "internal_error",
        `A fault in Pilotage kept it from answering. The log has more under ${request.id}.`,
      );
    if (failure.code === "request_too_large") {
      // The client may be sending still: what is left is read and thrown away, so that it hears this answer.
      void reply.removeHeader("connection");
      request.raw.resume();
    }
    if (failure.status === 401) void reply.header("www-authenticate", "Bearer");
    void reply
      .code(failure.status)
      .headers(failure.more.headers ?? {})
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(errorBody(failure)));
  }

  async function send(answer: ChatReply, reply: FastifyReply): Promise<FastifyReply> {
    void reply.headers(answer.headers);
    if (answer.kind === "live") {
      await pass(answer.events, reply);
      return reply;
    }
    // From here on a reader that takes nothing is let go.
    reply.raw.socket?.setTimeout(WRITE_WITHIN);
    if (answer.kind === "json") return reply.type("application/json; charset=utf-8").send(answer.body);
    return reply.headers(STREAM).type("text/event-stream; charset=utf-8").send(answer.text);
  }

  /** Passes events on as the reader takes them; what follows a reader that left is that the source is told to end. */
  async function pass(events: AsyncIterable<string>, reply: FastifyReply): Promise<void> {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      ...STREAM,
      "content-type": "text/event-stream; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    try {
      for await (const text of events) {
        if (raw.destroyed) break;
        if (!raw.write(text) && !(await drained(reply))) break;
      }
      raw.socket?.setTimeout(WRITE_WITHIN);
      raw.end();
    } catch (error) {
      // The source tells every failure that it knows in the stream itself; without its end the reader knows that it is cut.
      log.error({ err: error, request: reply.request.id }, "a stream failed");
      raw.destroy();
    }
  }
}

const STREAM = { "x-accel-buffering": "no" };

const CALLER = Symbol("caller");
type Marked = FastifyRequest & { [CALLER]?: Caller };

function mark(request: FastifyRequest, caller: Caller): void {
  (request as Marked)[CALLER] = caller;
}

function marked(request: FastifyRequest): Caller {
  return (request as Marked)[CALLER]!;
}

function parsed(bytes: Buffer): Body {
  // Bytes that are no text would be replaced in silence.
  if (!isUtf8(bytes)) throw badRequest("The body is not valid UTF-8.", undefined, "invalid_json");
  try {
    return { text: bytes, value: JSON.parse(bytes.toString("utf8")) as unknown };
  } catch {
    throw badRequest("We could not parse the JSON body of your request.", undefined, "invalid_json");
  }
}

function modeOf(request: FastifyRequest): Mode | undefined {
  const asked = request.headers["x-pilotage-mode"];
  if (asked === undefined || asked === "buffered" || asked === "live") return asked;
  throw badRequest("The header x-pilotage-mode is `buffered` or `live`.", "x-pilotage-mode");
}

/** Aborted when the connection closes before the answer is out. */
function leaving(reply: FastifyReply): AbortSignal {
  const left = new AbortController();
  const { raw } = reply;
  raw.once("close", () => {
    if (!raw.writableFinished) left.abort(new Error("the client left"));
  });
  return left.signal;
}

/** Whether the reader took what was written, in time; one that does not is given up. */
function drained({ raw }: FastifyReply): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (taken: boolean) => () => {
      clearTimeout(timer);
      raw.off("drain", onDrain).off("close", onClose);
      if (!taken) raw.destroy();
      resolve(taken);
    };
    const onDrain = end(true);
    const onClose = end(false);
    const timer = setTimeout(onClose, WRITE_WITHIN);
    raw.once("drain", onDrain).once("close", onClose);
  });
}

function unknown(request: FastifyRequest): GatewayError {
  const [path = ""] = request.url.split("?");
  return new GatewayError(
    404,
    "unknown_url",
    `Unknown request URL: ${request.method} ${path.slice(0, 200)}.`,
  );
}

/** What fastify itself refuses. */
function framework(error: unknown): GatewayError | undefined {
  switch ((error as { code?: string } | null)?.code ?? "") {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new GatewayError(
        400,
        "request_too_large",
        `The request is larger than ${MOST_BYTES} bytes; nothing of it was used.`,
        { param: "messages" },
      );
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new GatewayError(
        415,
        "unsupported_media_type",
        "Send the body as JSON, with the header `Content-Type: application/json`.",
      );
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return badRequest("The body is empty.", undefined, "invalid_json");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return badRequest("The body is not as long as its Content-Length says.");
    case "ECONNRESET":
      return badRequest("The request ended in the middle of its body.");
    default:
      return undefined;
  }
}
