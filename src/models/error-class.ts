/**
 * Why a model gave no answer, and what helps: the one table of classes.
 *
 * Pure. Every `PilotageError` of a model carries its class in `details.class`; who may be asked again, what a breaker
 * counts, whether the provider's words may be passed on and what a caller of the endpoint hears follow from the table and
 * are decided nowhere else. Which class a reply has is told by `classOf`; network failures are sorted in upstream.ts.
 */
import { type ErrorCode, PilotageError } from "../contract/errors.ts";

export type ErrorClass =
  | "rate_limited"
  | "overloaded"
  | "timeout_connect"
  | "timeout_first_token"
  | "timeout_idle"
  | "timeout_total"
  | "cut"
  | "malformed"
  | "unreachable"
  | "quota"
  | "auth"
  | "unknown_model"
  | "too_long"
  | "refused_content"
  | "refused_request"
  | "unusable"
  | "aborted";

export interface ClassRow {
  /** What Pilotage says of it. */
  error: ErrorCode;
  /** When the same model may be asked again: `soon` after a pause that a caller waits for, `later` only by who has long. */
  again: "soon" | "later" | "never";
  /** Which other models may be asked instead: `larger` ones alone, or none because the refusal is about the content. */
  next: "any" | "larger" | "none";
  /** What the breaker of the model counts. */
  breaker: "failed" | "answered" | "nothing";
  /** Whether the provider's own reason is the caller's business: it speaks of the request, not of our connection. */
  passesReason: boolean;
  /** How a caller of the OpenAI wire hears of it. */
  wire: { status: number; type: string; code: string };
}

const server = (status: number, code: string) => ({ status, type: "server_error", code });
const request = (code: string) => ({ status: 400, type: "invalid_request_error", code });

const PASSING = { error: "model_unavailable", next: "any", breaker: "failed", passesReason: false } as const;
const OF_REQUEST = {
  error: "model_refused",
  again: "never",
  breaker: "answered",
  passesReason: true,
} as const;
const OF_CONNECTION = { ...OF_REQUEST, next: "any", passesReason: false } as const;

