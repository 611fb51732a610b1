/**
 * The SDK of OpenTelemetry, loaded only when an address to send to is set.
 *
 * Spans wait in a bounded queue and leave it in batches over OTLP/HTTP as JSON; what finds no room, or does not arrive, is
 * dropped and counted. Nobody waits for a collector, and none of its failures reaches a caller.
 */
import type { Meter, Tracer } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Settings } from "../settings.ts";
import { programVersion } from "../version.ts";

export interface Sdk {
  tracer: Tracer | undefined;
  meter: Meter | undefined;
  /** Sends what waits, once, and ends. */
  close(): Promise<void>;
}

type Dropped = (signal: "traces" | "metrics", count: number) => void;

const QUEUE = 2_048;
const BATCH = 256;
const EVERY = 1_000;
const WITHIN = 5_000;

/** Where each signal is sent; undefined where it is not. */
export function addressesOf(settings: Settings): { traces: string | undefined; metrics: string | undefined } {
  if (settings.OTEL_SDK_DISABLED) return { traces: undefined, metrics: undefined };
  const below = (path: string) =>
    settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? undefined
      : `${settings.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, "")}/v1/${path}`;
  return {
    traces: settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? below("traces"),
    metrics: settings.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? below("metrics"),
  };
}

export async function openSdk(settings: Settings, dropped: Dropped): Promise<Sdk | undefined> {
  const { traces, metrics } = addressesOf(settings);
  if (traces === undefined && metrics === undefined) return undefined;
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const resource = resourceFromAttributes({
    "service.name": settings.OTEL_SERVICE_NAME,
    "service.version": programVersion(),
  });
  const more = { headers: settings.OTEL_EXPORTER_OTLP_HEADERS, timeoutMillis: WITHIN };
  const closing: (() => Promise<void>)[] = [];

  let tracer: Tracer | undefined;
  if (traces !== undefined) {
    const { TracerProvider } = await import("@opentelemetry/sdk-trace");
    const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
    const queue = queued(new OTLPTraceExporter({ url: traces, ...more }), (count) =>
      dropped("traces", count),
    );
    const provider = new TracerProvider({ resource, spanProcessors: [queue] });
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
  return {
    tracer,
    meter,
    async close() {
      await Promise.allSettled(closing.map((close) => close()));
    },
  };
}

const failed = (code: number) => code !== 0;

/** A queue that never holds more than its bound, with one batch on its way at a time. */
export function queued(exporter: SpanExporter, dropped: (count: number) => void): SpanProcessor {
  let waiting: ReadableSpan[] = [];
  let underWay: Promise<void> | undefined;
  const timer = setInterval(() => void flush(), EVERY);
  timer.unref();

  function flush(): Promise<void> {
    return (underWay ??= drain().finally(() => (underWay = undefined)));
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      const arrived = await new Promise<boolean>((resolve) => {
        exporter.export(batch, ({ code }) => resolve(!failed(code)));
      }).catch(() => false);
      if (!arrived) dropped(batch.length);
    }
  }

  return {
    onStart: () => undefined,
    onEnd(span) {
      if ((span.spanContext().traceFlags & 1) === 0) return;
      if (waiting.length >= QUEUE) return dropped(1);
      waiting.push(span);
      if (waiting.length >= BATCH) void flush();
    },
    forceFlush: flush,
    async shutdown() {
      clearInterval(timer);
      await flush();
      await exporter.shutdown();
    },
  };
}
