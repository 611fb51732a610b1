/** A collector of OpenTelemetry: takes what really arrives over OTLP/HTTP as JSON, and answers as a test wants. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

type Value = {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: Value[] };
};
interface Attribute {
  key: string;
  value: Value;
}
export interface SeenSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  milliseconds: number;
  failed: boolean;
  attributes: Record<string, unknown>;
}
export interface SeenMetric {
  name: string;
  unit: string;
  points: {
    attributes: Record<string, unknown>;
    count: number | undefined;
    sum: number | undefined;
    value: number | undefined;
  }[];
}

export interface SeenEvent {
  name: string;
  traceId: string | undefined;
  spanId: string | undefined;
  attributes: Record<string, unknown>;
}

export interface Collector {
  url: string;
  spans: SeenSpan[];
  events: SeenEvent[];
  /** Of the newest report. */
  metrics: SeenMetric[];
  /** Everything that came, as text. */
  text(): string;
  headers(): Record<string, unknown>[];
  /** From now on every report is refused. */
  refuse(): void;
  close(): void;
}

export async function openCollector(): Promise<Collector> {
  let refusing = false;
  const texts: string[] = [];
  const headers: Record<string, unknown>[] = [];
  const spans: SeenSpan[] = [];
  const events: SeenEvent[] = [];
  let metrics: SeenMetric[] = [];
  const server = createServer((request, reply) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      headers.push(request.headers);
      if (refusing) return reply.writeHead(400).end();
      const bytes = Buffer.concat(parts);
      const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString(
        "utf8",
      );
      texts.push(text);
      if (request.url === "/v1/traces") spans.push(...spansIn(JSON.parse(text) as Traces));
      if (request.url === "/v1/logs") events.push(...eventsIn(JSON.parse(text) as Records));
      if (request.url === "/v1/metrics") metrics = metricsIn(JSON.parse(text) as Report);
      return reply.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    events,
    get metrics() {
      return metrics;
    },
    text: () => texts.join("\n"),
    headers: () => headers,
    refuse: () => (refusing = true),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Traces {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
}
interface Span {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status?: { code?: number };
  attributes: Attribute[];
}

function spansIn({ resourceSpans }: Traces): SeenSpan[] {
  return resourceSpans
    .flatMap((one) => one.scopeSpans)
    .flatMap((one) => one.spans)
    .map((one) => ({
      name: one.name,
      kind: one.kind,
      traceId: one.traceId,
      spanId: one.spanId,
      parentSpanId: one.parentSpanId,
      milliseconds: Number(BigInt(one.endTimeUnixNano) - BigInt(one.startTimeUnixNano)) / 1e6,
      failed: one.status?.code === 2,
      attributes: attributesIn(one.attributes),
    }));
}

interface Records {
  resourceLogs: {
    scopeLogs: {
      logRecords: { eventName: string; traceId?: string; spanId?: string; attributes: Attribute[] }[];
    }[];
  }[];
}

function eventsIn({ resourceLogs }: Records): SeenEvent[] {
  return resourceLogs
    .flatMap((one) => one.scopeLogs)
    .flatMap((one) => one.logRecords)
    .map(({ eventName, traceId, spanId, attributes }) => ({
      name: eventName,
      traceId,
      spanId,
      attributes: attributesIn(attributes),
    }));
}

interface Report {
  resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[];
}
interface Metric {
  name: string;
  unit: string;
  histogram?: { dataPoints: Point[] };
  sum?: { dataPoints: Point[] };
}
interface Point {
  attributes: Attribute[];
  count?: number | string;
  sum?: number;
  asDouble?: number;
  asInt?: number | string;
}

function metricsIn({ resourceMetrics }: Report): SeenMetric[] {
  return resourceMetrics
    .flatMap((one) => one.scopeMetrics)
    .flatMap((one) => one.metrics)
    .map(({ name, unit, histogram, sum }) => ({
      name,
      unit,
      points: ((histogram ?? sum)?.dataPoints ?? []).map((point) => ({
        attributes: attributesIn(point.attributes),
        count: point.count === undefined ? undefined : Number(point.count),
        sum: point.sum,
        value: point.asDouble ?? (point.asInt === undefined ? undefined : Number(point.asInt)),
      })),
    }));
}

function attributesIn(attributes: Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(value: Value): unknown {
  if (value.arrayValue) return value.arrayValue.values.map(valueOf);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
