/**
 * Turns the contract into routes: parses, checks, authenticates, calls the handler, writes the reply or the error.
 *
 * Everything that all endpoints share is here and only here. Bodies of `json` endpoints keep their text, because intake
 * must see the exact form that came. No stack trace leaves the program; a fault in Pilotage answers with a request id.
 */
import cookies from "@fastify/cookie";
import fastify from "fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isUtf8 } from "node:buffer";
import { createServer, type RequestListener } from "node:http";
import type { Readable } from "node:stream";
import type { z } from "zod";
import { callerOfSession, demandAction, demandSomewhere, type Caller } from "../access/caller.ts";
import { personNamed, type Keys } from "../access/keys.ts";
import type { Sessions } from "../access/sessions.ts";
import type { Endpoint } from "../contract/endpoint.ts";
import { ENDPOINTS, type EndpointName, type Endpoints } from "../contract/endpoints.ts";
import { PilotageError, type ErrorBody, type ErrorCode } from "../contract/errors.ts";
import { isNear } from "../models/connection-fields.ts";
import { byteBudget } from "./byte-budget.ts";
import { SESSION_COOKIE, setSessionCookie } from "./session-cookie.ts";
import type { NewId } from "../platform/chance.ts";
import type { Log } from "../platform/log.ts";

/** What a handler gets: checked values, and who asks. */
export interface Call<E extends Endpoint> {
  params: z.output<E["params"]>;
  query: z.output<E["query"]>;
  body: z.output<E["body"]>;
  /** The body as text, for doors that must keep it. */
  text: string;
  /** The body as a stream, for `ndjson`. */
  stream: Readable;
  /** Undefined only for endpoints that everybody may call. */
  caller: Caller;
  reply: FastifyReply;
}

/** `raw`, `sse` and `ndjson` handlers write to the reply themselves; the others answer an object. */
export type Handler<E extends Endpoint> = (
  call: Call<E>,
) => Promise<E["wire"] extends "json" ? z.input<E["reply"]> : void>;
export type Handlers = { [N in EndpointName]: Handler<Endpoints[N]> };

export interface Server {
  fastify: FastifyInstance;
  /** Routes as bound: method, path, name. */
  routes: { method: string; path: string; name: EndpointName }[];
  /** Whatever is at this address or below it goes to `handle`, and nothing of it to the routes. */
  inFront(address: string, handle: RequestListener): void;
}

const USUAL_BODY = 1024 * 1024;
/** A slow or silent client does not hold a socket for ever; batches send steadily. Milliseconds. */
const REQUEST_WITHIN = 300_000;
const SILENT_FOR = 120_000;
const KEPT_FOR = 72_000;

interface Body {
  text: string;
  value: unknown;
}

export function bind(options: {
  handlers: Handlers;
  keys: Keys;
  sessions: Pick<Sessions, "find">;
  publicHost?: string | undefined;
  newId: NewId;
  log: Log;
  observe: (name: string, status: number, milliseconds: number) => void;
  /** Bytes of request bodies that may be in hand at once. */
  mostBytes: number;
}): Server {
  const { handlers, newId, log } = options;
  const budget = byteBudget(options.mostBytes);
  const fronts: { address: string; handle: RequestListener }[] = [];
  const app = fastify({
    logger: false,
    serverFactory(handle) {
      const times = { keepAliveTimeout: KEPT_FOR, requestTimeout: REQUEST_WITHIN };
      const server = createServer(times, (request, response) => {
        request.url = request.url?.replace(ORIGIN, "");
        const front = fronts.find(({ address }) => isBelow(address, request.url ?? ""));
        if (front) front.handle(request, response);
        else handle(request, response);
      });
      return server.setTimeout(SILENT_FOR);
    },
    genReqId: () => newId("request"),
    forceCloseConnections: "idle",
    bodyLimit: USUAL_BODY,
    routerOptions: { maxParamLength: 256 },
    // Who came, and how, is read from the headers of a proxy that stands near; from nobody else's.
    trustProxy: (address) => isNear(address),
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, log),
  });
  void app.register(cookies);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, bytes, done) => {
    // Bytes that are no text would be replaced in silence.
    if (!isUtf8(bytes as Buffer))
      return done(
        new PilotageError("bad_json", "The body is not valid UTF-8; nothing was done.", {
          hint: "Send one JSON object in UTF-8.",
        }),
      );
    const text = bytes.toString("utf8");
    try {
      done(null, { text, value: text === "" ? {} : (JSON.parse(text) as unknown) } satisfies Body);
    } catch {
      done(
        new PilotageError("bad_json", "The body is not valid JSON; nothing was done.", {
          hint: "Send one JSON object in UTF-8.",
        }),
      );
    }
  });
  for (const type of ["application/x-ndjson", "text/csv", "application/yaml"])
    app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
  app.setNotFoundHandler((request, reply) => {
    const [path = ""] = request.url.split("?");
    sendError(
      new PilotageError("not_found", `There is nothing at ${request.method} ${path.slice(0, 200)}.`, {
        hint: "/api/v1/openapi.json lists every endpoint.",
      }),
      request,
      reply,
      log,
    );
  });
  app.addHook("onResponse", (request, reply, done) => {
    options.observe(request.routeOptions.url ?? "unknown", reply.statusCode, reply.elapsedTime);
    done();
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    void reply.headers({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    done();
  });

  const routes: Server["routes"] = [];
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    routes.push({ method: endpoint.method, path: endpoint.path, name });
    const handle = handlers[name] as Handler<Endpoint>;
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      ...(endpoint.bodyLimit === undefined ? {} : { bodyLimit: endpoint.bodyLimit }),
      // Before the body is read: a stranger sends nothing.
      onRequest: async (request, reply) => {
        await authorise(endpoint, options, request, reply);
        // The client left meanwhile: nothing is read, and nobody hears an answer.
        if (reply.raw.destroyed) return reply.hijack();
        // A batch is read as it comes and bounds itself.
        const hasBody = endpoint.method === "POST" || endpoint.method === "PUT";
        if (hasBody && endpoint.wire === "json")
          reply.raw.once("close", budget.take(request.raw, endpoint.bodyLimit ?? USUAL_BODY));
      },
      handler: async (request, reply) => answer(endpoint, handle, request, reply),
    });
  }
  return { fastify: app, routes, inFront: (address, handle) => void fronts.push({ address, handle }) };
}

