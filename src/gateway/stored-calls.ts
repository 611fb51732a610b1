/**
 * Reading the records of calls over the endpoint. They are written in record.ts, and removed in old-calls.ts.
 *
 * Lists go by the id, which begins with the time of the call: a page, and a span of time, are a part of one index.
 */
import type { CallOutcome } from "../contract/gateway-endpoints.ts";
import { idBorder } from "../contract/ids.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, type Sql } from "../platform/sql.ts";
import type { Mode } from "./record.ts";
import type { PolicyReport } from "./request-policy.ts";

export interface CallFilter {
  /** Of these workflows alone; "all": of everything. */
  visible: "all" | string[];
  /** Of connections, too, whatever workflows are seen. */
  ofConnections: boolean;
  workflow: string | undefined;
  connection: string | undefined;
  /** A part of the name of the model that was asked for, or answered. */
  model: string | undefined;
  key: string | undefined;
  case: string | undefined;
  outcome: CallOutcome | undefined;
  /** Milliseconds: begun from this moment on, and before that one. */
  from: number | undefined;
  to: number | undefined;
  before: string | undefined;
  limit: number;
}

export interface StoredCall {
  id: string;
  key: string;
  key_name: string | null;
  workflow: string | null;
  case_id: string | null;
  connection: string | null;
  model_asked: string;
  model_answered: string | null;
  streamed: boolean;
  mode: Mode;
  started_at: number;
  milliseconds: number;
  first_token_ms: number | null;
  input_tokens: number | null;
  output_tokens: number | null;
  tokens_estimated: boolean;
  finish: string | null;
  outcome: CallOutcome;
  status: number;
  error: string | null;
  cost: string | null;
  currency: string | null;
  policy: PolicyReport | null;
  tries: StoredTry[];
}

export interface StoredTry {
  call_id: string;
  no: number;
  connection: string;
  model_asked: string;
  model_answered: string | null;
  started_at: number;
  milliseconds: number;
  first_token_ms: number | null;
  status: number | null;
  error: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  tokens_estimated: boolean;
  finish: string | null;
  cost: string | null;
  currency: string | null;
}

/** Newest first, with the tries of each. */
export async function listCalls(database: Queryable, filter: CallFilter): Promise<StoredCall[]> {
  const { workflow, connection, model, key, outcome, before, from, to } = filter;
  const border = (at: number | undefined) => (at === undefined ? null : idBorder("modelCall", at));
  return callsWhere(
    database,
    sql`(${before ?? null}::text is null or id < ${before ?? null})
      and (${border(from)}::text is null or id >= ${border(from)})
      and (${border(to)}::text is null or id < ${border(to)})
      and (${workflow ?? null}::text is null or workflow = ${workflow ?? null})
      and (${connection ?? null}::text is null or connection = ${connection ?? null})
      and (${model ?? null}::text is null or position(lower(${model ?? null}) in lower(model_asked || ' ' || coalesce(model_answered, ''))) > 0)
      and (${key ?? null}::text is null or key = ${key ?? null})
      and (${filter.case ?? null}::text is null or case_id = ${filter.case ?? null})
      and (${outcome ?? null}::text is null or outcome = ${outcome ?? null})
      and ${visibleIn(filter)}`,
    filter.limit,
  );
}

/** Undefined also for one that the reader may not see. */
export async function oneCall(
  database: Queryable,
  id: string,
  reader: Pick<CallFilter, "visible" | "ofConnections">,
): Promise<StoredCall | undefined> {
  const [found] = await callsWhere(database, sql`id = ${id} and ${visibleIn(reader)}`, 1);
  return found;
}

function visibleIn({ visible, ofConnections }: Pick<CallFilter, "visible" | "ofConnections">): Sql {
  return sql`(${visible === "all"} or workflow = any(${visible === "all" ? [] : visible}) or (${ofConnections} and connection is not null))`;
}

async function callsWhere(database: Queryable, condition: Sql, limit: number): Promise<StoredCall[]> {
  const calls = await database.all<CallRow>(sql`
    select id, key, (select name from api_key k where k.id = model_call.key) as key_name, workflow, case_id, connection, model_asked, model_answered, streamed, mode, started_at, milliseconds,
      first_token_ms, input_tokens, output_tokens, tokens_estimated, finish, outcome, status, error, cost::text as cost, currency,
      policy, try_after, try_milliseconds
    from model_call where ${condition} order by id desc limit ${limit}`);
  const tries = await database.all<StoredTry>(sql`
    select call_id, no, connection, model_asked, model_answered, started_at, milliseconds, first_token_ms, status, error, input_tokens, output_tokens,
      tokens_estimated, finish, cost::text as cost, currency
    from model_call_try where call_id = any(${calls.map((call) => call.id)}) order by call_id, no`);
  const ofCall = Map.groupBy(tries, (one) => one.call_id);
  return calls.map((row) => {
    const { try_after: _, try_milliseconds: __, ...call } = row;
    return { ...call, tries: onlyTry(row) ?? ofCall.get(call.id) ?? [] };
  });
}

interface CallRow extends Omit<StoredCall, "tries"> {
  try_after: number | null;
  try_milliseconds: number | null;
}

/** The try that the call's row holds (record.ts). */
function onlyTry(row: CallRow): [StoredTry] | undefined {
  const { connection, try_after: after, try_milliseconds: milliseconds } = row;
  if (connection === null || after === null || milliseconds === null) return undefined;
  const { model_answered, first_token_ms, input_tokens, output_tokens, tokens_estimated, finish } = row;
  return [
    {
      call_id: row.id,
      no: 1,
      connection,
      model_asked: row.model_asked.slice(connection.length + 1),
      model_answered,
      started_at: row.started_at + after,
      milliseconds,
      first_token_ms,
      status: 200,
      error: null,
      input_tokens,
      output_tokens,
      tokens_estimated,
      finish,
      cost: row.cost,
      currency: row.currency,
    },
  ];
}