export const CLASSES: Record<ErrorClass, ClassRow> = {
  rate_limited: {
    ...PASSING,
    again: "soon",
    wire: { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded" },
  },
  overloaded: { ...PASSING, again: "soon", wire: server(503, "provider_overloaded") },
  timeout_connect: { ...PASSING, again: "soon", wire: server(504, "provider_timeout") },
  // A silent model is not asked again by a caller who waits: it would only use up the time of the next one.
  timeout_first_token: { ...PASSING, again: "later", wire: server(504, "provider_timeout") },
  timeout_idle: { ...PASSING, again: "later", wire: server(504, "provider_timeout") },
  timeout_total: { ...PASSING, again: "later", wire: server(504, "provider_timeout") },
  cut: { ...PASSING, again: "soon", wire: server(502, "provider_cut_off") },
  malformed: {
    ...PASSING,
    error: "model_bad_answer",
    again: "soon",
    wire: server(502, "provider_bad_answer"),
  },
  unreachable: { ...PASSING, again: "soon", wire: server(502, "provider_unreachable") },
  quota: {
    ...PASSING,
    again: "never",
    wire: { status: 429, type: "insufficient_quota", code: "insufficient_quota" },
  },
  auth: { ...OF_CONNECTION, wire: server(502, "provider_auth") },
  unknown_model: { ...OF_CONNECTION, wire: server(502, "provider_unknown_model") },
  too_long: { ...OF_REQUEST, next: "larger", wire: request("context_length_exceeded") },
  refused_content: { ...OF_REQUEST, next: "none", wire: request("content_policy_violation") },
  refused_request: { ...OF_REQUEST, next: "any", wire: request("provider_refused") },
  // Nothing useful can be sent with the connection's settings: its certificate, address or a header is not valid.
  unusable: { ...PASSING, again: "never", wire: server(502, "provider_unreachable") },
  // Broken off by Pilotage or by whoever asked.
  aborted: {
    ...PASSING,
    again: "later",
    next: "none",
    breaker: "nothing",
    wire: server(503, "provider_unreachable"),
  },
};

/** The error of a class. Whether trying again can help at all comes from the table. */
export function modelFailure(
  class_: ErrorClass,
  message: string,
  more: { hint?: string; details?: object; cause?: unknown; error?: ErrorCode } = {},
): PilotageError {
  const row = CLASSES[class_];
  return new PilotageError(more.error ?? row.error, message, {
    retryable: row.again !== "never",
    details: { ...more.details, class: class_ },
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    ...(more.cause === undefined ? {} : { cause: more.cause }),
  });
}

/** The class that an error of a model carries; undefined for an error of anything else. */
export function classIn(error: unknown): ErrorClass | undefined {
  if (!(error instanceof PilotageError)) return undefined;
  const found = (error.details as { class?: unknown } | null | undefined)?.class;
  return typeof found === "string" && Object.hasOwn(CLASSES, found) ? (found as ErrorClass) : undefined;
}

/** What a provider said in its error: the parts of its body, each may be missing. */
export interface Said {
  message?: string;
  type?: string;
  code?: string;
}

const QUOTA_WORDS = new Set(["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"]);
const TOO_LONG_WORDS = new Set([
  "context_length_exceeded",
  "context_window_exceeded",
  "contextwindowexceedederror",
  "exceed_context_size_error",
  "request_too_large",
  "string_above_max_length",
]);
const CONTENT_WORDS = new Set([
  "content_policy_violation",
  "contentpolicyviolationerror",
  "content_filter",
  "responsibleaipolicyviolation",
  "data_inspection_failed",
  "datainspectionfailed",
  "moderation",
]);
const MODEL_WORDS = new Set([
  "model_not_found",
  "model_decommissioned",
  "model_not_available",
  "invalid_model",
  "deploymentnotfound",
]);
const AUTH_WORDS = new Set(["invalid_api_key", "authentication_error", "permission_error"]);
const BUSY_WORDS = new Set(["rate_limit_exceeded", "rate_limit_error", "too_many_requests", "429"]);

const TOO_LONG =
  /(?:maximum|max|available) (?:context|prompt) (?:length|size)|context (?:length|window|size|limit)|prompt is too long|input (?:is|length is) too long|too large for model with|input token count .* exceeds|reduce the length of (?:the|your) (?:messages|prompt)|`?inputs`? tokens \+ `?max_new_tokens`?|too many (?:input )?tokens/i;
const CONTENT =
  /content (?:management|filtering|filter|policy)|content exists risk|violat\w* (?:our |the )?(?:usage|content|safety)|(?:usage|content|safety) (?:policy|policies|guidelines)|considered high risk|safety_check|prohibited_content|inappropriate content|safety system|input was flagged|prompt was (?:flagged|blocked)/i;
const NO_KEY = /api[ _]key not valid|api_key_invalid|incorrect api key/i;
const NO_CREDIT = /insufficient (?:balance|credit|quota)|credit balance is too low/i;

/**
 * The class of a reply that is not a success. Vendors say the same thing with different statuses, codes and words; the code
 * is believed first, then words, then the status. Words alone count only where they speak of a bad request.
 */
export function classOf(status: number, said: Said): ErrorClass {
  const byWords = classOfWords(said, status);
  if (byWords !== undefined) return byWords;
  if (status === 402) return "quota";
  if (status === 413) return "too_long";
  if (status === 429) return "rate_limited";
  if (status === 401 || status === 403) return "auth";
  if (status === 404) return "unknown_model";
  if (status >= 500 || status === 408 || status === 409 || status === 425) return "overloaded";
  return status >= 300 && status < 400 ? "unusable" : "refused_request";
}

/** The class by the words of the error alone, for an error that comes with a status of success; undefined when they say none. */
export function classOfWords(said: Said, status = 400): ErrorClass | undefined {
  const words = [said.code, said.type].map((word) => word?.toLowerCase() ?? "");
  const named = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  const message = said.message ?? "";
  // What a server says while it fails is about itself: its message may quote anything.
  const ofRequest = status >= 400 && status < 500 && status !== 429 && status !== 408;
  if (named(QUOTA_WORDS)) return "quota";
  if (status === 429) return undefined;
  if (ofRequest) {
    if (named(TOO_LONG_WORDS)) return "too_long";
    if (named(CONTENT_WORDS)) return "refused_content";
    if (named(MODEL_WORDS)) return "unknown_model";
    if (status !== 401 && status !== 404 && TOO_LONG.test(message)) return "too_long";
    if (status !== 401 && status !== 404 && CONTENT.test(message)) return "refused_content";
    if (NO_CREDIT.test(message)) return "quota";
    if (named(AUTH_WORDS) || NO_KEY.test(message)) return "auth";
    if (named(BUSY_WORDS)) return "rate_limited";
  }
  return undefined;
}
