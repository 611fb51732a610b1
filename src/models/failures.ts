/**
 * What a provider's error reply means: the one mapping from status, headers and body to a `PilotageError`.
 *
 * Pure. The message names only the provider's short error words; its free text goes into the details, cut to 500
 * characters and without secrets, because providers quote keys and prompts in it. Which class a failure has, and what
 * helps, is in error-class.ts. Network failures are in upstream.ts.
 */
import type { PilotageError } from "../contract/errors.ts";
import { isJsonObject, type JsonValue } from "../contract/json.ts";
import { classOf, classOfWords, type ErrorClass, modelFailure } from "./error-class.ts";

export interface ErrorReply {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
}

/** The details of every failure of a provider. The free text may quote what was sent: treat it as content. */
export interface ProviderFailure {
  class: ErrorClass;
  status?: number;
  /** How long the provider asks to wait, in milliseconds. */
  retryAfterMs?: number;
  type?: string;
  code?: string;
  param?: string;
  /** The provider's own words, at most 500 characters, secrets removed. */
  providerMessage?: string;
}

const LONGEST_MESSAGE = 500;

/** The error for a reply that is not a success; `now` in milliseconds is for a Retry-After that names a date. */
export function failureOf(
  reply: ErrorReply,
  describe: string,
  secrets: readonly string[],
  now: number,
): PilotageError {
  const { status } = reply;
  const said = readError(reply.text);
  const class_ = classOf(status, said);
  const { details, named } = told(said, reply.text, secrets);
  const wait = retryAfterMs(reply.headers, now);
  return worded(class_, describe, named === "" ? `${status}` : `${status} (${named})`, status, {
    status,
    ...details,
    ...(wait === undefined || !WAITS.has(class_) ? {} : { retryAfterMs: wait }),
  });
}

const WAITS = new Set<ErrorClass>(["rate_limited", "overloaded"]);

/**
 * The error for an `error` that stands where an answer was promised: in a stream, or in a reply with a status of success.
 *
 * Where its words name no class, `otherwise` is taken.
 */
export function failureInside(
  error: JsonValue,
  describe: string,
  secrets: readonly string[],
  otherwise: "overloaded" | "malformed",
): PilotageError {
  const text = JSON.stringify({ error });
  const said = readError(text);
  const class_ = classOfWords(said) ?? otherwise;
  const { details, named } = told(said, text, secrets);
  const reason = `an error in place of an answer${named === "" ? "" : ` (${named})`}`;
  return worded(class_, describe, reason, 400, details);
}

/** What of the provider's words goes into the details, and the short ones for the message. */
function told(said: ReturnType<typeof readError>, text: string, secrets: readonly string[]) {
  const details: Omit<ProviderFailure, "class"> = shortWords(said, secrets);
  const words = redact(said.message ?? text, secrets)
    .trim()
    .slice(0, LONGEST_MESSAGE);
  if (words !== "") details.providerMessage = words;
  const named = [details.type, details.code, details.param].filter((word) => word !== undefined);
  return { details, named: [...new Set(named)].join(", ") };
}

function worded(
  class_: ErrorClass,
  describe: string,
  reason: string,
  status: number,
  details: Omit<ProviderFailure, "class">,
): PilotageError {
  if (class_ === "quota")
    return modelFailure(class_, `${describe} answered ${reason}: the paid quota is used up.`, {
      hint: "Trying again does not help. Raise the quota or the budget at the provider, or use another connection.",
      details,
    });
  if (class_ === "rate_limited" || class_ === "overloaded")
    return modelFailure(class_, `${describe} answered ${reason}: it cannot serve the request now.`, {
      details,
    });
  if (class_ === "malformed")
    return modelFailure(class_, `${describe} answered ${reason}: it is not a chat completion.`, { details });
  return modelFailure(class_, `${describe} refused the request with ${reason}: ${meaning(class_, status)}`, {
    details,
    // A refusal by its status, also where the connection's settings are what is wrong.
    error: "model_refused",
  });
}

/** How long a provider asks to wait, in milliseconds: `retry-after-ms`, else seconds or a date; nonsense is nothing. */
export function retryAfterMs(headers: Record<string, string | undefined>, now: number): number | undefined {
  const exact = amount(headers["retry-after-ms"]);
  if (exact !== undefined) return exact;
  const text = headers["retry-after"]?.trim();
  const seconds = amount(text);
  if (seconds !== undefined) return Math.round(seconds * 1000);
  // A date always carries a name of a day or month; `Date.parse` alone would read "5 apples" or "-3" as one.
  if (text === undefined || !/^[A-Za-z]{3,9},? .*\d{2}:\d{2}/.test(text)) return undefined;
  const date = Date.parse(text);
  // The provider's own clock, when it tells it, is the better one to measure its date with.
  const sent = Date.parse(headers["date"] ?? "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(sent) ? now : sent));
}

/** The parts of an error body in the shapes that providers use; every part may be missing. */
export function readError(text: string): { message?: string; type?: string; code?: string; param?: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  if (!isJsonObject(body)) return {};
  if (typeof body["error"] === "string") return { message: body["error"] };
  const error = isJsonObject(body["error"]) ? body["error"] : body;
  const found: ReturnType<typeof readError> = {};
  for (const key of ["type", "code", "param"] as const) {
    const value: unknown = error[key];
    if (typeof value === "string" || typeof value === "number") found[key] = String(value);
  }
  const message: unknown = error["message"] ?? error["detail"];
  if (message !== undefined && message !== null)
    found.message = typeof message === "string" ? message : JSON.stringify(message);
  return found;
}

/** Takes secrets out of foreign text: the known ones, also starred or cut short, and whatever looks like a key. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, "[secret]");
  const starts = secrets.filter((secret) => secret.length >= 12).map((secret) => secret.slice(0, 6));
  return clean
    .replace(/\bBearer\s+\S+/gi, "Bearer [secret]")
    .replace(/[\w*.+/=-]{6,}/g, (word) =>
      word.includes("***") ||
      /^(?:sk|pk|whsec|key)[-_]/.test(word) ||
      starts.some((start) => word.startsWith(start))
        ? "[secret]"
        : word,
    );
}

function amount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
  const value = Number(text);
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** Short error words only: an identifier of a few letters cannot carry a prompt. */
function shortWords(said: ReturnType<typeof readError>, secrets: readonly string[]) {
  const found: Pick<ProviderFailure, "type" | "code" | "param"> = {};
  for (const key of ["type", "code", "param"] as const) {
    const word = said[key];
    if (word !== undefined && /^[\w.[\]-]{1,60}$/.test(word) && redact(word, secrets) === word)
      found[key] = word;
  }
  return found;
}

const MEANINGS: Partial<Record<ErrorClass, string>> = {
  unusable: "it points to another address, which is not followed. Correct the address of the connection.",
  auth: "the key is missing, wrong or expired. Correct the key of the connection.",
  unknown_model: "the model or the address is unknown there. Check the model's name and the address.",
  too_long: "it is longer than the model can read. Shorten the input, or name a model that reads more.",
  refused_content: "the provider does not allow what it says. The details hold the provider's reason.",
};

function meaning(class_: ErrorClass, status: number): string {
  if (class_ === "auth" && status === 403)
    return "the key may not do this. Check the key's permissions at the provider.";
  return MEANINGS[class_] ?? "it does not take this request. The details hold its own words.";
}
