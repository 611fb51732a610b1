/**
 * Budgets around a call: its room is taken before it is made, and what it cost takes the room's place.
 *
 * The workflow's budget is a dial; that of a connection counts over all workflows. Live cases, shadow runs and
 * evaluations are counted alike. A call of a model of the house has no room to take. How windows are counted, exactly and
 * over all processes, is in models/limit-store.ts.
 */
import {
  budgetOver,
  connectionScope,
  standingsOf,
  workflowScope,
  type Budget,
  type BudgetState,
} from "../../models/budget.ts";
import { keyOf, type Limits } from "../../models/limit-store.ts";
import type { Amounts, Refusal } from "../../models/limits.ts";
import { unitsFrom } from "../../models/money.ts";
import { bytesOfRequest, costBefore, estimatedTokens, type Cost } from "../../models/prices.ts";
import type { PriceList } from "../../models/price-list.ts";
import type { Queryable } from "../../platform/database.ts";
import { recent } from "../../platform/recent.ts";
import { sql } from "../../platform/sql.ts";
import type { WorkflowView } from "../workflow/registry.ts";
import type { Call } from "./call.ts";

export interface Taken {
  cost: Cost | undefined;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
}

export interface Room {
  kind: "room";
  /** With what the call took; one that was never made gives its room back with `nothing`. Never throws. */
  settle(taken: Taken | "nothing"): Promise<void>;
}

export interface Spent {
  kind: "spent";
  /** Which one, in words: "workflow support-triage, month". */
  budget: string;
  /** When it begins anew. */
  until: number;
}

export interface Budgets {
  /** Without a workflow only the budget of the connection counts. */
  take(call: Call, workflow: WorkflowView | undefined): Promise<Room | Spent>;
}

const NONE: Room = { kind: "room", settle: async () => undefined };
const BELIEVED_FOR = 1_000;

export function openBudgets(parts: { database: Queryable; limits: Limits; prices: PriceList }): Budgets {
  const { database, limits, prices } = parts;
  const ofConnections = recent(BELIEVED_FOR, () => connectionBudgets(database));
  return {
    async take(call, workflow) {
      const { billed } = call;
      if (billed === undefined) return NONE;
      const limited = [
        ...(workflow ? [budgetOver(workflowScope(workflow.row.name), workflow.document.budget)] : []),
        budgetOver(connectionScope(billed.connection), (await ofConnections()).get(billed.connection)),
      ];
      if (limited.every((one) => one.limits.length === 0)) return NONE;
      const inputBytes = bytesOfRequest(call.request);
      const before = costBefore(prices, billed, { inputBytes, maxTokens: call.maxTokens });
      const wanted: Amounts = { requests: 1, tokens: before.tokens, cost: before.units };
      const answer = await limits.reserve(limited, wanted);
      if (answer.kind === "refused") return spentBy(answer.refusal);
      return {
        kind: "room",
        async settle(taken) {
          const amounts: Amounts =
            taken === "nothing"
              ? { requests: 0, tokens: 0, cost: 0n }
              : {
                  requests: 1,
                  tokens:
                    taken.inputTokens === undefined || taken.outputTokens === undefined
                      ? estimatedTokens(inputBytes)
                      : taken.inputTokens + taken.outputTokens,
                  cost: taken.cost && unitsFrom(taken.cost.amount),
                };
          // A database that is away meanwhile: the room stays counted, as for a process that died.
          await answer.settle(amounts).catch(() => undefined);
        },
      };
    },
  };
}

function spentBy({ scope, limit, until }: Refusal): Spent {
  return { kind: "spent", budget: `${scope.replace(":", " ")}, ${limit.period}`, until };
}

/** By the name of the connection. */
export async function connectionBudgets(database: Queryable): Promise<Map<string, Budget>> {
  const rows = await database.all<{ connection: string; budget: Budget }>(
    sql`select connection, budget from connection_budget`,
  );
  return new Map(rows.map((row) => [row.connection, row.budget]));
}

/** How the budget of a workflow stands, by its worst amount; undefined where it has none. */
export async function worstStanding(
  database: Queryable,
  limits: Pick<Limits, "used">,
  workflow: string,
  budget: Budget | undefined,
): Promise<BudgetState | undefined> {
  if (!budget) return undefined;
  const scope = workflowScope(workflow);
  const used = await limits.used(database, [scope]);
  const states = standingsOf(budget, (period) => used.get(keyOf(scope, period))).map((one) => one.state);
  return (["spent", "warning", "good"] as const).find((state) => states.includes(state));
}
