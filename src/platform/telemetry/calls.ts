/**
 * What is told of calls of models, to OpenTelemetry and to Prometheus: one span for a call with all its tries, one below
 * it for each try, their figures, and later what people and comparisons thought of the answer.
 *
 * Never secrets; content only where it is asked for. Where nobody listens no span and no attribute is made. Times are
 * those of the program's clock, in milliseconds.
 */
import { createHash } from "node:crypto";
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
import type { Attributes, Evaluation, Facts, Message, Usage, Version, WorkflowFacts } from "./conventions.ts";
import {
  callAttributes,
  contentAttributes,
  EVALUATION_EVENT,
  evaluationAttributes,
  namesOf,
  spanAttributes,
  spanName,
  workflowSpan,
} from "./conventions.ts";
import type { SpanIds } from "./ids.ts";
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

export interface OpenWorkflow {
  traceparent: string;
  end(ended: { facts: WorkflowFacts; endedAt: number; own: Attributes }): void;
}

/** Where a span stands in a trace. */
export interface Standing {
  /** The span above it, as the header carries it; one that cannot be read, or none, begins a trace. */
  traceparent?: string | undefined;
  /** What the span is of, where something shall be said of it later: its ids follow from that. */
  of?: string | undefined;
  /** That span was begun elsewhere, and this one belongs below it. */
  below?: boolean | undefined;
}

/** Undefined where no trace is sent. */
export type ModelSpans =
  | {
      begin(began: Began, standing?: Standing): OpenCall;
      /** A workflow that is asked like a model: not a call of a provider, so a span of the kind INTERNAL. */
      beginWorkflow(
        began: { facts: WorkflowFacts; startedAt: number; own: Attributes },
        standing?: Standing,
      ): OpenWorkflow;
    }
  | undefined;

export interface Judgement extends Evaluation {
  at: number;
  /** Where the span of what is judged stands, as it began; `traceparent` alone: of that span itself. */
  standing: Standing;
  own: Attributes;
}

export interface ModelCalls {
  /** Whether anybody is told: before facts about a call are gathered. */
  listens: boolean;
  spans: ModelSpans;
  /** Tells a judgement of an answer, of which its span has been told; undefined where nobody hears such. */
  judged: ((judgement: Judgement) => void) | undefined;
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
    judged: judging(sdk, options.version),
    measure: measuring(sdk, options.version),
  };
}

function spansOf(
  sdk: Sdk | undefined,
  { version, content }: { version: Version; content: boolean },
): ModelSpans {
  const tracer = sdk?.tracer;
  if (tracer === undefined) return undefined;

  function start(
    name: string,
    kind: SpanKind,
    { startedAt, attributes }: { startedAt: number; attributes: Attributes },
    { parent, ids }: { parent: Context; ids?: SpanIds | undefined },
  ): { span: Span; traceparent: string; context: Context } {
    if (ids) sdk!.nextIds(trace.getSpanContext(parent) ? { spanId: ids.spanId } : ids);
    const span = tracer!.startSpan(name, { kind, startTime: startedAt, attributes }, parent);
    return { span, traceparent: headerOf(span), context: trace.setSpan(parent, span) };
  }

  function open(
    { facts, startedAt, own }: Began,
    place: { parent: Context; ids?: SpanIds | undefined },
  ): OpenSpan & { context: Context } {
    const attributes = { ...spanAttributes(version, facts), ...own };
    const { span, ...opened } = start(spanName(facts), SpanKind.CLIENT, { startedAt, attributes }, place);
    return {
      ...opened,
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
    begin(began, standing = {}) {
      const { context, ...call } = open(began, placeOf(standing));
      return { ...call, attempt: (one) => open(one, { parent: context }) };
    },
    beginWorkflow({ facts, startedAt, own }, standing = {}) {
      const { name, attributes } = workflowSpan(version, facts);
      const began = { startedAt, attributes: { ...attributes, ...own } };
      const { span, traceparent } = start(name, SpanKind.INTERNAL, began, placeOf(standing));
      return {
        traceparent,
        end(ended) {
          span.setAttributes({ ...workflowSpan(version, ended.facts).attributes, ...ended.own });
          if (ended.facts.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end(Math.max(startedAt, ended.endedAt));
        },
      };
    },
  };
}

function placeOf({ traceparent, of, below = false }: Standing): {
  parent: Context;
  ids: SpanIds | undefined;
} {
  const parent = parentOf(traceparent);
  const ids = of === undefined ? undefined : lastingIds(of);
  if (!below || !ids) return { parent, ids };
  const { traceId = ids.traceId, traceFlags = 1 } = trace.getSpanContext(parent) ?? {};
  const above = { traceId, spanId: ids.spanId, traceFlags, isRemote: true };
  return { parent: trace.setSpanContext(ROOT_CONTEXT, above), ids: undefined };
}

/** Ids that follow from what a span is of, so that any process finds it again, however much later. */
function lastingIds(of: string): SpanIds {
  const digest = createHash("sha256").update(`pilotage span of ${of}`).digest("hex");
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

function judging(sdk: Sdk | undefined, version: Version): ModelCalls["judged"] {
  const events = sdk?.events;
  if (events === undefined) return undefined;
  return ({ at, standing, own, ...evaluation }) => {
    const attributes = evaluationAttributes(version, evaluation);
    if (attributes === undefined) return;
    const { parent, ids } = placeOf(standing);
    const above = trace.getSpanContext(parent);
    // A trace that its caller does not keep has no use for what belongs to it.
    if (above && (above.traceFlags & 1) === 0) return;
    events.add({
      name: EVALUATION_EVENT,
      at,
      attributes: { ...attributes, ...own },
      traceId: above?.traceId ?? ids?.traceId,
      spanId: ids?.spanId ?? above?.spanId,
    });
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
