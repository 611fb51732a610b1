/**
 * The record of calls: one row for each accepted call, and for its tries at providers; the only try of a call that went well
 * stands in the call's row. Never content.
 *
 * Rows are written together for many calls in one transaction (platform/gather.ts), before the answer of each is
 * out. Writes that wait push back: over a limit no further call is taken, and none is ever left out.
 */
import type { Id } from "../contract/ids.ts";
import { INTERRUPTED, type CallOutcome } from "../contract/gateway-endpoints.ts";
import { binaryRows, type Copy, type Form } from "../platform/copy.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { gathered, type Gathering } from "../platform/gather.ts";
import { sql } from "../platform/sql.ts";
import type { PolicyReport } from "./request-policy.ts";
import type { UnderWay } from "./under-way.ts";
import type { GatewayError } from "./wire-error.ts";

export type Mode = "buffered" | "live";

export interface Tokens {
  input: number | undefined;
  output: number | undefined;
  estimated: boolean;
}

export interface TryRow {
  connection: string;
  asked: string;
  answered: string | undefined;
  startedAt: number;
  milliseconds: number;
  firstTokenMs: number | undefined;
  status: number | undefined;
  /** The class of its failure; undefined: it answered. */
  error: string | undefined;
  tokens: Tokens | undefined;
  finish: string | undefined;
  /** Undefined when it is not known. */
  cost: { amount: string; currency: string } | undefined;
}

export interface CallRow {
  id: Id<"modelCall">;
  key: string;
  about: { workflow: string; caseId: string | undefined } | { connection: string };
  asked: string;
  answered: string | undefined;
  streamed: boolean;
  mode: Mode;
  startedAt: number;
  milliseconds: number;
  firstTokenMs: number | undefined;
  tokens: Tokens | undefined;
  finish: string | undefined;
  outcome: CallOutcome;
  status: number;
  error: string | undefined;
  cost: TryRow["cost"];
  tries: TryRow[];
  /** What the model's data policy kept back: names and counts. */
  policy?: PolicyReport | undefined;
}

const CALL_COLUMNS = {
  id: "text",
  key: "text",
  workflow: "text",
  case_id: "text",
  connection: "text",
  model_asked: "text",
  model_answered: "text",
  streamed: "boolean",
  mode: "text",
  started_at: "time",
  milliseconds: "int4",
  first_token_ms: "int4",
  input_tokens: "int4",
  output_tokens: "int4",
  tokens_estimated: "boolean",
  finish: "text",
  outcome: "text",
  status: "int4",
  error: "text",
  tries: "int4",
  cost: "numeric",
  currency: "text",
  policy: "jsonb",
  try_after: "int4",
  try_milliseconds: "int4",
} as const satisfies Record<string, Form>;

const TRY_COLUMNS = {
  call_id: "text",
  no: "int4",
  connection: "text",
  model_asked: "text",
  model_answered: "text",
  started_at: "time",
  milliseconds: "int4",
  first_token_ms: "int4",
  status: "int4",
  error: "text",
  input_tokens: "int4",
  output_tokens: "int4",
  tokens_estimated: "boolean",
  finish: "text",
  cost: "numeric",
  currency: "text",
} as const satisfies Record<string, Form>;

/**
 * A commit takes with it whatever came during the one before it, and costs as much as the rows of forty calls: where many
 * calls come it waits for a dozen. With fewer the database has more to do; with more every caller waits, and the program with them.
 */
const IN_FEW_COMMITS: Gathering = { atOnce: 1, patient: { from: 8, enough: 12, forMs: 2 } };

function rowsOf(calls: readonly CallRow[]): Copy[] {
  const tries = calls.flatMap((call) =>
    onlyTry(call) ? [] : call.tries.map((one, i) => tryValues(call.id, i + 1, one)),
  );
  return [
    binaryRows("model_call", CALL_COLUMNS, calls.map(callValues)),
    ...(tries.length > 0 ? [binaryRows("model_call_try", TRY_COLUMNS, tries)] : []),
  ];
}

/** The one try of a call whose model answered at once: but for its times all of it stands in the call's row as well. */
function onlyTry({ about, asked, outcome, tries }: CallRow): TryRow | undefined {
  const [one] = tries;
  return tries.length === 1 &&
    outcome === "answered" &&
    "connection" in about &&
    about.connection === one!.connection &&
    asked === `${one!.connection}/${one!.asked}`
    ? one
    : undefined;
}

function callValues(call: CallRow) {
  const { about } = call;
  const only = onlyTry(call);
  const [workflow, caseId, connection] =
    "workflow" in about
      ? [about.workflow, about.caseId ?? null, null]
      : ([null, null, about.connection] as const);
  return [
    call.id,
    call.key,
    workflow,
    caseId,
    connection,
    storable(call.asked),
    named(call.answered),
    call.streamed,
    call.mode,
    call.startedAt,
    Math.round(call.milliseconds),
    rounded(call.firstTokenMs),
    call.tokens?.input ?? null,
    call.tokens?.output ?? null,
    call.tokens?.estimated ?? false,
    named(call.finish),
    call.outcome,
    call.status,
    named(call.error),
    call.tries.length,
    amountOf(call.cost),
    call.cost?.currency ?? null,
    call.policy ?? null,
    only ? only.startedAt - call.startedAt : null,
    only ? Math.round(only.milliseconds) : null,
  ];
}

