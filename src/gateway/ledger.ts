/**
 * What a call took: tokens and cost of each of its tries, and of all together.
 *
 * Pure. Tokens are the provider's own figures; where it gives none they are estimated from bytes and marked. A cost that
 * nobody knows is unknown, for the try and for the call. A leg that its budget kept from being asked stands among the tries,
 * so that one sees why the next was asked, and counts as none.
 */
import { PilotageError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { billedBy } from "../models/connection.ts";
import type { Amounts } from "../models/limits.ts";
import { unitsFrom, type Units } from "../models/money.ts";
import type { Billed, PriceList } from "../models/price-list.ts";
import {
  costBefore,
  costOfAnswer,
  costOfFailure,
  estimatedTokens,
  sumOfCosts,
  type Cost,
  type Usage,
} from "../models/prices.ts";
import type { RouteTry } from "../models/route.ts";
import { isOverBudget, OVER_BUDGET } from "./allowances.ts";
import type { Known } from "./directory.ts";
import type { Tokens, TryRow } from "./record.ts";

/** A model of the chain, and who bills it. */
export interface Leg {
  connection: Known;
  model: string;
  larger: boolean;
}

/** What the answer says of itself. */
export interface Answered {
  model: string | undefined;
  usage: JsonObject | undefined;
  finish: string | undefined;
  firstTokenMs: number | undefined;
  /** Of its text; asked only where an estimate is needed. */
  outputBytes(): number;
}

export interface Bill {
  tries: TryRow[];
  tokens: Tokens | undefined;
  /** Of the tries together. */
  cost: Cost | undefined;
  /** Of the one that answered. */
  answered: Cost | undefined;
}

export interface Ledger {
  /** What a call may come to, for limits that are taken before; where several legs may answer, at the dearest of them. */
  before(legs: readonly Leg[], inputBytes: number, body: JsonObject): Amounts;
  /** What a failed try may be billed for. */
  failure(leg: Leg, inputBytes: number, error: unknown): Pick<Bill, "tokens" | "cost">;
  bill(
    call: { startedAt: number; inputBytes: number; legs: readonly Leg[] },
    tries: readonly RouteTry[],
    answer: Answered | undefined,
  ): Bill;
}

export function openLedger(prices: PriceList): Ledger {
  return {
    before(legs, inputBytes, body) {
      const limit = body["max_completion_tokens"] ?? body["max_tokens"];
      const maxTokens = typeof limit === "number" ? limit : undefined;
      const answers = typeof body["n"] === "number" ? body["n"] : 1;
      const found = legs.map((leg) => costBefore(prices, billed(leg), { inputBytes, maxTokens, answers }));
      return { requests: 1, tokens: found[0]!.tokens, cost: dearest(found.map(({ units }) => units)) };
    },

    failure(leg, inputBytes, error) {
      const cost =
        error instanceof PilotageError
          ? costOfFailure(prices, billed(leg), error, { inputBytes })
          : undefined;
      return { tokens: undefined, cost };
    },

    bill({ startedAt, inputBytes, legs }, tries, answer) {
      const costs: (Cost | undefined)[] = [];
      const usage = answer && usageIn(answer.usage);
      const outputBytes = answer && usage === undefined ? answer.outputBytes() : 0;
      const tokens = answer && tokensOf(usage, inputBytes, outputBytes);
      let ofAnswer: Cost | undefined;
      const rows = tries.map((one): TryRow => {
        const leg = legs[one.route]!;
        const cost = one.error
          ? costOfFailure(prices, billed(leg), one.error, { inputBytes })
          : costOfAnswer(prices, billed(leg), {
              answered: answer?.model ?? leg.model,
              usage,
              inputBytes,
              outputBytes,
            });
        costs.push(cost);
        const answered = one.error === undefined;
        if (answered) ofAnswer = cost;
        return {
          connection: one.connection,
          asked: one.model,
          answered: answered ? answer?.model : undefined,
          startedAt: startedAt + Math.round(one.startedMs),
          milliseconds: one.milliseconds,
          firstTokenMs: answered ? answer?.firstTokenMs : undefined,
          status: answered ? 200 : statusIn(one.error),
          error: answered ? undefined : reasonOf(one),
          tokens: answered ? tokens : undefined,
          finish: answered ? answer?.finish : undefined,
          cost,
        };
      });
      return { tries: rows, tokens, cost: sumOfCosts(costs), answered: ofAnswer };
    },
  };
}

/** Unknown as soon as one is: it may be the one that answers. */
function dearest(costs: readonly (Units | undefined)[]): Units | undefined {
  return costs.reduce((most, one) =>
    most === undefined || one === undefined ? undefined : one > most ? one : most,
  );
}

/** The same as limits count it. */
export function amountsOf({ tokens, cost }: Pick<Bill, "tokens" | "cost">): Amounts {
  return {
    requests: 1,
    tokens: (tokens?.input ?? 0) + (tokens?.output ?? 0),
    cost: cost && unitsFrom(cost.amount),
  };
}

function billed({ connection, model }: Leg): Billed {
  return billedBy(connection.name, connection.settings, model);
}

function tokensOf(usage: Usage | undefined, inputBytes: number, outputBytes: number): Tokens {
  return usage
    ? { input: usage.inputTokens, output: usage.outputTokens, estimated: false }
    : { input: estimatedTokens(inputBytes), output: estimatedTokens(outputBytes), estimated: true };
}

function usageIn(usage: JsonObject | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const inputTokens = usage["prompt_tokens"];
  const outputTokens = usage["completion_tokens"];
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined;
  const details = usage["prompt_tokens_details"];
  const cached = isJsonObject(details) ? details["cached_tokens"] : undefined;
  return { inputTokens, outputTokens, ...(isCount(cached) && cached > 0 ? { cachedTokens: cached } : {}) };
}

/** As the columns hold it. */
function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
}

/** The class of the failure; a leg without room in its budget was not asked, and says so. */
function reasonOf({ class: known, error }: RouteTry): string | undefined {
  return isOverBudget(error) ? OVER_BUDGET : (known ?? error?.code);
}

/** Whether a provider was asked. */
export function wasAsked({ error }: Pick<TryRow, "error">): boolean {
  return error !== OVER_BUDGET;
}

function statusIn(error: RouteTry["error"]): number | undefined {
  const status = (error?.details as { status?: unknown } | null | undefined)?.status;
  return Number.isInteger(status) && (status as number) < 1_000 ? (status as number) : undefined;
}
