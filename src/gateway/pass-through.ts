/**
 * A call whose model is that of a connection: passed on, with every key that the client sent, to the first of its models
 * that answers.
 *
 * Only `model`, and the name that the client has for its user, are replaced, unless the model has a data policy
 * (leg-policies.ts). An answer that is given whole, streamed or
 * not, has been collected before its first byte leaves, so that any model of the chain may give it; a live stream can only
 * be rescued before its first token (live.ts). Retries, fallbacks and breakers are in models/route.ts, limits in
 * allowances.ts.
 */
import { modelFailure } from "../models/error-class.ts";
import type { JsonObject } from "../contract/json.ts";
import type { ChatCaller, ChatReply as ModelReply } from "../models/chat-caller.ts";
import type { Chunk } from "../models/chat-stream.ts";
import type { PassThroughModel } from "../models/pass-through.ts";
import { callRoutes, type Route, type Routed, type RouteParts } from "../models/route.ts";
import type { Leaving } from "../platform/leaving.ts";
import type { Vault } from "../platform/secrets.ts";
import type { Telemetry } from "../platform/telemetry/telemetry.ts";
import { asNobodyAsked, isOverBudget, type Allowance, type Allowances } from "./allowances.ts";
import { clientLeft, type ChatCall, type ChatReply } from "./call.ts";
import type { Callers } from "./callers.ts";
import { headerText } from "./case-answer.ts";
import { DONE } from "./completion.ts";
import { routesOf, type Directory, type Offered } from "./directory.ts";
import { allowedLegs, type AllowedLeg } from "./leg-policies.ts";
import { amountsOf, type Answered, type Ledger } from "./ledger.ts";
import { begun, chunkText, liveEvents, type LiveAnswer } from "./live.ts";
import { outcomeOf, type CallRecords, type Mode } from "./record.ts";
import { policyHeaders, type PolicyReport } from "./request-policy.ts";
import { tellCall } from "./telling.ts";
import { badRequest, wireErrorOf, type GatewayError } from "./wire-error.ts";

export interface PassThroughParts extends RouteParts {
  vault: Vault;
  callers: Callers;
  ledger: Ledger;
  allowances: Allowances;
  records: CallRecords;
  telemetry: Telemetry;
}

export interface PassThrough {
  answer(call: ChatCall, directory: Directory, offered: Offered): Promise<ChatReply>;
}

/** For everything until an answer begins or is whole: tries, pauses, breakers; milliseconds. */
const ALTOGETHER = 100_000;

/** What a model gave: whole, or a stream that has begun. */
type Given = { kind: "whole"; reply: ModelReply; chunks: Chunk[] } | { kind: "live"; answer: LiveAnswer };
type RoutedWell = Extract<Routed<Given>, { kind: "answered" }>;

/** One call on its way. */
interface Passing {
  call: ChatCall;
  model: PassThroughModel;
  mode: Mode;
  /** Each with the request as it may have it. */
  legs: AllowedLeg[];
  key: Allowance;
  /** What the connection that answered had set aside for it. */
  connection: Allowance | undefined;
}

