/**
 * A provider that misbehaves on purpose, over real HTTP: the sixteen faults (scenarios.ts), every case seen in the wild
 * (facts.ts), and health.
 *
 * It is three models behind one port: `primary`, `fallback` and `larger`, told apart by the model's name (a name that begins
 * so) or by the path (`/fallback/v1`). `play` sets what is done from now on and forgets what was seen; `seen` is what came in,
 * with times of a provider in full timing, also where it runs faster. Faults are the primary's; the others are healthy unless
 * the scenario says otherwise.
 *
 *     const provider = await startFaultProvider({ speed: 20 });
 *     provider.play("S08");
 *     ... call provider.url with the models "primary" and "fallback" ...
 *     expect(provider.seen.map(({ actor, end }) => [actor, end])).toStrictEqual([["primary", "dropped"], ["fallback", "whole"]]);
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { isJsonObject, type JsonObject } from "../../../src/contract/json.ts";
import { stopwatch } from "../../../src/platform/clock.ts";
import { FACTS, type Fact } from "./facts.ts";
import { type Actor, type Scenario, SCENARIOS, scenarioSteps } from "./scenarios.ts";
import { type Answer, error, healthy, type Step, wordsOf } from "./steps.ts";

export { FACTS, type Fact, SCENARIOS, type Scenario, type Actor };

/** A case of facts.ts is the primary's alone. */
export type Playing = "healthy" | Scenario | Fact;

export interface Seen {
  actor: Actor;
  model: string;
  streamed: boolean;
  body: JsonObject;
  headers: IncomingMessage["headers"];
  /** Since the play began, in full timing. */
  atMs: number;
  status: number | undefined;
  /** Tokens of the answer that were sent. */
  tokens: number;
  /** `left`: the client broke the connection before the provider was through. */
  end: "open" | "whole" | "dropped" | "left";
  endedMs: number | undefined;
}

export interface FaultProviderOptions {
  /** How much faster than in full timing; 1 unless told. */
  speed?: number;
  /** Of the whole answer. */
  tokens?: number;
  /** Between two tokens, in full timing. */
  tokenMs?: number;
  /** How a stream dies in S08 and S14; the connection closes unless told. */
  death?: "close" | "reset" | "clean";
}

export interface FaultProvider {
  /** Up to and with /v1; who is asked follows from the model's name. */
  readonly url: string;
  /** The same for one of the three, whatever the model is called. */
  urlOf(actor: Actor): string;
  /** An address at which nothing listens. */
  readonly refusedUrl: string;
  /** The whole text of a healthy answer. */
  readonly text: string;
  readonly speed: number;
  /** The name under which a model answers. */
  answeredBy(actor: Actor): string;
  play(playing: Playing): void;
  readonly seen: Seen[];
  /** Milliseconds of full timing since the play began. */
  elapsed(): number;
  /** Resolves when so many requests came since the play began. */
  received(count: number): Promise<void>;
  /** Connections that are open, and how many there ever were. */
  readonly sockets: number;
  readonly opened: number;
  /** Requests of this play that are in the middle of their answer. */
  readonly answering: number;
  stop(): Promise<void>;
}

const PROMPT_TOKENS: Record<Actor, number> = { primary: 41, fallback: 43, larger: 47 };