/** A client that takes this server for its proxy names the whole address; what is in front must know its own in it. */
const ORIGIN = /^https?:\/\/[^/?]*/i;

function isBelow(address: string, url: string): boolean {
  return url.startsWith(address) && (url.length === address.length || "/?".includes(url[address.length]!));
}

const CALLER = Symbol("caller");
type Marked = FastifyRequest & { [CALLER]?: Caller };

interface Doors {
  /** As browsers know this installation, when that was set. */
  publicHost?: string | undefined;
  keys: Keys;
  sessions: Pick<Sessions, "find">;
}

async function authorise(
  endpoint: Endpoint,
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  // Also where anybody may come: a foreign page could sign somebody in or out.
  if (request.cookies[SESSION_COOKIE] !== undefined && endpoint.method !== "GET")
    demandOwnPage(request, doors.publicHost);
  if (endpoint.scope === null) return;
  // Streams write their own head: a new token would never reach the browser, and its old one would look stolen.
  const caller = await callerOf(doors, request, reply, endpoint.wire === "json");
  demandSomewhere(caller, endpoint.action, endpoint.scope);
  const { workflow } = request.params as { workflow?: string };
  // Where the address names no workflow, the handler judges once it knows which one it is about (http/see.ts).
  if (workflow !== undefined) demandAction(caller, endpoint.action ?? "workflow.see", workflow);
  (request as Marked)[CALLER] = { ...caller, purpose: endpoint.action };
}

/** A key or a session, never both: it would not be clear in whose name something is done. */
async function callerOf(
  { keys, sessions }: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  rotates: boolean,
): Promise<Caller> {
  const token = request.cookies[SESSION_COOKIE];
  if (token === undefined || request.headers.authorization !== undefined) {
    if (token !== undefined)
      throw new PilotageError(
        "bad_request",
        "The request comes with a key and with a session; nothing was done.",
        { hint: "Send the header Authorization or the cookie, not both." },
      );
    const as = request.headers["x-pilotage-as"];
    return keys.authenticate(
      request.headers.authorization,
      typeof as === "string" ? personNamed(decoded(as)) : undefined,
    );
  }
  const found = await sessions.find(token, rotates);
  if (!found) {
    void reply.clearCookie(SESSION_COOKIE, { path: "/" });
    throw new PilotageError("unauthenticated", "Your session is over; nothing was done.", {
      hint: "Sign in again.",
    });
  }
  if (found.renewed !== undefined) setSessionCookie(reply, found.renewed);
  return callerOfSession(found.signedIn);
}

/**
 * A change that comes with the cookie must come from the console's own pages: they send a header that no other site can
 * send without being asked for permission, which is never given; and where the browser says whence it comes, it must be here.
 */
function demandOwnPage(request: FastifyRequest, publicHost: string | undefined): void {
  const site = request.headers["sec-fetch-site"];
  const { origin } = request.headers;
  const ours = new Set([request.headers.host, request.host, publicHost].filter((one) => one));
  // Newer browsers say it themselves over TLS, whatever a proxy made of the host's name on the way.
  const foreign =
    typeof site === "string"
      ? site !== "same-origin" && site !== "none"
      : origin !== undefined && !ours.has(URL.parse(origin)?.host ?? "");
  if (request.headers["x-pilotage-csrf"] === "1" && !foreign) return;
  throw new PilotageError(
    "forbidden",
    "The request came with a session but not from the console itself; nothing was done.",
    { hint: "Programs use an API key; pages of other sites may not act here." },
  );
}

