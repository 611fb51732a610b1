/** The handler of the list of calls over the OpenAI-compatible endpoint. */
import { visibleTo } from "../access/caller.ts";
import { listCalls, type StoredCall } from "../gateway/record.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Handlers } from "./bind.ts";

export function modelCallHandlers({ database }: { database: Database }): Pick<Handlers, "listModelCalls"> {
  return {
    async listModelCalls({ query, caller }) {
      const calls = await listCalls(database, {
        visible: visibleTo(caller),
        workflow: query.workflow,
        connection: query.connection,
        key: query.key,
        case: query.case,
        outcome: query.outcome,
        before: query.before,
        limit: query.limit,
      });
      return { calls: calls.map(showCall), next: calls.length === query.limit ? calls.at(-1)!.id : null };
    },
  };
}

function showCall(call: StoredCall) {
  return {
    id: call.id,
    key: call.key,
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
    tries: call.tries.map((one) => ({
      no: one.no,
      connection: one.connection,
      modelAsked: one.model_asked,
      modelAnswered: one.model_answered,
      milliseconds: one.milliseconds,
      status: one.status,
      error: one.error,
      inputTokens: one.input_tokens,
      outputTokens: one.output_tokens,
      cost: one.cost,
    })),
  };
}
