/** Google's Gemini API (`generateContent`) with an API key, by the AI SDK's package. */
import { isJsonObject } from "../contract/json.ts";
import { aiSdkModel, type ProviderSettings } from "./ai-sdk.ts";
import { plainError } from "./ai-sdk-wire.ts";
import type { ErrorReply } from "./failures.ts";
import type { Model } from "./model.ts";

export const GOOGLE_ADDRESS = "https://generativelanguage.googleapis.com/v1beta";

export interface GoogleOptions extends ProviderSettings {
  apiKey: string;
  /** Up to and without `/models/...`. */
  baseUrl: string;
}

export function googleModel(options: GoogleOptions): Model {
  const { apiKey, baseUrl, name, headers = {} } = options;
  return aiSdkModel(options, {
    kind: "google",
    secrets: [apiKey],
    async load(fetch) {
      const { createGoogle } = await import("@ai-sdk/google");
      return createGoogle({ apiKey, baseURL: baseUrl, headers, fetch }).languageModel(name);
    },
    readError: (reply) => plainError(reply, said(reply)),
  });
}

/** Google names the kind of error in `status`, and how long to wait in a detail of its own. */
function said({ text }: ErrorReply): Parameters<typeof plainError>[1] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const error = isJsonObject(first) ? first["error"] : undefined;
  if (!isJsonObject(error)) return {};
  const details: unknown = error["details"];
  const wait = Array.isArray(details)
    ? details.map((one: unknown) => (isJsonObject(one) ? one["retryDelay"] : undefined)).find(isText)
    : undefined;
  return {
    message: isText(error["message"]) ? error["message"] : undefined,
    type: isText(error["status"]) ? error["status"] : undefined,
    retryAfter: wait === undefined ? undefined : /^(\d+(?:\.\d+)?)s$/.exec(wait)?.[1],
  };
}

const isText = (value: unknown): value is string => typeof value === "string";
