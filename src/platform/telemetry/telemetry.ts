/** Puts together what calls of models are told to: OpenTelemetry where it is configured, Prometheus always. */
import type { Metrics } from "../metrics.ts";
import type { Settings } from "../settings.ts";
import { openModelCalls, type ModelCalls } from "./calls.ts";
import { versionFrom } from "./conventions.ts";
import { openSdk } from "./sdk.ts";

export interface Telemetry extends ModelCalls {
  /** One try at a model, for Prometheus. */
  tried: Metrics["tried"];
  underWay: Metrics["underWay"];
  /** Something could not be told. */
  lost(): void;
  /** Sends what waits, once. */
  close(): Promise<void>;
}

export async function openTelemetry(settings: Settings, metrics: Metrics): Promise<Telemetry> {
  const sdk = await openSdk(settings, metrics.dropped);
  const version = versionFrom(settings.PILOTAGE_GENAI_CONVENTIONS, settings.OTEL_SEMCONV_STABILITY_OPT_IN);
  const content = settings.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT;
  return {
    ...openModelCalls(sdk, { version, content }),
    tried: metrics.tried,
    underWay: metrics.underWay,
    lost: () => metrics.dropped("traces", 1),
    close: async () => sdk?.close(),
  };
}
