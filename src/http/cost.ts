/** Handlers of what calls of models cost: a workflow's figures, and the budgets of connections. */
import { demandAction, demandWhole } from "../access/caller.ts";
import type { Audit } from "../audit/record.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import {
  budgetLimits,
  connectionScope,
  spendsMore,
  standingsOf,
  workflowScope,
  type Budget,
  type BudgetStanding,
} from "../models/budget.ts";
import { keyOf, type Limits, type Raised } from "../models/limit-store.ts";
import { windowStart, type Used } from "../models/limits.ts";
import { amountOf } from "../models/money.ts";
import type { PriceList } from "../models/price-list.ts";
import { connectionSpendingSince, takenSince } from "../monitoring/connection-spend.ts";
import { connectionCosts, costOf, SHOWN_DAYS } from "../monitoring/cost.ts";
import { lastHours } from "../monitoring/hourly.ts";
import { spendingSince } from "../monitoring/spend.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import type { Handlers } from "./bind.ts";

export interface CostParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
  prices: Pick<PriceList, "currency" | "date">;
  limits: Limits;
  /** For so many days records of calls are kept. */
  callsDays: number;
}

const DAY = 86_400_000;
/** Kinds that are asked questions, which cost something. */
const ASKED: readonly string[] = ["openai", "anthropic", "bedrock", "google", "http", "scripted"];

export function costHandlers(
  parts: CostParts,
): Pick<Handlers, "getCost" | "listBudgets" | "listConnectionCosts" | "setBudget"> {
  const { database, registry, clock, audit, prices, limits } = parts;

  /** What records say that was taken since each of the budget's periods began: before there was a budget nothing was counted. */
  function takenInPeriods(name: string, budget: Budget): Promise<Raised[]> {
    const now = clock.now();
    return Promise.all(
      budgetLimits(budget).map(async ({ period }) => {
        const starts = windowStart(period, now);
        const taken = await takenSince(database, name, {
          from: starts,
          now,
          currency: prices.currency,
          callsDays: parts.callsDays,
        });
        return { place: { scope: connectionScope(name), period, starts }, taken };
      }),
    );
  }

  return {
    async getCost({ params }) {
      const { workflow } = params;
      const now = clock.now();
      const { document } = await registry.workflow(database, workflow);
      const scope = workflowScope(workflow);
      const from = now - SHOWN_DAYS * DAY;
      const [spending, hours, used] = await Promise.all([
        spendingSince(database, workflow, from, now),
        lastHours(database, workflow, SHOWN_DAYS * 24, now),
        limits.used(database, [scope]),
      ]);
      return {
        currency: prices.currency,
        priceDate: prices.date,
        ...costOf(spending, hours, prices.currency, now),
        budget: document.budget
          ? { warnAt: document.budget.warnAt, standings: standingsFor(document.budget, scope, used) }
          : null,
        at: isoTime(now),
      };
    },

    async listBudgets({ caller }) {
      demandWhole(caller);
      const rows = await database.all<{ connection: string; budget: Budget; set_at: number; set_by: string }>(
        sql`select connection, budget, set_at, set_by from connection_budget order by connection`,
      );
      const used = await limits.used(
        database,
        rows.map((row) => connectionScope(row.connection)),
      );
      return {
        currency: prices.currency,
        budgets: rows.map((row) => ({
          connection: row.connection,
          budget: row.budget,
          standings: standingsFor(row.budget, connectionScope(row.connection), used),
          setAt: isoTime(row.set_at),
          setBy: row.set_by,
        })),
      };
    },

    async listConnectionCosts({ caller }) {
      demandWhole(caller);
      const now = clock.now();
      const [spending, known] = await Promise.all([
        connectionSpendingSince(database, now - SHOWN_DAYS * DAY, now),
        database.all<{ name: string }>(
          sql`select name from connection where kind = any(${[...ASKED]}) order by name`,
        ),
      ]);
      const names = known.map((row) => row.name);
      return {
        currency: prices.currency,
        connections: connectionCosts(spending, names, prices.currency, now),
        at: isoTime(now),
      };
    },

    async setBudget({ params, body, caller }) {
      demandWhole(caller);
      const { name } = params;
      const { budget } = body;
      const taken = budget === null ? [] : await takenInPeriods(name, budget);
      await database.transaction(async (tx) => {
        if (!(await tx.maybe(sql`select 1 from connection where name = ${name} for share`)))
          throw new PilotageError("not_found", `There is no connection "${name.slice(0, 80)}".`);
        const before = await tx.maybe<{ budget: Budget }>(
          sql`select budget from connection_budget where connection = ${name} for update`,
        );
        if (spendsMore(before?.budget, budget ?? undefined))
          demandAction(caller, "connection.spend_more", null);
        if (budget === null) await tx.run(sql`delete from connection_budget where connection = ${name}`);
        else
          await tx.run(sql`
            insert into connection_budget (connection, budget, set_at, set_by)
            values (${name}, ${JSON.stringify(budget)}::jsonb, ${time(clock.now())}, ${caller.actor.name})
            on conflict (connection) do update set budget = excluded.budget, set_at = excluded.set_at, set_by = excluded.set_by`);
        for (const one of taken) await limits.raise(tx, one);
        audit.record(tx, [
          { kind: "budget.set", actor: caller.actor, data: { connection: name, budget: inWords(budget) } },
        ]);
      });
      return { connection: name, budget };
    },
  };
}

function standingsFor(budget: Budget, scope: string, used: Map<string, Used>) {
  return standingsOf(budget, (period) => used.get(keyOf(scope, period))).map(shown);
}

function shown({ period, most, used, unknown, refused, state }: BudgetStanding) {
  return {
    period: period === "day" ? ("day" as const) : ("month" as const),
    most: amountOf(most),
    used: amountOf(used),
    unknown: Number(unknown),
    refused,
    state,
  };
}

/** The record takes no fractions. */
function inWords(budget: Budget | null): JsonObject | null {
  return budget && Object.fromEntries(Object.entries(budget).map(([part, value]) => [part, String(value)]));
}
