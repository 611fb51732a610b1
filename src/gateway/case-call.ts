/**
 * A call whose model is a workflow: the whole path of a case, and its decision as the answer.
 *
 * The case is handed in through intake like every other one, under the `Idempotency-Key` of the call, so that the same
 * call twice is one case. The answer is always whole before its first byte leaves, also where it is streamed. A client that
 * leaves, or whose patience ends, loses nothing: the case goes on, and can be asked for.
 */
import { sees, type Caller } from "../access/caller.ts";
import { badExternalId } from "../cases/intake/check.ts";
import type { Intake, Receipt } from "../cases/intake/intake.ts";
import type { Registry, WorkflowView } from "../cases/workflow/registry.ts";
import { checkValue, unsafeNumber } from "../connectors/feed/json.ts";
import type { CallOutcome } from "../contract/gateway-endpoints.ts";
import { idTime, isId } from "../contract/ids.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import type { Amounts } from "../models/limits.ts";
import { unitsFrom } from "../models/money.ts";
import type { Database } from "../platform/database.ts";
import { abortSignalOf } from "../platform/leaving.ts";
import type { Telemetry } from "../platform/telemetry/telemetry.ts";
import type { Allowances } from "./allowances.ts";
import { clientLeft, type ChatCall, type ChatReply, type WholeReply } from "./call.ts";
import { answerOf, caseHeaders } from "./case-answer.ts";
import { caseInput, checkForWorkflow } from "./case-input.ts";
import { completionOf, streamOf, type WholeAnswer } from "./completion.ts";
import {
  askedFor,
  earlierCalls,
  outcomeOf,
  type CallRecords,
  type CallRow,
  type EarlierCalls,
} from "./record.ts";
import { tellWorkflow } from "./telling.ts";
import type { Standing, WaitingRoom } from "./waiting.ts";
import { badRequest, GatewayError, wireErrorOf } from "./wire-error.ts";

const SOURCE = "gateway";
/** Where the workflow says nothing. */
const WAIT = 30_000;
/** How long the same call without a key of its own is taken for the retry of a client that was told to wait. */
const RETRIES_WITHIN = 60_000;
const MOST_REMEMBERED = 10_000;
const NO_EARLIER: EarlierCalls = { counted: false, answered: false };
const REPLAYED = { "x-pilotage-replayed": "true" };
const ONE_CALL: Amounts = { requests: 1, tokens: 0, cost: 0n };

export interface CaseCalls {
  answer(call: ChatCall, view: WorkflowView): Promise<ChatReply>;
  /** A case that this key asked for, as it stands now; undefined when there is none. */
  look(caseId: string, caller: Caller): Promise<WholeReply | undefined>;
}

export function openCaseCalls(parts: {
  database: Database;
  registry: Registry;
  intake: Intake;
  records: CallRecords;
  room: WaitingRoom;
  allowances: Allowances;
  telemetry: Telemetry;
  /** Aborted when the process stops. */
  stopped: AbortSignal;
}): CaseCalls {
  const { database, registry, intake, records, room, allowances, stopped } = parts;
  const retries = openRetries();

  function receive(
    call: ChatCall,
    { input, text }: ReturnType<typeof caseInput>,
    traceparent: string | undefined,
  ): Promise<Receipt> {
    const problem = checkValue(input) ?? unsafeNumber(text);
    return intake.receive({
      workflow: call.request.model,
      door: "http",
      source: SOURCE,
      externalId: call.idempotencyKey ?? retries.idOf(call) ?? call.id,
      input,
      attachments: [],
      raw: text,
      ...(problem ? { problem } : {}),
      textOnly: false,
      drill: false,
      actor: call.caller.actor,
      traceparent,
    });
  }

  /** Waits as long as the workflow says; a stop of the process ends it like the end of its time. */
  async function decided(caseId: string, patience: number, call: ChatCall): Promise<Standing> {
    const left = abortSignalOf(call.signal);
    try {
      return await room.wait(caseId, patience, AbortSignal.any([left, stopped]));
    } catch (error) {
      if (!stopped.aborted || call.signal.aborted) throw error;
      return room.wait(caseId, 0, left);
    }
  }

  async function given(
    call: ChatCall,
    standing: Standing,
  ): Promise<{ reply: ChatReply; outcome: CallOutcome }> {
    const answer = answerOf(standing, mayReadDrafts(call.caller));
    if (answer.kind === "waits") {
      retries.expect(call);
      throw answer.error;
    }
    const whole = wholeOf(standing, answer.content, call.startedAt);
    const headers = headersOf(standing, answer.draft);
    const { stream, includeUsage } = call.request;
    return {
      outcome: answer.draft ? "draft" : "answered",
      reply: stream
        ? { kind: "events", headers, text: streamOf(whole, includeUsage) }
        : { kind: "json", headers, body: JSON.stringify(completionOf(whole)) },
    };
  }

  return {
    async answer(call, view) {
      checkForWorkflow(call.request);
      checkKey(call);
      const reference = await registry.reference(database, view.row);
      const { endpoint } = view.document;
      const read = caseInput(call.request, view.row.name, endpoint?.text, reference.document.input);

      // What its models take is known when it is decided; the workflow's own budget stands before each of them.
      const allowance = await allowances.ofKey(call.caller.key!, () => ONE_CALL);

      let caseId: string | undefined;
      let standing: Standing | undefined;
      // What the calls before this one about the same case were told; none of it is counted a second time.
      let told: EarlierCalls = NO_EARLIER;
      const row = () => rowOf(call, caseId, standing, told);
      const span = tellWorkflow(parts.telemetry, call);
      try {
        const receipt = await receive(call, read, span?.traceparent);
        caseId = taken(receipt);
        standing = await decided(caseId, endpoint?.wait ?? WAIT, call);
        if (receipt.kind === "duplicate") told = await earlierCalls(database, caseId);
        const { reply, outcome } = await given(call, standing);
        await records.keep({ ...row(), outcome, status: 200, finish: told.answered ? "again" : "stop" });
        span?.end({ caseId, standing, outcome, error: undefined });
        return told.answered ? { ...reply, headers: { ...reply.headers, ...REPLAYED } } : reply;
      } catch (error) {
        const failure = call.signal.aborted ? clientLeft() : wireErrorOf(error);
        const outcome = outcomeOf(failure);
        const code = failure?.code ?? "internal";
        // That a person has to look is no failure of the call.
        span?.end({ caseId, standing, outcome, error: outcome === "in_review" ? undefined : code });
        await records.keep({ ...row(), outcome, status: failure?.status ?? 500, error: code });
        if (failure === undefined) throw error;
        throw standing === undefined ? failure : failure.with(caseHeaders(standing));
      } finally {
        await allowance.settle(() => usedBy(told.counted ? undefined : standing));
      }
    },

    async look(caseId, caller) {
      if (!isId("case", caseId)) return undefined;
      const workflow = await askedFor(database, caller.key!.id, caseId);
      if (workflow === undefined || !sees(caller, workflow)) return undefined;
      const standing = await room.wait(caseId, 0);
      const answer = answerOf(standing, mayReadDrafts(caller));
      if (answer.kind === "waits") throw answer.error.with(caseHeaders(standing));
      const whole = wholeOf(standing, answer.content, idTime(caseId));
      return {
        kind: "json",
        headers: headersOf(standing, answer.draft),
        body: JSON.stringify(completionOf(whole)),
      };
    },
  };
}

