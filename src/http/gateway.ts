/**
 * The OpenAI-compatible endpoint: `/v1/chat/completions`, `/v1/models`, with keys of the scope `gateway`.
 *
 * Beside the routes of bind.ts because its wire is not ours: errors always have the shape of that wire, bodies are kept
 * open for keys that nobody knows here, and answers may be streams. It stands in front of the framework and takes what is
 * below `/v1`; how a request is read and answered is in gateway-request.ts. A client that leaves ends what is done for it.
 */
import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { demandSomewhere, type Caller } from "../access/caller.ts";
import type { Keys } from "../access/keys.ts";
import { clientLeft, type ChatCall } from "../gateway/call.ts";
import { openGateway, type GatewayParts } from "../gateway/gateway.ts";
import type { Mode } from "../gateway/record.ts";
import { readRequest } from "../gateway/request.ts";
import { badRequest, GatewayError, unknownModel } from "../gateway/wire-error.ts";
import type { NewId } from "../platform/chance.ts";
import { stopwatch, type Clock } from "../platform/clock.ts";
import type { Duties } from "../platform/duties.ts";
import { Leave } from "../platform/leaving.ts";
import type { Server } from "./bind.ts";
import { byteBudget } from "./byte-budget.ts";
import {
  bodyOf,
  MOST_BYTES,
  pass,
  send,
  sendError,
  sendReply,
  waits,
  type GatewayRequest,
} from "./gateway-request.ts";

export interface GatewayDoor extends Omit<GatewayParts, "mostWaiting"> {
  keys: Keys;
  clock: Clock;
  newId: NewId;
  every: Duties["every"];
  observe(route: string, status: number, milliseconds: number): void;
  settings: { PILOTAGE_INTAKE_QUEUE: number; PILOTAGE_INTAKE_BYTES: number };
}

/** What is done at an address; `route` names it in figures, `name` is what stands in the place of its star. */
interface Route {
  method: "GET" | "POST";
  route: string;
  answer(one: GatewayRequest, caller: Caller, name: string): Promise<void>;
}

const CHAT = "/v1/chat/completions";
const MODELS = "/v1/models";

export function serveGateway(server: Server, door: GatewayDoor): void {
  const { keys, clock, newId, log, settings } = door;
  const gateway = openGateway({ ...door, mostWaiting: settings.PILOTAGE_INTAKE_QUEUE });
  const budget = byteBudget(settings.PILOTAGE_INTAKE_BYTES);
  let closing = false;

  const routes: Record<string, Route> = {
    [CHAT]: {
      method: "POST",
      route: CHAT,
      // The key is known before the body is read: a stranger sends nothing.
      async answer(one, caller) {
        // While the key was looked up: nobody would give its room back any more.
        if (one.left.aborted) throw clientLeft();
        one.release = budget.take(one.request, MOST_BYTES);
        const call = callOf(one, caller, await bodyOf(one));
        waits(one);
        const reply = await gateway.chat(call);
        if (reply.kind === "live") await pass(one, reply, log);
        else sendReply(one, reply);
      },
    },
    [`${CHAT}/`]: {
      method: "GET",
      route: `${CHAT}/:id`,
      answer: async (one, caller, id) => sendReply(one, await gateway.look(id, caller)),
    },
    [MODELS]: {
      method: "GET",
      route: MODELS,
      answer: async (one, caller) =>
        send(one, 200, {}, JSON.stringify({ object: "list", data: await gateway.models(caller) })),
    },
    [`${MODELS}/`]: {
      method: "GET",
      route: `${MODELS}/*`,
      async answer(one, caller, name) {
        const found = (await gateway.models(caller)).find((model) => model["id"] === name);
        if (!found) throw unknownModel(name);
        send(one, 200, {}, JSON.stringify(found));
      },
    },
  };

  function routeAt(path: string): { route: Route; name: string } | undefined {
    const exact = routes[path];
    if (exact && !path.endsWith("/")) return { route: exact, name: "" };
    for (const below of [`${CHAT}/`, `${MODELS}/`])
      if (path.startsWith(below)) {
        const name = decoded(path.slice(below.length));
        return name === undefined ? undefined : { route: routes[below]!, name };
      }
    return undefined;
  }

  async function answer(one: GatewayRequest, path: string): Promise<void> {
    try {
      if (closing) throw stopping();
      const found = routeAt(path);
      const { method } = one.request;
      if (found === undefined || (method === "HEAD" ? "GET" : method) !== found.route.method)
        throw unknownUrl(method, path);
      one.route = found.route.route;
      const { authorization } = one.request.headers;
      const caller = keys.believed(authorization) ?? (await keys.authenticate(authorization, undefined));
      demandSomewhere(caller, null, "gateway");
      await found.route.answer(one, caller, found.name);
    } catch (error) {
      sendError(one, error, log);
    }
  }

  server.inFront("/v1", (request: IncomingMessage, response: ServerResponse) => {
    const elapsed = stopwatch();
    const one: GatewayRequest = {
      id: newId("request"),
      route: "/v1/*",
      request,
      response,
      left: new Leave(),
      release: undefined,
      elapsed,
      closing: () => closing,
    };
    response.on("close", () => {
      // Before the answer was out.
      if (!response.writableFinished) one.left.abort(new Error("the client left"));
      one.release?.();
      door.observe(one.route, response.statusCode, elapsed());
    });
    const { url = "" } = request;
    const query = url.indexOf("?");
    void answer(one, query < 0 ? url : url.slice(0, query));
  });
  server.fastify.addHook("preClose", async () => {
    closing = true;
  });
  // The last answer is out by then, or its connection was cut.
  server.fastify.server.once("close", () => void gateway.close());
  door.every(10_000, "recording calls that were broken off", gateway.recordBrokenOff);

  function callOf({ request, elapsed, left }: GatewayRequest, caller: Caller, bytes: Buffer): ChatCall {
    const key = request.headers["idempotency-key"];
    return {
      id: newId("modelCall"),
      request: readRequest(parsed(bytes)),
      bytes: bytes.length,
      digest: () => hash("sha256", bytes, "base64"),
      caller,
      idempotencyKey: typeof key === "string" && key !== "" ? key : undefined,
      mode: modeOf(request),
      startedAt: clock.now(),
      elapsed,
      traceparent: request.headers["traceparent"]?.toString(),
      signal: left,
    };
  }
}

function parsed(bytes: Buffer): unknown {
  // Bytes that are no text would be replaced in silence.
  if (!isUtf8(bytes)) throw badRequest("The body is not valid UTF-8.", undefined, "invalid_json");
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    throw badRequest("We could not parse the JSON body of your request.", undefined, "invalid_json");
  }
}

function modeOf(request: IncomingMessage): Mode | undefined {
  const asked = request.headers["x-pilotage-mode"];
  if (asked === undefined || asked === "buffered" || asked === "live") return asked;
  throw badRequest("The header x-pilotage-mode is `buffered` or `live`.", "x-pilotage-mode");
}

/** Undefined for what is not well encoded: nothing has such a name. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function unknownUrl(method: string | undefined, path: string): GatewayError {
  return new GatewayError(404, "unknown_url", `Unknown request URL: ${method} ${path.slice(0, 200)}.`);
}

function stopping(): GatewayError {
  return new GatewayError(503, "stopping", "Pilotage is stopping; this call was not taken.", {
    headers: { "retry-after": "1" },
  });
}
