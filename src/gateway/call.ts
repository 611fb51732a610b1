/** One call over the endpoint, and what goes back: the types that the parts of the gateway hand to each other. */
import type { Caller } from "../access/caller.ts";
import type { Id } from "../contract/ids.ts";
import type { Leaving } from "../platform/leaving.ts";
import type { Mode } from "./record.ts";
import type { ChatRequest } from "./request.ts";
import { GatewayError } from "./wire-error.ts";

export interface ChatCall {
  id: Id<"modelCall">;
  request: ChatRequest;
  /** The body as it came: its size, and a digest that tells the same one again. */
  bytes: number;
  digest(): string;
  caller: Caller;
  idempotencyKey: string | undefined;
  /** What the request asked for; undefined: whatever the model's setting says. */
  mode: Mode | undefined;
  /** By the clock, for the record. */
  startedAt: number;
  elapsed: () => number;
  /** The client's trace, as its header has it. */
  traceparent: string | undefined;
  /** Aborted when the client is gone. */
  signal: Leaving;
}

export type ChatReply = WholeReply | LiveReply;

export type WholeReply =
  /** Whole, and recorded. */
  | { kind: "json"; headers: Record<string, string>; body: string }
  /** The events of a whole answer, recorded, as one text. */
  | { kind: "events"; headers: Record<string, string>; text: string };

/**
 * Events as they come; the record is written before the last one. Taken slowly, it asks the provider for no more than it
 * holds; left early, it ends the provider's call and records that.
 */
export interface LiveReply {
  kind: "live";
  headers: Record<string, string>;
  events: AsyncIterable<string>;
}

/** A call whose client left; nobody sees it but the record. */
export function clientLeft(): GatewayError {
  return new GatewayError(499, "client_left", "The client left before the answer was out.");
}