/**
 * Clients of this wire send a call again that was answered with 409. Without a key of its own each of them would be another
 * case: for a while the same body from the same key is taken for the same call.
 */
function openRetries() {
  const expected = new Map<string, { externalId: string; until: number }>();
  const nameOf = (call: ChatCall) => `${call.caller.key?.id} ${call.digest()}`;
  const known = (call: ChatCall) => {
    const found = expected.get(nameOf(call));
    return found !== undefined && found.until > performance.now() ? found.externalId : undefined;
  };
  return {
    idOf: known,
    expect(call: ChatCall) {
      if (call.idempotencyKey !== undefined || known(call) !== undefined) return;
      if (expected.size >= MOST_REMEMBERED) expected.clear();
      expected.set(nameOf(call), { externalId: call.id, until: performance.now() + RETRIES_WITHIN });
    },
  };
}

function checkKey({ idempotencyKey }: ChatCall): void {
  const bad = idempotencyKey === undefined ? undefined : badExternalId(idempotencyKey);
  if (bad) throw badRequest(`The header Idempotency-Key cannot be used: ${bad}.`, "Idempotency-Key");
}

/** What a key's limits are told of a case. One that is not decided yet counts as a call; what it takes later is the workflow's. */
function usedBy(standing: Standing | undefined): Amounts {
  const { tokens, cost } = standing ?? {};
  return {
    requests: 1,
    tokens: (tokens?.input ?? 0) + (tokens?.output ?? 0),
    cost: standing === undefined ? 0n : cost === undefined ? undefined : unitsFrom(cost),
  };
}

function mayReadDrafts({ key }: Caller): boolean {
  return key !== undefined && (key.scopes.includes("draft:read") || key.scopes.includes("operator"));
}

/** The case behind a receipt; throws what a client hears of a record that became none. */
function taken(receipt: Receipt): string {
  if (receipt.kind !== "quarantined") return receipt.caseId;
  const beside: JsonObject = { quarantine: { id: receipt.quarantineId, reason: receipt.reason } };
  if (receipt.reason === "duplicate_conflict")
    throw new GatewayError(
      409,
      "idempotency_conflict",
      "This Idempotency-Key was used before, with another content. Nothing of the first case was changed; send a key of its own with each case.",
      { param: "Idempotency-Key", headers: { "x-should-retry": "false" }, beside },
    );
  const problems = receipt.details.map((one) => `${one.path === "" ? "input" : one.path}: ${one.message}`);
  throw new GatewayError(
    422,
    receipt.reason,
    `The case was not taken: ${[receipt.message.replace(/\.$/, ""), ...problems].join("; ").slice(0, 1_000)}. The record is kept in quarantine as ${receipt.quarantineId}.`,
    { param: "messages", beside },
  );
}

function wholeOf(standing: Standing, content: JsonValue, createdAt: number): WholeAnswer {
  const { tokens } = standing;
  return {
    id: standing.id,
    createdAt,
    model: standing.workflow,
    content: JSON.stringify(content),
    usage: tokens && { inputTokens: tokens.input, outputTokens: tokens.output },
  };
}

function headersOf(standing: Standing, draft: boolean): Record<string, string> {
  return { ...caseHeaders(standing), ...(draft ? { "x-pilotage-draft": "true" } : {}) };
}

function rowOf(
  call: ChatCall,
  caseId: string | undefined,
  standing: Standing | undefined,
  told: EarlierCalls,
): Omit<CallRow, "outcome" | "status"> {
  const tokens = told.counted ? undefined : standing?.tokens;
  return {
    id: call.id,
    key: call.caller.key!.id,
    about: { workflow: call.request.model, caseId },
    asked: call.request.model,
    answered: standing?.model,
    streamed: call.request.stream,
    mode: "buffered",
    startedAt: call.startedAt,
    milliseconds: call.elapsed(),
    firstTokenMs: undefined,
    tokens: tokens && { ...tokens, estimated: false },
    finish: undefined,
    error: undefined,
    cost: undefined,
    // What was asked of models is with the case: its attempts.
    tries: [],
  };
}
