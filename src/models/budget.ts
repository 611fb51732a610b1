/**
 * Budgets of workflows and connections: what their calls may cost in a month and a day, and when a warning is due.
 *
 * Pure. A budget is a limit over cost (limits.ts) that lets calls of unknown cost through: they are counted, and shown.
 */
import { PERIODS, reaches, type Limit, type Limited, type Period, type Used } from "./limits.ts";
import { unitsOf, unitsFrom, type Units } from "./money.ts";

/** As a workflow's dial and a connection keep it. */
export interface Budget {
  perMonth?: number;
  perDay?: number;
  warnAt: number;
}

export type BudgetState = "good" | "warning" | "spent";

export const workflowScope = (workflow: string) => `workflow:${workflow}`;
export const connectionScope = (connection: string) => `connection:${connection}`;

const AMOUNTS: readonly [Period, "perMonth" | "perDay"][] = [
  ["month", "perMonth"],
  ["day", "perDay"],
];

/** A number as people write it; one with more places than money has is cut. */
export function unitsOfNumber(amount: number): Units {
  return unitsOf(String(amount)) ?? unitsFrom(amount.toFixed(6));
}

export function budgetLimits(budget: Budget | undefined): Limit[] {
  if (budget === undefined) return [];
  return AMOUNTS.flatMap(([period, part]): Limit[] => {
    const amount = budget[part];
    return amount === undefined ? [] : [{ period, measure: "cost", most: unitsOfNumber(amount) }];
  });
}

export function budgetOver(scope: string, budget: Budget | undefined): Limited {
  return { scope, limits: budgetLimits(budget), refuseUnknown: false };
}

/** Whether more may be spent under the second than under the first: a larger amount, or one that is gone. A first budget is none. */
export function spendsMore(before: Budget | undefined, after: Budget | undefined): boolean {
  if (before === undefined) return false;
  const grows = (had: number | undefined, has: number | undefined) =>
    had !== undefined && (has === undefined || has > had);
  return grows(before.perMonth, after?.perMonth) || grows(before.perDay, after?.perDay);
}

export interface BudgetStanding {
  period: Period;
  most: Units;
  used: Units;
  /** Calls in this period whose cost is unknown: they are in no sum. */
  unknown: bigint;
  /** A call was refused because what was left was not enough for it, and the amount was not raised since. */
  refused: boolean;
  state: BudgetState;
}

/** How much of each amount is used, the longest period first. */
export function standingsOf(budget: Budget, usedIn: (period: Period) => Used | undefined): BudgetStanding[] {
  const limits = budgetLimits(budget);
  return PERIODS.toReversed().flatMap((period) => {
    const limit = limits.find((one) => one.period === period);
    if (!limit) return [];
    const { cost = 0n, unknown = 0n, refusedAt } = usedIn(period) ?? {};
    const refused = refusedAt !== undefined && refusedAt >= limit.most;
    return [
      {
        period,
        most: limit.most,
        used: cost,
        unknown,
        refused,
        state: stateOf({ used: cost, most: limit.most, refused }, budget.warnAt),
      },
    ];
  });
}

/**
 * Spent, too, when what is left was not enough for a call while most of it is used. A single call that is too large for what
 * is left of an amount that is hardly touched says nothing of the others, so it is a warning.
 */
function stateOf(
  { used, most, refused }: { used: Units; most: Units; refused: boolean },
  warnAt: number,
): BudgetState {
  const mostly = reaches(used, most, warnAt);
  if (used >= most || (refused && mostly)) return "spent";
  return mostly || refused ? "warning" : "good";
}
