/**
 * An endpoint as a value: path, schemas, error codes, required scope, a sentence, an example.
 *
 * The server's routes (http/bind.ts), the typed client (contract/client.ts), the command line and the OpenAPI document
 * all derive from it; nothing is written twice.
 */
import { z } from "zod";
import type { Purpose } from "./access.ts";
import type { ErrorCode } from "./errors.ts";
import type { Scope } from "./scopes.ts";

export interface Endpoint<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** With `:name` for parameters. */
  path: string;
  params: P;
  query: Q;
  body: B;
  reply: R;
  /** `json`: one object each way. `ndjson`: JSON Lines in (but for GET), JSON Lines out. `raw`: bytes out. `sse`: server-sent events out. */
  wire: "json" | "ndjson" | "raw" | "sse";
  /** What a key must be allowed to do; null for everybody, signed in or not. */
  scope: Scope | null;
  /** What a signed-in person must be allowed to do (access/rules.ts); null: whoever is signed in. */
  action: Purpose | null;
  errors: readonly ErrorCode[];
  sentence: string;
  /** What is answered with 201 in place of 200: every reply, or those in which these fields hold these values. */
  created?: true | Readonly<Record<string, string>>;
  example?: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown };
  /** Largest body in bytes, when it is not the usual megabyte. */
  bodyLimit?: number;
}

export type ParamsOf<E extends Endpoint> = z.input<E["params"]>;
export type QueryOf<E extends Endpoint> = z.input<E["query"]>;
export type BodyOf<E extends Endpoint> = z.input<E["body"]>;
export type ReplyOf<E extends Endpoint> = z.output<E["reply"]>;

/** Errors that every endpoint may answer. */
export const COMMON_ERRORS = [
  "bad_request",
  "bad_json",
  "unauthenticated",
  "forbidden",
  "too_large",
  "too_many_requests",
  "unsupported_media_type",
  "internal",
  "database_unavailable",
] as const satisfies readonly ErrorCode[];

const defaults = {
  params: z.object({}),
  query: z.object({}),
  body: z.object({}),
  wire: "json",
  errors: [],
  action: null,
} as const;

/** Makes an endpoint: fills in what it does not have, and keeps its exact types. */
export function endpoint<
  const E extends Partial<Endpoint> & Pick<Endpoint, "method" | "path" | "reply" | "scope" | "sentence">,
>(value: E): Omit<typeof defaults, keyof E> & E {
  return { ...defaults, ...value };
}
