/** For tests of the raw chat caller: one over the fault provider, ten times faster than in full timing. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textFrom } from "node:stream/consumers";
import { afterEach, expect } from "vitest";
import {
  type FaultProvider,
  type FaultProviderOptions,
  startFaultProvider,
} from "../../test/support/fault-provider/fault-provider.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { type ChatCall, type ChatCaller, type ChatCallerOptions, openChatCaller } from "./chat-caller.ts";
import type { Chunk } from "./chat-stream.ts";

export const SPEED = 10;
export const KEY = "sk-test-0123456789abcdef";

/** In the middle between what a healthy call takes on a busy machine and how long a fault is silent at this speed. */
export const LIMITS = { connectMs: 1_000, firstTokenMs: 1_200, idleMs: 1_500, totalMs: 6_000 };

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

export interface Started {
  provider: FaultProvider;
  caller: ChatCaller;
}

export async function start(
  provider: FaultProviderOptions = {},
  caller: Partial<ChatCallerOptions> = {},
): Promise<Started> {
  const double = await startFaultProvider({ speed: SPEED, ...provider });
  const asking = openChatCaller({
    describe: "openai primary at double",
    baseUrl: double.url,
    apiKey: KEY,
    deadlines: LIMITS,
    ...caller,
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= asking.close());
  open.push(() => double.stop(), close);
  return { provider: double, caller: { ...asking, close } };
}

export function call(more: JsonObject = {}, rest: Partial<ChatCall> = {}): ChatCall {
  return {
    body: { model: "primary", messages: [{ role: "user", content: "Say it." }], ...more },
    signal: new AbortController().signal,
    ...rest,
  };
}

/** All chunks of a stream, or what came before it failed. */
export async function read(caller: ChatCaller, given: ChatCall) {
  const stream = await caller.streamed(given);
  const chunks: Chunk[] = [];
  try {
    for await (const chunk of stream.chunks) chunks.push(chunk);
    return { chunks, stream, error: undefined };
  } catch (error) {
    return { chunks, stream, error };
  }
}

export async function failing(asked: Promise<unknown>): Promise<PilotageError> {
  const error: unknown = await asked.then(
    (answer) => expect.fail(`it answered: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (!(error instanceof PilotageError)) throw error;
  return error;
}

export const textOf = (body: JsonObject) =>
  (body["choices"] as { message: { content: string | null } }[])[0]!.message.content;

/** The text that chunks carry, joined. */
export const textOfChunks = (chunks: Chunk[]) =>
  chunks
    .flatMap(({ body }) => body["choices"] as { delta?: { content?: string | null } }[])
    .map(({ delta }) => delta?.content ?? "")
    .join("");

/** A server of one's own, for what the fault provider does not play: the base address of it. */
export async function serve(
  respond: (body: JsonObject) => { status: number; text: string; type?: string },
): Promise<string> {
  const server = createServer((request, response) => {
    void textFrom(request).then((body) => {
      const { status, text, type = "text/event-stream" } = respond(JSON.parse(body) as JsonObject);
      response.writeHead(status, { "content-type": type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
