/**
 * What OpenTelemetry and Prometheus hear of calls over the endpoint. One that was passed on is told when it is over, from what
 * its record says; one of a workflow while it runs, because the case goes on with its trace.
 *
 * Nothing of it is made where nobody listens, and nothing waits for it. The trace of the client's header goes on here; it is
 * not passed to a provider.
 */
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { billedBy } from "../models/connection.ts";
import {
  providerName,
  type Attributes,
  type Facts,
  type Message,
} from "../platform/telemetry/conventions.ts";
import type { Telemetry } from "../platform/telemetry/telemetry.ts";
import type { CallOutcome } from "../contract/gateway-endpoints.ts";
import type { ChatCall } from "./call.ts";
import { decisionWord } from "./case-answer.ts";
import { wasAsked, type Answered, type Bill, type Leg } from "./ledger.ts";
import type { TryRow } from "./record.ts";
import type { Standing } from "./waiting.ts";

export interface Over {
  call: ChatCall;
  legs: readonly Leg[];
  bill: Bill;
  answer: Answered | undefined;
  /** The body of the answer, for content. */
  reply: JsonObject | undefined;
  body: JsonObject;
  error: string | undefined;
}

/** No fault of it is one of the call. */
export function tellCall(telemetry: Telemetry, over: Over): void {
  try {
    tell(telemetry, over);
  } catch {
    telemetry.lost();
  }
}

function tell(telemetry: Telemetry, over: Over): void {
  const { call, legs, bill, error } = over;
  for (const one of bill.tries.filter(wasAsked))
    telemetry.tried({
      path: "gateway",
      connection: one.connection,
      model: one.asked,
      outcome: one.error ?? "answered",
      milliseconds: one.milliseconds,
      tokens: one.tokens,
      cost: one.cost,
    });
  if (!telemetry.listens) return;
  const first = legs[0]!;
  const milliseconds = call.elapsed();
  const facts = factsOf(over, first, bill.tries.at(-1));
  telemetry.measure({ ...facts, error }, milliseconds);
  if (telemetry.spans === undefined) return;

  const own: Attributes = { "pilotage.call.id": call.id, "pilotage.connection": first.connection.name };
  const open = telemetry.spans.begin(
    { facts: askedOf(over, first), startedAt: call.startedAt, own },
    { traceparent: call.traceparent },
  );
  bill.tries.filter(wasAsked).forEach((one, i) => {
    const leg =
      legs.find((leg) => leg.connection.name === one.connection && leg.model === one.asked) ?? first;
    const attempt = open.attempt({
      facts: askedOf(over, leg),
      startedAt: one.startedAt,
      own: { "pilotage.connection": one.connection, "pilotage.try": i + 1 },
    });
    attempt.end({
      facts: { ...factsOf(over, leg, one), error: one.error },
      endedAt: one.startedAt + one.milliseconds,
      own: costOf(one.cost),
    });
  });
  open.end({
    facts: { ...facts, error },
    endedAt: call.startedAt + milliseconds,
    own: { "pilotage.tries": bill.tries.filter(wasAsked).length, ...costOf(bill.cost) },
    content: () => ({ input: messagesOf(over.body["messages"]), output: textOf(over.reply) }),
  });
}

export interface OverWorkflow {
  caseId: string | undefined;
  standing: Standing | undefined;
  outcome: CallOutcome;
  error: string | undefined;
}

/** The span of a workflow that is asked like a model; undefined where no trace is sent. No fault of it is one of the call. */
export function tellWorkflow(
  telemetry: Telemetry,
  call: ChatCall,
): { traceparent: string; end(over: OverWorkflow): void } | undefined {
  const facts = { workflow: call.request.model, streamed: call.request.stream };
  try {
    const span = telemetry.spans?.beginWorkflow(
      { facts, startedAt: call.startedAt, own: { "pilotage.call.id": call.id } },
      { traceparent: call.traceparent },
    );
    if (span === undefined) return undefined;
    return {
      traceparent: span.traceparent,
      end({ caseId, standing, outcome, error }) {
        const { tokens, confidence } = standing ?? {};
        span.end({
          facts: {
            ...facts,
            finish: outcome === "answered" || outcome === "draft" ? "stop" : undefined,
            usage: tokens,
            error,
          },
          endedAt: call.startedAt + call.elapsed(),
          own: {
            "pilotage.outcome": outcome,
            ...(caseId === undefined ? {} : { "pilotage.case.id": caseId }),
            ...(standing === undefined
              ? {}
              : { "pilotage.release": standing.release, "pilotage.decision": decisionWord(standing) }),
            ...(confidence === undefined ? {} : { "pilotage.confidence": confidence }),
          },
        });
      },
    };
  } catch {
    telemetry.lost();
    return undefined;
  }
}

function askedOf({ call }: Over, { connection, model }: Leg): Facts {
  const { kind, host } = billedBy(connection.name, connection.settings, model);
  return { operation: "chat", provider: providerName(kind, host), model, streamed: call.request.stream };
}

function factsOf(over: Over, leg: Leg, one: TryRow | undefined): Facts {
  const answered = one !== undefined && one.error === undefined;
  const { tokens } = over.bill;
  const id = over.reply?.["id"];
  return {
    ...askedOf(over, leg),
    responseModel: one?.answered,
    responseId: answered && typeof id === "string" ? id.slice(0, 200) : undefined,
    finish: one?.finish,
    firstTokenMs: one?.firstTokenMs,
    // An estimate is none of the provider's figures.
    usage:
      answered && tokens?.estimated === false ? { ...tokens, ...detailsOf(over.answer?.usage) } : undefined,
  };
}

function detailsOf(usage: JsonObject | undefined): { cacheRead?: number; reasoning?: number } {
  const within = (part: string, name: string) => {
    const details = usage?.[part];
    const value = isJsonObject(details) ? details[name] : undefined;
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  const cacheRead = within("prompt_tokens_details", "cached_tokens");
  const reasoning = within("completion_tokens_details", "reasoning_tokens");
  return {
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
}

function costOf(cost: TryRow["cost"]): Attributes {
  return cost === undefined
    ? {}
    : { "pilotage.cost.amount": Number(cost.amount), "pilotage.cost.currency": cost.currency };
}

function messagesOf(messages: unknown): Message[] {
  return Array.isArray(messages)
    ? messages
        .filter(isJsonObject)
        .map(({ role, content }) => ({
          role: typeof role === "string" ? role : "",
          text: typeof content === "string" ? content : JSON.stringify(content ?? null),
        }))
    : [];
}

function textOf(reply: JsonObject | undefined): string | undefined {
  const choices = reply?.["choices"];
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = isJsonObject(first) ? first["message"] : undefined;
  const content = isJsonObject(message) ? message["content"] : undefined;
  return typeof content === "string" ? content : undefined;
}
