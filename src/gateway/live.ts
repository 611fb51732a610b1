/**
 * A stream that is passed on as it comes.
 *
 * Until the first token any model of the chain may take over; afterwards tokens that are out cannot be unsent, so that an
 * abnormal end is an error in the stream and no `[DONE]`: nobody takes a part for the whole. The record is committed before
 * the end is said. A reader that leaves ends the provider's call. Nothing is read ahead of a slow reader.
 */
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { usageOf, type Chunk } from "../models/chat-stream.ts";
import type { ChatStreaming } from "../models/chat-caller.ts";
import type { Leaving } from "../platform/leaving.ts";
import { DONE, event } from "./completion.ts";
import { errorBody, GatewayError, wireErrorOf } from "./wire-error.ts";

/** A stream whose first chunk has come, or whose end. */
export interface LiveAnswer {
  streaming: ChatStreaming;
  first: IteratorResult<Chunk, unknown>;
  rest: AsyncIterator<Chunk>;
}

/** Waits for the first chunk, so that a model that never begins can still be replaced. */
export async function begun(streaming: ChatStreaming): Promise<LiveAnswer> {
  const rest = streaming.chunks[Symbol.asyncIterator]();
  try {
    return { streaming, rest, first: await rest.next() };
  } catch (error) {
    streaming.close();
    throw error;
  }
}

export type LiveEnd = { kind: "whole" } | { kind: "broken"; error: unknown } | { kind: "left" };

/** The events of the stream; `ended` writes the record, and hears once how it went. */
export async function* liveEvents(
  { streaming, first, rest }: LiveAnswer,
  includeUsage: boolean,
  signal: Pick<Leaving, "aborted">,
  ended: (end: LiveEnd) => Promise<void>,
): AsyncGenerator<string> {
  let told = false;
  const tell = async (end: LiveEnd) => {
    told = true;
    await ended(end);
  };
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      const text = chunkText(next.value, includeUsage);
      if (text !== undefined) yield text;
    }
    await tell({ kind: "whole" });
    yield DONE;
  } catch (error) {
    if (!told) await tell(signal.aborted ? { kind: "left" } : { kind: "broken", error });
    if (!signal.aborted) yield event(errorBody(wireErrorOf(error) ?? fault()) as unknown as JsonObject);
  } finally {
    // The reader left between two chunks.
    if (!told) {
      streaming.close();
      await tell({ kind: "left" });
    }
  }
}

/** A chunk as its client gets it: with usage only where that was asked for. Undefined: it held nothing else. */
export function chunkText(chunk: Chunk, includeUsage: boolean): string | undefined {
  if (includeUsage) return `data: ${chunk.text}\n\n`;
  if (chunk.usageOnly) return undefined;
  if (!("usage" in chunk.body) && usageOf(chunk.body) === undefined) return `data: ${chunk.text}\n\n`;
  const { usage: _, ...rest } = chunk.body;
  const groq = rest["x_groq"];
  if (isJsonObject(groq)) {
    const { usage: __, ...others } = groq;
    rest["x_groq"] = others;
  }
  return event(rest);
}

function fault(): GatewayError {
  return new GatewayError(500, "internal_error", "A fault in Pilotage broke the stream off.");
}