export async function startFaultProvider(options: FaultProviderOptions = {}): Promise<FaultProvider> {
  const { speed = 1, tokens = 60, tokenMs = 10, death = "close" } = options;
  const words = wordsOf(tokens);
  const sockets = new Set<Socket>();
  const stopping = new AbortController();
  let opened = 0;
  let playing: Playing = "healthy";
  let seen: Seen[] = [];
  let since = stopwatch();
  let waiting: { count: number; resolve: () => void }[] = [];
  const elapsed = () => since() * speed;

  const answerOf = (actor: Actor): Answer => ({
    model: answeredBy(actor),
    tokens: words,
    promptTokens: PROMPT_TOKENS[actor],
    tokenMs,
  });

  function stepsFor(actor: Actor, body: JsonObject): Step[] {
    const answer = answerOf(actor);
    if (playing === "healthy") return healthy(answer, body);
    if (playing in SCENARIOS) {
      const nth = seen.filter((one) => one.actor === actor).length;
      const asked = { actor, nth, atMs: elapsed(), body };
      return scenarioSteps(playing as Scenario, asked, { answer, speed, death });
    }
    if (actor !== "primary") return healthy(answer, body);
    const fact = FACTS[playing as Fact];
    return body["stream"] === true ? fact.streamed(answer, body, speed) : fact.plain(answer, body, speed);
  }

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = readBody(Buffer.concat(parts));
    const path = /^\/(?:(primary|fallback|larger)\/)?v1\/chat\/completions(?:\?|$)/.exec(request.url ?? "");
    if (path === null || body === undefined) return perform(response, notOurs(path === null), undefined);
    const model = typeof body["model"] === "string" ? body["model"] : "";
    const one: Seen = {
      actor: (path[1] as Actor | undefined) ?? actorOf(model),
      model,
      streamed: body["stream"] === true,
      body,
      headers: request.headers,
      atMs: elapsed(),
      status: undefined,
      tokens: 0,
      end: "open",
      endedMs: undefined,
    };
    seen.push(one);
    for (const { count, resolve } of waiting) if (seen.length >= count) resolve();
    waiting = waiting.filter(({ count }) => seen.length < count);
    await perform(response, stepsFor(one.actor, body), one);
  }

  /** Does one step after the other until the client is gone. */
  async function perform(response: ServerResponse, steps: Step[], one: Seen | undefined): Promise<void> {
    const gone = new AbortController();
    const began = since;
    const ended = (end: Seen["end"]) => {
      if (one?.end !== "open") return;
      one.end = end;
      one.endedMs = began() * speed;
    };
    response.on("close", () => {
      ended(response.writableFinished ? "whole" : "left");
      gone.abort();
    });
    const until = AbortSignal.any([gone.signal, stopping.signal]);
    for (const step of steps) {
      if (until.aborted) return;
      if ("wait" in step) {
        if (step.wait > 0) await pause(step.wait / speed, undefined, { signal: until }).catch(() => {});
      } else if ("head" in step) {
        if (one) one.status = step.head;
        response.writeHead(step.head, { ...step.headers });
        response.flushHeaders();
      } else if ("send" in step) {
        if (one) one.tokens += step.tokens ?? 0;
        // A client that reads slowly is sent no more than it takes.
        if (!response.write(step.send)) await once(response, "drain", { signal: until }).catch(() => {});
      } else if ("end" in step) response.end();
      else {
        ended("dropped");
        if (step.drop === "reset") response.socket?.resetAndDestroy();
        else response.socket?.destroy();
      }
    }
  }

  const server = createServer((request, response) => {
    // A client that breaks off in the middle of its request is part of some tests.
    onRequest(request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    opened++;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refusedUrl = `http://127.0.0.1:${await freePort()}/v1`;

  return {
    url: `${origin}/v1`,
    urlOf: (actor) => `${origin}/${actor}/v1`,
    refusedUrl,
    text: words.join(""),
    speed,
    answeredBy,
    play(next) {
      playing = next;
      seen = [];
      since = stopwatch();
    },
    get seen() {
      return seen;
    },
    elapsed,
    received: (count) =>
      seen.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    get sockets() {
      return sockets.size;
    },
    get opened() {
      return opened;
    },
    get answering() {
      return seen.filter(({ end }) => end === "open").length;
    },
    stop: () =>
      new Promise((resolve) => {
        stopping.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const answeredBy = (actor: Actor) => `${actor}-2026-04-14`;

function actorOf(model: string): Actor {
  return model.startsWith("fallback") ? "fallback" : model.startsWith("larger") ? "larger" : "primary";
}

function notOurs(path: boolean): Step[] {
  return path
    ? error(404, { message: "Invalid URL", type: "invalid_request_error" })
    : error(400, { message: "We could not parse the JSON body.", type: "invalid_request_error" });
}

function readBody(bytes: Buffer): JsonObject | undefined {
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
