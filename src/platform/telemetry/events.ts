/**
 * Events of OpenTelemetry, which travel as records of its logs: written and sent here over OTLP/HTTP as JSON.
 *
 * The SDK's own exporter is left out: this is one form with a dozen fields.
 */
import { request } from "undici";
import type { Attributes } from "./conventions.ts";

export interface TelemetryEvent {
  name: string;
  /** Milliseconds. */
  at: number;
  attributes: Attributes;
  /** The span that it is about. */
  traceId: string | undefined;
  spanId: string | undefined;
}

const INFO = 9;

/** Sends a batch; answers whether the collector took it. */
export function eventSender(to: {
  url: string;
  headers: Record<string, string>;
  /** Milliseconds. */
  within: number;
  resource: Attributes;
  scope: string;
}): (batch: TelemetryEvent[]) => Promise<boolean> {
  return async (batch) => {
    const body = {
      resourceLogs: [
        {
          resource: { attributes: listOf(to.resource) },
          scopeLogs: [{ scope: { name: to.scope }, logRecords: batch.map(recordOf) }],
        },
      ],
    };
    const reply = await request(to.url, {
      method: "POST",
      headers: { ...to.headers, "content-type": "application/json" },
      body: JSON.stringify(body),
      headersTimeout: to.within,
      bodyTimeout: to.within,
      signal: AbortSignal.timeout(to.within),
    });
    await reply.body.dump();
    return reply.statusCode >= 200 && reply.statusCode < 300;
  };
}

function recordOf({ name, at, attributes, traceId, spanId }: TelemetryEvent) {
  const time = `${Math.round(at)}000000`;
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: INFO,
    eventName: name,
    attributes: listOf(attributes),
    ...(traceId === undefined || spanId === undefined ? {} : { traceId, spanId, flags: 1 }),
  };
}

function listOf(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: Attributes[string]): object {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "string") return { stringValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
