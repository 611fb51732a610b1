/** The handlers of the calls over the OpenAI-compatible endpoint. */
import { may, visibleTo, type Caller } from "../access/caller.ts";
import { PilotageError } from "../contract/errors.ts";
import { listCalls, oneCall, type StoredCall } from "../gateway/stored-calls.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Handlers } from "./bind.ts";

export function modelCallHandlers({
  database,
  keptDays,
}: {
  database: Database;
  keptDays: number;
}): Pick<Handlers, "listModelCalls" | "getModelCall"> {
  const moment = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  return {
    async listModelCalls({ query, caller }) {
      const calls = await listCalls(database, {
        ...seenBy(caller),
        workflow: query.workflow,
        connection: query.connection,
        model: query.model,
        key: query.key,
        case: query.case,
        outcome: query.outcome,
        from: moment(query.from),
        to: moment(query.to),
        before: query.before,
        limit: query.limit,
      });
      const next = calls.length === query.limit ? calls.at(-1)!.id : null;
      return { calls: calls.map(showCall), next, keptDays };
    },
    async getModelCall({ params, caller }) {
      const found = await oneCall(database, params.call, seenBy(caller));
      if (!found)
        throw new PilotageError("not_found", `There is no call ${params.call.slice(0, 60)}.`, {
          hint: `Records of calls are kept for ${keptDays} days.`,
        });
      return showCall(found);
    },
  };
}

function seenBy(caller: Caller) {
  return { visible: visibleTo(caller), ofConnections: may(caller, "connection.manage", null) };
}

function showCall(call: StoredCall) {
  return {
    id: call.id,
    key: call.key,
    keyName: call.key_name,
    workflow: call.workflow,
    case: call.case_id,
    connection: call.connection,
    modelAsked: call.model_asked,
    modelAnswered: call.model_answered,
    streamed: call.streamed,
    mode: call.mode,
    startedAt: isoTime(call.started_at),
    milliseconds: call.milliseconds,
    firstTokenMs: call.first_token_ms,
    inputTokens: call.input_tokens,
    outputTokens: call.output_tokens,
    tokensEstimated: call.tokens_estimated,
    finish: call.finish,
    outcome: call.outcome,
    status: call.status,
    error: call.error,
    cost: call.cost,
    currency: call.currency,
    policy: call.policy,
    tries: call.tries.map((one) => ({
      no: one.no,
      connection: one.connection,
      modelAsked: one.model_asked,
      modelAnswered: one.model_answered,
      startedAt: isoTime(one.started_at),
      milliseconds: one.milliseconds,
      firstTokenMs: one.first_token_ms,
      status: one.status,
      error: one.error,
      inputTokens: one.input_tokens,
      outputTokens: one.output_tokens,
      tokensEstimated: one.tokens_estimated,
      finish: one.finish,
      cost: one.cost,
      currency: one.currency,
    })),
  };
}
