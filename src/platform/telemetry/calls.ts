/**
 * What is told of calls of models, to OpenTelemetry and to Prometheus: one span for a call with all its tries, one below
 * it for each try, and their figures.
 *
 * Never secrets; content only where it is asked for. Where nobody listens no span and no attribute is made. Times are
 * those of the program's clock, in milliseconds.
 */
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Counter,
  type Histogram,
  type Span,
} from "@opentelemetry/api";
import type { Attributes, Facts, Message, Usage, Version } from "./conventions.ts";
import { callAttributes, contentAttributes, namesOf, spanAttributes, spanName } from "./conventions.ts";
import type { Sdk } from "./sdk.ts";

export interface Began {
  facts: Facts;
  startedAt: number;
  own: Attributes;
}

export interface Ended {
  facts: Facts;
  endedAt: number;
  own: Attributes;
  /** Asked only where content is to be captured. */
  content?: () => { input: Message[]; output: string | undefined };
}

export interface OpenSpan {
  /** As the header of W3C trace context carries it. */
  traceparent: string;
  end(ended: Ended): void;
}

export interface OpenCall extends OpenSpan {
  attempt(began: Began): OpenSpan;
}

/** Undefined where no trace is sent. */
export type ModelSpans = { begin(began: Began, traceparent?: string): OpenCall } | undefined;

export interface ModelCalls {
  /** Whether anybody is told: before facts about a call are gathered. */
  listens: boolean;
  spans: ModelSpans;
  /** The figures of a call that is over. */
  measure(facts: Facts, milliseconds: number): void;
}

export function openModelCalls(
  sdk: Sdk | undefined,
  options: { version: Version; content: boolean },
): ModelCalls {
  return {
    listens: sdk !== undefined,
    spans: spansOf(sdk, options),
    measure: measuring(sdk, options.version),
  };
}

function spansOf(
  sdk: Sdk | undefined,
  { version, content }: { version: Version; content: boolean },
): ModelSpans {
  const tracer = sdk?.tracer;
  if (tracer === undefined) return undefined;

  function open({ facts, startedAt, own }: Began, parent: Context): OpenSpan & { context: Context } {
    const attributes = { ...spanAttributes(version, facts), ...own };
    const span = tracer!.startSpan(
      spanName(facts),
      { kind: SpanKind.CLIENT, startTime: startedAt, attributes },
      parent,
    );
    return {
      traceparent: headerOf(span),
      context: trace.setSpan(parent, span),
      end(ended) {
        if (span.isRecording()) {
          span.setAttributes({ ...spanAttributes(version, ended.facts), ...ended.own });
          if (content && ended.content)
            span.setAttributes(
              contentAttributes(version, { ...ended.content(), finish: ended.facts.finish }),
            );
          if (ended.facts.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end(Math.max(startedAt, ended.endedAt));
      },
    };
  }

  return {
    begin(began, traceparent) {
      const { context, ...call } = open(began, parentOf(traceparent));
      return { ...call, attempt: (one) => open(one, context) };
    },
  };
}

function headerOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${(traceFlags & 1) === 1 ? "01" : "00"}`;
}

/** The caller's span; one that cannot be read begins a trace of its own. */
function parentOf(traceparent: string | undefined): Context {
  const read = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/.exec(traceparent ?? "");
  const [, traceId, spanId, flags] = read ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId))
    return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags ?? "00", 16) & 1;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function measuring(sdk: Sdk | undefined, version: Version): ModelCalls["measure"] {
  const meter = sdk?.meter;
  if (meter === undefined) return () => undefined;
  const { duration, tokens } = namesOf(version);
  const seconds = meter.createHistogram(duration, {
    unit: "s",
    advice: {
      explicitBucketBoundaries: [
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
      ],
    },
  });
  const count = tokens.kind === "histogram" ? inOneHistogram(tokens.name) : inCounters(tokens.prefix);

  function inOneHistogram(name: string) {
    const used: Histogram = meter!.createHistogram(name, {
      unit: "{token}",
      advice: {
        explicitBucketBoundaries: [
          1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
        ],
      },
    });
    return (usage: Usage, about: Attributes) => {
      for (const type of ["input", "output"] as const)
        if (usage[type] !== undefined) used.record(usage[type], { ...about, "gen_ai.token.type": type });
    };
  }

  function inCounters(prefix: string) {
    const counter = (end: string): Counter => meter!.createCounter(`${prefix}.${end}`, { unit: "{token}" });
    const counters: Record<keyof Usage, Counter> = {
      input: counter("input_tokens"),
      output: counter("output_tokens"),
      cacheRead: counter("cache_read.input_tokens"),
      cacheWrite: counter("cache_write.input_tokens"),
      reasoning: counter("reasoning.output_tokens"),
    };
    return (usage: Usage, about: Attributes) => {
      for (const [key, value] of Object.entries(usage))
        if (typeof value === "number")
          counters[key as keyof Usage].add(value, { ...about, "gen_ai.token.modality": "text" });
    };
  }

  return (facts, milliseconds) => {
    const about = callAttributes(version, facts);
    seconds.record(milliseconds / 1000, about);
    if (facts.usage) count(facts.usage, about);
  };
}