/** Percent-decoded; a text that is not well encoded stays what it is, and is judged as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function answer(
  endpoint: Endpoint,
  handle: Handler<Endpoint>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const body = request.body as Body | Readable | undefined;
  const json = endpoint.wire === "ndjson" ? undefined : (body as Body | undefined);
  const reads = endpoint.method !== "GET";
  if (endpoint.wire === "ndjson" && reads && (body === undefined || !("pipe" in body)))
    throw new PilotageError("unsupported_media_type", "This endpoint reads JSON Lines; nothing was done.", {
      hint: "Send the header `Content-Type: application/x-ndjson`.",
    });
  if (endpoint.wire !== "ndjson" && body !== undefined && "pipe" in body)
    throw new PilotageError("unsupported_media_type", "This endpoint reads JSON; nothing was done.", {
      hint: "Send the header `Content-Type: application/json`.",
    });
  const call: Call<Endpoint> = {
    params: check(endpoint.params, request.params, "path"),
    query: check(endpoint.query, request.query, "query"),
    body: check(endpoint.body, json?.value ?? {}, "body"),
    text: json?.text ?? "",
    stream: body as Readable,
    caller: (request as Marked)[CALLER]!,
    reply,
  };
  const result = await handle(call);
  if (endpoint.wire !== "json") return reply;
  // Undeclared fields never leave.
  const declared = endpoint.reply.parse(result);
  return reply.code(isCreated(endpoint, declared) ? 201 : 200).send(declared);
}

function isCreated({ created }: Endpoint, reply: unknown): boolean {
  if (created === undefined || created === true) return created === true;
  return Object.entries(created).every(
    ([field, value]) => (reply as Record<string, unknown>)[field] === value,
  );
}

function check<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({
    path: issue.path.join("."),
    message: messageOf(issue),
  }));
  throw new PilotageError(
    "bad_request",
    `The ${where} is not what this endpoint takes: ${details
      .map((one) => (one.path ? `${one.path}: ${one.message}` : one.message))
      .join("; ")
      .slice(0, 1_000)}. Nothing was done.`,
    { details },
  );
}

/** In words where a person may have typed it; else as the schema says. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "too_small" && issue.origin === "string")
    return issue.minimum === 1
      ? "something is expected here"
      : `${issue.minimum} characters at least are expected`;
  if (issue.code === "too_big" && issue.origin === "string")
    return `${issue.maximum} characters at most are expected`;
  if (issue.code === "too_small" && issue.origin === "number")
    return `a number ${issue.inclusive ? "from" : "above"} ${issue.minimum} on is expected`;
  if (issue.code === "too_big" && issue.origin === "number")
    return `a number ${issue.inclusive ? "of" : "below"} ${issue.maximum}${issue.inclusive ? " at most" : ""} is expected`;
  if (issue.code === "invalid_format" && issue.format === "datetime")
    return "a time is expected, such as 2026-01-05T08:00:00Z";
  return issue.message;
}

const FASTIFY_CODES: Record<string, { code: ErrorCode; message: string }> = {
  FST_ERR_BAD_URL: { code: "bad_request", message: "The address is not validly encoded; nothing was done." },
  FST_ERR_MAX_PARAM_LENGTH: {
    code: "bad_request",
    message: "A part of the address is longer than any id or name; nothing was done.",
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "unsupported_media_type",
    message: "This content type is not read here; nothing was done.",
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: "too_large",
    message: "The body is larger than this endpoint takes; nothing was done.",
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: "bad_json", message: "The body is empty; nothing was done." },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "bad_request",
    message: "The body is not as long as its Content-Length says; nothing was done.",
  },
};

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const known = FASTIFY_CODES[(error as { code?: string }).code ?? ""];
  const own =
    error instanceof PilotageError ? error : known ? new PilotageError(known.code, known.message) : undefined;
  const failure =
    own ??
    new PilotageError(
      "internal",
      `A fault in Pilotage kept it from answering. The log has more under ${request.id}.`,
    );
  if (!own)
    log.error({ err: error, request: request.id, route: request.routeOptions.url }, "a request failed");
  if (failure.retryable)
    void reply.header("retry-after", String(Math.max(1, Math.ceil((failure.retryAfterMs ?? 0) / 1000))));
  if (failure.code === "unauthenticated") void reply.header("www-authenticate", "Bearer");
  if (failure.code === "too_large") {
    // The client may be sending still, and a connection closed now would take this answer from it: the rest is read and thrown away.
    void reply.removeHeader("connection");
    request.raw.resume();
  }
  const body: ErrorBody = {
    error: {
      code: failure.code,
      message: failure.message,
      ...(failure.hint === undefined ? {} : { hint: failure.hint }),
      requestId: request.id,
      ...(failure.details === undefined ? {} : { details: failure.details }),
    },
  };
  void reply.code(failure.status).send(body);
}
