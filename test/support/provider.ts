/**
 * A provider for tests, over real HTTP: OpenAI-compatible chat at `url`, and the company's own service at `ownUrl`.
 *
 * It behaves like the real thing, faults included (provider-plays.ts), and keeps every byte that reaches its socket, so
 * that a test can prove what left the house. It reads HTTP from the socket itself: nothing normalises what is recorded.
 */
import { appendFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/contract/json.ts";
import {
  completion,
  type Completion,
  failure,
  json,
  type Play,
  unsupported,
  wrongKey,
} from "./provider-plays.ts";

export interface RecordedRequest {
  /** The request's bytes as they came: head and body. */
  raw: Buffer;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** The body read as JSON; undefined when it is not. */
  json: JsonValue | undefined;
  /** Which connection it came over, counted from 1. */
  connection: number;
}

/** What the tested program asked, in the words of its interface. */
export type ProviderCall =
  | {
      kind: "chat";
      model: string;
      messages: { role: string; content: JsonValue }[];
      body: JsonObject;
      request: RecordedRequest;
    }
  | {
      kind: "own";
      caseId: string;
      release: string;
      input: JsonObject;
      body: JsonObject;
      request: RecordedRequest;
    };

/** An answer in either flavour: `output` is written as JSON into the text, unless `content` says otherwise. */
export interface ProviderAnswer extends Completion {
  output?: JsonValue;
  confidence?: number;
  version?: string;
}

export type Answering = (call: ProviderCall) => ProviderAnswer | Play | Promise<ProviderAnswer | Play>;

export interface ProviderOptions {
  answer: Answering;
  /** Played first, one for each request, before `answer` is asked. */
  faults?: Play[];
  /** Refuses requests without this key. */
  apiKey?: string;
  /** Parameters that this server does not take, e.g. "max_completion_tokens", "json_schema", "temperature". */
  refuses?: string[];
  /** A file to which every byte received is also appended, before it is answered. */
  recordTo?: string;
}

export interface Provider {
  /** Base address of the chat flavour, up to and with /v1. */
  url: string;
  /** Address of the own-service flavour. */
  ownUrl: string;
  requests: RecordedRequest[];
  /** Everything received, whole requests or not, connection after connection. */
  bytes(): Buffer;
  /** Plays these for the next requests. */
  play(...plays: Play[]): void;
  /** Resolves when this many requests have been received. */
  received(count: number): Promise<void>;
  /** The most connections that were open at one time. */
  mostConnections(): number;
  stop(): Promise<void>;
}

/** Starts the double on a free loopback port. */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const plays = [...(options.faults ?? [])];
  const requests: RecordedRequest[] = [];
  const streams: Buffer[][] = [];
  const sockets = new Set<Socket>();
  let waiting: { count: number; resolve: () => void }[] = [];
  let mostOpen = 0;

  const onRequest = async (request: RecordedRequest, socket: Socket) => {
    requests.push(request);
    for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
    waiting = waiting.filter(({ count }) => requests.length < count);
    const play = plays.shift() ?? (await respond(request, options));
    if ("before" in play) await play.before;
    put(socket, play);
  };

  const server = createServer((socket) => {
    const stream: Buffer[] = [];
    streams.push(stream);
    sockets.add(socket);
    mostOpen = Math.max(mostOpen, sockets.size);
    socket.on("close", () => sockets.delete(socket));
    // A client that breaks off is part of many tests.
    socket.on("error", () => socket.destroy());
    let pending = Buffer.alloc(0);
    const connection = streams.length;
    socket.on("data", (chunk) => {
      stream.push(chunk);
      if (options.recordTo !== undefined) appendFileSync(options.recordTo, chunk);
      pending = Buffer.concat([pending, chunk]);
      for (let taken = take(pending, connection); taken !== undefined; taken = take(pending, connection)) {
        pending = pending.subarray(taken.raw.length);
        void onRequest(taken, socket).catch((error: unknown) =>
          put(
            socket,
            failure(500, { message: `The test's answer failed: ${String(error)}`, type: "server_error" }),
          ),
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    ownUrl: `http://127.0.0.1:${port}/model`,
    requests,
    bytes: () => Buffer.concat(streams.flat()),
    play: (...more) => void plays.push(...more),
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    mostConnections: () => mostOpen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Takes one whole request off the front of what was received; undefined when it is not complete yet. */
function take(pending: Buffer, connection: number): RecordedRequest | undefined {
  const headEnd = pending.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [first = "", ...lines] = pending.subarray(0, headEnd).toString("latin1").split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines)
    headers[line.slice(0, line.indexOf(":")).toLowerCase()] = line.slice(line.indexOf(":") + 1).trim();
  const end = headEnd + 4 + Number(headers["content-length"] ?? 0);
  if (pending.length < end) return undefined;
  const body = pending.subarray(headEnd + 4, end);
  const [method = "", path = ""] = first.split(" ");
  return { raw: pending.subarray(0, end), method, path, headers, body, json: readJson(body), connection };
}

function readJson(body: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as JsonValue;
  } catch {
    return undefined;
  }
}

async function respond(request: RecordedRequest, options: ProviderOptions): Promise<Play> {
  const { json: body, method } = request;
  const path = request.path.split("?")[0];
  if (method !== "POST" || (path !== "/v1/chat/completions" && path !== "/model"))
    return failure(404, { message: `Invalid URL (${method} ${request.path})` });
  if (!isJsonObject(body))
    return failure(400, { message: "We could not parse the JSON body of your request." });
  return path === "/model" ? respondOwn(request, body, options) : respondChat(request, body, options);
}

async function respondChat(
  request: RecordedRequest,
  body: JsonObject,
  options: ProviderOptions,
): Promise<Play> {
  const { apiKey, refuses = [] } = options;
  const key = request.headers["authorization"]?.replace(/^Bearer /, "");
  if (apiKey !== undefined && key !== apiKey) return wrongKey(key);
  const format = isJsonObject(body["response_format"]) ? body["response_format"]["type"] : undefined;
  if (typeof format === "string" && refuses.includes(format))
    return failure(400, {
      message: `Invalid parameter: 'response_format' of type '${format}' is not supported with this model.`,
      param: "response_format",
    });
  for (const param of refuses) if (param in body) return unsupported(param);
  const messages = body["messages"];
  if (typeof body["model"] !== "string" || !Array.isArray(messages) || messages.length === 0)
    return failure(400, {
      message: "Missing required parameter: 'model' or 'messages'.",
      code: "missing_required_parameter",
    });
  // As the real service does: this format is refused when no message speaks of JSON.
  if (format === "json_object" && !/json/i.test(JSON.stringify(messages)))
    return failure(400, {
      message: "'messages' must contain the word 'json' in some form.",
      param: "messages",
    });
  const model = body["model"];
  const call: ProviderCall = { kind: "chat", model, messages: messages as never, body, request };
  const answer = await options.answer(call);
  if (isPlay(answer)) return answer;
  const { output, logprobs, ...rest } = answer;
  const content = "content" in rest ? rest.content : JSON.stringify(output);
  // Log-probabilities come only when they are asked for.
  const shown = body["logprobs"] === true ? { logprobs: logprobs ?? null } : {};
  return completion(model, { refusal: null, ...rest, content, ...shown });
}

async function respondOwn(
  request: RecordedRequest,
  body: JsonObject,
  options: ProviderOptions,
): Promise<Play> {
  const { caseId, release, input } = body;
  if (typeof caseId !== "string" || typeof release !== "string" || !isJsonObject(input))
    return json(422, { error: { message: "caseId, release and input are needed" } });
  const answer = await options.answer({ kind: "own", caseId, release, input, body, request });
  if (isPlay(answer)) return answer;
  const { output, confidence, model, version } = answer;
  return json(200, { output, confidence, model, version });
}

const isPlay = (answer: ProviderAnswer | Play): answer is Play =>
  "status" in answer || "reset" in answer || "silent" in answer || "raw" in answer;

/** Puts a play on the wire. */
function put(socket: Socket, play: Play): void {
  if (socket.destroyed || "silent" in play) return;
  if ("raw" in play) return void socket.end(play.raw);
  if ("reset" in play) {
    if (play.reset === "before") return void socket.resetAndDestroy();
    return void socket.write(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4000\r\n\r\n{"id":',
      () => socket.resetAndDestroy(),
    );
  }
  const body = Buffer.from(play.body as string);
  const headers = {
    date: "Sun, 01 Nov 2026 10:00:00 GMT",
    ...play.headers,
    "content-length": String(body.length),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${play.status} Reply\r\n${lines.join("")}\r\n`), body]));
}
