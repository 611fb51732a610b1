/**
 * What OpenTelemetry and Prometheus hear of the calls that cases, shadow runs, evaluations and the canary make.
 *
 * A question has one span, which covers all that is tried for it: repairs, samples, a verification, the steps of a chain
 * and the pauses between them, as long as this process has it. Below it stands one for each call. Another process that goes
 * on with a question tells a span of its own below the first. Nothing waits for any of it, and no fault of it is one of a
 * case. The calls of clients of the endpoint are told in gateway/telling.ts.
 */
import type { PilotageError } from "../../contract/errors.ts";
import { classIn } from "../../models/error-class.ts";
import type { ModelAnswer, ModelRequest } from "../../models/model.ts";
import { sumOfCosts, type Cost } from "../../models/prices.ts";
import type { Clock } from "../../platform/clock.ts";
import { stopwatch } from "../../platform/clock.ts";
import type { OpenCall, OpenSpan, Standing } from "../../platform/telemetry/calls.ts";
import { providerName, type Attributes, type Facts } from "../../platform/telemetry/conventions.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import type { Call, Read } from "./call.ts";
import type { Purpose } from "./next-call.ts";

/** What is asked about, and for whom. */
export interface Subject {
  path: "case" | "shadow" | "evaluation" | "canary";
  /** Tells it from all other questions. */
  key: string;
  standing: Standing;
  /** Names of our own: workflow, release, case ... */
  own: Attributes;
}

export interface Verdict extends Pick<Subject, "standing" | "own"> {
  /** What judged: the source of a label, or an evaluation. */
  judge: string;
  /** Undefined where it is left open. */
  wrong: boolean | undefined;
}

/** How a call ended: with an answer, useful or not, or with a failure. */
export type CallEnd = { cost: Cost | undefined } & (
  { answer: ModelAnswer; read: Read } | { failure: PilotageError }
);

export interface Telling {
  /** Whether somebody hears of single questions: before anything is read for them. */
  listens: boolean;
  /** A question that begins, or that this process goes on with. */
  question(subject: Subject): Questioning;
  /** Somebody, or a comparison with the truth, judged the answer to a question. */
  judged(verdict: Verdict): void;
  /** What waits in this process is told as it stands. */
  close(): void;
}

export interface Questioning {
  standing: Standing;
  /** A call that is made now; what goes to the model is its request, which may carry the trace on. */
  begin(call: Call, purpose: Purpose): { request: ModelRequest; ended(end: CallEnd): void };
  /** It goes on later, maybe elsewhere. */
  waits(): void;
  /** All is said; `own`: what was decided. */
  end(own?: Attributes, error?: string): void;
}

interface Open {
  span: OpenCall | undefined;
  /** Facts of what was asked first, and of the call that the whole is told by: the answer, or the last failure. */
  first: Facts | undefined;
  last: Facts | undefined;
  content: (() => { input: { role: string; text: string }[]; output: string | undefined }) | undefined;
  costs: (Cost | undefined)[];
  heldAt: number;
}

const MOST_HELD = 1_000;
const HELD_FOR = 15 * 60_000;
/** The connection of a model of the house; no connection has such a name. */
const BUILT_IN = "(built-in)";

