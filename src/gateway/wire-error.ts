/**
 * Errors as clients of the OpenAI wire expect them: `{"error": {message, type, param, code}}`, all four keys always there.
 *
 * Pure. `GatewayError` is born in this part; whatever else is thrown is translated here, so that nothing of a provider's
 * body, no key and no stack leaves. Of a provider only the reason of a refusal that concerns the caller's own request is
 * passed on, cut short and cleaned by models/failures.ts.
 */
import { PilotageError, type ErrorCode } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";

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

/** What a caller hears when a provider let it down, by the class that models/error-class.ts gives. */
const PROVIDER: Record<string, { status: number; code: string; message: string; own?: true }> = {
  rate_limited: {
    status: 429,
    code: "rate_limit_exceeded",
    message: "The provider takes no more requests at the moment.",
  },
  overloaded: { status: 503, code: "provider_overloaded", message: "The provider is overloaded." },
  timeout_connect: {
    status: 504,
    code: "provider_timeout",
    message: "The provider could not be reached in time.",
  },
  timeout_first_token: {
    status: 504,
    code: "provider_timeout",
    message: "The provider did not begin to answer in time.",
  },
  timeout_idle: {
    status: 504,
    code: "provider_timeout",
    message: "The provider fell silent in the middle of its answer.",
  },
  timeout_total: { status: 504, code: "provider_timeout", message: "The provider took too long." },
  cut: {
    status: 502,
    code: "provider_cut_off",
    message: "The provider's answer broke off; what came of it is not passed on as a whole.",
  },
  malformed: {
    status: 502,
    code: "provider_bad_answer",
    message: "The provider answered with something that cannot be read.",
  },
  unreachable: { status: 502, code: "provider_unreachable", message: "The provider cannot be reached." },
  quota: { status: 429, code: "insufficient_quota", message: "The paid quota at the provider is used up." },
  auth: {
    status: 502,
    code: "provider_auth",
    message: "The provider does not accept the key of this connection.",
  },
  unknown_model: {
    status: 502,
    code: "provider_unknown_model",
    message: "The provider does not know the model that this connection names.",
  },
  too_long: {
    status: 400,
    code: "context_length_exceeded",
    message: "The request is longer than the model can read.",
    own: true,
  },
  refused_content: {
    status: 400,
    code: "content_policy_violation",
    message: "The provider refuses this content.",
    own: true,
  },
  refused_request: {
    status: 400,
    code: "provider_refused",
    message: "The provider does not take this request.",
    own: true,
  },
};

interface ProviderDetails {
  class?: unknown;
  type?: unknown;
  code?: unknown;
  param?: unknown;
  providerMessage?: unknown;
}

/** Whatever was thrown as an error of this wire; undefined for a fault of the program, which is logged and told by its id. */
export function wireErrorOf(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof PilotageError) || error.code === "internal") return undefined;
  const details = (error.details ?? {}) as ProviderDetails;
  const said = typeof details.class === "string" ? PROVIDER[details.class] : undefined;
  if (said !== undefined) return providerError(error, said, details);
  const own = OWN[error.code] ?? {};
  return new GatewayError(own.status ?? error.status, own.code ?? error.code, worded(error), {
    ...(own.type === undefined ? {} : { type: own.type }),
    ...(own.param === undefined ? {} : { param: own.param }),
    headers: waiting(error),
    cause: error,
  });
}

/** The request's own faults are told in the provider's words; of everything else the caller can know only what it means. */
function providerError(
  error: PilotageError,
  said: (typeof PROVIDER)[string],
  details: ProviderDetails,
): GatewayError {
  const word = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const errorClass = details.class as string;
  if (said.own === undefined) {
    const again = said.status === 429 && errorClass === "quota" ? { "x-should-retry": "false" } : {};
    return new GatewayError(said.status, said.code, said.message, {
      headers: { ...waiting(error), ...again },
      errorClass,
      cause: error,
    });
  }
  const type = word(details.type);
  const param = word(details.param);
  return new GatewayError(
    said.status,
    word(details.code) ?? said.code,
    word(details.providerMessage) ?? said.message,
    {
      ...(type === undefined ? {} : { type }),
      ...(param === undefined ? {} : { param }),
      errorClass,
      cause: error,
    },
  );
}

function worded(error: PilotageError): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}

function waiting(error: PilotageError): Record<string, string> {
  if (!error.retryable) return { "x-should-retry": "false" };
  return { "retry-after": String(Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1000))) };
}
