/**
 * Amazon Bedrock's Converse API, by the AI SDK's package: with an API key, or signed (SigV4) with a key pair.
 *
 * Keys come from the connection alone: neither environment, files nor the machine's role are looked at.
 */
import { aiSdkModel, type ProviderSettings } from "./ai-sdk.ts";
import { plainError } from "./ai-sdk-wire.ts";
import { type ErrorReply, readError } from "./failures.ts";
import type { Model } from "./model.ts";

export type BedrockKeys =
  { apiKey: string } | { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

export interface BedrockOptions extends ProviderSettings {
  region: string;
  keys: BedrockKeys;
  /** Up to and without `/model/...`; the public address of the region when left out. */
  baseUrl?: string;
}

/** The public address of the service in a region. */
export const bedrockAddress = (region: string) =>
  `https://bedrock-runtime.${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`;

export function bedrockModel(options: BedrockOptions): Model {
  const { region, keys, name, headers = {}, baseUrl = bedrockAddress(region) } = options;
  return aiSdkModel(options, {
    kind: "bedrock",
    secrets: Object.values(keys),
    async load(fetch) {
      const { createAmazonBedrock } = await import("@ai-sdk/amazon-bedrock");
      // An empty API key keeps the package from looking for one in the environment.
      const given = "apiKey" in keys ? keys : { apiKey: "", ...keys };
      return createAmazonBedrock({ region, baseURL: baseUrl, headers, fetch, ...given }).languageModel(name);
    },
    readError: (reply) =>
      plainError(reply, { message: readError(reply.text).message, type: errorType(reply) }),
  });
}

/** `ThrottlingException:http://...` in a header, or `com.amazon...#ThrottlingException` in the body. */
function errorType(reply: ErrorReply): string | undefined {
  const named = reply.headers["x-amzn-errortype"] ?? /"__type"\s*:\s*"([^"]{1,200})"/.exec(reply.text)?.[1];
  return named?.split(":")[0]!.split("#").at(-1);
}
