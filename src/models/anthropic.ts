/** Anthropic's Messages API, by the AI SDK's package. The limit of tokens is the model's own when the release names none. */
import { aiSdkModel, type ProviderSettings } from "./ai-sdk.ts";
import { plainError } from "./ai-sdk-wire.ts";
import { readError } from "./failures.ts";
import type { Model } from "./model.ts";

export const ANTHROPIC_ADDRESS = "https://api.anthropic.com/v1";

export interface AnthropicOptions extends ProviderSettings {
  apiKey: string;
  /** Up to and without `/messages`. */
  baseUrl: string;
}

export function anthropicModel(options: AnthropicOptions): Model {
  const { apiKey, baseUrl, name, headers = {} } = options;
  return aiSdkModel(options, {
    kind: "anthropic",
    secrets: [apiKey],
    async load(fetch) {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      return createAnthropic({ apiKey, baseURL: baseUrl, headers, fetch }).languageModel(name);
    },
    readError: (reply) => plainError(reply, readError(reply.text)),
  });
}