function tryValues(id: string, no: number, one: TryRow) {
  return [
    id,
    no,
    one.connection,
    storable(one.asked),
    named(one.answered),
    one.startedAt,
    Math.round(one.milliseconds),
    rounded(one.firstTokenMs),
    one.status ?? null,
    named(one.error),
    one.tokens?.input ?? null,
    one.tokens?.output ?? null,
    one.tokens?.estimated ?? false,
    named(one.finish),
    amountOf(one.cost),
    one.cost?.currency ?? null,
  ];
}

const MOST_LETTERS = 300;

/** A provider's own words are cut and cleaned: a name that no column takes must not keep its call from being recorded. */
function storable(text: string): string {
  return text.length <= MOST_LETTERS && text.isWellFormed() && !text.includes("\0")
    ? text
    : text.slice(0, MOST_LETTERS).toWellFormed().replaceAll("\0", "\u2400");
}

/** Money has so few digits that each amount is a number of its own. */
function amountOf(cost: TryRow["cost"]): number | null {
  return cost === undefined ? null : Number(cost.amount);
}

function named(text: string | undefined): string | null {
  return text === undefined ? null : storable(text);
}

function rounded(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : Math.round(milliseconds);
}

/** What became of a call that ended in this error; undefined: in a fault of the program. */
export function outcomeOf(failure: GatewayError | undefined): CallOutcome {
  if (failure === undefined || failure.status >= 500) return "failed";
  if (failure.code === "client_left") return "aborted";
  if (failure.code === "case_pending") return "pending";
  return failure.code === "case_in_review" || failure.code === "case_closed" ? "in_review" : "refused";
}

export interface CallRecords {
  /** Resolves when the rows are committed. */
  keep(call: CallRow): Promise<void>;
  /** Writes waiting and in flight. */
  readonly waiting: number;
}

export function openCallRecords(database: Database): CallRecords {
  const writes = gathered<CallRow, void>(async (calls) => {
    await database.store(rowsOf(calls), ["model calls"]);
    return calls.map(() => undefined);
  }, IN_FEW_COMMITS);
  return {
    keep: (call) => writes.do(call),
    get waiting() {
      return writes.load;
    },
  };
}

/**
 * Records the calls that a killed process was in the middle of, and those that ended while the database was away, as failed. What
 * they cost is not known. What is on record already stays as it is: an end that was committed without a word is found, and one
 * that is committed only now meets the same id, so that one of the two fails, and the next look finds the other.
 */
export async function recordBrokenOff(
  database: Queryable,
  records: CallRecords,
  underWay: Pick<UnderWay, "left">,
): Promise<void> {
  for (const { calls, gone } of await underWay.left()) {
    const ids = calls.map((call) => call.id);
    const found = await database.all<{ id: string }>(sql`select id from model_call where id = any(${ids})`);
    const known = new Set(found.map(({ id }) => id));
    await Promise.all(
      calls.filter((call) => !known.has(call.id)).map((call) => records.keep({ ...call, ...BROKEN_OFF })),
    );
    gone();
  }
}

const BROKEN_OFF = {
  answered: undefined,
  milliseconds: 0,
  firstTokenMs: undefined,
  tokens: undefined,
  finish: undefined,
  outcome: "failed",
  status: 500,
  error: INTERRUPTED,
  cost: undefined,
  tries: [],
} satisfies Partial<CallRow>;

/** Whether this key asked for that case over the endpoint. */
export async function askedFor(
  database: Queryable,
  key: string,
  caseId: string,
): Promise<string | undefined> {
  const found = await database.maybe<{ workflow: string }>(
    sql`select workflow from model_call where case_id = ${caseId} and key = ${key} limit 1`,
  );
  return found?.workflow;
}

export interface EarlierCalls {
  /** The tokens of the case stand with one of them, or will. */
  counted: boolean;
  /** One of them got the answer. */
  answered: boolean;
}

/** What calls about a case were told before; where none has ended yet, the first still waits and will count what it took. */
export async function earlierCalls(database: Queryable, caseId: string): Promise<EarlierCalls> {
  const found = await database.one<{ calls: number; counted: boolean | null; answered: boolean | null }>(sql`
    select count(*)::int as calls, bool_or(input_tokens is not null) as counted, bool_or(outcome in ('answered', 'draft')) as answered
    from model_call where case_id = ${caseId}`);
  return { counted: found.calls === 0 || found.counted === true, answered: found.answered === true };
}