export function openPassThrough(parts: PassThroughParts): PassThrough {
  const { vault, callers, ledger, allowances, records } = parts;

  function routeOf(passing: Passing, leg: AllowedLeg): Route<Given> {
    const { caller, places } = callers.of(leg.connection);
    const inputBytes = passing.call.bytes;
    return {
      connection: leg.connection.name,
      model: leg.model,
      larger: leg.larger,
      places,
      async call(leftMs, signal) {
        const wanted = () => ledger.before([leg], inputBytes, leg.body);
        const room = allowances.ofConnection(leg.connection, wanted);
        const allowance = room instanceof Promise ? await room : room;
        const about = { path: "gateway", connection: leg.connection.name, model: leg.model } as const;
        parts.telemetry.underWay(about, 1);
        try {
          const given = await ask(caller, passing, leg, leftMs, signal);
          passing.connection = allowance;
          return given;
        } catch (error) {
          await allowance.settle(() => amountsOf(ledger.failure(leg, inputBytes, error)));
          throw error;
        } finally {
          parts.telemetry.underWay(about, -1);
        }
      },
    };
  }

  /** Writes the record and tells the limits; both are stored when this resolves. */
  async function settle(
    passing: Passing,
    routed: Pick<Routed<Given>, "tries">,
    answer: Answered | undefined,
    failure: unknown,
    reply?: JsonObject,
  ): Promise<void> {
    const { call, legs, mode } = passing;
    const told = failure === undefined ? undefined : toldOf(call, failure);
    const about = { startedAt: call.startedAt, inputBytes: call.bytes, legs };
    const bill = ledger.bill(about, routed.tries, answer);
    const error = failure === undefined ? undefined : (told?.more.errorClass ?? told?.code ?? "internal");
    const last = bill.tries.at(-1);
    const { body, report: policy } = lastAsked(passing, routed);
    // A stream that broke after it had begun: its try had answered, and then failed.
    if (answer && last) last.error = error;
    tellCall(parts.telemetry, { call, legs, bill, answer, reply, body, error });
    const kept = records.keep({
      id: call.id,
      key: call.caller.key!.id,
      about: { connection: legs[0]!.connection.name },
      asked: call.request.model,
      answered: answer?.model,
      streamed: call.request.stream,
      mode,
      startedAt: call.startedAt,
      milliseconds: call.elapsed(),
      firstTokenMs: answer?.firstTokenMs,
      tokens: bill.tokens,
      finish: answer?.finish,
      outcome: failure === undefined ? "answered" : outcomeOf(told),
      status: failure === undefined ? 200 : (told?.status ?? 500),
      error,
      cost: bill.cost,
      tries: bill.tries,
      policy,
    });
    const key = passing.key.settle(() => amountsOf(bill));
    const connection = passing.connection?.settle(() =>
      amountsOf({ tokens: bill.tokens, cost: bill.answered }),
    );
    await (key || connection ? Promise.all([kept, key, connection]) : kept);
  }

  function liveReply(passing: Passing, routed: RoutedWell, answer: LiveAnswer): ChatReply {
    const { call } = passing;
    const { request, signal } = call;
    const events = liveEvents(answer, request.includeUsage, signal, async (end) => {
      const failure = end.kind === "whole" ? undefined : end.kind === "left" ? clientLeft() : end.error;
      await routed.ended(end.kind === "left" ? modelFailure("aborted", "The reader left.") : failure);
      const summary = answer.streaming.summary();
      await settle(passing, routed, answeredBy(summary), failure, summary.body);
    });
    const { first } = answer;
    const model = first.done === true ? undefined : first.value.body["model"];
    return { kind: "live", headers: headersOf(passing, routed, model), events };
  }

  return {
    async answer(call, directory, offered) {
      const { model } = offered;
      if (call.request.images && !model.images)
        throw badRequest(
          `The model ${call.request.model} is not offered for images; send text alone.`,
          "messages",
          "images_not_allowed",
        );
      const targets = routesOf(directory, offered);
      const mode = call.request.stream ? (call.mode ?? model.mode) : "buffered";
      const request = passedOn(call, vault);
      // Before the request is looked through: that takes time of its own.
      const room = allowances.ofKey(call.caller.key!, () => ledger.before(targets, call.bytes, request));
      // What is known at once is not waited for, here and below: each wait costs a turn of its own.
      const key = room instanceof Promise ? await room : room;
      const around = { call, model, mode, key, connection: undefined };
      /** With nobody asked: a request like any other for the key, and no tokens. */
      const refuse = (report: PolicyReport | undefined, error: unknown) => {
        const passing = { ...around, legs: [{ ...targets[0], body: {}, report }], key: asNobodyAsked(key) };
        return settle(passing, { tries: [] }, undefined, error);
      };
      let judged: Awaited<ReturnType<typeof allowedLegs>>;
      try {
        const legs = allowedLegs(targets, request, call);
        judged = legs instanceof Promise ? await legs : legs;
      } catch (error) {
        await refuse(undefined, error);
        throw error;
      }
      if (judged.kind === "refused") {
        await refuse(judged.report, judged.error);
        throw judged.error.with({ "x-pilotage-call": call.id, ...policyHeaders(judged.report) });
      }
      const { legs } = judged;
      const passing: Passing = { ...around, legs };
      let routed: Routed<Given>;
      try {
        routed = await callRoutes(
          parts,
          legs.map((leg) => routeOf(passing, leg)),
          {
            totalMs: Math.max(ALTOGETHER, model.limits.totalMs),
            signal: call.signal,
            party: call.caller.key!.id,
            later: mode === "live",
          },
        );
      } catch (error) {
        await settle(passing, { tries: [] }, undefined, error);
        throw error;
      }
      if (routed.kind === "failed") {
        await settle(passing, routed, undefined, routed.error);
        const told = toldOf(call, routed.error);
        throw told === undefined ? routed.error : told.with(headersOf(passing, routed, undefined));
      }
      const { value } = routed;
      if (value.kind === "live") return liveReply(passing, routed, value.answer);
      await settle(passing, routed, answeredBy(value.reply), undefined, value.reply.body);
      const headers = headersOf(passing, routed, value.reply.model);
      if (!call.request.stream) {
        const { text, body: whole } = value.reply;
        return { kind: "json", headers, body: text ?? JSON.stringify(whole) };
      }
      const events = value.chunks.flatMap((chunk) => chunkText(chunk, call.request.includeUsage) ?? []);
      return { kind: "events", headers, text: `${events.join("")}${DONE}` };
    },
  };
}

