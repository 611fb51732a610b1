/**
 * A provider of the wire of OpenAI that plays what it is told, model by model, over real HTTP; healthy unless told.
 *
 *     const { plays, asked, address } = await startPlayingProvider();
 *     plays["weak"] = refuses(503, { message: "overloaded", type: "server_error", param: null, code: null });
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../src/contract/json.ts";

export type Play = (request: JsonObject, reply: ServerResponse, raw: IncomingMessage) => void | Promise<void>;

export interface PlayingProvider {
  /** Up to and with /v1. */
  address: string;
  /** By the model that is asked. */
  plays: Record<string, Play>;
  asked: { model: string; body: JsonObject; headers: IncomingMessage["headers"] }[];
  /** Healthy again, and nothing was asked. */
  clear(): void;
  stop(): void;
}

export async function startPlayingProvider(): Promise<PlayingProvider> {
  const plays: PlayingProvider["plays"] = {};
  const asked: PlayingProvider["asked"] = [];
  const server = createServer((request, reply) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as JsonObject;
      const model = body["model"] as string;
      asked.push({ model, body, headers: request.headers });
      void (plays[model] ?? answers())(body, reply, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    plays,
    asked,
    clear() {
      for (const model of Object.keys(plays)) delete plays[model];
      asked.length = 0;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const json = (
  reply: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) => {
  reply.writeHead(status, { "content-type": "application/json", ...headers });
  reply.end(JSON.stringify(body));
};
export const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
export const whole = (model: string, message: JsonObject, finish = "stop") => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: `${model}-2026-01-01`,
  system_fingerprint: "fp_1",
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }],
  usage: USAGE,
});
export const frame = (model: string, delta: JsonObject, finish: string | null = null) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1_700_000_000,
  model: `${model}-2026-01-01`,
  choices: [{ index: 0, delta, finish_reason: finish }],
});
export const say = (reply: ServerResponse, value: unknown) =>
  reply.write(`data: ${JSON.stringify(value)}\n\n`);
export const begin = (reply: ServerResponse) => reply.writeHead(200, { "content-type": "text/event-stream" });

/** Answers as it was asked to: whole or streamed, word by word, with usage where that was asked for. */
export function answers(text = "All is well."): Play {
  return (body, reply) => {
    const model = body["model"] as string;
    if (body["stream"] !== true) return json(reply, 200, whole(model, { content: text }));
    begin(reply);
    say(reply, frame(model, { role: "assistant", content: "" }));
    for (const word of text.split(/(?<= )/)) say(reply, frame(model, { content: word }));
    say(reply, frame(model, {}, "stop"));
    const options = body["stream_options"] as JsonObject | undefined;
    if (options?.["include_usage"] === true) say(reply, { ...frame(model, {}), choices: [], usage: USAGE });
    reply.end("data: [DONE]\n\n");
  };
}

/** Calls the tool until it was told what the tool said, then answers; whole or streamed in pieces. */
export function callsTool(name: string, pieces: readonly string[], then: string): Play {
  return (body, reply, raw) => {
    const model = body["model"] as string;
    const told = (body["messages"] as JsonObject[]).some((one) => one["role"] === "tool");
    if (told) return answers(then)(body, reply, raw);
    const id = { id: "call_1", type: "function" };
    if (body["stream"] !== true)
      return json(
        reply,
        200,
        whole(
          model,
          { content: null, tool_calls: [{ ...id, function: { name, arguments: pieces.join("") } }] },
          "tool_calls",
        ),
      );
    begin(reply);
    const call = (piece: JsonObject, more: JsonObject = {}) =>
      say(reply, frame(model, { tool_calls: [{ index: 0, ...more, function: piece }] }));
    say(reply, frame(model, { role: "assistant", content: null }));
    call({ name, arguments: "" }, id);
    for (const piece of pieces) call({ arguments: piece });
    say(reply, frame(model, {}, "tool_calls"));
    reply.end("data: [DONE]\n\n");
  };
}

export const refuses =
  (status: number, error: JsonObject, headers: Record<string, string> = {}): Play =>
  (_body, reply) =>
    json(reply, status, { error }, headers);

/** Some words, then the connection is gone. */
export const breaks: Play = (body, reply) => {
  begin(reply);
  say(reply, frame(body["model"] as string, { role: "assistant", content: "Half an " }));
  setTimeout(() => reply.destroy(), 50);
};
