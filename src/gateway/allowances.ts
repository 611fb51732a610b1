/**
 * Limits around a call: those of the key it comes with, and the budget of each connection that is asked.
 *
 * Room is taken before and settled afterwards with what was used (models/limit-store.ts), so that all processes together
 * promise no more than there is. Who has no limits costs nothing.
 */
import type { KeyRow } from "../access/keys.ts";
import { PilotageError } from "../contract/errors.ts";
import { budgetOver, connectionScope } from "../models/budget.ts";
import type { Limits } from "../models/limit-store.ts";
import {
  lackText,
  limitsFrom,
  refusalText,
  type Amounts,
  type Limited,
  type Refusal,
} from "../models/limits.ts";
import type { Clock } from "../platform/clock.ts";
import type { Known } from "./directory.ts";
import { GatewayError } from "./wire-error.ts";

export interface Allowance {
  /** With what was used. A database that is away meanwhile leaves the room counted. Never rejects. */
  settle(used: () => Amounts): Promise<void> | undefined;
}

export interface Allowances {
  /** Throws what a client hears whose key has no room. `wanted` is asked only where something is limited. */
  ofKey(key: KeyRow, wanted: () => Amounts): Allowance | Promise<Allowance>;
  /** Throws `too_many_requests` when the connection's budget is used up: another one may answer. */
  ofConnection(connection: Known, wanted: () => Amounts): Allowance | Promise<Allowance>;
}

/** What the record says of a leg that was not asked, because its connection's budget has no room: no try at a provider. */
export const OVER_BUDGET = "over_budget";

export function isOverBudget(error: PilotageError | undefined): boolean {
  return (error?.details as { class?: unknown } | null | undefined)?.class === OVER_BUDGET;
}

/** Of a call for which no room was taken. */
const NOTHING_TO_SETTLE: Allowance = { settle: () => undefined };

/** Of a call that was refused before any model was asked: one request, and nothing else. */
export function asNobodyAsked(taken: Allowance): Allowance {
  return { settle: () => taken.settle(() => ({ requests: 1, tokens: 0, cost: 0n })) };
}

export function openAllowances(parts: { limits: Limits; clock: Clock; currency: string }): Allowances {
  const { limits, clock, currency } = parts;

  async function take(
    limited: Limited,
    wanted: () => Amounts,
    refuse: (refusal: Refusal) => Error,
  ): Promise<Allowance> {
    const answer = await limits.reserve([limited], wanted());
    if (answer.kind === "refused") throw refuse(answer.refusal);
    return { settle: (used) => answer.settle(used()).catch(() => undefined) };
  }

  return {
    ofKey(key, wanted) {
      const limits = limitsFrom(key.limits);
      if (limits.length === 0) return NOTHING_TO_SETTLE;
      return take({ scope: `key:${key.id}`, limits, refuseUnknown: true }, wanted, (refusal) =>
        keyRefused(refusal, currency, clock.now()),
      );
    },
    ofConnection({ name, budget }, wanted) {
      const limited = budgetOver(connectionScope(name), budget);
      if (limited.limits.length === 0) return NOTHING_TO_SETTLE;
      return take(
        limited,
        wanted,
        // Its amount is nothing for whoever asks over the endpoint.
        (refusal) =>
          new PilotageError(
            "too_many_requests",
            `The connection ${name} was not asked: ${lackText(refusal, "its budget")}.`,
            {
              retryable: !refusal.tooLarge,
              details: { class: OVER_BUDGET, retryAfterMs: refusal.until - clock.now() },
            },
          ),
      );
    },
  };
}

/** As the wire tells it: which measure is used up, and when to come again. */
function keyRefused(refusal: Refusal, currency: string, now: number): GatewayError {
  const seconds = Math.max(1, Math.ceil((refusal.until - now) / 1000));
  return new GatewayError(
    429,
    refusal.limit.measure === "cost" ? "insufficient_quota" : "rate_limit_exceeded",
    `This key has no room for the call: ${refusalText(refusal, currency)}. ${refusal.tooLarge ? "Ask for less at once." : `It has room again in ${seconds} s.`}`,
    {
      type: refusal.limit.measure === "cost" ? "insufficient_quota" : refusal.limit.measure,
      headers: {
        ...(refusal.tooLarge ? {} : { "retry-after": String(seconds) }),
        // Clients of this wire wait for a minute, not for a day.
        ...(refusal.tooLarge || seconds > 60 ? { "x-should-retry": "false" } : {}),
      },
    },
  );
}
