/**
 * Errors as clients of the OpenAI wire expect them: `{"error": {message, type, param, code}}`, all four keys always there.
 *
 * Pure. `GatewayError` is born in this part; whatever else is thrown is translated here, so that nothing of a provider's
 * body, no key and no stack leaves. Of a provider only the reason of a refusal that concerns the caller's own request is
 * passed on, cut short and cleaned by models/failures.ts.
 */
import { PilotageError, type ErrorCode } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { CLASSES, classIn, type ErrorClass } from "../models/error-class.ts";

export interface WireErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null } & JsonObject;
}

interface More {
  param?: string;
  /** In place of the type that goes with the status. */
  type?: string;
  headers?: Record<string, string>;
  /** Beside the four keys: the case and where to ask for it. */
  beside?: JsonObject;
  /** What the record says in place of the code. */
  errorClass?: string;
  cause?: unknown;
}

export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly status: number;
  readonly code: string | null;
  readonly more: More;

  constructor(status: number, code: string | null, message: string, more: More = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.status = status;
    this.code = code;
    this.more = more;
  }

  /** The same with headers that say more about its call; its own stay. */
  with(headers: Record<string, string>): GatewayError {
    return new GatewayError(this.status, this.code, this.message, {
      ...this.more,
      headers: { ...headers, ...this.more.headers },
    });
  }
}

/** A request that cannot be read, or asks for what there is not. */
export function badRequest(message: string, param?: string, code = "invalid_value"): GatewayError {
  return new GatewayError(400, code, message, param === undefined ? {} : { param });
}

export function unknownModel(name: string): GatewayError {
  return new GatewayError(
    404,
    "model_not_found",
    `The model \`${name.slice(0, 120)}\` does not exist, or this key may not use it. GET /v1/models lists what there is.`,
    { param: "model" },
  );
}

export function errorBody(error: GatewayError): WireErrorBody {
  return {
    error: {
      message: error.message,
      type: error.more.type ?? typeOf(error.status),
      param: error.more.param ?? null,
      code: error.code,
      ...error.more.beside,
    },
  };
}

function typeOf(status: number): string {
  if (status === 403) return "permission_error";
  if (status === 409) return "conflict_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

/** Codes of the OpenAI wire for what Pilotage says itself. */
const OWN: Partial<Record<ErrorCode, { status?: number; code?: string; type?: string; param?: string }>> = {
  unauthenticated: { code: "invalid_api_key" },
  bad_request: { code: "invalid_value" },
  bad_json: { code: "invalid_json" },
  // A client of this wire knows no 413: to it, a prompt that is too long is a bad request.
  too_large: { status: 400, code: "request_too_large", param: "messages" },
  unsupported_media_type: { code: "unsupported_media_type", type: "invalid_request_error" },
  too_many_requests: { code: "rate_limit_exceeded" },
};

/** What a caller hears when a provider let it down; how it hears of it is in the table of classes (models/error-class.ts). */
const SENTENCES: Record<ErrorClass, string> = {
  rate_limited: "The provider takes no more requests at the moment.",
  overloaded: "The provider cannot serve the request now.",
  timeout_connect: "The provider could not be reached in time.",
  timeout_first_token: "The provider did not begin to answer in time.",
  timeout_idle: "The provider fell silent in the middle of its answer.",
  timeout_total: "The provider took too long.",
  cut: "The provider's answer broke off; what came of it is not passed on as a whole.",
  malformed: "The provider answered with something that cannot be read.",
  unreachable: "The provider cannot be reached.",
  quota: "The paid quota at the provider is used up.",
  auth: "The provider does not accept the key of this connection.",
  unknown_model: "The provider does not know the model that this connection names.",
  too_long: "The request is longer than the model can read.",
  refused_content: "The provider refuses this content.",
  refused_request: "The provider does not take this request.",
  unusable: "The connection to the provider cannot be used as it is set up.",
  aborted: "The call was broken off before the answer was whole.",
};

interface ProviderDetails {
  type?: unknown;
  code?: unknown;
  param?: unknown;
  providerMessage?: unknown;
}

/** Whatever was thrown as an error of this wire; undefined for a fault of the program, which is logged and told by its id. */
export function wireErrorOf(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof PilotageError) || error.code === "internal") return undefined;
  const errorClass = classIn(error);
  if (errorClass !== undefined) return providerError(error, errorClass);
  const own = OWN[error.code] ?? {};
  return new GatewayError(own.status ?? error.status, own.code ?? error.code, worded(error), {
    ...(own.type === undefined ? {} : { type: own.type }),
    ...(own.param === undefined ? {} : { param: own.param }),
    headers: waiting(error),
    cause: error,
  });
}

/** The request's own faults are told in the provider's words; of everything else the caller can know only what it means. */
function providerError(error: PilotageError, errorClass: ErrorClass): GatewayError {
  const { wire, passesReason } = CLASSES[errorClass];
  const details = (passesReason ? (error.details ?? {}) : {}) as ProviderDetails;
  const param = word(details.param);
  return new GatewayError(
    wire.status,
    word(details.code) ?? wire.code,
    word(details.providerMessage) ?? SENTENCES[errorClass],
    {
      type: word(details.type) ?? wire.type,
      ...(param === undefined ? {} : { param }),
      headers: waiting(error),
      errorClass,
      cause: error,
    },
  );
}

function word(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function worded(error: PilotageError): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}

function waiting(error: PilotageError): Record<string, string> {
  if (!error.retryable) return { "x-should-retry": "false" };
  return { "retry-after": String(Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1000))) };
}
