/**
 * The SDK of OpenTelemetry, loaded only when an address to send to is set.
 *
 * Spans and events wait in a bounded queue and leave it in batches over OTLP/HTTP as JSON; what finds no room, or does not arrive, is
 * dropped and counted. Nobody waits for a collector, and none of its failures reaches a caller.
 */
import type { Meter, Tracer } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Settings } from "../settings.ts";
import { programVersion } from "../version.ts";
import { eventSender, type TelemetryEvent } from "./events.ts";
import { openIds, type SpanIds } from "./ids.ts";
import { queued } from "./queue.ts";

export interface Sdk {
  tracer: Tracer | undefined;
  meter: Meter | undefined;
  events: { add(event: TelemetryEvent): void } | undefined;
  /** The ids of the span that is started next. */
  nextIds(ids: Partial<SpanIds>): void;
  /** Sends what waits, once, and ends. */
  close(): Promise<void>;
}

export type Signal = "traces" | "metrics" | "logs";
type Dropped = (signal: Signal, count: number) => void;

const WITHIN = 5_000;

/** Where each signal is sent; undefined where it is not. */
export function addressesOf(settings: Settings): Record<Signal, string | undefined> {
  if (settings.OTEL_SDK_DISABLED) return { traces: undefined, metrics: undefined, logs: undefined };
  const below = (path: string) =>
    settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? undefined
      : `${settings.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, "")}/v1/${path}`;
  return {
    traces: settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? below("traces"),
    metrics: settings.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? below("metrics"),
    logs: settings.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT ?? below("logs"),
  };
}

export async function openSdk(settings: Settings, dropped: Dropped): Promise<Sdk | undefined> {
  const { traces, metrics, logs } = addressesOf(settings);
  if (traces === undefined && metrics === undefined && logs === undefined) return undefined;
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const about = { "service.name": settings.OTEL_SERVICE_NAME, "service.version": programVersion() };
  const resource = resourceFromAttributes(about);
  const more = { headers: settings.OTEL_EXPORTER_OTLP_HEADERS, timeoutMillis: WITHIN };
  const closing: (() => Promise<void>)[] = [];

  const ids = openIds();
  let tracer: Tracer | undefined;
  if (traces !== undefined) {
    const { TracerProvider } = await import("@opentelemetry/sdk-trace");
    const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
    const exporter = new OTLPTraceExporter({ url: traces, ...more });
    const spans = queued(
      (batch: Parameters<typeof exporter.export>[0]) =>
        new Promise<boolean>((resolve) => exporter.export(batch, ({ code }) => resolve(!failed(code)))),
      (count) => dropped("traces", count),
    );
    const processor: SpanProcessor = {
      onStart: () => undefined,
      onEnd: (span) => {
        if ((span.spanContext().traceFlags & 1) === 1) spans.add(span);
      },
      forceFlush: () => spans.flush(),
      async shutdown() {
        await spans.close();
        await exporter.shutdown();
      },
    };
    const provider = new TracerProvider({ resource, spanProcessors: [processor], idGenerator: ids });
    tracer = provider.getTracer("pilotage", programVersion());
    closing.push(() => provider.shutdown());
  }
  let meter: Meter | undefined;
  if (metrics !== undefined) {
    const { MeterProvider, PeriodicExportingMetricReader } = await import("@opentelemetry/sdk-metrics");
    const { OTLPMetricExporter } = await import("@opentelemetry/exporter-metrics-otlp-http");
    const exporter = new OTLPMetricExporter({ url: metrics, ...more });
    const send = exporter.export.bind(exporter);
    exporter.export = (batch, told) =>
      send(batch, (result) => {
        if (failed(result.code)) dropped("metrics", 1);
        told(result);
      });
    const provider = new MeterProvider({
      resource,
      readers: [
        new PeriodicExportingMetricReader({
          exporter,
          exportIntervalMillis: settings.OTEL_METRIC_EXPORT_INTERVAL,
          exportTimeoutMillis: Math.min(WITHIN, settings.OTEL_METRIC_EXPORT_INTERVAL),
        }),
      ],
    });
    meter = provider.getMeter("pilotage", programVersion());
    closing.push(() => provider.shutdown());
  }
  const events =
    logs === undefined
      ? undefined
      : queued(
          eventSender({
            url: logs,
            headers: more.headers,
            within: WITHIN,
            resource: about,
            scope: "pilotage",
          }),
          (count) => dropped("logs", count),
        );
  if (events) closing.push(() => events.close());
  return {
    tracer,
    meter,
    events,
    nextIds: (chosen) => ids.next(chosen),
    async close() {
      await Promise.allSettled(closing.map((close) => close()));
    },
  };
}

const failed = (code: number) => code !== 0;