/** One question to one model. */
async function ask(
  caller: ChatCaller,
  { call, model, mode }: Passing,
  leg: AllowedLeg,
  leftMs: number,
  signal: Leaving,
): Promise<Given> {
  const { firstTokenMs, idleMs, wholeMs, totalMs } = model.limits;
  const asked = { body: { ...leg.body, model: leg.model }, signal };
  const streamed = { firstTokenMs, idleMs, totalMs: Math.min(leftMs, totalMs) };
  if (!call.request.stream) {
    const reply =
      model.whole === "streamed"
        ? await caller.buffered({ ...asked, deadlines: streamed })
        : await caller.plain({ ...asked, deadlines: { totalMs: Math.min(leftMs, wholeMs) } });
    return { kind: "whole", reply, chunks: [] };
  }
  const streaming = await caller.streamed({ ...asked, deadlines: streamed });
  if (mode === "live") return { kind: "live", answer: await begun(streaming) };
  const chunks: Chunk[] = [];
  for await (const chunk of streaming.chunks) chunks.push(chunk);
  return { kind: "whole", reply: streaming.summary(), chunks };
}

/** What the provider gets: all that came, and of the client's user no more than a name that tells them apart. */
function passedOn({ request, caller }: ChatCall, vault: Vault): JsonObject {
  const body = { ...request.body };
  for (const name of ["user", "safety_identifier"]) {
    const value = body[name];
    if (typeof value === "string")
      body[name] = vault.digest("gateway user", `${caller.key!.id} ${value}`).toString("hex").slice(0, 32);
  }
  return body;
}

function answeredBy(reply: ModelReply): Answered {
  const finish = reply.finishReasons.find((one) => one !== null);
  return {
    model: reply.model,
    usage: reply.usage,
    finish: finish ?? undefined,
    firstTokenMs: reply.firstTokenMs,
    outputBytes: () => Buffer.byteLength(JSON.stringify(reply.body["choices"] ?? null)),
  };
}

/** What the client hears; undefined for a fault of the program. */
function toldOf(call: ChatCall, error: unknown): GatewayError | undefined {
  return call.signal.aborted ? clientLeft() : wireErrorOf(error);
}

/** The model that was asked last, or would have been first. */
function lastAsked({ legs }: Passing, { tries }: Pick<Routed<Given>, "tries">): AllowedLeg {
  return legs[tries.at(-1)?.route ?? 0]!;
}

function headersOf(
  passing: Passing,
  routed: Pick<Routed<Given>, "tries">,
  model: unknown,
): Record<string, string> {
  const { mode, call } = passing;
  const last = routed.tries.at(-1);
  const leg = lastAsked(passing, routed);
  return {
    "x-pilotage-call": call.id,
    "x-pilotage-connection": leg.connection.name,
    ...(last === undefined || last.error
      ? {}
      : { "x-pilotage-model": headerText(typeof model === "string" && model !== "" ? model : leg.model) }),
    "x-pilotage-attempts": String(routed.tries.filter((one) => !isOverBudget(one.error)).length),
    "x-pilotage-mode": mode,
    ...(leg.report === undefined ? {} : policyHeaders(leg.report)),
  };
}
