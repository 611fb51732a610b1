/** Settings of the connections to providers with a wire of their own, and the way from one to a model. */
import { z } from "zod";
import type { ProviderSettings } from "./ai-sdk.ts";
import { ANTHROPIC_ADDRESS, anthropicModel } from "./anthropic.ts";
import { bedrockAddress, type BedrockKeys, bedrockModel } from "./bedrock.ts";
import { address, extraHeaders, headerText, mostInFlight, notes } from "./connection-fields.ts";
import { GOOGLE_ADDRESS, googleModel } from "./google.ts";
import type { Model } from "./model.ts";

const shared = {
  headers: extraHeaders.exactOptional().describe("For gateways that ask for more"),
  mostInFlight,
  contract: notes.contract,
};

const anthropic = z.strictObject({
  kind: z.literal("anthropic"),
  apiKey: headerText,
  baseUrl: address.default(ANTHROPIC_ADDRESS).describe("Up to and without /messages"),
  region: notes.region,
  ...shared,
});

const google = z.strictObject({
  kind: z.literal("google"),
  apiKey: headerText,
  baseUrl: address.default(GOOGLE_ADDRESS).describe("Up to and without /models/..."),
  region: notes.region,
  ...shared,
});

const bedrock = z
  .strictObject({
    kind: z.literal("bedrock"),
    region: z
      .string()
      .max(40)
      .regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d+$/, "A region is written as eu-central-1.")
      .describe("Of Amazon, such as eu-central-1: requests are signed for it"),
    apiKey: headerText.exactOptional(),
    accessKeyId: headerText.exactOptional(),
    secretAccessKey: headerText.exactOptional(),
    sessionToken: headerText.exactOptional(),
    baseUrl: address.exactOptional().describe("For an endpoint of your own network; else that of the region"),
    ...shared,
  })
  .refine(
    ({ apiKey, accessKeyId, secretAccessKey, sessionToken }) =>
      apiKey === undefined
        ? accessKeyId !== undefined && secretAccessKey !== undefined
        : accessKeyId === undefined && secretAccessKey === undefined && sessionToken === undefined,
    {
      error:
        "Give either apiKey, or accessKeyId and secretAccessKey; keys of the machine are never looked for.",
    },
  );

export const nativeKinds = [anthropic, bedrock, google] as const;
export type NativeConnection = z.output<(typeof nativeKinds)[number]>;

/** Where questions go. */
export const nativeAddress = (connection: NativeConnection): string =>
  connection.baseUrl ?? bedrockAddress(connection.kind === "bedrock" ? connection.region : "");

export function openNative(connection: NativeConnection, asked: Omit<ProviderSettings, "headers">): Model {
  const { headers } = connection;
  const settings: ProviderSettings = headers === undefined ? asked : { ...asked, headers };
  if (connection.kind === "bedrock")
    return bedrockModel({
      ...settings,
      region: connection.region,
      keys: keysOf(connection),
      baseUrl: nativeAddress(connection),
    });
  const { apiKey, baseUrl } = connection;
  return connection.kind === "anthropic"
    ? anthropicModel({ ...settings, apiKey, baseUrl })
    : googleModel({ ...settings, apiKey, baseUrl });
}

function keysOf({
  apiKey,
  accessKeyId = "",
  secretAccessKey = "",
  sessionToken,
}: Extract<NativeConnection, { kind: "bedrock" }>): BedrockKeys {
  if (apiKey !== undefined) return { apiKey };
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