export function openTelling({ telemetry, clock }: { telemetry: Telemetry; clock: Clock }): Telling {
  const held = new Map<string, { open: Open; subject: Subject }>();

  function forget(all: boolean): void {
    const now = clock.now();
    for (const [key, { open, subject }] of held) {
      if (!all && held.size <= MOST_HELD && open.heldAt > now - HELD_FOR) break;
      held.delete(key);
      finish(open, subject.own, open.last?.error ?? "unfinished");
    }
  }

  function finish(open: Open, own: Attributes, error: string | undefined): void {
    const { span, first, last, content, costs } = open;
    if (!span || !first) return;
    span.end({
      facts: { ...(last ?? first), error },
      endedAt: clock.now(),
      own: { ...own, "pilotage.tries": costs.length, ...costOf(sumOfCosts(costs)) },
      ...(content === undefined ? {} : { content }),
    });
  }

  function begin(open: Open, subject: Subject, call: Call, purpose: Purpose): OpenSpan | undefined {
    const facts = askedOf(call);
    open.first ??= facts;
    if (telemetry.spans === undefined) return undefined;
    const startedAt = clock.now();
    open.span ??= telemetry.spans.begin(
      { facts, startedAt, own: { ...subject.own, "pilotage.path": subject.path, ...connectionOf(call) } },
      subject.standing,
    );
    return open.span.attempt({
      facts,
      startedAt,
      own: { ...connectionOf(call), "pilotage.try": open.costs.length + 1, "pilotage.purpose": purpose },
    });
  }

  /** No fault of it is one of the case. */
  function quietly<T>(tell: () => T): T | undefined {
    try {
      return tell();
    } catch {
      telemetry.lost();
      return undefined;
    }
  }

  return {
    listens: telemetry.spans !== undefined,
    question(subject) {
      const found = held.get(subject.key);
      held.delete(subject.key);
      const open: Open = found?.open ?? {
        span: undefined,
        first: undefined,
        last: undefined,
        content: undefined,
        costs: [],
        heldAt: 0,
      };
      return {
        standing: subject.standing,
        begin(call, purpose) {
          const elapsed = stopwatch();
          const { connection = BUILT_IN, model } = call.asked;
          const about = { path: subject.path, connection, model };
          telemetry.underWay(about, 1);
          const span = quietly(() => begin(open, subject, call, purpose));
          const request = span ? { ...call.request, traceparent: span.traceparent } : call.request;
          return {
            request,
            ended(end) {
              const milliseconds = elapsed();
              const facts = factsOf(call, end);
              open.costs.push(end.cost);
              telemetry.underWay(about, -1);
              telemetry.tried({
                ...about,
                outcome: facts.error ?? "answered",
                milliseconds,
                tokens: facts.error === undefined ? facts.usage && tokensOf(facts.usage) : undefined,
                cost: end.cost,
              });
              if (!telemetry.listens) return;
              quietly(() => {
                telemetry.measure(facts, milliseconds);
                const startsAnew = purpose === "answer" || purpose === "repair";
                if (startsAnew || open.last === undefined) {
                  open.last = facts;
                  const { messages, input } = call.request;
                  const output = "answer" in end ? end.answer.text : undefined;
                  // Named before it is kept, see docs/decisions/0031.
                  const said = () => ({ input: saidIn(messages, input), output });
                  open.content = said;
                }
                span?.end({
                  facts,
                  endedAt: clock.now(),
                  own: {
                    ...costOf(end.cost),
                    ...confidenceOf("read" in end ? end.read.confidence : undefined),
                  },
                });
              });
            },
          };
        },
        waits() {
          if (!open.span) return;
          open.heldAt = clock.now();
          held.set(subject.key, { open, subject });
          quietly(() => forget(false));
        },
        end(own = {}, error = open.last?.error) {
          held.delete(subject.key);
          quietly(() => finish(open, own, error));
          open.span = undefined;
        },
      };
    },
    judged({ judge, wrong, standing, own }) {
      if (telemetry.judged === undefined) return;
      const label = wrong === undefined ? "open" : wrong ? "incorrect" : "correct";
      const score = wrong === undefined ? undefined : wrong ? 0 : 1;
      quietly(() => telemetry.judged!({ name: judge, score, label, at: clock.now(), standing, own }));
    },
    close: () => {
      quietly(() => forget(true));
    },
  };
}

export function confidenceOf(confidence: number | undefined): Attributes {
  return confidence === undefined ? {} : { "pilotage.confidence": confidence };
}

function askedOf({ billed, asked }: Call): Facts {
  const provider = billed === undefined ? "pilotage" : providerName(billed.kind, billed.host);
  return { operation: "chat", provider, model: asked.model };
}

function connectionOf({ asked }: Call): Attributes {
  return asked.connection === undefined ? {} : { "pilotage.connection": asked.connection };
}

function factsOf(call: Call, end: CallEnd): Facts {
  const asked = askedOf(call);
  if ("failure" in end) return { ...asked, error: classIn(end.failure) ?? end.failure.code };
  const { answer, read } = end;
  const { usage } = answer;
  return {
    ...asked,
    streamed: answer.firstTokenMs === undefined ? undefined : true,
    firstTokenMs: answer.firstTokenMs,
    responseModel: read.model,
    responseId: answer.id?.slice(0, 200),
    finish: answer.finish,
    usage: usage && {
      input: usage.inputTokens,
      output: usage.outputTokens,
      cacheRead: usage.cachedTokens,
      cacheWrite: usage.cacheWriteTokens,
      reasoning: usage.reasoningTokens,
    },
    error: read.wrong === undefined ? undefined : "model_bad_answer",
  };
}

function tokensOf({ input, output }: NonNullable<Facts["usage"]>) {
  return { input, output };
}

function costOf(cost: Cost | undefined): Attributes {
  return cost === undefined
    ? {}
    : { "pilotage.cost.amount": Number(cost.amount), "pilotage.cost.currency": cost.currency };
}

/** What went to the model: its messages, or the input of a service that takes no messages. */
function saidIn(messages: ModelRequest["messages"], input: ModelRequest["input"]) {
  return messages.length === 0
    ? [{ role: "user", text: JSON.stringify(input) }]
    : messages.map(({ role, content }) => ({ role, text: content }));
}
